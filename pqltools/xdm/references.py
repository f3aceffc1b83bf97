"""Which references of these components lead nowhere, or in a circle?  A walk over all that the roots include."""

from __future__ import annotations

from pqltools.records import Record, record
from pqltools.xdm.library import Part, reference_of
from pqltools.xdm.names import steps_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, TypeAlias

    from pqltools.xdm.library import Component, Library

    #: The names of the properties that lead to a node, the last one first.
    _Trail: TypeAlias = tuple["_Trail", str] | None

#: Keywords whose value is a schema node, and those with a list of them.
_SINGLE = ("items", "additionalProperties")
_LISTS = ("allOf", "oneOf", "anyOf")


@record
class Fault(Record):
    """A reference that is wrong: what it says, the node it stands in, the field that it is about (empty for a whole
    component), and whether it leads in a circle rather than nowhere."""

    reference: str
    node: Any
    component: Any
    field: tuple[str, ...]
    circular: bool


def faults(roots: Iterable[Component], library: Library) -> list[Fault]:
    """The references in `roots` and in all that they include that are wrong, each `$id` once."""
    found: dict[tuple[str, bool], Fault] = {}
    seen: set[int] = set()
    pending: list[tuple[Any, Component, _Trail]] = [(root.node, root, None) for root in roots]
    while pending:
        node, component, trail = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        reference = reference_of(node)
        if reference is not None:
            part = Part(node, component)
            target = library.target(reference, part)
            circular = target is not None and not target.component.embedded and _includes(target, part, library)
            if target is None or circular:
                fault = Fault(reference, node, component, _field(trail), circular)
                found.setdefault((reference, circular), fault)
            if target is not None and not target.component.embedded:
                pending.append((target.node, target.component, trail))
        pending += [(inner, component, below) for inner, below in _below(node, trail)]
    return list(found.values())


def _below(node: Any, trail: _Trail) -> list[tuple[Any, _Trail]]:
    """The schema nodes in a node, the last one first; definitions count where they are used."""
    found: list[tuple[Any, _Trail]] = []
    for key in _LISTS:
        if key in node and isinstance(node[key], list):
            found += [(inner, trail) for inner in node[key][::-1] if isinstance(inner, dict)]
    for key in _SINGLE:
        if key in node and isinstance(node[key], dict):
            found.append((node[key], trail))
    named = node.get("properties")
    if isinstance(named, dict):
        found += [(inner, (trail, name)) for name, inner in reversed(named.items()) if isinstance(inner, dict)]
    return found


def _field(trail: _Trail) -> tuple[str, ...]:
    """The steps of the path to a field."""
    names: list[str] = []
    while trail is not None:
        trail, name = trail
        names.append(name)
    return tuple(step for name in reversed(names) for step in steps_of(name))


def _includes(part: Part, searched: Part, library: Library) -> bool:
    """Whether `part` includes, directly or not, the node that `searched` is."""
    pending = [part]
    seen: set[int] = set()
    while pending:
        one = pending.pop()
        if one.node is searched.node:
            return True
        if id(one.node) in seen:
            continue
        seen.add(id(one.node))
        pending += library.included(one)
    return False

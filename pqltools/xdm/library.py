"""Where is the schema that a `$ref` names?  Components by `$id`, the embedded table behind them, and what `allOf` adds.

A schema node says something itself, and by `$ref` and `allOf` what other nodes say as well: its *layers*. The layers of
a node are found when somebody asks for the field; a component that includes itself adds nothing by that.
"""

from __future__ import annotations

from pqltools.xdm.names import steps_of, steps_of_path
from pqltools.xdm.table import table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, TypeAlias

    from pqltools.xdm.names import Steps

    Node: TypeAlias = dict[str, Any]
    #: The only paths that are taken of a component; None for all.
    Only: TypeAlias = frozenset[Steps] | None

#: A node that stands for what is not known: a component that is nowhere.
UNKNOWN: Node = {"meta:xdmType": "unknown"}
_INCLUDING = frozenset(("$ref", "$ref ", "allOf"))
#: Says only which prefixes names may have.
_EXTENSIBLE = "https://ns.adobe.com/xdm/common/extensible"


class Component:
    """One component: its root node, its `$id` if it has one, and whether it comes from the embedded table."""

    __slots__ = ("embedded", "identifier", "node")

    def __init__(self, node: Node, identifier: str | None, *, embedded: bool = False) -> None:
        self.node = node
        self.identifier = identifier
        self.embedded = embedded

    @property
    def title(self) -> str | None:
        """What people call it."""
        title = self.node.get("title")
        return title if isinstance(title, str) and title else None


class Part:
    """A node of a component; `only` some of its fields count, and `namespace` is that of the names around it."""

    __slots__ = ("component", "namespace", "node", "only")

    def __init__(self, node: Node, component: Component, only: Only = None, namespace: str | None = None) -> None:
        self.node = node
        self.component = component
        self.only = only
        self.namespace = namespace

    def key(self) -> tuple[int, Only, str | None]:
        """The same for parts that mean the same."""
        return id(self.node), self.only, self.namespace

    def inside(self, key: str) -> Part:
        """The items of an array, the values of a map."""
        return Part(self.node[key], self.component, None, self.namespace)


class Library:
    """All components that are at hand."""

    def __init__(self, components: Iterable[Component] = ()) -> None:
        self._components: dict[str, Component] = {}
        for component in components:
            if component.identifier is not None:
                self._components.setdefault(component.identifier, component)
        self._nobody = Component(UNKNOWN, None)

    def component(self, identifier: str) -> Component | None:
        """The component with this `$id`, the user's own before the embedded one."""
        found = self._components.get(identifier)
        if found is None:
            node = table().node(identifier)
            if node is not None:
                found = self._components[identifier] = Component(node, identifier, embedded=True)
        return found

    def has(self, identifier: str) -> bool:
        """Whether the user's own components have this `$id`."""
        found = self._components.get(identifier)
        return found is not None and not found.embedded

    def target(self, reference: str, part: Part) -> Part | None:
        """What `reference`, in `part`, refers to; None if nobody knows."""
        base, _, fragment = reference.partition("#")
        if base == _EXTENSIBLE:
            return Part({}, self._nobody)
        component = self.component(base) if base else part.component
        if component is None:
            return None
        node: Any = component.node
        for step in filter(None, fragment.split("/")):
            node = node.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(node, dict) else None
        if not isinstance(node, dict):
            return None
        return Part(node, component, part.only, part.namespace if component is part.component else None)

    def layers(self, parts: Iterable[Part]) -> list[Part]:
        """`parts` and, behind each, all that it includes by `$ref` and `allOf`."""
        stack = [*parts][::-1]
        if len(stack) == 1 and not _INCLUDING & stack[0].node.keys():
            return stack
        found = []
        seen = set()
        while stack:
            part = stack.pop()
            key = part.key()
            if key in seen:
                continue
            seen.add(key)
            found.append(part)
            stack += self.included(part)[::-1]
        return found

    def included(self, part: Part) -> list[Part]:
        """What the node includes: by `$ref`, then by `allOf`."""
        node = part.node
        included = []
        reference = reference_of(node)
        if reference is not None:
            included.append(self.target(reference, part) or Part(UNKNOWN, self._nobody))
        entries = node.get("allOf")
        if isinstance(entries, list):
            for entry in entries:
                if isinstance(entry, dict):
                    only = _restricted(part.only, entry.get("meta:refProperty"))
                    included.append(Part(entry, part.component, only, part.namespace))
        return included


def reference_of(node: Node) -> str | None:
    """What `$ref` says; documentation sites write the key with a space behind it."""
    reference = node.get("$ref")
    if reference is None:
        reference = node.get("$ref ")
    return reference.strip() if isinstance(reference, str) else None


def _restricted(only: Only, paths: Any) -> Only:
    """`only`, and of that only what `meta:refProperty` names."""
    if isinstance(paths, str):
        paths = [paths]
    if not isinstance(paths, list):
        return only
    named = {steps_of_path(path if path.startswith("/") else f"/{path}") for path in paths if isinstance(path, str)}
    if only is None:
        return frozenset(named)
    return frozenset(max(a, b, key=len) for a in only for b in named if a[: len(b)] == b[: len(a)])


def properties(part: Part) -> Iterable[tuple[Steps, Part]]:
    """The properties of the node itself: the steps of each name, and what stands there."""
    nodes = part.node.get("properties")
    if not isinstance(nodes, dict):
        return
    component, only = part.component, part.only
    for key, node in nodes.items():
        if not isinstance(node, dict):
            continue
        # A tuple is the rest of a name of several steps; see `grouped`.
        steps = key if isinstance(key, tuple) else steps_of(key, part.namespace)
        inner = None
        if only is not None:
            inner = frozenset(path[1:] for path in only if path[:1] == steps[:1])
            if not inner:
                continue
            inner = None if () in inner else inner
        namespace = part.namespace if isinstance(key, tuple) else _namespace(key, part.namespace)
        yield steps, Part(node, component, inner, namespace)


def grouped(steps: Steps, part: Part) -> Part:
    """`part` below the group that the first of the `steps` to it stands for."""
    if len(steps) == 1:
        return part
    group: Node = {"type": "object", "meta:xedConverted": True, "properties": {steps[1:]: part.node}}
    return Part(group, part.component, part.only, part.namespace)


def _namespace(key: str, around: str | None) -> str | None:
    if ":/" not in key:
        return around
    from pqltools.xdm.names import namespace_of

    return namespace_of(key) or around

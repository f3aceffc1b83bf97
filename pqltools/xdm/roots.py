"""Which of the components describe profiles, and which events?  By class, by what they extend or include, or a guess.

Schemas and unions have a class. Field groups say which classes they are meant for; one that another component includes
is part of that one, and others stand for themselves. Components of other classes, such as products, are reached by no
PQL path.
"""

from __future__ import annotations

from pqltools.xdm.library import reference_of
from pqltools.xdm.names import steps_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from pqltools.xdm.library import Component, Library

PROFILE, EVENT = "profile", "event"
_CLASSES = {
    "https://ns.adobe.com/xdm/context/profile": PROFILE,
    "https://ns.adobe.com/xdm/context/experienceevent": EVENT,
}
_LETTERS = {"P": PROFILE, "E": EVENT}
#: Names of which an event has one, and a profile not both.
_EVENT_FIELDS = frozenset((("timestamp",), ("eventType",)))


class Roots:
    """The components that describe profiles, and those that describe events."""

    def __init__(self, components: list[Component], library: Library) -> None:
        self._library = library
        self._includes = {id(component): {*included(component.node)} for component in components}
        for component in components:
            self._includes[id(component)].discard(component.identifier or "")
        parts = {identifier for included in self._includes.values() for identifier in included}
        self.profile: list[Component] = []
        self.event: list[Component] = []
        unknown = []
        for component in components:
            if component.identifier in parts and not isinstance(component.node.get("meta:class"), str):
                continue
            kinds = self.kinds(component)
            if kinds is None:
                unknown.append(component)
            else:
                self._sort(component, kinds)
        if not self.profile and not self.event:
            for component in unknown:
                self._sort(component, _guess(component.node))

    def _sort(self, component: Component, kinds: frozenset[str]) -> None:
        if PROFILE in kinds:
            self.profile.append(component)
        if EVENT in kinds:
            self.event.append(component)

    def kinds(self, component: Component) -> frozenset[str] | None:
        """What the component describes: profiles, events, both (field groups may), neither; None: it does not say."""
        node = component.node
        declared = node.get("meta:class")
        if not isinstance(declared, str) and component.identifier and component.identifier.endswith("__union"):
            declared = component.identifier
        if isinstance(declared, str):
            kind = _CLASSES.get(declared.removesuffix("__union"))
            return frozenset([kind] if kind else [])
        for names in (component.identifier, *[node.get(key) for key in ("meta:extends", "meta:intendedToExtend")]):
            found = _classes(names)
            if found:
                return found
        if node.get("meta:resourceType") in ("datatypes", "behaviors"):
            return frozenset()
        return self._by_inclusion(component)

    def _by_inclusion(self, component: Component) -> frozenset[str] | None:
        """What the included components are meant for, those that are for one thing only before those for both."""
        seen = {component.identifier}
        pending = [*self._includes.get(id(component), included(component.node))]
        found: list[frozenset[str]] = []
        while pending:
            identifier = pending.pop()
            if identifier in seen:
                continue
            seen.add(identifier)
            kinds = _classes(identifier)
            other = self._library.component(identifier)
            if not kinds and other is not None:
                kinds = _classes(other.node.get("meta:intendedToExtend"))
                if other.embedded:
                    kinds = frozenset(_LETTERS[letter] for letter in other.node.get("meta:roots", ""))
                pending += included(other.node)
            if kinds:
                found.append(kinds)
        return min(found, key=len, default=None)


def included(node: Any) -> Iterator[str]:
    """The `$id` of the components that the node includes as a whole, itself or by its own definitions."""
    for part in (node, *(node.get("allOf") if isinstance(node.get("allOf"), list) else ())):
        if isinstance(part, dict):
            reference = reference_of(part)
            if reference is not None and not reference.startswith("#"):
                yield reference.partition("#")[0]


def _classes(names: Any) -> frozenset[str]:
    listed = names if isinstance(names, list) else [names]
    return frozenset(_CLASSES[name] for name in listed if isinstance(name, str) and name in _CLASSES)


def _guess(node: Any) -> frozenset[str]:
    """A schema that says nothing of its class: an event if it has the fields of one."""
    properties = node.get("properties")
    names = {steps_of(key) for key in properties} if isinstance(properties, dict) else set()
    return frozenset([EVENT if names >= _EVENT_FIELDS else PROFILE])

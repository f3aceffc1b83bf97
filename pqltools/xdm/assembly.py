"""How do components become one schema?  Roots of all that describe profiles and events, and what is wrong with them."""

from __future__ import annotations

from pqltools.diagnostics import Diagnostic
from pqltools.formats.json_locations import excerpt
from pqltools.types.model import ANY, ArrayType, ObjectType, PlainMember
from pqltools.xdm import descriptors, standard
from pqltools.xdm.conflicts import conflicts
from pqltools.xdm.fields import SchemaObject, Tree
from pqltools.xdm.library import Component, Part
from pqltools.xdm.notes import Notes
from pqltools.xdm.references import faults
from pqltools.xdm.schema import EVENT_FIELDS, Schema, resolve
from pqltools.xdm.table import EVENT, PROFILE, table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.types.model import Member
    from pqltools.xdm.conflicts import Conflict
    from pqltools.xdm.library import Library
    from pqltools.xdm.references import Fault
    from pqltools.xdm.roots import Roots
    from pqltools.xdm.schema_files import SchemaFile

#: What the platform adds to every profile schema.
_ADDED = (("identityMap",), ("segmentMembership",), ("_experience", "profile"))
_FULL = "get the schema with `Accept: application/vnd.adobe.xed-full+json; version=1`, or add the file of the component"


class Assembly:
    """Builds one schema. `files` are those of the components, for places of problems."""

    def __init__(
        self,
        library: Library,
        roots: Roots,
        found: list[dict[str, Any]],
        files: dict[int, SchemaFile],
        tenant: str | None,
    ) -> None:
        self.tree = Tree(library)
        self.library = library
        self.roots = roots
        self.descriptors = found
        self.files = files
        self.tenant = tenant
        self.problems: list[Diagnostic] = []

    def schema(self) -> Schema:
        """The schema; `problems` says afterwards what is wrong with it."""
        if not (self.roots.profile or self.roots.event or self.descriptors or self.tenant):
            return standard.standard()
        self._check_references()
        notes = self._notes()
        event = self._object(self.roots.event, EVENT, notes["event"], [])
        events: list[Member] = [PlainMember(name, ArrayType(event)) for name in EVENT_FIELDS]
        profile = self._object(self.roots.profile, PROFILE, notes["profile"], events)
        for root in (profile, event):
            self._check_conflicts(root)
        return Schema(profile, event, self._name())

    def _object(
        self, components: list[Component], embedded: str, notes: Notes | None, extra: list[Member]
    ) -> SchemaObject:
        """The type of a profile or an event: what the files say of it, else what the embedded table says."""
        standard_node = table().node(embedded)
        assert standard_node is not None
        parts = [Part(component.node, component) for component in components]
        bare = self.tree.root(parts or [Part(standard_node, Component(standard_node, embedded, embedded=True))])
        missing = frozenset(path for path in _ADDED if resolve_declared(bare, path) is None)
        if not parts:
            parts = bare.parts
        elif embedded == PROFILE and missing:
            # The platform's own fields leave the schema the user's own: hence not `embedded`.
            parts.append(Part(standard_node, Component(standard_node, embedded), missing))
        if self.tenant and not bare.certain and bare.member(f"_{self.tenant}") is None:
            extra = [*extra, PlainMember(f"_{self.tenant}", ANY)]
        root = self.tree.root(parts, notes, extra)
        root.open = bare.open
        title = components[0].title if len(components) == 1 else None
        root.name = title or standard.NAMES[embedded]
        return root

    def _name(self) -> str:
        given = [*self.roots.profile, *self.roots.event]
        if not given:
            return standard.NAME
        titles = {component.title for component in given}
        title = titles.pop()
        return f"the schema `{title}`" if title and not titles else "the schemas given"

    def _notes(self) -> dict[str, Notes | None]:
        """What the descriptors say, about profiles and about events."""
        notes = {"profile": Notes(), "event": Notes()}
        if not self.descriptors:
            return {"profile": None, "event": None}
        bare = {
            "profile": self._object(self.roots.profile, PROFILE, None, []),
            "event": self._object(self.roots.event, EVENT, None, []),
        }
        for descriptor in self.descriptors:
            roots = self._described(descriptors.schema_of(descriptor))
            for path in descriptors.paths(descriptor):
                root = next((root for root in roots if resolve_declared(bare[root], path) is not None), None)
                if root is not None:
                    descriptors.note(descriptor, notes[root].at(path))
        return {**notes}

    def _described(self, identifier: str | None) -> list[str]:
        """Which roots a descriptor of this schema may be about: both if the schema is not at hand."""
        roots = [
            name
            for name, components in (("profile", self.roots.profile), ("event", self.roots.event))
            if any(identifier in (component.identifier, component.node.get("meta:altId")) for component in components)
        ]
        if roots or (identifier is not None and self.library.has(identifier)):
            return roots
        return ["profile", "event"]

    def _check_references(self) -> None:
        # Most files are resolved; looking for `$ref` in the text is so much faster than in the tree.
        roots = [
            component
            for component in (*self.roots.profile, *self.roots.event)
            if '"$ref' in self.files[id(component)].source.text
        ]
        for fault in faults(roots, self.library):
            self._report(fault.component, fault.node, *_faulty(fault), key="$ref")

    def _check_conflicts(self, root: SchemaObject) -> None:
        for conflict in conflicts(root, self.tree):
            self._report(conflict.second.component, conflict.second.node, *_conflicting(conflict))

    def _report(self, component: Component, node: Any, code: str, message: str, help: str, key: str = "") -> None:
        file = self.files.get(id(component))
        if file is None:
            return
        path = file.path_of(node)
        if path is not None and key:
            path = next(((*path, name) for name in node if name.strip() == key), path)
        span = None if path is None else file.span(path)
        self.problems.append(Diagnostic(code, message, span, "warning", help, source=file.source))


def resolve_declared(root: ObjectType, path: tuple[str, ...]) -> Member | None:
    """The field at `path`, not counting what open objects let in."""
    found = resolve(root, path)
    return None if isinstance(found, PlainMember) and found.type is ANY else found


def _faulty(fault: Fault) -> tuple[str, str, str]:
    reference = excerpt(fault.reference, 120)
    if fault.circular:
        return "PQL053", f"{reference} includes itself", "remove one of the references of the circle"
    field = ".".join(fault.field)
    what = f"`{field}` may hold anything" if field else "any field may be added"
    if fault.reference.startswith("#"):
        return "PQL051", f"there is no {reference} in this component, so {what}", "correct the reference"
    return "PQL051", f"{reference} is not among the files, so {what}", _FULL


def _conflicting(conflict: Conflict) -> tuple[str, str, str]:
    path = ".".join(conflict.path)
    message = f"`{path}` is {conflict.second_type} here, but {conflict.first_type} in {_title(conflict.first)}"
    return "PQL052", message, "the first one counts; one of the two schemas may be out of date"


def _title(part: Part) -> str:
    return f"`{part.component.title}`" if part.component.title else "another schema"

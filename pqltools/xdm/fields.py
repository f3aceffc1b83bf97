"""What is at this place of a schema?  Object types and fields over the nodes of schemas, read when they are asked for.

An object type consists of *parts*, nodes of one schema or of several: its members are theirs together. So `allOf`,
`$ref` and several schemas for one profile are the same thing here. Objects of the same parts are one object type, which
makes recursive schemas finite.
"""

from __future__ import annotations

from pqltools.types.model import ANY, ArrayType, MapType, Member, ObjectType
from pqltools.xdm.library import grouped, properties
from pqltools.xdm.names import PLACEHOLDER
from pqltools.xdm.table import SCHEME
from pqltools.xdm.xdm_types import SCALARS, xdm_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from pqltools.types.model import Type
    from pqltools.xdm.library import Library, Part
    from pqltools.xdm.notes import Notes

#: Arrays and maps within each other, deeper than any schema has a reason for: a type that is an array of itself.
_NESTED = 30
#: Where the values of arrays and maps are described.
_INSIDE = {"array": "items", "map": "additionalProperties"}


class Tree:
    """What the objects of one schema share: the library, and the objects that exist already."""

    __slots__ = ("library", "objects")

    def __init__(self, library: Library) -> None:
        self.library = library
        self.objects: dict[Any, SchemaObject] = {}

    def root(self, parts: list[Part], notes: Notes | None = None, extra: Iterable[Member] = ()) -> SchemaObject:
        """The object type of profiles or events; `extra` members replace those of the same name."""
        layers = self.library.layers(parts)
        return SchemaObject(self, [part for part in layers if _describes_object(part.node)], notes, extra)

    def object(self, layers: list[Part], notes: Notes | None) -> SchemaObject:
        """The object type of these layers."""
        parts = [part for part in layers if _describes_object(part.node)]
        key = (*[part.key() for part in parts], id(notes))
        found = self.objects.get(key)
        if found is None:
            found = self.objects[key] = SchemaObject(self, parts, notes)
        return found

    def type(self, layers: list[Part], notes: Notes | None, nested: int = 0) -> tuple[Type, str]:
        """The type that the layers describe, and its XDM name. Where they disagree, the first one counts."""
        name = next(filter(None, (xdm_type(part.node) for part in layers)), "string")
        scalar = SCALARS.get(name)
        if scalar is not None:
            return scalar, name
        if name == "unknown" or nested > _NESTED:
            return ANY, "unknown"
        if name == "object":
            return self.object(layers, notes), name
        key = _INSIDE[name]
        inner = [part.inside(key) for part in layers if isinstance(part.node.get(key), dict)]
        item = self.type(self.library.layers(inner), notes, nested + 1)[0] if inner else ANY
        return (ArrayType(item) if name == "array" else MapType(item)), name


class SchemaObject(ObjectType):
    """An object type of a schema."""

    __slots__ = ("_extra", "_members", "_notes", "_tenant", "_tree", "certain", "name", "open", "parts")

    def __init__(self, tree: Tree, parts: list[Part], notes: Notes | None, extra: Iterable[Member] = ()) -> None:
        self._tree = tree
        self.parts = parts
        self._notes = notes
        self._extra = extra
        self._members: dict[str, Member] | None = None
        #: The tenant's fields in an export, while nobody has said what the tenant is called.
        self._tenant: Member | None = None
        described = any(_has_fields(part.node) for part in parts)
        self.open = not described or any(_lets_more_in(part.node) for part in parts)
        self.certain = not any(part.component.embedded for part in parts)
        self.name = _name(parts)

    def member(self, name: str) -> Member | None:
        """See `ObjectType`."""
        members = self._members
        if members is None:
            members = self._expand()
        found = members.get(name)
        if found is None and self._tenant is not None and name.startswith("_"):
            return self._tenant
        return found

    def names(self) -> Iterable[str]:
        """See `ObjectType`."""
        return self._expand() if self._members is None else self._members

    def _expand(self) -> dict[str, Member]:
        sources: dict[str, list[Part]] = {}
        for part in self.parts:
            for steps, inner in properties(part):
                sources.setdefault(steps[0], []).append(grouped(steps, inner))
        notes = self._notes.children if self._notes else {}
        members: dict[str, Member] = {
            name: SchemaField(self._tree, name, parts, notes.get(name)) for name, parts in sources.items()
        }
        for member in self._extra:
            members[member.name] = member
        self._tenant = members.get(f"_{PLACEHOLDER}")
        self._members = members
        return members


class SchemaField(Member):
    """A field of a schema, with more to say about it than `Member` asks for.

    `xdm_type` is the type in XDM's words (``short``); `labels` are the words for its values; `identity` and
    `relationship` come from descriptors, as a sentence each.
    """

    __slots__ = (
        "_tree", "deprecated", "description", "enum", "identity", "labels", "name", "notes", "parts",
        "relationship", "suggested", "title", "type", "xdm_type",
    )  # fmt: skip

    labels: dict[str, str]
    xdm_type: str
    identity: str | None
    relationship: str | None

    def __init__(self, tree: Tree, name: str, parts: list[Part], notes: Notes | None) -> None:
        self.name = name
        #: The nodes of the field, one for each schema that has it.
        self.parts = parts
        self.notes = notes
        self._tree = tree

    if not TYPE_CHECKING:  # so that type checkers still know which attributes there are

        def __getattr__(self, name):
            """Called for what has not been read yet. The type alone is what most are asked for."""
            if name not in self.__slots__:
                raise AttributeError(name)
            layers = self._tree.library.layers(self.parts)
            if name in ("type", "xdm_type"):
                self.type, self.xdm_type = self._tree.type(layers, self.notes)
            else:
                self._read(layers)
            return getattr(self, name)

    def _read(self, layers: list[Part]) -> None:
        nodes = [part.node for part in layers]
        self.title = _first(nodes, "title")
        self.description = _first(nodes, "description")
        # What a shared type says about itself is no word about the field.
        self.deprecated = any(part.node.get("meta:status") == "deprecated" for part in self.parts)
        self._read_values([part.node for part in self._value_layers(layers)])
        self.identity = self.relationship = None
        if self.notes is not None:
            self.notes.apply(self)

    def _value_layers(self, layers: list[Part]) -> list[Part]:
        """The layers of the values inside arrays and maps."""
        for _ in range(_NESTED):
            key = _INSIDE.get(next(filter(None, (xdm_type(part.node) for part in layers)), ""))
            if key is None:
                break
            inner = [part.inside(key) for part in layers if isinstance(part.node.get(key), dict)]
            layers = self._tree.library.layers(inner)
        return layers

    def _read_values(self, nodes: list[Any]) -> None:
        enums = [node["enum"] for node in nodes if isinstance(node.get("enum"), list)]
        self.enum = next(filter(None, (tuple(filter(_is_value, enum)) for enum in enums)), None)
        labels: list[dict[str, Any]] = [node["meta:enum"] for node in nodes if isinstance(node.get("meta:enum"), dict)]
        self.labels = {value: str(label) for value, label in labels[0].items()} if labels else {}
        self.suggested = () if self.enum else tuple(self.labels)


def _is_value(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _first(nodes: list[Any], key: str) -> str | None:
    return next((node[key] for node in nodes if isinstance(node.get(key), str)), None)


def _describes_object(node: Any) -> bool:
    return _has_fields(node) or _lets_more_in(node)


def _has_fields(node: Any) -> bool:
    return isinstance(node.get("properties"), dict) and bool(node["properties"])


def _lets_more_in(node: Any) -> bool:
    return node.get("meta:xdmType") == "unknown" or node.get("additionalProperties") not in (None, False)


def _name(parts: list[Part]) -> str | None:
    """What people call the object: its title, or the last word of its `$id`."""
    for part in parts:
        title = part.node.get("title")
        if isinstance(title, str) and title:
            return title
    for part in parts:
        identifier = part.node.get("meta:referencedFrom") or part.node.get("$id")
        if isinstance(identifier, str) and not identifier.startswith(SCHEME):
            return identifier.rstrip("/").rpartition("/")[2]
    return None

"""Do several schemas agree on the type of a field?  A walk over the fields that more than one of them has."""

from __future__ import annotations

from pqltools.records import Record, record
from pqltools.types.model import ANY, ArrayType, MapType, ObjectType
from pqltools.xdm.fields import SchemaField, SchemaObject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.types.model import Type
    from pqltools.xdm.fields import Tree
    from pqltools.xdm.library import Part


@record
class Conflict(Record):
    """A field that has one type in the first schema and another one in a later one."""

    path: tuple[str, ...]
    first: Any
    first_type: str
    second: Any
    second_type: str


def conflicts(root: SchemaObject, tree: Tree) -> list[Conflict]:
    """The conflicts below `root`, one for each field."""
    found: list[Conflict] = []
    pending: list[tuple[SchemaObject, tuple[str, ...]]] = [(root, ())]
    seen: set[int] = set()
    while pending:
        object, path = pending.pop()
        if id(object) in seen:
            continue
        seen.add(id(object))
        for name in object.names():
            member = object.member(name)
            if not isinstance(member, SchemaField) or len(member.parts) < 2:
                continue
            conflict = _conflict(member, (*path, name), tree)
            if conflict is not None:
                found.append(conflict)
            inner = _innermost(member.type)
            if isinstance(inner, SchemaObject):
                pending.append((inner, (*path, name)))
    return found


def _conflict(member: SchemaField, path: tuple[str, ...], tree: Tree) -> Conflict | None:
    first, *others = member.parts
    first_type = _own_type(first, tree)
    for other in others:
        other_type = _own_type(other, tree)
        if not _agree(first_type, other_type):
            return Conflict(path, first, _name(first_type), other, _name(other_type))
    return None


def _own_type(part: Part, tree: Tree) -> Type:
    """The type that one schema gives the field."""
    return tree.type(tree.library.layers([part]), None)[0]


def _agree(one: Type, other: Type) -> bool:
    if isinstance(one, ArrayType) and isinstance(other, ArrayType):
        return _agree(one.item, other.item)
    if isinstance(one, MapType) and isinstance(other, MapType):
        return _agree(one.value, other.value)
    if isinstance(one, ObjectType) and isinstance(other, ObjectType):
        return True
    return one is other or ANY in (one, other)


def _name(type: Type) -> str:
    """The type in a message; two objects never conflict, so that their names would say nothing."""
    if isinstance(type, ArrayType):
        return f"Array of {_name(type.item)}"
    if isinstance(type, MapType):
        return f"Map of {_name(type.value)}"
    return "Object" if isinstance(type, ObjectType) else str(type)


def _innermost(type: Type) -> Type:
    while isinstance(type, ArrayType | MapType):
        type = type.item if isinstance(type, ArrayType) else type.value
    return type

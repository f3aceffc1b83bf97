"""Which part of a table do definitions use?  Types cut down to the paths that are used, and what is there."""

from __future__ import annotations

from pqltools.data.path_trees import ANY_KEY, Tree
from pqltools.types.model import (
    ANY,
    BOOLEAN,
    DATE,
    DOUBLE,
    INTEGER,
    STRING,
    TIMESTAMP,
    ArrayType,
    MapType,
    ObjectType,
    PlainObject,
    Scalar,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from pyspark.sql.types import DataType

    from pqltools.types.model import Type

    #: From the profile on; arrays leave no trace, ``*`` is any key.
    Path = tuple[str, ...]

_SCALARS = (STRING, INTEGER, DOUBLE, BOOLEAN, DATE, TIMESTAMP)
#: Objects inside objects; schemas may go in circles.
_DEEPEST = 12


def tree_of(paths: Iterable[Path]) -> Tree:
    """The fields at paths."""
    tree = Tree()
    for path in paths:
        tree.add(path, whole=True)
    return tree


def add(tree: Tree, others: Tree) -> None:
    """Put all that is in another tree into a tree."""
    tree.whole = tree.whole or others.whole
    for name, child in others.children.items():
        add(tree.children.setdefault(name, Tree()), child)


def needed(type: Type, tree: Tree, found: DataType | None, depth: int = 0) -> Type | None:
    """The part of a type of a schema that a tree uses; None if nothing of a known type is left.

    Of objects that are used whole the fields that are `found` count, all if that is None.
    """
    if depth > _DEEPEST:
        return None
    inner = None if found is None else getattr(found, "elementType", getattr(found, "valueType", None))
    if isinstance(type, ArrayType):
        item = needed(type.item, tree, inner, depth + 1)
        return None if item is None else ArrayType(item)
    if isinstance(type, MapType):
        below = tree.merged()
        below.whole = below.whole or tree.whole
        value = needed(type.value, below, inner, depth + 1)
        return None if value is None else MapType(value)
    if isinstance(type, ObjectType):
        return _needed_object(type, tree, found, depth)
    return type if type in _SCALARS else None


def _needed_object(type: ObjectType, tree: Tree, found: DataType | None, depth: int) -> Type | None:
    names = dict.fromkeys(name for name in tree.children if name != ANY_KEY)
    if tree.whole or ANY_KEY in tree.children:
        there = type.names() if found is None else [field.name for field in getattr(found, "fields", [])]
        names.update(dict.fromkeys(there))
    members: dict[str, Type] = {}
    for name in names:
        member = type.member(name)
        below = tree.children.get(name) or tree.children.get(ANY_KEY, Tree())
        if tree.whole:
            below = whole_tree()
        part = None if member is None else needed(member.type, below, field_type(found, name), depth + 1)
        if part is not None:
            members[name] = part
    return PlainObject(members) if members else None


def whole_tree() -> Tree:
    """The tree of a value that is used itself."""
    tree = Tree()
    tree.whole = True
    return tree


def field_type(found: DataType | None, name: str) -> DataType | None:
    """The type of a field of a struct; None if there is none."""
    fields = [] if found is None else getattr(found, "fields", [])
    return next((field.dataType for field in fields if field.name == name), None)


def merged(one: Type, other: Type) -> Type:
    """A type with the fields of both; of what is not of one kind the first."""
    if isinstance(one, ArrayType) and isinstance(other, ArrayType):
        return ArrayType(merged(one.item, other.item))
    if isinstance(one, MapType) and isinstance(other, MapType):
        return MapType(merged(one.value, other.value))
    if isinstance(one, ObjectType) and isinstance(other, ObjectType):
        members: dict[str, Type] = {}
        for each in (one, other):
            for name in each.names():
                member = each.member(name)
                if member is not None:
                    members[name] = merged(members[name], member.type) if name in members else member.type
        return PlainObject(members)
    return one


def cut(found: Any, tree: Tree) -> Any:
    """The part of a type of Spark's that a tree uses, so that no more is read."""
    from pyspark.sql import types as spark

    if tree.whole:
        return found
    if isinstance(found, spark.ArrayType):
        return spark.ArrayType(cut(found.elementType, tree), found.containsNull)
    if isinstance(found, spark.MapType):
        return spark.MapType(found.keyType, cut(found.valueType, tree.merged()), found.valueContainsNull)
    if isinstance(found, spark.StructType):
        below = tree.merged() if ANY_KEY in tree.children else None
        kept = [
            spark.StructField(field.name, cut(field.dataType, below or tree.children[field.name]), field.nullable)
            for field in found.fields
            if below is not None or field.name in tree.children
        ]
        # A struct without fields cannot be read, and whether it is there may matter.
        return spark.StructType(kept) if kept else found
    return found


def as_tree(type: Type) -> Tree:
    """The tree of all fields of a type that `needed` returned."""
    tree = Tree()
    if isinstance(type, ArrayType):
        return as_tree(type.item)
    if isinstance(type, MapType):
        tree.children[ANY_KEY] = as_tree(type.value)
    elif isinstance(type, ObjectType):
        for name in type.names():
            member = type.member(name)
            assert member is not None
            tree.children[name] = as_tree(member.type)
    else:
        tree.whole = True
    return tree


def copied(type: Type, tree: Tree | None, depth: int = 0) -> Type:
    """The same type as far as it is used, without the schema it is from, so that it can be sent to other processes."""
    if isinstance(type, Scalar):
        return type
    if depth > _DEEPEST:
        return ANY
    if isinstance(type, ArrayType):
        return ArrayType(copied(type.item, tree, depth + 1))
    if isinstance(type, MapType):
        return MapType(copied(type.value, None if tree is None or tree.whole else tree.merged(), depth + 1))
    if not isinstance(type, ObjectType):
        return ANY
    is_whole = tree is None or tree.whole or ANY_KEY in tree.children
    members: dict[str, Type] = {}
    for name in type.names() if is_whole or tree is None else tree.children:
        member = type.member(name)
        if member is not None:
            members[name] = copied(member.type, None if is_whole or tree is None else tree.children[name], depth + 1)
    return PlainObject(members, open=type.open)

"""Which part of a table do definitions use?  Types cut down to the paths that are used, and what is there."""

from __future__ import annotations

from pqltools.data.path_trees import ANY_KEY, Tree, tree_of
from pqltools.sql.tables import DEEPEST
from pqltools.types.model import (
    ANY,
    ArrayType,
    MapType,
    ObjectType,
    PlainObject,
    Scalar,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pyspark.sql.types import DataType

    from pqltools.types.model import Type


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


def least(type: Type, tree: Tree) -> Type:
    """The least part of a type that a tree needs for conditions in SQL, which name every field that they look at.

    What is used whole, and not compared, is asked whether it is there, or how many of it there are: any one field
    tells. With all of them Spark would make code for each field of the schema, more than a thousand for events.
    """
    if isinstance(type, ArrayType):
        return ArrayType(least(type.item, tree))
    if isinstance(type, MapType):
        below = tree.merged()
        below.whole = below.whole or tree.whole
        return MapType(least(type.value, below))
    if not isinstance(type, ObjectType):
        return type
    every = tree.children.get(ANY_KEY)
    members = {name: member.type for name in type.names() if (member := type.member(name)) is not None}
    kept = {name: child for name in members if (child := tree.children.get(name, every)) is not None}
    if not kept and members:
        name = next((name for name, each in members.items() if isinstance(each, Scalar)), next(iter(members)))
        kept = {name: tree_of(None)}
    return PlainObject({name: least(members[name], child) for name, child in kept.items()})


def as_tree(type: Type) -> Tree:
    """The tree of all fields of a type that `used_part` returned."""
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
    if depth > DEEPEST:
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

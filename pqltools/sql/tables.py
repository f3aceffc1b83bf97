"""Which columns does a table of profiles have?  Those of a schema, as far as they are used.

Integers are BIGINT, doubles DOUBLE, timestamps TIMESTAMP in UTC, dates DATE, objects structs, arrays lists, maps maps
from texts. What the schema knows no type of has no column: an expression that asks for it is refused.
"""

from __future__ import annotations

from sqlglot import exp

from pqltools.data.path_trees import ANY_KEY, Tree, tree_of
from pqltools.records import Record, record
from pqltools.types.model import (
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

    from pqltools.sql.dialects.dialect import Dialect
    from pqltools.types.model import Type

_SCALARS: dict[Scalar, str] = {
    STRING: "VARCHAR",
    INTEGER: "BIGINT",
    DOUBLE: "DOUBLE",
    BOOLEAN: "BOOLEAN",
    DATE: "DATE",
    TIMESTAMP: "TIMESTAMP",
}
#: Objects inside objects; schemas may go in circles.
DEEPEST = 12


@record
class Column(Record):
    """A column: its name, and its type in PQL, in which objects have only members with known types."""

    name: str
    type: Type


def table_columns(profile: ObjectType, paths: Iterable[tuple[str, ...]] | None = None) -> list[Column]:
    """The columns that the fields at `paths` need; None: all fields of the schema.

    A path is the names of the fields from the profile on; arrays leave no trace, ``*`` is any key. An object at the end
    of a path comes with all its members.
    """
    part = used_part(profile, tree_of(paths))
    if not isinstance(part, PlainObject):
        return []
    members = [(name, part.member(name)) for name in part.names()]
    return [Column(name, member.type) for name, member in members if member is not None]


def used_part(type: Type, tree: Tree, found: Any = None, depth: int = 0) -> Type | None:
    """The part of a type that a tree of paths uses; None if nothing of a known type is left.

    `found` is what a table has, as pyspark describes it. Of objects that are used whole its fields count, all of the
    schema if it is None.
    """
    if depth > DEEPEST:
        return None
    inner = getattr(found, "elementType", getattr(found, "valueType", None))
    if isinstance(type, ArrayType):
        item = used_part(type.item, tree, inner, depth + 1)
        return None if item is None else ArrayType(item)
    if isinstance(type, MapType):
        below = tree.merged()
        below.whole = below.whole or tree.whole
        value = used_part(type.value, below, inner, depth + 1)
        return None if value is None else MapType(value)
    if isinstance(type, ObjectType):
        return _object(type, tree, found, depth)
    return type if isinstance(type, Scalar) and type in _SCALARS else None


def _object(type: ObjectType, tree: Tree, found: Any, depth: int) -> Type | None:
    there = {} if found is None else {field.name: field.dataType for field in getattr(found, "fields", ())}
    names = dict.fromkeys(name for name in tree.children if name != ANY_KEY)
    if tree.whole or ANY_KEY in tree.children:
        names = {**dict.fromkeys(type.names() if found is None else there), **names}
    members: dict[str, Type] = {}
    for name in names:
        member = type.member(name)
        below = tree_of(None) if tree.whole else tree.children.get(name) or tree.children.get(ANY_KEY, Tree())
        part = None if member is None else used_part(member.type, below, there.get(name), depth + 1)
        if part is not None:
            members[name] = part
    return PlainObject(members) if members else None


def create_table(columns: Iterable[Column], dialect: Dialect, table: str = "profiles") -> str:
    """A ``CREATE TABLE`` statement, as text."""
    parts = [
        exp.ColumnDef(this=dialect.identifier(name), kind=column_type(type, dialect)) for name, type in _each(columns)
    ]
    schema = exp.Schema(this=dialect.table(table), expressions=parts)
    return exp.Create(this=schema, kind="TABLE").sql(dialect.name, pretty=True) + ";\n"


def _each(columns: Iterable[Column]) -> list[tuple[str, Type]]:
    return [(column.name, column.type) for column in columns]


def column_type(type: Type, dialect: Dialect) -> exp.DataType:
    """The type of a column in SQL; `.sql(dialect.name)` writes it."""
    if isinstance(type, ArrayType):
        item = column_type(type.item, dialect)
        return exp.DataType(this=exp.DataType.Type.ARRAY, expressions=[item], nested=True)
    if isinstance(type, MapType):
        parts = [dialect.data_type("VARCHAR"), column_type(type.value, dialect)]
        return exp.DataType(this=exp.DataType.Type.MAP, expressions=parts, nested=True)
    if isinstance(type, ObjectType):
        members = [(name, type.member(name)) for name in type.names()]
        fields = [
            exp.ColumnDef(this=dialect.identifier(name), kind=column_type(member.type, dialect))
            for name, member in members
            if member is not None
        ]
        return exp.DataType(this=exp.DataType.Type.STRUCT, expressions=fields, nested=True)
    assert isinstance(type, Scalar)
    return dialect.data_type(_SCALARS[type])

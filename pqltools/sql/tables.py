"""Which columns does a table of profiles have?  Those of a schema, as far as they are used.

Integers are BIGINT, doubles DOUBLE, timestamps TIMESTAMP in UTC, dates DATE, objects structs, arrays lists, maps maps
from texts. What the schema knows no type of has no column: an expression that asks for it is refused.
"""

from __future__ import annotations

from sqlglot import exp

from pqltools.data.path_trees import ANY_KEY, Tree
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
_DEEPEST = 12


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
    tree = Tree()
    if paths is None:
        tree.whole = True
    for path in paths or ():
        tree.add(path, whole=True)
    pruned = _pruned(profile, tree, 0)
    if not isinstance(pruned, PlainObject):
        return []
    members = [(name, pruned.member(name)) for name in pruned.names()]
    return [Column(name, member.type) for name, member in members if member is not None]


def _pruned(type: Type, tree: Tree, depth: int) -> Type | None:
    """The part of a type that a tree of paths uses; None if nothing is left."""
    if depth > _DEEPEST:
        return None
    if isinstance(type, ArrayType):
        item = _pruned(type.item, tree, depth + 1)
        return None if item is None else ArrayType(item)
    if isinstance(type, MapType):
        below = tree.merged()
        below.whole = below.whole or tree.whole
        value = _pruned(type.value, below, depth + 1)
        return None if value is None else MapType(value)
    if isinstance(type, ObjectType):
        return _object(type, tree, depth)
    return type if isinstance(type, Scalar) and type in _SCALARS else None


def _object(type: ObjectType, tree: Tree, depth: int) -> Type | None:
    names = [*type.names()] if tree.whole or ANY_KEY in tree.children else [*tree.children]
    found: dict[str, Type] = {}
    for name in names:
        member = type.member(name)
        below = tree.children.get(name, Tree())
        if tree.whole:
            below = Tree()
            below.whole = True
        part = None if member is None else _pruned(member.type, below, depth + 1)
        if part is not None:
            found[name] = part
    return PlainObject(found) if found else None


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

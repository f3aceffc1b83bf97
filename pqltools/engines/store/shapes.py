"""Which columns does a store have?  What the schema declares of the names that occur in the data, with its types.

A `Shape` is a type cut down to that. Arrays of objects become tables of their own if they are fields of the profile, or
of the items of such a table: `Shape.tables` finds them. Everything else is a column: objects are structs.
"""

from __future__ import annotations

from pqltools.records import Record, record
from pqltools.types.model import BOOLEAN, DATE, DOUBLE, INTEGER, STRING, TIMESTAMP

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from typing import Any

#: What DuckDB calls the types.
SQL_TYPES = {
    STRING.name: "VARCHAR",
    INTEGER.name: "BIGINT",
    DOUBLE.name: "DOUBLE",
    BOOLEAN.name: "BOOLEAN",
    TIMESTAMP.name: "TIMESTAMP",
    DATE.name: "DATE",
}
#: Tables within tables.
_TABLE_DEPTH = 2


@record
class Shape(Record):
    """What is kept of a value: a `scalar` by the name of its type, or the `fields` of an object, or what is `within`.

    `kind` is ``scalar``, ``object``, ``array`` or ``map``.
    """

    kind: str
    scalar: str = ""
    fields: tuple[tuple[str, Shape], ...] = ()
    within: Shape | None = None

    def field(self, name: str) -> Shape | None:
        """The shape of a field of an object."""
        return dict(self.fields).get(name)

    @property
    def is_table(self) -> bool:
        """Whether this is an array of objects, which becomes a table where it can be reached without a map."""
        return self.kind == "array" and self.within is not None and self.within.kind == "object"


@record
class Table(Record):
    """A table: the path of its array from the profile, and the shape of its items; the parent is that of the path."""

    path: tuple[str, ...]
    shape: Shape
    parent: Table | None = None

    @property
    def name(self) -> str:
        """What the table is called."""
        return ".".join(self.path) if self.path else "profiles"

    @property
    def own_path(self) -> tuple[str, ...]:
        """The path of the array from the items of the parent."""
        return self.path[len(self.parent.path) :] if self.parent is not None else self.path

    def inner(self) -> list[Table]:
        """The tables of arrays in this one."""
        if len(list(self.parents())) > _TABLE_DEPTH:
            return []
        return [Table((*self.path, *path), shape, self) for path, shape in _arrays(self.shape, ())]

    def parents(self) -> Iterator[Table]:
        """This table and those above it, the profiles last."""
        table: Table | None = self
        while table is not None:
            yield table
            table = table.parent


def _arrays(shape: Shape, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Shape]]:
    for name, field in shape.fields:
        if field.is_table:
            assert field.within is not None
            yield (*path, name), field.within
        elif field.kind == "object":
            yield from _arrays(field, (*path, name))


def tables_of(shape: Shape) -> list[Table]:
    """All tables of profiles of this shape, parents before their children."""
    found = [Table((), shape)]
    for table in found:
        found += table.inner()
    return found


def without_tables(table: Table) -> Shape:
    """The shape of a row: without the arrays that have tables of their own; objects stay, perhaps without fields."""
    return _without(table.shape, {inner.own_path for inner in table.inner()}, ())


def _without(shape: Shape, arrays: Collection[tuple[str, ...]], path: tuple[str, ...]) -> Shape:
    fields = tuple(
        (name, _without(field, arrays, (*path, name)) if field.kind == "object" else field)
        for name, field in shape.fields
        if (*path, name) not in arrays
    )
    return Shape("object", fields=fields)


def merged(old: Shape, new: Shape) -> Shape:
    """A shape with the fields of both; `ValueError` if they are not of one kind."""
    if (old.kind, old.scalar) != (new.kind, new.scalar):
        raise ValueError(f"{_words(old)} and {_words(new)}")
    if old.within is not None and new.within is not None:
        return Shape(old.kind, within=merged(old.within, new.within))
    fields = dict(old.fields)
    for name, field in new.fields:
        fields[name] = merged(fields[name], field) if name in fields else field
    return Shape(old.kind, old.scalar, tuple(fields.items()))


def _words(shape: Shape) -> str:
    return shape.scalar or f"an {shape.kind}" if shape.kind != "map" else "a map"


def sql_type(shape: Shape) -> str:
    """The type of a column of DuckDB."""
    if shape.kind == "scalar":
        return SQL_TYPES[shape.scalar]
    if shape.kind == "object":
        if not shape.fields:
            # There are no structs without fields; what matters is whether there is one.
            return 'STRUCT("#" BOOLEAN)'
        return f"STRUCT({', '.join(f'{quoted(name)} {sql_type(field)}' for name, field in shape.fields)})"
    assert shape.within is not None
    inner = sql_type(shape.within)
    return f"{inner}[]" if shape.kind == "array" else f"MAP(VARCHAR, {inner})"


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def text_of(text: str) -> str:
    """A text in SQL."""
    return "'" + text.replace("'", "''") + "'"


def clashing(shape: Shape) -> tuple[str, str] | None:
    """Two fields of an object that differ in nothing but case, which DuckDB takes for one."""
    seen: dict[str, str] = {}
    for name, field in shape.fields:
        if name.lower() in seen:
            return seen[name.lower()], name
        seen[name.lower()] = name
        found = clashing(field)
        if found is not None:
            return found
    return None if shape.within is None else clashing(shape.within)


def to_data(shape: Shape) -> Any:
    """The shape as JSON."""
    if shape.kind == "scalar":
        return shape.scalar
    if shape.kind == "object":
        return {"fields": {name: to_data(field) for name, field in shape.fields}}
    return {shape.kind: to_data(shape.within)} if shape.within is not None else None


def from_data(data: Any) -> Shape:
    """The shape that JSON says."""
    if isinstance(data, str):
        return Shape("scalar", data)
    ((kind, inner),) = data.items()
    if kind == "fields":
        return Shape("object", fields=tuple((name, from_data(field)) for name, field in inner.items()))
    return Shape(kind, within=from_data(inner))

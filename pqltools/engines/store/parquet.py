"""How do rows of Parquet come into a store?  As they are, if the types of their columns say that all of them fit.

Otherwise they are written as lines of JSON, and each goes the way of these (see `cleaning`): a text may be an instant.
Rows in Parquet are canonical once instants have milliseconds, as ISO 8601 texts are read with these, and numbers that
are none (NaN, infinity), which JSON does not have, are null.
"""

from __future__ import annotations

import os

from pqltools.data.compression import shown_name
from pqltools.data.decoding import ALSO_EVENTS
from pqltools.data.identities import ID_FIELDS
from pqltools.diagnostics import error
from pqltools.engines.store.cleaning import ID, IDS, SEPARATOR
from pqltools.engines.store.fitting import is_kept
from pqltools.engines.store.shapes import Shape, quoted, text_of
from pqltools.records import Record, record
from pqltools.source import Source
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
    Scalar,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from duckdb import DuckDBPyConnection

    from pqltools.types.model import Type

#: What DuckDB calls types whose values are all exact as BIGINT, and as DOUBLE.
_SMALL = {"tinyint", "smallint", "integer", "utinyint", "usmallint", "uinteger"}
_TIMES = {"timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns", "timestamp with time zone"}
_FLOATS = {"float", "double"}
#: Types that DuckDB writes as JSON does.
_PLAIN = {"boolean", "varchar", "bigint", "ubigint", "hugeint", "uhugeint", "decimal", "date", "null"} | _SMALL
#: What DuckDB is told to say where a value shows that the rows must go the other way.
_UNFIT = "#unfit"
#: A field of identities that is read as JSON only, and the usual one.
_LISTED, _MAPPED = "identities", "identityMap"
_EXACT = 2**53


class Unfit(Exception):
    """The types of columns, or values, do not say that all rows follow the schema."""


@record
class Rows(Record):
    """Rows that fit: their shape, and what selects `ID`, `IDS` and the columns. `seen` is as in `Fitting`."""

    path: str
    shape: Shape
    seen: dict[str, Any]
    count: int
    id: str
    ids: str
    fields: tuple[tuple[str, str], ...]

    def sql(self) -> str:
        """The rows, in their order."""
        parts = [f"{self.id} AS {quoted(ID)}", f"{self.ids} AS {quoted(IDS)}"]
        parts += [f"{sql} AS {quoted(name)}" for name, sql in self.fields]
        return f"SELECT {', '.join(parts)} FROM {_reading(self.path)}"


def check_names(path: str) -> None:
    """Raise `PQLError` for columns that differ in nothing but case, of which DuckDB gives one another name."""
    import pyarrow
    import pyarrow.parquet

    try:
        names = pyarrow.parquet.read_schema(path).names
    except (pyarrow.ArrowException, OSError) as problem:
        raise unreadable(path, problem) from None
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(name.lower(), name)
        if other is not name:
            raise unreadable(path, f"columns differ in nothing but case: `{other}` and `{name}`")


def rows_of(connection: DuckDBPyConnection, path: str, profile: ObjectType) -> Rows:
    """The rows of a file. Raises `Unfit`; `PQLError` for a file that cannot be read."""
    columns = _columns(connection, path)
    seen = {name: _seen(held) for name, held in columns.items()}
    named = [held.id for name, held in columns.items() if name in ID_FIELDS]
    if ALSO_EVENTS in seen or _LISTED in seen or _may_have_standard_names(seen) or {*named} - {"varchar"}:
        raise Unfit
    fields: list[tuple[str, str]] = []
    shapes: list[tuple[str, Shape]] = []
    for name, held in columns.items():
        member = profile.member(name)
        if member is not None and is_kept(member.type):
            sql, shape = _typed(quoted(name), held, member.type, 0)
            fields.append((name, sql))
            shapes.append((name, shape))
    count = _count(connection, path)
    order = {name: place for place, name in enumerate(profile.names())}
    shape = Shape("object", fields=tuple(sorted(shapes, key=lambda field: order[field[0]])))
    return Rows(path, shape, seen, count, _id(columns), _ids(columns), tuple(fields))


def is_unfit(problem: Exception) -> bool:
    """Whether DuckDB stopped at a value because of which rows must go the other way."""
    return _UNFIT in str(problem)


def write_lines(connection: DuckDBPyConnection, path: str, target: str) -> None:
    """Write the rows of a file as lines of JSON. Raises `PQLError` for a file that cannot be read."""
    parts = [f"{_json(quoted(name), held, 0)} AS {quoted(name)}" for name, held in _columns(connection, path).items()]
    try:
        connection.execute(
            f"COPY (SELECT {', '.join(parts)} FROM {_reading(path)}) TO {text_of(target)} (FORMAT json, ARRAY false)"
        )
    except _failures() as problem:
        raise unreadable(path, problem) from None


def unreadable(path: str, problem: Exception | str) -> Exception:
    """The error for a file that DuckDB cannot read."""
    reason = str(problem).split("\n", 1)[0][:200]
    return error("PQL044", f"the Parquet file cannot be read: {reason}", (0, 0), source=Source("", shown_name(path)))


def _failures() -> type[Exception]:
    import duckdb

    failures: type[Exception] = duckdb.Error
    return failures


def _reading(path: str) -> str:
    # A path with * or [ is one file all the same, so these are written as patterns for themselves.
    plain = "".join(f"[{letter}]" if letter in "*?[" else letter for letter in os.path.abspath(path))  # noqa: PTH100
    return f"read_parquet({text_of(plain)}, hive_partitioning = false)"


def _columns(connection: DuckDBPyConnection, path: str) -> dict[str, Any]:
    try:
        found = connection.sql(f"SELECT * FROM {_reading(path)}")
    except _failures() as problem:
        raise unreadable(path, problem) from None
    return dict(zip(found.columns, found.types, strict=True))


def _count(connection: DuckDBPyConnection, path: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {_reading(path)}").fetchone()
    assert row is not None
    return int(row[0])


def _id(columns: dict[str, Any]) -> str:
    """The id of the profile of a row, as `named_id`; rows with nothing but an identity map go the other way."""
    parts = [f"nullif({quoted(name)}, '')" for name in _named(columns)]
    if _MAPPED in columns:
        parts.append(f"CASE WHEN {quoted(_MAPPED)} IS NOT NULL THEN error({text_of(_UNFIT)}) END")
    return f"CAST(coalesce({', '.join(parts)}) AS VARCHAR)" if parts else "CAST(NULL AS VARCHAR)"


def _named(columns: dict[str, Any]) -> list[str]:
    return [name for name in ID_FIELDS if name in columns]


def _ids(columns: dict[str, Any]) -> str:
    """All identities of the profile of a row, as `profile_identities`. Raises `Unfit`."""
    bare = ", ".join(f"{text_of(SEPARATOR)} || nullif({quoted(name)}, '')" for name in _named(columns))
    parts = [f"CAST([{bare}] AS VARCHAR[])"]
    if _MAPPED in columns:
        if not _is_identity_map(columns[_MAPPED]):
            raise Unfit
        one = f"lower(e.key) || {text_of(SEPARATOR)} || nullif(i.id, '')"
        inner = f"list_transform(e.value, lambda i: {one})"
        parts.append(f"flatten(list_transform(map_entries({quoted(_MAPPED)}), lambda e: {inner}))")
    joined = " || ".join(f"coalesce({part}, CAST([] AS VARCHAR[]))" for part in parts)
    return f"list_filter({joined}, lambda x: x IS NOT NULL)"


def _is_identity_map(held: Any) -> bool:
    if held.id != "map" or held.children[0][1].id != "varchar" or held.children[1][1].id != "list":
        return False
    entry = held.children[1][1].children[0][1]
    return entry.id == "struct" and any(name == "id" and inner.id == "varchar" for name, inner in entry.children)


def _seen(held: Any) -> dict[str, Any]:
    if held.id == "struct":
        return {name: _seen(inner) for name, inner in held.children}
    if held.id in ("list", "array", "map"):
        return {"*": _seen(held.children[-1][1] if held.id == "map" else held.children[0][1])}
    return {}


def _may_have_standard_names(seen: dict[str, Any]) -> bool:
    return any(":" in name or name.startswith("@") or _may_have_standard_names(inner) for name, inner in seen.items())


def _typed(sql: str, held: Any, wanted: Type, depth: int) -> tuple[str, Shape]:
    """A value as one of a type, and its shape. Raises `Unfit`."""
    if isinstance(wanted, ObjectType):
        return _object(sql, held, wanted, depth)
    name = f"x{depth}"
    if isinstance(wanted, ArrayType):
        if held.id not in ("list", "array"):
            raise Unfit
        inner, shape = _typed(name, held.children[0][1], wanted.item, depth + 1)
        return (sql if inner == name else _each(sql, name, inner)), Shape("array", within=shape)
    if isinstance(wanted, MapType):
        if held.id != "map" or held.children[0][1].id != "varchar":
            raise Unfit
        inner, shape = _typed(f"{name}.value", held.children[1][1], wanted.value, depth + 1)
        changed = sql if inner == f"{name}.value" else _each_entry(sql, name, f"{name}.key", inner)
        return changed, Shape("map", within=shape)
    assert isinstance(wanted, Scalar)
    return _SCALARS[wanted](sql, held.id), Shape("scalar", wanted.name)


def _object(sql: str, held: Any, wanted: ObjectType, depth: int) -> tuple[str, Shape]:
    if held.id != "struct":
        raise Unfit
    inner = dict(held.children)
    parts: list[str] = []
    shapes: list[tuple[str, Shape]] = []
    for name in wanted.names():
        member = wanted.member(name) if name in inner else None
        if member is not None and is_kept(member.type):
            part, shape = _typed(f"{sql}.{quoted(name)}", inner[name], member.type, depth)
            parts.append(f"{quoted(name)} := {part}")
            shapes.append((name, shape))
    made = f"struct_pack({', '.join(parts) or quoted('#') + ' := TRUE'})"
    return f"CASE WHEN {sql} IS NOT NULL THEN {made} END", Shape("object", fields=tuple(shapes))


def _each(sql: str, name: str, inner: str) -> str:
    return f"list_transform({sql}, lambda {name}: {inner})"


def _each_entry(sql: str, name: str, key: str, value: str) -> str:
    return f"map_from_entries({_each(f'map_entries({sql})', name, f'struct_pack(k := {key}, v := {value})')})"


def _unless(sql: str, holds: str) -> str:
    """The value, and the other way for all rows where it is not so."""
    return f"CASE WHEN {sql} IS NULL OR {holds} THEN {sql} ELSE error({text_of(_UNFIT)}) END"


def _same(*held: str) -> Callable[[str, str], str]:
    def as_it_is(sql: str, id: str) -> str:
        if id not in held:
            raise Unfit
        return sql

    return as_it_is


def _integer(sql: str, id: str) -> str:
    if id in _SMALL:
        return f"CAST({sql} AS BIGINT)"
    return _same("bigint")(sql, id)


def _double(sql: str, id: str) -> str:
    if id in _SMALL:
        return f"CAST({sql} AS DOUBLE)"
    if id == "bigint":
        return f"CAST({_unless(sql, f'{sql} BETWEEN -{_EXACT} AND {_EXACT}')} AS DOUBLE)"
    if id not in _FLOATS:
        raise Unfit
    return _finite(sql)


def _finite(sql: str) -> str:
    return f"CASE WHEN isfinite({sql}) THEN CAST({sql} AS DOUBLE) END"


def _timestamp(sql: str, id: str) -> str:
    if id not in _TIMES:
        raise Unfit
    time = _utc(sql, id)
    return f"date_trunc('milliseconds', {_unless(time, _in_years(time, 'TIMESTAMP'))})"


def _utc(sql: str, id: str) -> str:
    return f"({sql} AT TIME ZONE 'UTC')" if id.endswith("zone") else f"CAST({sql} AS TIMESTAMP)"


def _in_years(sql: str, type: str) -> str:
    return f"{sql} >= {type} '0001-01-01' AND {sql} < {type} '10000-01-01'"


def _date(sql: str, id: str) -> str:
    if id != "date":
        raise Unfit
    return _unless(sql, _in_years(sql, "DATE"))


_SCALARS: dict[Type, Callable[[str, str], str]] = {
    STRING: _same("varchar"),
    BOOLEAN: _same("boolean"),
    INTEGER: _integer,
    DOUBLE: _double,
    TIMESTAMP: _timestamp,
    DATE: _date,
}


def _json(sql: str, held: Any, depth: int) -> str:
    """A value such that DuckDB writes it as JSON has it."""
    name = f"x{depth}"
    if held.id == "struct":
        parts = [
            f"{quoted(field)} := {_json(f'{sql}.{quoted(field)}', inner, depth)}" for field, inner in held.children
        ]
        return f"CASE WHEN {sql} IS NOT NULL THEN struct_pack({', '.join(parts)}) END"
    if held.id in ("list", "array"):
        return _each(sql, name, _json(name, held.children[0][1], depth + 1))
    if held.id == "map":
        value = _json(f"{name}.value", held.children[1][1], depth + 1)
        return _each_entry(sql, name, f"CAST({name}.key AS VARCHAR)", value)
    if held.id in _TIMES:
        return f"strftime({_utc(sql, held.id)}, '%Y-%m-%dT%H:%M:%S.%gZ')"
    if held.id in _FLOATS:
        return _finite(sql)
    return sql if held.id in _PLAIN else f"CAST({sql} AS VARCHAR)"

"""How does a table hold the profiles of the tests?  Values as the schema types them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pqltools.sql.tables import table_columns
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
)
from pqltools.types.time import DAY, instant_text, iso_instant

if TYPE_CHECKING:
    from pqltools.sql.tables import Column
    from pqltools.types.model import Type

_SCALARS = {
    STRING: pa.string(),
    INTEGER: pa.int64(),
    DOUBLE: pa.float64(),
    BOOLEAN: pa.bool_(),
    DATE: pa.date32(),
    TIMESTAMP: pa.timestamp("us"),
}


def fitting(value: Any, type: Type) -> Any:
    """The value as a loader would take it by the schema, as JSON: what does not fit is null, times are in one form."""
    if value is None:
        return None
    if isinstance(type, ObjectType):
        return _fitting_object(value, type) if isinstance(value, dict) else None
    if isinstance(type, ArrayType):
        return [fitting(item, type.item) for item in value] if isinstance(value, list) else None
    if isinstance(type, MapType):
        return {key: fitting(item, type.value) for key, item in value.items()} if isinstance(value, dict) else None
    if type is TIMESTAMP:
        ms = iso_instant(value) if isinstance(value, str) else value if value.__class__ is int else None
        return instant_text(ms) if ms is not None and -62_135_596_800_000 <= ms < 253_402_300_800_000 else None
    if type is DATE:
        return value if isinstance(value, str) and len(value) == 10 and iso_instant(value) is not None else None
    if type is DOUBLE:
        is_double = value.__class__ in (int, float) and abs(value) < 1e309 and value == value
        return float(value) if is_double and abs(value) <= 1.7976931348623157e308 else None
    if type is INTEGER:
        return value if value.__class__ is int and -(2**63) <= value < 2**63 else None
    return value if value.__class__ is {STRING: str, BOOLEAN: bool}[type] else None  # type: ignore[index]


def _fitting_object(value: dict[str, Any], type: ObjectType) -> dict[str, Any]:
    found = {}
    for name in type.names():
        member = type.member(name)
        assert member is not None
        held = value.get(name)
        held = value.get(f"xdm:{name}") if held is None else held
        found[name] = fitting(held, member.type)
    return {name: held for name, held in found.items() if held is not None}


def arrow_type(type: Type) -> Any:
    """The type of a column for Arrow."""
    if isinstance(type, ObjectType):
        members = {name: type.member(name) for name in type.names()}
        return pa.struct([(name, arrow_type(member.type)) for name, member in members.items() if member is not None])
    if isinstance(type, ArrayType):
        return pa.list_(arrow_type(type.item))
    if isinstance(type, MapType):
        return pa.map_(pa.string(), arrow_type(type.value))
    return _SCALARS[type]  # type: ignore[index]


def _held(value: Any, type: Type) -> Any:
    """A value of `fitting` as Arrow takes it."""
    if value is None:
        return None
    if isinstance(type, ObjectType):
        members = {name: type.member(name) for name in type.names()}
        return {name: _held(value.get(name), member.type) for name, member in members.items() if member is not None}
    if isinstance(type, ArrayType):
        return [_held(item, type.item) for item in value]
    if isinstance(type, MapType):
        return [(key, _held(item, type.value)) for key, item in value.items()]
    if type is TIMESTAMP:
        return datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None) + timedelta(milliseconds=iso_instant(value) or 0)
    if type is DATE:
        return date(1970, 1, 1) + timedelta(days=(iso_instant(value) or 0) // DAY)
    return value


def table_of(profiles: list[Any], type: ObjectType, columns: list[Column] | None = None) -> Any:
    """The Arrow table of profiles that `fitting` returned, with their number as `row`."""
    columns = table_columns(type) if columns is None else columns
    arrays = [
        pa.array([_held(profile.get(column.name), column.type) for profile in profiles], arrow_type(column.type))
        for column in columns
    ]
    rows = pa.array(range(len(profiles)), pa.int32())
    return pa.table([rows, *arrays], names=["row", *[column.name for column in columns]])


def in_utc(table: Any) -> Any:
    """The table with times that have a zone, as Spark's have."""

    def moved(type: Any) -> Any:
        if pa.types.is_timestamp(type):
            return pa.timestamp("us", "UTC")
        if pa.types.is_list(type):
            return pa.list_(moved(type.value_type))
        if pa.types.is_struct(type):
            return pa.struct([(field.name, moved(field.type)) for field in type])
        return pa.map_(type.key_type, moved(type.item_type)) if pa.types.is_map(type) else type

    return table.cast(pa.schema([(field.name, moved(field.type)) for field in table.schema]))

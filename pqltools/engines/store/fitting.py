"""Does a profile follow the schema?  The exact answer, with a reason; and its canonical form if it does.

In that form instants are ISO 8601 in UTC with a ``Z``, numbers are of the type that is declared, and what the schema
does not declare is left out. `quick` has what tells of most lines in much less time that they are so already.
"""

from __future__ import annotations

from pqltools.data.values import NotData
from pqltools.engines.store.shapes import SQL_TYPES, Shape
from pqltools.evaluation.values import time_of
from pqltools.syntax.operators import INTEGER_MAX, INTEGER_MIN
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
from pqltools.types.time import YEARS_END, YEARS_START, instant_text, is_iso_day

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pqltools.types.model import Type

_KINDS = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", int: "a number", float: "a number"}
#: From so many names on those are not collected that the schema does not declare: they may well be data.
_MOST_NAMES = 1000


class Fitting:
    """Fits values to types. `fields` collects where there are values: the paths of fields, ``*`` for items and keys."""

    def __init__(self, type: ObjectType) -> None:
        self.type = type
        self.fields: dict[str, Any] = {}

    def profile(self, data: dict[str, Any]) -> dict[str, Any]:
        """The canonical form of a profile. Raises `NotData` with the path and the reason."""
        found: dict[str, Any] = self._object(data, self.type, "", self.fields)
        return found

    def _object(self, value: dict[str, Any], type: ObjectType, path: str, seen: dict[str, Any]) -> Any:
        found = {}
        for name, inner in value.items():
            member = type.member(name)
            if member is None and len(seen) >= _MOST_NAMES:
                continue
            inside = seen.setdefault(name, {})
            if member is not None and is_kept(member.type):
                found[name] = self._value(inner, member.type, f"{path}.{name}" if path else name, inside)
        return found

    def _value(self, value: Any, type: Type, path: str, seen: dict[str, Any]) -> Any:
        if value is None:
            return None
        if isinstance(type, ObjectType):
            return self._object(_of_kind(dict, value, path), type, path, seen)
        if isinstance(type, ArrayType):
            inside = seen.setdefault("*", {})
            items = enumerate(_of_kind(list, value, path))
            return [self._value(item, type.item, f"{path}[{index}]", inside) for index, item in items]
        if isinstance(type, MapType):
            inside = seen.setdefault("*", {})
            entries = _of_kind(dict, value, path).items()
            return {key: self._value(item, type.value, f"{path}.{key}", inside) for key, item in entries}
        return _SCALARS[type](value, path)


def is_kept(type: Type) -> bool:
    """Whether there are columns for values of a type."""
    while isinstance(type, ArrayType | MapType):
        type = type.item if isinstance(type, ArrayType) else type.value
    return isinstance(type, ObjectType) or (isinstance(type, Scalar) and type.name in SQL_TYPES)


def seen_shape(type: Type, seen: dict[str, Any]) -> Shape:
    """The shape of a type of which these fields have been seen. Maps, and arrays in them, keep all that is declared."""
    if isinstance(type, ObjectType):
        fields = []
        for name in type.names():
            member = type.member(name) if name in seen else None
            if member is not None and is_kept(member.type):
                fields.append((name, seen_shape(member.type, seen[name])))
        return Shape("object", fields=tuple(fields))
    if isinstance(type, ArrayType):
        return Shape("array", within=seen_shape(type.item, seen.get("*", {})))
    if isinstance(type, MapType):
        return Shape("map", within=seen_shape(type.value, seen.get("*", {})))
    assert isinstance(type, Scalar)
    return Shape("scalar", type.name)


def merge_seen(seen: dict[str, Any], more: dict[str, Any]) -> None:
    """Add what others have seen."""
    for name, inner in more.items():
        merge_seen(seen.setdefault(name, {}), inner)


def _of_kind(kind: type, value: Any, path: str) -> Any:
    if value.__class__ is not kind:
        raise misfit(value, _KINDS[kind], path)
    return value


def misfit(value: Any, wanted: str, path: str) -> NotData:
    """Why a value does not fit."""
    return NotData(f"`{path}` is {_KINDS.get(value.__class__, 'null')}, and the schema has {wanted}")


def _string(value: Any, path: str) -> str:
    text: str = _of_kind(str, value, path)
    return text


def _boolean(value: Any, path: str) -> bool:
    truth: bool = _of_kind(bool, value, path)
    return truth


def _integer(value: Any, path: str) -> int:
    if value.__class__ is float and value.is_integer():
        value = int(value)
    if value.__class__ is not int:
        raise misfit(value, "an integer", path)
    if not INTEGER_MIN <= value <= INTEGER_MAX:
        raise NotData(f"`{path}` is an integer of more than 64 bits")
    return int(value)


def _double(value: Any, path: str) -> float:
    if value.__class__ not in (int, float):
        raise misfit(value, "a number", path)
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    if number != value:
        raise NotData(f"`{path}` is an integer that a double cannot hold exactly")
    return number


def _timestamp(value: Any, path: str) -> str:
    if value.__class__ not in (int, str):
        raise misfit(value, "a timestamp", path)
    time = time_of(value)
    if time is None or (value.__class__ is str and len(value) == 10):
        raise NotData(f"`{path}` is no timestamp: {str(value)[:40]!r}")
    if not YEARS_START <= time.ms < YEARS_END:
        raise NotData(f"`{path}` is a timestamp beyond the years 1 to 9999")
    return instant_text(time.ms)


def _date(value: Any, path: str) -> str:
    text = _of_kind(str, value, path)
    if not is_iso_day(text):
        raise NotData(f"`{path}` is no date: {text[:40]!r}")
    return str(text)


_SCALARS: dict[Type, Callable[[Any, str], Any]] = {
    STRING: _string,
    INTEGER: _integer,
    DOUBLE: _double,
    BOOLEAN: _boolean,
    TIMESTAMP: _timestamp,
    DATE: _date,
}

"""Which columns do exported profiles have?  Those of the union schema that are asked for or there, with their types.

The schema says what a field is; where the data say otherwise, or the schema nothing, the data count: a field that is
now a text and now a number becomes a text, in which what is no text is JSON. So no value is lost.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pqltools.data.names import below
from pqltools.evaluation.values import time_of
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
    Scalar,
)

if TYPE_CHECKING:
    from pqltools.types.model import Type

#: A column of Arrow, and what makes its values of those of JSON.
Column = tuple[pa.DataType, Callable[[Any], Any]]
_INT64 = range(-(2**63), 2**63)


class Shape:
    """What has been seen of a field: which kinds of values, and what is below them."""

    __slots__ = ("fields", "item", "kinds", "type")

    def __init__(self, type: Type = ANY) -> None:
        self.type = type
        self.kinds: set[str] = set()
        self.fields: dict[str, Shape] = {}
        self.item: Shape | None = None

    def see(self, value: Any) -> None:
        """Note a value."""
        if value is None:
            return
        kind = _kind(value)
        if kind == "str" and self.type is TIMESTAMP and "text" not in self.kinds:
            kind = "str" if time_of(value) is not None else "text"
        self.kinds.add(kind)
        if kind == "dict":
            if isinstance(self.type, MapType):
                for item in value.values():
                    self.below().see(item)
            else:
                for name, item in value.items():
                    self.field(name).see(item)
        elif kind == "list":
            for item in value:
                self.below().see(item)

    def field(self, name: str) -> Shape:
        """What has been seen of a field of an object."""
        found = self.fields.get(name)
        if found is None:
            found = self.fields[name] = Shape(below(self.type, name))
        return found

    def below(self) -> Shape:
        """What has been seen of the items of an array, or of the values of a map."""
        if self.item is None:
            type: Type = ANY
            if isinstance(self.type, ArrayType):
                type = self.type.item
            elif isinstance(self.type, MapType):
                type = self.type.value
            self.item = Shape(type)
        return self.item

    def want(self, path: Iterable[str]) -> None:
        """Have a column for a field, whether it is seen or not."""
        shape = self
        for name in path:
            while isinstance(shape.type, ArrayType):
                shape.kinds.add("list")
                shape = shape.below()
            if isinstance(shape.type, MapType):
                shape.kinds.add("dict")
                shape.below()
                return
            if isinstance(shape.type, ObjectType):
                shape.kinds.add("dict")
            shape = shape.field(name)


def _kind(value: Any) -> str:
    name: str = value.__class__.__name__
    return "big" if name == "int" and value not in _INT64 else name


def column(shape: Shape) -> Column | None:
    """The column of a field; None if nothing is known of it."""
    kinds, type = shape.kinds, shape.type
    if isinstance(type, MapType) and kinds <= {"dict"}:
        return _map(shape)
    if kinds == {"dict"}:
        return _struct(shape)
    if kinds == {"list"} or (not kinds and isinstance(type, ArrayType)):
        return _list(shape)
    if not kinds and not _is_plain(type):
        return None
    if type is TIMESTAMP and kinds <= {"str"}:
        return pa.timestamp("ms", tz="UTC"), _instant
    return _scalar(kinds or _KINDS[type], type)


#: The kind of values that a field has of which none is there.
_KINDS: dict[Type, set[str]] = {
    STRING: {"str"},
    INTEGER: {"int"},
    DOUBLE: {"float"},
    BOOLEAN: {"bool"},
    TIMESTAMP: {"str"},
    DATE: {"str"},
}


def _scalar(kinds: set[str], type: Type) -> Column:
    if kinds == {"bool"}:
        return pa.bool_(), _same
    if kinds == {"int"} and type is not DOUBLE:
        return pa.int64(), _same
    if kinds <= {"int", "float"}:
        return pa.float64(), float
    return pa.string(), _text


def _is_plain(type: Type) -> bool:
    return type.__class__ is Scalar and type in _KINDS


def _same(value: Any) -> Any:
    return value


def _instant(value: Any) -> Any:
    found = time_of(value)
    return None if found is None else found.ms


def _text(value: Any) -> str:
    return value if value.__class__ is str else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _struct(shape: Shape) -> Column | None:
    found = {name: made for name, each in shape.fields.items() if (made := column(each)) is not None}
    if not found:
        return None
    type = pa.struct([(name, made[0]) for name, made in found.items()])
    converters = [(name, made[1]) for name, made in found.items()]

    def convert(value: Any) -> Any:
        return {name: None if value.get(name) is None else of(value[name]) for name, of in converters}

    return type, convert


def _list(shape: Shape) -> Column:
    type, of = _item(shape)
    return pa.list_(type), lambda value: [None if item is None else of(item) for item in value]


def _map(shape: Shape) -> Column:
    type, of = _item(shape)
    return pa.map_(pa.string(), type), lambda value: [
        (key, None if item is None else of(item)) for key, item in value.items()
    ]


def _item(shape: Shape) -> Column:
    return (None if shape.item is None else column(shape.item)) or (pa.string(), _text)

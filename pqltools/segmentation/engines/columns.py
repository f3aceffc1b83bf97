"""Which columns do exported profiles have?  Those of the union schema that are asked for or there, with their types.

The schema says what a field is; where the data say otherwise, or the schema nothing, the data count: a field that is
now a text and now a number becomes a text, in which what is no text is JSON. So no value is lost.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from types import NoneType
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

    __slots__ = ("familiar", "fields", "item", "kinds", "type")

    def __init__(self, type: Type = ANY) -> None:
        self.type = type
        self.kinds: set[str] = set()
        #: Classes of values of which one more says nothing new, so that most values cost a look into this set.
        self.familiar: set[Any] = {NoneType}
        self.fields: dict[str, Shape] = {}
        self.item: Shape | None = None

    def see(self, value: Any) -> None:
        """Note a value."""
        kind = value.__class__
        if kind in self.familiar:
            return
        if kind is dict:
            self.kinds.add("dict")
            if isinstance(self.type, MapType):
                self._see_items(value.values())
            else:
                fields = self.fields
                for name, item in value.items():
                    field = fields.get(name) or self.field(name)
                    if item.__class__ not in field.familiar:
                        field.see(item)
        elif kind is list:
            self.kinds.add("list")
            self._see_items(value)
        elif kind is str and self.type is TIMESTAMP:
            if instant_of(value) is None:  # a text now, whatever the others are
                self.kinds.add("text")
                self.familiar.add(str)
            else:
                self.kinds.add("str")
        elif kind is int:
            self.kinds.add("int" if value in _INT64 else "big")
        else:
            self.kinds.add(kind.__name__)
            self.familiar.add(kind)

    def _see_items(self, items: Iterable[Any]) -> None:
        below = self.below()
        for item in items:
            if item.__class__ not in below.familiar:
                below.see(item)

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


@lru_cache(2**16)
def instant_of(text: str) -> int | None:
    """The milliseconds of a time, None for other texts. Times of qualification are the same for many profiles."""
    found = time_of(text)
    return None if found is None else found.ms


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
        return pa.timestamp("ms", tz="UTC"), instant_of
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
        return pa.float64(), (_same if kinds == {"float"} else float)
    if kinds == {"str"}:
        return pa.string(), _same
    return pa.string(), _text


def _is_plain(type: Type) -> bool:
    return type.__class__ is Scalar and type in _KINDS


def _same(value: Any) -> Any:
    return value


def _text(value: Any) -> str:
    return value if value.__class__ is str else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _struct(shape: Shape) -> Column | None:
    found = {name: made for name, each in shape.fields.items() if (made := column(each)) is not None}
    if not found:
        return None
    type = pa.struct([(name, made[0]) for name, made in found.items()])
    if all(of is _same for _, of in found.values()):  # Arrow takes the object as it is
        return type, _same
    converters = [(name, of) for name, (_, of) in found.items()]

    def convert(value: Any) -> Any:
        get = value.get
        return {name: None if (item := get(name)) is None else of(item) for name, of in converters}

    return type, convert


def _list(shape: Shape) -> Column:
    type, of = _item(shape)
    if of is _same:
        return pa.list_(type), _same
    return pa.list_(type), lambda value: [None if item is None else of(item) for item in value]


def _map(shape: Shape) -> Column:
    type, of = _item(shape)
    if of is _same:
        return pa.map_(pa.string(), type), lambda value: [*value.items()]
    return pa.map_(pa.string(), type), lambda value: [
        (key, None if item is None else of(item)) for key, item in value.items()
    ]


def _item(shape: Shape) -> Column:
    return (None if shape.item is None else column(shape.item)) or (pa.string(), _text)

"""Of which type is this JSON value?  The types of sample profiles, read off their values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pqltools.types.model import (
    BOOLEAN,
    DATE,
    DOUBLE,
    INTEGER,
    NULL,
    STRING,
    TIMESTAMP,
    ArrayType,
    MapType,
    PlainObject,
    common,
)

if TYPE_CHECKING:
    from pqltools.types.model import Type

#: Fields of XDM that are maps, which their values do not show.
MAPS = {"identityMap": 1, "segmentMembership": 2}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def type_of(value: Any, maps: int = 0) -> Type:
    """The type of a value of which `maps` levels are maps; ISO 8601 strings are times."""
    match value:
        case None:
            return NULL
        case bool():
            return BOOLEAN
        case int():
            return INTEGER
        case float():
            return DOUBLE
        case str():
            return TIMESTAMP if _TIME.fullmatch(value) else DATE if _DAY.fullmatch(value) else STRING
        case list():
            return ArrayType(_items([type_of(item) for item in value]))
        case dict() if maps:
            return MapType(_items([type_of(item, maps - 1) for item in value.values()]))
        case dict():
            return PlainObject({name: type_of(item, MAPS.get(name, 0)) for name, item in value.items()}, open=True)
    raise TypeError(type(value))


def _items(types: list[Type]) -> Type:
    """One type for all items: an object with the members of all, where they are objects."""
    objects = [each for each in types if isinstance(each, PlainObject)]
    if not objects or len(objects) < len(types):
        return common(types)
    members: dict[str, list[Type]] = {}
    for each in objects:
        for name in each.names():
            member = each.member(name)
            assert member is not None
            members.setdefault(name, []).append(member.type)
    return PlainObject({name: _items(found) for name, found in members.items()}, open=True)

"""Can a value of one type be compared with one of another?  The conversions of semantics.md, section 4.

The right side is converted to the type of the left side: a string to a number and back, a string to a boolean, a string
or an epoch to a timestamp. A string on the left of a time is read as one. What cannot be converted is null.
"""

from __future__ import annotations

import re

from pqltools.types.model import (
    ANY,
    BOOLEAN,
    DATE,
    DOUBLE,
    INTEGER,
    NULL,
    NUMBERS,
    STRING,
    TIMES,
    TIMESTAMP,
    ArrayType,
    MapType,
    Scalar,
)
from pqltools.types.time import iso_instant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.types.model import Type

NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
#: What the right side may be for each scalar type of the left side, besides its own.
_CONVERTED: dict[Scalar, tuple[Scalar, ...]] = {
    STRING: (INTEGER, DOUBLE, TIMESTAMP, DATE),
    INTEGER: (DOUBLE, STRING),
    DOUBLE: (INTEGER, STRING),
    BOOLEAN: (STRING,),
    TIMESTAMP: (DATE, STRING, INTEGER),
    DATE: (TIMESTAMP, STRING, INTEGER),
}


def converts(left: Type, right: Type) -> bool:
    """Whether values of type `right` can be compared with values of type `left`, at least some of them.

    Arrays compare with arrays; of an array on the left each item compares with a scalar. Objects, maps and tuples
    compare with their like only. Null and what is not known compare with everything.
    """
    if left is ANY or right is ANY or left is NULL or right is NULL or left is right:
        return True
    if isinstance(left, ArrayType):
        return converts(left.item, right.item if isinstance(right, ArrayType) else right)
    if isinstance(right, ArrayType):
        return False
    if isinstance(left, Scalar):
        return isinstance(right, Scalar) and right in _CONVERTED[left]
    if isinstance(right, Scalar):
        return isinstance(left, MapType) and converts(left.value, right)
    return True


def is_number(text: str) -> bool:
    """Whether a string converts to a number."""
    return NUMBER.fullmatch(text) is not None


def reads_as(text: str, type: Type) -> bool:
    """Whether this string converts to the scalar type."""
    if type in NUMBERS:
        return is_number(text)
    if type is BOOLEAN:
        return text in ("true", "false")
    return type not in TIMES or iso_instant(text) is not None

"""Which values are there while an expression runs?  JSON's, and times, which JSON has no type for.

Data is decoded JSON: None, bool, int, float, str, list and dict. A timestamp in data is an ISO 8601 string, UTC if it
has no offset, or an integer, epoch milliseconds; a date is the string ``YYYY-MM-DD`` (semantics.md, section 1). They
stay what they are until an operation reads them as times. Only what an expression computes itself, such as ``now``, is
an `Instant` or a `Day`. An item of a select with several variables is a tuple.
"""

from __future__ import annotations

from pqltools.records import Record, record
from pqltools.syntax.operators import INTEGER_MAX, INTEGER_MIN
from pqltools.types.conversion import is_number
from pqltools.types.model import TIMES, ArrayType, MapType
from pqltools.types.time import DAY, day_text, instant_text, iso_instant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from pqltools.types.model import Type

    #: Start and end in milliseconds, the end not included.
    Interval: TypeAlias = tuple[int, int]


@record
class Instant(Record):
    """A timestamp: milliseconds since 1970-01-01T00:00Z."""

    ms: int


@record
class Day(Record):
    """A date: the whole day in UTC that starts at this millisecond."""

    ms: int


class Entry(dict):  # type: ignore[type-arg]
    """What `mapEntry` makes: a map of one entry, which `map` puts together with others."""

    __slots__ = ()


def time_of(value: Any) -> Instant | Day | None:
    """The value read as a time; None if it is none.

    A string that is a date is a day, one that is a date-time an instant, and an integer is an epoch in milliseconds.
    """
    if isinstance(value, Instant | Day):
        return value
    if isinstance(value, str):
        ms = iso_instant(value)
        return None if ms is None else Day(ms) if len(value) == 10 else Instant(ms)
    if type(value) is int and INTEGER_MIN <= value <= INTEGER_MAX:
        return Instant(value)
    return None


def interval(time: Instant | Day) -> Interval:
    """The milliseconds that belong to a time."""
    return time.ms, time.ms + (1 if isinstance(time, Instant) else DAY)


def is_date_time(text: str) -> bool:
    """Whether the text is an ISO 8601 date-time, not merely a date."""
    return len(text) > 10 and iso_instant(text) is not None


def holds_times(type: Type) -> bool:
    """Whether a schema says of these values, or of their items, that they are timestamps or dates."""
    while True:
        if isinstance(type, ArrayType):
            type = type.item
        elif isinstance(type, MapType):
            type = type.value
        else:
            return type in TIMES


def number_text(number: float) -> str:
    """A number as a string, the shortest that reads as the same number.

    JSON does not tell 12.0 from 12, and neither does this: integers have no point. (Our decision; it is the way of
    ECMAScript, whose JSON this is.)
    """
    if isinstance(number, int):
        # Python refuses to print longer ones; they are no numbers of PQL either.
        return str(number) if abs(number) < 10**400 else "Infinity"
    if number != number or number in (float("inf"), float("-inf")):
        return "NaN" if number != number else "Infinity" if number > 0 else "-Infinity"
    text = repr(number)
    digits, _, exponent = text.partition("e")
    if not exponent:
        return text.removesuffix(".0")
    if -7 <= int(exponent) < 21:
        from decimal import Decimal

        return format(Decimal(text), "f").removesuffix(".0")
    sign = "-" if exponent.startswith("-") else "+"
    return f"{digits.removesuffix('.0')}e{sign}{exponent.lstrip('+-0')}"


def text_number(text: str) -> int | float | None:
    """The number that a string converts to, None if there is none or it is not finite."""
    if not is_number(text):
        return None
    if len(text) <= 20 and text.lstrip("+-").isdigit():
        return int(text)
    number = float(text)
    return number if abs(number) != float("inf") else None


def folded(text: str) -> str:
    """The text without regard to case, by Unicode's simple case folding (our decision): characters stay single."""
    if text.isascii():
        return text.lower()
    return "".join([_folded_character(character) for character in text])


def _folded_character(character: str) -> str:
    # Python folds fully. Where that gives several characters, the simple folding is the lower case, if that is single.
    for form in (character.casefold(), character.lower()):
        if len(form) == 1:
            return form
    return character


def as_json(value: Any) -> Any:
    """A copy of the value as JSON has it: times are ISO 8601 strings, tuples lists. Any depth will do."""
    top: list[Any] = [None]
    pending: list[tuple[Any, Any, Any]] = [(top, 0, value)]
    while pending:
        target, key, found = pending.pop()
        if isinstance(found, Instant):
            found = instant_text(found.ms)
        elif isinstance(found, Day):
            found = day_text(found.ms)
        elif isinstance(found, list | tuple):
            copy = [None] * len(found)
            pending += [(copy, index, item) for index, item in enumerate(found)]
            found = copy
        elif isinstance(found, dict):
            copied = dict.fromkeys(found)
            pending += [(copied, name, item) for name, item in found.items()]
            found = copied
        target[key] = found
    return top[0]

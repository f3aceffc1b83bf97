"""Which values can a field have?  Sets of values of one ordered kind, and whether null is among them.

A set is a tuple of ranges between cuts, sorted and apart from each other. A cut lies before or after a value:
``(0, v, 0)`` and ``(0, v, 1)``; `LOWEST` and `HIGHEST` lie beyond all of them. The cut after an integer (an instant is
one) is the cut before the next integer, so that nothing lies between 5 and 6.
"""

from __future__ import annotations

from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Cut: TypeAlias = tuple[Any, ...]
    Ranges: TypeAlias = tuple[tuple[Cut, Cut], ...]

LOWEST: Cut = (-1,)
HIGHEST: Cut = (1,)
ALL: Ranges = ((LOWEST, HIGHEST),)


@record
class Kind(Record):
    """What values are compared with each other. `whole`: they are integers. `universe` holds all there are."""

    name: str
    whole: bool = False
    universe: Ranges = ALL


def before(value: Any) -> Cut:
    """The cut directly before a value."""
    return (0, value, 0)


def after(value: Any, kind: Kind) -> Cut:
    """The cut directly after a value."""
    return (0, value + 1, 0) if kind.whole else (0, value, 1)


INTEGERS = Kind("integer", True)
NUMBERS = Kind("number")
STRINGS = Kind("string", universe=((before(""), HIGHEST),))
#: Strings whose case does not matter, folded.
FOLDED = Kind("folded string", universe=STRINGS.universe)
BOOLEANS = Kind("boolean", True, ((before(0), before(2)),))
#: Instants in milliseconds.
INSTANTS = Kind("instant", True)
#: Functions whose value lies between two numbers; None: no bound.
BOUNDED = {
    "count": Kind("count", True, ((before(0), HIGHEST),)),
    "getMonth": Kind("month", True, ((before(1), before(13)),)),
    "currentMonth": Kind("month", True, ((before(1), before(13)),)),
    "getDayOfMonth": Kind("day of the month", True, ((before(1), before(32)),)),
    "currentDayOfMonth": Kind("day of the month", True, ((before(1), before(32)),)),
}


def union(first: Ranges, second: Ranges) -> Ranges:
    """What is in one of the sets."""
    found: list[tuple[Cut, Cut]] = []
    for low, high in sorted((*first, *second)):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        elif low < high:
            found.append((low, high))
    return tuple(found)


def complement(ranges: Ranges, kind: Kind) -> Ranges:
    """What is not in the set."""
    found = []
    at = LOWEST
    for low, high in ranges:
        if at < low:
            found.append((at, low))
        at = high
    if at < HIGHEST:
        found.append((at, HIGHEST))
    return intersection(tuple(found), kind.universe)


def intersection(first: Ranges, second: Ranges) -> Ranges:
    """What is in both sets."""
    found = []
    for low, high in first:
        for other_low, other_high in second:
            bottom, top = max(low, other_low), min(high, other_high)
            if bottom < top:
                found.append((bottom, top))
    return tuple(sorted(found))


def includes(outer: Ranges, inner: Ranges) -> bool:
    """Whether all of `inner` is in `outer`."""
    return all(any(low <= start and end <= high for low, high in outer) for start, end in inner)


def compared(operator: str, value: Any, kind: Kind) -> Ranges:
    """The values that stand in the relation `operator`, one of the six, to `value`."""
    low, high = before(value), after(value, kind)
    match operator:
        case "=":
            ranges: Ranges = ((low, high),)
        case "!=":
            return complement(((low, high),), kind)
        case "<":
            ranges = ((LOWEST, low),)
        case "<=":
            ranges = ((LOWEST, high),)
        case ">":
            ranges = ((high, HIGHEST),)
        case _:
            ranges = ((low, HIGHEST),)
    return intersection(ranges, kind.universe)


def prefixed(prefix: str) -> Ranges:
    """The strings that start with `prefix`."""
    # Behind all of them comes the prefix with its last character raised, if there is a higher one.
    stem = prefix.rstrip(chr(0x10FFFF))
    end = before(stem[:-1] + chr(ord(stem[-1]) + 1)) if stem else HIGHEST
    return ((before(prefix), end),)

"""Which characters are in a class?  Sets as Java writes them, asked for one character or turned into intervals.

Intervals are exact, so that unions, complements and intersections of classes come out as Java has them. A set that
holds a Unicode property has none; it can still be asked for a single character.
"""

from __future__ import annotations

from pqltools.records import Record, record
from pqltools.types.regex import cases

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from pqltools.types.regex.properties import Property

    #: Sorted, apart, both ends included.
    Intervals: TypeAlias = tuple[tuple[int, int], ...]

LAST = 0x10FFFF


@record
class Chars(Record):
    """A range of code points, which may be one. `fold`: case is ignored, for ``ascii`` or all (``unicode``) letters."""

    low: int
    high: int
    fold: str = ""


@record
class Plain(Record):
    """What intervals say: `.`, `\\d` and the like."""

    intervals: Intervals


@record
class Union(Record):
    """What is in one of the sets."""

    items: tuple[Set, ...]


@record
class Intersection(Record):
    """What is in both sets."""

    left: Set
    right: Set


@record
class Negation(Record):
    """What is not in the set."""

    item: Set


if TYPE_CHECKING:
    Set: TypeAlias = Chars | Plain | Property | Union | Intersection | Negation


def normal(intervals: Iterable[tuple[int, int]]) -> Intervals:
    """Sorted intervals without overlaps and gaps of nothing."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(intervals):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return tuple(found)


def complement(intervals: Intervals) -> Intervals:
    """All other code points."""
    found = []
    start = 0
    for low, high in intervals:
        if start < low:
            found.append((start, low - 1))
        start = high + 1
    if start <= LAST:
        found.append((start, LAST))
    return tuple(found)


def characters(text: str) -> Intervals:
    """The intervals of single characters."""
    return normal((ord(char), ord(char)) for char in text)


def ranges(text: str) -> Intervals:
    """The intervals of pairs of characters: ``"azAZ"``."""
    return normal((ord(text[i]), ord(text[i + 1])) for i in range(0, len(text), 2))


LINE_TERMINATORS = characters("\n\r\x85\u2028\u2029")
NEWLINE = characters("\n")
DIGITS = ranges("09")
WORD = ranges("09AZaz__")
SPACE = ranges("\t\r  ")
HORIZONTAL = normal((*characters(" \t\xa0\u1680\u180e\u202f\u205f\u3000"), *ranges("\u2000\u200a")))
VERTICAL = normal((*ranges("\n\r"), *characters("\x85\u2028\u2029")))
WHITE_SPACE = normal((*ranges("\t\r\u2000\u200a"), *characters(" \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000")))
ALL: Intervals = ((0, LAST),)


def intervals(item: Set) -> Intervals | None:
    """The code points of a set, None if only Unicode's tables could tell."""
    match item:
        case Plain():
            return item.intervals
        case Chars(low, high, ""):
            return ((low, high),)
        case Chars(low, high, "ascii"):
            return _with_other_case(low, high)
        case Chars(low, high):
            return normal(((low, high), *((code, code) for code in cases.same_as(low, high))))
        case Union(items):
            parts = [intervals(part) for part in items]
            return None if None in parts else normal(pair for part in parts for pair in part or ())
        case Negation(inner):
            found = intervals(inner)
            return None if found is None else complement(found)
        case Intersection(left, right):
            one, other = intervals(left), intervals(right)
            if one is None or other is None:
                return None
            return complement(normal((*complement(one), *complement(other))))
    return item.intervals


def _with_other_case(low: int, high: int) -> Intervals:
    found = [(low, high)]
    for first, last, step in ((65, 90, 32), (97, 122, -32)):
        start, end = max(low, first), min(high, last)
        if start <= end:
            found.append((start + step, end + step))
    return normal(found)


def holds(item: Set, char: str) -> bool:
    """Whether a character is in the set."""
    match item:
        case Chars() | Plain():
            return any(low <= ord(char) <= high for low, high in intervals(item) or ())
        case Union(items):
            return any(holds(part, char) for part in items)
        case Intersection(left, right):
            return holds(left, char) and holds(right, char)
        case Negation(inner):
            return not holds(inner, char)
    return item.holds(char)

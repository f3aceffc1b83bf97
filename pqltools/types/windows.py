"""Which instants does a time or a time window stand for, at a given `now`?  The table of semantics.md, section 5."""

from __future__ import annotations

from pqltools.syntax import ast
from pqltools.types import time
from pqltools.types.value_sets import HIGHEST, INSTANTS, LOWEST, after, before, complement, intersection, union

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from pqltools.syntax.ast import Expr, Time, TimeQualification, TimeWindow
    from pqltools.types.value_sets import Cut, Ranges

    #: Start and end in milliseconds, the end not included; an instant has no end.
    Reference: TypeAlias = tuple[int, int | None]

_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_STEPS = {"last": -1, "this": 0, "next": 1}
#: Days after the present one at which a window that moves with the clock is looked at: other days of the week, of the
#: month and of the year, and times far ahead.
_SAMPLE = (*range(32), 45, 61, 92, 122, 153, 183, 214, 244, 275, 305, 335, 366, 731, 1461, 3653, 36525)


def moments(now: int) -> tuple[int, ...]:
    """`now` and instants after it, at other hours, which stand for all that are to come."""
    return (now, *[now + days * time.DAY + hour * time.HOUR for days in _SAMPLE for hour in (5, 19)])


def is_relative(window: TimeWindow) -> bool:
    """Whether the window moves with the clock."""
    return any(isinstance(part, ast.TimeInterval | ast.TimestampLiteral) for part in (window.time, window.end) if part)


def date_literal(node: Expr | Time) -> tuple[int, int, int] | None:
    """Year, month and day of ``date(2024, 2, 29)``; None for other expressions and dates that do not exist."""
    if isinstance(node, ast.FunctionCall) and node.function == "date" and len(node.arguments) == 3:
        parts = [part.value for part in node.arguments if isinstance(part, ast.IntegerLiteral)]
        if len(parts) == 3 and time.is_date(parts[0], parts[1], parts[2]):
            return parts[0], parts[1], parts[2]
    return None


def reference(node: Expr | Time, now: int) -> Reference | None:
    """What a TIME stands for, None if the profile decides, or nothing says whether a text is an instant or a day."""
    if isinstance(node, ast.TimestampLiteral):
        if node.value == "now":
            return now, None
        start = time.unit_start(now, "day") + _DAYS[node.value] * time.DAY
        return start, start + time.DAY
    if isinstance(node, ast.TimeInterval):
        start = time.step(time.unit_start(now, node.unit), _STEPS[node.relation], node.unit)
        return start, time.step(start, 1, node.unit)
    if isinstance(node, ast.StringLiteral):
        instant = time.iso_instant(node.value)
        return None if instant is None or time.is_iso_day(node.value) else (instant, None)
    day = date_literal(node)
    if day is None:
        return None
    start = time.first_instant(*day)
    return start, start + time.DAY


def instants(window: TimeWindow, now: int) -> Ranges | None:
    """The instants that lie in the window, None if the profile decides about them."""
    found = reference(window.time, now)
    last = None if window.end is None else reference(window.end, now)
    if found is None or (last is None and window.end is not None):
        return None
    is_now = isinstance(window.time, ast.TimestampLiteral) and found[1] is None
    return related(window.relation, found, is_now=is_now, by=window.qualification, last=last)


def related(
    relation: str,
    found: Reference,
    *,
    is_now: bool = False,
    by: TimeQualification | None = None,
    last: Reference | None = None,
) -> Ranges:
    """The instants that stand in the relation to a time; `last` is the end of ``between``.

    `is_now` says that the time is `now` itself, which then belongs to a window that starts or ends there.
    """
    start, end = found
    if relation == "between":
        assert last is not None
        top = after(last[0], INSTANTS) if last[1] is None else before(last[1])
        return _between(before(start), top)
    if relation == "within":
        return _between(before(start), after(start, INSTANTS) if end is None else before(end))
    found_sets: list[Ranges] = []
    if relation != "after":
        found_sets.append(_before(start, is_now, by))
    if relation != "before":
        found_sets.append(_after(start, end, is_now, by))
    return found_sets[0] if len(found_sets) == 1 else union(*found_sets)


def _between(low: Cut, high: Cut) -> Ranges:
    return ((low, high),) if low < high else ()


def _before(start: int, is_now: bool, by: TimeQualification | None) -> Ranges:
    if by is None:
        return ((LOWEST, before(start)),)
    bound = time.step(start, -by.count, by.unit)
    top = after(start, INSTANTS) if is_now else before(start)
    match by.comparison:
        case "<=":
            return _between(before(bound), top)
        case "<":
            return _between(after(bound, INSTANTS), top)
        case ">":
            return ((LOWEST, before(bound)),)
        case ">=":
            return ((LOWEST, after(bound, INSTANTS)),)
    exactly = _between(before(bound), before(time.step(start, 1 - by.count, by.unit)))
    if by.comparison == "=":
        return exactly
    return intersection(((LOWEST, before(start)),), complement(exactly, INSTANTS))


def _after(start: int, end: int | None, is_now: bool, by: TimeQualification | None) -> Ranges:
    low = before(end) if end is not None else after(start, INSTANTS)
    if by is None:
        return ((low, HIGHEST),)
    if is_now:
        low = before(start)

    def cut(instant: int) -> Cut:
        """The far end of a window: it belongs to the window of an instant, not to that of an interval."""
        return after(instant, INSTANTS) if end is None else before(instant)

    base = start if end is None else end
    bound = time.step(base, by.count, by.unit)
    match by.comparison:
        case "<=":
            return _between(low, cut(bound))
        case "<":
            return _between(low, before(bound))
        case ">":
            return ((cut(bound), HIGHEST),)
        case ">=":
            return ((before(bound), HIGHEST),)
    exactly = _between(cut(time.step(base, by.count - 1, by.unit)), cut(bound))
    return exactly if by.comparison == "=" else intersection(((low, HIGHEST),), complement(exactly, INSTANTS))


def bounds_text(bounds: tuple[Cut, Cut]) -> str:
    """``2024-02-14T10:30:00Z to 2024-03-15T10:30:00Z``; whole days as days. Both ends are included."""
    low, high = [int(cut[1]) if len(cut) > 1 else None for cut in bounds]
    if low is not None and high is not None and low % time.DAY == high % time.DAY == 0:
        first, last = time.day_text(low), time.day_text(high - time.DAY)
        return first if first == last else f"{first} to {last}"
    if low is None:
        return "all time" if high is None else f"before {_start(high)}"
    if high is None:
        return f"{_start(low)} or later"
    if high - low == 1:
        return time.instant_text(low)
    end = time.instant_text(high - 1) if high % 1000 else f"before {_start(high)}"
    return f"{_start(low)} to {end}"


def _start(ms: int) -> str:
    return time.day_text(ms) if ms % time.DAY == 0 else time.instant_text(ms)

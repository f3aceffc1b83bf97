"""Does an instant lie in this window of time?  The table of semantics.md, section 5."""

from __future__ import annotations

from pqltools.types.time import DAY, step, unit_start

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.evaluation.values import Interval
    from pqltools.syntax.ast import TimeInterval, TimeQualification


def literal_interval(word: str, now: int) -> Interval:
    """``now``, an instant of one millisecond, or the day of ``today``, ``yesterday`` or ``tomorrow``."""
    if word == "now":
        return now, now + 1
    start = unit_start(now, "day") + {"yesterday": -1, "today": 0, "tomorrow": 1}[word] * DAY
    return start, start + DAY


def unit_interval(node: TimeInterval, now: int) -> Interval:
    """The whole calendar unit of ``this month``, ``last week``, ``next year``."""
    steps = {"last": -1, "this": 0, "next": 1}[node.relation]
    start = step(unit_start(now, node.unit), steps, node.unit)
    return start, step(start, 1, node.unit)


def lies_within(ms: int, reference: Interval) -> bool:
    """``occurs on R``."""
    return reference[0] <= ms < reference[1]


def lies_between(ms: int, first: Interval, last: Interval) -> bool:
    """``occurs between A and B``; both ends are included."""
    return first[0] <= ms < last[1]


def lies_from(
    ms: int, relation: str, reference: Interval, by: TimeQualification | None, *, instant: bool, now: bool
) -> bool:
    """``occurs [CMP n UNIT] before|after|from R``; `instant` and `now` tell what R is. ``from`` is either side."""
    before = relation != "after" and _lies_before(ms, reference[0], by, now=now)
    after = relation != "before" and _lies_after(ms, reference, by, instant=instant, now=now)
    return before or after


def _lies_before(ms: int, start: int, by: TimeQualification | None, *, now: bool) -> bool:
    if by is None:
        return ms < start
    bound = step(start, -by.count, by.unit)
    # `now` itself counts as before now.
    is_before = ms <= start if now else ms < start
    match by.comparison:
        case "<=":
            return bound <= ms and is_before
        case "<":
            return bound < ms and is_before
        case ">":
            return ms < bound
        case ">=":
            return ms <= bound
    exactly = bound <= ms < step(start, 1 - by.count, by.unit)
    return exactly if by.comparison == "=" else ms < start and not exactly


def _lies_after(ms: int, reference: Interval, by: TimeQualification | None, *, instant: bool, now: bool) -> bool:
    start, end = reference
    if by is None:
        return ms > start if instant else ms >= end
    if instant:
        return _lies_after_instant(ms, start, by, now=now)
    bound = step(end, by.count, by.unit)
    match by.comparison:
        case "<=" | "<":
            return end <= ms < bound
        case ">" | ">=":
            return ms >= bound
    exactly = step(end, by.count - 1, by.unit) <= ms < bound
    return exactly if by.comparison == "=" else ms >= end and not exactly


def _lies_after_instant(ms: int, start: int, by: TimeQualification, *, now: bool) -> bool:
    bound = step(start, by.count, by.unit)
    # `now` itself counts as after now in every window that starts there (ours for `<`).
    is_after = ms >= start if now else ms > start
    match by.comparison:
        case "<=":
            return is_after and ms <= bound
        case "<":
            return is_after and ms < bound
        case ">":
            return ms > bound
        case ">=":
            return ms >= bound
    exactly = step(start, by.count - 1, by.unit) < ms <= bound
    return exactly if by.comparison == "=" else is_after and not exactly

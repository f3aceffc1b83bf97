"""Which window of time is meant at this `now`, and on which side of it does a time lie?"""

from __future__ import annotations

from pqltools.evaluation.explaining.wording import scalar_text
from pqltools.evaluation.runtime.times import milliseconds
from pqltools.evaluation.values import Instant
from pqltools.syntax import ast
from pqltools.types.time import instant_text
from pqltools.types.windows import bounds_text, related

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.evaluation.naive.environment import Environment
    from pqltools.evaluation.naive.walker import Walker
    from pqltools.syntax.ast import Time, TimeWindow
    from pqltools.types.value_sets import Ranges
    from pqltools.types.windows import Reference


def window_notes(walker: Walker, window: TimeWindow, environment: Environment) -> tuple[str, ...]:
    """The window with its bounds, and `now` where it depends on that."""
    ranges = instants(walker, window, environment)
    if ranges is None:
        return ("the window has no bounds, for a time of it is null or no time",)
    moving = any(isinstance(time, ast.TimestampLiteral | ast.TimeInterval) for time in (window.time, window.end))
    start = f"now is {instant_text(walker.program.now)}: " if moving else ""
    return (f"{start}the window is {' or '.join(map(bounds_text, ranges)) or 'empty'}",)


def side(walker: Walker, value: Any, window: TimeWindow, environment: Environment) -> str | None:
    """Whether a time that is not in the window comes too early or too late for it."""
    ranges = instants(walker, window, environment)
    if value is None or isinstance(value, list) or not ranges:
        return None
    ms = milliseconds(value)
    if ms is None:
        return f"{scalar_text(value, 30)} is no time" if not isinstance(value, dict) else "an object is no time"
    cut = (0, ms, 0)
    if cut < ranges[0][0]:
        return "that is too early"
    return "that is too late" if cut >= ranges[-1][1] else None


def instants(walker: Walker, window: TimeWindow, environment: Environment) -> Ranges | None:
    """The instants in the window, None if there is no telling."""
    first = _reference(walker, window.time, environment)
    last = None if window.end is None else _reference(walker, window.end, environment)
    if first is None or (last is None and window.end is not None):
        return None
    is_now = isinstance(window.time, ast.TimestampLiteral) and window.time.value == "now"
    return related(window.relation, first, is_now=is_now, by=window.qualification, last=last)


def _reference(walker: Walker, time: Time, environment: Environment) -> Reference | None:
    found, is_instant = walker.reference(time, environment)
    return None if found is None else (found[0], None if is_instant else found[1])


def moment_text(ms: int) -> str:
    """An instant of an event."""
    return scalar_text(Instant(ms))

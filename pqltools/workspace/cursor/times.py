"""Which interval do a time and a window of time mean now?  In words, for hover and for inlay hints."""

from __future__ import annotations

from pqltools.syntax import ast
from pqltools.types.time import instant_text
from pqltools.types.value_sets import before
from pqltools.types.windows import bounds_text, instants, reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.syntax.ast import Expr, Time, TimeWindow


def window_text(window: TimeWindow, now: int) -> str | None:
    """``2024-02-14T10:30:00Z to 2024-03-15T10:30:00Z``; None if the profile decides about it, or numbers are absurd."""
    try:
        ranges = instants(window, now)
    except (OverflowError, ValueError):
        return None
    return None if ranges is None else " or ".join(map(bounds_text, ranges)) or "no instant at all"


def time_text(node: Expr | Time, now: int) -> str | None:
    """The instant, or the days, that a time means; None if it is no time that stands in the text."""
    try:
        found = reference(node, now)
    except (OverflowError, ValueError):
        return None
    if found is None:
        return None
    start, end = found
    return instant_text(start) if end is None else bounds_text((before(start), before(end)))


def is_time(node: object) -> bool:
    """Whether the node always means a time of its own."""
    return isinstance(node, ast.TimestampLiteral | ast.TimeInterval)

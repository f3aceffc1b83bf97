"""Does a time lie in a window, decided once where the expression alone tells the window?"""

from __future__ import annotations

from datetime import datetime

from pqltools.evaluation.runtime.comparisons import leaves
from pqltools.evaluation.values import Day, Instant, time_of
from pqltools.syntax.ast import TimeQualification
from pqltools.syntax.operators import INTEGER_MAX, INTEGER_MIN
from pqltools.types.time import (
    DAY,
    YEARS_END,
    YEARS_START,
    date_of,
    first_instant,
    instant_text,
    is_date,
    iso_instant,
)
from pqltools.types.windows import related

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from pqltools.types.value_sets import Cut, Ranges
    from pqltools.types.windows import Reference

    #: Start and end in milliseconds, the end not included; None has no bound.
    Span: TypeAlias = tuple[int | None, int | None]

#: What is compared with the bounds of windows where there is no time.
NO_TIME = float("nan")
#: Reads more forms than those of a timestamp here, and is quick.
read = datetime.fromisoformat
_PARTS = {"getYear": 0, "getMonth": 1, "getDayOfMonth": 2}


def milliseconds(value: Any) -> int | None:
    """The instant of a value, of a day its first; None of what is no time."""
    kind = value.__class__
    if kind is str:
        # Nearly all timestamps have this form, which the standard library reads in a fraction of the time. It reads
        # others as well that are none here.
        if value[4::3] == "--T::Z" and len(value) == 20:
            try:
                return int(read(value).timestamp()) * 1000
            except ValueError:
                return None
        return iso_instant(value)
    if kind is int:
        return value if INTEGER_MIN <= value <= INTEGER_MAX else None
    return value.ms if kind is Instant or kind is Day else None


def seconds(value: Any) -> float:
    """The instant of a value in seconds, NaN of what is no time: it compares with nothing."""
    if value.__class__ is str and value[4::3] == "--T::Z" and len(value) == 20:
        try:
            return read(value).timestamp()
        except ValueError:
            return NO_TIME
    ms = milliseconds(value)
    return NO_TIME if ms is None else ms / 1000


def is_instant(text: str) -> bool:
    """Whether a string is a time."""
    if text[4::3] == "--T::Z" and len(text) == 20:
        try:
            read(text)
        except ValueError:
            return False
        return True
    return iso_instant(text) is not None


class Window:
    """A window whose bounds are known. `low` and `high` are strings between which the strings of its times lie, for the
    form ``YYYY-MM-DDTHH:MM:SSZ``, if it is one interval; None otherwise."""

    __slots__ = ("high", "low", "spans")

    def __init__(self, spans: tuple[Span, ...]) -> None:
        self.spans = spans
        self.low = self.high = ""
        if len(spans) == 1:
            # Such strings have no milliseconds, so that the first whole second at or behind a bound is one as well.
            low, high = (None if bound is None else -(-bound // 1000) * 1000 for bound in spans[0])
            self.low = "0" if low is None or low <= YEARS_START else instant_text(low) if low < YEARS_END else "A"
            self.high = "A" if high is None or high >= YEARS_END else instant_text(high) if high > YEARS_START else "0"

    def lies(self, value: Any) -> bool:
        """Whether a single time lies in the window."""
        ms = milliseconds(value)
        return ms is not None and any(
            (low is None or low <= ms) and (high is None or ms < high) for low, high in self.spans
        )

    def holds(self, value: Any) -> bool:
        """Whether a time lies in the window, of an array whether some item does."""
        if value.__class__ is list:
            return any(self.lies(item) for item in leaves(value))
        return value is not None and self.lies(value)


def window(ranges: Ranges) -> Window:
    """The window of a set of instants."""
    return Window(tuple([(_bound(low), _bound(high)) for low, high in ranges]))


def _bound(cut: Cut) -> int | None:
    return int(cut[1]) if len(cut) > 1 else None


class Relation:
    """What may follow `occurs` where the profile decides about its time."""

    __slots__ = ("by", "is_now", "relation")

    def __init__(self, relation: str, by: TimeQualification | None, is_now: bool) -> None:
        self.relation = relation
        self.by = by
        self.is_now = is_now

    def holds(self, value: Any, time: Any, end: Any = None) -> bool:
        """Whether a value, of an array some item, stands in the relation to `time`, or lies between that and `end`."""
        found, last = reference(time), reference(end)
        if found is None or (last is None and self.relation == "between"):
            return False
        if value.__class__ is list:
            lies = self._window(found, last).lies
            return any(lies(item) for item in leaves(value))
        ms = milliseconds(value)
        if ms is None:
            return False
        if self.by is None and found[1] is None and self.relation in ("before", "after"):
            return ms < found[0] if self.relation == "before" else ms > found[0]
        return self._window(found, last).lies(ms)

    def _window(self, found: Reference, last: Reference | None) -> Window:
        return window(related(self.relation, found, is_now=self.is_now, by=self.by, last=last))


def reference(value: Any) -> Reference | None:
    """Start and end of a time, of an instant no end; None of what is no time. What is a pair of them already stays."""
    if value.__class__ is tuple:
        return value
    time = time_of(value)
    if time is None:
        return None
    return (time.ms, None) if time.__class__ is Instant else (time.ms, time.ms + DAY)


def date(year: Any, month: Any, day: Any) -> Day | None:
    """The day of three integers, null if there is no such day."""
    if year.__class__ is int and month.__class__ is int and day.__class__ is int and is_date(year, month, day):
        return Day(first_instant(year, month, day))
    return None


def time_part(name: str, value: Any) -> int | None:
    """``getYear``, ``getMonth``, ``getDayOfMonth``."""
    ms = milliseconds(value)
    return None if ms is None else date_of(ms)[_PARTS[name]]

"""How are times compared, and read from texts?  Instants are TIMESTAMPs in UTC, days DATEs."""

from __future__ import annotations

from sqlglot import exp

from pqltools.evaluation.naive.comparisons import holds
from pqltools.evaluation.values import Day, Instant
from pqltools.sql import building
from pqltools.sql.building import FLIPPED, all_of, any_of, binary, case, is_not_null
from pqltools.sql.refusal import refusal
from pqltools.sql.values import Value
from pqltools.types.model import DATE, INTEGER, STRING, TIMES, TIMESTAMP
from pqltools.types.time import DAY, date_of, iso_instant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sqlglot.expressions import Expression

    from pqltools.sql.values import Writing

#: Instants that tables hold: those of the years 1 to 9999.
FIRST, END = -62_135_596_800_000, 253_402_300_800_000
_DATE = r"\d{4}-\d\d-\d\d"
_CLOCK = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d([.,]\d+)?)?"
_OFFSET = r"([Zz]|[+-]([01]\d|2[0-3]):?([0-5]\d)?)"
#: Texts that are date-times without and with an offset, but for the lengths of months and the year 0.
LOCAL, ZONED = f"{_DATE}[Tt]{_CLOCK}", f"{_DATE}[Tt]{_CLOCK}{_OFFSET}"


def instant(ms: int, writing: Writing) -> Expression:
    """A constant instant within the years of tables."""
    year, month, day = date_of(ms)
    seconds, milliseconds = divmod(ms % DAY, 1000)
    fraction = f".{milliseconds:03}" if milliseconds else ""
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return writing.dialect.timestamp(f"{year:04}-{month:02}-{day:02} {clock}{fraction}")


def day(ms: int, writing: Writing) -> Expression:
    """A constant day within the years of tables."""
    year, month, day = date_of(ms)
    return writing.dialect.cast(building.text(f"{year:04}-{month:02}-{day:02}"), "DATE")


def constant_time(value: Any, type: Any) -> tuple[int, Any] | None:
    """The instant of a constant in milliseconds, and whether it is an instant or a day; None for what is no time."""
    if type in TIMES:
        return value, type
    if isinstance(value, str):
        ms = iso_instant(value)
        return None if ms is None else (ms, DATE if len(value) == 10 else TIMESTAMP)
    if value.__class__ is int:
        return value, TIMESTAMP
    return None


def text_time(text: Value) -> Value:
    """The instant of a text that is a date-time, null for other texts, also for dates."""
    dialect = text.writing.dialect
    in_utc = building.call("CONCAT", text.sql(), building.text("Z"))
    forms = [(LOCAL, in_utc), (ZONED, text.sql())]
    found = case([(_is_of(text, form), dialect.read_instant(whole)) for form, whole in forms])
    return Value(TIMESTAMP, found, text.writing)


def _is_of(text: Value, form: str) -> Expression:
    """Whether a text is of a form, and not of the year 0."""
    later = binary(">=", text.sql(), building.text("0001"))
    return all_of([text.writing.dialect.is_of_form(text.sql(), form), later])


def text_day(text: Value) -> Value:
    """The day of a text that is a date, null for other texts."""
    dialect = text.writing.dialect
    found = case([(_is_of(text, _DATE), dialect.try_cast(text.sql(), "DATE"))])
    return Value(DATE, found, text.writing)


def times_of(value: Value) -> list[Value]:
    """What a value is read as: times, of which at most one is not null; nothing for what is no time.

    A constant becomes one of the type TIMESTAMP or DATE, in milliseconds.
    """
    if value.is_constant:
        found = constant_time(value.constant, value.type)
        if found is None:
            return []
        return [Value(found[1], None, value.writing, constant=found[0])]
    if value.type in TIMES:
        return [value]
    if value.type is STRING:
        return [text_time(value), text_day(value)]
    if value.type is INTEGER:
        raise refusal("an integer of the data as a time")
    return []


def as_instant(time: Value) -> Expression:
    """The first instant of a time of `times_of` that is no constant, or one in the years of tables."""
    if time.is_constant:
        return instant(time.constant, time.writing)
    return time.writing.dialect.cast(time.sql(), "TIMESTAMP") if time.type is DATE else time.sql()


def compare_times(operator: str, left: Value, right: Value) -> Expression:
    """A comparison in which one side is a time; a day is its whole day."""
    return any_of([_related(operator, one, other) for one in times_of(left) for other in times_of(right)])


def _related(operator: str, left: Value, right: Value) -> Expression:
    if left.is_constant:
        if right.is_constant:
            return exp.Boolean(this=_holds(operator, left, right))
        return _related(FLIPPED[operator], right, left)
    if not right.is_constant:
        return _compared(operator, left, right)
    ms = right.constant
    if not FIRST <= ms < END:
        # All that tables hold lies on one side of it.
        holds = operator in (("<", "<=", "!=") if ms >= END else (">", ">=", "!="))
        return is_not_null(left.sql()) if holds else building.false()
    if left.type is DATE:
        return binary(operator, left.sql(), day(ms, left.writing))
    if right.type is TIMESTAMP:
        return binary(operator, left.sql(), instant(ms, left.writing))
    return (
        within(left, *_DAY_BOUNDS[operator](ms))
        if operator != "!="
        else any_of([within(left, None, ms), within(left, ms + DAY, None)])
    )


def _compared(operator: str, left: Value, right: Value) -> Expression:
    sides = [left.sql(), right.sql()]
    if left.type is not right.type:
        # The relation of a day to an instant is its relation to that instant's day.
        cast = left.writing.dialect.cast
        sides = [
            cast(sql, "DATE") if side.type is TIMESTAMP else sql for sql, side in zip(sides, (left, right), strict=True)
        ]
    return binary(operator, *sides)


def _holds(operator: str, left: Value, right: Value) -> bool:
    one, other = [Day(side.constant) if side.type is DATE else Instant(side.constant) for side in (left, right)]
    return holds(operator, one, other)


#: From where to where an instant lies that stands in a relation to the day that starts at `ms`.
_DAY_BOUNDS: dict[str, Callable[[int], tuple[int | None, int | None]]] = {
    "=": lambda ms: (ms, ms + DAY),
    "<": lambda ms: (None, ms),
    "<=": lambda ms: (None, ms + DAY),
    ">": lambda ms: (ms + DAY, None),
    ">=": lambda ms: (ms, None),
}


def within(time: Value, low: int | None, high: int | None) -> Expression:
    """Whether the first instant of a time that is no constant lies from `low` on and before `high`, in milliseconds."""
    if low is not None and high is not None and (low >= high):
        return building.false()
    if (high is not None and high <= FIRST) or (low is not None and low >= END):
        return building.false()
    parts = []
    if low is not None and low > FIRST:
        parts.append(binary(">=", time.sql(), _bound(time, low)))
    if high is not None and high < END:
        parts.append(binary("<", time.sql(), _bound(time, high)))
    return all_of(parts) if parts else is_not_null(time.sql())


def _bound(time: Value, ms: int) -> Expression:
    if time.type is DATE:
        # The first day that starts then or later.
        return day(-(-ms // DAY) * DAY, time.writing)
    return instant(ms, time.writing)

"""When does a schedule fire?  `read_cron` reads a Quartz cron expression, whose `Cron` gives the instants, in UTC.

Six or seven fields: second, minute, hour, day of the month, month, day of the week, and perhaps the year. Days of the
week are 1 for Sunday to 7. Where Quartz leaves it open: a day that a month does not have (``31``, ``31W``, ``L-30``,
``2#5``) is left out in that month; ``L``, ``W`` and ``#`` stand alone in their field, as Quartz has them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from pqltools.records import Record, record
from pqltools.types.time import date_of, first_instant, month_length

FIRST_YEAR, LAST_YEAR = 1970, 2099
_DAY = 86_400_000
_MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
_WEEKDAYS = "SUN MON TUE WED THU FRI SAT".split()
_LONGEST = 500


@record
class _Field(Record):
    """A field: what it is called, and what it counts."""

    name: str
    first: int
    last: int
    words: tuple[str, ...] = ()
    #: Whether a range may go over the end: ``FRI-MON``, ``22-2``.
    wraps: bool = True


_SECOND = _Field("second", 0, 59)
_MINUTE = _Field("minute", 0, 59)
_HOUR = _Field("hour", 0, 23)
_MONTH_DAY = _Field("day of the month", 1, 31)
_MONTH = _Field("month", 1, 12, tuple(_MONTHS))
_WEEKDAY = _Field("day of the week", 1, 7, tuple(_WEEKDAYS))
_YEAR = _Field("year", FIRST_YEAR, LAST_YEAR, wraps=False)
_FROM_END = re.compile(r"L(?:-(\d{1,2}))?(W?)", re.ASCII)
_NEAREST = re.compile(r"(\d{1,2})W", re.ASCII)
_LAST = re.compile(r"(\w+)L", re.ASCII)
_NTH = re.compile(r"(\w+)#(\d+)", re.ASCII)


class CronProblem(ValueError):
    """The expression is wrong; the message says why, in the user's words, and `help` what is right."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.help = help


@record
class Cron(Record):
    """A cron expression. `month_days` is None where the days of the week decide, and the other way round.

    `rule` is what stands in place of numbers: ``("last", before, working)``, ``("nearest", day)``,
    ``("last-weekday", weekday)``, ``("nth", weekday, n)``.
    """

    text: str
    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    month_days: tuple[int, ...] | None
    months: tuple[int, ...]
    weekdays: tuple[int, ...] | None
    years: tuple[int, ...]
    rule: tuple[str, int, int] | None = None

    def after(self, instant: int) -> int | None:
        """The first instant after this one at which it fires, None if there is none."""
        times = self._times()
        for midnight in self._days_from(instant):
            place = bisect_right(times, instant - midnight)
            if place < len(times):
                return midnight + times[place]
        return None

    def until(self, instant: int) -> int | None:
        """The last instant at which it fires that is not after this one, None if there is none."""
        times = self._times()
        for midnight in self._days_back(instant):
            place = bisect_right(times, instant - midnight)
            if place:
                return midnight + times[place - 1]
        return None

    def is_daily_at_most(self) -> bool:
        """Whether there is one time of the day only."""
        return len(self.seconds) == len(self.minutes) == len(self.hours) == 1

    def frequency(self) -> str:
        """``daily``, ``weekly``, ``monthly`` or ``yearly``: how far its days are apart, if none is left out."""
        if self.rule is not None or (self.month_days is not None and len(self.month_days) == 1):
            return "yearly" if len(self.months) == 1 else "monthly"
        return "weekly" if self.weekdays is not None and len(self.weekdays) == 1 else "daily"

    def _times(self) -> list[int]:
        """The times of the day, in milliseconds."""
        return [
            ((hour * 60 + minute) * 60 + second) * 1000
            for hour in self.hours
            for minute in self.minutes
            for second in self.seconds
        ]

    def _days_from(self, instant: int) -> Iterator[int]:
        """The midnights of the days on which it fires, from that of an instant on."""
        year, month, day = date_of(instant)
        today = first_instant(year, month, day)
        for each in self.years[bisect_left(self.years, year) :]:
            for one in self.months:
                if (each, one) >= (year, month):
                    yield from (midnight for midnight in self._midnights(each, one) if midnight >= today)

    def _days_back(self, instant: int) -> Iterator[int]:
        year, month, _ = date_of(instant)
        for each in reversed(self.years[: bisect_right(self.years, year)]):
            for one in reversed(self.months):
                if (each, one) <= (year, month):
                    yield from (midnight for midnight in reversed(self._midnights(each, one)) if midnight <= instant)

    def _midnights(self, year: int, month: int) -> list[int]:
        start = first_instant(year, month, 1)
        return [start + (day - 1) * _DAY for day in self._days(start, month_length(year, month))]

    def _days(self, start: int, length: int) -> list[int]:
        """The days of a month that begins at this instant and has so many days."""
        first = _weekday(start)
        if self.rule is not None:
            return _special(self.rule, first, length)
        if self.month_days is not None:
            return [day for day in self.month_days if day <= length]
        weekdays = self.weekdays or ()
        return [day for day in range(1, length + 1) if (first + day - 2) % 7 + 1 in weekdays]


def read_cron(text: str) -> Cron:
    """The expression. Raises `CronProblem` for one that is wrong."""
    if len(text) > _LONGEST:
        raise CronProblem(f"a cron expression has {_LONGEST} characters at most")
    fields = text.upper().split()
    if not 6 <= len(fields) <= 7:
        help = "second, minute, hour, day of the month, month, day of the week and perhaps the year: `0 0 1 * * ?`"
        if len(fields) == 5:
            help = f"Quartz begins with the second: `0 {' '.join(_with_question_mark(fields))}`"
        raise CronProblem(f"a cron expression has 6 or 7 fields, not {len(fields)}", help)
    second, minute, hour, month_day, month, weekday = fields[:6]
    if (month_day == "?") == (weekday == "?"):
        which = "both" if weekday == "?" else "neither"
        help = "write `0 0 1 * * ?` for every day, `0 0 1 ? * MON` for days of the week"
        raise CronProblem(
            f"exactly one of day of the month and day of the week has to be `?`; here {which} of them is", help
        )
    month_days, weekdays, rule = None, None, None
    if weekday == "?":
        rule = _month_day_rule(month_day)
        month_days = () if rule else _numbers(_MONTH_DAY, month_day)
    else:
        rule = _weekday_rule(weekday)
        weekdays = () if rule else _numbers(_WEEKDAY, weekday)
    return Cron(
        " ".join(text.split()),
        _numbers(_SECOND, second),
        _numbers(_MINUTE, minute),
        _numbers(_HOUR, hour),
        month_days,
        _numbers(_MONTH, month),
        weekdays,
        _numbers(_YEAR, fields[6] if len(fields) == 7 else "*"),
        rule,
    )


def _with_question_mark(fields: list[str]) -> list[str]:
    """The fields of Unix cron as Quartz writes them, for a hint."""
    minute, hour, day, month, weekday = fields
    return [minute, hour, day, month, "?"] if weekday == "*" else [minute, hour, "?", month, weekday]


def _month_day_rule(text: str) -> tuple[str, int, int] | None:
    if match := _FROM_END.fullmatch(text):
        before = int(match[1] or 0)
        if before > 30:
            raise CronProblem(f"`{text}` is more than 30 days before the last of the month")
        return "last", before, len(match[2])
    if match := _NEAREST.fullmatch(text):
        return "nearest", _number(_MONTH_DAY, match[1]), 0
    _refuse_special(_MONTH_DAY, text, "LW")
    return None


def _weekday_rule(text: str) -> tuple[str, int, int] | None:
    if text == "L":  # the last day of the week
        return None
    if match := _LAST.fullmatch(text):
        return "last-weekday", _number(_WEEKDAY, match[1]), 0
    if match := _NTH.fullmatch(text):
        if not 1 <= int(match[2][:9]) <= 5:
            raise CronProblem(f"`{text}`: a month has 1 to 5 of each day of the week")
        return "nth", _number(_WEEKDAY, match[1]), int(match[2])
    _refuse_special(_WEEKDAY, text, "L#")
    return None


def _refuse_special(field: _Field, text: str, marks: str) -> None:
    for part in re.split("[,/-]", text):
        for mark in marks:
            if mark in part and part not in field.words:
                raise CronProblem(f"`{mark}` in the {field.name} stands alone: `{_shortened(text)}` has more")


def _numbers(field: _Field, text: str) -> tuple[int, ...]:
    """The numbers that a field names, in order."""
    if field is _WEEKDAY and text == "L":
        return (7,)
    found: set[int] = set()
    for part in text.split(","):
        found.update(_part(field, part))
    return tuple(sorted(found))


def _part(field: _Field, text: str) -> Iterator[int]:
    span, slash, step_text = text.partition("/")
    step = 1
    size = field.last - field.first + 1
    if slash:
        if not (step_text.isascii() and step_text.isdigit()) or not 1 <= int(step_text[:9]) <= size:
            raise CronProblem(f"{field.name}: the step `{_shortened(step_text)}` is no number from 1 to {size}")
        step = int(step_text)
    if span == "?":
        raise CronProblem(f"`?` has no meaning in the {field.name}", "write `*`")
    if span in ("*", "") and (span or slash):
        start, end = field.first, field.last
    else:
        left, dash, right = span.partition("-")
        start = _number(field, left)
        end = _number(field, right) if dash else (field.last if slash else start)
    if end < start:
        if not field.wraps:
            raise CronProblem(f"{field.name}: the range `{span}` ends before it begins")
        end += size
    return ((number - field.first) % size + field.first for number in range(start, end + 1, step))


def _number(field: _Field, text: str) -> int:
    if text in field.words:
        return field.words.index(text) + field.first
    if not (text.isascii() and text.isdigit()) or not field.first <= int(text[:9]) <= field.last:
        names = f" or {field.words[0]}-{field.words[-1]}" if field.words else ""
        raise CronProblem(f"{field.name}: `{_shortened(text)}` is not {field.first}-{field.last}{names}")
    return int(text)


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


def _weekday(instant: int) -> int:
    """The day of the week, 1 for Sunday; the first of January 1970 was a Thursday."""
    return (instant // _DAY + 4) % 7 + 1


def _special(rule: tuple[str, int, int], first: int, length: int) -> list[int]:
    """The day of a month that begins with this day of the week; none if the month does not have it."""
    kind, number, more = rule
    if kind == "last":
        day = length - number
        return [] if day < 1 else [_working(day, first, length) if more else day]
    if kind == "nearest":
        return [] if number > length else [_working(number, first, length)]
    start = 1 + (number - first) % 7
    if kind == "nth":
        day = start + (more - 1) * 7
        return [day] if day <= length else []
    return [start + (length - start) // 7 * 7]


def _working(day: int, first: int, length: int) -> int:
    """The nearest of Monday to Friday in the same month."""
    weekday = (first + day - 2) % 7 + 1
    if weekday == 7:
        return day - 1 if day > 1 else day + 2
    if weekday == 1:
        return day + 1 if day < length else day - 2
    return day

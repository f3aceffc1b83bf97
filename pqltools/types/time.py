"""Which instant is it?  Calendar arithmetic in UTC, and the ISO 8601 texts of instants and days.

Instants are integers, milliseconds since 1970-01-01T00:00Z; a day is the interval from its first instant to the next
day's. The arithmetic is that of semantics.md, section 5: weeks start on Monday, steps of months and years stay within
the month. `datetime` would do for most of it, but not beyond the years 1 to 9999, where ``>= 5 millennia`` leads.
"""

from __future__ import annotations

import re

SECOND, MINUTE, HOUR, DAY, WEEK = 1000, 60_000, 3_600_000, 86_400_000, 604_800_000
#: Units of a fixed length in milliseconds.
LENGTHS = {"millisecond": 1, "second": SECOND, "minute": MINUTE, "hour": HOUR, "day": DAY, "week": WEEK}
#: The other units in months.
MONTHS = {"month": 1, "year": 12, "decade": 120, "century": 1200, "millennium": 12_000}

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:[Zz]|([+-])(\d\d):?(\d\d)?)?)?", re.ASCII
)
_LONG_MONTHS = frozenset((1, 3, 5, 7, 8, 10, 12))


def month_length(year: int, month: int) -> int:
    """How many days the month has, in the Gregorian calendar for all years."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 31 if month in _LONG_MONTHS else 30


def is_date(year: int, month: int, day: int) -> bool:
    """Whether there is such a day, between the years 1 and 9999."""
    return 1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= month_length(year, month)


def first_instant(year: int, month: int, day: int) -> int:
    """The instant at which a day starts."""
    # Years start in March here, so that leap days come last.
    shifted = year - (month < 3)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return (365 * shifted + shifted // 4 - shifted // 100 + shifted // 400 + day_of_year - 719_468) * DAY


#: Years 1 to 9999, as ISO 8601 has them without a sign: their first instant, and the first one after them.
YEARS_START, YEARS_END = first_instant(1, 1, 1), first_instant(9999, 12, 31) + DAY


def date_of(instant: int) -> tuple[int, int, int]:
    """Year, month and day on which the instant lies."""
    days = instant // DAY + 719_468
    era, rest = divmod(days, 146_097)
    year = (rest - rest // 1460 + rest // 36_524 - rest // 146_096) // 365
    day_of_year = rest - (365 * year + year // 4 - year // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = (shifted + 2) % 12 + 1
    return era * 400 + year + (month < 3), month, day_of_year - (153 * shifted + 2) // 5 + 1


def step(instant: int, count: int, unit: str) -> int:
    """The instant `count` units later, or earlier if it is negative; a day that the month lacks becomes its last."""
    length = LENGTHS.get(unit)
    if length is not None:
        return instant + count * length
    year, month, day = date_of(instant)
    months = year * 12 + month - 1 + count * MONTHS[unit]
    year, month = months // 12, months % 12 + 1
    return first_instant(year, month, min(day, month_length(year, month))) + instant % DAY


def unit_start(instant: int, unit: str) -> int:
    """The start of the calendar unit in which the instant lies; decades start with a year that ends in 0."""
    if unit == "week":
        # 1970-01-01 was a Thursday.
        return (instant + 3 * DAY) // WEEK * WEEK - 3 * DAY
    if unit in LENGTHS:
        return instant // LENGTHS[unit] * LENGTHS[unit]
    year, month, _ = date_of(instant)
    if unit == "month":
        return first_instant(year, month, 1)
    years = MONTHS[unit] // 12
    return first_instant(year // years * years, 1, 1)


def iso_instant(text: str) -> int | None:
    """The instant of an ISO 8601 date-time, UTC if it has no offset, or the start of a date; None for other texts."""
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    hour, minute, second = (int(part or 0) for part in match.group(4, 5, 6))
    if not is_date(year, month, day) or hour > 23 or minute > 59 or second > 59:
        return None
    offset_hours, offset_minutes = int(match[9] or 0), int(match[10] or 0)
    if offset_hours > 23 or offset_minutes > 59:
        return None
    offset = (offset_hours * 60 + offset_minutes) * (-1 if match[8] == "-" else 1)
    fraction = int(((match[7] or "") + "000")[:3])
    return first_instant(year, month, day) + hour * HOUR + (minute - offset) * MINUTE + second * SECOND + fraction


def is_iso_day(text: str) -> bool:
    """Whether the text is an ISO 8601 date without a time."""
    return len(text) == 10 and iso_instant(text) is not None


def day_text(instant: int) -> str:
    """The day of the instant as people write it, ``2024-02-29``."""
    year, month, day = date_of(instant)
    # Beyond four digits ISO 8601 asks for a sign.
    years = f"{year:04}" if 0 <= year <= 9999 else f"{year:+07}"
    return f"{years}-{month:02}-{day:02}"


def instant_text(instant: int) -> str:
    """The instant as an ISO 8601 date-time in UTC, with milliseconds only if there are some."""
    seconds, milliseconds = divmod(instant % DAY, SECOND)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    fraction = f".{milliseconds:03}" if milliseconds else ""
    return f"{day_text(instant)}T{hour:02}:{minute:02}:{second:02}{fraction}Z"

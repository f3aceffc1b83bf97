"""Is the calendar right?  `datetime` is the judge where it knows the years."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools.syntax.operators import UNITS
from pqltools.types import time

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENTS = st.datetimes(timezones=st.just(UTC))
UNIT_NAMES = st.sampled_from([*UNITS])
#: Some thousands of years on both sides of what `datetime` knows.
INSTANTS = st.integers(-(10**15), 10**15)


def instant(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)


@given(MOMENTS)
def test_days_are_those_of_datetime(moment: datetime) -> None:
    assert time.date_of(instant(moment)) == (moment.year, moment.month, moment.day)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    assert time.first_instant(moment.year, moment.month, moment.day) == instant(midnight)
    assert time.is_date(moment.year, moment.month, moment.day)


@given(st.integers(0, 10000), st.integers(0, 13), st.integers(0, 32))
def test_a_date_exists_if_datetime_has_it(year: int, month: int, day: int) -> None:
    try:
        datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        assert not time.is_date(year, month, day)
    else:
        assert time.is_date(year, month, day)


@given(INSTANTS)
def test_a_day_starts_where_its_date_says(at: int) -> None:
    start = time.first_instant(*time.date_of(at))
    assert start <= at < start + time.DAY


@given(INSTANTS, UNIT_NAMES)
def test_an_instant_lies_in_its_unit(at: int, unit: str) -> None:
    start = time.unit_start(at, unit)
    assert start <= at < time.step(start, 1, unit)
    assert time.unit_start(start, unit) == start


@given(INSTANTS, st.integers(-50, 50), UNIT_NAMES)
def test_steps_go_forwards(at: int, count: int, unit: str) -> None:
    assert (time.step(at, count, unit) > at) == (count > 0)
    assert time.step(at, 0, unit) == at


@given(MOMENTS.map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)))
def test_iso_texts_are_read_as_datetime_reads_them(moment: datetime) -> None:
    assert time.iso_instant(moment.isoformat()) == instant(moment)
    assert time.iso_instant(moment.replace(tzinfo=None).isoformat()) == instant(moment)


@given(st.text(max_size=30))
def test_any_text_is_an_instant_or_none(text: str) -> None:
    assert time.iso_instant(text) is None or text[:4].isdigit()


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("2024-02-29", "2024-02-29T00:00:00Z"),
        ("2024-01-01T00:00", "2024-01-01T00:00:00Z"),
        ("2024-01-01T01:30:00+01:30", "2024-01-01T00:00:00Z"),
        ("2023-12-31T19:00:00-0500", "2024-01-01T00:00:00Z"),
        ("2024-01-01t00:00:00.1234567z", "2024-01-01T00:00:00.123Z"),
    ],
)
def test_other_spellings_of_an_instant(text: str, same_as: str) -> None:
    assert time.iso_instant(text) == time.iso_instant(same_as) is not None


@pytest.mark.parametrize(
    "text",
    """2023-02-29 2024-13-01 2024-00-10 2024-1-1 24-01-01 soon 2024-01-01T24:00:00Z 2024-01-01T00:60:00Z 2024-01-01T
    2024-01-01T00:00:00+99:00 20240101 2024/01/01 ２０２４-01-01 2024-01-01Z""".split(),
)
def test_no_instant(text: str) -> None:
    assert time.iso_instant(text) is None
    assert time.iso_instant(text + " 00:00:00") is None


def test_an_empty_text_is_no_instant() -> None:
    assert time.iso_instant("") is None


@pytest.mark.parametrize(
    ("start", "count", "unit", "end"),
    [
        ("2024-01-31", 1, "month", "2024-02-29"),
        ("2024-03-31", -1, "month", "2024-02-29"),
        ("2024-02-29", 1, "year", "2025-02-28"),
        ("2018-08-28", -1, "month", "2018-07-28"),
        ("2024-12-31", 2, "week", "2025-01-14"),
        ("1999-05-05", 1, "century", "2099-05-05"),
    ],
)
def test_steps_stay_within_the_month(start: str, count: int, unit: str, end: str) -> None:
    at = time.iso_instant(start)
    assert at is not None
    assert time.day_text(time.step(at, count, unit)) == end


@pytest.mark.parametrize(
    ("unit", "start"),
    [("week", "2024-05-13"), ("month", "2024-05-01"), ("year", "2024-01-01"), ("decade", "2020-01-01")],
)
def test_units_start_where_the_calendar_says(unit: str, start: str) -> None:
    at = time.iso_instant("2024-05-15T12:00:00Z")
    assert at is not None
    assert time.unit_start(at, unit) == time.iso_instant(start)


def test_day_without_time() -> None:
    assert time.is_iso_day("2024-02-29")
    assert not time.is_iso_day("2024-02-30")
    assert not time.is_iso_day("2024-02-29T00:00:00Z")

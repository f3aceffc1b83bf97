"""Does a cron expression fire when Quartz would?  Compared with a model that looks at every minute, and every day."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pqltools.segmentation.cron import Cron, CronProblem, read_cron

MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
WEEKDAYS = "SUN MON TUE WED THU FRI SAT".split()
#: A field as text, and whether it holds for a number.
Field = tuple[str, Callable[[int], bool]]
#: The day fields as text, and whether they hold for a day.
Days = tuple[str, str, Callable[[date], bool]]


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def said(instant: int | None) -> str | None:
    return None if instant is None else datetime.fromtimestamp(instant / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")


@st.composite
def fields(draw: st.DrawFn, first: int, last: int, names: tuple[str, ...] = ()) -> Field:
    parts = draw(st.lists(part(first, last, names), min_size=1, max_size=3))
    return ",".join(text for text, _ in parts), lambda number: any(number in numbers for _, numbers in parts)


@st.composite
def part(draw: st.DrawFn, first: int, last: int, names: tuple[str, ...]) -> tuple[str, list[int]]:
    everything = list(range(first, last + 1))

    def written(number: int) -> str:
        named, lower = draw(st.booleans()), draw(st.booleans())
        if not names or not named:
            return str(number)
        return names[number - first].lower() if lower else names[number - first]

    start, end = draw(st.integers(first, last)), draw(st.integers(first, last))
    step = draw(st.integers(1, len(everything)))
    # A range that ends before it begins goes on at the front.
    turned = everything[start - first :] + everything[: start - first]
    span = turned[: turned.index(end) + 1]
    kind = draw(st.sampled_from(["*", "one", "range", "*/", "/", "from", "range/"]))
    match kind:
        case "*":
            return "*", everything
        case "one":
            return written(start), [start]
        case "range":
            return f"{written(start)}-{written(end)}", span
        case "*/":
            return f"*/{step}", everything[::step]
        case "/":
            return f"/{step}", everything[::step]
        case "from":
            return f"{written(start)}/{step}", everything[start - first :: step]
    return f"{written(start)}-{written(end)}/{step}", span[::step]


def weekday(day: date) -> int:
    """1 for Sunday."""
    return day.isoweekday() % 7 + 1


def month_of(day: date) -> list[date]:
    return [day.replace(day=number) for number in range(1, calendar.monthrange(day.year, day.month)[1] + 1)]


def nearest(wanted: date) -> date:
    """The nearest day from Monday to Friday in the month of a day."""
    work = [day for day in month_of(wanted) if day.isoweekday() <= 5]
    return min(work, key=lambda day: (abs((day - wanted).days), day.isoweekday() != 5))


@st.composite
def days(draw: st.DrawFn) -> Days:
    kind = draw(st.sampled_from(["dom", "dow", "L", "L-", "LW", "W", "dowL", "#", "satL"]))
    number, which, nth = draw(st.integers(1, 31)), draw(st.integers(1, 7)), draw(st.integers(1, 5))
    before = draw(st.integers(0, 30))
    match kind:
        case "dom":
            text, holds = draw(fields(1, 31))
            return text, "?", lambda day: holds(day.day)
        case "dow":
            text, holds = draw(fields(1, 7, tuple(WEEKDAYS)))
            return "?", text, lambda day: holds(weekday(day))
        case "L":
            return "L", "?", lambda day: day == month_of(day)[-1]
        case "L-":
            return f"l-{before}", "?", lambda day: len(month_of(day)) - before == day.day
        case "LW":
            return "LW", "?", lambda day: day == nearest(month_of(day)[-1])
        case "W":
            return (
                f"{number}W",
                "?",
                lambda day: number <= len(month_of(day)) and day == nearest(day.replace(day=number)),
            )
        case "dowL":
            text = draw(st.sampled_from([str(which), WEEKDAYS[which - 1]]))
            return "?", f"{text}L", lambda day: day == [d for d in month_of(day) if weekday(d) == which][-1]
        case "#":
            return (
                "?",
                f"{which}#{nth}",
                lambda day: day in [d for d in month_of(day) if weekday(d) == which][nth - 1 : nth],
            )
    return "?", "L", lambda day: weekday(day) == 7


@settings(deadline=None, max_examples=60)
@given(days(), fields(1, 12, tuple(MONTHS)), st.dates(date(1999, 1, 1), date(2030, 12, 31)), st.integers(0, 86_399))
def test_it_fires_on_the_days_of_the_model(chosen: Days, months: Field, start: date, second: int) -> None:
    month_day, week_day, holds = chosen
    hour, minute, seconds = second // 3600, second // 60 % 60, second % 60
    cron = read_cron(f"{seconds} {minute} {hour} {month_day} {months[0]} {week_day}")
    assert cron.is_daily_at_most()
    midnight = at(start.isoformat())
    expected = [
        midnight + (number * 86_400 + second) * 1000
        for number in range(800)
        if holds(start + timedelta(number)) and months[1]((start + timedelta(number)).month)
    ]
    found, instant = [], midnight - 1
    while (following := cron.after(instant)) is not None and following < midnight + 800 * 86_400_000:
        found.append(following)
        instant = following
    assert found == expected
    # Backwards it finds the same.
    back, instant = [], midnight + 800 * 86_400_000 - 1
    while (before := cron.until(instant)) is not None and before >= midnight:
        back.append(before)
        instant = before - 1
    assert back == expected[::-1]


@settings(deadline=None, max_examples=60)
@given(fields(0, 59), fields(0, 59), fields(0, 23), st.integers(0, 2 * 1440))
def test_it_fires_at_the_minutes_of_the_model(seconds: Field, minutes: Field, hours: Field, start: int) -> None:
    cron = read_cron(f"{seconds[0]} {minutes[0]} {hours[0]} * * ?")
    first = at("2024-02-28") + start * 60_000
    second = next(number for number in range(60) if seconds[1](number))
    fires = [
        moment
        for moment in range(first, first + 2 * 86_400_000, 60_000)
        if minutes[1](moment // 60_000 % 60) and hours[1](moment // 3_600_000 % 24)
    ]
    # The first fire is in the first minute that holds, and the next of that minute with another second.
    assert cron.after(first - 1) == fires[0] + second * 1000
    last = max(number for number in range(60) if seconds[1](number))
    assert cron.after(fires[0] + last * 1000) == fires[1] + second * 1000
    assert cron.until(fires[1] + second * 1000 - 1) == fires[0] + last * 1000


@pytest.mark.parametrize(
    ("text", "after", "expected"),
    [
        # The documents call this one the second of the month; it is 02:00 of every day.
        ("0 0 2 * * ?", "2024-01-01T02:00:00", "2024-01-02T02:00:00"),
        ("0 15 10 ? * 6L 2024-2026", "2024-03-01", "2024-03-29T10:15:00"),
        ("0 15 10 ? * 6#3", "2024-03-01", "2024-03-15T10:15:00"),
        ("0 0 12 1W * ?", "2024-05-31", "2024-06-03T12:00:00"),  # the first is a Saturday
        ("0 0 12 31W * ?", "2024-04-01", "2024-05-31T12:00:00"),  # April has no 31st
        ("0 0 12 LW * ?", "2024-06-01", "2024-06-28T12:00:00"),
        ("0 0 12 29 2 ?", "2024-03-01", "2028-02-29T12:00:00"),
        ("0 0 12 29 2 ? 2025-2027", "2024-03-01", None),
        ("0 0 0 1 1 ? 2099", "2098-01-01", "2099-01-01T00:00:00"),
        ("0 0 0 1 1 ?", "2099-01-01T00:00:00", None),
        ("0 11 11 11 11 ?", "2024-01-01", "2024-11-11T11:11:00"),
        ("  0  0 3 ?  jan-mar,DEC fri-MON ", "2024-03-31T03:00:00", "2024-12-01T03:00:00"),
    ],
)
def test_examples(text: str, after: str, expected: str | None) -> None:
    assert said(read_cron(text).after(at(after))) == expected


def test_nothing_before_the_first_year() -> None:
    assert read_cron("0 0 2 * * ?").until(0) is None
    assert read_cron("0 0 0 * * ?").until(0) == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "6 or 7 fields, not 0"),
        ("0 1 * * *", "6 or 7 fields, not 5"),
        ("0 0 1 * * ? 2024 5", "not 8"),
        ("0 0 1 * * *", "neither of them is"),
        ("0 0 1 ? * ?", "both of them is"),
        ("60 0 1 * * ?", "second: `60` is not 0-59"),
        ("0 0 24 * * ?", "hour: `24` is not 0-23"),
        ("0 0 1 0 * ?", "day of the month: `0` is not 1-31"),
        ("0 0 1 * 13 ?", "month: `13` is not 1-12 or JAN-DEC"),
        ("0 0 1 ? * 0", "day of the week: `0` is not 1-7 or SUN-SAT"),
        ("0 0 1 ? * MONDAY", "`MONDAY`"),
        ("0 0 1 * * ? 1969", "year: `1969` is not 1970-2099"),
        ("0 0 1 * * ? 2030-2020", "ends before it begins"),
        ("0 0 1 15W,20 * ?", "stands alone"),
        ("0 0 1 1-15W * ?", "stands alone"),
        ("0 0 1 L,3 * ?", "stands alone"),
        ("0 0 1 L-31 * ?", "more than 30 days"),
        ("0 0 1 ? * 6#6", "1 to 5 of each"),
        ("0 0 1 ? * 6#3,2#1", "stands alone"),
        ("0 0/0 1 * * ?", "step `0`"),
        ("0 0/61 1 * * ?", "step `61`"),
        ("0 0/x 1 * * ?", "step `X`"),
        ("? 0 1 * * ?", "`?` has no meaning in the second"),
        ("0 , 1 * * ?", "minute: `` is not"),
        ("0 1- 1 * * ?", "minute: `` is not"),
        ("0 1--2 1 * * ?", "minute: `-2` is not"),
        ("0 ٣ 1 * * ?", "minute"),
        ("0 0 1 * * 😀", "neither"),
        ("0 0 1 ? * 😀L", "`😀L`"),
        ("0 " * 400, "500 characters"),
        ("0 0 1 * * ? " + "9" * 400, "year"),
    ],
)
def test_wrong_expressions(text: str, message: str) -> None:
    with pytest.raises(CronProblem) as caught:
        read_cron(text)
    assert message in str(caught.value)


def test_cron_of_unix_is_told_the_cure() -> None:
    with pytest.raises(CronProblem) as caught:
        read_cron("30 2 * * 1-5")
    assert caught.value.help == "Quartz begins with the second: `0 30 2 ? * 1-5`"


@given(st.text("0123456789*?/,-LW#SUNMOJAFRI ", max_size=40) | st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found: Cron | None = read_cron(text)
    except CronProblem:
        found = None
    if found is not None:
        following = found.after(at("2024-01-01"))
        assert following is None or found.until(following) == following


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 0 1 * * ?", "daily"),
        ("0 0 1 ? * MON-FRI", "daily"),
        ("0 0 1 ? * MON", "weekly"),
        ("0 0 1 ? * L", "weekly"),
        ("0 0 1 1 * ?", "monthly"),
        ("0 0 1 ? * 2#1", "monthly"),
        ("0 0 1 LW * ?", "monthly"),
        ("0 0 1 1 JAN ?", "yearly"),
        ("0 0 1 ? JAN 2#1", "yearly"),
    ],
)
def test_frequency(text: str, expected: str) -> None:
    assert read_cron(text).frequency() == expected


@pytest.mark.parametrize("text", ["* 0 1 * * ?", "0 0,30 1 * * ?", "0 0 1-2 * * ?", "0 0 0/12 * * ?"])
def test_more_than_once_a_day(text: str) -> None:
    assert not read_cron(text).is_daily_at_most()

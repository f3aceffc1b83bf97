"""How far back does an event look?  Conditions on its time, in every form, as hours."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools import parse
from pqltools.checks.eligibility.facts import facts
from pqltools.checks.eligibility.windows import HOURS, NO_WINDOW, Window
from pqltools.syntax import operators


def window(condition: str) -> Window:
    """The window of the event ``X`` that fulfils a condition."""
    (event,) = facts(parse(f"exists X from xEvent where {condition}")).events
    return event.window


#: What stands behind `X.timestamp`, and the hours.
RELATIVE = {
    "occurs today": 24,
    "occurs on today": 24,
    "occurs yesterday": 48,
    "occurs tomorrow": 0,
    "occurs now": 0,
    "occurs this hour": 1,
    "occurs this week": 7 * 24,
    "occurs last week": 14 * 24,
    "occurs this month": 31 * 24,
    "occurs this year": 366 * 24,
    "occurs next year": 0,
    "occurs <= 24 hours before now": 24,
    "occurs < 24 hours before now": 24,
    "occurs = 24 hours before now": 24,
    "occurs <= 1 day before now": 24,
    "occurs <= 25 hours before now": 25,
    "occurs <= 90 minutes before now": 1.5,
    "occurs <= 2 weeks before now": 14 * 24,
    "occurs <= 1 month before today": 32 * 24,
    "occurs <= 1 day before today": 48,
    "occurs <= 2 days from now": 48,
    "occurs after yesterday": 24,
    "occurs after last week": 7 * 24,
    "occurs <= 3 days after yesterday": 24,
    "occurs > 3 hours after yesterday": 21,
    "occurs after now": 0,
    "occurs between yesterday and today": 48,
    "occurs between last month and last week": 62 * 24,
    ">= yesterday": 48,
    "> today": 24,
    "= today": 24,
}
NONE = [
    "occurs before today",
    "occurs > 3 days before now",
    "occurs >= 3 days before now",
    "occurs != 3 days before now",
    "occurs > 2 days from now",
    "occurs from now",
    "occurs before date(2024, 1, 1)",
    "< yesterday",
    "!= today",
    ".getYear() = 2024",
]
FIXED = [
    "occurs date(2024, 1, 1)",
    "occurs after date(2024, 1, 1)",
    "occurs >= 3 days after date(2024, 1, 1)",
    "occurs between date(2024, 1, 1) and date(2024, 2, 1)",
    "occurs between date(2024, 1, 1) and now",
    'occurs after "2024-01-01T00:00:00Z"',
    ">= date(2024, 1, 1)",
]
UNCLEAR = [
    "occurs after person.birthDate",
    "occurs on date(currentYear(), 1, 1)",
    "occurs <= 2 days after Y.timestamp",
    ">= $1.person.birthDate",
]


def behind(time: str) -> str:
    """A condition on the time of ``X``."""
    return f"X.timestamp{'' if time.startswith('.') else ' '}{time}"


@pytest.mark.parametrize("time", RELATIVE)
def test_windows_from_now(time: str) -> None:
    found = window(behind(time))
    assert (found.form, found.least, found.most) == ("relative", RELATIVE[time], RELATIVE[time])


@pytest.mark.parametrize("time", NONE)
def test_what_has_no_lower_bound_is_no_window(time: str) -> None:
    assert window(behind(time)) == NO_WINDOW


@pytest.mark.parametrize("time", FIXED)
def test_fixed_dates(time: str) -> None:
    found = window(behind(time))
    assert (found.form, found.within(24)) == ("fixed", False)


@pytest.mark.parametrize("time", UNCLEAR)
def test_unclear_times(time: str) -> None:
    found = window(behind(time))
    assert (found.form, found.within(24)) == ("unclear", None)


#: Whole conditions on ``X``.
COMBINED: dict[str, tuple[str, float]] = {
    "X.a = 1": ("none", inf),
    "X.other occurs today": ("none", inf),
    "X.a = 1 and X.timestamp occurs today": ("relative", 24),
    "X.timestamp occurs this week and X.timestamp occurs <= 3 hours before now": ("relative", 3),
    "X.timestamp occurs this week or X.timestamp occurs <= 3 hours before now": ("relative", 168),
    "X.timestamp occurs today or X.a = 1": ("none", inf),
    "X.timestamp occurs after date(2024, 1, 1) and X.timestamp occurs today": ("relative", 24),
    "X.timestamp occurs after date(2024, 1, 1) or X.timestamp occurs today": ("fixed", inf),
    "X.timestamp occurs after person.birthDate and X.timestamp occurs this week": ("relative", 168),
    "not (X.timestamp occurs today)": ("none", inf),
    "not (X.timestamp occurs > 3 days before now)": ("relative", 72),
    "not (X.timestamp occurs before today)": ("relative", 24),
    "not (X.timestamp < yesterday)": ("relative", 48),
    "not (X.a = 1 or X.timestamp occurs before today)": ("relative", 24),
    "not (X.a = 1 and X.timestamp occurs before today)": ("none", inf),
    "not (not (X.timestamp occurs today))": ("relative", 24),
    "yesterday <= X.timestamp": ("relative", 48),
    "if(X.a = 1, X.timestamp occurs today, X.timestamp occurs yesterday)": ("relative", 48),
    "if(X.a = 1, X.timestamp occurs today, X.b = 1)": ("none", inf),
    "(let T = (X.timestamp occurs today) in T and X.a = 1)": ("relative", 24),
    "(let T = (X.timestamp occurs before today) in not T)": ("relative", 24),
    "(let Y = X in Y.timestamp occurs today)": ("relative", 24),
    "(let T = yesterday in X.timestamp occurs after T)": ("relative", 24),
    "X.`xdm:timestamp` occurs today": ("relative", 24),
}


@pytest.mark.parametrize("condition", COMBINED)
def test_conditions_narrow_and_widen(condition: str) -> None:
    found = window(condition)
    assert (found.form, found.most) == COMBINED[condition]


WINDOWS = st.builds(
    Window,
    least=st.just(0.0),
    most=st.sampled_from([0.0, 1.0, 24.0, 25.0, inf]),
    form=st.sampled_from(["relative", "fixed", "unclear", "none"]),
).map(
    lambda window: {
        "relative": Window(window.most, window.most, "relative")
        if window.most < inf
        else Window(48.0, 48.0, "relative"),
        "fixed": Window(inf, inf, "fixed"),
        "unclear": Window(0.0, inf, "unclear"),
        "none": NO_WINDOW,
    }[window.form]
)


@given(WINDOWS, WINDOWS)
def test_widening_never_turns_a_no_into_a_yes(one: Window, other: Window) -> None:
    wide = one.widened(other)
    if one.within(24) is False:
        assert wide.within(24) is False
    if wide.within(24):
        assert one.within(24) is other.within(24) is True
    assert wide == other.widened(one)


@given(WINDOWS, WINDOWS)
def test_narrowing_takes_the_window_that_says_more(one: Window, other: Window) -> None:
    both = one.narrowed(other)
    assert both == other.narrowed(one)
    if one.within(24):
        assert both.within(24)
    assert both.most <= max(one.most, other.most)


def test_every_unit_has_a_length() -> None:
    assert {*HOURS} == {*operators.UNITS}
    assert [*HOURS.values()] == sorted(HOURS.values())

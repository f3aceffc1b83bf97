"""Which instants lie in a window?  The table of the semantics, written once more as a predicate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools import parse
from pqltools.syntax.ast import FieldLookup, Occurs, ParameterReference, TimeQualification, TimestampLiteral, TimeWindow
from pqltools.syntax.operators import COMPARISONS, UNITS
from pqltools.types import time
from pqltools.types.value_sets import HIGHEST, LOWEST, before, includes
from pqltools.types.windows import instants, is_relative, moments

if TYPE_CHECKING:
    from pqltools.types.value_sets import Ranges

NOW = 1_535_450_400_000  # 2018-08-28T10:00:00Z


def window(text: str) -> TimeWindow:
    tree = parse(f"x occurs {text}")
    assert isinstance(tree, Occurs)
    return tree.window


def found(text: str) -> Ranges:
    ranges = instants(window(text), NOW)
    assert ranges is not None
    return ranges


def at(text: str) -> int:
    instant = time.iso_instant(text)
    assert instant is not None
    return instant


def holds(ranges: Ranges, instant: int) -> bool:
    return includes(ranges, ((before(instant), before(instant + 1)),))


#: Windows at the instant above: the first and the last instant in it, both a text or None for no end.
WINDOWS = {
    "today": ("2018-08-28", "2018-08-28T23:59:59.999Z"),
    "on yesterday": ("2018-08-27", "2018-08-27T23:59:59.999Z"),
    "tomorrow": ("2018-08-29", "2018-08-29T23:59:59.999Z"),
    "now": ("2018-08-28T10:00:00Z", "2018-08-28T10:00:00Z"),
    "last month": ("2018-07-01", "2018-07-31T23:59:59.999Z"),
    "this week": ("2018-08-27", "2018-09-02T23:59:59.999Z"),
    "next year": ("2019-01-01", "2019-12-31T23:59:59.999Z"),
    "date(2017, 10, 1)": ("2017-10-01", "2017-10-01T23:59:59.999Z"),
    "<= 1 month before today": ("2018-07-28", "2018-08-27T23:59:59.999Z"),
    "< 1 month before today": ("2018-07-28T00:00:00.001Z", "2018-08-27T23:59:59.999Z"),
    "<= 3 days before now": ("2018-08-25T10:00:00Z", "2018-08-28T10:00:00Z"),
    "< 3 days before now": ("2018-08-25T10:00:00.001Z", "2018-08-28T10:00:00Z"),
    "> 3 days before now": (None, "2018-08-25T09:59:59.999Z"),
    ">= 3 days before now": (None, "2018-08-25T10:00:00Z"),
    "= 3 days before today": ("2018-08-25", "2018-08-25T23:59:59.999Z"),
    "before today": (None, "2018-08-27T23:59:59.999Z"),
    "before now": (None, "2018-08-28T09:59:59.999Z"),
    "after date(2017, 10, 1)": ("2017-10-02", None),
    "after now": ("2018-08-28T10:00:00.001Z", None),
    "<= 2 days after today": ("2018-08-29", "2018-08-30T23:59:59.999Z"),
    "< 2 days after today": ("2018-08-29", "2018-08-30T23:59:59.999Z"),
    "= 2 days after today": ("2018-08-30", "2018-08-30T23:59:59.999Z"),
    ">= 2 days after today": ("2018-08-31", None),
    "<= 2 hours after now": ("2018-08-28T10:00:00Z", "2018-08-28T12:00:00Z"),
    "< 2 hours after now": ("2018-08-28T10:00:00Z", "2018-08-28T11:59:59.999Z"),
    "= 2 hours after now": ("2018-08-28T11:00:00.001Z", "2018-08-28T12:00:00Z"),
    "> 2 hours after now": ("2018-08-28T12:00:00.001Z", None),
    ">= 2 hours after now": ("2018-08-28T12:00:00Z", None),
    '<= 2 hours after "2018-01-01T00:00:00Z"': ("2018-01-01T00:00:00.001Z", "2018-01-01T02:00:00Z"),
    "between last month and yesterday": ("2018-07-01", "2018-08-27T23:59:59.999Z"),
    'between date(2017, 1, 1) and "2018-01-01T00:00:00Z"': ("2017-01-01", "2018-01-01T00:00:00Z"),
    "<= 1 day from today": ("2018-08-27", "2018-08-27T23:59:59.999Z"),
}


@pytest.mark.parametrize("text", WINDOWS)
def test_a_window_starts_and_ends_where_the_table_says(text: str) -> None:
    first, last = WINDOWS[text]
    ranges = found(text)
    assert ranges[0][0] == (LOWEST if first is None else before(at(first)))
    if "from" not in text:
        assert ranges == ((ranges[0][0], HIGHEST if last is None else before(at(last) + 1)),)


@given(
    st.sampled_from(["before", "after", "from"]),
    st.sampled_from(["now", "today", "yesterday"]),
    st.integers(0, 40),
    st.sampled_from([*UNITS]),
    st.integers(-(10**12), 10**12),
)
def test_comparisons_divide_what_lies_on_a_side(side: str, anchor: str, count: int, unit: str, shift: int) -> None:
    """Each instant on the side is at most or more than n units away, less or at least, equally far or not."""
    instant = NOW + shift
    plain = instants(TimeWindow(side, TimestampLiteral(anchor)), NOW)
    assert plain is not None
    answers = {}
    for comparison in COMPARISONS:
        by = TimeQualification(comparison, count, unit)
        ranges = instants(TimeWindow(side, TimestampLiteral(anchor), None, by), NOW)
        assert ranges is not None
        answers[comparison] = holds(ranges, instant)
    if holds(plain, instant) and count > 0:
        assert answers["<="] or answers[">"]
        assert answers["<"] or answers[">="]
        assert answers["="] != answers["!="]
    if answers["<"]:
        assert answers["<="]
    if answers[">"]:
        assert answers[">="]


@pytest.mark.parametrize(
    "text", ["before X.timestamp", "on x", 'on "2018-01-01"', "between today and X.t", "date(2018, 2, 30)"]
)
def test_what_the_profile_decides_is_not_known(text: str) -> None:
    assert instants(window(text), NOW) is None


def test_other_trees_than_text_has_are_no_times() -> None:
    field = FieldLookup(ParameterReference(1), "x")
    assert instants(TimeWindow("within", field), NOW) is None


def test_windows_that_move() -> None:
    assert is_relative(window("last week"))
    assert is_relative(window("between date(2018, 1, 1) and now"))
    assert not is_relative(window("after date(2018, 1, 1)"))


def test_the_sample_begins_now_and_goes_forward() -> None:
    sample = moments(NOW)
    assert sample[0] == NOW
    assert min(sample) == NOW
    assert {time.date_of(instant)[1] for instant in sample} == {*range(1, 13)}

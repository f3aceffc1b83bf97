"""Does an estimate say what statistics say?"""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools.segmentation.estimates import estimate, sample_size


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (0, 0),
        (999_999, 999_999),
        (1_000_000, 1_000_000),
        (1_000_001, 1_000_000),
        (20_000_000, 1_000_000),
        (20_000_001, 1_000_000),
        (40_000_000, 2_000_000),
    ],
)
def test_sizes_of_the_documents(total: int, expected: int) -> None:
    assert sample_size(total, 1_000_000) == expected


@given(st.integers(0, 10**6), st.data())
def test_all_that_was_read_is_no_estimate(total: int, data: st.DataObject) -> None:
    matched = data.draw(st.integers(0, total))
    found = estimate(matched, total, total)
    assert (found.size, found.standard_error, found.lower, found.upper) == (matched, 0, matched, matched)


@given(st.integers(0, 10**8), st.data())
def test_bounds_hold_what_is_possible(total: int, data: st.DataObject) -> None:
    read = data.draw(st.integers(0, total))
    matched = data.draw(st.integers(0, read))
    found = estimate(matched, read, total)
    assert 0 <= found.lower <= found.size <= found.upper <= total
    assert found.standard_error >= 0
    if read:
        assert found.lower >= matched
        assert found.upper <= total - (read - matched)


def test_bounds_hold_the_truth_in_95_of_100_samples() -> None:
    dice = random.Random(7)
    total, read, truth = 2_000, 400, 600
    hits, errors = 0, []
    for _ in range(500):
        sample = dice.sample(range(total), read)
        found = estimate(sum(number < truth for number in sample), read, total)
        hits += found.lower <= truth <= found.upper
        errors.append((found.size - truth) ** 2)
    assert 0.92 <= hits / 500 <= 0.98
    # The standard error is the root of the mean square of the errors.
    spread = (sum(errors) / len(errors)) ** 0.5
    assert estimate(truth * read // total, read, total).standard_error == pytest.approx(spread, rel=0.1)

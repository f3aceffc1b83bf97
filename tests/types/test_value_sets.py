"""Are sets of values sets?  Compared with Python's own, for small integers and strings."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from pqltools.syntax.operators import COMPARISONS
from pqltools.types import value_sets as sets

if TYPE_CHECKING:
    from pqltools.types.value_sets import Ranges

SMALL = st.integers(-3, 5)
WORDS = st.text("aAbé\U0010ffff", max_size=3)
OPERATORS = st.sampled_from(COMPARISONS)
#: Values well beyond the literals on both sides.
INTEGERS = range(-6, 9)
PYTHON = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def members(ranges: Ranges) -> set[int]:
    return {value for value in INTEGERS if value_in(value, ranges)}


def value_in(value: object, ranges: Ranges) -> bool:
    return any(low <= sets.before(value) and sets.before(value) < high for low, high in ranges)


SETS = st.recursive(
    st.builds(lambda operator, value: sets.compared(operator, value, sets.INTEGERS), OPERATORS, SMALL),
    lambda inner: st.one_of(
        st.builds(sets.union, inner, inner),
        st.builds(sets.intersection, inner, inner),
        st.builds(lambda ranges: sets.complement(ranges, sets.INTEGERS), inner),
    ),
    max_leaves=5,
)


@given(OPERATORS, SMALL)
def test_a_comparison_of_integers(operator: str, value: int) -> None:
    ranges = sets.compared(operator, value, sets.INTEGERS)
    assert members(ranges) == {one for one in INTEGERS if PYTHON[operator](one, value)}


@given(OPERATORS, WORDS, WORDS)
def test_a_comparison_of_strings(operator: str, value: str, other: str) -> None:
    ranges = sets.compared(operator, value, sets.STRINGS)
    assert value_in(other, ranges) == PYTHON[operator](other, value)


@given(WORDS, WORDS)
def test_a_prefix(prefix: str, other: str) -> None:
    assert value_in(other, sets.prefixed(prefix)) == other.startswith(prefix)


@given(SETS, SETS)
def test_operations_are_those_of_sets(first: Ranges, second: Ranges) -> None:
    assert members(sets.union(first, second)) == members(first) | members(second)
    assert members(sets.intersection(first, second)) == members(first) & members(second)
    assert members(sets.complement(first, sets.INTEGERS)) == {*INTEGERS} - members(first)
    assert sets.includes(first, second) == (not sets.intersection(second, sets.complement(first, sets.INTEGERS)))


@given(SETS)
def test_equal_sets_have_one_form(ranges: Ranges) -> None:
    assert sets.complement(sets.complement(ranges, sets.INTEGERS), sets.INTEGERS) == ranges
    assert sets.union(ranges, ()) == ranges
    assert all(low < high for low, high in ranges)
    assert all(first[1] < second[0] for first, second in itertools.pairwise(ranges))


def test_a_universe_has_bounds() -> None:
    assert sets.compared("<", False, sets.BOOLEANS) == ()
    assert sets.compared("<=", True, sets.BOOLEANS) == sets.BOOLEANS.universe
    assert sets.compared(">=", 0, sets.BOUNDED["count"]) == sets.BOUNDED["count"].universe
    assert sets.compared("<", "", sets.STRINGS) == ()

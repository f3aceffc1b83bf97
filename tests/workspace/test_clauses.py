"""Is the clause around a place all that matters there, after whatever edits?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools.workspace.clauses import SHORTEST, Clauses

CLAUSES = [
    'homeAddress.city = "a and b"',
    "(person.age > 3 and person.age < 5)",
    'xEvent.exists(eventType = "x" or eventType = "y")',
    "(select X from xEvent where X.a = 1 and X.b = 2)",
    'person.name.firstName = "😀"',
]
LONG = " and ".join(CLAUSES[number % len(CLAUSES)] for number in range(100))


def words(text: str, offset: int) -> str:
    start, end = Clauses().at(text, offset)
    return text[start:end].strip()


@given(st.integers(0, len(LONG)))
def test_a_clause_lies_between_two_joining_words(offset: int) -> None:
    assert words(LONG, offset) in CLAUSES


def test_a_small_text_is_one_clause() -> None:
    assert Clauses().at("a = 1 and b = 2", 12) == (0, 15)


@pytest.mark.parametrize("form", ["select E from xEvent where E.a = 1", "exists E from xEvent where E.a = 1"])
def test_what_may_use_a_variable_is_not_cut_off_from_it(form: str) -> None:
    text = f"{LONG} and {form} and E.b = 2 and {LONG}"
    found = words(text, text.index(form) + len(form) + 6)
    assert found == f"{form} and E.b = 2 and {LONG}"
    assert words(text, 5) == CLAUSES[0]
    assert words(text, len(text)).startswith(form)


def test_a_window_keeps_its_own_and() -> None:
    window = "timestamp occurs between 3 days before now and 1 days before now"
    assert words(f"{LONG} and {window} and {LONG}", len(LONG) + 60) == window


EDITS = st.tuples(st.integers(0, len(LONG)), st.integers(0, 5), st.sampled_from(["x", " ", "and", " or ", "9", ""]))


@given(st.lists(EDITS, max_size=8), st.integers(0, len(LONG)))
def test_edits_without_brackets_and_quotes_are_followed(edits: list[tuple[int, int, str]], offset: int) -> None:
    clauses, text = Clauses(), LONG
    clauses.at(text, 0)
    for at, length, new in edits:
        gone = text[at : at + length]
        if not set(gone) & set("()\"'"):
            text = text[:at] + new + text[at + length :]
            clauses.at(text, 0)
    assert clauses.at(text, offset) == Clauses().at(text, offset)


@given(
    st.lists(st.tuples(st.integers(0, len(LONG)), st.integers(0, 5000), st.text(alphabet='ab()[]"`\n😀 ', max_size=9))),
    st.integers(0, 2 * len(LONG)),
)
def test_clauses_are_the_text_whatever_is_written(edits: list[tuple[int, int, str]], offset: int) -> None:
    clauses, text = Clauses(), LONG
    for at, length, new in edits:
        text = text[:at] + new + text[at + length :]
        start, end = clauses.at(text, min(at, len(text)))
        assert 0 <= start <= at or len(text) < at
        assert end <= len(text)
    start, end = clauses.at(text, min(offset, len(text)))
    assert 0 <= start <= min(offset, len(text))
    assert start <= end <= len(text)
    assert len(text) >= SHORTEST or (start, end) == (0, len(text))

"""Are strings and names the same in other quotes?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools.diagnostics import apply_edits
from pqltools.syntax.parser import parse
from pqltools.workspace.quoting import back_quotes, turned

_PIECES = ["'", '"', "\\\\", "\\'", '\\"', "\\n", "\\u00e9", "\\q", "\\/", "a", "😀", " ", "`", "//", "\\u0022"]


@given(st.lists(st.sampled_from(_PIECES), max_size=8), st.sampled_from("'\""))
def test_turned_strings_are_the_same(pieces: list[str], quote: str) -> None:
    inner = "".join([piece for piece in pieces if piece != quote])
    text = f"a = {quote}{inner}{quote} and b"
    edit = turned(text, 5)
    assert edit is not None
    after = apply_edits(text, [edit])
    assert parse(after) == parse(text)
    assert after[4] != quote
    again = turned(after, 5)
    assert again is not None
    # Only quotes that needed no backslash have lost it.
    assert parse(apply_edits(after, [again])) == parse(text)
    assert len(again.text) <= len(text)


def test_places() -> None:
    text = "a = 'x'and\"y\" = b"
    assert [turned(text, at) is not None for at in (0, 3, 4, 7, 8, 10, 13, 14)] == [
        *(False, False, True, True, False, True, True, False)
    ]
    assert turned("a = 'x", 5) is None
    assert turned("", 0) is None
    assert turned("((( 'x' and", 5) is not None


@pytest.mark.parametrize(
    ("text", "at", "after"),
    [
        ("`foo` = 1", 2, "foo = 1"),
        ("a.`foo` = 1", 3, "a.foo = 1"),
        ("foo = 1", 0, "`foo` = 1"),
        ("a. /* x */ foo", 12, "a. /* x */ `foo`"),
        ("`xdm:foo`", 2, "xdm:foo"),
    ],
)
def test_back_quotes(text: str, at: int, after: str) -> None:
    found = back_quotes(text, at)
    assert found is not None
    adds, edit = found
    assert apply_edits(text, [edit]) == after
    assert adds == ("`" in after)


@pytest.mark.parametrize(
    ("text", "at"),
    [("`true` = 1", 2), ("`a b`", 2), ("now", 1), ("exists X from xs where X.a", 24), ("(`a`", 2), ("`a", 1), ("5", 0)],
)
def test_back_quotes_that_matter(text: str, at: int) -> None:
    assert back_quotes(text, at) is None

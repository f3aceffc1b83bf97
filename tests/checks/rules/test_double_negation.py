"""Which negations cancel each other out?"""

from __future__ import annotations

import pytest

from checking import check, fix

CODE = "PQL403"


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("not not a", "a"),
        ("!!a", "a"),
        ("not (not (a = 1))", "a = 1"),
        ("not (!(a = 1 or b)) and c", "(a = 1 or b) and c"),
        ("x and (not not a)", "x and a"),
        ("x and(not not a)", "x and(a)"),
        ("not not not a", "not a"),
        ("xEvent[not not (a or b)]", "xEvent[a or b]"),
        ("not // one\nnot // two\na", "// one\n// two\na"),
        ("if(not not a, 1, 2)", "if(a, 1, 2)"),
        ("not not (exists X from xEvent)", "exists X from xEvent"),
    ],
)
def test_fix(text: str, fixed: str) -> None:
    assert check(text, CODE)
    assert fix(text, CODE, unsafe=False) == fixed


@pytest.mark.parametrize("text", ["not a", "not (a and not b)", "{'a': not not b}", "x = (not not a)"])
def test_not_found(text: str) -> None:
    assert not check(text, CODE)

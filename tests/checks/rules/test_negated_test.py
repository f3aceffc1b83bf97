"""Which negations have a positive form that means the same?"""

from __future__ import annotations

import pytest

from checking import check, fix

CODE = "PQL408"


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("not a.isNull()", "a.isNotNull()"),
        ("!(isNotNull(a))", "a.isNull()"),
        ("b and not (xEvent.count() >= 3)", "b and xEvent.count() < 3"),
        ("not (currentMonth() = 12)", "currentMonth() != 12"),
        ("not 2.5 < xEvent.count()", "2.5 >= xEvent.count()"),
    ],
)
def test_fix(text: str, fixed: str) -> None:
    assert check(text, CODE)
    assert fix(text, CODE, unsafe=False) == fixed


@pytest.mark.parametrize(
    "text",
    [
        "not (a = 1)",
        "not (xEvent.count() = a)",
        "not (xEvent.sum(a) > 1)",
        "not (xEvent.count() = '3')",
        "not a.contains('x')",
        "not (a in [1])",
        # Another rule speaks of these.
        "not not a.isNull()",
    ],
)
def test_not_found(text: str) -> None:
    assert not check(text, CODE)

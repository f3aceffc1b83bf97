"""Which conditions are compared with a boolean?"""

from __future__ import annotations

import pytest

from checking import check, fix

CODE = "PQL407"


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("xEvent.exists(a) = true", "xEvent.exists(a)"),
        ("true = xEvent.exists(a)", "xEvent.exists(a)"),
        ("a.isNull() != false", "a.isNull()"),
        ("a.isNull() = false", "not a.isNull()"),
        ("b and (exists X from xEvent) != true", "b and not (exists X from xEvent)"),
        ("(a = 1 or b) = true and c", "(a = 1 or b) and c"),
        ("(t occurs today) = true", "t occurs today"),
        ("a.intersects(b) != false", "a.intersects(b)"),
        ("{'a': (b > 1) = true}", "{'a': b > 1}"),
    ],
)
def test_fix(text: str, fixed: str) -> None:
    assert check(text, CODE)
    assert fix(text, CODE, unsafe=False) == fixed


@pytest.mark.parametrize(
    "text",
    [
        # A field may be missing, or hold something else.
        "personalEmail.primary = true",
        "personalEmail.primary != false",
        "a = b",
        "if(a, b, c) = true",
        # Null is not the negation of anything here.
        "(t occurs today) = false",
        "a.intersects(b) != true",
        "{'a': a.intersects(b) = true}",
    ],
)
def test_not_found(text: str) -> None:
    assert not check(text, CODE)

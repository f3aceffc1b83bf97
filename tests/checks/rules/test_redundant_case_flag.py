"""Which flags are the default?"""

from __future__ import annotations

import pytest

from checking import check, check_wire, fix
from pqltools import parse

CODE = "PQL406"


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("a.contains('x', true)", "a.contains('x')"),
        ("a.doesNotEndWith(b.c, TRUE)", "a.doesNotEndWith(b.c)"),
        ("startsWith(a, 'x', true)", "a.startsWith('x')"),
        ("a.equals('x', true)", "a = 'x'"),
        ("not a.notEqualTo('x', true)", "not a != 'x'"),
        ("a.equals('x' /* y */, true)", "/* y */ a = 'x'"),
        ("(b and a).equals(c or d, true)", "(b and a) = (c or d)"),
    ],
)
def test_fix(text: str, fixed: str) -> None:
    (problem,) = check(text, CODE)
    assert problem.span is not None
    assert text[slice(*problem.span)].lower() == "true"
    assert fix(text, CODE, unsafe=False) == fixed


@pytest.mark.parametrize(
    "text",
    ["a.contains('x')", "a.contains('x', false)", "a.equals('x')", "a.equals(true)", "f(a, b, true)", "if(a, b, true)"],
)
def test_not_found(text: str) -> None:
    assert not check(text, CODE)


def test_nothing_is_said_of_trees() -> None:
    assert not check_wire(parse("a.equals('x', true)"), CODE)

"""Which parentheses go, and which stay?"""

from __future__ import annotations

import pytest
from hypothesis import given

from checking import check, check_wire, fix
from pqltools import parse, to_text
from pqltools.syntax.ast import Expr
from strategies import expressions

CODE = "PQL404"


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("(a = 1)", "a = 1"),
        ("( a = 1 )", "a = 1"),
        ("((a = 1 or b)) and c", "(a = 1 or b) and c"),
        ("(((a))) and b", "a and b"),
        ("(a) = (1 + b)", "a = (1 + b)"),
        ('a = ("x")', 'a = "x"'),
        ("a and(b)and c", "a and b and c"),
        ("xs[(a = 1)]", "xs[a = 1]"),
        ("xs.exists((a = 1))", "xs.exists(a = 1)"),
        ("if((a or b), (1), 2)", "if(a or b, 1, 2)"),
        ("select X from xs where (X.a = 1)", "select X from xs where X.a = 1"),
        (
            "(select X from xs).count() = 1 and (select X from (ys))",
            "(select X from xs).count() = 1 and (select X from ys)",
        ),
        ("CHAIN(xEvent, timestamp, [A: WHAT((a = 1 or b))])", "CHAIN(xEvent, timestamp, [A: WHAT(a = 1 or b)])"),
        ("( /* why */ a = 1 // so\n)", "/* why */ a = 1 // so\n"),
        ("t occurs after (x.y)", "t occurs after x.y"),
    ],
)
def test_fix(text: str, fixed: str) -> None:
    assert check(text, CODE)
    assert fix(text, CODE, unsafe=False) == fixed
    assert parse(fixed) == parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "(a = 1) and (b = 2)",
        "(a and b) or c",
        "(a or b) and c",
        "not (a)",
        "not (a = 1)",
        "!(a)",
        "a in ('x')",
        "a in ('x', 'y')",
        "a = -(5)",
        "(a + b) * c",
        "(-5).foo()",
        "(select X from xs).count() > 1",
        "a and (select X from xs where X.b)",
        "let S = (sum X.a over X from xs) in (S > 100 and S < 1000)",
        "(Profile) => (Profile.a = 1)",
        "xs.filter((X) => (X.a = 1))",
        "select X from xs where (X.a = 1), Y from X.ys",
        "sum (X.a * 2) over X from xs",
        "(sum X.a over X from xs) > 3",
        "f(a) and g()",
        "`f`(a) and x.`g`(b)",
        "a = '(b)' // ((c))",
        "(not).a",
        "CHAIN(xs, timestamp, [A: WHAT(a) WHERE((select))])",
    ],
)
def test_not_found(text: str) -> None:
    parse(text)
    assert not check(text, CODE)


@given(expressions())
def test_canonical_text_has_none(tree: Expr) -> None:
    text = to_text(tree)
    assert not check(text, CODE)


def test_a_tree_has_none() -> None:
    assert not check_wire(parse("(a)"), CODE)

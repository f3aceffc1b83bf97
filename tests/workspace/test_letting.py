"""Does a part that becomes a variable of `let`, or comes back from it, mean what it meant?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluable import evaluable_expressions
from pqltools import to_text
from pqltools.diagnostics import PQLError, apply_edits
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.program import prepare
from pqltools.evaluation.values import as_json
from pqltools.syntax.ast import Expr, Let
from pqltools.syntax.parser import parse
from pqltools.syntax.walk import walk
from pqltools.workspace.inlining import inlined
from pqltools.workspace.letting import Refusal, extracted
from pqltools.xdm.schema import Schema
from profiles import NOW, profiles, wild_profiles
from typed_expressions import SCHEMA, conditions


def extract(text: str, part: str, *, everywhere: bool = False, cursor: bool = False) -> str:
    at = text.index(part)
    return apply_edits(text, extracted(text, (at, at if cursor else at + len(part)), everywhere=everywhere))


EXTRACTED = [
    ("a and person.birthYear > 1980", "person.birthYear", "let BirthYear = person.birthYear in a and BirthYear > 1980"),
    ("a=1and(b=2)", "a=1", "let A = (a=1) in A and(b=2)"),
    ("not(a=1)", "(a=1)", "let A = (a=1) in not(A)"),
    ("not b.c = 1", "b.c = 1", "let C = (b.c = 1) in not C"),
    ("xs[(a = 1 or b = 2)].count() > 1", "a = 1", "xs[(let A = (a = 1) in A or b = 2)].count() > 1"),
    ("xs[a = 1 and $1.b = 2]", "$1.b", "let B = $1.b in xs[a = 1 and B = 2]"),
    ("xs[ys[^.b > 1 and c]]", "^.b", "xs[let B = b in ys[B > 1 and c]]"),
    ("(P) => P.a = 1 and b", "b", "(P) => let B = b in P.a = 1 and B"),
    ("let A = b in A > 1 and c", "c", "let C = c in let A = b in A > 1 and C"),
    ("A and `let` and a.b", "a.b", "let B = a.b in A and `let` and B"),
    ("B and c.b", "c.b", "let B2 = c.b in B and B2"),
    ("a.true and b", "a.true", "let True2 = a.true in True2 and b"),
    ("// why\r\na /* 😀 */ and\r\nb.c", "b.c", "// why\r\nlet C = b.c in a /* 😀 */ and\r\nC"),
    ('a = "x" and b', '"x"', 'let Condition = "x" in a = Condition and b'),
]


@pytest.mark.parametrize(("text", "part", "after"), EXTRACTED)
def test_extracted(text: str, part: str, after: str) -> None:
    assert extract(text, part) == after
    at = after.index("let")
    assert parse(apply_edits(after, inlined(after, at))) == parse(text)


def test_a_cursor_means_the_condition_around_it() -> None:
    text = "a and (person.age > 18 or b)"
    assert extract(text, "age", cursor=True) == "let Age = (person.age > 18) in a and (Age or b)"
    assert extract(text, "or b", cursor=True) == "let Either = (person.age > 18 or b) in a and (Either)"


def test_everywhere() -> None:
    assert extract("a.b > 1 and not (a.b < 5)", "a.b", everywhere=True) == "let B = a.b in B > 1 and not (B < 5)"
    # The same words mean something else elsewhere.
    assert extract("xs[a > 1 and ys[a = 2]]", "a", everywhere=True) == "xs[let A = a in A > 1 and ys[a = 2]]"
    assert extract("xs[a > 1 and ys[^.a = 2]]", "a", everywhere=True) == "xs[let A = a in A > 1 and ys[A = 2]]"


@pytest.mark.parametrize(
    ("text", "part", "message"),
    [
        ("a and b", "a and b", "select a part"),
        ("a and b", "and", "select a part"),
        ("xs[a = 1]", "a = 1", "nothing that could use"),
        ('CHAIN(xEvent, timestamp, [A: WHAT(eventType = "x" and b = 1)])', "b = 1", "event of a sequence"),
    ],
)
def test_refused(text: str, part: str, message: str) -> None:
    with pytest.raises(Refusal, match=message):
        extract(text, part)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("let X = (a or b) in X and X", "(a or b) and (a or b)"),
        ("let X = 5 in -X > X", "-(5) > (5)"),
        ("let X = a in (X) and c", "(a) and c"),
        ("let X = a.b in let X = X.c in X", "let X = a.b.c in X"),
        ("let X = a in b", "b"),
        ("xs[let X = $1.a in X = b]", "xs[$1.a = b]"),
        ("xs[let X = a + 1 in ys[X = b and zs[X]]]", "xs[ys[(^a + 1) = b and zs[(^^a + 1)]]]"),
    ],
)
def test_inlined(text: str, after: str) -> None:
    assert apply_edits(text, inlined(text, text.index("let"))) == after


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("let Y = a in let X = Y in exists Y from X where Y.b = X.c", "mean something else"),
        ("let X /* why */ = a in X", "comment"),
        ("a and b", "put the cursor"),
    ],
)
def test_not_inlined(text: str, message: str) -> None:
    with pytest.raises(Refusal, match=message):
        inlined(text, max(text.rfind("let"), 0))


def test_broken_text() -> None:
    with pytest.raises(PQLError):
        extracted("(a", (1, 2))
    with pytest.raises(PQLError):
        inlined("let X = a", 0)


def check(expr: Expr, found: list[Any], choice: int, schema: Schema | None, *, everywhere: bool) -> None:
    """A part becomes a variable and the answers stay; inlined, it is the tree again."""
    try:
        text = to_text(expr)
    except PQLError:
        return
    tree = parse(text)
    spans = [node.span for node in walk(tree) if node.span is not None and node.span[0] < node.span[1]]
    try:
        after = apply_edits(text, extracted(text, spans[choice % len(spans)], everywhere=everywhere))
    except Refusal:
        return
    changed = parse(after)
    known = {node.name for node in walk(tree) if isinstance(node, Let)}
    (let,) = [node for node in walk(changed) if isinstance(node, Let) and node.name not in known]
    assert let.span is not None
    assert parse(apply_edits(after, inlined(after, let.span[0]))) == tree
    programs = [prepare(each, schema, now=NOW) for each in (tree, changed)]
    for condition in (True, False):
        old, new = [compile_program(program, as_condition=condition) for program in programs]
        for profile in found:
            one, other = old(profile, (3,), {}), new(profile, (3,), {})
            assert repr(as_json(one)) == repr(as_json(other)), (text, after)


@settings(max_examples=150)
@given(conditions(), st.lists(profiles() | wild_profiles(), min_size=1, max_size=3), st.integers(0, 200), st.booleans())
def test_the_answers_stay(expr: Expr, found: list[Any], choice: int, everywhere: bool) -> None:
    check(expr, found, choice, SCHEMA, everywhere=everywhere)


@settings(max_examples=100)
@given(
    evaluable_expressions(),
    st.lists(profiles() | wild_profiles(), min_size=1, max_size=3),
    st.integers(0, 200),
    st.booleans(),
)
def test_the_answers_stay_for_all_that_can_be_evaluated(
    expr: Expr, found: list[Any], choice: int, everywhere: bool
) -> None:
    check(expr, found, choice, None, everywhere=everywhere)

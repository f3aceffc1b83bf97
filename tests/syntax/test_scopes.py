"""Does every name mean what pql.md says it means?"""

from __future__ import annotations

import pytest

from pqltools import PQLError, parse
from pqltools.syntax.ast import (
    Chain,
    Expr,
    FieldLookup,
    FunctionCall,
    IntegerLiteral,
    ItemLambda,
    ItemReference,
    Lambda,
    Let,
    ListLiteral,
    ParameterReference,
    Select,
    StringLiteral,
    VariableDeclaration,
    VariableReference,
)

ONE = IntegerLiteral(1)


def field(name: str) -> FieldLookup:
    return FieldLookup(ParameterReference(1), name)


def item(name: str, distance: int = 0) -> FieldLookup:
    return FieldLookup(ItemReference(distance), name)


def call(name: str, *arguments: Expr) -> FunctionCall:
    return FunctionCall(name, arguments)


def equal(left: Expr, right: Expr) -> FunctionCall:
    return FunctionCall("=", (left, right))


def x(name: str) -> FieldLookup:
    return FieldLookup(VariableReference("X"), name)


SELECT_X = VariableDeclaration("X", field("xs"))

CASES: list[tuple[str, Expr]] = [
    ("a.b", FieldLookup(field("a"), "b")),
    ("$1.a", field("a")),
    ("profile.a", field("a")),
    ("`profile`.a", FieldLookup(field("profile"), "a")),
    ("$2.a", FieldLookup(ParameterReference(2), "a")),
    # Item scopes.
    ("xs[a]", call("filter", field("xs"), ItemLambda(item("a")))),
    ("xs.filter(a)", call("filter", field("xs"), ItemLambda(item("a")))),
    ("filter(xs, a)", call("filter", field("xs"), ItemLambda(item("a")))),
    ("xs.filter((G) => G.a)", call("filter", field("xs"), ItemLambda(item("a")))),
    ("xs[this = 1]", call("filter", field("xs"), ItemLambda(equal(ItemReference(0), ONE)))),
    ("xs[`this` = 1]", call("filter", field("xs"), ItemLambda(equal(item("this"), ONE)))),
    ("xs[profile.a = 1]", call("filter", field("xs"), ItemLambda(equal(field("a"), ONE)))),
    ("xs[`profile` = 1]", call("filter", field("xs"), ItemLambda(equal(item("profile"), ONE)))),
    (
        "xs[ys[a = ^b]]",
        call(
            "filter",
            field("xs"),
            ItemLambda(call("filter", item("ys"), ItemLambda(equal(item("a"), item("b", 1))))),
        ),
    ),
    ("xs[a = ^b]", call("filter", field("xs"), ItemLambda(equal(item("a"), field("b"))))),
    ("xs[a = ^^^.b]", call("filter", field("xs"), ItemLambda(equal(item("a"), field("b"))))),
    # An explicit lambda is a variable, not a scope: bare names look past it, `^` does not count it.
    ("xs.map((G) => a)", call("map", field("xs"), ItemLambda(field("a")))),
    ("xs.map((G) => G)", call("map", field("xs"), ItemLambda(ItemReference(0)))),
    (
        "xs.map((G) => ys[a = G.b and c = ^d])",
        call(
            "map",
            field("xs"),
            ItemLambda(
                call(
                    "filter",
                    field("ys"),
                    ItemLambda(call("and", equal(item("a"), item("b", 1)), equal(item("c"), field("d")))),
                )
            ),
        ),
    ),
    (
        "xs[ys.map((G) => a)]",
        call("filter", field("xs"), ItemLambda(call("map", item("ys"), ItemLambda(item("a", 1))))),
    ),
    (
        "m.map((K, G) => mapEntry(K, G.a))",
        call(
            "map",
            field("m"),
            Lambda(
                ("K", "G"),
                call("mapEntry", VariableReference("K"), FieldLookup(VariableReference("G"), "a")),
            ),
        ),
    ),
    # Only the functions of the list build scopes, and only under their plain name.
    ("xs.includes(a)", call("includes", field("xs"), field("a"))),
    ("`filter`(xs, a)", call("filter", field("xs"), field("a"))),
    ("xs.`filter`(a)", call("filter", field("xs"), field("a"))),
    ("xs.topN(a, b)", call("topN", field("xs"), ItemLambda(item("a")), field("b"))),
    ("xs.count()", call("count", field("xs"))),
    ("f((G) => G.a)", call("f", Lambda(("G",), FieldLookup(VariableReference("G"), "a")))),
    # Named binders.
    ("select X from xs", Select((SELECT_X,))),
    ("select X from X.xs", Select((VariableDeclaration("X", FieldLookup(field("X"), "xs")),))),
    ("select X from xs where X.a = `X`", Select((VariableDeclaration("X", field("xs"), equal(x("a"), field("X"))),))),
    (
        "select X from xs, Y from X.ys where Y = X.a",
        Select((SELECT_X, VariableDeclaration("Y", x("ys"), equal(VariableReference("Y"), x("a"))))),
    ),
    (
        "(select X from xs).count() = X.a",
        equal(call("count", Select((SELECT_X,))), FieldLookup(field("X"), "a")),
    ),
    (
        "select X from xs where X.ys[X = 1]",
        Select(
            (
                VariableDeclaration(
                    "X", field("xs"), call("filter", x("ys"), ItemLambda(equal(VariableReference("X"), ONE)))
                ),
            )
        ),
    ),
    (
        "xs[select X from ys where X.a = b]",
        call(
            "filter",
            field("xs"),
            ItemLambda(Select((VariableDeclaration("X", item("ys"), equal(x("a"), item("b"))),))),
        ),
    ),
    ("let V = a in V.b", Let("V", field("a"), FieldLookup(VariableReference("V"), "b"))),
    ("let V = V in V", Let("V", field("V"), VariableReference("V"))),
    ("(A, B) => A.x = B.x",
     Lambda(("A", "B"),
            equal(FieldLookup(VariableReference("A"), "x"), FieldLookup(VariableReference("B"), "x")))),
    # Aggregates over variables are item functions of a select.
    (
        "sum X.a over X from xs",
        call("sum", Select((SELECT_X,)), ItemLambda(item("a"))),
    ),
    ("sum X from xs", call("sum", Select((SELECT_X,)), ItemLambda(ItemReference(0)))),
    ("sum (X.a) over X from xs", call("sum", Select((SELECT_X,)), ItemLambda(item("a")))),
    ("(select X from xs).sum((V) => V.a)", call("sum", Select((SELECT_X,)), ItemLambda(item("a")))),
    ("(select X from xs).sum(a)", call("sum", Select((SELECT_X,)), ItemLambda(item("a")))),
    ("sum b over X from xs", call("sum", Select((SELECT_X,)), ItemLambda(field("b")))),
    (
        "count X.a + Y.a over X from xs, Y from ys",
        call(
            "count",
            Select((SELECT_X, VariableDeclaration("Y", field("ys")))),
            Lambda(("X", "Y"), call("+", x("a"), FieldLookup(VariableReference("Y"), "a"))),
        ),
    ),
    # What stands in parentheses after `in`.
    ('a in ("x")', call("in", field("a"), ListLiteral((StringLiteral("x"),)))),
    ('a in ("x", b)', call("in", field("a"), ListLiteral((StringLiteral("x"), field("b"))))),
    ('a in (["x"])', call("in", field("a"), ListLiteral((StringLiteral("x"),)))),
    ("a in (b)", call("in", field("a"), field("b"))),
    ("AND(a, b)", call("and", field("a"), field("b"))),
    ("a.`NotIn`(b)", call("notIn", field("a"), field("b"))),
    ("`filter`(xs, (G) => G.a)", call("filter", field("xs"), ItemLambda(item("a")))),
    ("in(a, b)", call("in", field("a"), field("b"))),
    ("a.in(b)", call("in", field("a"), field("b"))),
    # Signs.
    ("-5", IntegerLiteral(-5)),
    ("-(5)", call("-", IntegerLiteral(5))),
    ("--5", call("-", IntegerLiteral(-5))),
    ("a-5", call("-", field("a"), IntegerLiteral(5))),
    ("-9223372036854775808", IntegerLiteral(-(2**63))),
    # Nothing is flattened.
    ("(a and b) and c", call("and", call("and", field("a"), field("b")), field("c"))),
    ("a and b and c", call("and", field("a"), field("b"), field("c"))),
]  # fmt: skip


@pytest.mark.parametrize(("text", "tree"), CASES)
def test_resolution(text: str, tree: Expr) -> None:
    assert parse(text) == tree


def test_chain_elements_see_earlier_ones() -> None:
    tree = parse("chain(xs, t, [A: WHAT(A.x), B: WHAT(b) WHERE(s = A.s) WHEN(<= 2 days after A)])")
    assert isinstance(tree, Chain)
    first, second = tree.elements
    assert first.what == ItemLambda(FieldLookup(item("A"), "x"))
    assert second.where == ItemLambda(equal(item("s"), FieldLookup(VariableReference("A"), "s")))
    assert second.when is not None
    assert second.when.time == VariableReference("A")


@pytest.mark.parametrize("text", ["this", "this.a = 1", "a and this", "select X from xs where this.a"])
def test_this_without_item_is_an_error(text: str) -> None:
    with pytest.raises(PQLError, match="`this` has no meaning here") as caught:
        parse(text)
    (problem,) = caught.value.diagnostics
    assert problem.span is not None
    assert text[slice(*problem.span)] == "this"


def test_spans_cover_what_was_read() -> None:
    text = '(a.b + 1) * c["k"].d'
    tree = parse(text)
    assert isinstance(tree, FunctionCall)
    assert tree.span == (0, len(text))
    left, right = tree.arguments
    assert left.span is not None
    assert text[slice(*left.span)] == "a.b + 1"
    assert right.span is not None
    assert text[slice(*right.span)] == 'c["k"].d'

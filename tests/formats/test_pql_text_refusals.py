"""Which trees have no text, and does the refusal name every reason and its place?"""

from __future__ import annotations

import pytest

from pqltools.diagnostics import PQLError
from pqltools.formats.pql_text import to_text
from pqltools.syntax.ast import (
    Chain,
    ChainElement,
    DoubleLiteral,
    ElementCount,
    Expr,
    FieldLookup,
    FunctionCall,
    Hole,
    IntegerLiteral,
    ItemLambda,
    ItemReference,
    Lambda,
    Let,
    ListLiteral,
    ModelReference,
    ObjectLiteral,
    Occurs,
    Opaque,
    ParameterReference,
    Property,
    Quantification,
    Select,
    StringLiteral,
    TimeInterval,
    TimeQualification,
    TimestampLiteral,
    TimeWindow,
    VariableDeclaration,
    VariableReference,
)
from pqltools.syntax.operators import INTEGER_MAX
from pqltools.syntax.parser import parse

ROOT = ParameterReference(1)
A = FieldLookup(ROOT, "a")
GAP = Opaque("gap", '{"nodeType":"gap"}')
NOW = TimestampLiteral("now")


def clause(name: str, condition: Expr | None = None) -> tuple[VariableDeclaration, ...]:
    return (VariableDeclaration(name, A, condition),)


def element(name: str, what: Expr, **parts: object) -> ChainElement:
    return ChainElement(name, False, ItemLambda(what), **parts)  # type: ignore[arg-type]


def window(*parts: object) -> Expr:
    return Occurs(A, TimeWindow(*parts))  # type: ignore[arg-type]


REFUSED: list[tuple[Expr, str]] = [
    (GAP, "$ PQL035 a node of the unknown kind `gap` cannot be printed as text"),
    (Hole(), "$ PQL036 a missing expression has no PQL text"),
    (IntegerLiteral(INTEGER_MAX + 1), "$ PQL012 the integer `9223372036854775808` does not fit in 64 bits"),
    (DoubleLiteral(float("nan")), "$ PQL012 the double `nan` is not finite"),
    (StringLiteral("\ud83d\ude00"), "$ PQL036 a string with a pair of surrogates has no PQL text"),
    (TimestampLiteral("noon"), "$ PQL036 the timestamp `noon` has no PQL text"),
    (ParameterReference(0), "$ PQL036 there is no parameter 0; they count from 1"),
    (ModelReference("profile"), "$ PQL036 the model reference `profile` has no PQL text"),
    (ModelReference("a{b{c}}"), "$ PQL036 the model reference `a{b{c}}` has no PQL text"),
    (VariableReference("X"), "$ PQL036 the variable `X` is bound nowhere"),
    (ItemReference(0), "$ PQL036 a reference to an item 0 scopes out, inside 0 item scopes"),
    (
        FunctionCall("filter", (A, ItemLambda(ItemReference(1)))),
        "$.params[1].body PQL036 a reference to an item 1 scopes out, inside 1 item scope",
    ),
    (
        FunctionCall("f", (ItemLambda(A),)),
        "$.params[0] PQL036 an item scope that is no argument of an item function has no PQL text",
    ),
    (FunctionCall("And", (A, A)), "$ PQL036 a function named `And` has no PQL text"),
    (FunctionCall("NOTIN", (A,), spelling="function"), "$ PQL036 a function named `NOTIN` has no PQL text"),
    (
        FunctionCall("sum", (A, Lambda(("P",), A))),
        "$.params[1] PQL036 a lambda of one parameter that is no item scope, where one is due, has no PQL text",
    ),
    (Lambda((), A), "$ PQL036 a lambda without parameters has no PQL text"),
    (Lambda(("P", "P"), A), "$ PQL036 a lambda with two parameters of the same name has no PQL text"),
    (Lambda(("P", "True"), A), "$ PQL036 a variable named `True` has no PQL text"),
    (Let("a\nb", A, A), "$ PQL036 a variable named `a b` has no PQL text"),
    (Let("or", A, A), "$ PQL036 a first variable named `or` has no PQL text"),
    (Select(clause("like")), "$.variables[0] PQL036 a first variable named `like` has no PQL text"),
    (Select(()), "$ PQL036 `select` without a variable has no PQL text"),
    (Quantification("most", clause("X")), "$ PQL036 an unknown quantifier has no PQL text"),
    (
        Quantification("some", clause("X", GAP)),
        "$.variables[0].where PQL035 a node of the unknown kind `gap` cannot be",
    ),
    (
        ObjectLiteral((Property("k", A), Property("k", A))),
        "$.properties[1] PQL036 an object with two properties `k` has no PQL text",
    ),
    (ListLiteral((A, GAP)), "$.items[1] PQL035 a node of the unknown kind `gap` cannot be"),
    (window("at", NOW), "$ PQL036 a time window `at` of these parts has no PQL text"),
    (window("within", NOW, A), "$ PQL036 a time window `within` of these parts has no PQL text"),
    (window("between", NOW), "$ PQL036 a time window `between` of these parts has no PQL text"),
    (window("between", NOW, GAP), "$.timeinterval.end PQL035 a node of the unknown kind `gap` cannot be"),
    (window("before", TimeInterval("this", "days")), "$.timeinterval PQL036 the interval `this days` has no PQL text"),
    (
        window("before", NOW, None, TimeQualification("<", -1, "day")),
        "$.qualification PQL036 the time span `< -1 day` has no PQL text",
    ),
    (
        Chain(A, ItemLambda(A), (element("C", A, count=ElementCount("<>", A)),)),
        "$.elements[0].count PQL036 the comparison `<>` has no PQL text",
    ),
    (
        Chain(A, ItemLambda(A), (element("C", A, when=TimeWindow("within", VariableReference("C"))),)),
        "$.elements[0].when.timeinterval PQL036 the variable `C` is bound nowhere",
    ),
]


@pytest.mark.parametrize(("tree", "message"), [pytest.param(*case, id=case[1][:70]) for case in REFUSED])
def test_refusal_names_the_reason_and_the_place(tree: Expr, message: str) -> None:
    with pytest.raises(PQLError) as caught:
        to_text(tree)
    (problem,) = caught.value.diagnostics
    assert str(problem).startswith(message)
    assert "\n" not in str(problem)


def test_every_reason_is_reported_in_the_order_of_the_tree() -> None:
    body = FunctionCall("and", (ItemReference(0), GAP))
    over = FunctionCall("sum", (Select(clause("no name", Hole())), ItemLambda(body)))
    with pytest.raises(PQLError) as caught:
        to_text(FunctionCall("or", (over, VariableReference("Z"))))
    assert [problem.path for problem in caught.value.diagnostics] == [
        "$.params[0].params[0].variables[0]",
        "$.params[0].params[0].variables[0].where",
        "$.params[0].params[1].body.params[1]",
        "$.params[1]",
    ]


@pytest.mark.parametrize("step", ["not", "f", "-"])
def test_depth_is_refused_before_anything_recurses(step: str) -> None:
    tree: Expr = A
    for _ in range(100_000):
        tree = FunctionCall(step, (tree,))
    with pytest.raises(PQLError) as caught:
        to_text(tree)
    assert [problem.code for problem in caught.value.diagnostics] == ["PQL010"]


def test_depth_of_the_limit_is_printed() -> None:
    tree: Expr = A
    for _ in range(198):
        tree = FunctionCall("f", (A, tree))
    assert parse(to_text(tree)) == tree
    with pytest.raises(PQLError):
        to_text(FunctionCall("f", (A, tree)))
    assert parse(to_text(FunctionCall("f", (A, tree)), max_depth=250), max_depth=250) == FunctionCall("f", (A, tree))

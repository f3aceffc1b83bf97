"""When did a null decide?  The laws of the third truth value, and what it is for each construct."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluable import evaluable_expressions
from pqltools import to_text
from pqltools.evaluation.naive.comparisons import is_true
from pqltools.evaluation.naive.environment import Environment
from pqltools.evaluation.naive.walker import Walker
from pqltools.evaluation.nulls import Truths, decided_by_null
from pqltools.evaluation.program import prepare
from pqltools.evaluation.values import as_json
from pqltools.syntax.ast import (
    Expr,
    FieldLookup,
    FunctionCall,
    IntegerLiteral,
    ItemLambda,
    ItemReference,
    ListLiteral,
    Node,
    Occurs,
    ParameterReference,
    Quantification,
    StringLiteral,
    TimestampLiteral,
    TimeWindow,
    VariableDeclaration,
    VariableReference,
)
from profiles import NOW, instants, profiles, wild_profiles
from typed_expressions import SCHEMA, conditions

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

EXPRESSIONS = conditions() | evaluable_expressions()


def holds_null(value: Any) -> bool:
    pending = [as_json(value)]
    while pending:
        found = pending.pop()
        if found is None:
            return True
        if isinstance(found, list | dict):
            pending += found if isinstance(found, list) else found.values()
    return False


@given(EXPRESSIONS, st.lists(profiles() | wild_profiles(), min_size=1, max_size=3))
def test_known_answer_is_that_of_the_evaluator(expr: Expr, found: list[Any]) -> None:
    program = prepare(expr, SCHEMA, now=NOW)
    for profile in found:
        truth = Truths(program, [profile, 3]).answer()
        assert truth in (None, is_true(Walker(program, [profile, 3]).result())), to_text(expr)


@given(EXPRESSIONS, st.lists(profiles() | wild_profiles(), min_size=1, max_size=3))
def test_without_any_null_nothing_is_unknown(expr: Expr, found: list[Any]) -> None:
    program = prepare(expr, SCHEMA, now=NOW)
    for profile in found:
        values: list[Any] = []

        def trace(node: Node, environment: Environment, value: Any, values: list[Any] = values) -> None:
            values.append(value)

        Walker(program, [profile, 3], trace=trace).result()
        if not any(map(holds_null, values)):
            assert not decided_by_null(program, [profile, 3]), to_text(expr)


@given(EXPRESSIONS, profiles() | wild_profiles())
def test_negation_is_unknown_exactly_when_the_condition_is(expr: Expr, profile: Any) -> None:
    denied = prepare(FunctionCall("not", (expr,)), SCHEMA, now=NOW)
    program = prepare(expr, SCHEMA, now=NOW)
    assert decided_by_null(denied, [profile]) == decided_by_null(program, [profile]), to_text(expr)


# Filling in what is missing: of tests of fields, their connectives and the quantifiers over arrays that are there.

VALUES: dict[str, SearchStrategy[Any]] = {
    "label": st.sampled_from(["a", "b", "ab", "12"]),
    "size": st.integers(-2, 12),
    "price": st.floats(-2, 12, width=16, allow_nan=False),
    "open": st.booleans(),
    "at": instants(),
}


@st.composite
def growing_tests(draw: DrawFn, budget: int = 8, roots: tuple[Expr, ...] = (ParameterReference(1),)) -> Expr:
    """A condition of which a null in any field that it looks at makes no more than a test unknown."""
    if budget < 2 or not draw(st.integers(0, 3)):
        return draw(field_tests(roots))
    half = growing_tests(budget // 2, roots)
    kind = draw(st.sampled_from(["and", "or", "not", "if", "exists", "quantifier"]))
    if kind in ("and", "or"):
        return FunctionCall(kind, tuple(draw(st.lists(half, min_size=1, max_size=3))))
    if kind in ("not", "if"):
        return FunctionCall(kind, tuple(draw(half) for _ in range(1 if kind == "not" else 3)))
    orders = FieldLookup(ParameterReference(1), "orders")
    if kind == "exists":
        inside = [root for root in roots if not isinstance(root, ItemReference)]
        return FunctionCall(
            "exists", (orders, ItemLambda(draw(growing_tests(budget // 2, (*inside, ItemReference(0))))))
        )
    name = f"V{len(roots)}"
    condition = draw(growing_tests(budget // 2, (*roots, VariableReference(name))))
    quantifier = draw(st.sampled_from(["some", "all", "none", "one"]))
    return Quantification(quantifier, (VariableDeclaration(name, orders, condition),))


@st.composite
def field_tests(draw: DrawFn, roots: tuple[Expr, ...]) -> Expr:
    def field(*names: str) -> Expr:
        return FieldLookup(draw(st.sampled_from(roots)), draw(st.sampled_from(names)))

    label = StringLiteral(draw(VALUES["label"]))
    number = IntegerLiteral(draw(VALUES["size"]))
    sum = FunctionCall("+", (field("size", "price"), field("size")))
    return draw(
        st.sampled_from(
            [
                field("open"),
                FunctionCall(draw(st.sampled_from(["=", "!=", "<", ">="])), (field("size", "label"), number)),
                FunctionCall(draw(st.sampled_from(["=", "!=", "<", ">"])), (sum, field("price"))),
                FunctionCall(draw(st.sampled_from(["contains", "doesNotContain", "like"])), (field("label"), label)),
                FunctionCall(
                    draw(st.sampled_from(["in", "notIn"])), (field("label"), ListLiteral((label, field("label"))))
                ),
                FunctionCall("includes", (ListLiteral((field("label"), field("label"))), label)),
                Occurs(field("at"), TimeWindow("before", TimestampLiteral("now"))),
                Occurs(field("at"), TimeWindow("after", field("at"))),
            ]
        )
    )


@st.composite
def objects(draw: DrawFn) -> dict[str, Any]:
    return {name: draw(values) for name, values in VALUES.items() if draw(st.booleans())}


@given(st.data(), growing_tests())
def test_filling_in_a_field_changes_only_what_was_unknown(data: st.DataObject, expr: Expr) -> None:
    program = prepare(expr, SCHEMA, now=NOW)
    orders = data.draw(st.lists(objects(), max_size=3))
    profile = {**data.draw(objects()), "orders": orders}
    before = Truths(program, [profile]).answer()
    for target in (profile, *orders):
        for name in VALUES:
            if name not in target:
                target[name] = data.draw(VALUES[name])
                assert before is None or Truths(program, [profile]).answer() is before, to_text(expr)
    assert Truths(program, [profile]).answer() is not None


PROFILE: dict[str, Any] = {
    "a": 1,
    "text": "a",
    "tags": ["x", None],
    "full": ["x"],
    "items": [{"n": 1}, {}, {"n": 3}],
    "segmentMembership": {"ups": {"given": {"status": "existing"}}},
}


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("missing", None),
        ("a", True),
        ("empty.exists()", False),
        ("missing = 1", None),
        ("missing != 1", None),
        ("not missing = 1", None),
        ("missing = 1 and a = 2", False),
        ("missing = 1 or a = 1", True),
        ("missing = 1 or a = 2", None),
        ("if(missing, a = 1, a < 2)", True),
        ("if(missing, a = 1, a = 2)", None),
        ("let V = missing in V = 1", None),
        ("missing.isNull()", True),
        ("missing.isNotNull() and missing > 2", False),
        ('tags = "x"', True),
        ('tags = "y"', None),
        ('full = "y"', False),
        ('tags.includes("y")', None),
        ('text in ["b", missing]', None),
        ('text in ["a", missing]', True),
        ('text notIn ["b", missing]', None),
        ('text notIn ["a", missing]', False),
        ("text.contains(missing)", None),
        ('stringCompare("contains", missing, "a")', None),
        ('stringCompare("nonsense", text, "a")', None),
        ("missing occurs before now", None),
        ('"2024-01-01T00:00:00Z" occurs before missing', None),
        ("items.exists(n > 2)", True),
        ("items.exists(n > 3)", None),
        ("exists I from items where I.n = 2", None),
        ("forall I from items where I.n > 0", None),
        ("forall I from items where I.n > 1", False),
        ("none I from items where I.n = 2", None),
        ("one I from items where I.n = 1", None),
        ("one I from items where I.n > 0", False),
        ("exists I from missing where I.n = 2", False),
        ("items.count(n > 3) > 0", False),
        ("items[n > 3]", False),
        ("missing + 1", None),
        ('inSegment("given")', None),
        ('not inSegment("given")', None),
        ('inSegment("other")', False),
        ("chain(items, n, [A: WHAT(x = 1)])", None),
        ("chain(items, n, [A: NOT WHAT(x = 1)])", None),
        ("chain(items, n, [A: WHAT(n = 4) WHERE(x = 1)])", False),
        ("chain(items, n, [A: WHAT(x = 1) WHEN(after now)])", False),
        ("chain(items, n, [A: WHAT(x.isNull())])", True),
        ("chain(items, x, [A: WHAT(x = 1)])", False),
        ("chain(items, n, [A: WHAT(x = 1) COUNT(1)])", False),
        ("chain(items, n, [A: WHAT(n = 1), B: WHAT(x = 1)])", False),
        ("(A) => A.missing", None),
    ],
)
def test_truth_of_each_construct(text: str, truth: bool | None) -> None:
    program = prepare(text, now=NOW, segments={"given": "missing = 1"})
    assert Truths(program, [PROFILE]).answer() is truth
    assert decided_by_null(program, [PROFILE]) is (truth is None)


def test_large_and_deep_data() -> None:
    deep: Any = None
    for _ in range(10_000):
        deep = [deep]
    program = prepare("tags = 1 and sizes.exists(n > 5)", now=NOW)
    profile = {"tags": deep, "sizes": [{"n": None}] * 20_000}
    assert decided_by_null(program, [profile])

"""Is the count of clauses that of a normal form which is really built?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools import parse
from pqltools.checks.eligibility.clauses import CAP, clauses
from pqltools.syntax.ast import FunctionCall, VariableReference
from strategies import expressions

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from pqltools.syntax.ast import Expr

ATOMS = st.sampled_from("abcd").map(VariableReference)
CONDITIONS: SearchStrategy[Expr] = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds(lambda operand: FunctionCall("not", (operand,)), inner),
        st.builds(
            lambda name, operands: FunctionCall(name, tuple(operands)),
            st.sampled_from(["and", "or"]),
            st.lists(inner, max_size=3),
        ),
    ),
    max_leaves=8,
)


def normal_form(node: Expr, negated: bool = False) -> list[list[str]]:
    """The clauses, written out, each with its literals."""
    match node:
        case FunctionCall("not", (operand,)):
            return normal_form(operand, not negated)
        case FunctionCall("and" | "or" as name, operands):
            parts = [normal_form(operand, negated) for operand in operands]
            if (name == "and") is not negated:
                return [clause for part in parts for clause in part]
            product: list[list[str]] = [[]]
            for part in parts:
                product = [[*one, *other] for one in product for other in part]
            return product
        case VariableReference(name):
            return [[f"not {name}" if negated else name]]
    raise AssertionError(node)


@given(CONDITIONS)
def test_count_is_that_of_the_normal_form(tree: Expr) -> None:
    assert clauses(tree) == len(normal_form(tree))
    assert clauses(tree, negated=True) == len(normal_form(tree, negated=True))


@given(expressions())
def test_total(tree: Expr) -> None:
    assert 0 <= clauses(tree) <= CAP


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a", 1),
        ("a and b", 2),
        ("a or b", 1),
        ("not (a or b)", 2),
        ("not (a and b)", 1),
        ("(a and b) or (c and d)", 4),
        (" or ".join(["(a and b)"] * 10), 1024),
        (" or ".join(["(a and b)"] * 100), CAP),
        ("not (" + " and ".join(["(a or b)"] * 10) + ")", 1024),
        ("xs.exists(a and b)", 1),
    ],
)
def test_examples(text: str, count: int) -> None:
    assert clauses(parse(text)) == count

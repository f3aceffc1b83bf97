"""Do two evaluators agree?  The compiled function and the naive walker, on generated expressions and profiles.

Each of the four laws tries 300 expressions with four profiles or more: 5,000 pairs in every ordinary run.
"""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from evaluable import evaluable_expressions
from pqltools import to_text
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.naive.comparisons import is_true
from pqltools.evaluation.naive.walker import Walker
from pqltools.evaluation.program import prepare
from pqltools.evaluation.values import as_json
from pqltools.syntax.ast import Expr
from pqltools.xdm.schema import Schema
from profiles import NOW, profiles, wild_profiles
from typed_expressions import SCHEMA, conditions

MODELS = {"offers": [{"price": 2.5, "label": "a"}, {"price": None}]}


def check_agreement(expr: Expr, schema: Schema | None, found: list[Any]) -> None:
    """Both evaluators give the same value, and the same answer as a condition."""
    program = prepare(expr, schema, now=NOW)
    value, predicate = compile_program(program, as_condition=False), compile_program(program, as_condition=True)
    for profile in found:
        wanted = Walker(program, [profile, 3], MODELS).result()
        assert same(as_json(value(profile, (3,), MODELS)), as_json(wanted)), to_text(expr)
        assert predicate(profile, (3,), MODELS) is is_true(wanted), to_text(expr)


def same(left: Any, right: Any) -> bool:
    """Equal also in class: 1 is neither 1.0 nor true, and NaN is NaN."""
    return repr(left) == repr(right)


@given(conditions(), st.lists(profiles(), min_size=4, max_size=6))
def test_on_what_is_well_typed(expr: Expr, found: list[Any]) -> None:
    check_agreement(expr, SCHEMA, found)


@given(conditions(), st.lists(wild_profiles(), min_size=4, max_size=6))
def test_on_wild_profiles(expr: Expr, found: list[Any]) -> None:
    check_agreement(expr, SCHEMA, found)


@given(evaluable_expressions(), st.lists(profiles() | wild_profiles(), min_size=4, max_size=6))
def test_on_any_expression(expr: Expr, found: list[Any]) -> None:
    check_agreement(expr, SCHEMA, found)


@given(evaluable_expressions(), st.lists(profiles() | wild_profiles(), min_size=4, max_size=6))
def test_without_a_schema(expr: Expr, found: list[Any]) -> None:
    check_agreement(expr, None, found)

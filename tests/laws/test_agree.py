"""Do two evaluators agree?  The compiled function and the naive walker, on generated expressions and profiles.

So they do on what is close to the cases of semantics.toml, and there the job of one definition agrees as well: 14,000
pairs of expression and profile in every ordinary run.
"""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluable import evaluable_expressions
from near_cases import near_profiles, near_programs
from pqltools import to_text
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.fused.job import compile_job
from pqltools.evaluation.naive.comparisons import is_true
from pqltools.evaluation.naive.walker import Walker
from pqltools.evaluation.program import prepare
from pqltools.evaluation.values import as_json
from pqltools.syntax.ast import Expr
from pqltools.xdm.schema import Schema
from profiles import NOW, profiles, wild_profiles
from semantic_cases import CASES, PARAMETERS, Case
from semantic_cases import MODELS as CASE_MODELS
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


@given(conditions(), st.lists(profiles(), min_size=1, max_size=3))
def test_on_what_is_well_typed(expr: Expr, found: list[Any]) -> None:
    check_agreement(expr, SCHEMA, found)


@given(conditions(), st.lists(wild_profiles(), min_size=1, max_size=3))
def test_on_wild_profiles(expr: Expr, found: list[Any]) -> None:
    check_agreement(expr, SCHEMA, found)


@given(evaluable_expressions(), st.lists(profiles() | wild_profiles(), min_size=1, max_size=3))
def test_on_any_expression(expr: Expr, found: list[Any]) -> None:
    check_agreement(expr, SCHEMA, found)


@given(evaluable_expressions(), st.lists(profiles() | wild_profiles(), min_size=1, max_size=3))
def test_without_a_schema(expr: Expr, found: list[Any]) -> None:
    check_agreement(expr, None, found)


def check_near(case: Case, random: Random, expressions: int | None, profiles: int) -> None:
    """All evaluators agree near a case."""
    for program in near_programs(case, random, expressions):
        value, predicate = compile_program(program, as_condition=False), compile_program(program, as_condition=True)
        job = compile_job([program])
        for profile in near_profiles(case, random, profiles):
            wanted = Walker(program, [profile, *PARAMETERS], CASE_MODELS).result()
            found = value(profile, PARAMETERS, CASE_MODELS)
            assert same(as_json(found), as_json(wanted)), (program.tree, profile)
            holds = is_true(wanted)
            assert predicate(profile, PARAMETERS, CASE_MODELS) is holds, (program.tree, profile)
            assert job(profile, PARAMETERS, CASE_MODELS) == [0] * holds, (program.tree, profile)


@pytest.mark.parametrize("part", range(10))
def test_near_what_is_known(part: int) -> None:
    for number, case in enumerate(CASES[part::10]):
        check_near(case, Random(number), 2, 3)


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(10))
def test_all_near_what_is_known(part: int) -> None:
    for case in CASES[part::10]:
        check_near(case, Random(), None, 10)

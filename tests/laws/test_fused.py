"""Do many definitions at once give the same answers as one by one?"""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from evaluable import evaluable_expressions
from event_conditions import event_conditions
from pqltools import to_text
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.fused.job import compile_job
from pqltools.evaluation.program import prepare
from pqltools.syntax.ast import Expr
from profiles import NOW, profiles, wild_profiles
from typed_expressions import SCHEMA, conditions

DATA = st.lists(profiles() | wild_profiles(), min_size=1, max_size=3)


def check_job(exprs: list[Expr], found: list[Any]) -> None:
    programs = [prepare(expr, SCHEMA, now=NOW) for expr in exprs]
    predicates = [compile_program(program, as_condition=True) for program in programs]
    job = compile_job(programs)
    for profile in found:
        wanted = [index for index, predicate in enumerate(predicates) if predicate(profile)]
        assert job(profile) == wanted, [to_text(expr) for expr in exprs]


@given(st.lists(conditions(), min_size=1, max_size=6), DATA)
def test_of_well_typed_conditions(exprs: list[Expr], found: list[Any]) -> None:
    check_job(exprs, found)


@given(st.lists(evaluable_expressions(), min_size=1, max_size=6), DATA)
def test_of_any_expressions(exprs: list[Expr], found: list[Any]) -> None:
    check_job(exprs, found)


@given(st.lists(event_conditions(), min_size=1, max_size=12), DATA)
def test_of_conditions_on_events(exprs: list[Expr], found: list[Any]) -> None:
    check_job(exprs, found)

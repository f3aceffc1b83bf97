"""Does DuckDB give the same answers as the evaluator?  On generated conditions and profiles, many in one query."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluable import evaluable_expressions
from pqltools import PQLError
from pqltools.evaluation.program import prepare
from pqltools.syntax.ast import Expr
from profiles import NOW, profiles
from sql_agreement import Counts, check_agreement, duckdb_answers
from sql_conditions import sql_conditions
from sql_edges import Edge, numbers, times
from typed_expressions import SCHEMA, conditions

#: A query takes as long for ten conditions as for one, so there are few examples of many.
FEW = settings(max_examples=8, suppress_health_check=[*HealthCheck])
_PROFILES = st.lists(profiles(), min_size=10, max_size=14)


def law(strategy: st.SearchStrategy[Expr], size: int, counts: Counts) -> None:
    @FEW
    @given(st.lists(strategy, min_size=size, max_size=size + 4), _PROFILES)
    def check(expressions: list[Expr], found: list[Any]) -> None:
        check_agreement(expressions, found, "duckdb", duckdb_answers, counts)

    check()


def test_on_what_is_well_typed() -> None:
    counts = Counts()
    law(conditions(), 12, counts)
    assert counts.pairs >= 800
    assert len(counts.refused) <= counts.expressions * 0.05, counts.refused


def test_on_all_that_has_sql() -> None:
    counts = Counts()
    law(sql_conditions(2), 12, counts)
    assert counts.pairs >= 800
    assert len(counts.refused) <= counts.expressions * 0.1, counts.refused


@st.composite
def _prepared(draw: st.DrawFn) -> Expr:
    found: Expr = draw(evaluable_expressions().filter(_can_be_prepared))
    return found


def _can_be_prepared(expression: Expr) -> bool:
    try:
        prepare(expression, SCHEMA, now=NOW)
    except PQLError:
        return False
    return True


def test_on_any_expression() -> None:
    """Loosely typed ones, of which many are refused: what is not must be right."""
    counts = Counts()
    law(_prepared(), 24, counts)
    assert counts.pairs >= 400


@pytest.mark.parametrize("edge", [numbers, times])
def test_at_the_edges(edge: Edge) -> None:
    counts = Counts()
    check_agreement(*edge(), "duckdb", duckdb_answers, counts)
    assert not counts.refused

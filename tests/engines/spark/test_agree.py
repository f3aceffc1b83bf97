"""Does Spark find the profiles that memory finds?  Generated definitions, many in one pass, over tables and lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from evaluable import evaluable_expressions
from pqltools import to_text
from pqltools.data.decoding import decode_all
from pqltools.data.values import NotData
from pqltools.engines.engine import MEMORY, OWN
from pqltools.engines.spark import SparkEngine
from pqltools.engines.store.fitting import Fitting
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.program import prepare
from pqltools.syntax.ast import Expr
from profiles import NOW, profiles, wild_profiles
from spark_sessions import MARKS
from sql_conditions import sql_conditions
from typed_expressions import SCHEMA, conditions
from typed_tables import fitting, in_utc, table_of

pytestmark = MARKS[1:]
#: Each example is a query of many seconds; what was found is not made smaller.
FEW = settings(
    max_examples=2, suppress_health_check=[*HealthCheck], phases=[Phase.explicit, Phase.reuse, Phase.generate]
)
MANY = pytest.param(settings(FEW, max_examples=60, derandomize=False), marks=pytest.mark.nightly)
#: Conditions of all kinds: some in SQL, some by the compiled evaluator.
DEFINITIONS = st.tuples(
    st.lists(conditions(), min_size=5, max_size=5),
    st.lists(sql_conditions(1), min_size=5, max_size=5),
    st.lists(evaluable_expressions(), min_size=5, max_size=5),
).map(lambda found: [expr for each in found for expr in each])


def members(session: Any, exprs: list[Expr], source: Any) -> tuple[list[set[str]], list[str]]:
    """The ids that are found for each expression, and how each is evaluated."""
    named = {str(number): expr for number, expr in enumerate(exprs)}
    engine = SparkEngine(source, SCHEMA, session=session)
    plan = engine.plan(named, now=NOW)
    rows = engine.memberships(plan).collect()
    found: list[set[str]] = [set() for _ in exprs]
    for row in rows:
        assert row.profile not in found[int(row.definition)]
        found[int(row.definition)].add(row.profile)
    return found, [way.kind for way in plan.ways]


def compare(exprs: list[Expr], ways: list[str], found: list[set[str]], data: dict[str, Any]) -> int:
    """How many pairs agree, which must be all."""
    for expr, way, ids in zip(exprs, ways, found, strict=True):
        predicate = compile_program(prepare(expr, SCHEMA, now=NOW), as_condition=True)
        wanted = {id for id, profile in data.items() if predicate(profile)}
        assert ids == wanted, (way, to_text(expr), [(id, data.get(id)) for id in sorted(ids ^ wanted)][:1])
    return len(exprs) * len(data)


@pytest.mark.parametrize("few", [pytest.param(FEW, marks=MARKS[0]), MANY])
def test_over_a_dataframe(few: settings, session: Any) -> None:
    pairs, kinds = 0, set()

    @few
    @given(DEFINITIONS, st.lists(profiles(), min_size=12, max_size=12))
    def check(exprs: list[Expr], given: list[Any]) -> None:
        nonlocal pairs
        rows = [fitting(profile, SCHEMA.profile) for profile in given]
        table = in_utc(table_of(rows, SCHEMA.profile)).rename_columns(["_id", *SCHEMA.profile.names()])
        found, ways = members(session, exprs, session.createDataFrame(table))
        pairs += compare(exprs, ways, found, {str(number): row for number, row in enumerate(rows)})
        kinds.update(ways)

    check()
    assert pairs >= 200
    assert kinds == {OWN, MEMORY}


@pytest.mark.parametrize("few", [pytest.param(FEW, marks=MARKS[0]), MANY])
def test_over_lines(few: settings, session: Any, tmp_path: Path) -> None:
    pairs, number = 0, 0

    @few
    @given(DEFINITIONS, st.lists(profiles() | wild_profiles(), min_size=20, max_size=20))
    def check(exprs: list[Expr], given: list[Any]) -> None:
        nonlocal pairs, number
        number += 1
        path = tmp_path / f"{number}.ndjson"
        lines = [json.dumps({"_id": str(index), **profile}) for index, profile in enumerate(given)]
        path.write_text("\n".join(lines), "utf-8")
        # Nothing has to be read but what is used, so others than these may be taken, too.
        good, decode = {}, decode_all(SCHEMA.profile)
        for index, line in enumerate(lines):
            try:
                Fitting(SCHEMA.profile).profile(json.loads(line))
                if "xdm:" not in line:
                    good[str(index)] = decode(line.encode())
            except NotData:
                pass
        found, ways = members(session, exprs, str(path))
        kept = [{id for id in ids if id in good} for ids in found]
        pairs += compare(exprs, ways, kept, good)

    check()
    assert pairs >= 100

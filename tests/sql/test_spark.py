"""Does Spark give the same answers as the evaluator?  The laws of `test_agree` in few batches, and the examples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from example_queries import EXAMPLES, definitions, found_by_eval, ids, query, table
from pqltools.syntax.ast import Expr
from profiles import profiles
from spark_sessions import MARKS
from sql_agreement import Counts, check_agreement
from sql_conditions import sql_conditions
from sql_edges import Edge, numbers, times
from typed_expressions import conditions as typed_conditions
from typed_tables import in_utc

if TYPE_CHECKING:
    from sql_agreement import Answers

pytestmark = MARKS
#: Spark takes long for each query and each condition; what was found is not made smaller.
FEW = settings(
    max_examples=3, suppress_health_check=[*HealthCheck], phases=[Phase.explicit, Phase.reuse, Phase.generate]
)


@pytest.fixture
def answers(spark: Any, tmp_path: Path) -> Answers:
    """What Spark answers, over a Parquet file as it lies in a lake."""

    def found(texts: Sequence[str], table: Any) -> list[list[bool]]:
        import pyarrow.parquet

        name = str(tmp_path / f"profiles{len(list(tmp_path.iterdir()))}.parquet")
        pyarrow.parquet.write_table(in_utc(table), name)
        spark.read.parquet(name).createOrReplaceTempView("profiles")
        rows = spark.sql(f"SELECT {', '.join(texts)} FROM profiles ORDER BY row").collect()
        return [list(column) for column in zip(*rows, strict=True)]

    return found


def law(strategy: st.SearchStrategy[Expr], size: int, answers: Answers) -> Counts:
    counts = Counts()

    @FEW
    @given(st.lists(strategy, min_size=size, max_size=size), st.lists(profiles(), min_size=12, max_size=12))
    def check(expressions: list[Expr], found: list[Any]) -> None:
        check_agreement(expressions, found, "spark", answers, counts)

    check()
    return counts


def test_on_what_is_well_typed(answers: Answers) -> None:
    assert law(typed_conditions(), 12, answers).pairs >= 200


def test_on_all_that_has_sql(answers: Answers) -> None:
    assert law(sql_conditions(1), 12, answers).pairs >= 200


@pytest.mark.parametrize("edge", [numbers, times])
def test_at_the_edges(edge: Edge, answers: Answers) -> None:
    counts = Counts()
    check_agreement(*edge(), "spark", answers, counts)
    assert not counts.refused


@pytest.mark.parametrize("title", EXAMPLES)
def test_examples(title: str, spark: Any, tmp_path: Path) -> None:
    import pyarrow.parquet

    definition = definitions()[title]
    name = str(tmp_path / "profiles.parquet")
    pyarrow.parquet.write_table(in_utc(table(definition)), name)
    spark.read.parquet(name).createOrReplaceTempView("profiles")
    found = spark.sql(query(definition, "spark").rstrip(";\n")).collect()
    assert {ids()[row["row"]] for row in found} == found_by_eval()[title]

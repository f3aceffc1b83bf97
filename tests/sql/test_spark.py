"""Does Spark give the same answers as the evaluator?  The laws of `test_agree` in few batches, and the examples."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from example_queries import EXAMPLES, definitions, found_by_eval, ids, query, table
from pqltools.syntax.ast import Expr
from profiles import profiles
from sql_agreement import Counts, check_agreement
from sql_conditions import sql_conditions
from sql_edges import Edge, numbers, times
from typed_expressions import conditions as typed_conditions

if TYPE_CHECKING:
    from sql_agreement import Answers

if os.environ.get("PQL_SPARK") != "required":
    pytest.importorskip("pyspark", reason="pyspark is not installed: pip install --group spark")
pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(
        os.environ.get("PQL_SPARK") != "required" and shutil.which("java") is None and "JAVA_HOME" not in os.environ,
        reason="there is no Java; apt-get install default-jre-headless",
    ),
    # pyspark itself.
    pytest.mark.filterwarnings("ignore"),
]
#: Spark takes long for each query and each condition; what was found is not made smaller.
FEW = settings(
    max_examples=3, suppress_health_check=[*HealthCheck], phases=[Phase.explicit, Phase.reuse, Phase.generate]
)


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[1]").appName("pqltools")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "1",
        # Compiling a query takes longer than running it over a few rows.
        "spark.sql.codegen.wholeStage": "false",
    }.items():
        builder = builder.config(key, value)
    found = builder.getOrCreate()
    found.sparkContext.setLogLevel("OFF")
    yield found
    found.stop()


@pytest.fixture
def answers(session: Any, tmp_path: Path) -> Answers:
    """What Spark answers, over a Parquet file as it lies in a lake."""

    def found(texts: Sequence[str], table: Any) -> list[list[bool]]:
        import pyarrow.parquet

        name = str(tmp_path / f"profiles{len(list(tmp_path.iterdir()))}.parquet")
        pyarrow.parquet.write_table(in_utc(table), name)
        session.read.parquet(name).createOrReplaceTempView("profiles")
        rows = session.sql(f"SELECT {', '.join(texts)} FROM profiles ORDER BY row").collect()
        return [list(column) for column in zip(*rows, strict=True)]

    return found


def in_utc(table: Any) -> Any:
    """The table with times that have a zone, as Spark's have."""
    import pyarrow as pa

    def moved(type: Any) -> Any:
        if pa.types.is_timestamp(type):
            return pa.timestamp("us", "UTC")
        if pa.types.is_list(type):
            return pa.list_(moved(type.value_type))
        if pa.types.is_struct(type):
            return pa.struct([(field.name, moved(field.type)) for field in type])
        return pa.map_(type.key_type, moved(type.item_type)) if pa.types.is_map(type) else type

    return table.cast(pa.schema([(field.name, moved(field.type)) for field in table.schema]))


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
def test_examples(title: str, session: Any, tmp_path: Path) -> None:
    import pyarrow.parquet

    definition = definitions()[title]
    name = str(tmp_path / "profiles.parquet")
    pyarrow.parquet.write_table(in_utc(table(definition)), name)
    session.read.parquet(name).createOrReplaceTempView("profiles")
    found = session.sql(query(definition, "spark").rstrip(";\n")).collect()
    assert {ids()[row["row"]] for row in found} == found_by_eval()[title]

"""Do the queries of the examples find what `pql eval` finds, in DuckDB?"""

from __future__ import annotations

import duckdb
import pytest

from example_queries import EXAMPLES, definitions, found_by_eval, ids, query, table


@pytest.mark.parametrize("title", EXAMPLES)
def test_examples(title: str) -> None:
    definition = definitions()[title]
    with duckdb.connect() as connection:
        connection.register("arrow", table(definition))
        connection.execute("CREATE TABLE profiles AS FROM arrow")
        found = connection.sql(query(definition, "duckdb")).project("row").fetchall()
    assert {ids()[row] for (row,) in found} == found_by_eval()[title]


def test_the_examples_find_somebody() -> None:
    assert len(EXAMPLES) >= 10
    assert sum(bool(found) for found in found_by_eval().values()) >= 7

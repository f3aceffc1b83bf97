"""Do texts found in public get the same answers in SQL?  Over profiles made up from the literals that stand in them.

The texts are in a folder beside the checkout, if any; see `test_shared_corpus`.
"""

from __future__ import annotations

from random import Random
from typing import Any

import duckdb

from corpus_profiles import NEEDS_CORPUS, made, trees
from pqltools import PQLError
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.program import prepare
from pqltools.sql.dialects.registry import dialect_of
from pqltools.sql.nested import NestedLayout
from pqltools.sql.refusal import NotInSQL
from pqltools.sql.tables import table_columns
from pqltools.sql.translate import condition
from pqltools.workspace.definitions import used_paths
from pqltools.xdm.standard import standard
from profiles import NOW
from typed_tables import table_of

pytestmark = NEEDS_CORPUS
#: Refused because nobody knows the types: fields that the standard schema does not have, other models.
UNKNOWN = ("knows no type", "another model", "`modelInstances`", "a second parameter", "unknown type")
ROWS = 15


def answers(text: str, table: Any) -> list[bool]:
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("arrow", table)
        connection.execute("CREATE TABLE profiles AS FROM arrow")
        return [row[0] for row in connection.execute(f"SELECT ({text}) IS TRUE FROM profiles ORDER BY row").fetchall()]


def test_the_corpus_gets_the_same_answers() -> None:
    schema, spelling = standard(), dialect_of("duckdb")
    layout, random = NestedLayout(schema.profile), Random(7)
    compared, true, refused = 0, 0, []
    for tree in trees():
        try:
            program = prepare(tree, schema, now=NOW)
            found = condition(program, layout, spelling).sql("duckdb")
        except NotInSQL as problem:
            if not any(words in problem.construct for words in UNKNOWN):
                refused.append(problem.construct)
            continue
        except PQLError:
            continue
        columns = table_columns(schema.profile, used_paths([program], schema))
        rows = [made(tree, columns, random) for _ in range(ROWS)]
        predicate = compile_program(program, as_condition=True)
        wanted = [predicate(row, (), {}) for row in rows]
        assert answers(found, table_of(rows, schema.profile, columns)) == wanted, found
        compared += 1
        true += any(wanted) and not all(wanted)
    assert compared >= 110
    # Made up or not, the profiles have to tell many of them apart.
    assert true >= compared * 0.5
    assert len(refused) <= compared * 0.05, refused

"""Do texts found in public find the same profiles on Spark?  All that can be evaluated, many in one query."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from corpus_profiles import NEEDS_CORPUS, made, trees
from pqltools import PQLError
from pqltools.engines.engine import OWN
from pqltools.engines.spark import SparkEngine
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.program import prepare
from pqltools.sql.tables import table_columns
from pqltools.workspace.definitions import Definition, used_paths
from pqltools.xdm.standard import standard
from profiles import NOW
from spark_sessions import MARKS
from typed_tables import in_utc, table_of

if TYPE_CHECKING:
    from pqltools.evaluation.program import Program
    from pqltools.syntax.ast import Expr

pytestmark = [*MARKS, NEEDS_CORPUS]
#: Profiles made for each text; they are looked at by the others of a query, too.
ROWS, TOGETHER = 5, 25


def test_the_corpus_finds_the_same_profiles(session: Any) -> None:
    schema, random = standard(), Random(7)
    found: list[tuple[Expr, Program]] = []
    for tree in trees():
        try:
            program = prepare(tree, schema, now=NOW)
        except PQLError:
            continue
        if used_paths([program], schema) is not None:
            found.append((tree, program))
    compared = some = in_sql = 0
    for start in range(0, len(found), TOGETHER):
        chunk = found[start : start + TOGETHER]
        columns = table_columns(schema.profile, used_paths([program for _, program in chunk], schema))
        rows: list[dict[str, Any]] = []
        for tree, program in chunk:
            own = table_columns(schema.profile, used_paths([program], schema))
            rows += [made(tree, own, random) for _ in range(ROWS)]
        table = in_utc(table_of(rows, schema.profile, columns))
        table = table.rename_columns(["id of the row", *table.column_names[1:]])
        engine = SparkEngine(session.createDataFrame(table), schema, id="`id of the row`", session=session)
        plan = engine.plan([Definition(str(index), None, program) for index, (_, program) in enumerate(chunk)])
        members: dict[int, set[str]] = {}
        for row in engine.memberships(plan).collect():
            members.setdefault(int(row["definition"]), set()).add(row["profile"])
        in_sql += sum(way.kind == OWN for way in plan.ways)
        for index, (tree, program) in enumerate(chunk):
            predicate = compile_program(program, as_condition=True)
            wanted = {str(number) for number, row in enumerate(rows) if predicate(row, (), {})}
            assert members.get(index, set()) == wanted, (plan.ways[index], tree)
            compared += 1
            some += 0 < len(wanted) < len(rows)
    assert compared >= 110
    # Most of the others ask for fields that the standard schema does not have, which are always null.
    assert in_sql >= 110
    assert some >= in_sql * 0.5

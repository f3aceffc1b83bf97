"""Does SQL give the evaluator's answers?  What the laws about engines have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pqltools import to_text
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.program import prepare
from pqltools.sql.dialects.registry import dialect_of
from pqltools.sql.nested import NestedLayout
from pqltools.sql.refusal import NotInSQL
from pqltools.sql.translate import condition
from profiles import NOW
from typed_expressions import SCHEMA
from typed_tables import fitting, table_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pqltools.syntax.ast import Expr

    #: The answers of an engine: the columns of conditions, each with one answer for every row of the table.
    Answers = Callable[[Sequence[str], Any], list[list[bool]]]


class Counts:
    """How many pairs of expression and profile were compared, and what was refused."""

    def __init__(self) -> None:
        self.pairs = 0
        self.expressions = 0
        self.refused: list[str] = []


def check_agreement(
    expressions: list[Expr], profiles: list[Any], dialect: str, answers: Answers, counts: Counts, schema: Any = SCHEMA
) -> None:
    """All conditions hold for the same rows of a table of the profiles as for the profiles themselves."""
    rows = [fitting(profile, schema.profile) for profile in profiles]
    layout, spelling = NestedLayout(schema.profile), dialect_of(dialect)
    texts, wanted, names = [], [], []
    for expression in expressions:
        counts.expressions += 1
        program = prepare(expression, schema, now=NOW)
        try:
            texts.append(f"({condition(program, layout, spelling).sql(dialect)}) IS TRUE")
        except NotInSQL as refused:
            counts.refused.append(refused.construct)
            continue
        predicate = compile_program(program, as_condition=True)
        wanted.append([predicate(row, (), {}) for row in rows])
        names.append(to_text(expression))
    found = answers(texts, table_of(rows, schema.profile))
    for name, text, one, other in zip(names, texts, wanted, found, strict=True):
        assert one == other, (name, text, [row for row, a, b in zip(rows, one, other, strict=True) if a != b][:1])
        counts.pairs += len(rows)


def duckdb_answers(texts: Sequence[str], table: Any) -> list[list[bool]]:
    """The answers of DuckDB."""
    import duckdb

    if not texts:
        return []
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("arrow", table)
        connection.execute("CREATE TABLE profiles AS FROM arrow")
        columns = ", ".join(texts)
        rows = connection.execute(f"SELECT {columns} FROM profiles ORDER BY row").fetchall()
    return [list(column) for column in zip(*rows, strict=True)]

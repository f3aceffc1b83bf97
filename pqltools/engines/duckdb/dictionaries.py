"""Which values can a text have?  A test that calls functions is made for the few values of a column, not for all rows.

Columns of texts often have few values: event types, countries, tiers. A test of nothing but such a column becomes a
list of the values that pass.
"""

from __future__ import annotations

from sqlglot import exp

from pqltools.engines.duckdb.slots import OWN, PROFILE
from pqltools.engines.store.shapes import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlglot.expressions import Expression

    from pqltools.engines.store.store import Store

#: A column with more values than that is gone over row by row.
_MOST = 500
#: So many rows are looked at first, so that nobody goes over a column of millions of values in vain.
_SAMPLE = 100_000
_CHEAP = (exp.And, exp.Or, exp.Not, exp.Is, exp.Paren, exp.Boolean, exp.Null, exp.Literal, exp.Column, exp.Dot)


class Dictionaries:
    """The values of columns of a store, found out when they are first asked for."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._values: dict[tuple[str, str], list[str] | None] = {}
        self._tests: dict[tuple[str, str], Expression] = {}

    def simplified(self, condition: Expression, table: str) -> Expression:
        """A condition on the rows of a table that holds for the same rows; null is as good as false."""
        if isinstance(condition, exp.And | exp.Or | exp.Paren):
            copy = condition.copy()
            for name in ("this", "expression"):
                part = copy.args.get(name)
                if part is not None:
                    copy.set(name, self.simplified(part, table))
            return copy
        column = _only_column(condition)
        if column is None or not _is_costly(condition):
            return condition
        return self._listed(condition, column, table)

    def _listed(self, condition: Expression, column: Expression, table: str) -> Expression:
        text = column.sql("duckdb")
        (root,) = column.find_all(exp.Column)
        table = "profiles" if root.table == PROFILE else table
        key = table, condition.sql("duckdb")
        if key not in self._tests:
            values = self._of(table, text)
            self._tests[key] = condition if values is None else self._passing(condition, column, values)
        return self._tests[key].copy()

    def _passing(self, condition: Expression, column: Expression, values: list[str]) -> Expression:
        # One test over a list of the values, in which the column is called as in the condition.
        test = condition.transform(lambda node: exp.column("v", quoted=True) if node == column else node)
        found = self.store.connection.execute(
            f"SELECT v FROM (SELECT unnest(?::VARCHAR[]) AS v) WHERE {test.sql('duckdb')}", [values]
        ).fetchall()
        if not found:
            return exp.Boolean(this=False)
        return exp.In(this=column.copy(), expressions=[exp.Literal.string(value) for (value,) in sorted(found)])

    def _of(self, table: str, column: str) -> list[str] | None:
        """The values of a column, None if they are many or no texts."""
        key = table, column
        if key not in self._values:
            self._values[key] = self._look(table, column)
        return self._values[key]

    def _look(self, table: str, column: str) -> list[str] | None:
        alias = PROFILE if table == "profiles" else OWN
        rows = f"{quoted(table)} AS {alias}"
        for source in (f"(SELECT * FROM {rows} LIMIT {_SAMPLE})", f"(SELECT * FROM {rows})"):
            sql = f"SELECT DISTINCT {column} AS v FROM {source} AS {alias} WHERE {column} IS NOT NULL LIMIT {_MOST + 1}"
            found = self.store.connection.execute(sql).fetchall()
            # Of a column without values nobody can tell what it holds.
            if not found or len(found) > _MOST or any(not isinstance(value, str) for (value,) in found):
                return None
        return [value for (value,) in found]


def _only_column(condition: Expression) -> Expression | None:
    """The one column that a condition looks at, with the path in it; None if there are several, or lambdas."""
    if (
        condition.find(exp.Lambda) is not None
        or condition.find(exp.Is) is not None
        or condition.find(exp.Case) is not None
    ):
        return None
    found: Expression | None = None
    for column in condition.find_all(exp.Column):
        if "slot" in column.meta or column.table not in (OWN, PROFILE):
            return None
        whole: Expression = column
        while isinstance(whole.parent, exp.Dot) and whole.parent.this is whole and whole is not condition:
            whole = whole.parent
        if found is not None and whole != found:
            return None
        found = whole
    return found


def _is_costly(condition: Expression) -> bool:
    """Whether a condition calls a function."""
    return any(
        isinstance(node, exp.Func) and not isinstance(node, exp.Cast | exp.And | exp.Or) for node in condition.walk()
    )

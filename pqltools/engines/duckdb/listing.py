"""What about definitions whose SQL needs arrays as such, such as sequences of events?  Rows with lists, made up again.

That takes more than slots do, and far less than to evaluate profile by profile.
"""

from __future__ import annotations

from pqltools.engines.duckdb.slots import PROFILE
from pqltools.engines.store.fitting import is_kept
from pqltools.engines.store.rebuilding import rows
from pqltools.engines.store.shapes import Shape, quoted
from pqltools.engines.store.store import PID
from pqltools.sql.dialects.duckdb import DuckDB
from pqltools.sql.nested import NestedLayout
from pqltools.sql.refusal import NotInSQL
from pqltools.sql.tables import table_columns
from pqltools.sql.translate import condition
from pqltools.types.model import ArrayType, MapType, ObjectType, Scalar
from pqltools.workspace.definitions import used_paths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from pqltools.engines.store.store import Store
    from pqltools.evaluation.program import Program
    from pqltools.types.model import Type
    from pqltools.xdm.schema import Schema

#: Conditions of one query.
_MOST = 24


class Listing:
    """Definitions over rows with lists. `reasons` say of others why they cannot be done so."""

    def __init__(self, store: Store, schema: Schema, programs: Mapping[int, Program]) -> None:
        self.store = store
        self.schema = schema
        self.programs = programs
        self.tests: dict[int, str] = {}
        self.reasons: dict[int, str] = {}
        layout, dialect = NestedLayout(schema.profile, PROFILE), DuckDB()
        for index, program in programs.items():
            try:
                self.tests[index] = condition(program, layout, dialect).sql("duckdb")
            except NotInSQL as problem:
                self.reasons[index] = problem.diagnostics[0].message
            except RecursionError:
                self.reasons[index] = "an expression that is nested so deep cannot be said in SQL"
        self._check([*self.tests])

    def _check(self, indices: list[int]) -> None:
        """Leave out what DuckDB does not take."""
        import duckdb

        if not indices:
            return
        try:
            self.store.connection.execute(f"EXPLAIN {self._query(indices)}").fetchall()
        except (duckdb.Error, ValueError) as problem:
            if len(indices) > 1:
                self._check(indices[: len(indices) // 2])
                self._check(indices[len(indices) // 2 :])
                return
            del self.tests[indices[0]]
            self.reasons[indices[0]] = f"DuckDB does not take it: {str(problem).splitlines()[0]}"

    def _query(self, indices: Sequence[int]) -> str:
        paths = used_paths([self.programs[index] for index in indices], self.schema)
        columns = table_columns(self.schema.profile, paths)
        wanted = Shape("object", fields=tuple((each.name, _shape(each.type)) for each in columns if is_kept(each.type)))
        tests = ", ".join(f"coalesce({self.tests[index]}, FALSE) AS {quoted(f'#{index}')}" for index in indices)
        return f"SELECT {quoted(PID)} AS pid, {tests} FROM ({rows(self.store, wanted)}) AS {PROFILE}"

    def found(self) -> dict[int, Any]:
        """The numbers of the profiles for which each definition holds."""
        indices = [*self.tests]
        members: dict[int, Any] = {}
        for start in range(0, len(indices), _MOST):
            some = indices[start : start + _MOST]
            answers = self.store.connection.execute(self._query(some)).fetchnumpy()
            for index in some:
                members[index] = answers["pid"][answers[f"#{index}"]]
        return members


def _shape(type: Type) -> Shape:
    if isinstance(type, ArrayType):
        return Shape("array", within=_shape(type.item))
    if isinstance(type, MapType):
        return Shape("map", within=_shape(type.value))
    if isinstance(type, ObjectType):
        members = [(name, type.member(name)) for name in type.names()]
        return Shape("object", fields=tuple((name, _shape(each.type)) for name, each in members if each is not None))
    assert isinstance(type, Scalar)
    return Shape("scalar", type.name)

"""Who runs definitions on Spark?  `SparkEngine`: plans them, gives memberships as rows, writes and counts them."""

from __future__ import annotations

from pqltools.diagnostics import error
from pqltools.engines.spark.session import CODE, settings, start

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import DataFrame, SparkSession

    from pqltools.engines.spark.plan import Outcome, Plan
    from pqltools.formats.given import Expression
    from pqltools.workspace.definitions import Definition
    from pqltools.xdm.schema import Schema


class SparkEngine:
    """Evaluates definitions on Spark.

    With a `session` of the caller's; else with the one that is there; else with a new one at `master`, such as
    ``local[4]``, ``yarn`` or ``spark://host:7077``. Raises `PQLError` where there is no Spark, or no Java for it.

    Definitions are a list of `Definition`, or a dict from names to expressions. `profiles` and `events` are DataFrames,
    or paths of Parquet, Delta or JSON lines, or ``table:NAME``. `id` is the column with the id of a profile; where none
    is named it is found as `pql eval` finds it. All methods raise `PQLError` for what cannot be used.
    """

    def __init__(self, session: SparkSession | None = None, *, master: str | None = None) -> None:
        self.session = session if session is not None else start(master)

    def plan(
        self,
        definitions: Sequence[Definition] | Mapping[str, Expression],
        profiles: DataFrame | str,
        events: DataFrame | str | None = None,
        *,
        schema: Schema | str | Sequence[str] | None = None,
        now: int | None = None,
        id: str | None = None,
    ) -> Plan:
        """What a run reads, shares, and gives to the compiled evaluator; no row is looked at.

        `now`, in milliseconds since 1970, counts only for definitions that come as expressions.
        """
        from pqltools.engines.spark.building import Building
        from pqltools.xdm.given import schema_of

        own = schema_of(schema)
        with settings(self.session):
            return Building(self.session, _definitions(definitions, own, now), own, id=id).plan(profiles, events)

    def memberships(
        self,
        definitions: Sequence[Definition] | Mapping[str, Expression],
        profiles: DataFrame | str,
        events: DataFrame | str | None = None,
        *,
        schema: Schema | str | Sequence[str] | None = None,
        now: int | None = None,
        id: str | None = None,
    ) -> DataFrame:
        """A row for each membership: ``definition``, ``segment`` (its id), ``profile``, ``namespace`` (of the id)."""
        from pqltools.engines.spark.running import memberships

        plan = self.plan(definitions, profiles, events, schema=schema, now=now, id=id)
        with settings(self.session):
            return memberships(plan)

    def run(self, plan: Plan, out: str | None = None, *, overwrite: bool = False) -> Outcome:
        """Evaluate: write memberships and counts to the folder `out`, or count only.

        The folder is there when it is whole: after an error or an interrupt it is what it was before. Raises `PQLError`
        if there is something at `out` that is not to be overwritten.
        """
        from pqltools.engines.spark.running import counted, written

        with settings(self.session):
            if out is None:
                return counted(self.session, plan)
            return written(self.session, plan, out, overwrite=overwrite)


def _definitions(
    given: Sequence[Definition] | Mapping[str, Expression], schema: Schema, now: int | None
) -> list[Definition]:
    from collections.abc import Mapping

    from pqltools.evaluation.program import prepare
    from pqltools.workspace.definitions import Definition

    if isinstance(given, Mapping):
        import time

        instant = int(time.time() * 1000) if now is None else now
        found = [Definition(title, None, prepare(each, schema, now=instant)) for title, each in given.items()]
    else:
        found = list(given)
    if not found:
        raise error(CODE, "there are no definitions")
    return found

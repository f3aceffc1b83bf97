"""How does Spark find segments?  `SparkEngine` plans definitions together over tables, and runs the plan."""

from __future__ import annotations

from pqltools.diagnostics import error
from pqltools.engines.spark.session import CODE, settings, start

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

    from pyspark.sql import DataFrame, SparkSession

    from pqltools.engines.engine import Plan, Result, Take
    from pqltools.engines.store.cleaning import Refused
    from pqltools.formats.given import Expression
    from pqltools.workspace.definitions import Definition
    from pqltools.xdm.schema import Schema


class SparkEngine:
    """Evaluates definitions on Spark.

    `profiles` and `events` are DataFrames, or paths of Parquet, Delta or JSON lines, or ``table:NAME``. `id` is the
    column with the id of a profile; where none is named it is found as `pql eval` finds it.

    With a `session` of the caller's; else with the one that is there; else with a new one at `master`, such as
    ``local[4]``, ``yarn`` or ``spark://host:7077``, which `close` stops; `memory`, such as ``6GB``, is what its driver
    gets. All methods raise `PQLError` for what cannot be used, as where there is no Spark, or no Java for it.
    """

    name = "spark"

    def __init__(
        self,
        profiles: DataFrame | str | Sequence[str],
        schema: Schema | str | Sequence[str] | None = None,
        *,
        events: DataFrame | str | Sequence[str] | None = None,
        id: str | None = None,
        session: SparkSession | None = None,
        master: str | None = None,
        memory: str | None = None,
    ) -> None:
        from pqltools.xdm.given import schema_of

        self.profiles = [profiles] if isinstance(profiles, str) else profiles
        self.events = [events] if isinstance(events, str) else events
        self.schema = schema_of(schema)
        self.id = id
        self.refused: tuple[Refused, ...] = ()
        self._starts = session is None
        if session is None:
            session, self._starts = start(master, memory)
        self.session = session

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the session, if it was started here."""
        if self._starts:
            self.session.stop()

    def plan(self, definitions: Sequence[Definition] | Mapping[str, Expression], *, now: int | None = None) -> Plan:
        """See `Engine`. No row is looked at.

        Definitions may also be a dict from names to expressions; `now`, in milliseconds since 1970, counts for these.
        """
        from pqltools.engines.spark.building import Building
        from pqltools.engines.spark.plan import plan_of

        found = _definitions(definitions, self.schema, now)
        with settings(self.session):
            return plan_of(Building(self.session, found, self.schema, id=self.id).work(self.profiles, self.events))

    def run(self, plan: Plan, take: Take | None = None) -> Result:
        """See `Engine`. With `take` all members come to this machine; `write` leaves them where Spark works."""
        from pqltools.engines.spark.running import counted, taken

        with settings(self.session):
            return counted(plan) if take is None else taken(plan, take)

    def memberships(self, plan: Plan) -> DataFrame:
        """A row for each membership: ``definition``, ``segment`` (its id), ``profile``, ``namespace`` (of the id)."""
        from pqltools.engines.spark.running import memberships

        with settings(self.session):
            return memberships(plan)

    def refused_values(self, plan: Plan, name: str) -> list[str | None]:
        """Of the lines of profiles that are left out, which `run` counts, the values of a field, as texts."""
        from pqltools.engines.spark.running import refused_values

        with settings(self.session):
            return refused_values(plan, name)

    def write(self, plan: Plan, out: str, *, overwrite: bool = False) -> Result:
        """Evaluate, and write memberships and counts to the folder `out`, as `pql job run` does.

        The folder is there when it is whole: after an error or an interrupt it is what it was before.
        """
        from pqltools.engines.spark.writing import SparkWriting
        from pqltools.engines.writing import counts_data

        with SparkWriting(out, overwrite=overwrite) as writing:
            result = writing.run(self, plan)
            writing.finish(counts_data(plan.work.definitions, plan, result))
        return result


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

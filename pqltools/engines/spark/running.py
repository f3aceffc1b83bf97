"""What comes of a plan?  Memberships as rows, their numbers, or a folder with both."""

from __future__ import annotations

from contextlib import contextmanager

from pqltools.diagnostics import error
from pqltools.engines.spark.fallback import HOLDS, NAMESPACE, PROFILE
from pqltools.engines.spark.plan import Outcome
from pqltools.engines.spark.session import CODE, reason
from pqltools.engines.spark.sources import quoted
from pqltools.engines.spark.writing import staged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import Column, DataFrame, Observation, SparkSession

    from pqltools.engines.spark.plan import Plan

_INDEX = "#index"
#: The folders of a result.
MEMBERSHIPS, COUNTS, QUARANTINE = "memberships", "counts", "quarantine"


def memberships(plan: Plan) -> DataFrame:
    """A row for each membership."""
    return _memberships(plan, plan.frame)


def _memberships(plan: Plan, frame: DataFrame) -> DataFrame:
    from pyspark.sql import functions as F

    found = frame.select(F.explode(quoted(HOLDS)).alias(_INDEX), PROFILE, NAMESPACE)
    return found.select(*_names(plan), PROFILE, NAMESPACE)


def _names(plan: Plan) -> list[Column]:
    """The title and the id of the definition with a number."""
    from pyspark.sql import functions as F

    place = F.col(quoted(_INDEX)) + 1
    titles = F.array(*[F.lit(part.title) for part in plan.parts])
    ids = F.array(*[F.lit(part.id).cast("string") for part in plan.parts])
    return [F.element_at(titles, place).alias("definition"), F.element_at(ids, place).alias("segment")]


class _Watching:
    """Counts what passes certain places of a query, while it runs."""

    def __init__(self) -> None:
        self.seen: dict[str, Observation] = {}

    def __call__(self, place: str, frame: DataFrame, columns: list[Column]) -> DataFrame:
        from pyspark.sql import Observation

        if not columns:
            return frame
        self.seen[place] = Observation(place)
        return frame.observe(self.seen[place], *columns)

    def count(self, place: str, name: str) -> int:
        """What was counted at a place, 0 if nothing passed."""
        return int(self.seen[place].get.get(name) or 0) if place in self.seen else 0


def counted(session: SparkSession, plan: Plan) -> Outcome:
    """Evaluate, and count only."""
    from pyspark.sql import functions as F

    watching = _Watching()
    found = plan.build(watching).select(F.explode(quoted(HOLDS)).alias(_INDEX)).groupBy(quoted(_INDEX)).count()
    with _told():
        numbers = {int(row[0]): int(row[1]) for row in found.collect()}
    return _outcome(plan, watching, [numbers.get(index, 0) for index in range(len(plan.parts))])


def written(session: SparkSession, plan: Plan, out: str, *, overwrite: bool) -> Outcome:
    """Evaluate, and write a folder: memberships as Parquet, counts as a line of JSON a definition, lines in quarantine."""
    with staged(session, out, overwrite=overwrite) as stage, _told():
        watching = _Watching()
        path = f"{stage}/{MEMBERSHIPS}"
        _memberships(plan, plan.build(watching)).write.parquet(path)
        rows = session.read.parquet(path).groupBy("definition").count().collect()
        numbers = {str(row[0]): int(row[1]) for row in rows}
        outcome = _outcome(plan, watching, [numbers.get(part.title, 0) for part in plan.parts])
        if plan.refused is not None and outcome.bad_lines:
            plan.refused.write.json(f"{stage}/{QUARANTINE}")
        _write_counts(session, plan, outcome, f"{stage}/{COUNTS}")
    return outcome


def _outcome(plan: Plan, watching: _Watching, qualified: list[int]) -> Outcome:
    return Outcome(
        profiles=watching.count("profiles", "profiles"),
        bad_lines=watching.count("profiles", "badLines"),
        bad_events=watching.count("events", "badEvents"),
        nameless=watching.count("profiles", "nameless"),
        qualified=tuple(qualified),
        failed=tuple(watching.count("answers", str(index)) for index in range(len(plan.parts))),
    )


def _write_counts(session: SparkSession, plan: Plan, outcome: Outcome, path: str) -> None:
    rows = [
        (part.title, part.id, outcome.profiles - failed, qualified, failed)
        for part, qualified, failed in zip(plan.parts, outcome.qualified, outcome.failed, strict=True)
    ]
    columns = "definition string, segment string, profiles bigint, qualified bigint, errors bigint"
    session.createDataFrame(rows, columns).coalesce(1).write.json(path)


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong in Spark, in the words of Spark."""
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as problem:
        raise error(CODE, f"Spark gave up: {reason(problem)}") from None

"""What comes of a plan?  Memberships as rows, their numbers, or a folder with both."""

from __future__ import annotations

from contextlib import contextmanager

from pqltools.diagnostics import error
from pqltools.engines.spark.fallback import HOLDS, NAMESPACE, PROFILE
from pqltools.engines.spark.fitting import SPARK, null_of
from pqltools.engines.spark.plan import Outcome
from pqltools.engines.spark.query import selected
from pqltools.engines.spark.session import CODE, reason
from pqltools.engines.spark.writing import staged
from pqltools.sql.building import binary, call, integer, text
from pqltools.types.model import STRING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import DataFrame, Observation, SparkSession
    from sqlglot.expressions import Expression

    from pqltools.engines.spark.plan import Plan

_INDEX = "#index"
#: The folders of a result.
MEMBERSHIPS, COUNTS, QUARANTINE = "memberships", "counts", "quarantine"


def memberships(plan: Plan) -> DataFrame:
    """A row for each membership."""
    return _memberships(plan, plan.frame)


def _memberships(plan: Plan, frame: DataFrame) -> DataFrame:
    columns = {
        _INDEX: call("EXPLODE", SPARK.column(HOLDS)),
        **{name: SPARK.column(name) for name in (PROFILE, NAMESPACE)},
    }
    found = selected(frame, columns)
    place = binary("+", SPARK.column(_INDEX), integer(1))
    titles = call("ARRAY", *[text(part.title) for part in plan.parts])
    ids = call("ARRAY", *[null_of(STRING) if part.id is None else text(part.id) for part in plan.parts])
    names = {"definition": call("ELEMENT_AT", titles, place), "segment": call("ELEMENT_AT", ids, place.copy())}
    return selected(found, {**names, **{name: SPARK.column(name) for name in (PROFILE, NAMESPACE)}})


class _Watching:
    """Counts what passes certain places of a query, while it runs."""

    def __init__(self) -> None:
        self.seen: dict[str, Observation] = {}

    def __call__(self, place: str, frame: DataFrame, columns: dict[str, Expression]) -> DataFrame:
        from pyspark.sql import Observation
        from pyspark.sql import functions as F

        if not columns:
            return frame
        self.seen[place] = Observation(place)
        counts = [F.expr(each.sql("spark")).alias(name) for name, each in columns.items()]
        return frame.observe(self.seen[place], *counts)

    def count(self, place: str, name: str) -> int:
        """What was counted at a place, 0 if nothing passed."""
        return int(self.seen[place].get.get(name) or 0) if place in self.seen else 0


def counted(session: SparkSession, plan: Plan) -> Outcome:
    """Evaluate, and count only."""
    watching = _Watching()
    numbered = selected(plan.build(watching), {_INDEX: call("EXPLODE", SPARK.column(HOLDS))})
    found = numbered.groupBy(f"`{_INDEX}`").count()
    with _told():
        numbers = {int(row[0]): int(row[1]) for row in found.collect()}
    return _outcome(plan, watching, [numbers.get(index, 0) for index in range(len(plan.parts))])


def written(session: SparkSession, plan: Plan, out: str, *, overwrite: bool) -> Outcome:
    """Evaluate, and write a folder: memberships as Parquet, counts and refused lines as JSON."""
    with staged(session, out, overwrite=overwrite) as stage, _told():
        watching = _Watching()
        path = f"{stage}/{MEMBERSHIPS}"
        _memberships(plan, plan.build(watching)).write.parquet(path)
        rows = session.read.parquet(path).groupBy("definition").count().collect()
        numbers = {str(row[0]): int(row[1]) for row in rows}
        outcome = _outcome(plan, watching, [numbers.get(part.title, 0) for part in plan.parts])
        if plan.refused is not None and outcome.bad_lines:
            plan.refused().write.json(f"{stage}/{QUARANTINE}")
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

"""What comes of a plan?  Memberships as rows, their numbers, or files of both."""

from __future__ import annotations

from contextlib import contextmanager

from pqltools.diagnostics import error
from pqltools.engines.engine import Result
from pqltools.engines.spark.fallback import HOLDS, NAMESPACE, PROFILE
from pqltools.engines.spark.fitting import SPARK, null_of
from pqltools.engines.spark.query import selected
from pqltools.engines.spark.session import CODE, failures, reason
from pqltools.sql.building import binary, call, integer, text
from pqltools.types.model import STRING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from pyspark.sql import DataFrame, Observation, SparkSession
    from sqlglot.expressions import Expression

    from pqltools.engines.engine import Plan, Take
    from pqltools.engines.spark.plan import Work

_INDEX = "#index"


def memberships(plan: Plan) -> DataFrame:
    """A row for each membership."""
    work: Work = plan.work
    with _told():
        return _named(work, _numbered(work.build(_unwatched)))


def _unwatched(place: str, frame: DataFrame, columns: dict[str, Expression]) -> DataFrame:
    from pyspark.sql import functions as F

    return frame.observe("pql", F.count(F.lit(1))) if place == "answers" else frame


def _numbered(frame: DataFrame) -> DataFrame:
    """A row for each membership, with the number of the definition."""
    who = {name: SPARK.column(name) for name in (PROFILE, NAMESPACE)}
    return selected(frame, {_INDEX: call("EXPLODE", SPARK.column(HOLDS)), **who})


def _named(work: Work, found: DataFrame) -> DataFrame:
    place = binary("+", SPARK.column(_INDEX), integer(1))
    titles = call("ARRAY", *[text(each.title) for each in work.definitions])
    ids = call("ARRAY", *[null_of(STRING) if each.id is None else text(each.id) for each in work.definitions])
    names = {"definition": call("ELEMENT_AT", titles, place), "segment": call("ELEMENT_AT", ids, place.copy())}
    return selected(found, {**names, **{name: SPARK.column(name) for name in (PROFILE, NAMESPACE)}})


class _Watching:
    """Counts what passes certain places of a query, while it runs."""

    def __init__(self) -> None:
        self.seen: dict[str, tuple[Observation, DataFrame]] = {}
        self.found: dict[str, dict[str, Any]] = {}

    def __call__(self, place: str, frame: DataFrame, columns: dict[str, Expression]) -> DataFrame:
        from pyspark.sql import Observation
        from pyspark.sql import functions as F

        if not columns:
            return frame
        counts = [F.expr(each.sql("spark")).alias(name) for name, each in columns.items()]
        self.seen[place] = Observation(place), frame.agg(*counts)
        return frame.observe(self.seen[place][0], *counts)

    def count(self, place: str, name: str) -> int:
        """What was counted at a place, 0 if nothing passed."""
        if place not in self.seen:
            return 0
        if place not in self.found:
            self.found[place] = self._counts(*self.seen[place])
        return int(self.found[place].get(name) or 0)

    def _counts(self, observation: Observation, counts: DataFrame) -> dict[str, Any]:
        try:
            return dict(observation.get)
        except failures():
            # Spark saw that nobody can qualify, and so did not look at the rows.
            found: dict[str, Any] = counts.collect()[0].asDict()
            return found


def counted(plan: Plan) -> Result:
    """Evaluate, and count only."""
    work: Work = plan.work
    watching = _Watching()
    with _told():
        found = _numbered(work.build(watching)).groupBy(f"`{_INDEX}`").count()
        numbers = {int(row[0]): int(row[1]) for row in found.collect()}
        return _result(work, watching, [numbers.get(index, 0) for index in range(len(work.parts))])


def taken(plan: Plan, take: Take) -> Result:
    """Evaluate, and hand the members over."""
    import pyarrow
    import pyarrow.compute as pc

    work: Work = plan.work
    watching = _Watching()
    with _told():
        found = _numbered(work.build(watching)).select(f"`{_INDEX}`", f"`{PROFILE}`").toArrow()
        numbers = {each["values"]: each["counts"] for each in pc.value_counts(found[_INDEX]).to_pylist()}
        counts = [numbers.get(index, 0) for index in range(len(work.parts))]
        ids = found[PROFILE].cast(pyarrow.large_string()).take(pc.sort_indices(found[_INDEX]))
        start = 0
        for index, count in enumerate(counts):
            take(index, ids.slice(start, count).combine_chunks())
            start += count
        return _result(work, watching, counts)


def refused_values(plan: Plan, name: str) -> list[str | None]:
    """The values of a field in the lines that are left out."""
    work: Work = plan.work
    if work.refused is None:
        return []
    value = call("GET_JSON_OBJECT", SPARK.column("line"), text(f"$['{name}']"))
    with _told():
        found: list[str | None] = selected(work.refused(), {"value": value}).toArrow()["value"].to_pylist()
        return found


def written(session: SparkSession, plan: Plan, path: str, refused: str) -> Result:
    """Evaluate, and write memberships as Parquet to a path, and lines that were refused as JSON to another."""
    work: Work = plan.work
    watching = _Watching()
    names = [(each.title, each.id) for each in work.definitions]
    # Definitions of one name cannot be told apart in the file.
    twins = [index for index, name in enumerate(names) if names.count(name) > 1]
    with _told():
        numbered = _numbered(work.build(watching))
        count = {str(index): call("COUNT_IF", binary("=", SPARK.column(_INDEX), integer(index))) for index in twins}
        _named(work, watching("twins", numbered, count)).write.parquet(path)
        rows = session.read.parquet(path).groupBy("definition", "segment").count().collect()
        numbers = {(row[0], row[1]): int(row[2]) for row in rows}
        qualified = [numbers.get(name, 0) for name in names]
        for index in twins:
            qualified[index] = watching.count("twins", str(index))
        result = _result(work, watching, qualified)
        if work.refused is not None and watching.count("profiles", "badLines"):
            work.refused().write.json(refused)
    return result


def _result(work: Work, watching: _Watching, qualified: Sequence[int]) -> Result:
    failed = tuple(watching.count("answers", str(index)) for index in range(len(work.parts)))
    problems = []
    refused = 0
    for place, name, words in _LEFT_OUT:
        count = watching.count(place, name)
        refused += count
        if count:
            problems.append(words.format(f"{count:,} line{'s' * (count != 1)}"))
    for definition, count in zip(work.definitions, failed, strict=True):
        if count:
            problems.append(f"`{definition.title}` could not be evaluated for {count:,} profile{'s' * (count != 1)}")
    profiles = watching.count("profiles", "profiles")
    return Result(profiles, tuple(qualified), failed, tuple(problems), refused)


_LEFT_OUT = (
    ("profiles", "badLines", "{} of the profiles left out: no JSON, or not as the schema has it"),
    ("events", "badEvents", "{} of the events left out: no JSON, or not as the schema has it"),
)


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong in Spark, in the words of Spark."""
    try:
        yield
    except failures() as problem:
        raise error(CODE, f"Spark gave up: {reason(problem)}") from None

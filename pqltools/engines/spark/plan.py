"""What is a run that is ready, and what is told about it?  `Work`, and the plan that an engine shows of it."""

from __future__ import annotations

from pqltools.engines.engine import MEMORY, OWN, Pass, Plan, Shared, Way
from pqltools.engines.spark.planning import Part
from pqltools.engines.spark.sharing import Common
from pqltools.records import Record, hint, record
from pqltools.xdm.schema import EVENT_FIELDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyspark.sql import DataFrame

    from pqltools.engines.spark.building import Watch
    from pqltools.workspace.definitions import Definition


@record
class Work(Record):
    """A run that is ready.

    `profiles` and `events` name the tables, `columns` are what conditions use, `fallback_columns` what the compiled
    evaluator is given, `absent` the used columns that are not there, `common` what several definitions have in common.
    `build` makes the query, which somebody watches: a row a profile with its id and namespace, the numbers of the
    definitions that hold, and of those that failed. `refused` makes that of the lines that do not follow the schema,
    where profiles come in lines.
    """

    definitions: tuple[Definition, ...]
    parts: tuple[Part, ...]
    profiles: str
    columns: tuple[str, ...]
    absent: tuple[str, ...] = ()
    common: tuple[Common, ...] = ()
    events: str | None = None
    fallback_columns: tuple[str, ...] = ()
    build: Callable[[Watch], DataFrame] = hint(default=None)
    refused: Callable[[], DataFrame] | None = hint(default=None)


def plan_of(work: Work) -> Plan:
    """What is told."""
    titles = [definition.title for definition in work.definitions]
    ways = [
        Way(title, MEMORY if part.sql is None else OWN, part.reason or "")
        for title, part in zip(titles, work.parts, strict=True)
    ]
    shared = [Shared(each.sql.sql("spark"), tuple(titles[index] for index in each.users)) for each in work.common]
    return Plan("spark", tuple(ways), tuple(_passes(work)), tuple(shared), notes=tuple(_notes(work)), work=work)


def _passes(work: Work) -> list[Pass]:
    columns = sorted({*work.columns, *work.fallback_columns})
    count = len(work.parts)
    if work.events is None:
        return [Pass(work.profiles, tuple(columns), _in_sql(work.parts), count)]
    of_events = [name for name in columns if name.split(".")[0] in EVENT_FIELDS]
    below = sorted({name.partition(".")[2] or name for name in of_events})
    others = [name for name in columns if name not in of_events and name not in work.absent]
    return [
        Pass(work.profiles, tuple(others), _in_sql(work.parts), count),
        Pass(work.events, tuple(below), _in_sql(work.parts), count),
    ]


def _in_sql(parts: Sequence[Part]) -> int:
    return sum(part.sql is not None for part in parts)


def _notes(work: Work) -> list[str]:
    notes = []
    if work.events is not None:
        notes.append("events are gathered once, by the identities of the profiles")
    if work.absent:
        notes.append(f"not there, and so null: {', '.join(work.absent)}")
    if any(part.sql is None for part in work.parts):
        given = ", ".join(work.fallback_columns) or "no columns"
        notes.append(f"the compiled evaluator runs in the Python of Spark's workers (mapInArrow), over {given}")
    return notes

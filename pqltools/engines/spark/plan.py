"""What is going to happen, for people and for programs?  `Plan` shows what is read, shared, and what falls back."""

from __future__ import annotations

from pqltools.engines.spark.planning import Part
from pqltools.records import Record, hint, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pyspark.sql import DataFrame

    from pqltools.engines.spark.building import Watch


@record
class Plan(Record):
    """A run that is ready.

    `reads` are the columns of each table with their types, `absent` used columns that are not there, `shared` the SQL
    of what several definitions have in common, `events` how they come to the profiles. `frame` has a row a profile:
    its id and namespace, the numbers of the definitions that hold, and of those that failed; `build` makes it anew,
    with somebody to watch. `refused` makes that of the lines that do not follow the schema, where
    profiles come in lines.
    """

    parts: tuple[Part, ...]
    profiles: str
    reads: tuple[tuple[str, str], ...]
    absent: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    events: str | None = None
    fallback_reads: tuple[str, ...] = ()
    frame: DataFrame = hint(default=None)
    build: Callable[[Watch], DataFrame] = hint(default=None)
    refused: Callable[[], DataFrame] | None = hint(default=None)

    @property
    def fallbacks(self) -> list[Part]:
        """The definitions that the compiled evaluator answers."""
        return [part for part in self.parts if part.sql is None]

    def text(self) -> str:
        """The plan as text, without a line end."""
        count = len(self.parts)
        in_sql = count - len(self.fallbacks)
        lines = [f"engine spark: {count} definition{'s' * (count != 1)} in one pass over {self.profiles}"]
        lines += ["reads:", *[f"  {name}  {type}" for name, type in self.reads]] if self.reads else []
        lines += [f"not there, so null: {', '.join(self.absent)}"] if self.absent else []
        lines += [f"events: {self.events}"] if self.events else []
        lines.append(f"in SQL: {in_sql} of {count}")
        lines += ["shared, computed once:", *[f"  {text}" for text in self.shared]] if self.shared else []
        if self.fallbacks:
            lines.append("in Python, by the compiled evaluator (mapInArrow; pqltools has to be on the workers):")
            lines += [f"  {part.title}: {part.reason}" for part in self.fallbacks]
            lines.append(f"  over: {', '.join(self.fallback_reads) or 'no columns'}")
        return "\n".join(lines)

    def data(self) -> dict[str, Any]:
        """The same as JSON."""
        definitions = []
        for part in self.parts:
            row: dict[str, Any] = {"definition": part.title, "id": part.id}
            row["runs"] = "fallback" if part.sql is None else "sql"
            if part.reason is not None:
                row["reason"] = part.reason
            definitions.append(row)
        return {
            "engine": "spark",
            "profiles": self.profiles,
            "reads": [{"column": name, "type": type} for name, type in self.reads],
            "absent": list(self.absent),
            "shared": list(self.shared),
            "events": self.events,
            "fallbackReads": list(self.fallback_reads),
            "definitions": definitions,
        }


@record
class Outcome(Record):
    """What came of a run: profiles that were evaluated, lines that were left out, for each definition how many qualify.

    `failed` are the profiles for which a definition could not be evaluated, `nameless` those without an id,
    `bad_events` lines that hold no event.
    """

    profiles: int
    bad_lines: int
    bad_events: int
    nameless: int
    qualified: tuple[int, ...]
    failed: tuple[int, ...]

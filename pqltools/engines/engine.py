"""What is an engine?  It says how it would find the members of definitions, many at once, and finds them.

All engines give the answers of the memory evaluator, `pqltools.evaluation`, for data that follow the schema. What an
engine cannot say in its own way it hands to that evaluator, and its plan says so.
"""

from __future__ import annotations

from pqltools.records import Record, hint, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, Protocol, TypeAlias

    from pqltools.engines.store.cleaning import Refused
    from pqltools.workspace.definitions import Definition

    #: Takes the index of a definition and the ids of the profiles that qualify for it, an array of Arrow.
    Take: TypeAlias = Callable[[int, Any], None]

#: How a definition is evaluated: by the engine itself, by it over arrays that it puts together, or by the compiled
#: evaluator over data that it reads.
OWN, LISTS, MEMORY = "engine", "lists", "memory"


@record
class Way(Record):
    """How a definition is evaluated: `OWN`, `LISTS` or `MEMORY`, and why not in a better way."""

    title: str
    kind: str
    reason: str = ""


@record
class Pass(Record):
    """One thing that is read: a table or file, the columns, for how many conditions of how many definitions.

    `window` are the limits of the times that are read, if there are any.
    """

    table: str
    columns: tuple[str, ...]
    conditions: int
    definitions: int
    window: str = ""


@record
class Shared(Record):
    """Something that several definitions ask for and that is found once: its text, and their titles."""

    text: str
    titles: tuple[str, ...]


@record
class Plan(Record):
    """What an engine is going to do. `because` says why it was chosen, if it was not asked for; `work` is its own.

    `notes` are what else people should know before it runs.
    """

    engine: str
    ways: tuple[Way, ...]
    passes: tuple[Pass, ...]
    shared: tuple[Shared, ...] = ()
    because: str = ""
    notes: tuple[str, ...] = ()
    work: Any = hint(default=None)


@record
class Result(Record):
    """What came of a run: how many profiles there are, how many qualify for each definition, for how many it failed.

    `problems` are what is to be told about profiles that were left out; `refused` counts the lines that were left out
    and are not among those of the engine.
    """

    profiles: int
    counts: tuple[int, ...]
    failed: tuple[int, ...]
    problems: tuple[str, ...] = ()
    refused: int = 0


if TYPE_CHECKING:

    class Engine(Protocol):
        """See above. `refused` are the lines that were left out when data were loaded for it, or read in a run."""

        name: str
        refused: tuple[Refused, ...]

        def plan(self, definitions: Sequence[Definition]) -> Plan:
            """What is to be done for definitions. Raises `PQLError` if the data cannot be used at all."""

        def run(self, plan: Plan, take: Take | None = None) -> Result:
            """Do it. `take` is given the members of each definition, in any order, each once."""

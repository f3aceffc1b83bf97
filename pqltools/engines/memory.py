"""How does memory find segments?  The compiled evaluator goes over files, line by line; all others agree with it."""

from __future__ import annotations

from pqltools.engines.engine import OWN, Pass, Plan, Result, Way
from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from pqltools.engines.engine import Take
    from pqltools.engines.store.cleaning import Refused
    from pqltools.workspace.definitions import Definition
    from pqltools.xdm.schema import Schema


@record
class Work(Record):
    """The definitions of a plan."""

    definitions: tuple[Definition, ...]


class MemoryEngine:
    """Evaluates over files of profiles, to which the `events` of others are joined, in so many processes."""

    name = "memory"

    def __init__(self, files: Sequence[str], schema: Schema, *, events: Sequence[str] = (), jobs: int = 1) -> None:
        self.files = list(files)
        self.events = list(events)
        self.schema = schema
        self.jobs = jobs
        self.refused: tuple[Refused, ...] = ()

    def plan(self, definitions: Sequence[Definition]) -> Plan:
        """See `Engine`."""
        from pqltools.workspace.definitions import used_paths

        paths = used_paths([definition.program for definition in definitions], self.schema)
        columns = ("all fields",) if paths is None else tuple(sorted(".".join(path) for path in paths))
        ways = tuple(Way(definition.title, OWN) for definition in definitions)
        files = [*self.files, *self.events]
        passes = tuple(Pass(name, columns, len(definitions), len(definitions)) for name in files)
        return Plan(self.name, ways, passes, work=Work(tuple(definitions)))

    def run(self, plan: Plan, take: Take | None = None) -> Result:
        """See `Engine`. Raises `PQLError` for a file that cannot be read."""
        from pqltools.engines.store.cleaning import Refused
        from pqltools.workspace.runs import Evaluation, Tally, run

        work: Work = plan.work
        wants = "none" if take is None else "qualify"
        evaluation = Evaluation(work.definitions, self.schema, wants=wants, nulls=False, joins=bool(self.events))
        tally = Tally(len(work.definitions))
        members: list[list[str | None]] = [[] for _ in work.definitions]
        bad = evaluation.read_events(self.events) if self.events else []
        refused = [Refused(line.file, line.line, line.reason) for line in bad]
        for part in run(evaluation, self.files, jobs=self.jobs):
            tally.add(part.tally)
            refused += [Refused(line.file, line.line, line.reason) for line in part.bad]
            for answer in part.answers:
                for index in answer.qualifies:
                    members[index].append(answer.id)
        if take is not None:
            import pyarrow

            for index, ids in enumerate(members):
                take(index, pyarrow.array(ids, pyarrow.large_string()))
        self.refused = tuple(refused)
        return Result(tally.profiles, tuple(tally.qualified), tuple(tally.failed))

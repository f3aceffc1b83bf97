"""How does DuckDB find segments?  In a store: `DuckDBEngine` plans definitions together, and runs the plan."""

from __future__ import annotations

from pqltools.engines.duckdb.bits import size
from pqltools.engines.duckdb.checking import refusals, unusable
from pqltools.engines.duckdb.falling_back import fall_back
from pqltools.engines.duckdb.layout import StoreLayout
from pqltools.engines.duckdb.listing import Listing
from pqltools.engines.duckdb.missing import check_fields
from pqltools.engines.duckdb.parts import Part, part_of
from pqltools.engines.duckdb.running import Passes
from pqltools.engines.duckdb.slots import Slots
from pqltools.engines.duckdb.telling import passes_of, shared_of
from pqltools.engines.engine import LISTS, MEMORY, OWN, Plan, Result, Way
from pqltools.engines.store.shapes import quoted
from pqltools.engines.store.store import PID
from pqltools.engines.store.troubles import told
from pqltools.records import Record, hint, record
from pqltools.sql.dialects.duckdb import DuckDB
from pqltools.sql.refusal import NotInSQL
from pqltools.sql.translate import condition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from pqltools.engines.duckdb.bits import Array
    from pqltools.engines.duckdb.parts import Leaf
    from pqltools.engines.engine import Take
    from pqltools.engines.store.cleaning import Refused
    from pqltools.engines.store.store import Store
    from pqltools.workspace.definitions import Definition
    from pqltools.xdm.schema import Schema

#: So many definitions have their leaves found together; what they share with others is found again.
_TOGETHER = 1000
#: Bytes of sets that are held at a time.
_ROOM = 1_000_000_000


def _leaves(work: Work, indices: Sequence[int]) -> Iterator[Leaf]:
    return (leaf for index in indices for leaf in work.parts[index].leaves())


@record
class Work(Record):
    """What a plan means to this engine: the definitions, the parts of some, and how the others are done."""

    definitions: tuple[Definition, ...]
    parts: dict[int, Part]
    slots: Slots = hint(default=None)
    listing: Listing = hint(default=None)


class DuckDBEngine:
    """Evaluates over a store. `schema` is that of the definitions."""

    name = "duckdb"

    def __init__(self, store: Store, schema: Schema) -> None:
        self.store = store
        self.schema = schema
        self.refused: tuple[Refused, ...] = ()
        self._ids: Any = None

    def plan(self, definitions: Sequence[Definition]) -> Plan:
        """See `Engine`. Raises `PQLError` for definitions that ask for fields which were left out of the store."""
        check_fields(self.store, self.schema, definitions)
        with told(self.store.path, disk=False):
            return self._plan(definitions)

    def run(self, plan: Plan, take: Take | None = None) -> Result:
        """See `Engine`."""
        with told(self.store.path, disk=False):
            return self._run(plan, take)

    def _plan(self, definitions: Sequence[Definition]) -> Plan:
        slots = Slots()
        layout = StoreLayout(self.store.tables(), self.schema.profile, slots)
        dialect = DuckDB()
        parts: dict[int, Part] = {}
        ways: list[Way] = []
        for index, definition in enumerate(definitions):
            try:
                parts[index] = part_of(condition(definition.program, layout, dialect))
                ways.append(Way(definition.title, OWN))
            except NotInSQL as problem:
                ways.append(Way(definition.title, MEMORY, problem.diagnostics[0].message))
            except RecursionError:
                ways.append(Way(definition.title, MEMORY, "an expression that is nested so deep cannot be said in SQL"))
        for index, reason in unusable(self.store, slots, parts).items():
            del parts[index]
            ways[index] = Way(definitions[index].title, MEMORY, reason)
        others = {index: each.program for index, each in enumerate(definitions) if index not in parts}
        listing = Listing(self.store, self.schema, others)
        for index in listing.tests:
            ways[index] = Way(definitions[index].title, LISTS, ways[index].reason)
        for index, reason in listing.reasons.items():
            ways[index] = Way(definitions[index].title, MEMORY, reason)
        titles = [definition.title for definition in definitions]
        return Plan(
            self.name,
            tuple(ways),
            tuple(passes_of(parts, slots)),
            tuple(shared_of(parts, slots, titles)),
            work=Work(tuple(definitions), parts, slots, listing),
        )

    def _run(self, plan: Plan, take: Take | None = None) -> Result:
        work: Work = plan.work
        count = len(work.definitions)
        counts, failed, problems = [0] * count, [0] * count, []
        passes = Passes(self.store, work.slots)
        surprises: dict[int, str] = {}

        def done(index: int, found: Array) -> None:
            counts[index] = size(found)
            if take is not None:
                take(index, self.ids(passes.universe.members(found)))

        for some in self._together(work.parts):
            passes.sets.clear()
            refused = refusals(some, lambda chunk: passes.find(_leaves(work, chunk)))
            surprises.update(refused)
            for index in some:
                if index not in refused:
                    done(index, passes.set_of(work.parts[index]))
        members: dict[int, Any] = {}
        surprises.update(refusals([*work.listing.tests], lambda chunk: members.update(work.listing.found(chunk))))
        for index, pids in members.items():
            done(index, passes.universe.of(pids))
        for index, reason in surprises.items():
            problems.append(f"`{work.definitions[index].title}` was evaluated in memory, as DuckDB failed: {reason}")
        others = [*work.listing.reasons, *surprises]
        if others:
            programs = [work.definitions[index].program for index in others]
            for index, answer in zip(others, fall_back(self.store, self.schema, programs), strict=True):
                done(index, passes.universe.of(answer.qualifies))
                failed[index] = answer.failed
                if answer.failed:
                    title = work.definitions[index].title
                    problems.append(f"`{title}` could not be evaluated for {answer.failed:,} profiles: {answer.reason}")
        return Result(self.store.profiles, tuple(counts), tuple(failed), tuple(problems))

    def _together(self, parts: dict[int, Part]) -> list[list[int]]:
        """The definitions whose leaves are found and held at a time."""
        most = max(_ROOM // max(self.store.end // 8, 1), 8)
        chunks: list[list[int]] = [[]]
        held: set[str] = set()
        for index, part in parts.items():
            more = held | {leaf.sql for leaf in part.leaves()}
            if chunks[-1] and (len(more) > most or len(chunks[-1]) == _TOGETHER):
                chunks.append([])
                more = {leaf.sql for leaf in part.leaves()}
            held = more
            chunks[-1].append(index)
        return chunks

    def ids(self, pids: Array) -> Any:
        """The ids of profiles, an array of Arrow; null for those without one."""
        import numpy
        import pyarrow
        import pyarrow.compute

        if self._ids is None:
            sql = f'SELECT {quoted(PID)} AS pid, "#id" AS id FROM profiles'
            found = self.store.connection.cursor().sql(sql).to_arrow_table()
            places = numpy.zeros(self.store.end, dtype=numpy.uint32)
            places[found["pid"].to_numpy()] = numpy.arange(len(found), dtype=numpy.uint32)
            self._ids = places, found["id"].cast(pyarrow.large_string()).combine_chunks()
        places, ids = self._ids
        return ids.take(pyarrow.array(places[pids]))

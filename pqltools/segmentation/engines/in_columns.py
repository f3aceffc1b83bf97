"""How are definitions evaluated in columns?  By DuckDB, in a process of its own, in a store that may have to be made.

Not everything can be asked there. Definitions without exact SQL, those that look at fields for which the schema has no
type, and those that look at memberships, which every job changes, are evaluated over the blocks; and over the profiles
that do not follow the schema, which the store refuses, all of them are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pqltools.diagnostics import PQLError
from pqltools.engines.duckdb.engine import DuckDBEngine
from pqltools.engines.duckdb.missing import check_fields
from pqltools.engines.engine import MEMORY
from pqltools.engines.store.fitting import is_kept
from pqltools.engines.store.store import open_store
from pqltools.evaluation.program import Program
from pqltools.records import Record, record
from pqltools.segmentation.engines.combining import counted, over_blocks, over_refused, together, told_of
from pqltools.segmentation.engines.engine import Found, Needs, Task
from pqltools.segmentation.engines.evaluating import MEMBERSHIPS, prepared, uses_memberships
from pqltools.segmentation.engines.filling import MEMORY_LIMIT, THREADS, Columns, filled, read
from pqltools.types.model import ArrayType, MapType, ObjectType
from pqltools.workspace.definitions import Definition, used_paths
from pqltools.xdm.given import schema_of

if TYPE_CHECKING:
    from pqltools.engines.store.store import Store
    from pqltools.segmentation.engines.worker import Channel
    from pqltools.types.model import Type
    from pqltools.xdm.schema import Schema

#: Why a definition is not evaluated in columns.
_NO_TYPE = "the schema has no type for a field"


@record
class Work(Record):
    """What is to be done: a task in the folder of a store, which is to be made there with `builds`."""

    task: Task
    folder: str
    builds: bool = False


def evaluate_in_columns(channel: Channel, work: Work) -> None:
    """Do as `evaluate` does, and send with `Found` for how many definitions memory was needed, by the reasons."""
    import duckdb

    try:
        _evaluate(channel, work)
    except duckdb.OutOfMemoryException:
        channel.fail("there was not enough memory")
    except duckdb.Error as problem:
        channel.fail(_told(problem))


def _told(problem: Exception) -> str:
    """What DuckDB says, without names of files and data."""
    text = str(problem)
    if any(words in text for words in ("o space left", "Disk quota", "File too large", "max_temp_directory_size")):
        return "the disk is full"
    return f"DuckDB could not go on ({type(problem).__name__})"


def _evaluate(channel: Channel, work: Work) -> None:
    task = work.task
    schema = schema_of(task.schema or None, task.tenant)
    programs, problems = prepared(task, schema)
    apart = {id: why for id, each in programs.items() if (why := _why_not(each, schema))}
    if len(apart) == len(programs):
        found = over_blocks(channel, programs, schema, task, None, problems)
    elif work.builds:
        channel.send(Needs(events=True, memberships=MEMBERSHIPS in apart.values()))
        # At the end of it no line is left of what was written down, and only then the other process keeps the folder.
        with filled(work.folder, told_of(channel), schema.profile) as columns:
            found = _over_columns(channel, work, programs, schema, columns, problems, apart)
    else:
        found = _over_columns(channel, work, programs, schema, read(work.folder), problems, apart)
    channel.send((found, counted(apart)))


def _over_columns(
    channel: Channel,
    work: Work,
    programs: dict[str, Program],
    schema: Schema,
    columns: Columns,
    problems: dict[str, str],
    apart: dict[str, str],
) -> Found:
    """The answers from a store, and over blocks for the programs that are `apart`, to which others may come."""
    task, blocks = work.task, columns.blocks() if work.builds else None
    if columns.unusable:
        apart |= {id: columns.unusable for id in programs if id not in apart}
        return over_blocks(channel, programs, schema, task, blocks, problems)
    with open_store(work.folder, memory=MEMORY_LIMIT, threads=THREADS) as store:
        asking = _Asking(store, schema, columns)
        apart |= asking.plan_for({id: each for id, each in programs.items() if id not in apart})
        rest = {id: programs[id] for id in programs if id in apart}
        others = over_blocks(channel, rest, schema, task, blocks, problems)
        own = asking.answers()
    refused = over_refused({id: programs[id] for id in own}, schema, task, columns) if own else None
    return together(columns, programs, own, refused, others)


# Which definitions.


def _why_not(program: Program, schema: Schema) -> str:
    """Why a program cannot be evaluated in columns, "" if it may be."""
    if uses_memberships(program, schema):
        return MEMBERSHIPS
    paths = used_paths([program], schema) or ()
    return "" if all(_is_stored(path, schema.profile) for path in paths) else _NO_TYPE


def _is_stored(path: Iterable[str], type: Type) -> bool:
    """Whether the schema says what the field at a path is, so that the store has all of it."""
    for step in path:
        while isinstance(type, ArrayType):
            type = type.item
        if isinstance(type, MapType):
            type = type.value
            continue
        member = type.member(step) if isinstance(type, ObjectType) else None
        if member is None:
            return False
        type = member.type
    return is_kept(type)


# The answers.


class _Asking(DuckDBEngine):
    """DuckDB over a store whose profiles are known by their places in the order of the blocks."""

    def __init__(self, store: Store, schema: Schema, columns: Columns) -> None:
        super().__init__(store, schema)
        self._places = columns.taken()
        self._own: list[str] = []
        self._planned: Any = None

    def plan_for(self, programs: dict[str, Program]) -> dict[str, str]:
        """Plan for programs; which of them it cannot evaluate itself, and why."""
        definitions = {id: Definition(id, id, each) for id, each in programs.items()}
        apart = dict.fromkeys([id for id, each in definitions.items() if not self._takes([each])], _NO_TYPE)
        asked = [id for id in definitions if id not in apart]
        plan = self.plan([definitions[id] for id in asked])
        apart |= {id: way.reason for id, way in zip(asked, plan.ways, strict=True) if way.kind == MEMORY}
        self._own = [id for id in asked if id not in apart]
        self._planned = self.plan([definitions[id] for id in self._own]) if len(self._own) < len(asked) else plan
        return apart

    def _takes(self, definitions: list[Definition]) -> bool:
        """Whether nothing that definitions ask for was left out of the store."""
        try:
            check_fields(self.store, self.schema, definitions)
        except PQLError:
            return False
        return True

    def answers(self) -> dict[str, Any]:
        """The places of the profiles that qualify."""
        found: dict[str, Any] = {}
        if self._own:
            self.run(self._planned, lambda index, places: found.update({self._own[index]: places}))
        return {id: found[id] for id in self._own}

    def ids(self, pids: Any) -> Any:
        """The places, in their order."""
        import numpy

        return self._places[numpy.sort(pids)]

"""How are definitions evaluated in columns?  By DuckDB, in a process of its own, in a store that may have to be made.

Not everything can be asked there. Definitions without exact SQL, those that look at fields for which the schema has no
type, and those that look at memberships, which every job changes, are evaluated over the blocks; and over the profiles
that do not follow the schema, which the store refuses, all of them are.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from pqltools.diagnostics import PQLError
from pqltools.engines.duckdb.engine import DuckDBEngine
from pqltools.engines.duckdb.missing import check_fields
from pqltools.engines.engine import MEMORY
from pqltools.engines.store.fitting import is_kept
from pqltools.engines.store.store import open_store
from pqltools.evaluation.program import Program
from pqltools.records import Record, record
from pqltools.segmentation.engines.engine import Found, Needs, Task
from pqltools.segmentation.engines.evaluating import Evaluator, prepared
from pqltools.segmentation.engines.filling import MEMORY_LIMIT, THREADS, Columns, filled, read
from pqltools.types.model import ArrayType, MapType, ObjectType
from pqltools.workspace.definitions import Definition, used_paths
from pqltools.xdm.given import schema_of

if TYPE_CHECKING:
    from pqltools.engines.store.store import Store
    from pqltools.segmentation.engines.worker import Channel
    from pqltools.segmentation.profiles.model import MergedBlock
    from pqltools.types.model import Type
    from pqltools.xdm.schema import Schema

#: Why definitions are not evaluated in columns.
_MEMBERSHIPS = "memberships change with every job"
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
        found = _over_blocks(channel, programs, schema, task, None, problems)
    elif work.builds:
        channel.send(Needs(events=True, memberships=_MEMBERSHIPS in apart.values()))
        # At the end of it no line is left of what was written down, and only then the other process keeps the folder.
        with filled(work.folder, _told_of(channel), schema.profile) as columns:
            found = _over_columns(channel, work, programs, schema, columns, problems, apart)
    else:
        found = _over_columns(channel, work, programs, schema, read(work.folder), problems, apart)
    channel.send((found, _counted(apart)))


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
        return _over_blocks(channel, programs, schema, task, blocks, problems)
    with open_store(work.folder, memory=MEMORY_LIMIT, threads=THREADS) as store:
        asking = _Asking(store, schema, columns)
        apart |= asking.plan_for({id: each for id, each in programs.items() if id not in apart})
        rest = {id: programs[id] for id in programs if id in apart}
        others = _over_blocks(channel, rest, schema, task, blocks, problems)
        own = asking.answers()
    refused = _over_refused({id: programs[id] for id in own}, schema, task, columns) if own else None
    return _together(columns, programs, own, refused, others)


def _counted(apart: dict[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for why in apart.values():
        found[why] = found.get(why, 0) + 1
    return found


def _told_of(channel: Channel) -> Iterator[MergedBlock]:
    """The blocks that come; how far it is says the other process only what is read."""
    count = 0
    for block in channel.blocks():
        yield block
        count += len(block.pids)
        channel.send((count, 0))


# Which definitions.


def _why_not(program: Program, schema: Schema) -> str:
    """Why a program cannot be evaluated in columns, "" if it may be."""
    paths = used_paths([program], schema)
    if paths is None or any(path[:1] == ("segmentMembership",) for path in paths):
        return _MEMBERSHIPS
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

    def answers(self) -> dict[str, array[int]]:
        """The places of the profiles that qualify."""
        found: dict[str, Any] = {}
        if self._own:
            self.run(self._planned, lambda index, places: found.update({self._own[index]: places}))
        return {id: found[id] for id in self._own}

    def ids(self, pids: Any) -> Any:
        """The places, in their order."""
        import numpy

        return self._places[numpy.sort(pids)]


def _over_blocks(
    channel: Channel,
    programs: dict[str, Program],
    schema: Schema,
    task: Task,
    blocks: Iterator[MergedBlock] | None,
    problems: dict[str, str],
) -> Found:
    """The answers of programs over `blocks`, or over those that the other process has; `problems` go with them."""
    evaluator = Evaluator(programs, schema, task) if programs else None
    if blocks is None:
        channel.send(None if evaluator is None else evaluator.needs)
        for block in channel.blocks():
            assert evaluator is not None
            evaluator.block(block)
            channel.send(evaluator.so_far)
    elif evaluator is not None:
        for block in blocks:
            evaluator.block(block)
    return Found(0, {}, {}, {}, problems) if evaluator is None else evaluator.found(problems)


def _over_refused(programs: dict[str, Program], schema: Schema, task: Task, columns: Columns) -> Found:
    """The places of the refused profiles for which programs hold."""
    if not columns.refused.pids:
        return Found(0, {}, {}, {}, {})
    evaluator = Evaluator(programs, schema, task)
    evaluator.block(columns.refused)
    return evaluator.found({})


def _together(
    columns: Columns,
    programs: Iterable[str],
    own: dict[str, Any],
    refused: Found | None,
    others: Found,
) -> Found:
    """All answers as `Evaluator` would have given them: profiles in the order of the blocks."""
    import numpy

    numbers = numpy.frombuffer(columns.numbers, dtype=numpy.int64)
    qualifies: dict[str, array[int]] = {}
    for id in programs:
        if id not in own:
            qualifies[id] = others.qualifies[id]
            continue
        places = own[id]
        more = refused.qualifies.get(id) if refused is not None else None
        if more:
            places = numpy.sort(numpy.concatenate([places, numpy.frombuffer(more, dtype=numpy.int64)]))
        qualifies[id] = array("q", numbers[places].tobytes())
    unknown = dict(others.unknown)
    reasons = dict(others.reasons)
    if refused is not None:
        failed = {id: array("q", [columns.numbers[place] for place in found]) for id, found in refused.unknown.items()}
        unknown |= failed
        reasons |= refused.reasons
    return Found(len(columns.numbers), qualifies, _in_order(unknown, columns, programs), reasons, others.problems)


def _in_order(unknown: dict[str, array[int]], columns: Columns, programs: Iterable[str]) -> dict[str, array[int]]:
    """What failed first comes first."""
    wanted = {found[0] for found in unknown.values()}
    places = {number: place for place, number in enumerate(columns.numbers) if number in wanted} if wanted else {}
    order = {id: index for index, id in enumerate(programs)}
    return {id: unknown[id] for id in sorted(unknown, key=lambda id: (places[unknown[id][0]], order[id]))}

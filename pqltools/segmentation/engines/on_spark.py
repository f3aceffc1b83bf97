"""How are definitions evaluated on Spark?  Over the profiles as lines of JSON, in a process with a session of its own.

Only what has SQL is given to Spark. The rest, and what looks at memberships, which every job changes, is evaluated over
the blocks here; and over the profiles that do not follow the schema, which Spark refuses, all definitions are.
"""

from __future__ import annotations

import os
import re
from array import array
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pqltools.diagnostics import PQLError
from pqltools.engines.engine import MEMORY
from pqltools.engines.spark.engine import SparkEngine
from pqltools.records import Record, record
from pqltools.segmentation.engines.combining import counted, over_blocks, over_refused, together, told_of
from pqltools.segmentation.engines.engine import Needs, Task
from pqltools.segmentation.engines.evaluating import MEMBERSHIPS, prepared, uses_memberships
from pqltools.segmentation.engines.filling import LINES, Columns, lines_at
from pqltools.segmentation.profiles.model import MergedBlock
from pqltools.workspace.definitions import Definition
from pqltools.xdm.given import schema_of

if TYPE_CHECKING:
    from pqltools.evaluation.program import Program
    from pqltools.segmentation.engines.worker import Channel

#: The field that tells which profile a line is: its place in the order of the blocks.
_PLACE = "pqlPlace"
_OF_PATTERNS = re.compile(r"[\\{}\[\]*?]")
#: The name of a condition of Spark's, or of a class of Java's.
_KIND = re.compile(r"\[[A-Z0-9_.]+\]|\b[\w.$]+(?:Exception|Error)\b")


@record
class Work(Record):
    """What is to be done: a task, in an empty folder that Spark reads, too, and where Spark is."""

    task: Task
    folder: str
    master: str | None = None


def evaluate_on_spark(channel: Channel, work: Work) -> None:
    """Do as `evaluate` does, and send with `Found` for how many definitions memory was needed, by the reasons."""
    # What it puts aside goes with the folder, whatever becomes of this process.
    os.environ.setdefault("SPARK_LOCAL_DIRS", work.folder)
    task = work.task
    schema = schema_of(task.schema or None, task.tenant)
    programs, problems = prepared(task, schema)
    apart = {id: MEMBERSHIPS for id, each in programs.items() if uses_memberships(each, schema)}
    if len(apart) == len(programs):
        channel.send((over_blocks(channel, programs, schema, task, None, problems), counted(apart)))
        return
    lines = str(Path(work.folder, LINES))
    # A path of Spark's is a pattern.
    path = _OF_PATTERNS.sub(lambda found: f"\\{found[0]}", lines)
    try:
        engine = SparkEngine(f"file://{path}", schema, id=_PLACE, master=work.master)
    except PQLError as problem:
        channel.fail(_in_a_line(problem))
        return
    with engine:
        channel.send(Needs(events=True, memberships=bool(apart)))
        columns = _written(lines, told_of(channel))
        try:
            asked = {id: programs[id] for id in programs if id not in apart}
            own, refused = _asked(engine, asked, apart, len(columns.numbers))
        except PQLError as problem:
            channel.fail(_told(problem))
            return
    if refused is None:
        channel.fail("Spark did not see all profiles; does all of it see the folder of the data?")
        return
    columns = Columns(columns.numbers, lines_at(lines, refused), lines=columns.lines, sizes=columns.sizes)
    rest = {id: programs[id] for id in programs if id in apart}
    others = over_blocks(channel, rest, schema, task, columns.blocks(), problems)
    beside = over_refused({id: programs[id] for id in own}, schema, task, columns) if own else None
    channel.send((together(columns, programs, own, beside, others), counted(apart)))


def _written(path: str, blocks: Iterable[MergedBlock]) -> Columns:
    """The blocks as lines that begin with their places."""
    numbers = array("q")
    sizes: list[tuple[int, int]] = []
    with open(path, "wb") as file:  # noqa: PTH123
        for block in blocks:
            places = range(len(numbers), len(numbers) + len(block.pids))
            data = b"".join(map(_placed, places, BytesIO(block.data)))
            file.write(data)
            numbers.extend(block.pids)
            sizes.append((len(data), len(places)))
    return Columns(numbers, MergedBlock(b"", array("q")), lines=path, sizes=tuple(sizes))


def _placed(place: int, line: bytes) -> bytes:
    rest = line[1:]
    return b'{"%b":%d%b%b' % (_PLACE.encode(), place, b"" if rest.lstrip().startswith(b"}") else b",", rest)


def _asked(
    engine: SparkEngine, programs: dict[str, Program], apart: dict[str, str], count: int
) -> tuple[dict[str, Any], array[int] | None]:
    """The places of those that qualify, and of those that Spark refuses; programs without SQL go to `apart`.

    None if Spark has seen less than `count` profiles; it may count some twice.
    """
    plan = engine.plan([Definition(id, id, each) for id, each in programs.items()])
    apart |= {id: way.reason for id, way in zip(programs, plan.ways, strict=True) if way.kind == MEMORY}
    own = [id for id in programs if id not in apart]
    if not own:
        return {}, array("q")
    if len(own) < len(programs):
        plan = engine.plan([Definition(id, id, programs[id]) for id in own])
    found: dict[str, Any] = {}
    result = engine.run(plan, lambda index, places: found.update({own[index]: _sorted(places)}))
    places = engine.refused_values(plan, _PLACE) if result.refused else []
    if result.profiles + result.refused < count or None in places:
        return {}, None
    return {id: found[id] for id in own}, array("q", sorted(int(place or "") for place in places))


def _sorted(places: Any) -> Any:
    import numpy

    return numpy.sort(places.cast("int64").to_numpy(zero_copy_only=False))


def _told(problem: PQLError) -> str:
    """What Spark says, as far as it holds no data."""
    found = _KIND.search(problem.diagnostics[0].message)
    return f"Spark could not go on{f' ({found[0]})' if found else ''}"


def _in_a_line(problem: PQLError) -> str:
    first = problem.diagnostics[0]
    return f"{first.message}; {first.help}" if first.help else first.message

"""How do answers over columns and over blocks become those of one task?  As if blocks alone had given them.

What an engine cannot evaluate in columns is evaluated over the blocks, and so are the profiles that it refuses.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from pqltools.segmentation.engines.engine import Found, Task
from pqltools.segmentation.engines.evaluating import Evaluator

if TYPE_CHECKING:
    from pqltools.evaluation.program import Program
    from pqltools.segmentation.engines.filling import Columns
    from pqltools.segmentation.engines.worker import Channel
    from pqltools.segmentation.profiles.model import MergedBlock
    from pqltools.xdm.schema import Schema


def over_blocks(
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


def over_refused(programs: dict[str, Program], schema: Schema, task: Task, columns: Columns) -> Found:
    """The places of the refused profiles for which programs hold."""
    if not columns.refused.pids:
        return Found(0, {}, {}, {}, {})
    evaluator = Evaluator(programs, schema, task)
    evaluator.block(columns.refused)
    return evaluator.found({})


def together(
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


def counted(apart: dict[str, str]) -> dict[str, int]:
    """How many there are of each reason."""
    found: dict[str, int] = {}
    for why in apart.values():
        found[why] = found.get(why, 0) + 1
    return found


def told_of(channel: Channel) -> Iterator[MergedBlock]:
    """The blocks that come; how far it is says the other process only what is read."""
    count = 0
    for block in channel.blocks():
        yield block
        count += len(block.pids)
        channel.send((count, 0))

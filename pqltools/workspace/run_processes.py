"""How is a run shared out to processes?  Ranges of plain files, blocks of others; parts come back in their order.

The processes are forked, so that they find the compiled definitions and the events ready; where there is no fork, one
process does it all.
"""

from __future__ import annotations

import os
from contextlib import contextmanager

from pqltools.data.lines import BadLine, line_count
from pqltools.data.ranges import blocks_in, ranges
from pqltools.diagnostics import PQLError, error
from pqltools.records import Record, record, replace
from pqltools.source import Source
from pqltools.workspace.runs import Evaluation, Part, Tally, broken, opened, run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future, ProcessPoolExecutor
    from typing import TypeAlias

    from pqltools.data.lines import Block
    from pqltools.data.ranges import Range

    #: The part, and which events its profiles have taken.
    Result: TypeAlias = tuple[Part, bytes]

#: Bytes of a range: small enough for many to be there, large enough for the way there and back not to matter.
_SHARE = 8 * 2**20
#: How many parts a process may be ahead of the one that is waited for.
_AHEAD = 4

_shared: Evaluation | None = None


@record
class Work(Record):
    """A range of a file, or a block that was read already; `place` is that of the file among all."""

    place: int
    name: str
    shown: str
    wrapped: bool
    range: Range | None = None
    block: Block | BadLine | None = None


def run_in_processes(evaluation: Evaluation, names: list[str], jobs: int) -> Iterator[Part]:
    """The parts of all files, in their order."""
    if not hasattr(os, "fork"):
        yield from run(evaluation, names)
        return
    global _shared
    _shared = evaluation  # what a child finds when it has been forked
    pool = _pool(jobs)
    is_done = False
    try:
        yield from _in_order(evaluation, names, pool, jobs * _AHEAD)
        is_done = True
    finally:
        _shared = None
        # What was done is told at once; work that nobody waits for any more may end behind that.
        pool.shutdown(wait=is_done, cancel_futures=True)


def _pool(jobs: int) -> ProcessPoolExecutor:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    return ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"), _begin)


def _begin() -> None:
    """An interrupt is the parent's to handle, which still has to say what has been done."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _in_order(evaluation: Evaluation, names: list[str], pool: ProcessPoolExecutor, ahead: int) -> Iterator[Part]:
    waiting: list[tuple[Work, Future[Result]]] = []
    lines: dict[int, int] = {}

    def next_part() -> Part:
        work, future = waiting.pop(0)
        part, taken = _result(work, future)
        if evaluation.events is not None:
            evaluation.events.merge(taken)
        if work.range is None:
            return part
        # The lines of a range are counted from its beginning.
        before = lines.get(work.place, 0)
        lines[work.place] = before + part.lines
        return _moved(part, before)

    for work in _shares(names, evaluation.max_line):
        if isinstance(work, PQLError):
            while waiting:
                yield next_part()
            raise work
        if isinstance(work.block, BadLine):
            while waiting:
                yield next_part()
            yield broken(work.block, len(evaluation.programs))
            continue
        with _no_interrupts():
            future = pool.submit(_do, work)
        waiting.append((work, future))
        if len(waiting) >= ahead:
            yield next_part()
    while waiting:
        yield next_part()


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """Processes that are forked here never see an interrupt, not even before `_begin`; ours comes a little later."""
    import signal

    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _result(work: Work, future: Future[Result]) -> Result:
    from concurrent.futures.process import BrokenProcessPool

    try:
        return future.result()
    except BrokenProcessPool:
        message = "a process that evaluated profiles of this file has ended before its time"
        help = "perhaps memory ran out: try fewer --jobs"
        raise error("PQL044", message, (0, 0), help=help, source=Source("", work.shown)) from None


def _shares(names: list[str], max_line: int) -> Iterator[Work | PQLError]:
    """What there is to do, and at last the error that ends it, so that the work before is not lost."""
    try:
        for place, name in enumerate(names):
            yield from _shares_of(place, name, max_line)
    except PQLError as problem:
        yield problem


def _shares_of(place: int, name: str, max_line: int) -> Iterator[Work]:
    found = opened(name, max_line)
    if isinstance(found, BadLine):
        yield Work(place, name, found.file, False, block=found)
        return
    with found as input:
        if input.splittable:
            parts = max(os.path.getsize(name) // _SHARE, 1)  # noqa: PTH202 - pathlib is slow to import
            for each in ranges(name, parts):
                yield Work(place, name, input.name, input.wrapped, range=each)
        else:
            for block in input.blocks:
                yield Work(place, name, input.name, input.wrapped, block=block)


def _do(work: Work) -> Result:
    """What a child does."""
    assert _shared is not None
    evaluation = _shared
    if evaluation.events is not None:
        evaluation.events.forget_taken()
    if work.range is None:
        assert work.block is not None
        assert not isinstance(work.block, BadLine)
        part = evaluation.block(work.block, work.shown, wrapped=work.wrapped)
    else:
        part = _range(evaluation, work, work.range)
    return part, b"" if evaluation.events is None else evaluation.events.taken


def _range(evaluation: Evaluation, work: Work, range: Range) -> Part:
    tally = Tally(len(evaluation.programs))
    parts: list[Part] = []
    last: Block | BadLine | None = None
    for block in blocks_in(work.name, range, max_line=evaluation.max_line):
        if isinstance(block, BadLine):
            parts.append(broken(block, len(evaluation.programs)))
        else:
            parts.append(evaluation.block(block, work.shown, wrapped=work.wrapped))
        last = block
        tally.add(parts[-1].tally)
        if evaluation.strict and parts[-1].bad:
            break
    lines = 0
    if isinstance(last, BadLine):
        lines = last.line  # passed over with its line end, if it has one
    elif last is not None:
        lines = last.line - 1 + line_count(last.data)
    answers = tuple([answer for part in parts for answer in part.answers])
    bad = tuple([line for part in parts for line in part.bad])
    return Part(tally, answers, bad, range[1] - range[0], lines)


def _moved(part: Part, lines: int) -> Part:
    """The part of a file that has so many lines before it."""
    if not lines:
        return part
    answers = tuple([replace(answer, line=answer.line + lines) for answer in part.answers])
    return replace(part, answers=answers, bad=tuple([replace(bad, line=bad.line + lines) for bad in part.bad]))

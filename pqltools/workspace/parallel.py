"""How are many files checked at once?  In processes that share what has been read, on systems that can fork.

Results come in the order of the files. A process that dies takes only the file with it that killed it: the others that
it had are checked again, each in a process of its own. Elsewhere, and for little work, one file is checked after the
other.
"""

from __future__ import annotations

import os

from pqltools.records import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future, ProcessPoolExecutor
    from typing import TypeAlias

    from pqltools.workspace.analysis import FileReport, Item
    from pqltools.workspace.setup import Workspace

    Batch: TypeAlias = list[int]
    #: Reports without what the parent has already, and the new text of each file that was fixed.
    Results: TypeAlias = list[tuple[FileReport, str | None]]

#: Characters of text that one process should get through in about half a second; starting one costs a tenth of that.
_WORTH = 300_000
#: How many batches a process gets, so that one that is done early can take work from the others.
_BATCHES = 4

_shared: tuple[list[Item], Workspace] | None = None


def worthwhile(sizes: Sequence[int], jobs: int | None) -> int:
    """How many processes to use for files of these sizes: what was asked for, else what pays."""
    if jobs == 1 or len(sizes) < 2 or not hasattr(os, "fork"):
        return 1
    if jobs is not None:
        return min(jobs, len(sizes))
    # One large file is checked by one process, so that only what is beside it can be shared out.
    wanted = min(sum(sizes) // _WORTH, sum(sizes) // max(*sizes, 1))
    return max(min(wanted, len(sizes), _cores()), 1)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_in_processes(items: list[Item], workspace: Workspace, jobs: int) -> Iterator[FileReport]:
    """The reports of all items, in their order."""
    from concurrent.futures.process import BrokenProcessPool

    global _shared
    _shared = items, workspace  # what a child finds when it has been forked
    batches = _batches([len(item.file.source.text) for item in items], jobs)
    pool = _pool(jobs)
    try:
        futures: list[Future[Results]] = [pool.submit(_work, batch) for batch in batches]
        for batch, future in zip(batches, futures, strict=True):
            try:
                results = future.result()
            except BrokenProcessPool:
                results = [_alone(index, items) for index in batch]
            for index, (report, text) in zip(batch, results, strict=True):
                yield _whole(report, text, items[index])
    finally:
        _shared = None
        pool.shutdown(wait=False, cancel_futures=True)


def _pool(jobs: int) -> ProcessPoolExecutor:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    return ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"), _begin)


def _begin() -> None:
    """An interrupt ends a child at once; only the parent says so."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _batches(sizes: list[int], jobs: int) -> list[Batch]:
    """Runs of neighbours with about the same amount of text."""
    share = max(sum(sizes) // (jobs * _BATCHES), 1)
    batches: list[Batch] = []
    room = 0
    for index, size in enumerate(sizes):
        if room <= 0:
            batches.append([])
            room = share
        batches[-1].append(index)
        room -= size
    return batches


def _work(batch: Batch) -> Results:
    """What a child does."""
    from pqltools.workspace.analysis import guarded_check

    assert _shared is not None
    items, workspace = _shared
    return [_slim(guarded_check(items[index], workspace)) for index in batch]


def _alone(index: int, items: list[Item]) -> tuple[FileReport, str | None]:
    """The report of a file whose process has died, perhaps not through its fault."""
    from concurrent.futures.process import BrokenProcessPool

    from pqltools.workspace.analysis import broken

    with _pool(1) as pool:
        try:
            return pool.submit(_work, [index]).result()[0]
        except BrokenProcessPool:
            return broken(items[index], "the process that checked this file died"), None


def _slim(report: FileReport) -> tuple[FileReport, str | None]:
    """The report without the texts, which the parent has, and the trees in fixes, which nobody needs any more."""
    diagnostics = [
        replace(found, source=None, fixes=tuple([replace(fix, nodes=()) for fix in found.fixes]))
        for found in report.diagnostics
    ]
    text = None if report.before is None else report.source.text
    slim = replace(report, source=None, file=None, diagnostics=tuple(diagnostics), before=None)
    return slim, text


def _whole(report: FileReport, text: str | None, item: Item) -> FileReport:
    """The inverse of `_slim`."""
    source, file, before = item.file.source, item.file, None
    if text is not None:
        from pqltools.formats.definition_files import read_file
        from pqltools.source import Source

        source, before = Source(text, source.name), source.text
        file = read_file(source, file.kind)
    diagnostics = tuple([replace(found, source=source) for found in report.diagnostics])
    return replace(report, source=source, file=file, diagnostics=diagnostics, before=before)

"""How do DuckDB and Spark evaluate jobs?  `ColumnarEngine`, in a store that is kept until profiles change; `OnSpark`.

What has no SQL, or depends on memberships, is evaluated over blocks, as `MemoryEngine` does; the answers are the same.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pqltools.records import Record, hint, record
from pqltools.segmentation.engines.child import Child
from pqltools.segmentation.engines.engine import Blocks, EngineFailure, Found, Task
from pqltools.segmentation.engines.kept import KeptStores, Place
from pqltools.segmentation.engines.memory import exchange
from pqltools.segmentation.engines.worker import refused
from pqltools.segmentation.stopping import Stop

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The folder in a data directory where profiles are put for Spark.
SPARK = "spark"


@record
class Answer(Record):
    """What was found, and for so many definitions not in columns, with the reasons why."""

    found: Found
    by_memory: dict[str, int] = hint(default=None)


class ColumnarEngine:
    """Evaluates in stores that are kept. Any number of threads may use it."""

    def __init__(self, kept: KeptStores) -> None:
        self._kept = kept

    def run_kept(
        self, place: Place, task: Task, blocks: Blocks, stop: Stop, progress: Callable[[int, int], None]
    ) -> Answer | None:
        """The answers from the store at a place; None if there is none. Raises as `Engine` does."""
        from pqltools.segmentation.engines.in_columns import Work, evaluate_in_columns

        with self._kept.using(place) as folder:
            if folder is None:
                return None
            return _run(evaluate_in_columns, Work(task, folder), task, blocks, stop, progress)

    def run_building(
        self, place: Place, task: Task, blocks: Blocks, stop: Stop, progress: Callable[[int, int], None]
    ) -> Answer:
        """Make a store, keep it at a place, and answer from it. Raises as `Engine` does; then nothing is kept."""
        from pqltools.segmentation.engines.in_columns import Work, evaluate_in_columns

        with self._kept.making(place) as folder:
            return _run(evaluate_in_columns, Work(task, folder, builds=True), task, blocks, stop, progress)


class OnSpark:
    """Evaluates on Spark at `master`, None for this machine, which profiles reach through a folder of their own.

    Any number of threads may use it: each task has a session of its own.
    """

    def __init__(self, folder: str, master: str | None) -> None:
        self._folder = Path(folder)
        self._master = master
        shutil.rmtree(self._folder, ignore_errors=True)  # what a crash has left

    def run(self, task: Task, blocks: Blocks, stop: Stop, progress: Callable[[int, int], None]) -> Answer:
        """The answers. Raises as `Engine` does."""
        from pqltools.segmentation.engines.on_spark import Work, evaluate_on_spark

        with self._place() as folder:
            return _run(evaluate_on_spark, Work(task, folder, self._master), task, blocks, stop, progress)

    @contextmanager
    def _place(self) -> Iterator[str]:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            folder = tempfile.mkdtemp(prefix="job-", dir=self._folder)
        except OSError as problem:
            raise EngineFailure(refused(problem)) from None
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _run(
    evaluate: Callable[[Any, Any], None],
    work: object,
    task: Task,
    blocks: Blocks,
    stop: Stop,
    progress: Callable[[int, int], None],
) -> Answer:
    with Child(evaluate, work, stop) as child:
        found, by_memory = exchange(child, blocks, stop, progress)
    first = found.qualifies.get(task.subjects[0].id, ())
    progress(found.profiles, len(first))
    return Answer(found, by_memory)

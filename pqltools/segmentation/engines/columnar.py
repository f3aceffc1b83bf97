"""How does DuckDB evaluate jobs?  `ColumnarEngine`: profiles in a store of columns, which is kept until they change.

What has no columns, or depends on memberships, is evaluated over blocks, as `MemoryEngine` does; the answers
are the same.
"""

from __future__ import annotations

from collections.abc import Callable

from pqltools.records import Record, hint, record
from pqltools.segmentation.engines.child import Child
from pqltools.segmentation.engines.engine import Blocks, Found, Task
from pqltools.segmentation.engines.in_columns import Work, evaluate_in_columns
from pqltools.segmentation.engines.kept import KeptStores, Place
from pqltools.segmentation.engines.memory import exchange
from pqltools.segmentation.stopping import Stop


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
        with self._kept.using(place) as folder:
            if folder is None:
                return None
            return _run(Work(task, folder), blocks, stop, progress)

    def run_building(
        self, place: Place, task: Task, blocks: Blocks, stop: Stop, progress: Callable[[int, int], None]
    ) -> Answer:
        """Make a store, keep it at a place, and answer from it. Raises as `Engine` does; then nothing is kept."""
        with self._kept.making(place) as folder:
            return _run(Work(task, folder, builds=True), blocks, stop, progress)


def _run(work: Work, blocks: Blocks, stop: Stop, progress: Callable[[int, int], None]) -> Answer:
    with Child(evaluate_in_columns, work, stop) as child:
        found, by_memory = exchange(child, blocks, stop, progress)
    first = found.qualifies.get(work.task.subjects[0].id, ())
    progress(found.profiles, len(first))
    return Answer(found, by_memory)

"""Which engine is the first one?  `MemoryEngine`: the fused evaluator over blocks of merged profiles, in a process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pqltools.segmentation.engines.child import Child
from pqltools.segmentation.engines.engine import Blocks, Found, Needs, Task
from pqltools.segmentation.engines.evaluating import evaluate
from pqltools.segmentation.engines.worker import AHEAD
from pqltools.segmentation.stopping import Stop

#: Blocks that are on the way while the answers of one are awaited: those that the other process holds, and one more.
_AHEAD = AHEAD + 2


class MemoryEngine:
    """Keeps nothing but the answers in memory: numbers of profiles."""

    def run(self, task: Task, blocks: Blocks, stop: Stop, progress: Callable[[int, int], None]) -> Found:
        """See `Engine`."""
        with Child(evaluate, task, stop) as child:
            found: Found = exchange(child, blocks, stop, progress)
            return found


def exchange(child: Child, blocks: Blocks, stop: Stop, progress: Callable[[int, int], None]) -> Any:
    """Hand a process the blocks that it needs, and take what it has found."""
    needs: Needs | None = child.receive()
    pending = 0
    for block in () if needs is None else blocks(needs):
        stop.check()
        child.send(block)
        pending += 1
        if pending > _AHEAD:
            progress(*child.receive())
            pending -= 1
    child.send(None)
    for _ in range(pending):
        progress(*child.receive())
    return child.receive()

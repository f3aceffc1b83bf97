"""Which engine is the first one?  `MemoryEngine`: the fused evaluator over blocks of merged profiles, in a process."""

from __future__ import annotations

from collections.abc import Callable

from pqltools.segmentation.engines.child import Child
from pqltools.segmentation.engines.engine import Blocks, Found, Needs, Task
from pqltools.segmentation.engines.evaluating import evaluate
from pqltools.segmentation.stopping import Stop


class MemoryEngine:
    """Keeps nothing but the answers in memory: numbers of profiles."""

    def run(self, task: Task, blocks: Blocks, stop: Stop, progress: Callable[[int], None]) -> Found:
        """See `Engine`."""
        with Child(evaluate, task, stop) as child:
            needs: Needs | None = child.receive()
            done = 0
            if needs is not None:
                for block in blocks(needs):
                    stop.check()
                    child.send(block)
                    done += len(block.pids)
                    progress(done)
            child.send(None)
            found: Found = child.receive()
            return found

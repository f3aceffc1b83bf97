"""How much work is it?  Calls are counted, not seconds: they are the same on a busy machine, and grow as the work does.

A loop within one call of C, such as a search in a long string, is one call here, however long it takes.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def calls_of(work: Callable[[], object]) -> int:
    """How many calls, of Python's functions and of C's, `work` makes in this thread.

    What is made once, such as tables and imports, counts as well unless `work` has run before.
    """
    counted = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    # What others have hung on the collector, hypothesis does, would be counted now and then.
    profiling, collecting = sys.getprofile(), gc.isenabled()
    gc.disable()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(profiling)
        if collecting:
            gc.enable()
    return counted


def growth(work_for: Callable[[int], Callable[[], object]], count: int, times: int) -> float:
    """How many times as many calls the work for `times` as much takes: `times` if it is linear, its square if not.

    What `work_for` does to prepare the work does not count. A first run, for something of another size, fills caches.
    """
    work_for(count + 1)()
    few, many = (calls_of(work_for(size)) for size in (count, count * times))
    return many / few

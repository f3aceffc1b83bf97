"""Is there room to walk a deep tree?  `room_for_depth` makes some, for programs that have Python's usual limit."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from threading import Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

#: Calls inside each other. They take no room on the stack of the machine, and trees have at most 250 levels.
_ENOUGH = 10_000
_lock = Lock()
#: How many are inside, and the limit that was there before the first one came: the limit is that of all threads.
_inside = 0
_before = 0


@contextmanager
def room_for_depth() -> Iterator[None]:
    """Inside, calls may go deep enough for the deepest trees; behind it the limit is what it was."""
    global _inside, _before
    with _lock:
        if not _inside:
            _before = sys.getrecursionlimit()
            sys.setrecursionlimit(max(_before, _ENOUGH))
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside:
                sys.setrecursionlimit(_before)

"""How do deep expressions get through Python's limit of recursion?  `room` raises it while something is compiled."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

#: Frames that an expression of the highest depth may need: up to 20 for each of its nodes, in the compiler and in
#: Python's own.
_NEEDED = 10_000
_lock = threading.Lock()
#: How many are compiling, and the limit before.
_state = [0, 0]


@contextmanager
def room() -> Iterator[None]:
    """Inside, recursion may go as deep as the deepest expression needs. Several threads may be inside at a time."""
    with _lock:
        if _state[0] == 0:
            _state[1] = sys.getrecursionlimit()
            sys.setrecursionlimit(max(_state[1], _NEEDED))
        _state[0] += 1
    try:
        yield
    finally:
        with _lock:
            _state[0] -= 1
            if _state[0] == 0:
                sys.setrecursionlimit(_state[1])

"""How is work called off?  `Stop`: whoever works asks it now and then, and names what ends waiting at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stopped(Exception):
    """The work was called off."""


class Stop:
    """Whether work is to end, and the reason if it is not the wish of who started it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []
        self.requested = False
        self.reason: str | None = None

    def request(self, reason: str | None = None) -> None:
        """Call the work off; once is enough."""
        with self._lock:
            if self.requested:
                return
            self.requested, self.reason = True, reason
            callbacks = [*self._callbacks]
        for callback in callbacks:
            callback()

    def check(self) -> None:
        """Raise `Stopped` if the work was called off."""
        if self.requested:
            raise Stopped

    @contextmanager
    def ending(self, callback: Callable[[], None]) -> Iterator[None]:
        """Have `callback`, which may be called from any thread, end what happens within. Raises `Stopped` before it."""
        with self._lock:
            self.check()
            self._callbacks.append(callback)
        try:
            yield
        finally:
            with self._lock:
                self._callbacks.remove(callback)

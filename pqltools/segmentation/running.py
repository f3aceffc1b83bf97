"""Who does what takes long?  `Runner`: so many threads for work that waits in a queue, and can be called off."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from pqltools.segmentation.stopping import Stop

#: Why work ends that `close` calls off.
CLOSING = "the server was stopped while it ran"


#: How far work that takes long stands behind the answers of the API where processors are few; 19 is the farthest.
BEHIND = 10


def step_back() -> None:
    """Have this thread, and those that it starts, give way to the others of this process.

    It must not compute long in Python: while it waits for a processor nobody else would have the interpreter.
    """
    if sys.platform == "linux":  # elsewhere only processes can
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND)


class _Entry:
    def __init__(self) -> None:
        self.stop = Stop()
        self.is_running = False


class Runner:
    """Runs `workers` pieces of work at a time, those that came first before the others."""

    def __init__(self, workers: int) -> None:
        self._lock = threading.Lock()
        self._entries: dict[Hashable, _Entry] = {}
        self._pool = ThreadPoolExecutor(max(workers, 1), thread_name_prefix="job", initializer=step_back)
        # What is quickly done, but not by who asks for it.
        self._soon = ThreadPoolExecutor(1, thread_name_prefix="queue")
        self.is_closing = False

    def submit(self, key: Hashable, queued: Callable[[], None], work: Callable[[Stop], None]) -> None:
        """Have `queued` called soon, and `work` when its turn comes. Neither may raise anything."""
        entry = _Entry()
        with self._lock:
            if self.is_closing:
                return
            self._entries[key] = entry

        def take() -> None:
            queued()
            with self._lock:
                if not self.is_closing:
                    self._pool.submit(self._run, key, entry, work)

        self._soon.submit(take)

    def soon(self, work: Callable[[], None]) -> None:
        """Have something quick done."""
        with self._lock:
            if not self.is_closing:
                self._soon.submit(work)

    def stop(self, key: Hashable) -> bool:
        """Call work off; whether it had not begun, and now never will."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or not entry.is_running:
                self._entries.pop(key, None)
                return True
        entry.stop.request()
        return False

    @contextmanager
    def running(self, key: Hashable) -> Iterator[Stop]:
        """Be known as running work that can be called off, in a thread of one's own."""
        entry = _Entry()
        with self._lock:
            entry.is_running = True
            self._entries[key] = entry
        try:
            yield entry.stop
        finally:
            with self._lock:
                self._entries.pop(key, None)

    def close(self) -> None:
        """Call everything off, and wait until it has ended."""
        with self._lock:
            self.is_closing = True
            running = [entry for entry in self._entries.values() if entry.is_running]
            self._entries = {key: entry for key, entry in self._entries.items() if entry.is_running}
        for entry in running:
            entry.stop.request(CLOSING)
        self._soon.shutdown(cancel_futures=True)
        self._pool.shutdown(cancel_futures=True)

    def _run(self, key: Hashable, entry: _Entry, work: Callable[[Stop], None]) -> None:
        with self._lock:
            if self._entries.get(key) is not entry or self.is_closing:
                return
            entry.is_running = True
        try:
            work(entry.stop)
        finally:
            with self._lock:
                self._entries.pop(key, None)

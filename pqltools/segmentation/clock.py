"""What time is it?  The system's clock, and one that stands still until a test moves it."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Instants are milliseconds since 1970 UTC."""

    def now(self) -> int:
        """The instant."""

    def sleep_until(self, instant: int, stop: threading.Event) -> bool:
        """Wait until `instant`, or until `stop` is set; whether the instant has come."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> int:
        """The instant."""
        return time.time_ns() // 1_000_000

    def sleep_until(self, instant: int, stop: threading.Event) -> bool:
        """Wait until `instant`, or until `stop` is set; whether the instant has come."""
        while not stop.is_set():
            left = instant - self.now()
            if left <= 0:
                return True
            # Not all of it at once: the clock may be set, and the machine may sleep.
            stop.wait(min(left / 1000, 60))
        return False


class ManualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: int) -> None:
        self._now = now
        self._moved = threading.Condition(threading.RLock())

    def now(self) -> int:
        """The instant."""
        return self._now

    def set(self, instant: int) -> None:
        """Move the clock; ValueError if that were backwards."""
        with self._moved:
            if instant < self._now:
                raise ValueError("a clock is not moved backwards")
            self._now = instant
            self._moved.notify_all()

    def advance(self, milliseconds: int) -> None:
        """Move the clock forward."""
        with self._moved:
            self.set(self._now + milliseconds)

    def sleep_until(self, instant: int, stop: threading.Event) -> bool:
        """Wait until the clock is moved to `instant`, or until `stop` is set; whether the instant has come."""
        with self._moved:
            while not stop.is_set():
                if self._now >= instant:
                    return True
                self._moved.wait(0.05)  # `stop` does not notify
        return False

"""Do clocks wait until the instant has come, and no longer than they may?"""

from __future__ import annotations

import threading
import time

import pytest

from pqltools.segmentation.clock import Clock, ManualClock, SystemClock


def waiting(clock: Clock, instant: int, stop: threading.Event) -> tuple[threading.Thread, list[bool]]:
    found: list[bool] = []
    thread = threading.Thread(target=lambda: found.append(clock.sleep_until(instant, stop)))
    thread.start()
    return thread, found


def test_manual_clock_wakes_who_waits_when_it_is_moved() -> None:
    clock, stop = ManualClock(1000), threading.Event()
    thread, found = waiting(clock, 2000, stop)
    clock.advance(999)
    time.sleep(0.02)
    assert not found
    clock.set(2000)
    thread.join(30)
    assert found == [True]
    assert clock.now() == 2000


def test_manual_clock_is_not_moved_backwards() -> None:
    clock = ManualClock(1000)
    with pytest.raises(ValueError, match="backwards"):
        clock.set(999)


@pytest.mark.parametrize("clock", [ManualClock(0), SystemClock()])
def test_waiting_can_be_stopped(clock: Clock) -> None:
    stop = threading.Event()
    thread, found = waiting(clock, clock.now() + 3_600_000, stop)
    stop.set()
    thread.join(30)
    assert found == [False]


def test_system_clock_comes_to_the_instant() -> None:
    clock = SystemClock()
    instant = clock.now() + 20
    assert clock.sleep_until(instant, threading.Event())
    assert clock.now() >= instant

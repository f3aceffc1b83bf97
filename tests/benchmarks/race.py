"""How do several ways of doing a thing compare?  Medians of rounds in which each takes its turn.

Taking turns keeps a slow minute of the machine from falling on one contestant; compare ratios, not seconds.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from statistics import median
from time import perf_counter


def race(contestants: dict[str, Callable[[], object]], rounds: int = 15) -> dict[str, float]:
    """Seconds that each contestant takes, the median of `rounds`; a first round is not counted."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    gc.disable()
    try:
        for number in range(rounds + 1):
            for name, run in contestants.items():
                start = perf_counter()
                run()
                if number:
                    times[name].append(perf_counter() - start)
            gc.collect()
    finally:
        gc.enable()
    return {name: median(taken) for name, taken in times.items()}


def report(title: str, times: dict[str, float], size: int | None = None) -> None:
    """Print one race: milliseconds, megabytes a second if the size of the input is given, ratio to the first."""
    print(f"\n{title}")
    base = next(iter(times.values()))
    for name, seconds in times.items():
        speed = f"{size / seconds / 1e6:8.2f} MB/s" if size else ""
        print(f"  {name:44} {seconds * 1e3:9.2f} ms {speed}  {seconds / base:6.2f} ×")

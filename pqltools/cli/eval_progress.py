"""How far is a run?  A line on a terminal with rate and time left, and nothing anywhere else."""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_EVERY = 0.2


class Progress:
    """Shows progress through files of known size; of standard input only what has been done is known."""

    def __init__(self, names: Iterable[str], *, beside: bool) -> None:
        """Of the run over these files, whose answers are printed `beside` it: two cannot write to one terminal."""
        self.total = _size(names)
        self.done = 0
        self.start = self.shown = time.monotonic()
        self.drawn = False
        self.is_terminal = sys.stderr.isatty() and not (beside and sys.stdout.isatty())

    def show(self, size: int, profiles: int | None) -> None:
        """Count so many bytes more, and show how many profiles there have been, or bytes where nobody counts those."""
        self.done += size
        now = time.monotonic()
        if not self.is_terminal or now - self.shown < _EVERY:
            return
        self.shown = now
        self.drawn = True
        sys.stderr.write(f"\r\x1b[K{progress_text(profiles, self.done, self.total, now - self.start)}")
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self.drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self.drawn = False


def progress_text(profiles: int | None, done: int, total: int | None, seconds: float) -> str:
    """The line after so many seconds: profiles, their rate, and the time left if the total of bytes is known."""
    if profiles is None:
        text = f"{done / 1e6:,.1f} MB sent"
    else:
        rate = profiles / seconds if seconds > 0 else 0.0
        text = f"{profiles:,} profiles, {rate:,.0f} a second"
    if not total or not done:
        return text
    left = seconds * (total - done) / done
    share = min(done / total, 1.0)
    return f"{text}, {share:.0%}, {_duration(left)} left" if left >= 1 else f"{text}, {share:.0%}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _size(names: Iterable[str]) -> int | None:
    """The bytes of all files; None if one has no size, or is packed, so that bytes read are not bytes of the file."""
    total = 0
    for name in names:
        if name == "-" or name.endswith((".gz", ".zst")):
            return None
        try:
            total += os.path.getsize(name)  # noqa: PTH202 - pathlib is slow to import
        except OSError:
            return None
    return total

"""What does the process of an engine do?  It is told what to work on, takes blocks, and says what it has found.

It ends when the process that started it is no longer there: that closes the pipe, and nobody wants the answer.
"""

from __future__ import annotations

import errno
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, BinaryIO

from pqltools.segmentation.engines.frames import read_frame, write_frame
from pqltools.segmentation.running import BEHIND

#: Blocks that are read before they are wanted.
AHEAD = 2
#: Frames of Python, and bytes of a stack: expressions are nested deep.
_DEPTH, _STACK = 5_000, 64 * 2**20


class Channel:
    """The other process, as work sees it."""

    def __init__(self, reading: BinaryIO, writing: BinaryIO) -> None:
        self._writing = writing
        self._queue: queue.Queue[Any] = queue.Queue(AHEAD)
        threading.Thread(target=self._read, args=(reading,), daemon=True).start()

    def receive(self) -> Any:
        """The next value that was sent."""
        return self._queue.get()

    def blocks(self) -> Iterator[Any]:
        """All that is sent until None comes."""
        return iter(self.receive, None)

    def send(self, value: object) -> None:
        """Send a value."""
        write_frame(self._writing, ("value", value))

    def fail(self, reason: str) -> None:
        """Say why it cannot go on."""
        write_frame(self._writing, ("failed", reason))

    def _read(self, file: BinaryIO) -> None:
        try:
            while True:
                self._queue.put(read_frame(file))
        except (EOFError, OSError):
            os._exit(1)


def main() -> None:
    """Do what the first frame says: a function and its argument."""
    # The one who started it ends it; an interrupt from the keyboard goes to both.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        # Those who wait for an answer of the API come first. The thread that started this process may be as far back
        # already, and `nice` adds up.
        os.nice(max(BEHIND - os.nice(0), 0))
    reading = os.fdopen(os.dup(0), "rb")
    writing = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whoever prints must not disturb the frames
    sys.setrecursionlimit(_DEPTH)
    threading.stack_size(_STACK)
    thread = threading.Thread(target=_work, args=(Channel(reading, writing),))
    thread.start()
    thread.join()
    os._exit(0)  # the thread that reads waits for what does not come


def _work(channel: Channel) -> None:
    work: Callable[[Channel, Any], None]
    work, argument = channel.receive()
    with suppress(OSError):  # nobody is there any more
        try:
            work(channel, argument)
        except MemoryError:
            channel.fail("there was not enough memory")
        except OSError as problem:
            channel.fail(refused(problem))
        except Exception as mistake:  # its message may hold data of profiles
            channel.fail(f"a mistake in pqltools stopped it ({_place(mistake)}); please report it")


def refused(problem: OSError) -> str:
    """What the disk says of a problem, without the place."""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "the disk is full"
    return f"the disk refuses it: {(problem.strerror or 'it cannot be written').lower()}"


def _place(mistake: Exception) -> str:
    trace = mistake.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = "" if trace is None else f" in {trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}"
    return f"{type(mistake).__name__}{where}"


if __name__ == "__main__":
    main()

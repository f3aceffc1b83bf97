"""How is work done in another process?  `Child` starts it, hands it values, kills it when the work is called off."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self

import pqltools
from pqltools.segmentation.engines.engine import EngineFailure
from pqltools.segmentation.engines.frames import read_frame, write_frame
from pqltools.segmentation.engines.worker import Channel
from pqltools.segmentation.stopping import Stop, Stopped


class Child:
    """A process in which ``work(channel, argument)`` is called, a function of a module; to be used in a `with`."""

    def __init__(self, work: Callable[[Channel, Any], None], argument: object, stop: Stop) -> None:
        self._start = (work, argument)
        self._stop = stop
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        # The same package, wherever this process found it.
        folder = str(Path(pqltools.__file__).parents[1])
        paths = [folder, *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pqltools.segmentation.engines.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        try:
            self._stack.enter_context(self._stop.ending(self._process.kill))
            self.send(self._start)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()
        self._process.wait()

    def send(self, value: object) -> None:
        """Send a value. Raises `Stopped` and `EngineFailure`."""
        assert self._process.stdin is not None
        try:
            write_frame(self._process.stdin, value)  # type: ignore[arg-type]
        except OSError:
            self.receive()  # it may have said why

    def receive(self) -> Any:
        """The next value that it sends. Raises `Stopped` and `EngineFailure`."""
        assert self._process.stdout is not None
        try:
            kind, value = read_frame(self._process.stdout)  # type: ignore[arg-type]
        except (EOFError, OSError):
            if self._stop.requested:
                raise Stopped from None
            status = self._process.wait()
            how = f"signal {-status}" if status < 0 else f"status {status}"
            raise EngineFailure(f"its process ended with {how}") from None
        if kind == "failed":
            raise EngineFailure(value)
        return value

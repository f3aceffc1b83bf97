"""Running `pql` in the test process, with its own standard streams."""

from __future__ import annotations

import io
import sys

import pytest

from pqltools.cli import main
from running import Pql, Ran


@pytest.fixture
def pql(monkeypatch: pytest.MonkeyPatch) -> Pql:
    """Run `pql` with arguments and, by `input`, what standard input holds."""

    def run(*arguments: object, input: str | bytes = "") -> Ran:
        data = input.encode() if isinstance(input, str) else input
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="cp1252") for _ in range(2))
        with monkeypatch.context() as streams:  # what the test itself has patched stays
            streams.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
            streams.setattr(sys, "stdout", out)
            streams.setattr(sys, "stderr", err)
            status = main([str(argument) for argument in arguments])
        for stream in (out, err):
            stream.flush()
        texts = [stream.buffer.getvalue().decode() for stream in (out, err)]
        return Ran(status, *texts)

    return run

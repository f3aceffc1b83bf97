"""How do two processes talk through a pipe?  Pickled values, each with its length before it."""

from __future__ import annotations

import pickle
from typing import Any, BinaryIO


def write_frame(file: BinaryIO, value: object) -> None:
    """Write a value. Raises OSError if nobody reads any more."""
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    file.write(len(data).to_bytes(8, "little"))
    file.write(data)
    file.flush()


def read_frame(file: BinaryIO) -> Any:
    """Read a value. Raises EOFError if the other process has gone."""
    size = _exactly(file, 8)
    return pickle.loads(_exactly(file, int.from_bytes(size, "little")))


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise EOFError
    return data

"""How do two processes talk through a pipe?  Pickled values, one after the other.

Bytes inside of them go to the pipe as they are: a copy would be made while no other thread of the process can run.
"""

from __future__ import annotations

import pickle
from typing import Any, BinaryIO


def write_frame(file: BinaryIO, value: object) -> None:
    """Write a value. Raises OSError if nobody reads any more."""
    pickle.dump(value, file, pickle.HIGHEST_PROTOCOL)
    file.flush()


def read_frame(file: BinaryIO) -> Any:
    """Read a value. Raises EOFError if the other process has gone."""
    try:
        return pickle.load(file)
    except pickle.UnpicklingError:  # in the middle of a value
        raise EOFError from None

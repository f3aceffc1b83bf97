"""What does a run of `pql` leave behind?  The types of the `pql` fixture in tests/cli/conftest.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Ran(NamedTuple):
    """Exit code, standard output and standard error."""

    status: int
    out: str
    err: str


Pql = Callable[..., Ran]

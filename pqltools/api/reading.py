"""Which thread does what an answer needs?  The one that talks to the clients, if it is little: `done`.

Where processors are few, it takes longer until another thread has begun, and has said that it has ended, than to read a
few rows. Nobody who reads waits for who writes. Everything else is for other threads: plain functions of the resources.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from starlette.concurrency import run_in_threadpool

#: Rows, and characters of an expression, that are little.
FEW, SHORT = 20, 500
_T = TypeVar("_T")


async def done(work: Callable[[], _T], *, little: bool = True) -> _T:
    """What `work` returns, which waits for nothing but rows of the database."""
    return work() if little else await run_in_threadpool(work)

"""Which thread reads what an answer needs?  The one that talks to the clients, if it is little: `read`.

Where processors are few, it takes longer until another thread has begun, and has said that it has ended, than to read a
few rows. Nobody who reads waits for who writes. Everything else is for other threads: plain functions of the resources.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from starlette.concurrency import run_in_threadpool

#: Rows that are little.
_FEW = 20
_T = TypeVar("_T")


async def read(work: Callable[[], _T], rows: int = 1) -> _T:
    """What `work` returns, which reads so many rows of the database and does nothing else."""
    return work() if rows <= _FEW else await run_in_threadpool(work)

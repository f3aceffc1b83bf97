"""What has gone wrong with a store?  Errors of DuckDB and of the disk in the words of those who keep profiles."""

from __future__ import annotations

import errno
import os
import re
from contextlib import contextmanager

from pqltools.diagnostics import error
from pqltools.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_FULL = ("o space left", "Disk quota", "File too large", "max_temp_directory_size")
_PID = re.compile(r"\(PID (\d+)\)")


def broken(folder: str, why: str, help: str | None = None) -> Exception:
    """The error for a store that cannot be used."""
    return error("PQL044", why, (0, 0), help=help, source=Source("", folder))


def is_full(problem: Exception) -> bool:
    """Whether there is no room on the disk."""
    if isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return True
    return any(words in str(problem) for words in _FULL)


@contextmanager
def told(folder: str, doing: str = "") -> Iterator[None]:
    """Turn errors of DuckDB and of the disk into `PQLError`; `doing` says what was in vain: ``nothing was loaded``."""
    import duckdb

    try:
        yield
    except (duckdb.Error, OSError) as problem:
        why, help = _words(problem)
        raise broken(folder, f"{why}; {doing}" if doing else why, help) from None


def _words(problem: Exception) -> tuple[str, str | None]:
    import duckdb

    text = str(problem)
    if is_full(problem):
        return "the disk is full", None
    if "set lock" in text or "onflicting lock" in text:
        found = _PID.search(text)
        who = f"process {found[1]}" if found else "another process"
        return (
            f"it is in use by {who}",
            "a store is read by many at once, or loaded by one; try again when that is done",
        )
    if "ermission denied" in text or "ead-only" in text:
        return "it may not be written", None
    if isinstance(problem, duckdb.OutOfMemoryException):
        return "there is not enough memory for this", "give it more with --memory, or load fewer files at a time"
    if isinstance(problem, duckdb.SerializationException) or "not a valid DuckDB" in text:
        return "it is damaged, or no store", None
    if isinstance(problem, OSError):
        return problem.strerror or "it cannot be written", None
    return f"it cannot be used: {text.splitlines()[0]}", None


def sweep(folder: str, prefixes: tuple[str, ...]) -> None:
    """Remove what processes that were killed have left in a folder that nobody else uses."""
    import shutil

    for name in os.listdir(folder):  # noqa: PTH208
        if name.startswith(prefixes):
            shutil.rmtree(os.path.join(folder, name), ignore_errors=True)  # noqa: PTH118

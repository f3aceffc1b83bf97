"""How is the file opened and changed?  One DuckDB database: transactions, and errors in the words of the user."""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

import duckdb

from pqltools.segmentation.problems import Problem
from pqltools.segmentation.running import step_back
from pqltools.segmentation.stopping import Stop, Stopped

_LOG = logging.getLogger("pqltools.segmentation")
#: Bytes that DuckDB may use before it spills to disk.
MEMORY = "384MB"
_FILE = "profiles.duckdb"
#: The version of the tables; another one is refused.
_VERSION = 1
#: Changes after which the log is written to the file.
_OFTEN = 50
#: Seconds after which who waits to write looks whether he shall go on.
_PATIENCE = 0.1
#: Seconds that who has something done `soon` waits for who writes.
_SOON = 1
#: Seconds that who needs the database opened again waits for who writes. He may hold what that one waits for.
_REOPENING = 5
_PID = re.compile(r"PID (\d+)")
#: Folders that this process has open: DuckDB would share the file, and two stores would give out the same numbers.
_open: set[str] = set()
_opening = threading.Lock()


class Database:
    """The file in a folder, which is made if it is not there. Any number of threads may use it.

    Raises `Problem` if another process has it, or it cannot be read or written.
    """

    def __init__(self, folder: str, *, memory: str = MEMORY, threads: int = 2) -> None:
        self.folder = folder
        self._key = os.path.realpath(folder)
        with _opening:
            if self._key in _open:
                raise _in_use("this process")
            _open.add(self._key)
        try:
            self.spill = Path(folder) / "spill"
            self._config: dict[str, str | bool | int | float | list[str]] = {
                "memory_limit": memory,
                "threads": threads,
                "temp_directory": str(self.spill),
            }
            self._connection = self._opened()
        except BaseException:
            _open.discard(self._key)
            raise
        #: Held by who writes: numbers of profiles are given out one after the other.
        self.writing = threading.RLock()
        self._chores: dict[Hashable, Callable[[], None]] = {}
        self._stages = 0
        self._changes = 0
        self._is_lost = False

    def close(self) -> None:
        """Write what is in the log to the file, and let others have it."""
        with self.writing:
            if self._key in _open:
                self._connection.close()
                _open.discard(self._key)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of one's own, to be closed."""
        if self._is_lost:
            self._open_again()
        return self._connection.cursor()

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that sees the store as it is now, whatever others write in the meantime."""
        with self._translated(), _closing(self.cursor()) as cursor:
            cursor.execute("BEGIN")
            yield cursor

    @contextmanager
    def changing(self, stop: Stop | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection whose changes are all there at the end, for good, or, if something is raised, not at all.

        Who waits for others, or for the database, can be called off by `stop`; that raises `Stopped`.
        """
        with self._held(stop), self._translated(), _closing(self.cursor()) as cursor:
            cursor.execute("BEGIN")
            try:
                # Not around the end: whether that happened must never be in doubt.
                with nullcontext() if stop is None else stop.ending(cursor.interrupt):
                    yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                _roll_back(cursor)
                raise
            self._tidy(cursor)

    def _tidy(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Have small changes written to the file now and then: until then each column of each table is in memory.

        That is a quarter of a megabyte for the fewest rows, and there are tables of their own for each sandbox.
        """
        self._changes += 1
        if self._changes % _OFTEN == 0:
            with suppress(duckdb.Error):  # others are at work: the next time
                cursor.execute("CHECKPOINT")

    @contextmanager
    def _held(self, stop: Stop | None) -> Iterator[None]:
        """Be the one who writes."""
        while not self.writing.acquire(timeout=-1 if stop is None else _PATIENCE):
            assert stop is not None
            stop.check()
        try:
            yield
        finally:
            self.writing.release()
            self._do_chores()

    def soon(self, key: Hashable, work: Callable[[], None]) -> None:
        """Have something done while nobody else writes: now, or, if others take long, by them at their end.

        Of several with one key the last is done. What is not done when the database is closed never is.
        """
        self._chores[key] = work
        if self.writing.acquire(timeout=_SOON):
            self.writing.release()
        self._do_chores()

    def _do_chores(self) -> None:
        """Do what is left to do, unless somebody writes: he looks here when he is done."""
        while self._chores and self.writing.acquire(blocking=False):
            try:
                if self._chores:  # otherwise another was quicker
                    self._chores.popitem()[1]()
            except Exception as mistake:  # it is nothing that who has just written could have to do with
                _LOG.error("mistake", extra={"data": {"kind": type(mistake).__name__}})
            finally:
                self.writing.release()

    @contextmanager
    def stage(self) -> Iterator[str]:
        """The name of a database for what is being loaded. It is in memory, spills to disk, and goes at the end."""
        with self._held(None):
            self._stages += 1
            name = f"stage_{self._stages}"
        with self._translated(), _closing(self.cursor()) as cursor:
            cursor.execute(f"ATTACH ':memory:' AS {name}")
            try:
                yield name
            finally:
                # A database that is broken says so where it matters.
                with suppress(duckdb.Error):
                    cursor.execute(f"DETACH {name}")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except duckdb.FatalException as problem:
            # DuckDB gives up the database when it cannot write its log; the file is as of the last commit.
            self._reopen()
            raise _translated(problem) from problem
        except duckdb.InterruptException as problem:
            raise Stopped from problem
        except (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.TransactionException) as problem:
            raise _translated(problem) from problem

    def _reopen(self) -> None:
        self._is_lost = True
        with suppress(duckdb.Error, Problem):  # the next who asks tries again, and is told
            self._open_again()

    def _open_again(self) -> None:
        if not self.writing.acquire(timeout=_REOPENING):
            title = "The profiles cannot be read at the moment: the database has to be opened again."
            raise Problem(503, "UPAPI-900507-503", title, retry_after=5)
        try:
            if self._is_lost:
                self._connection.close()
                self._connection = self._opened()
                self._is_lost = False
        finally:
            self.writing.release()

    def _opened(self) -> duckdb.DuckDBPyConnection:
        try:
            Path(self.folder).mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            reason = (problem.strerror or str(problem)).lower()
            raise Problem(503, "UPAPI-900507-503", f"The folder of the profiles cannot be made: {reason}.") from None
        try:
            # The threads that it starts are as important as the one that opens it.
            with ThreadPoolExecutor(1, initializer=step_back) as pool:
                path = str(Path(self.folder) / _FILE)
                connection = pool.submit(duckdb.connect, path, config=self._config).result()
            _prepare(connection)
        except (duckdb.Error, RuntimeError) as problem:
            raise _translated(problem) from problem
        return connection


@contextmanager
def _closing(cursor: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        yield cursor
    finally:
        cursor.close()


def _roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    # There may be no transaction any more.
    with suppress(duckdb.Error):
        cursor.execute("ROLLBACK")


def _prepare(connection: duckdb.DuckDBPyConnection) -> None:
    # What is rare is read from the log at the next start; a large load is in the file at once.
    connection.execute("SET checkpoint_threshold = '64MB'")
    connection.execute("BEGIN")
    connection.execute("CREATE TABLE IF NOT EXISTS version (number INTEGER)")
    connection.execute("CREATE TABLE IF NOT EXISTS scopes (number INTEGER, org VARCHAR, sandbox VARCHAR)")
    ((found,),) = connection.execute("SELECT max(number) FROM version").fetchall()
    if found is None:
        connection.execute("INSERT INTO version VALUES (?)", [_VERSION])
    elif found != _VERSION:
        connection.close()
        title = f"The profiles are stored in version {found} of the format; this version of pqltools reads {_VERSION}."
        raise Problem(503, "UPAPI-900506-503", title)
    connection.execute("COMMIT")


def _in_use(who: str) -> Problem:
    return Problem(503, "UPAPI-900505-503", f"The profiles are in use by {who}; stop it, or name another folder.")


def _translated(problem: Exception) -> Problem:
    text = str(problem)
    if isinstance(problem, Problem):
        return problem
    if "set lock" in text or "Conflicting lock" in text:
        found = _PID.search(text)
        return _in_use(f"process {found[1]}" if found else "another process")
    if "o space left" in text or "Disk quota" in text or "File too large" in text or "max_temp_directory_size" in text:
        return Problem(507, "UPAPI-900508-507", "The disk is full: nothing of this was stored.")
    if "Permission denied" in text or "Read-only" in text or "read-only" in text:
        return Problem(503, "UPAPI-900507-503", "The folder of the profiles may not be written.")
    if isinstance(problem, duckdb.OutOfMemoryException):
        return Problem(503, "UPAPI-900509-503", "There is not enough memory for this; nothing of it was stored.")
    if isinstance(problem, duckdb.SerializationException) or "not a valid DuckDB" in text:
        return Problem(503, "UPAPI-900506-503", "The file of the profiles is damaged, or is none of this program.")
    reason = text.split("\n", 1)[0]
    return Problem(503, "UPAPI-900507-503", f"The profiles cannot be read or written: {_without_paths(reason)}")


def _without_paths(text: str) -> str:
    """The text without names of files, which are nobody's business who asks over HTTP."""
    return re.sub(r'"?(?:/[^\s":]+)+"?', "a file", text)[:200]

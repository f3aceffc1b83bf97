"""How is it read and written safely?  `Metadata`: SQLite in WAL mode, one writer at a time, durable when it returns."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError

from pqltools.segmentation.directory import DirectoryProblem
from pqltools.segmentation.problems import Problem

#: Milliseconds that a statement waits for another process; in this one writers queue.
_PATIENCE = 30_000


class Metadata:
    """The database in the file `path`, brought up to date when it is opened. Any number of threads may use it.

    Raises `DirectoryProblem` if the file cannot be used.
    """

    def __init__(self, path: str) -> None:
        self._writing = threading.Lock()
        self._engine = create_engine(URL.create("sqlite", database=path), pool_size=16, max_overflow=64)
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)
        try:
            self._migrate()
        except (OperationalError, DatabaseError) as problem:
            self.close()
            raise DirectoryProblem(f"{path} cannot be used: {problem.orig}") from None
        except CommandError:
            self.close()
            raise DirectoryProblem(f"{path} was written by a newer version of pqltools; update pqltools") from None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of everything."""
        with _reported(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection whose changes happen as a whole: on the disk at the end, or not at all if there is an error."""
        with self._writing, _reported(), self._engine.connect() as connection:
            connection = connection.execution_options(pql_begin="BEGIN IMMEDIATE")
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def _migrate(self) -> None:
        config = Config()
        folder = Path(__file__).with_name("migrations")
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        with self.write() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _prepare(connection: Any, _: object) -> None:
    # The driver must not begin and end transactions by itself; `_begin` does.
    connection.isolation_level = None
    # What the database calls lower case is that of English.
    connection.create_function("pql_casefold", 1, _casefold, deterministic=True)
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={_PATIENCE}", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _casefold(text: object) -> str | None:
    return None if text is None else str(text).casefold()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("pql_begin", "BEGIN"))


@contextmanager
def _reported() -> Iterator[None]:
    """What the disk refuses is no mistake of the program, and nothing has been changed."""
    try:
        yield
    except OperationalError as problem:
        reason = str(problem.orig)
        if "disk is full" in reason:
            raise Problem(507, "UPAPI-900508-507", "The disk is full: nothing of this was stored.") from problem
        title = f"The data directory cannot be used at the moment: {reason}. Nothing was changed."
        raise Problem(503, "UPAPI-900507-503", title, retry_after=5) from problem

"""What is in a store?  One DuckDB file in a folder, with a table of what is known about it; written in one transaction.

A store is read by any number of processes, or written by one. What a load has not finished is not there.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress

from pqltools.engines.store.shapes import Shape, Table, from_data, quoted, tables_of, to_data
from pqltools.engines.store.troubles import broken, sweep, told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Self

    from duckdb import DuckDBPyConnection

FILE = "store.duckdb"
QUARANTINE = "quarantine.ndjson"
#: The number of a profile, dense but for profiles that were replaced; of a row; of the row that it belongs to.
PID, ROW, PARENT = "#pid", "#row", "#parent"
#: The position of an item in its array, from 1, and whether it is null.
NUMBER, IS_NULL = "#no", "#null"
#: In front of the path of an array that is a table: its length, null if there is none.
LENGTH = "#length:"
#: In front of the name of a field that a row has from its parent.
ABOVE = "#above:"
#: The fields of items that their own items have, too; the first orders them.
CARRIED = ("timestamp", "eventType")
#: The table of the identities of profiles, as texts, by which events find theirs; and while profiles are loaded, that
#: of those that others replace, with their new numbers and the lengths of their events where these stay.
IDENTITIES, GONE = "#identities", '"#gone"'
_FORMAT = 2
_MANIFEST = "#store"
#: How folders begin in which data are while they are loaded, or for which there is no room in memory.
STAGING, _SPILL = "load-", "spill-"


class Store:
    """An open store. `shape` is that of profiles, `profiles` how many there are, `end` the next number of one."""

    def __init__(self, connection: DuckDBPyConnection, path: str, made: str = "") -> None:
        self.connection = connection
        self.path = path
        #: Whether there was no store in this ``folder``, or no ``file``, before it was opened.
        self.made = made
        self.read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close it; one that was made, and in which nothing was loaded, is not kept."""
        self.connection.close()
        if self.made and self.is_empty:
            with suppress(OSError):
                os.remove(os.path.join(self.path, FILE))  # noqa: PTH107, PTH118
                if self.made == "folder":
                    os.rmdir(self.path)  # noqa: PTH106

    def read(self) -> None:
        """Read again what is known about it."""
        found = self.connection.execute(
            "SELECT count(*) FROM duckdb_tables() WHERE table_name = ? AND database_name = current_database()",
            [_MANIFEST],
        ).fetchone()
        manifest: dict[str, Any] = {}
        if found is not None and found[0]:
            rows = self.connection.execute(f"SELECT key, value FROM {quoted(_MANIFEST)}").fetchall()
            manifest = {key: json.loads(value) for key, value in rows}
        self.is_empty = not manifest
        if not manifest and self.connection.execute("SELECT count(*) FROM duckdb_tables()").fetchone() != (0,):
            raise broken(self.path, "there are tables in it, and it is no store")
        if manifest and manifest.get("format") != _FORMAT:
            raise broken(self.path, "it was written by another version of pqltools; load it again")
        self.shape: Shape = from_data(manifest["shape"]) if manifest else Shape("object")
        self.profiles: int = manifest.get("profiles", 0)
        self.rows: Mapping[str, int] = manifest.get("rows", {})
        #: The next number of a profile, and of the rows of each table.
        self.end: int = manifest.get("end", 0)
        self.ends: dict[str, int] = manifest.get("ends", {})
        #: The most items that the array of a profile has, by table.
        self.longest: dict[str, int] = manifest.get("longest", {})
        #: How many loads there were.
        self.loads: int = manifest.get("loads", 0)
        #: The paths of fields that are not there, as the schema did not declare them.
        self.left_out: list[tuple[str, ...]] = [tuple(path) for path in manifest.get("leftOut", [])]

    def write(self) -> None:
        """Write what is known about it, within the transaction of a load."""
        run = self.connection.execute
        run(f"CREATE TABLE IF NOT EXISTS {quoted(_MANIFEST)} (key VARCHAR, value VARCHAR)")
        run(f"DELETE FROM {quoted(_MANIFEST)}")
        known = {
            "format": _FORMAT,
            "shape": to_data(self.shape),
            "profiles": self.profiles,
            "rows": self.rows,
            "end": self.end,
            "ends": self.ends,
            "longest": self.longest,
            "loads": self.loads,
            "leftOut": self.left_out,
        }
        for key, value in known.items():
            run(f"INSERT INTO {quoted(_MANIFEST)} VALUES (?, ?)", [key, json.dumps(value)])

    def tables(self) -> list[Table]:
        """Its tables, that of the profiles first."""
        return tables_of(self.shape)


def open_store(folder: str, *, write: bool = False, memory: str | None = None, threads: int | None = None) -> Store:
    """The store in a folder; with `write` it is made if there is none. Raises `PQLError` (PQL044).

    `memory` is the most that it may use, such as ``6GB``; beyond it data go to files beside the store.
    """
    import duckdb

    path = os.path.join(folder, FILE)  # noqa: PTH118
    made = "" if os.path.lexists(path) else "file" if os.path.lexists(folder) else "folder"
    if write:
        try:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
        except FileExistsError:
            raise broken(folder, "this is a file, and a store is a folder") from None
        except OSError as problem:
            raise broken(folder, problem.strerror or "it cannot be made") from None
    elif not os.path.isfile(path):  # noqa: PTH113
        raise broken(folder, "there is no store in this folder", "make one with `pql store load`")
    if not made and not _is_database(path):
        raise broken(folder, "it is damaged, or no store")
    # A file that is none of DuckDB's own is no reason to ask the network for an extension that can read it.
    settings: dict[str, Any] = {"temp_directory": _spill(folder), "autoinstall_known_extensions": False}
    if memory is not None:
        settings["memory_limit"] = memory
    if threads is not None:
        settings["threads"] = threads
    with told(folder):
        connection = duckdb.connect(path, read_only=not write, config=settings)
        try:
            if write:
                sweep(folder, (STAGING, _SPILL))
            return Store(connection, folder, made)
        except BaseException:
            connection.close()
            raise


def _is_database(path: str) -> bool:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return file.read(12)[8:] == b"DUCK"
    except OSError as problem:
        raise broken(os.path.dirname(path), problem.strerror or "it cannot be read") from None  # noqa: PTH120


def _spill(folder: str) -> str:
    """Where data go for which memory has no room. DuckDB would have readers share it, which does not go well."""
    if not os.access(folder, os.W_OK):
        import tempfile

        folder = tempfile.gettempdir()
    return os.path.join(folder, f"{_SPILL}{os.getpid()}")  # noqa: PTH118


def is_store(path: str) -> bool:
    """Whether a path is that of a store."""
    return os.path.isfile(os.path.join(path, FILE))  # noqa: PTH113, PTH118

"""How do profiles come into a store?  Cleaned, staged beside it, and written in one transaction: all of them or none.

A profile whose id is there already takes the place of the one that was there, with all its events; of several in one
load the last one counts. Profiles without an id are profiles of their own, each time. `merge` off keeps all of them.
"""

from __future__ import annotations

import json
import os

from pqltools.diagnostics import error
from pqltools.engines.store.cleaning import ID, Refused, cleaned
from pqltools.engines.store.filling import RAW, ROWS, STAGE, count, create, fill, number, reshape, stage
from pqltools.engines.store.fitting import merge_seen, seen_shape
from pqltools.engines.store.shapes import Shape, clashing, merged, quoted, sql_type, tables_of
from pqltools.engines.store.store import LENGTH, PID, QUARANTINE, broken
from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pqltools.engines.store.store import Store
    from pqltools.types.model import ObjectType

#: The longest line that DuckDB reads, in bytes; longer ones are in quarantine already.
_LONGEST = 256 * 2**20
#: Columns that tables need; a profile has no more numbers.
_MOST = 2**32 - 1


@record
class Loaded(Record):
    """What a load has done: profiles that were read, of which so many replaced others, and what was refused.

    `left_out` are the paths of fields that the schema does not declare.
    """

    profiles: int
    replaced: int
    refused: tuple[Refused, ...]
    left_out: tuple[str, ...]


def load(
    store: Store,
    names: list[str],
    profile: ObjectType,
    *,
    jobs: int = 1,
    merge: bool = True,
    progress: Callable[[int], None] | None = None,
) -> Loaded:
    """Load files of JSON and Parquet. Raises `PQLError` for a file that cannot be read; then nothing is loaded."""
    import shutil
    import tempfile

    folder = tempfile.mkdtemp(prefix="load-", dir=store.path)
    try:
        return _Load(store, profile, folder, merge).run(names, jobs, progress)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Load:
    def __init__(self, store: Store, profile: ObjectType, folder: str, merge: bool) -> None:
        self.store = store
        self.profile = profile
        self.folder = folder
        self.merge = merge
        self.run_sql = store.connection.execute
        self.seen: dict[str, Any] = {}
        self.refused: list[Refused] = []

    def run(self, names: list[str], jobs: int, progress: Callable[[int], None] | None) -> Loaded:
        paths, count = self._clean(names, jobs, progress)
        shape = seen_shape(self.profile, self.seen)
        clash = clashing(shape)
        if clash is not None:
            raise broken(self.store.path, f"fields that differ in nothing but case: `{clash[0]}` and `{clash[1]}`")
        self.run_sql(f"ATTACH '{_escaped(os.path.join(self.folder, 'stage.duckdb'))}' AS {STAGE}")  # noqa: PTH118
        try:
            replaced = self._write(shape, paths)
        finally:
            self.run_sql(f"DETACH {STAGE}")
            self.store.read()
        self._quarantine()
        return Loaded(count, replaced, tuple(self.refused), tuple(_undeclared(self.seen, self.profile, "")))

    def _clean(self, names: list[str], jobs: int, progress: Callable[[int], None] | None) -> tuple[list[str], int]:
        paths: list[str] = []
        count = 0
        for part in cleaned(names, self.profile, self.folder, jobs):
            self.refused += part.refused
            merge_seen(self.seen, part.seen)
            count += part.profiles
            if part.profiles:
                paths.append(part.path)
            if progress is not None:
                progress(count)
        return paths, count

    def _write(self, shape: Shape, paths: list[str]) -> int:
        """Stage the clean lines and write them into the tables; the number of profiles that were replaced."""
        store, old = self.store, self.store.shape
        try:
            store.shape = merged(old, shape)
        except ValueError as problem:
            raise broken(store.path, f"the store was loaded with another schema: {problem}") from None
        if store.is_empty:
            store.shape = shape
        run = self.run_sql
        run(f"CREATE TABLE {RAW} AS SELECT * FROM {self._lines(paths, store.shape)}")
        _, replaced = number(store, merge=self.merge)
        if store.end > _MOST:
            raise broken(store.path, "there are too many profiles for one store")
        stage(store)
        run("BEGIN")
        try:
            if not store.is_empty:
                replaced += self._replace(old)
                reshape(store, old)
            create(store)
            fill(store)
            self._count()
            store.write()
            run("COMMIT")
        except BaseException:
            run("ROLLBACK")
            raise
        return replaced

    def _lines(self, paths: list[str], shape: Shape) -> str:
        columns = {ID: "VARCHAR", **{name: sql_type(field) for name, field in shape.fields}}
        written = ", ".join(f"'{_escaped(name)}': '{_escaped(type)}'" for name, type in columns.items())
        if not paths:
            nothing = ", ".join(f"CAST(NULL AS {type}) AS {quoted(name)}" for name, type in columns.items())
            return f"(SELECT {nothing} WHERE FALSE)"
        files = ", ".join(f"'{_escaped(path)}'" for path in paths)
        return (
            f"read_json([{files}], columns = {{{written}}}, format = 'newline_delimited', "
            f"maximum_object_size = {_LONGEST if _longest_line(paths) > 2**23 else 2**24})"
        )

    def _replace(self, old: Shape) -> int:
        """Take the profiles out of the store whose ids are staged; how many these are."""
        run, id, pid = self.run_sql, quoted(ID), quoted(PID)
        if not self.merge:
            return 0
        gone = f"SELECT {pid} FROM profiles WHERE {id} IN (SELECT {id} FROM {ROWS} WHERE {id} IS NOT NULL)"
        run(f'CREATE TEMP TABLE "#gone" AS {gone}')
        gone_count = count(self.store, '"#gone"')
        for table in tables_of(old) if gone_count else ():
            run(f'DELETE FROM {quoted(table.name)} WHERE {pid} IN (SELECT {pid} FROM "#gone")')
        run('DROP TABLE "#gone"')
        return gone_count

    def _count(self) -> None:
        store = self.store
        counts = {table.name: count(store, quoted(table.name)) for table in store.tables()}
        store.profiles = counts["profiles"]
        store.rows = counts
        for table in store.tables():
            if table.parent is not None:
                column = quoted(LENGTH + ".".join(table.own_path))
                store.longest[table.name] = self._number(
                    f"SELECT coalesce(max({column}), 0) FROM {quoted(table.parent.name)}"
                )

    def _number(self, sql: str) -> int:
        row = self.run_sql(sql).fetchone()
        assert row is not None
        return int(row[0])

    def _quarantine(self) -> None:
        """Append what was refused to the file for it."""
        if not self.refused:
            return
        path = os.path.join(self.store.path, QUARANTINE)  # noqa: PTH118
        try:
            with open(path, "a", encoding="utf-8") as file:  # noqa: PTH123
                for each in self.refused:
                    line = {"file": each.file, "line": each.line, "reason": each.reason, "record": each.text}
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except (OSError, UnicodeEncodeError) as problem:
            raise error("PQL044", f"the quarantine cannot be written: {problem}", (0, 0)) from None


def _longest_line(paths: list[str]) -> int:
    """An upper bound of the length of the longest line, quickly: that of the largest file if that is small."""
    largest = max(map(os.path.getsize, paths))
    if largest <= 2**23:
        return largest
    longest = 0
    for path in paths:
        with open(path, "rb") as file:  # noqa: PTH123
            longest = max(longest, max(map(len, file), default=0))
    return longest


def _escaped(text: str) -> str:
    return text.replace("'", "''")


def _undeclared(seen: dict[str, Any], type: Any, path: str) -> list[str]:
    from pqltools.types.model import ArrayType, MapType, ObjectType

    while isinstance(type, ArrayType | MapType):
        type = type.item if isinstance(type, ArrayType) else type.value
        seen = seen.get("*", {})
    if not isinstance(type, ObjectType):
        return []
    found: list[str] = []
    for name, inner in seen.items():
        member = type.member(name)
        at = f"{path}.{name}" if path else name
        found += [at] if member is None else _undeclared(inner, member.type, at)
    return found

"""How do profiles come into a store?  Cleaned, staged beside it, and written in one transaction: all of them or none.

A profile whose id is there already takes the place of the one that was there, with all its events; of several in one
load the last one counts. Profiles without an id are profiles of their own, each time. `merge` off keeps all of them.
"""

from __future__ import annotations

import json
import os

from pqltools.diagnostics import error
from pqltools.engines.store.cleaning import ID, Refused
from pqltools.engines.store.filling import RAW, ROWS, STAGE, count, create, fill, number, reshape, stage
from pqltools.engines.store.shapes import Shape, clashing, merged, quoted, tables_of, text_of
from pqltools.engines.store.sources import Sources
from pqltools.engines.store.store import LENGTH, PID, QUARANTINE, broken
from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pqltools.engines.store.store import Store
    from pqltools.types.model import ObjectType

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
    sources = Sources(store.connection, profile, folder, jobs, progress)
    try:
        sources.read(names)
        return _Load(store, sources, folder, merge).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Load:
    def __init__(self, store: Store, sources: Sources, folder: str, merge: bool) -> None:
        self.store = store
        self.sources = sources
        self.folder = folder
        self.merge = merge
        self.run_sql = store.connection.execute

    def run(self) -> Loaded:
        self.run_sql(f"ATTACH {text_of(os.path.join(self.folder, 'stage.duckdb'))} AS {STAGE}")  # noqa: PTH118
        try:
            replaced = self._write()
        finally:
            self.run_sql(f"DETACH {STAGE}")
            self.store.read()
        self._quarantine()
        sources = self.sources
        undeclared = _undeclared(sources.seen, sources.profile, "")
        return Loaded(sources.count, replaced, tuple(sources.refused), tuple(undeclared))

    def _write(self) -> int:
        """Stage the profiles and write them into the tables; the number of those that were replaced."""
        store, old, run = self.store, self.store.shape, self.run_sql

        def with_old(shape: Shape) -> Shape:
            clash = clashing(shape)
            if clash is not None:
                raise broken(store.path, f"fields that differ in nothing but case: `{clash[0]}` and `{clash[1]}`")
            try:
                store.shape = shape if store.is_empty else merged(old, shape)
            except ValueError as problem:
                raise broken(store.path, f"the store was loaded with another schema: {problem}") from None
            return store.shape

        self.sources.stage(RAW, with_old)
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
        if not self.sources.refused:
            return
        path = os.path.join(self.store.path, QUARANTINE)  # noqa: PTH118
        try:
            with open(path, "a", encoding="utf-8") as file:  # noqa: PTH123
                for each in self.sources.refused:
                    line = {"file": each.file, "line": each.line, "reason": each.reason, "record": each.text}
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except (OSError, UnicodeEncodeError) as problem:
            raise error("PQL044", f"the quarantine cannot be written: {problem}", (0, 0)) from None


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

"""How do profiles come into a store?  Cleaned, staged beside it, and written in one transaction: all of them or none.

A profile whose id is there already takes the place of the one that was there, with all its events, unless these are to
be kept; of several in one load the last one counts. Profiles without an id are profiles of their own, each time. Events
that come apart from their profiles belong to those with their identities, which may be in the store already.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress

from pqltools.checks.field_paths import ANY_STEP
from pqltools.data.decoding import EVENTS
from pqltools.diagnostics import error
from pqltools.engines.store.cleaning import ID, Refused
from pqltools.engines.store.filling import EVENT_ROWS, RAW, ROWS, STAGE, count, create, fill, number, reshape, stage
from pqltools.engines.store.fitting import is_kept
from pqltools.engines.store.joining import Joined, join, lengthen, of_events
from pqltools.engines.store.shapes import Shape, clashing, merged, quoted, tables_of, text_of
from pqltools.engines.store.sources import Sources
from pqltools.engines.store.store import GONE, IDENTITIES, LENGTH, PID, QUARANTINE, STAGING
from pqltools.engines.store.troubles import broken, is_interrupt, told
from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from pqltools.engines.store.store import Store
    from pqltools.types.model import ObjectType

#: Columns that tables need; a profile has no more numbers.
_MOST = 2**32 - 1
#: What is said of a load that failed.
NOTHING = "nothing was loaded"


@record
class Loaded(Record):
    """What a load has done: profiles that were read, of which so many replaced others, and what was refused.

    `left_out` are the paths of fields that the schema does not declare; `joined` tells of events in files of their own.
    """

    profiles: int
    replaced: int
    refused: tuple[Refused, ...]
    left_out: tuple[str, ...]
    joined: Joined = Joined()


def load(
    store: Store,
    names: list[str],
    profile: ObjectType,
    *,
    events: Sequence[str] = (),
    jobs: int = 1,
    merge: bool = True,
    keep_events: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Loaded:
    """Load files of profiles, and of `events`, in JSON and Parquet. Raises `PQLError`; then nothing has been loaded.

    `merge` off keeps profiles apart that have one id. With `keep_events` profiles that have no events themselves, not
    even an empty list of them, keep those of the profiles that they replace.
    """
    import shutil
    import tempfile

    with told(store.path, NOTHING):
        folder = tempfile.mkdtemp(prefix=STAGING, dir=store.path)
    sources = Sources(store.connection, profile, folder, jobs, progress)
    type = _event_type(profile) if events else profile
    separate = Sources(store.connection, type, folder, jobs, progress, events=True)
    try:
        with told(store.path, NOTHING):
            sources.read(names)
            separate.read([*events])
            load = _Load(store, sources, separate, folder, merge, keep_events)
            loaded = load.run()
        load.quarantine()
        return loaded
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Load:
    def __init__(
        self, store: Store, sources: Sources, events: Sources, folder: str, merge: bool, keep_events: bool
    ) -> None:
        self.store = store
        self.sources = sources
        self.events = events
        self.keep_events = keep_events
        self.joined = Joined()
        self.folder = folder
        self.merge = merge
        self.run_sql = store.connection.execute

    def run(self) -> Loaded:
        import duckdb

        self.run_sql(f"ATTACH {text_of(os.path.join(self.folder, 'stage.duckdb'))} AS {STAGE}")  # noqa: PTH118
        try:
            replaced = self._write()
        except BaseException:
            # Of a failure that it does not survive DuckDB says the same again, whatever it is asked.
            with suppress(duckdb.Error):
                self.run_sql(f"DETACH {STAGE}")
                self.store.read()
            raise
        self.run_sql(f"DETACH {STAGE}")
        self.store.read()
        refused = (*self.sources.refused, *self.events.refused)
        left_out = tuple(".".join(path) for path in self._left_out())
        return Loaded(self.sources.count, replaced, refused, left_out, self.joined)

    def _left_out_before(self, *, all_replaced: bool) -> list[tuple[str, ...]]:
        """What the rows lack that stay in the store."""
        if not all_replaced:
            return self.store.left_out
        keeps = count(self.store, f"{GONE} WHERE new IS NOT NULL") > 0
        return [path for path in self.store.left_out if keeps and path[:1] == (EVENTS,)]

    def _left_out(self) -> list[tuple[str, ...]]:
        sources, events = self.sources, self.events
        undeclared = _undeclared(sources.seen, sources.type, ()) + _undeclared(events.seen, events.type, (EVENTS,))
        return [*dict.fromkeys(undeclared)]

    def _write(self) -> int:
        """Stage the profiles and write them into the tables; the number of those that were replaced."""
        import duckdb

        store, old, run = self.store, self.store.shape, self.run_sql
        joined = self.events.count > 0

        def with_old(shape: Shape) -> Shape:
            if joined:
                shape = merged(shape, of_events(self.events.shape()))
            shape = self._with(old, shape)
            clash = clashing(shape)
            if clash is not None:
                raise broken(store.path, f"fields that differ in nothing but case: `{clash[0]}` and `{clash[1]}`")
            store.shape = shape
            return shape

        self.sources.stage(RAW, with_old)
        replaced = number(store, merge=self.merge, keep_events=self.keep_events)
        if store.end > _MOST:
            raise broken(store.path, "there are too many profiles for one store")
        gone = self._find_replaced(old)
        replaced += gone
        before = self._left_out_before(all_replaced=gone == store.profiles)
        if joined:
            event = _event_shape(store.shape)
            self.events.stage(EVENT_ROWS, lambda _: event)
            self.joined = join(store, old, event)
        stage(store, joined=joined)
        run("BEGIN")
        try:
            if not store.is_empty:
                self._remove_replaced(old)
                reshape(store, old)
            create(store)
            fill(store, joined=joined)
            if joined or (self.keep_events and old.field(EVENTS) is not None):
                lengthen(store, joined=joined)
            self._count()
            store.left_out = sorted({*before, *self._left_out()})
            store.loads += 1
            store.write()
            self._commit()
        except BaseException:
            with suppress(duckdb.Error):
                run("ROLLBACK")
            raise
        return replaced

    def _commit(self) -> None:
        import duckdb

        try:
            self.run_sql("COMMIT")
        except RuntimeError as problem:
            if not is_interrupt(problem):
                raise
            try:
                self.run_sql("ROLLBACK")
            except duckdb.TransactionException:
                return  # there is nothing to roll back: the interrupt came when all was written
            raise

    def _with(self, old: Shape, new: Shape) -> Shape:
        if self.store.is_empty:
            return new
        try:
            return merged(old, new)
        except ValueError as problem:
            raise broken(self.store.path, f"the store was loaded with another schema: {problem}") from None

    def _find_replaced(self, old: Shape) -> int:
        """Note the profiles in the store whose ids are staged; how many these are."""
        run, id, pid = self.run_sql, quoted(ID), quoted(PID)
        has_events = old.field(EVENTS) is not None
        run(f"CREATE OR REPLACE TEMP TABLE {GONE} ({pid} UINTEGER, new UINTEGER, length UINTEGER)")
        if self.store.is_empty or not self.merge:
            return 0
        keeps = has_events and self.keep_events
        own = f"new.{quoted(EVENTS)} IS NULL" if self.store.shape.field(EVENTS) is not None else "TRUE"
        new = f"CASE WHEN {own} THEN new.{pid} END" if keeps else "NULL"
        length = f"old.{quoted(LENGTH + EVENTS)}" if has_events else "NULL"
        # Profiles that were loaded without merging may have one id; the first of them gives its events.
        which = f"row_number() OVER (PARTITION BY new.{pid} ORDER BY old.{pid}) = 1"
        run(
            f"INSERT INTO {GONE} SELECT pid, CASE WHEN first THEN new END, length FROM (SELECT old.{pid} AS pid, "
            f"{new} AS new, {length} AS length, {which} AS first FROM profiles AS old "
            f"JOIN {ROWS} AS new ON old.{id} = new.{id})"
        )
        return count(self.store, GONE)

    def _remove_replaced(self, old: Shape) -> None:
        """Take the profiles that are replaced out of the store, or give their events to those that replace them."""
        run, pid = self.run_sql, quoted(PID)
        if not count(self.store, GONE):
            return
        for table in tables_of(old):
            name = quoted(table.name)
            goes = f"{pid} IN (SELECT {pid} FROM {GONE}{' WHERE new IS NULL' if table.path[:1] == (EVENTS,) else ''})"
            run(f"DELETE FROM {name} WHERE {goes}")
            if self.keep_events and table.path[:1] == (EVENTS,):
                run(f"UPDATE {name} SET {pid} = gone.new FROM {GONE} AS gone WHERE {name}.{pid} = gone.{pid}")
        run(f"DELETE FROM {quoted(IDENTITIES)} WHERE {pid} IN (SELECT {pid} FROM {GONE})")

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

    def quarantine(self) -> None:
        """Append what was refused to the file for it."""
        refused = [*self.sources.refused, *self.events.refused]
        if not refused:
            return
        path = os.path.join(self.store.path, QUARANTINE)  # noqa: PTH118
        try:
            with open(path, "a", encoding="utf-8", errors="backslashreplace") as file:  # noqa: PTH123
                for each in refused:
                    line = {"file": each.file, "line": each.line, "reason": each.reason, "record": each.text}
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as problem:
            why = problem.strerror or "it cannot be written"
            raise broken(path, f"{why}; the profiles are loaded, and what was refused is not written down") from None


def _event_type(profile: ObjectType) -> ObjectType:
    """The type of an event of a profile. Raises `PQLError`."""
    from pqltools.types.model import ArrayType, ObjectType

    member = profile.member(EVENTS)
    item = member.type.item if member is not None and isinstance(member.type, ArrayType) else None
    if not isinstance(item, ObjectType):
        raise error("PQL044", f"the schema has no events, which are under `{EVENTS}`", (0, 0))
    return item


def _event_shape(profile: Shape) -> Shape:
    events = profile.field(EVENTS)
    assert events is not None
    assert events.within is not None
    return events.within


def _undeclared(seen: dict[str, Any], type: Any, path: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The paths of fields that were seen and have no columns: items leave no trace in them, keys are ``*``."""
    from pqltools.types.model import ArrayType, MapType, ObjectType

    while isinstance(type, ArrayType | MapType):
        seen = seen.get("*", {})
        path = path if isinstance(type, ArrayType) else (*path, ANY_STEP)
        type = type.item if isinstance(type, ArrayType) else type.value
    if not isinstance(type, ObjectType):
        return []
    found: list[tuple[str, ...]] = []
    for name, inner in seen.items():
        member = type.member(name)
        at = (*path, name)
        found += [at] if member is None or not is_kept(member.type) else _undeclared(inner, member.type, at)
    return found

"""How does a batch get in?  Records gather in a stage that spills to disk, and go into the store in one transaction.

Whatever ends a load before its transaction is committed leaves nothing: the stage is in memory. In it the events of a
profile are brought together, so that the batch has one row for each; several loads may fill their stages at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pqltools.segmentation.problems import Problem
from pqltools.segmentation.profiles.database import Database
from pqltools.segmentation.profiles.model import Batch, Dataset, Quarantined
from pqltools.segmentation.profiles.records import Event, Fragment, events_in, ordered
from pqltools.segmentation.profiles.tables import made_schema, number_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pqltools.segmentation.scope import Scope

#: Bytes that are handed to DuckDB at a time.
_CHUNK = 8 * 2**20
#: Bad records of a batch that are kept; all are counted.
KEPT = 10_000
_FRAGMENTS = pa.schema(
    [
        ("namespace", pa.string()),
        ("id", pa.string()),
        ("seq", pa.int64()),
        ("ts", pa.int64()),
        ("plain", pa.bool_()),
        ("body", pa.string()),
    ]
)
_EVENTS = pa.schema(
    [
        ("namespace", pa.string()),
        ("id", pa.string()),
        ("seq", pa.int64()),
        ("first", pa.int64()),
        ("last", pa.int64()),
        ("count", pa.int64()),
        ("own", pa.string()),
        ("body", pa.string()),
    ]
)


class Stage:
    """What has been read of a batch. `add` records, then `commit`; outside of `staged` there is nothing of it."""

    def __init__(self, cursor: DuckDBPyConnection, name: str) -> None:
        self.profiles = 0
        self.events = 0
        self.bad = 0
        self.size = 0
        self.quarantine: list[Quarantined] = []
        self._name = name
        self._cursor = cursor
        self._seq = 0
        self._fragments = _Rows(cursor, f"{name}.fragments", _FRAGMENTS)
        self._events = _Rows(cursor, f"{name}.events", _EVENTS)

    def add(self, found: Fragment) -> None:
        """Take a record."""
        namespace, id = found.identity
        self._seq += 1
        if found.body is not None:
            self.profiles += 1
            self.size += len(found.body)
            # Without the last brace; see the package.
            row = (namespace, id, self._seq, found.time, found.plain, found.body[:-1])
            self._fragments.add(row, len(found.body))
        if found.events:
            self.events += len(found.events)
            *columns, body = _joined(found.events)
            self.size += len(body)
            self._events.add((namespace, id, self._seq, *columns, body), len(body))

    def refuse(self, found: Quarantined) -> None:
        """Note a record that is not taken."""
        self.bad += 1
        if len(self.quarantine) < KEPT:
            self.quarantine.append(found)

    def commit(self, database: Database, scope: Scope, dataset: Dataset, id: str, ingested: int) -> Batch:
        """Store all of it. Raises `Problem` (409) if there is a batch with this id."""
        self._fragments.flush()
        self._events.flush()
        self._bring_together()
        with database.changing() as cursor:
            schema = made_schema(cursor, scope)
            if cursor.execute(f"SELECT 1 FROM {schema}.batches WHERE id = ?", [id]).fetchall():
                raise Problem(409, "UPAPI-900409-409", f"There is a batch with the id {id} already.")
            ensure_dataset(cursor, schema, dataset)
            number = number_of(cursor, f"SELECT coalesce(max(number), 0) + 1 FROM {schema}.batches")
            self._give_numbers(cursor, schema)
            keys = "JOIN keys k ON k.namespace = s.namespace AND k.id = s.id"
            cursor.execute(
                f"""INSERT INTO {schema}.fragments
                SELECT k.pid, ?, ?, s.seq, coalesce(s.ts, ?), s.plain, s.body
                FROM {self._name}.fragments s {keys} ORDER BY k.pid, s.seq""",
                [dataset.id, number, ingested],
            )
            cursor.execute(
                f"""INSERT INTO {schema}.events
                SELECT k.pid, ?, s.first, s.last, s.count, s.body FROM {self._name}.grouped s {keys} ORDER BY k.pid""",
                [number],
            )
            usable = self.profiles or self.events or not self.bad
            batch = Batch(
                id,
                dataset.id,
                ingested,
                "success" if usable else "failed",
                self.profiles,
                self.events,
                self.bad,
                self.size,
            )
            cursor.execute(
                f"INSERT INTO {schema}.batches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [number, id, dataset.id, ingested, batch.status, self.profiles, self.events, self.bad, self.size],
            )
            self._quarantine(cursor, schema, number)
        return batch

    def _bring_together(self) -> None:
        """Make one row of the events of each profile, sorted by time."""
        several = f"SELECT namespace, id FROM {self._name}.events GROUP BY ALL HAVING count(*) > 1"
        self._cursor.execute(
            f"""CREATE TABLE {self._name}.grouped AS
            SELECT namespace, id, first, last, count, body FROM {self._name}.events
            WHERE (namespace, id) NOT IN ({several})"""
        )
        grouped = _Rows(
            self._cursor,
            f"{self._name}.grouped",
            pa.schema([_EVENTS.field(name) for name in ("namespace", "id", "first", "last", "count", "body")]),
        )
        reading = self._cursor.cursor()
        try:
            reader = reading.sql(
                f"""SELECT namespace, id, first, count, own, body FROM {self._name}.events
                WHERE (namespace, id) IN ({several}) ORDER BY namespace, id, seq"""
            ).to_arrow_reader(10_000)
            for key, events in _groups(reader):
                first, last, count, _, body = _joined(ordered(events))
                grouped.add((*key, first, last, count, body), len(body))
        finally:
            reading.close()
        grouped.flush()

    def _give_numbers(self, cursor: DuckDBPyConnection, schema: str) -> None:
        """The numbers of the profiles of this batch, new ones for those that were never seen, in the order of it."""
        free = number_of(cursor, f"SELECT coalesce(max(pid), 0) + 1 FROM {schema}.profiles")
        cursor.execute(
            f"""CREATE OR REPLACE TEMP TABLE keys AS
            SELECT s.namespace, s.id, p.pid IS NULL AS is_new,
                coalesce(p.pid, {free} - 1 + row_number() OVER (PARTITION BY p.pid IS NULL ORDER BY s.seq)) AS pid
            FROM (
                SELECT namespace, id, min(seq) AS seq FROM (
                    SELECT namespace, id, seq FROM {self._name}.fragments
                    UNION ALL SELECT namespace, id, seq FROM {self._name}.events
                ) GROUP BY ALL
            ) s LEFT JOIN {schema}.profiles p ON p.namespace = s.namespace AND p.id = s.id"""
        )
        cursor.execute(f"INSERT INTO {schema}.profiles SELECT pid, namespace, id FROM keys WHERE is_new ORDER BY pid")

    def _quarantine(self, cursor: DuckDBPyConnection, schema: str, number: int) -> None:
        if self.quarantine:
            rows = [(number, bad.file, bad.line, bad.reason) for bad in self.quarantine]
            columns = dict(zip(("batch", "file", "line", "reason"), map(list, zip(*rows, strict=True)), strict=True))
            cursor.register("bad_records", pa.table(columns))
            cursor.execute(f"INSERT INTO {schema}.quarantine SELECT * FROM bad_records")


@contextmanager
def staged(database: Database) -> Iterator[Stage]:
    """A stage to gather a batch in."""
    with database.stage() as name:
        cursor = database.cursor()
        try:
            yield Stage(cursor, name)
        finally:
            cursor.close()


def ensure_dataset(cursor: DuckDBPyConnection, schema: str, dataset: Dataset) -> None:
    """Make the dataset known."""
    if not cursor.execute(f"SELECT 1 FROM {schema}.datasets WHERE id = ?", [dataset.id]).fetchall():
        cursor.execute(f"INSERT INTO {schema}.datasets VALUES (?, ?, ?)", [dataset.id, dataset.name, dataset.created])


def _joined(events: list[Event]) -> tuple[int, int, int, str | None, bytes]:
    """The columns of a row of sorted events."""
    body = events[0].body if len(events) == 1 else b",".join([event.body for event in events])
    return events[0].time, events[-1].time, len(events), events[0].id if len(events) == 1 else None, body


def _groups(reader: Any) -> Iterator[tuple[tuple[str, str], list[Event]]]:
    """The events of each profile, from rows that are sorted by profile."""
    key: tuple[str, str] | None = None
    held: list[Event] = []
    for batch in reader:
        columns = [batch.column(index).to_pylist() for index in range(5)]
        bodies = batch.column(5).cast(pa.binary()).to_pylist()
        for namespace, id, first, count, own, body in zip(*columns, bodies, strict=True):
            if (namespace, id) != key:
                if key is not None:
                    yield key, held
                key, held = (namespace, id), []
            if count == 1:
                held.append(Event(first, own, body))
            else:
                held += events_in(body)
    if key is not None:
        yield key, held


class _Rows:
    """A table that is filled in large pieces."""

    def __init__(self, cursor: DuckDBPyConnection, table: str, schema: pa.Schema) -> None:
        self._cursor = cursor
        self._table = table
        self._schema = schema
        self._rows: list[tuple[Any, ...]] = []
        self._size = 0
        cursor.register("chunk", schema.empty_table())
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {table} AS SELECT * FROM chunk")

    def add(self, row: tuple[Any, ...], size: int) -> None:
        self._rows.append(row)
        self._size += size
        if self._size >= _CHUNK or len(self._rows) >= 100_000:
            self.flush()

    def flush(self) -> None:
        if self._rows:
            columns = [
                pa.array(column, field.type)
                for column, field in zip(zip(*self._rows, strict=True), self._schema, strict=True)
            ]
            self._cursor.register("chunk", pa.table(columns, schema=self._schema))
            self._cursor.execute(f"INSERT INTO {self._table} SELECT * FROM chunk")
            self._rows, self._size = [], 0

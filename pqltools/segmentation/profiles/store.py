"""How is the store used?  `ProfileStore`: load batches, read merged profiles, keep memberships, each for a `Scope`."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from duckdb import DuckDBPyConnection

from pqltools.data.values import decode_object
from pqltools.segmentation.clock import Clock, SystemClock
from pqltools.segmentation.problems import Problem, not_found
from pqltools.segmentation.profiles import memberships, reading
from pqltools.segmentation.profiles.database import MEMORY, Database
from pqltools.segmentation.profiles.exporting import chosen, sampled
from pqltools.segmentation.profiles.loading import ensure_dataset, staged
from pqltools.segmentation.profiles.model import (
    LATEST,
    Applied,
    Batch,
    Dataset,
    Filter,
    MergedBlock,
    Policy,
    Quarantined,
)
from pqltools.segmentation.profiles.reading import Wanted
from pqltools.segmentation.profiles.sources import Form, parts
from pqltools.segmentation.profiles.tables import made_schema, schema_of, version_of
from pqltools.segmentation.scope import Scope
from pqltools.segmentation.stopping import Stop

#: The folder of the store in a data directory.
FOLDER = "profiles"
#: Told of a load: how many bytes more were read, and how many records there have been.
Progress = Callable[[int, int], None]


class Snapshot:
    """The profiles of a sandbox as they were at one moment; for one thread."""

    def __init__(self, cursor: DuckDBPyConnection, schema: str | None, policy: Policy) -> None:
        self._cursor = cursor
        self._schema = schema
        self._policy = policy
        self.version = version_of(cursor, schema)

    def merged(
        self, *, with_events: bool = True, with_memberships: bool = False, sample: int | None = None
    ) -> Iterator[MergedBlock]:
        """See `ProfileStore.merged`."""
        if self._schema is not None:
            of = None if sample is None else sampled(self._cursor, self._schema, sample)
            wanted = Wanted(self._schema, self._policy, events=with_events, memberships=with_memberships, chosen=of)
            yield from reading.blocks(self._cursor, wanted)


class ProfileStore:
    """The profiles of a folder, which one process at a time may open. Any number of threads may use it.

    All methods raise `Problem` if the folder cannot be read or written; then nothing was changed.
    """

    def __init__(self, folder: str, clock: Clock | None = None, *, memory: str = MEMORY, threads: int = 2) -> None:
        self.clock = SystemClock() if clock is None else clock
        self._database = Database(folder, memory=memory, threads=threads)
        self._schemas: dict[Scope, str] = {}

    def close(self) -> None:
        """Let others have the folder."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Datasets and batches.

    def ensure_dataset(self, scope: Scope, name: str, id: str | None = None) -> Dataset:
        """The dataset with this id or name, made if there is none."""
        found = self._dataset(scope, name if id is None else id)
        if found is None:
            found = self._new_dataset(name, id)
            with self._database.changing() as cursor:
                ensure_dataset(cursor, made_schema(cursor, scope), found)
        return found

    def datasets(self, scope: Scope) -> list[Dataset]:
        """All datasets, in the order in which they were made."""
        return [Dataset(*row) for row in self._rows(scope, "SELECT * FROM {schema}.datasets ORDER BY created, name")]

    def batches(self, scope: Scope) -> list[Batch]:
        """All batches, in the order in which they came in."""
        query = """SELECT id, dataset, ingested, status, profiles, events, bad, size
            FROM {schema}.batches ORDER BY number"""
        return [Batch(*row) for row in self._rows(scope, query)]

    def batch(self, scope: Scope, id: str) -> tuple[Batch, list[Quarantined]]:
        """A batch, and the first of its bad records."""
        found = next((batch for batch in self.batches(scope) if batch.id == id), None)
        if found is None:
            raise not_found("batch", id)
        query = """SELECT file, line, reason FROM {schema}.quarantine
            WHERE batch = (SELECT number FROM {schema}.batches WHERE id = ?)"""
        return found, [Quarantined(*row) for row in self._rows(scope, query, [id])]

    # Loading.

    def load(
        self,
        scope: Scope,
        dataset: str,
        files: Iterable[str],
        form: Form = Form(),  # noqa: B008 - a record
        *,
        batch: str | None = None,
        ingested: int | None = None,
        progress: Progress | None = None,
        refused: Callable[[Quarantined], None] | None = None,
    ) -> Batch:
        """Load files as one batch into the dataset with this id or name, which is made if there is none.

        `batch` is the id, a new one if it is not given, `ingested` the instant of ingestion, the present by default.
        Records that cannot be used are told to `refused`, put into quarantine and counted. Raises `PQLError` for files
        that cannot be read, `Problem` (409) if there is a batch with this id; then nothing of the batch is there.
        """
        id = uuid.uuid4().hex if batch is None else batch
        if any(id == row[0] for row in self._rows(scope, "SELECT id FROM {schema}.batches WHERE id = ?", [id])):
            raise Problem(409, "UPAPI-900409-409", f"There is a batch with the id {id} already.")
        found = self._dataset(scope, dataset) or self._new_dataset(dataset, None)
        with staged(self._database) as stage:
            count = 0
            for path in files:
                for size, taken in parts(path, form):
                    for each in taken:
                        count += 1
                        if isinstance(each, Quarantined):
                            stage.refuse(each)
                            if refused is not None:
                                refused(each)
                        else:
                            stage.add(each)
                    if progress is not None:
                        progress(size, count)
            return stage.commit(self._database, scope, found, id, self.clock.now() if ingested is None else ingested)

    def load_pieces(
        self,
        scope: Scope,
        dataset: str,
        pieces: Iterable[bytes],
        form: Form = Form(),  # noqa: B008
        *,
        name: str = "body",
        batch: str | None = None,
    ) -> Batch:
        """Load what comes over the wire, in any form of a file, as one batch. `name` may have a file's ending."""
        with tempfile.TemporaryDirectory(prefix="pql-load-") as folder:
            path = Path(folder) / Path(name).name
            with path.open("wb") as file:
                for piece in pieces:
                    file.write(piece)
            return self.load(scope, dataset, [str(path)], form, batch=batch)

    # Profiles.

    def merged(
        self,
        scope: Scope,
        policy: Policy = LATEST,
        *,
        with_events: bool = True,
        with_memberships: bool = False,
        sample: int | None = None,
    ) -> Iterator[MergedBlock]:
        """All profiles as of now, those that have events only among them, in blocks of lines ready to be evaluated.

        Their names are those of PQL paths (`plain_names` of `compile_job`). `with_memberships` adds the memberships of
        segments that were evaluated here. `sample` asks for so many of the profiles, the same in every call.
        """
        with self.snapshot(scope, policy) as found:
            yield from found.merged(with_events=with_events, with_memberships=with_memberships, sample=sample)

    @contextmanager
    def snapshot(self, scope: Scope, policy: Policy = LATEST) -> Iterator[Snapshot]:
        """All profiles as of now, for as long as they are needed."""
        with self._database.reading() as cursor:
            yield Snapshot(cursor, schema_of(cursor, scope), policy)

    def version(self, scope: Scope) -> str:
        """Another text whenever profiles or events were loaded; memberships do not count."""
        with self.snapshot(scope) as found:
            return found.version

    def rows(self, scope: Scope, policy: Policy, filter: Filter) -> Iterator[MergedBlock]:
        """The profiles that are exported under a filter, with their memberships."""
        with self._database.reading() as cursor:
            schema = schema_of(cursor, scope)
            if schema is not None:
                yield from reading.blocks(cursor, chosen(cursor, schema, policy, filter))

    def profile(self, scope: Scope, namespace: str, id: str, policy: Policy = LATEST) -> dict[str, Any] | None:
        """One profile with its events and memberships; None if there is none with this primary identity."""
        for own, _, pid in self.numbered(scope, id):
            if own == namespace.lower():
                return self.entity(scope, pid, policy)[0]
        return None

    def entity(self, scope: Scope, pid: int, policy: Policy = LATEST) -> tuple[dict[str, Any] | None, list[str]]:
        """The profile of a number, None if nothing of it is left under the policy.

        And the ids of the datasets whose fragments make it, in the order in which they came.
        """
        with self._database.reading() as cursor:
            schema = self._schema(cursor, scope)
            if schema is None:
                return None, []
            line, sources = reading.one(cursor, Wanted(schema, policy, memberships=True), pid)
            return (None if line is None else decode_object(line)), sources

    def find(self, scope: Scope, id: str) -> list[tuple[str, str]]:
        """The identities with this id, in any namespace."""
        return [(namespace, id) for namespace, id, _ in self.numbered(scope, id)]

    def numbered(self, scope: Scope, id: str) -> list[tuple[str, str, int]]:
        """The identities with this id, and the numbers of their profiles, which never change."""
        # DuckDB would take longer to order the one row that there usually is than to find it.
        return sorted(self._rows(scope, "SELECT namespace, id, pid FROM {schema}.profiles WHERE id = ?", [id]))

    def identities(self, scope: Scope, pids: Collection[int]) -> dict[int, tuple[str, str]]:
        """Namespace and id of the profiles with these numbers."""
        query = "SELECT pid, namespace, id FROM {schema}.profiles WHERE pid IN (SELECT unnest(?::BIGINT[]))"
        return {pid: (namespace, id) for pid, namespace, id in self._rows(scope, query, [list(pids)])}

    def counts(self, scope: Scope) -> dict[str, int]:
        """How many profiles there are by namespace."""
        return dict(self._rows(scope, "SELECT namespace, count(*) FROM {schema}.profiles GROUP BY ALL ORDER BY ALL"))

    def count_namespaces(self, scope: Scope, pids: Collection[int]) -> dict[str, int]:
        """How many of the profiles with these numbers there are by namespace."""
        query = """SELECT namespace, count(*) FROM {schema}.profiles WHERE pid IN (SELECT unnest(?::BIGINT[]))
            GROUP BY ALL ORDER BY ALL"""
        return dict(self._rows(scope, query, [list(pids)]))

    # Memberships.

    def apply_memberships(
        self,
        scope: Scope,
        job: str,
        now: int,
        results: Mapping[str, Iterable[int]],
        *,
        unknown: Mapping[str, Iterable[int]] | None = None,
        legacy: bool = False,
        still: Callable[[Iterable[str]], set[str]] | None = None,
        before_commit: Callable[[Applied], None] | None = None,
        stop: Stop | None = None,
    ) -> Applied:
        """Store what a job found: for each segment that was evaluated the numbers of the profiles that qualify.

        All others are not members any more, except for those in `unknown`, for which a segment could not be evaluated:
        their memberships stay as they are. Readers see the memberships of before or of after. Exits are dropped 30
        days later, when the segment is evaluated again. `still` says which of the segments there still are; nothing is
        stored of others, and they are not in the answer. `before_commit` is told what will be, and may prevent it by
        raising; `stop` calls it off before (`Stopped`). Raises `Problem` (409) if the results of the job were stored
        before.
        """
        with self._database.changing(stop) as cursor:
            schema = made_schema(cursor, scope)
            if still is not None:
                # Asked here, where nobody else writes. What is deleted from now on is stored: the caller looks again.
                there = still(results)
                results = {id: pids for id, pids in results.items() if id in there}
            applied = memberships.apply(cursor, schema, job, now, results, unknown or {}, legacy=legacy)
            if before_commit is not None:
                before_commit(applied)
            return applied

    def is_applied(self, scope: Scope, job: str) -> bool:
        """Whether the results of a job are stored, which a crash may have kept from whoever stored them."""
        return bool(self._rows(scope, "SELECT 1 FROM {schema}.jobs WHERE id = ?", [job]))

    def scopes(self) -> list[Scope]:
        """All scopes in which something was ever stored."""
        with self._database.reading() as cursor:
            rows = cursor.execute("SELECT org, sandbox FROM main.scopes ORDER BY number").fetchall()
        return [Scope(org, sandbox) for org, sandbox in rows]

    def segments(self, scope: Scope) -> list[str]:
        """The ids of all segments that were evaluated here."""
        return [id for (id,) in self._rows(scope, "SELECT id FROM {schema}.segments ORDER BY seg")]

    def when_free(self, key: Hashable, work: Callable[[], None]) -> None:
        """Have something done while nobody writes: now, or, if who writes takes longer than a second, at his end."""
        self._database.soon(key, work)

    def forget_segments(self, scope: Scope, segments: Iterable[str]) -> None:
        """Remove the memberships of segments that were deleted."""
        with self._database.changing() as cursor:
            schema = schema_of(cursor, scope)
            if schema is not None:
                memberships.forget(cursor, schema, segments)

    def members(self, scope: Scope, segment: str) -> dict[str, int]:
        """How many memberships of a segment there are by status."""
        query = """SELECT ['realized', 'existing', 'exited'][status], count(*) FROM {schema}.memberships
            JOIN {schema}.segments USING (seg) WHERE id = ? GROUP BY ALL"""
        return dict(self._rows(scope, query, [segment]))

    def sizes(self, scope: Scope) -> dict[str, int]:
        """How many members the segments have that were evaluated here, by id."""
        query = """SELECT id, count(pid) FILTER (status IN (1, 2)) FROM {schema}.segments
            LEFT JOIN {schema}.memberships USING (seg) GROUP BY id"""
        return dict(self._rows(scope, query))

    def _rows(self, scope: Scope, query: str, values: list[object] | None = None) -> list[Any]:
        with self._database.reading() as cursor:
            schema = self._schema(cursor, scope)
            return [] if schema is None else cursor.execute(query.format(schema=schema), values or []).fetchall()

    def _schema(self, cursor: DuckDBPyConnection, scope: Scope) -> str | None:
        """`schema_of` for who reads: what is there once stays."""
        found = self._schemas.get(scope) or schema_of(cursor, scope)
        if found is not None:
            self._schemas[scope] = found
        return found

    def _dataset(self, scope: Scope, name: str) -> Dataset | None:
        """The dataset with this id, or else with this name."""
        query = "SELECT id, name, created FROM {schema}.datasets WHERE id = ? OR name = ? ORDER BY id = ? DESC LIMIT 1"
        return next((Dataset(*row) for row in self._rows(scope, query, [name, name, name])), None)

    def _new_dataset(self, name: str, id: str | None) -> Dataset:
        return Dataset(uuid.uuid4().hex[:24] if id is None else id, name, self.clock.now())

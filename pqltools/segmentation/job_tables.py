"""How are jobs kept?  `JobTable`: documents with a status, which change in transactions; filters of their lists."""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, bindparam, func, literal, select, text, update

from pqltools.segmentation.clock import Clock
from pqltools.segmentation.job_documents import FINAL
from pqltools.segmentation.metadata.documents import Documents, read_document
from pqltools.segmentation.metadata.store import Metadata
from pqltools.segmentation.options import Options
from pqltools.segmentation.pages import Page, ordering
from pqltools.segmentation.problems import Problem, invalid, not_found
from pqltools.segmentation.scope import Scope

_LOG = logging.getLogger("pqltools.segmentation")
_PATH = re.compile(r"[\w-]+(?:\.[\w-]+){0,9}")
_FORM = "write it as `path==value`, or `array~key==value` for the items of an array"


class JobTable:
    """The jobs of one table."""

    def __init__(self, metadata: Metadata, clock: Clock, options: Options, table: Table, what: str) -> None:
        self._metadata = metadata
        self._clock = clock
        self._options = options
        self._documents = Documents(table)
        self._what = what
        self.table = table
        #: Called with a job that is put, within the transaction.
        self.within: list[Callable[[Connection, Scope, dict[str, Any]], None]] = []

    def rows(self, scope: Scope, page: Page, where: Sequence[ColumnElement[bool]]) -> tuple[list[dict[str, Any]], int]:
        """The jobs of a page, and how many there are."""
        found, total = self.texts(scope, page, where)
        return [read_document(text) for _, text in found], total

    def texts(
        self, scope: Scope, page: Page, where: Sequence[ColumnElement[bool]]
    ) -> tuple[list[tuple[str, str]], int]:
        """The ids of the jobs of a page with the jobs as they are written, and how many there are."""
        columns = self.table.c
        sortable: dict[str, Any] = {
            "creationTime": columns.created,
            "createdTime": columns.created,
            "updateTime": columns.updated,
            "updateEpoch": columns.updated,
            "status": columns.status,
            "id": columns.id,
        }
        order = ordering(page, sortable)
        if order:  # those of the same instant: the later one is the newer one
            order.append(columns.serial.desc() if page.sort[0][1] else columns.serial.asc())
        with self._metadata.read() as connection:
            found = self._documents.texts(connection, scope, *where, order=order, offset=page.offset, limit=page.limit)
            return found, self._documents.count(connection, scope, *where)

    def get(self, scope: Scope, id: str) -> dict[str, Any]:
        """One job; `Problem` (404) if there is none."""
        with self._metadata.read() as connection:
            return self.one(connection, scope, id)

    def one(self, connection: Connection, scope: Scope, id: str) -> dict[str, Any]:
        """The same within a transaction."""
        found = self._documents.get(connection, scope, id)
        if found is None:
            raise not_found(self._what, id)
        return found

    def several(self, scope: Scope, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Those of the jobs that exist, by id."""
        with self._metadata.read() as connection:
            found = self._documents.several(connection, scope, ids)
        return {id: found[id] for id in ids if id in found}

    def add(self, connection: Connection, scope: Scope, job: dict[str, Any], **columns: Any) -> None:
        """Add a job. Raises `Problem` (429) if too many of the sandbox have not ended."""
        most = self._options.limits.pending_jobs
        if self._documents.count(connection, scope, self.table.c.status.not_in(FINAL)) >= most:
            title = f"There are {most} {self._what}s of the sandbox that have not ended."
            raise Problem(429, "UPAPI-900429-429", title, retry_after=5)
        times = {"created": job["creationTime"], "updated": job["creationTime"]}
        self._documents.add(connection, scope, str(job["id"]), job, status=job["status"], **times, **columns)

    def put(self, connection: Connection, scope: Scope, job: dict[str, Any], **columns: Any) -> None:
        """Put a changed job in its place."""
        values = {"status": job["status"], "updated": self._clock.now(), **columns}
        self._documents.replace(connection, scope, str(job["id"]), job, **values)
        for listener in self.within:
            listener(connection, scope, job)

    def change(
        self, scope: Scope, id: str, change: Callable[[dict[str, Any]], dict[str, Any] | None], **columns: Any
    ) -> dict[str, Any] | None:
        """Put what `change` makes of a job in its place, and return it; nothing if that is None."""
        with self._metadata.write() as connection:
            changed = change(self.one(connection, scope, id))
            if changed is not None:
                self.put(connection, scope, changed, **columns)
        if changed is not None:
            log_job(self._what, changed)
        return changed

    def counts(self) -> dict[str, int]:
        """How many jobs of all sandboxes there are by status."""
        query = select(self.table.c.status, func.count()).group_by(self.table.c.status)
        with self._metadata.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def pending(self, connection: Connection) -> list[tuple[Scope, dict[str, Any]]]:
        """All jobs of all sandboxes that have not ended, those that came first before the others."""
        columns = self.table.c
        query = select(columns.org, columns.sandbox, columns.document).where(columns.status.not_in(FINAL))
        rows = connection.execute(query.order_by(columns.serial)).all()
        return [(Scope(org, sandbox), json.loads(document)) for org, sandbox, document in rows]

    def column(self, connection: Connection, scope: Scope, id: str, name: str) -> Any:
        """What stands in a column of a job."""
        query = select(self.table.c[name]).where(self._documents.within(scope), self.table.c.id == id)
        return connection.execute(query).scalar()

    def set_column(self, connection: Connection, scope: Scope, id: str, name: str, value: str) -> None:
        """Set a column of a job."""
        where = (self._documents.within(scope), self.table.c.id == id)
        connection.execute(update(self.table).where(*where).values({name: value}))


def log_job(what: str, job: dict[str, Any]) -> None:
    """Log the state of a job: no data of any profile."""
    _LOG.info("job", extra={"data": {"what": what, "id": job["id"], "status": job["status"]}})


def until_stored(store: Callable[[], object], closing: Callable[[], bool]) -> None:
    """Do it, and if the disk does not take it again and again: what a job has ended with must not be lost.

    That may be long, as others have to make room; if the server stops before, the next start finds the job as it was.
    """
    for attempt in count():
        try:
            store()
        except Problem:
            if attempt % 60 == 0:
                _LOG.warning("the end of a job cannot be stored", extra={"data": {"attempt": attempt}})
            if closing():
                return
            time.sleep(min(0.1 * 2 ** min(attempt, 5), 1))
        else:
            return


def property_condition(table: Table, written: str) -> ColumnElement[bool]:
    """The condition of a filter such as ``source==api`` or ``segments~segmentId==x``. Raises `Problem` (400)."""
    path, equals, value = written.partition("==")
    array, tilde, key = path.strip().partition("~")
    if not equals or not _PATH.fullmatch(array) or (tilde and not _PATH.fullmatch(key)):
        raise invalid(f"`property` is {written[:100]!r}", path="property", help=_FORM)
    wanted = [value.strip(), json.dumps(value.strip()), json.dumps(value.strip(), ensure_ascii=False)]
    document = table.c.document
    if not tilde:
        found = document.op("->")(literal(_json_path(array)))
        return found.in_(wanted)
    name = f"p{abs(hash(written)):x}"
    condition = text(
        f"EXISTS (SELECT 1 FROM json_each({table.name}.document, :{name}_a) e"
        f" WHERE e.type = 'object' AND (e.value -> :{name}_k) IN (:{name}_0, :{name}_1, :{name}_2))"
    )
    values = {f"{name}_a": _json_path(array), f"{name}_k": _json_path(key)}
    values |= {f"{name}_{index}": each for index, each in enumerate(wanted)}
    return condition.bindparams(*[bindparam(name, each) for name, each in values.items()])  # type: ignore[return-value]


def _json_path(path: str) -> str:
    return "$." + ".".join(f'"{part}"' for part in path.split("."))


class Progress:
    """How far the jobs are that run: profiles read, and about how many there are."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[tuple[Scope, str], tuple[int, int]] = {}

    def set(self, scope: Scope, id: str, done: int, of: int) -> None:
        """Note it."""
        with self._lock:
            self._found[scope, id] = (done, max(done, of))

    def get(self, scope: Scope, id: str) -> tuple[int, int] | None:
        """Profiles read, and how many there are; None for a job that does not run."""
        with self._lock:
            return self._found.get((scope, id))

    def drop(self, scope: Scope, id: str) -> None:
        """Forget it."""
        with self._lock:
            self._found.pop((scope, id), None)

"""What runs by itself, and when?  `Schedules`: kept, changed, checked; `firing` runs them.

One schedule for each sandbox unless ``--limit schedules=N`` says otherwise: the documents say one for each
organisation, from the time when an organisation had no sandboxes.

A schedule fires at most once in 24 hours, also one whose time is changed: what it has fired counts, by the instant of
its cron expression, and what it could not do does not. A run by hand (`trigger`) is beside all that.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from sqlalchemy import Connection, delete, func, select

from pqltools.records import Record, record
from pqltools.segmentation.clock import Clock
from pqltools.segmentation.cron import Cron, CronProblem, read_cron
from pqltools.segmentation.metadata.documents import Documents
from pqltools.segmentation.metadata.store import Metadata
from pqltools.segmentation.metadata.tables import SCHEDULE_FIRES, SCHEDULES
from pqltools.segmentation.options import Options
from pqltools.segmentation.pages import Page, ordering
from pqltools.segmentation.problems import invalid, not_found
from pqltools.segmentation.schedule_segments import check_policies, check_segments, check_turning_off
from pqltools.segmentation.scope import Scope

TYPES = ("batch_segmentation", "export")
ACTIVE, INACTIVE = "active", "inactive"
_COLUMNS = SCHEDULES.c
_SORTABLE: dict[str, Any] = {"createdTime": _COLUMNS.serial, "updateEpoch": _COLUMNS.updated, "id": _COLUMNS.id}
_KEPT = ("name", "type", "properties", "schedule", "state")
_DAY = 86_400_000


@record
class Fire(Record):
    """That a schedule fires: which one, at which instant of its cron expression, with its properties."""

    schedule: str
    instant: int
    properties: dict[str, Any]

    @property
    def request_id(self) -> str:
        """The `requestId` of the job."""
        return f"{self.schedule}-{self.instant}"


class Starter(Protocol):
    """Makes the jobs of one type of schedule."""

    def prepare(self, scope: Scope) -> None:
        """Write what has to be there before, as nobody else may write within a transaction."""

    def check(self, scope: Scope, properties: Mapping[str, Any]) -> None:
        """Raise `Problem` (400) for properties of which no job can be made."""

    def create_in(self, connection: Connection, scope: Scope, fire: Fire) -> str:
        """Write down a job within the transaction; its id. Raises `Problem` if there can be none."""

    def begin(self, scope: Scope, job: str) -> None:
        """The transaction has ended: have the job run."""


class Schedules:
    """The schedules of all sandboxes. `starters` make the jobs, by type; `changed` is set when one may fire sooner."""

    def __init__(self, metadata: Metadata, clock: Clock, options: Options, starters: Mapping[str, Starter]) -> None:
        self.starters = dict(starters)
        self.changed = threading.Event()
        self._metadata = metadata
        self._clock = clock
        self._options = options
        self._documents = Documents(SCHEDULES)

    def rows(self, scope: Scope, page: Page) -> tuple[list[dict[str, Any]], int]:
        """The schedules of a page, and how many there are."""
        with self._metadata.read() as connection:
            order = ordering(page, _SORTABLE)
            found = self._documents.find(connection, scope, order=order, offset=page.offset, limit=page.limit)
            return [_shown(scope, each) for each in found], self._documents.count(connection, scope)

    def get(self, scope: Scope, id: str) -> dict[str, Any]:
        """One schedule."""
        with self._metadata.read() as connection:
            return _shown(scope, self._one(connection, scope, id))

    def create(self, scope: Scope, body: Mapping[str, Any]) -> dict[str, Any]:
        """Add a schedule, which is inactive unless the body says otherwise."""
        id, now = str(uuid.uuid4()), self._clock.now()
        self._prepare(scope)
        with self._metadata.write() as connection:
            document, following = self._checked(connection, scope, id, body, now)
            most = self._options.limits.schedules
            if self._documents.count(connection, scope) >= most:
                there = "is a schedule" if most == 1 else f"are {most} schedules"
                help = "change or delete it; `pql serve --limit schedules=N` allows more"
                raise invalid(f"There {there} already, and no more are allowed.", help=help)
            self._documents.add(connection, scope, id, document, created=now, updated=now, next=following)
        self.changed.set()
        return _shown(scope, document)

    def change(self, scope: Scope, id: str, change: Callable[[dict[str, Any]], Mapping[str, Any]]) -> dict[str, Any]:
        """Put what `change` makes of a schedule in its place. It fires next at the first time after now.

        If that is about neither its time nor its state, a time that has just come is not lost.
        """
        self._prepare(scope)
        with self._metadata.write() as connection:
            document = self.change_in(connection, scope, id, change)
        self.changed.set()
        return document

    def change_in(
        self, connection: Connection, scope: Scope, id: str, change: Callable[[dict[str, Any]], Mapping[str, Any]]
    ) -> dict[str, Any]:
        """`change` within a transaction, after which the caller sets `changed`."""
        now = self._clock.now()
        old = self._one(connection, scope, id)
        before = _shown(scope, old)
        body = change(before)
        fixed = ("id", "imsOrgId", "sandbox", "createEpoch", "updateEpoch", "frequency", "type")
        for member in fixed:
            if body.get(member) != before.get(member):
                raise invalid(f"`{member}` of a schedule cannot be changed", path=f"$.{member}")
        document, following = self._checked(connection, scope, id, body, now, old)
        if old["type"] == "batch_segmentation" and (old["state"], document["state"]) == (ACTIVE, INACTIVE):
            check_turning_off(connection, scope)
        if all(old[member] == document[member] for member in ("schedule", "state")):
            here = (self._documents.within(scope), _COLUMNS.id == id, _COLUMNS.next <= now)
            following = connection.execute(select(_COLUMNS.next).where(*here)).scalar() or following
        self._documents.replace(connection, scope, id, document, updated=now, next=following)
        return _shown(scope, document)

    def trigger(self, scope: Scope, id: str) -> str:
        """Run a schedule now, active or not; the id of the job. Raises `Problem` if there can be none."""
        self._prepare(scope)
        with self._metadata.write() as connection:
            schedule = self._one(connection, scope, id)
            starter = self.starters[schedule["type"]]
            job = starter.create_in(connection, scope, Fire(id, self._clock.now(), schedule["properties"]))
        starter.begin(scope, job)
        return job

    def delete(self, scope: Scope, id: str) -> None:
        """Delete a schedule, and what it remembers."""
        fires = SCHEDULE_FIRES.c
        with self._metadata.write() as connection:
            self._one(connection, scope, id)
            self._documents.remove(connection, scope, id)
            same = (fires.org == scope.org, fires.sandbox == scope.sandbox, fires.id == id)
            connection.execute(delete(SCHEDULE_FIRES).where(*same))

    def fires(self, scope: Scope, id: str) -> list[tuple[int, str | None, str | None]]:
        """When a schedule has fired, with the job that was made, or why there was none; the last time first."""
        fires = SCHEDULE_FIRES.c
        same = (fires.org == scope.org, fires.sandbox == scope.sandbox, fires.id == id)
        query = select(fires.instant, fires.job, fires.problem).where(*same).order_by(fires.instant.desc())
        with self._metadata.read() as connection:
            return [(row.instant, row.job, row.problem) for row in connection.execute(query)]

    def _prepare(self, scope: Scope) -> None:
        for starter in self.starters.values():
            starter.prepare(scope)

    def _one(self, connection: Connection, scope: Scope, id: str) -> dict[str, Any]:
        found = self._documents.get(connection, scope, id)
        if found is None:
            raise not_found("schedule", id)
        return found

    def _checked(
        self,
        connection: Connection,
        scope: Scope,
        id: str,
        body: Mapping[str, Any],
        now: int,
        old: Mapping[str, Any] | None = None,
    ) -> tuple[dict[str, Any], int | None]:
        """The document to keep, and when it fires next, None if it does not."""
        cron = checked_cron(body["schedule"], now)
        properties = body["properties"]
        given = {"state": INACTIVE, **{key: body[key] for key in _KEPT if body.get(key) is not None}}
        starter = self.starters.get(body["type"])
        if starter is None:
            raise invalid(f"schedules of the type {body['type']} are not available here", path="$.type")
        # What it names may have changed since; it shall be possible to turn it off all the same.
        if old is None or old["properties"] != properties:
            if body["type"] == "batch_segmentation":
                check_segments(connection, scope, properties, self._options)
            starter.check(scope, properties)
        if body["type"] == "batch_segmentation" and given["state"] == ACTIVE:
            check_policies(connection, scope, self._options.limits.scheduled_merge_policies)
        created = now if old is None else old["created"]
        document = {"id": id, **given, "frequency": cron.frequency(), "created": created, "updated": now}
        return document, cron.after(self._earliest(connection, scope, id, now)) if given["state"] == ACTIVE else None

    def _earliest(self, connection: Connection, scope: Scope, id: str, now: int) -> int:
        """The instant after which a schedule may fire."""
        fires = SCHEDULE_FIRES.c
        same = (fires.org == scope.org, fires.sandbox == scope.sandbox, fires.id == id, fires.job.is_not(None))
        # A clock that was set back has fires before it that are yet to come.
        query = select(func.max(fires.instant)).where(*same, fires.instant <= now)
        last: int | None = connection.execute(query).scalar()
        return now if last is None else max(now, last + _DAY - 1)


def checked_cron(text: str, now: int) -> Cron:
    """The cron expression. Raises `Problem` (400) for one that is wrong, fires twice a day, or never again."""
    path = "$.schedule"
    try:
        cron = read_cron(text)
    except CronProblem as problem:
        raise invalid(str(problem), path=path, help=problem.help) from None
    if not cron.is_daily_at_most():
        help = "write one second, one minute and one hour, such as `0 0 1 * * ?` for 01:00 UTC"
        raise invalid("a schedule fires at most once a day, and this one does more often", path=path, help=help)
    if cron.after(now) is None:
        raise invalid("the schedule never fires from now on", path=path, help="look at its days and years")
    return cron


def _shown(scope: Scope, document: Mapping[str, Any]) -> dict[str, Any]:
    members = {key: value for key, value in document.items() if key not in ("created", "updated")}
    epochs = {"createEpoch": document["created"] // 1000, "updateEpoch": document["updated"] // 1000}
    return {"id": document["id"], **scope.members(), **members, **epochs}

"""Who makes the jobs of schedules when their time has come?  `Firing`, a thread that waits on the service's clock.

That a schedule has fired is written in the same transaction as the job, under a key of schedule and instant: after a
crash both are there or neither. What was missed, because the server did not run or its clock was moved by days, is made
up for once: the last instant that has passed fires, those before it do not, as their jobs would compute the same.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, insert, select, update

from pqltools.segmentation.clock import Clock
from pqltools.segmentation.cron import read_cron
from pqltools.segmentation.metadata.store import Metadata
from pqltools.segmentation.metadata.tables import SCHEDULE_FIRES, SCHEDULES
from pqltools.segmentation.problems import Problem
from pqltools.segmentation.schedules import Fire, Schedules, Starter
from pqltools.segmentation.scope import Scope

_LOG = logging.getLogger("pqltools.segmentation")
_COLUMNS = SCHEDULES.c
#: Milliseconds until it is tried again when the disk does not let us write.
_AGAIN = 5_000
_NEVER = 2**53


class Firing:
    """Fires schedules. `start` the thread, or call `fire_due`; `close` it in any case."""

    def __init__(self, metadata: Metadata, clock: Clock, schedules: Schedules) -> None:
        self._metadata = metadata
        self._clock = clock
        self._schedules = schedules
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="schedules", daemon=True)

    def start(self) -> None:
        """Fire from now on, what was missed first."""
        self._thread.start()

    def close(self) -> None:
        """Fire no more."""
        self._closing.set()
        self._schedules.changed.set()
        if self._thread.is_alive():
            self._thread.join()

    def fire_due(self) -> list[str]:
        """Fire every schedule whose time has come; the ids of the jobs that were made."""
        jobs = []
        while (found := self._fire_one()) is not None:
            jobs += found
        return jobs

    def next(self) -> int | None:
        """The next instant at which something fires."""
        with self._metadata.read() as connection:
            found: int | None = connection.execute(select(func.min(_COLUMNS.next))).scalar()
        return found

    def _run(self) -> None:
        changed = self._schedules.changed
        while not self._closing.is_set():
            changed.clear()
            try:
                self.fire_due()
                following = self.next()
            except Problem as problem:
                _LOG.warning("schedules", extra={"data": {"problem": problem.title}})
                following = self._clock.now() + _AGAIN
            except Exception as mistake:  # of ours: other schedules shall not stand still for it
                _LOG.error("mistake", extra={"data": {"kind": type(mistake).__name__}})
                following = self._clock.now() + _AGAIN
            if not self._closing.is_set():
                self._clock.sleep_until(_NEVER if following is None else following, changed)

    def _fire_one(self) -> list[str] | None:
        """Fire the schedule that has waited longest: the ids of its jobs, None if none is due."""
        now = self._clock.now()
        due = select(SCHEDULES).where(_COLUMNS.next <= now).order_by(_COLUMNS.next).limit(1)
        with self._metadata.read() as connection:
            row = connection.execute(due).first()
        if row is None:
            return None
        for each in self._schedules.starters.values():
            each.prepare(Scope(row.org, row.sandbox))
        with self._metadata.write() as connection:
            row = connection.execute(due).first()
            if row is None:
                return None
            document = msgspec.json.decode(row.document)
            cron = read_cron(document["schedule"])
            last = cron.until(now)
            instant = row.next if last is None else max(last, row.next)
            connection.execute(update(SCHEDULES).where(_COLUMNS.serial == row.serial).values(next=cron.after(now)))
            starter = self._schedules.starters.get(document["type"])
            job = self._job(connection, row, document, instant, starter)
        if job is None or starter is None:
            return []
        starter.begin(Scope(row.org, row.sandbox), job)
        return [job]

    def _job(
        self, connection: Connection, row: Row[Any], document: dict[str, Any], instant: int, starter: Starter | None
    ) -> str | None:
        """The id of the job, None if there is none, with the reason written down."""
        key = {"org": row.org, "sandbox": row.sandbox, "id": row.id, "instant": instant}
        fires = SCHEDULE_FIRES.c
        same = [fires[name] == value for name, value in key.items()]
        if connection.execute(select(fires.instant).where(*same)).first() is not None:
            return None
        job = problem = None
        try:
            if starter is None:
                raise Problem(400, "UPAPI-900400-400", f"there are no jobs of the type {document['type']}")
            with connection.begin_nested():  # a half written job is taken back, that it failed is not
                fire = Fire(row.id, instant, document["properties"])
                job = starter.create_in(connection, Scope(row.org, row.sandbox), fire)
        except Problem as found:
            problem = found.title
            _LOG.warning("schedule", extra={"data": {"schedule": row.id, "instant": instant, "problem": problem}})
        connection.execute(insert(SCHEDULE_FIRES).values(**key, job=job, problem=problem))
        return job

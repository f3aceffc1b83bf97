"""How does a job live?  `JobLife`: begun, cancelled, ended whatever happens, brought to an end after a crash.

Segment jobs and export jobs live the same way; what they do, and how they look in between, says their `Work`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

from pqltools.records import Record, record
from pqltools.segmentation.clock import Clock
from pqltools.segmentation.engines.engine import EngineFailure
from pqltools.segmentation.job_documents import BROKEN, FINAL, INTERRUPTED, job_error, updated
from pqltools.segmentation.job_tables import JobTable, until_stored
from pqltools.segmentation.metadata.store import Metadata
from pqltools.segmentation.problems import Problem
from pqltools.segmentation.running import Runner
from pqltools.segmentation.scope import Scope
from pqltools.segmentation.stopping import Stop, Stopped

_LOG = logging.getLogger("pqltools.segmentation")


@record
class Kind(Record):
    """What jobs are called, what is said if the work fails, what is as before after a crash, and whether they queue.

    `cleared` are the columns of the table that are of no use when a job has ended.
    """

    what: str
    failed: str
    kept: str
    queues: bool
    cleared: tuple[str, ...] = ()


class Work(Protocol):
    """What the jobs of one kind do. Documents are those of the table."""

    def begun(self, job: dict[str, Any], now: int) -> dict[str, Any]:
        """The job when it begins."""

    def ended(self, job: dict[str, Any], status: str, now: int, errors: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """The job when it has ended with nothing to show."""

    def work(self, scope: Scope, job: dict[str, Any], stop: Stop) -> None:
        """Do it, and have the job end. Raises `Stopped`, `EngineFailure` and `Problem`."""

    def outcome(self, scope: Scope, id: str) -> dict[str, Any] | None:
        """The job as it has ended, if all but this was stored before a crash."""


class JobLife:
    """The life of the jobs of one table. Any number of threads may use it; `start` it once."""

    def __init__(
        self, metadata: Metadata, clock: Clock, runner: Runner, table: JobTable, kind: Kind, work: Work
    ) -> None:
        self._metadata = metadata
        self._clock = clock
        self._runner = runner
        self._table = table
        self._kind = kind
        self._work = work
        self._lock = threading.Lock()
        #: Jobs whose results are being stored: nobody cancels them any more.
        self._decided: set[tuple[Scope, str]] = set()

    def start(self) -> None:
        """Bring to an end what a crash has interrupted, and go on with what had not begun.

        If the disk does not take an end, the service starts all the same, and tries again.
        """
        with self._metadata.read() as connection:
            pending = self._table.pending(connection)
        for scope, job in pending:
            id, status = str(job["id"]), job["status"]
            if status in ("NEW", "QUEUED"):
                self.begin(scope, id)
            elif (outcome := self._work.outcome(scope, id)) is not None:
                self.complete(scope, id, outcome, waits=False)
            elif status == "CANCELLING":
                self.end(scope, id, "CANCELLED", waits=False)
            else:
                message = f"the server stopped while the job ran; {self._kind.kept}, make the job anew"
                self.end(scope, id, "FAILED", [job_error(INTERRUPTED, message)], waits=False)

    def begin(self, scope: Scope, id: str) -> None:
        """Have a job run that is written down."""

        def queued() -> None:
            if self._kind.queues:
                with suppress(Problem):  # it waits all the same
                    self._table.change(
                        scope, id, lambda job: {**job, "status": "QUEUED"} if job["status"] == "NEW" else None
                    )

        self._runner.submit(self._key(scope, id), queued, lambda stop: self.run(scope, id, stop))

    def cancel(self, scope: Scope, id: str) -> None:
        """Have a job end as CANCELLED; nothing happens to one that has ended, or whose results are being stored."""

        def marked(job: dict[str, Any]) -> dict[str, Any] | None:
            if job["status"] in FINAL or job["status"] == "CANCELLING" or (scope, id) in self._decided:
                return None
            return {**job, "status": "CANCELLING", **updated(self._clock.now())}

        with self._lock:
            changed = self._table.change(scope, id, marked)
            never_begins = changed is not None and self._runner.stop(self._key(scope, id))
        if never_begins:
            self._runner.soon(lambda: self.end(scope, id, "CANCELLED"))

    def run_here(self, scope: Scope, id: str, stop: Stop) -> None:
        """Run a job in this thread until its end."""
        with self._runner.running(self._key(scope, id)) as own, stop.ending(lambda: own.request(stop.reason)):
            self.run(scope, id, own)

    def run(self, scope: Scope, id: str, stop: Stop) -> None:
        """Run a job until its end, whatever that is."""
        try:
            job = self._begin(scope, id)
            if job is not None:
                self._work.work(scope, job, stop)
            elif self._table.get(scope, id)["status"] == "CANCELLING":
                self.end(scope, id, "CANCELLED")
        except Stopped:
            if stop.reason is None:
                self.end(scope, id, "CANCELLED")
            else:
                self.end(scope, id, "FAILED", [job_error(INTERRUPTED, stop.reason)])
        except EngineFailure as failure:
            self.end(scope, id, "FAILED", [job_error(BROKEN, f"{self._kind.failed}: {failure}")])
        except Problem as problem:
            self.end(scope, id, "FAILED", [job_error(problem.code, problem.title)])
        except Exception as mistake:  # its message may hold data of profiles
            _LOG.error("mistake", extra={"data": {"job": id, "kind": type(mistake).__name__}})
            self.end(
                scope, id, "FAILED", [job_error(BROKEN, "a mistake in pqltools stopped the job; please report it")]
            )
        finally:
            with self._lock:
                self._decided.discard((scope, id))

    def decide(self, scope: Scope, id: str, stop: Stop) -> None:
        """From here on the results of the job are being stored. Raises `Stopped` if it was cancelled before."""
        with self._lock:
            stop.check()
            self._decided.add((scope, id))

    def end(
        self, scope: Scope, id: str, status: str, errors: Sequence[Mapping[str, Any]] = (), *, waits: bool = True
    ) -> None:
        """End a job that has nothing to show, unless it has ended. Who does not wait has it stored when it can be."""

        def final(job: dict[str, Any]) -> dict[str, Any] | None:
            return None if job["status"] in FINAL else self._work.ended(job, status, self._clock.now(), errors)

        self._until_stored(scope, id, final, waits=waits)

    def complete(self, scope: Scope, id: str, job: dict[str, Any], *, waits: bool = True) -> None:
        """End a job whose results are stored."""
        self._until_stored(scope, id, lambda _: job, waits=waits)

    def _until_stored(self, scope: Scope, id: str, change: Any, *, waits: bool) -> None:
        cleared = dict.fromkeys(self._kind.cleared)

        def store() -> None:
            self._table.change(scope, id, change, **cleared)

        if not waits:
            try:
                store()
            except Problem:
                self._runner.soon(lambda: until_stored(store, lambda: self._runner.is_closing))
            return
        until_stored(store, lambda: self._runner.is_closing)

    def _begin(self, scope: Scope, id: str) -> dict[str, Any] | None:
        def processing(job: dict[str, Any]) -> dict[str, Any] | None:
            return self._work.begun(job, self._clock.now()) if job["status"] in ("NEW", "QUEUED") else None

        return self._table.change(scope, id, processing)

    def _key(self, scope: Scope, id: str) -> tuple[str, Scope, str]:
        return self._kind.what, scope, id

"""How are segments evaluated?  `SegmentJobs`: made, queued, run in the order in which they came, or cancelled.

A job changes nothing before its end; then all memberships at once. Results go into the store of profiles and the end of
the job into the database, which no transaction spans: so before the first is committed the second says what the end
will be (`outcome`), and after a crash the store knows whether it was.
"""

from __future__ import annotations

import json
import logging
import threading
import zlib
from array import array
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from typing import Any

from sqlalchemy import ColumnElement, Connection

from pqltools.records import Record, hint, record
from pqltools.segmentation.clock import Clock
from pqltools.segmentation.definitions import Definitions
from pqltools.segmentation.engines.engine import Engine, EngineFailure, Needs, Subject, Task
from pqltools.segmentation.job_documents import (
    BROKEN,
    DELETED,
    FINAL,
    INTERRUPTED,
    NOT_EVALUATED,
    PARTLY,
    begun,
    counted,
    ended,
    job_error,
    new_job,
    updated,
)
from pqltools.segmentation.job_inputs import Input, Stage, circles, input_of, policy_versions, read_inputs, stages
from pqltools.segmentation.job_tables import JobTable, Progress, log_job, until_stored
from pqltools.segmentation.merge_policies import MergePolicies
from pqltools.segmentation.metadata.store import Metadata
from pqltools.segmentation.metadata.tables import SEGMENT_JOBS
from pqltools.segmentation.options import Options
from pqltools.segmentation.pages import Page
from pqltools.segmentation.problems import Problem
from pqltools.segmentation.profiles.model import Applied, policy_of
from pqltools.segmentation.profiles.store import ProfileStore
from pqltools.segmentation.running import Runner
from pqltools.segmentation.scope import Scope
from pqltools.segmentation.stopping import Stop, Stopped

_LOG = logging.getLogger("pqltools.segmentation")
_WHAT = "segment job"


@record
class _Answers(Record):
    """What the stages of a job have found so far, by the ids of segments."""

    qualifies: dict[str, array[int]] = hint(default=None)
    unknown: dict[str, array[int]] = hint(default=None)
    broken: dict[str, str] = hint(default=None)
    reasons: dict[str, str] = hint(default=None)
    profiles: dict[str, int] = hint(default=None)


class SegmentJobs:
    """The segment jobs of all sandboxes. Any number of threads may use it; `start` it once."""

    def __init__(
        self,
        metadata: Metadata,
        clock: Clock,
        options: Options,
        policies: MergePolicies,
        definitions: Definitions,
        store: ProfileStore,
        engine: Engine,
        runner: Runner,
    ) -> None:
        self._metadata = metadata
        self._clock = clock
        self._options = options
        self._policies = policies
        self._definitions = definitions
        self._store = store
        self._engine = engine
        self._runner = runner
        self._progress = Progress()
        #: Held while it is decided whether a job is cancelled or its results are stored.
        self._deciding = threading.Lock()
        self.table = JobTable(metadata, clock, options, SEGMENT_JOBS, _WHAT)

    # For the API.

    def rows(
        self, scope: Scope, page: Page, where: Sequence[ColumnElement[bool]] = ()
    ) -> tuple[list[dict[str, Any]], int]:
        """The jobs of a page, and how many there are."""
        rows, total = self.table.rows(scope, page, where)
        return [self._shown(scope, row) for row in rows], total

    def get(self, scope: Scope, id: str) -> dict[str, Any]:
        """One job; `Problem` (404) if there is none."""
        return self._shown(scope, self.table.get(scope, id))

    def several(self, scope: Scope, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Those of the jobs that exist, by id."""
        return {id: self._shown(scope, job) for id, job in self.table.several(scope, ids).items()}

    def progress(self, scope: Scope, id: str) -> tuple[int, int] | None:
        """How many profiles a job has read, and about how many there are; None if it does not run."""
        return self._progress.get(scope, id)

    def create(self, scope: Scope, ids: Sequence[str] | None, **members: Any) -> dict[str, Any]:
        """Make a job for the definitions with these ids, or for all that are published, and have it run.

        `members` are those of the job: `requestId`, `source` (``api`` unless it is given), `properties`, `schema`,
        `profileInstanceId`. Raises `Problem`: 400 for ids that cannot be run, 429 for too many jobs.
        """
        job = self._add(scope, ids, members)
        self.begin(scope, job["id"])
        return job

    def create_in(
        self, connection: Connection, scope: Scope, ids: Sequence[str] | None, **members: Any
    ) -> dict[str, Any]:
        """`create` within a transaction, after which the caller has it run with `begin`; so does the next `start`."""
        inputs = read_inputs(connection, scope, ids)
        versions = policy_versions(connection, scope)
        listed = self._options.limits.listed_segments
        job = new_job(scope, inputs, versions, self._clock.now(), listed=listed, **members)
        written = json.dumps([each.data() for each in inputs], ensure_ascii=False)
        self.table.add(connection, scope, job, inputs=written)
        return job

    def cancel(self, scope: Scope, id: str) -> None:
        """Have a job end as CANCELLED; nothing happens to one that has ended, or whose results are being stored."""

        def marked(job: dict[str, Any]) -> dict[str, Any] | None:
            if job["status"] in FINAL or job["status"] == "CANCELLING":
                return None
            return {**job, "status": "CANCELLING", **updated(self._clock.now())}

        with self._deciding:
            changed = self.table.change(scope, id, marked)
            never_begins = changed is not None and self._runner.stop((_WHAT, scope, id))
        if never_begins:
            self._runner.soon(lambda: self._end(scope, id, "CANCELLED"))

    def run_at_once(self, scope: Scope, ids: Sequence[str] | None, stop: Stop, **members: Any) -> dict[str, Any]:
        """Make a job, and run it in this thread until its end."""
        id = self._add(scope, ids, members)["id"]
        with self._runner.running((_WHAT, scope, id)) as own, stop.ending(lambda: own.request(stop.reason)):
            self._run(scope, id, own)
        return self.get(scope, id)

    # The life of the service.

    def start(self) -> None:
        """Bring to an end what a crash has interrupted, and go on with what had not begun."""
        with self._metadata.read() as connection:
            pending = self.table.pending(connection)
        for scope, job in pending:
            if job["status"] in ("NEW", "QUEUED"):
                self.begin(scope, job["id"])
            else:
                self._recover(scope, job["id"], job["status"])

    def _recover(self, scope: Scope, id: str, status: str) -> None:
        if self._store.is_applied(scope, id):
            with self._metadata.read() as connection:
                outcome = self.table.column(connection, scope, id, "outcome")
            self.table.change(scope, id, lambda _: json.loads(outcome), inputs=None, outcome=None)
        elif status == "CANCELLING":
            self._end(scope, id, "CANCELLED")
        else:
            message = "the server stopped while the job ran; the memberships are those of before, make the job anew"
            self._end(scope, id, "FAILED", [job_error(INTERRUPTED, message)])

    def _add(self, scope: Scope, ids: Sequence[str] | None, members: dict[str, Any]) -> dict[str, Any]:
        self._policies.prepare(scope)
        with self._metadata.write() as connection:
            job = self.create_in(connection, scope, ids, **members)
        log_job(_WHAT, job)
        return job

    def begin(self, scope: Scope, id: str) -> None:
        """Have a job run that is written down."""

        def queued() -> None:
            with suppress(Problem):  # it waits all the same
                self.table.change(
                    scope, id, lambda job: {**job, "status": "QUEUED"} if job["status"] == "NEW" else None
                )

        self._runner.submit((_WHAT, scope, id), queued, lambda stop: self._run(scope, id, stop))

    def _shown(self, scope: Scope, job: dict[str, Any]) -> dict[str, Any]:
        found = self._progress.get(scope, job["id"]) if job["status"] not in FINAL else None
        return job if found is None else {**job, "metrics": {**job["metrics"], "totalProfiles": found[0]}}

    # The work.

    def _run(self, scope: Scope, id: str, stop: Stop) -> None:
        """Run a job until its end, whatever that is."""
        try:
            job = self._begin(scope, id)
            if job is not None:
                self._work(scope, job, stop)
            elif self.table.get(scope, id)["status"] == "CANCELLING":
                self._end(scope, id, "CANCELLED")
        except Stopped:
            if stop.reason is None:
                self._end(scope, id, "CANCELLED")
            else:
                self._end(scope, id, "FAILED", [job_error(INTERRUPTED, stop.reason)])
        except EngineFailure as failure:
            self._end(scope, id, "FAILED", [job_error(BROKEN, f"the evaluation failed: {failure}")])
        except Problem as problem:
            self._end(scope, id, "FAILED", [job_error(problem.code, problem.title)])
        except Exception as mistake:  # its message may hold data of profiles
            _LOG.error("mistake", extra={"data": {"job": id, "kind": type(mistake).__name__}})
            self._end(
                scope, id, "FAILED", [job_error(BROKEN, "a mistake in pqltools stopped the job; please report it")]
            )
        finally:
            self._progress.drop(scope, id)

    def _begin(self, scope: Scope, id: str) -> dict[str, Any] | None:
        number = zlib.crc32(id.encode())

        def processing(job: dict[str, Any]) -> dict[str, Any] | None:
            return begun(job, number, self._clock.now()) if job["status"] in ("NEW", "QUEUED") else None

        return self.table.change(scope, id, processing)

    def _end(self, scope: Scope, id: str, status: str, errors: Sequence[dict[str, Any]] = ()) -> None:
        def final(job: dict[str, Any]) -> dict[str, Any] | None:
            return None if job["status"] in FINAL else ended(job, status, self._clock.now(), errors)

        until_stored(
            lambda: self.table.change(scope, id, final, inputs=None, outcome=None), lambda: self._runner.is_closing
        )

    def _work(self, scope: Scope, job: dict[str, Any], stop: Stop) -> None:
        id, now = job["id"], self._clock.now()
        with self._metadata.read() as connection:
            inputs = [input_of(each) for each in json.loads(self.table.column(connection, scope, id, "inputs"))]
        answers = self._evaluated(scope, id, inputs, now, stop)
        errors = _errors(answers)
        if inputs and not answers.qualifies:
            self._end(scope, id, "FAILED", errors)
            return
        legacy = "existing-status" in self._options.doc_era
        with ExitStack() as held:

            def decide(applied: Applied) -> None:
                # From here to the end of the job nobody cancels it.
                held.enter_context(self._deciding)
                stop.check()
                errors.extend(_deleted(answers, applied))
                if answers.qualifies and not applied.by_status:
                    raise Problem(404, DELETED, "all segments of the job were deleted before its end")
                outcome = ended(
                    counted(job, answers.profiles, applied, legacy=legacy), "SUCCEEDED", self._clock.now(), errors
                )
                with self._metadata.write() as connection:
                    self.table.set_column(connection, scope, id, "outcome", json.dumps(outcome, ensure_ascii=False))
                decided.append(outcome)

            decided: list[dict[str, Any]] = []
            self._store.apply_memberships(
                scope,
                id,
                now,
                answers.qualifies,
                unknown=answers.unknown,
                legacy=legacy,
                still=lambda ids: self._definitions.existing(scope, ids),
                before_commit=decide,
            )
            until_stored(
                lambda: self.table.change(scope, id, lambda _: decided[0], inputs=None, outcome=None),
                lambda: self._runner.is_closing,
            )

    def _evaluated(self, scope: Scope, id: str, inputs: list[Input], now: int, stop: Stop) -> _Answers:
        answers = _Answers({}, {}, circles(inputs), {}, {})
        order = stages([each for each in inputs if each.id not in answers.broken])
        of = sum(self._store.counts(scope).values()) * len(order)
        done = 0
        for stage in order:
            stop.check()
            before = done

            def progress(profiles: int, before: int = before) -> None:
                self._progress.set(scope, id, before + profiles, of)

            done += self._stage(scope, stage, answers, now, stop, progress)
        return answers

    def _stage(self, scope: Scope, stage: Stage, answers: _Answers, now: int, stop: Stop, progress: Any) -> int:
        try:
            policy = policy_of(self._policies.get(scope, stage.policy))
        except Problem as problem:
            answers.broken.update(dict.fromkeys([each.id for each in stage.inputs], problem.title))
            return 0
        wanted = {target for each in stage.inputs for target in each.references}
        own = {each.id for each in stage.inputs}
        task = Task(
            tuple(Subject(each.id, each.expression["format"], each.expression["value"]) for each in stage.inputs),
            now,
            self._options.schema,
            self._options.tenant,
            known={other: pids for other, pids in answers.qualifies.items() if other in wanted - own},
            broken={other: why for other, why in answers.broken.items() if other in wanted},
        )

        def blocks(needs: Needs) -> Any:
            return self._store.merged(scope, policy, with_events=needs.events, with_memberships=needs.memberships)

        found = self._engine.run(task, blocks, stop, progress)
        answers.qualifies.update(found.qualifies)
        answers.unknown.update(found.unknown)
        answers.reasons.update(found.reasons)
        answers.broken.update(found.problems)
        answers.profiles[stage.policy] = max(answers.profiles.get(stage.policy, 0), found.profiles)
        return found.profiles


def _deleted(answers: _Answers, applied: Applied) -> list[dict[str, Any]]:
    """What to say of segments of which nothing was stored, because there are none any more."""
    gone = [id for id in answers.qualifies if id not in applied.by_status]
    return [job_error(DELETED, f"the segment {id} was deleted before the end of the job", id) for id in gone]


def _errors(answers: _Answers) -> list[dict[str, Any]]:
    """What to say of segments that were not evaluated, or not for all profiles."""
    errors = [
        job_error(NOT_EVALUATED, f"the segment {id} was not evaluated, its memberships are those of before: {why}", id)
        for id, why in answers.broken.items()
    ]
    for id, pids in answers.unknown.items():
        who = "1 profile" if len(pids) == 1 else f"{len(pids):,} profiles"
        message = f"the segment {id} could not be evaluated for {who}, whose memberships are those of before"
        errors.append(job_error(PARTLY, f"{message}: {answers.reasons[id]}", id))
    return errors

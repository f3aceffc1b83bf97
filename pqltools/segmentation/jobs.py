"""How are segments evaluated?  `SegmentJobs`: made, queued, run in the order in which they came, or cancelled.

A job changes nothing before its end; then all memberships at once. Results go into the store of profiles and the end of
the job into the database, which no transaction spans: so before the first is committed the second says what the end
will be (`outcome`), and after a crash the store knows whether it was.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Raw
from sqlalchemy import ColumnElement, Connection

from pqltools.records import Record, hint, record
from pqltools.segmentation.clock import Clock
from pqltools.segmentation.definitions import Definitions
from pqltools.segmentation.engines.engine import Engine, Needs, Origin, Subject, Task
from pqltools.segmentation.job_documents import (
    DELETED,
    FINAL,
    NOT_EVALUATED,
    PARTLY,
    begun,
    counted,
    ended,
    job_error,
    new_job,
)
from pqltools.segmentation.job_inputs import Input, Stage, circles, input_of, policy_versions, read_inputs, stages
from pqltools.segmentation.job_life import JobLife, Kind
from pqltools.segmentation.job_tables import JobTable, Progress, log_job
from pqltools.segmentation.merge_policies import MergePolicies
from pqltools.segmentation.metadata.documents import read_document
from pqltools.segmentation.metadata.store import Metadata
from pqltools.segmentation.metadata.tables import SEGMENT_JOBS
from pqltools.segmentation.options import Options
from pqltools.segmentation.pages import Page
from pqltools.segmentation.problems import Problem
from pqltools.segmentation.profiles.model import Applied, policy_of
from pqltools.segmentation.profiles.store import ProfileStore
from pqltools.segmentation.running import Runner
from pqltools.segmentation.scope import Scope
from pqltools.segmentation.stopping import Stop

_KIND = Kind(
    "segment job",
    "the evaluation failed",
    "the memberships are those of before",
    queues=True,
    cleared=("inputs", "outcome"),
)


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
        self._progress = Progress()
        self.table = JobTable(metadata, clock, options, SEGMENT_JOBS, _KIND.what)
        self._life = JobLife(metadata, clock, runner, self.table, _KIND, self)

    # For the API.

    def rows(
        self, scope: Scope, page: Page, where: Sequence[ColumnElement[bool]] = ()
    ) -> tuple[list[dict[str, Any]], int]:
        """The jobs of a page, and how many there are."""
        rows, total = self.table.rows(scope, page, where)
        return [self._shown(scope, row) for row in rows], total

    def written(
        self, scope: Scope, page: Page, where: Sequence[ColumnElement[bool]] = ()
    ) -> tuple[list[Raw | dict[str, Any]], int]:
        """`rows` for who only passes them on: jobs that do not run as they are written, since they may be large."""
        found, total = self.table.texts(scope, page, where)
        rows: list[Raw | dict[str, Any]] = []
        for id, text in found:
            runs = self._progress.get(scope, id) is not None
            rows.append(self._shown(scope, read_document(text)) if runs else Raw(text))
        return rows, total

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
        self._life.cancel(scope, id)

    def run_at_once(self, scope: Scope, ids: Sequence[str] | None, stop: Stop, **members: Any) -> dict[str, Any]:
        """Make a job, and run it in this thread until its end."""
        id = self._add(scope, ids, members)["id"]
        self._life.run_here(scope, id, stop)
        return self.get(scope, id)

    def start(self) -> None:
        """Bring to an end what a crash has interrupted, and go on with what had not begun."""
        self._life.start()

    def begin(self, scope: Scope, id: str) -> None:
        """Have a job run that is written down."""
        self._life.begin(scope, id)

    def _add(self, scope: Scope, ids: Sequence[str] | None, members: dict[str, Any]) -> dict[str, Any]:
        self._policies.prepare(scope)
        with self._metadata.write() as connection:
            job = self.create_in(connection, scope, ids, **members)
        log_job(_KIND.what, job)
        return job

    def _shown(self, scope: Scope, job: dict[str, Any]) -> dict[str, Any]:
        found = self._progress.get(scope, job["id"]) if job["status"] not in FINAL else None
        return job if found is None else {**job, "metrics": {**job["metrics"], "totalProfiles": found[0]}}

    # The work: see `Work`.

    def begun(self, job: dict[str, Any], now: int) -> dict[str, Any]:
        """The job when it begins."""
        return begun(job, zlib.crc32(job["id"].encode()), now)

    def ended(self, job: dict[str, Any], status: str, now: int, errors: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """The job when it has ended without changing a membership."""
        return ended(job, status, now, errors)

    def outcome(self, scope: Scope, id: str) -> dict[str, Any] | None:
        """What was written down of a job whose memberships are stored."""
        if not self._store.is_applied(scope, id):
            return None
        with self._metadata.read() as connection:
            found: dict[str, Any] = json.loads(self.table.column(connection, scope, id, "outcome"))
        return found

    def work(self, scope: Scope, job: dict[str, Any], stop: Stop) -> None:
        """Evaluate, and store the memberships."""
        try:
            self._evaluate(scope, job, stop)
        finally:
            self._progress.drop(scope, job["id"])

    def _evaluate(self, scope: Scope, job: dict[str, Any], stop: Stop) -> None:
        id, now = job["id"], self._clock.now()
        with self._metadata.read() as connection:
            inputs = [input_of(each) for each in json.loads(self.table.column(connection, scope, id, "inputs"))]
        answers = self._evaluated(scope, id, inputs, now, stop)
        errors = _errors(answers)
        if inputs and not answers.qualifies:
            self._life.end(scope, id, "FAILED", errors)
            return
        legacy = "existing-status" in self._options.doc_era

        def decide(applied: Applied) -> None:
            self._life.decide(scope, id, stop)
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
            stop=stop,
        )
        self._definitions.forget_deleted(scope)
        self._life.complete(scope, id, decided[0])

    def _evaluated(self, scope: Scope, id: str, inputs: list[Input], now: int, stop: Stop) -> _Answers:
        answers = _Answers({}, {}, circles(inputs), {}, {})
        order = stages([each for each in inputs if each.id not in answers.broken])
        of = sum(self._store.counts(scope).values()) * len(order)
        done = 0
        for stage in order:
            stop.check()
            before = done

            def progress(profiles: int, _: int, before: int = before) -> None:
                self._progress.set(scope, id, before + profiles, of)

            done += self._stage(scope, id, stage, answers, now, stop, progress)
        return answers

    def _stage(
        self, scope: Scope, id: str, stage: Stage, answers: _Answers, now: int, stop: Stop, progress: Any
    ) -> int:
        try:
            policy = policy_of(self._policies.get(scope, stage.policy))
        except Problem as problem:
            answers.broken.update(dict.fromkeys([each.id for each in stage.inputs], problem.title))
            return 0
        wanted = {target for each in stage.inputs for target in each.references}
        own = {each.id for each in stage.inputs}
        with self._store.snapshot(scope, policy) as snapshot:
            task = Task(
                tuple(Subject(each.id, each.expression["format"], each.expression["value"]) for each in stage.inputs),
                now,
                self._options.schema,
                self._options.tenant,
                known={other: pids for other, pids in answers.qualifies.items() if other in wanted - own},
                broken={other: why for other, why in answers.broken.items() if other in wanted},
                origin=Origin(scope, policy, snapshot.version),
                asker={"job": id},
            )

            def blocks(needs: Needs) -> Any:
                return snapshot.merged(with_events=needs.events, with_memberships=needs.memberships)

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

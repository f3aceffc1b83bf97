"""Which job does a schedule make?  `SegmentStarter`: of all segments, or those that it lists; `ExportStarter`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from pqltools.segmentation.exports import ExportJobs
from pqltools.segmentation.jobs import SegmentJobs
from pqltools.segmentation.options import Options
from pqltools.segmentation.problems import Problem, wrong
from pqltools.segmentation.schedule_segments import check_policies, named_segments, to_evaluate
from pqltools.segmentation.schedules import Fire
from pqltools.segmentation.scope import Scope


class SegmentStarter:
    """Makes the jobs of schedules of the type ``batch_segmentation``; see `Starter`."""

    def __init__(self, jobs: SegmentJobs, options: Options) -> None:
        self._jobs = jobs
        self._options = options

    def prepare(self, scope: Scope) -> None:
        """Nothing is to be prepared."""

    def check(self, scope: Scope, properties: Mapping[str, Any]) -> None:
        """Nothing more is to be checked than `Schedules` does."""

    def create_in(self, connection: Connection, scope: Scope, fire: Fire) -> str:
        """Write down the job. With the segments that a schedule names run those that they refer to."""
        check_policies(connection, scope, self._options.limits.scheduled_merge_policies)
        named = named_segments(fire.properties)
        job = self._jobs.create_in(
            connection,
            scope,
            None if named is None else to_evaluate(connection, scope, named),
            source="scheduler",
            requestId=fire.request_id,
            properties={"scheduleId": fire.schedule, "runId": str(fire.instant)},
        )
        id: str = job["id"]
        return id

    def begin(self, scope: Scope, job: str) -> None:
        """Have the job run."""
        self._jobs.begin(scope, job)


class ExportStarter:
    """Makes the jobs of schedules of the type ``export``, whose properties are the body of an export job."""

    def __init__(self, exports: ExportJobs) -> None:
        self._exports = exports

    def prepare(self, scope: Scope) -> None:
        """See to it that there is a merge policy."""
        self._exports.prepare(scope)

    def check(self, scope: Scope, properties: Mapping[str, Any]) -> None:
        """Raise `Problem` (400) for what cannot be exported."""
        try:
            self._exports.checked(scope, properties)
        except Problem as problem:
            if problem.status != 400:
                raise
            faults = problem.details or [{"message": problem.title}]
            paths = ["$.properties" + each.get("path", "$").removeprefix("$") for each in faults]
            raise wrong([{**each, "path": path} for each, path in zip(faults, paths, strict=True)]) from None

    def create_in(self, connection: Connection, scope: Scope, fire: Fire) -> str:
        """Write down the job."""
        return str(self._exports.create_in(connection, scope, fire.properties, requestId=fire.request_id)["id"])

    def begin(self, scope: Scope, job: str) -> None:
        """Have the job run."""
        self._exports.begin(scope, int(job))

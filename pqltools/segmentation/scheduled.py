"""Which job does a schedule make?  `SegmentStarter`: of all segments, or those that it lists; `ExportStarter`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from pqltools.segmentation.exports import ExportJobs
from pqltools.segmentation.jobs import SegmentJobs
from pqltools.segmentation.problems import Problem
from pqltools.segmentation.schedules import Fire
from pqltools.segmentation.scope import Scope


class SegmentStarter:
    """Makes the jobs of schedules of the type ``batch_segmentation``; see `Starter`."""

    def __init__(self, jobs: SegmentJobs) -> None:
        self._jobs = jobs

    def prepare(self, scope: Scope) -> None:
        """Nothing is to be prepared."""

    def check(self, scope: Scope, properties: Mapping[str, Any]) -> None:
        """Nothing more is to be checked than `Schedules` does."""

    def create_in(self, connection: Connection, scope: Scope, fire: Fire) -> str:
        """Write down the job."""
        segments = fire.properties["segments"]
        job = self._jobs.create_in(
            connection,
            scope,
            None if segments == ["*"] else segments,
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
            for each in problem.details:
                each["path"] = "$.properties" + each.get("path", "$").removeprefix("$")
            raise

    def create_in(self, connection: Connection, scope: Scope, fire: Fire) -> str:
        """Write down the job."""
        return str(self._exports.create_in(connection, scope, fire.properties, requestId=fire.request_id)["id"])

    def begin(self, scope: Scope, job: str) -> None:
        """Have the job run."""
        self._exports.begin(scope, int(job))

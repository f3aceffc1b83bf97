"""Which job does a schedule make?  `SegmentStarter`: a segment job for all segments, or for those that it lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from pqltools.segmentation.jobs import SegmentJobs
from pqltools.segmentation.schedules import Fire
from pqltools.segmentation.scope import Scope


class SegmentStarter:
    """Makes the jobs of schedules of the type ``batch_segmentation``; see `Starter`."""

    def __init__(self, jobs: SegmentJobs) -> None:
        self._jobs = jobs

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

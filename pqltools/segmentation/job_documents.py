"""What does a segment job look like?  Its document, from when it is made until it has ended."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from pqltools.segmentation.job_inputs import Input
from pqltools.segmentation.profiles.model import Applied
from pqltools.segmentation.scope import Scope

STATUSES = ("NEW", "QUEUED", "PROCESSING", "SUCCEEDED", "FAILED", "CANCELLING", "CANCELLED")
#: A job in one of these has ended.
FINAL = frozenset(("SUCCEEDED", "FAILED", "CANCELLED"))
#: Codes of the errors of jobs.
NOT_EVALUATED, PARTLY, INTERRUPTED, BROKEN = "PQL-JOB-001", "PQL-JOB-002", "PQL-JOB-003", "PQL-JOB-004"
DELETED = "PQL-JOB-005"


def new_job(
    scope: Scope, inputs: Sequence[Input], versions: Mapping[str, int], now: int, *, listed: int, **members: Any
) -> dict[str, Any]:
    """The document of a job that is made now; `members` as they are."""
    id = str(uuid.uuid4())
    segments: list[dict[str, Any]] = [{"segmentId": "*"}]
    if len(inputs) <= listed:
        segments = [_segment(each, versions) for each in inputs]
    href = f"/segment/jobs/{id}"
    return {
        "id": id,
        **scope.members(),
        "profileInstanceId": "ups",
        "source": "api",
        "status": "NEW",
        "segments": segments,
        "metrics": {"totalTime": {"startTimeInMs": now}, "profileSegmentationTime": {}},
        **members,
        "errors": [],
        "_links": {
            "cancel": {"href": href, "method": "DELETE"},
            "checkStatus": {"href": href, "method": "GET"},
        },
        "creationTime": now,
        **updated(now),
    }


def _segment(each: Input, versions: Mapping[str, int]) -> dict[str, Any]:
    policy = {"id": each.policy, "version": versions.get(each.policy, 1)}
    segment = {"id": each.id, "expression": each.expression, "mergePolicyId": each.policy, "mergePolicy": policy}
    return {"segmentId": each.id, "segment": segment}


def updated(now: int) -> dict[str, int]:
    """The times of the last change."""
    return {"updateTime": now // 1000 * 1000, "updateEpoch": now // 1000}


def begun(job: Mapping[str, Any], number: int, now: int) -> dict[str, Any]:
    """The job when it begins to work."""
    metrics = {**job["metrics"], "profileSegmentationTime": {"startTimeInMs": now}}
    return {
        **job,
        "status": "PROCESSING",
        "batchId": str(uuid.uuid4()),
        "computeJobId": number,
        "computeGatewayJobId": str(uuid.uuid4()),
        "metrics": metrics,
        **updated(now),
    }


def ended(job: Mapping[str, Any], status: str, now: int, errors: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The job when it has ended; its times have an end."""
    metrics = dict(job["metrics"])
    for name in ("totalTime", "profileSegmentationTime"):
        times = metrics.get(name) or {}
        if "startTimeInMs" in times:
            metrics[name] = triple(times["startTimeInMs"], now)
    return {**job, "status": status, "metrics": metrics, "errors": [*job["errors"], *errors], **updated(now)}


def triple(start: int, end: int) -> dict[str, int]:
    """A duration."""
    return {"startTimeInMs": start, "endTimeInMs": end, "totalTimeInMs": max(end - start, 0)}


def counted(job: Mapping[str, Any], profiles: Mapping[str, int], applied: Applied, *, legacy: bool) -> dict[str, Any]:
    """The job with the numbers of what it found; `profiles` are those that were read, by merge policy."""
    shown = ("realized", "existing", "exited") if legacy else ("realized", "exited")
    by_status = {id: {name: found.get(name, 0) for name in shown} for id, found in applied.by_status.items()}
    members = {id: found.get("realized", 0) + found.get("existing", 0) for id, found in applied.by_status.items()}
    # Profiles without a namespace, which an `_id` alone names, are in none.
    by_namespace = {
        id: {name: count for name, count in found.items() if name} for id, found in applied.by_namespace.items()
    }
    metrics = {
        **job["metrics"],
        "totalProfiles": sum(profiles.values()),
        "totalProfilesByMergePolicy": dict(profiles),
        "segmentedProfileCounter": members,
        "segmentedProfileByNamespaceCounter": by_namespace,
        "segmentedProfileByStatusCounter": by_status,
    }
    return {**job, "metrics": metrics}


def job_error(code: str, message: str, segment: str | None = None) -> dict[str, Any]:
    """An error of a job, or of one of its segments."""
    found: dict[str, Any] = {"code": code, "msg": message, "callStack": []}
    return found if segment is None else {**found, "segmentId": segment}

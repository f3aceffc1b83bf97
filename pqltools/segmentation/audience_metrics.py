"""How many profiles had an audience in the last job that evaluated it?  Kept when the job ends, by the audience.

Written in the transaction in which the job becomes SUCCEEDED, so that both are there or neither. To look for the job
instead would mean to read all of them for an audience that was never evaluated.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert

from pqltools.segmentation.metadata.documents import Documents
from pqltools.segmentation.metadata.tables import AUDIENCE_METRICS
from pqltools.segmentation.scope import Scope

_STATUSES = ("realized", "existing", "exited")


def keep_metrics(connection: Connection, scope: Scope, job: Mapping[str, Any]) -> None:
    """Keep the numbers of a segment job that has succeeded, and nothing of another."""
    if job["status"] != "SUCCEEDED":
        return
    rows = [
        {"org": scope.org, "sandbox": scope.sandbox, "id": id, "document": json.dumps(_metrics(job, id))}
        for id in job["metrics"].get("segmentedProfileCounter", ())
    ]
    if rows:
        connection.execute(insert(AUDIENCE_METRICS).prefix_with("OR REPLACE"), rows)


def metrics_of(connection: Connection, scope: Scope, id: str) -> dict[str, Any] | None:
    """The numbers of an audience as the API shows them; None if no job has evaluated it."""
    return Documents(AUDIENCE_METRICS).get(connection, scope, id)


def _metrics(job: Mapping[str, Any], id: str) -> dict[str, Any]:
    metrics = job["metrics"]
    by_status = metrics["segmentedProfileByStatusCounter"].get(id, {})
    return {
        "type": "export",  # as the documents have it, though it is of a segment job
        "jobId": job["id"],
        "data": {
            "totalProfiles": metrics["segmentedProfileCounter"][id],
            "totalProfilesByNamespace": metrics["segmentedProfileByNamespaceCounter"].get(id, {}),
            "totalProfilesByStatus": {status: by_status.get(status, 0) for status in _STATUSES},
        },
        "createEpoch": job["creationTime"] // 1000,
        "updateEpoch": job["updateEpoch"],
    }

"""What becomes of schedules when a segment is deleted?  It leaves their lists; one with nothing left becomes inactive.

Such a one keeps its list: an empty list would mean something else in an export, everybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from pqltools.segmentation.metadata.documents import Documents
from pqltools.segmentation.metadata.tables import SCHEDULES
from pqltools.segmentation.scope import Scope


def drop_segment(connection: Connection, scope: Scope, id: str, now: int) -> None:
    """Change the schedules of a sandbox that name the segment with this id."""
    documents = Documents(SCHEDULES)
    for schedule in documents.find(connection, scope, SCHEDULES.c.document.contains(id, autoescape=True)):
        properties = without(schedule["properties"], id)
        if properties is schedule["properties"]:
            continue
        if properties is None:
            changed, columns = {**schedule, "state": "inactive"}, {"next": None}
        else:
            changed, columns = {**schedule, "properties": properties}, {}
        changed["updated"] = now
        documents.replace(connection, scope, schedule["id"], changed, updated=now, **columns)


def without(properties: dict[str, Any], id: str) -> dict[str, Any] | None:
    """The properties of a schedule without the segment; None if they name no other, they themselves if not this one."""
    filter = properties.get("filter")
    given = filter.get("segments") if isinstance(filter, Mapping) else properties.get("segments")
    if not isinstance(given, list):
        return properties
    kept = [each for each in given if (each.get("segmentId") if isinstance(each, Mapping) else each) != id]
    if len(kept) == len(given):
        return properties
    if not kept:
        return None
    if isinstance(filter, Mapping):
        return {**properties, "filter": {**filter, "segments": kept}}
    return {**properties, "segments": kept}

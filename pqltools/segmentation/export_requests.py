"""What is to be exported?  The request as it is kept, checked, and as a plan: batches with what goes into each."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from pqltools.evaluation.membership import NAMESPACE
from pqltools.records import Record, record
from pqltools.segmentation.definition_documents import PROFILE
from pqltools.segmentation.job_documents import updated
from pqltools.segmentation.problems import invalid
from pqltools.segmentation.profiles.memberships import STATUSES
from pqltools.segmentation.profiles.model import Filter
from pqltools.segmentation.scope import Scope
from pqltools.types.time import iso_instant
from pqltools.xdm.schema import EVENT_FIELDS

#: What a segment filter means that says nothing of a status.
DEFAULT_STATUSES = ("realized", "existing")
_NAME = re.compile(r"[^\s.,\"'\[\]]{1,256}")
_DEEPEST = 20
#: RFC 3339 wants one; what an instant without it means depends on who reads it.
_OFFSET = re.compile(r"(?:[Zz]|[+-]\d\d:?\d\d)$")
Fields = tuple[tuple[str, ...], ...]
_TIMES, _INGESTION = ("startTime", "endTime"), ("fromIngestTimestamp", "toIngestTimestamp")


@record
class Plan(Record):
    """One batch: its id, the profiles that go into it, and what of them."""

    batch: str
    filter: Filter
    fields: Fields | None
    events: Fields | None


def read_fields(text: Any, path: str) -> Fields | None:
    """The paths of a comma list, None for all fields. Raises `Problem` (400)."""
    found = []
    for part in (text or "").split(","):
        names = tuple(part.strip().split("."))
        if names == ("",):
            continue
        if len(names) > _DEEPEST or not all(map(_NAME.fullmatch, names)):
            help = "fields are paths such as `person.name.lastName`, with commas between them"
            raise invalid(f"{part.strip()[:100]!r} is no field", path=path, help=help)
        found.append(names)
    return tuple(dict.fromkeys(found)) or None


def read_instant(value: Any, path: str) -> int | None:
    """The milliseconds of an instant. Raises `Problem` (400)."""
    if value is None:
        return None
    found = iso_instant(value) if len(value) > 10 else None
    if found is None or not _OFFSET.search(value):
        what = "is no instant" if found is None else "has no offset from UTC"
        raise invalid(f"{value[:60]!r} {what}", path=path, help="write it as 2024-01-31T00:00:00Z (RFC 3339)")
    return found


def segments_of(body: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The segments of the filter, with what they do not say; None if profiles are not chosen by segments."""
    given = (body.get("filter") or {}).get("segments")
    if not given:
        return None
    found: dict[str, dict[str, Any]] = {}
    for place, each in enumerate(given):
        path = f"$.filter.segments[{place}]"
        namespace = each.get("segmentNs") or NAMESPACE
        if namespace.lower() != NAMESPACE:
            help = "only segments that are evaluated here can be exported, those of the namespace `ups`"
            raise invalid(f"there are no segments of the namespace {namespace}", path=f"{path}.segmentNs", help=help)
        statuses = [*dict.fromkeys(each.get("status") or DEFAULT_STATUSES)]
        own = found.setdefault(
            each["segmentId"], {"segmentId": each["segmentId"], "segmentNs": namespace, "status": []}
        )
        own["status"] += [status for status in statuses if status not in own["status"]]
    return [*found.values()]


def plans(body: Mapping[str, Any], destination: Mapping[str, Any]) -> list[Plan]:
    """The batches. Raises `Problem` (400) for what cannot be read."""
    filter = body.get("filter") or {}
    segments = segments_of(body)
    times = filter.get("segmentQualificationTime") or {}
    events = (body.get("additionalFields") or {}).get("eventList")
    event_filter = (events or {}).get("filter") or {}
    at = "$.additionalFields.eventList"
    common: dict[str, Any] = {
        "qualified_from": read_instant(times.get("startTime"), "$.filter.segmentQualificationTime.startTime"),
        "qualified_until": read_instant(times.get("endTime"), "$.filter.segmentQualificationTime.endTime"),
        "ingested_after": read_instant(filter.get("fromIngestTimestamp"), "$.filter.fromIngestTimestamp"),
        "empty_profiles": bool(filter.get("emptyProfiles")),
        "events": events is not None,
        "events_after": read_instant(event_filter.get("fromIngestTimestamp"), f"{at}.filter.fromIngestTimestamp"),
        "events_until": read_instant(event_filter.get("toIngestTimestamp"), f"{at}.filter.toIngestTimestamp"),
    }
    _in_order(common["qualified_from"], common["qualified_until"], "$.filter.segmentQualificationTime", _TIMES)
    _in_order(common["events_after"], common["events_until"], f"{at}.filter", _INGESTION)
    if times and segments is None:
        help = "name the segments in `filter.segments`"
        raise invalid("a qualification time needs segments", path="$.filter.segmentQualificationTime", help=help)
    fields = read_fields(body.get("fields"), "$.fields")
    if fields is not None:  # events are asked for in a member of their own
        fields = tuple(path for path in fields if path[0] not in EVENT_FIELDS)
    own = None if events is None else _event_fields(events, at)
    if not destination["segmentPerBatch"]:
        wanted = None if segments is None else tuple((each["segmentId"], tuple(each["status"])) for each in segments)
        return [Plan(destination["batchId"], Filter(wanted, **common), fields, own)]
    return [
        Plan(each["batchId"], Filter(((each["segmentId"], tuple(each["status"])),), **common), fields, own)
        for each in destination["batches"]
    ]


def _in_order(start: int | None, end: int | None, path: str, names: tuple[str, str]) -> None:
    if start is not None and end is not None and end < start:
        first, last = names
        raise invalid(f"`{last}` is before `{first}`", path=f"{path}.{last}", help="exchange them, or leave one out")


def _event_fields(events: Mapping[str, Any], at: str) -> Fields:
    paths = tuple(map(event_path, read_fields(events.get("fields"), f"{at}.fields") or ()))
    return () if () in paths else paths


def event_path(path: tuple[str, ...]) -> tuple[str, ...]:
    """The path from the event on, empty for the whole event: clients name fields from there, or from the profile on."""
    return path[1:] if path[0] in (*EVENT_FIELDS, "experienceEvents") else path


def destination_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """The destination with the ids of the batches that will be written. Raises `Problem` (400)."""
    given = body["destination"]
    dataset, older = given.get("datasetId") or given.get("dataSetId"), given.get("dataSetId")
    if older not in (None, dataset):
        help = "it is the older name of `datasetId`: leave it out"
        raise invalid("`dataSetId` names another dataset", path="$.destination.dataSetId", help=help)
    if not dataset:
        help = "name the dataset that the export goes to; POST /data/foundation/catalog/dataSets makes one"
        raise invalid("the destination has no `datasetId`", path="$.destination.datasetId", help=help)
    if not given.get("segmentPerBatch"):
        return {"datasetId": dataset, "segmentPerBatch": False, "batchId": uuid.uuid4().hex}
    segments = segments_of(body)
    if segments is None:
        help = "name the segments in `filter.segments`, or leave `segmentPerBatch` out"
        raise invalid("a batch for each segment needs segments", path="$.filter.segments", help=help)
    batches = [{**each, "batchId": uuid.uuid4().hex} for each in segments]
    return {"datasetId": dataset, "segmentPerBatch": True, "batches": batches}


def new_export(
    scope: Scope, id: int, body: Mapping[str, Any], destination: Mapping[str, Any], policy: Mapping[str, Any], now: int
) -> dict[str, Any]:
    """The document of a job that is made now."""
    segments = segments_of(body)
    filter = {**(body.get("filter") or {})}
    if segments is not None:
        filter["segments"] = segments
    kept = {key: body[key] for key in ("fields", "additionalFields", "evaluationInfo") if body.get(key) is not None}
    return {
        "id": id,
        "jobType": "BATCH",
        "destination": dict(destination),
        **kept,
        "mergePolicy": {"id": policy["id"], "version": policy["version"]},
        "filter": filter,
        "schema": {"name": PROFILE},
        "status": "NEW",
        **scope.members(),
        "profileInstanceId": "ups",
        "errors": [],
        "metrics": {"totalTime": {"startTimeInMs": now}},
        "computeGatewayJobId": {},
        "creationTime": now,
        **updated(now),
    }


def check_statuses(statuses: Sequence[str], path: str) -> None:
    """Raise `Problem` (400) for a status that no membership has."""
    for status in statuses:
        if status not in STATUSES:
            raise invalid(f"{status[:40]!r} is no status", path=path, help=f"it is one of {', '.join(STATUSES)}")

"""``/export/jobs``: what do clients send and get about exports of profiles?"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from pqltools.api.answers import answer, empty, with_warnings
from pqltools.api.errors import NOT_FOUND
from pqltools.api.headers import ScopeOf, ServiceOf
from pqltools.api.models import Body, Id, Sandbox, Shown
from pqltools.api.paging import Limit, filters_of, read_page, records_list
from pqltools.api.resources.segment_jobs import JobError, Status, read_statuses
from pqltools.segmentation.export_fields import check_fields
from pqltools.segmentation.job_documents import STATUSES
from pqltools.segmentation.options import Options
from pqltools.segmentation.problems import invalid

router = APIRouter(prefix="/export/jobs", tags=["export jobs"])
_TOKEN = re.compile(r"(\d{1,15})_(\d{1,12})")
_MOST = 2**31 - 1
#: Rows of a page; the documents name no limit, and aepp asks for so many.
_PAGE = 1000

#: Any number: one that no job has is not found.
JobNumber = Annotated[int, Path(description="The number of the job")]


class PolicyReference(Body):
    """The merge policy by which profiles are merged; without a version the latest."""

    id: Id | None = None
    version: int | None = None


class SegmentFilter(Body):
    """A segment whose profiles are exported; without a status those that are members."""

    segmentId: Id
    segmentNs: str | None = Field(None, max_length=64)
    status: list[Literal["realized", "existing", "exited"]] | None = None


class QualificationTime(Body):
    """When a profile got the status, from a start to an end, of which one may be absent."""

    startTime: str | None = Field(None, examples=["2024-01-01T00:00:00Z"])
    endTime: str | None = None


class ExportFilter(Body):
    """Which profiles are exported; all of them without a filter."""

    segments: list[SegmentFilter] | None = Field(None, max_length=1000)
    segmentQualificationTime: QualificationTime | None = None
    fromIngestTimestamp: str | None = Field(None, description="Only what was updated after that instant")
    fromTimestamp: str | None = Field(None, description="The same in a document of 2018; refused in others' eras")
    emptyProfiles: bool | None = Field(None, description="Whether profiles come, too, that have events only")


class EventFilter(Body):
    """Which events are exported, by the time of their ingestion."""

    fromIngestTimestamp: str | None = None
    toIngestTimestamp: str | None = None


class EventList(Body):
    """The events of the profiles; without fields whole."""

    fields: str | None = Field(None, max_length=20_000)
    filter: EventFilter | None = None


class AdditionalFields(Body):
    """What else is exported."""

    eventList: EventList | None = None


class Destination(Body):
    """The dataset, of the union schema, and whether each segment gets a batch of its own."""

    datasetId: Id | None = None
    dataSetId: Id | None = Field(None, description="An older name of `datasetId`")
    segmentPerBatch: bool | None = None


class ExportSchema(Body):
    """The schema of what is exported."""

    name: Literal["_xdm.context.profile"]


class EvaluateFirst(Body):
    """Whether the segments are evaluated before the export."""

    segmentation: bool | None = None


class ExportBody(Body):
    """An export."""

    fields: str | None = Field(None, max_length=20_000, examples=["personalEmail.address,person.name"])
    mergePolicy: PolicyReference | None = None
    filter: ExportFilter | None = None
    additionalFields: AdditionalFields | None = None
    destination: Destination
    schema_: ExportSchema = Field(alias="schema")
    evaluationInfo: EvaluateFirst | None = None
    profileInstanceId: str | None = Field(None, max_length=100)


class ExportJob(Shown):
    """An export job."""

    id: int
    jobType: Literal["BATCH", "STREAMING"]
    destination: dict[str, Any]
    status: Status
    imsOrgId: str
    sandbox: Sandbox
    profileInstanceId: str
    errors: list[JobError]
    metrics: dict[str, Any]
    computeGatewayJobId: dict[str, str]
    creationTime: int
    updateTime: int


class RecordsPage(Shown):
    """The page of a list; `pageOffset` is the token that it began with."""

    sortField: str
    sort: str
    pageOffset: str
    pageSize: int


class ExportJobList(Shown):
    """A page of export jobs."""

    records: list[ExportJob]
    page: RecordsPage
    link: dict[str, str]


class Message(Shown):
    """What has been done."""

    status: bool
    message: str


@router.get("", response_model=ExportJobList, summary="List export jobs")
def list_exports(
    request: Request,
    scope: ScopeOf,
    service: ServiceOf,
    limit: Limit = None,
    offset: Annotated[str | None, Query(description="The token of the page before, or a number of jobs")] = None,
    status: Annotated[str | None, Query(description="One status, or several with commas")] = None,
) -> Response:
    """The jobs of the sandbox, the newest first.

    The documents name three statuses to filter by; all are taken that a job may have.
    """
    most = max(service.options.limits.page, _PAGE)
    page = read_page(most=most, default=100, limit=limit, default_sort="createdTime:desc")
    after, skip = read_offset(offset)
    statuses = [] if status is None else read_statuses(status, STATUSES)
    rows, more = service.exports.rows(scope, limit=page.limit, after=after, skip=skip, statuses=statuses)
    following = f"{rows[-1]['creationTime']}_{rows[-1]['id']}" if more and rows else None
    shown = [_shown(row, service.options) for row in rows]
    kept = filters_of(request)
    return answer(records_list(shown, page.limit, offset or "0", following, "/export/jobs/", kept))


def read_offset(text: str | None) -> tuple[tuple[int, int] | None, int]:
    """Where a page begins: behind a job of this time and id, or after so many. Raises `Problem` (400)."""
    if text is None:
        return None, 0
    if text.isascii() and text.isdigit() and int(text) <= _MOST:
        return None, int(text)
    match = _TOKEN.fullmatch(text)
    if match is None:
        help = "it is what `link.next` of the page before has"
        raise invalid(f"`offset` is {text!r}", path="offset", help=help)
    return (int(match[1]), int(match[2])), 0


@router.post("", response_model=ExportJob, summary="Export profiles")
def create_export(
    request: Request,
    scope: ScopeOf,
    service: ServiceOf,
    body: ExportBody,
    instance: Annotated[str | None, Header(alias="x-profile-instance-id")] = None,
) -> Response:
    """Write profiles into a dataset, as Parquet. What the exports before left in it is replaced."""
    asked = body.model_dump(by_alias=True, exclude_none=True)
    _rename_older(asked.get("filter", {}), service.options)
    refuse = service.options.strict and bool(service.options.schema)
    warnings = check_fields(service.expressions.schema, asked, refuse=refuse)
    members: dict[str, Any] = {"requestId": request.state.request_id}
    named = instance or asked.get("profileInstanceId")
    if named is not None:
        members["profileInstanceId"] = named
    job = service.exports.create(scope, asked, **members)
    shown = with_warnings(_shown(job, service.options), warnings)
    return answer(shown, location=f"/export/jobs/{job['id']}")


def _rename_older(filter: dict[str, Any], options: Options) -> None:
    """`fromTimestamp`, which only one document has, becomes `fromIngestTimestamp`. Raises `Problem` (400)."""
    if "fromTimestamp" not in filter:
        return
    if "export-from-timestamp" not in options.doc_era:
        path, help = "$.filter.fromTimestamp", "did you mean `fromIngestTimestamp`?"
        raise invalid("`fromTimestamp` is not known here", path=path, help=help)
    older = filter.pop("fromTimestamp")
    filter.setdefault("fromIngestTimestamp", older)


def _shown(job: dict[str, Any], options: Options) -> dict[str, Any]:
    if "dataset-id-spelling" not in options.doc_era:
        return job
    destination = {{"datasetId": "dataSetId"}.get(name, name): value for name, value in job["destination"].items()}
    return {**job, "destination": destination}


@router.get("/{id}", response_model=ExportJob, responses=NOT_FOUND, summary="Get an export job")
def get_export(scope: ScopeOf, service: ServiceOf, id: JobNumber) -> Response:
    """One job."""
    return answer(_shown(service.exports.get(scope, id), service.options))


@router.delete("/{id}", response_model=Message, responses=NOT_FOUND, summary="Cancel an export job")
def cancel_export(scope: ScopeOf, service: ServiceOf, id: JobNumber) -> Response:
    """Mark a job for cancelling, which then happens within a second. A job that has ended stays as it is."""
    service.exports.cancel(scope, id)
    if "export-delete-empty" in service.options.doc_era:
        return empty()
    return answer({"status": True, "message": "Export job has been marked for cancelling"})

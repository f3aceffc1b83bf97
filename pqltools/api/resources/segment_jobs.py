"""``/segment/jobs``: what do clients send and get about the evaluation of segments?"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from pqltools.api.answers import answer, empty
from pqltools.api.bulk import bulk_answer, bulk_ids
from pqltools.api.errors import NOT_FOUND
from pqltools.api.headers import ScopeOf, ServiceOf
from pqltools.api.models import BulkGet, BulkResults, LinkNext, Sandbox, Shown, UnderscorePage
from pqltools.api.paging import Limit, Sort, Start, children_list, filters_of, read_page
from pqltools.api.reading import FEW, done
from pqltools.segmentation.job_documents import STATUSES
from pqltools.segmentation.job_tables import property_condition
from pqltools.segmentation.metadata.tables import SEGMENT_JOBS
from pqltools.segmentation.options import Limits
from pqltools.segmentation.problems import Problem, detail, invalid, wrong

router = APIRouter(prefix="/segment/jobs", tags=["segment jobs"])
_FORM = 'send `[{"segmentId": "…"}, …]` with ids of definitions, or `[{"segmentId": "*"}]` for all'
_MEMBERS = ("schema", "segments", "profileInstanceId")
_PROFILE = "_xdm.context.profile"
_MOST_PROPERTIES = 10
_SHOWN = 20

Status = Literal["NEW", "QUEUED", "PROCESSING", "SUCCEEDED", "FAILED", "CANCELLING", "CANCELLED"]
#: What a body may be; it is read by `asked_segments`, which says more about what is wrong than a union of models.
_SEGMENTS = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "required": ["segmentId"],
        "properties": {"segmentId": {"type": "string", "minLength": 1, "maxLength": 256, "example": "*"}},
        "additionalProperties": False,
    },
}
_ALL = {
    "type": "object",
    "required": ["segments"],
    "properties": {
        "schema": {"type": "object", "properties": {"name": {"type": "string", "enum": [_PROFILE]}}},
        "segments": _SEGMENTS,
        "profileInstanceId": {"type": "string"},
    },
    "additionalProperties": False,
}
_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"anyOf": [_SEGMENTS, _ALL]}}}}}


class JobLink(Shown):
    """What can be done with a job."""

    href: str
    method: str


class JobError(Shown):
    """What went wrong with a job, or with one of its segments (`segmentId`)."""

    code: str
    msg: str
    callStack: list[Any]


class SegmentJob(Shown):
    """A segment job. `metrics` grow until it has ended."""

    model_config = ConfigDict(extra="allow")
    id: str
    imsOrgId: str
    sandbox: Sandbox
    profileInstanceId: str
    source: Literal["api", "scheduler"]
    status: Status
    segments: list[dict[str, Any]]
    metrics: dict[str, Any]
    errors: list[JobError]
    links: dict[str, JobLink] = Field(alias="_links")
    creationTime: int
    updateTime: int
    updateEpoch: int


class JobLinks(BaseModel):
    """Where the list goes on."""

    next: LinkNext


class SegmentJobList(Shown):
    """A page of jobs."""

    page: UnderscorePage = Field(alias="_page")
    children: list[SegmentJob]
    links: JobLinks = Field(alias="_links")


@router.get("", response_model=SegmentJobList, summary="List segment jobs")
async def list_jobs(
    request: Request,
    scope: ScopeOf,
    service: ServiceOf,
    start: Start = 0,
    limit: Limit = None,
    status: Annotated[str | None, Query(description="One status, or several with commas")] = None,
    sort: Sort = None,
    property: Annotated[
        list[str] | None, Query(description="`path==value`, or `array~key==value` as in `segments~segmentId==x`")
    ] = None,
    snapshot: Annotated[str | None, Query(alias="snapshot.name", description="Read, and of no consequence")] = None,
) -> Response:
    """The jobs of the sandbox, the newest first. `start` counts rows."""
    del snapshot
    if len(property or ()) > _MOST_PROPERTIES:
        title = f"`property` is given {len(property or ())} times, but {_MOST_PROPERTIES} times at most"
        raise invalid(title, path="property", help="ask for less, and choose among what comes")
    page = read_page(
        most=service.options.limits.page,
        default=100,
        start=start,
        limit=limit,
        sort=sort,
        default_sort="creationTime:desc",
    )
    where: list[Any] = [property_condition(SEGMENT_JOBS, each) for each in property or []]
    if statuses := read_statuses(status or "", STATUSES):
        where.append(SEGMENT_JOBS.c.status.in_(statuses))
    # To find what has a property all jobs are read, however few are shown.
    little = page.limit <= FEW and not property
    rows, total = await done(lambda: service.jobs.written(scope, page, where), little=little)
    return answer(children_list(rows, total, page, "/segment/jobs", filters_of(request)))


def read_statuses(text: str, known: tuple[str, ...]) -> list[str]:
    """The statuses of a filter, none for one that is blank. Raises `Problem` (400)."""
    found = [part.strip().upper() for part in text.split(",") if part.strip()]
    for each in found:
        if each not in known:
            raise invalid(f"`status` is {each[:40]!r}", path="status", help=f"it is one of {', '.join(known)}")
    return found


@router.post("", response_model=SegmentJob, openapi_extra=_BODY, summary="Evaluate segments")
def create_job(
    request: Request,
    scope: ScopeOf,
    service: ServiceOf,
    body: Annotated[Any, Body()],
    instance: Annotated[str | None, Header(alias="x-profile-instance-id")] = None,
) -> Response:
    """Have definitions evaluated for all profiles: an array of `segmentId`, of which one may be `*` for all."""
    ids, members = asked_segments(body, strict=service.options.strict, most=service.options.limits.job_segments)
    members["requestId"] = request.state.request_id
    if instance is not None:
        members["profileInstanceId"] = instance
    try:
        job = service.jobs.create(scope, ids, **members)
    except Problem as problem:
        # The service knows a list of ids only.
        within = "$.segments" if isinstance(body, dict) else "$"
        details = [{**each, "path": within + each["path"][1:]} if "path" in each else each for each in problem.details]
        raise (wrong(details) if problem.status == 400 and details else problem) from None
    if "processing-on-create" in service.options.doc_era:
        job = {**job, "status": "PROCESSING"}
    return answer(job)


def asked_segments(
    body: Any, *, strict: bool = True, most: int = Limits().job_segments
) -> tuple[list[str] | None, dict[str, Any]]:
    """The ids that a body asks for, None for all, and further members of the job. Raises `Problem` (400)."""
    members: dict[str, Any] = {"schema": {"name": _PROFILE}}
    path = "$"
    if isinstance(body, dict):
        body, path = _segments_of(body, members, strict=strict), "$.segments"
    if not isinstance(body, list):
        raise invalid("the body is no array of segments", path=path, help=_FORM)
    if not body:
        raise invalid("there is no segment to evaluate", path=path, help=_FORM)
    faults = [fault for place, each in enumerate(body) if (fault := _fault(each, f"{path}[{place}]", strict=strict))]
    if faults:
        raise wrong(faults[:_SHOWN])
    ids = [*dict.fromkeys(each["segmentId"] for each in body)]
    if "*" in ids:
        if len(ids) > 1:
            raise invalid("`*` stands for all segments: it stands alone", path=path, help=_FORM)
        return None, members
    if len(ids) > most:
        help = "make several jobs, or raise the limit `job-segments`"
        raise invalid(f"there are {len(ids)} segments, but a job takes {most} at most", path=path, help=help)
    return ids, members


def _segments_of(body: dict[str, Any], members: dict[str, Any], *, strict: bool) -> Any:
    unknown = [key for key in body if key not in _MEMBERS] if strict else []
    if "segments" not in body or unknown:
        found = f"the body has the member `{unknown[0][:100]}`" if unknown else "the body has no `segments`"
        path = f"$.{unknown[0][:100]}" if unknown else "$"
        raise wrong([detail(f"{found}, which no segment job has" if unknown else found, path=path, help=_FORM)])
    schema = body.get("schema")
    if schema is not None:
        name = schema.get("name") if isinstance(schema, dict) else None
        if name != _PROFILE:
            raise invalid("the schema is not that of profiles", path="$.schema.name", help=f'it is "{_PROFILE}"')
    instance = body.get("profileInstanceId")
    if instance is not None:
        if not isinstance(instance, str):
            raise invalid("`profileInstanceId` is no text", path="$.profileInstanceId", help='it is "ups"')
        members["profileInstanceId"] = instance
    return body["segments"]


def _fault(each: Any, path: str, *, strict: bool) -> dict[str, Any] | None:
    if not isinstance(each, dict):
        return detail("it is no object", path=path, help=_FORM)
    id = each.get("segmentId")
    if not isinstance(id, str) or not 0 < len(id) <= 256:
        what = "there is no `segmentId`" if id is None else "`segmentId` is no id"
        return detail(what, path=f"{path}.segmentId", help=_FORM)
    unknown = next((key for key in each if key != "segmentId"), None)
    if unknown is not None and strict:
        return detail(f"`{unknown[:100]}` is no member of a segment here", path=path, help=_FORM)
    return None


@router.post("/bulk-get", status_code=207, response_model=BulkResults, responses=NOT_FOUND, summary="Get several")
def get_jobs(request: Request, scope: ScopeOf, service: ServiceOf, body: BulkGet) -> Response:
    """Jobs by their ids."""
    ids = bulk_ids(body, service.options.limits.bulk_get)
    return bulk_answer(ids, service.jobs.several(scope, ids), request)


@router.get("/{id}", response_model=SegmentJob, responses=NOT_FOUND, summary="Get a segment job")
async def get_job(scope: ScopeOf, service: ServiceOf, id: str) -> Response:
    """One job."""
    return answer(await done(lambda: service.jobs.get(scope, id)))


@router.delete("/{id}", status_code=204, responses=NOT_FOUND, summary="Cancel a segment job")
def cancel_job(scope: ScopeOf, service: ServiceOf, id: str) -> Response:
    """Mark a job for cancelling, which then happens within a second. A job that has ended stays as it is."""
    service.jobs.cancel(scope, id)
    if "job-delete-message" in service.options.doc_era:
        return answer({"status": True, "message": f"Segment job with id '{id}' has been marked for cancelling"})
    return empty()

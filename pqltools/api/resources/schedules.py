"""``/config/schedules``: what do clients send and get about schedules?"""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from pqltools.api.answers import answer, empty
from pqltools.api.errors import NOT_FOUND
from pqltools.api.headers import ScopeOf, ServiceOf
from pqltools.api.models import Body, Id, LinkNext, Name, PatchOperation, Sandbox, Shown, UnderscorePage
from pqltools.api.paging import Limit, Start, children_list, read_page
from pqltools.api.patching import patched, validated
from pqltools.api.resources.export_jobs import ExportBody
from pqltools.api.sent import Sent
from pqltools.segmentation.problems import Problem, invalid, wrong

router = APIRouter(prefix="/config/schedules", tags=["schedules"])
_PATH = "/config/schedules"


class ScheduleBody(Body):
    """A schedule."""

    name: Name
    type: Literal["batch_segmentation", "export"]
    properties: dict[str, Any] = Field(
        description='`{"segments": ["*"]}` for batch_segmentation, the body of an export job for export',
        examples=[{"segments": ["*"]}],
    )
    schedule: str = Field(description="A Quartz cron expression, in UTC, once a day", examples=["0 0 1 * * ?"])
    state: Literal["active", "inactive"] | None = None
    # Set by the server; clients send back what they were sent.
    id: str | None = None
    imsOrgId: str | None = None
    sandbox: Sandbox | None = None
    createEpoch: int | None = None
    updateEpoch: int | None = None
    frequency: str | None = None


class Schedule(Shown):
    """A schedule as it is kept."""

    id: str
    imsOrgId: str
    sandbox: Sandbox
    name: str
    type: str
    properties: dict[str, Any]
    schedule: str
    state: Literal["active", "inactive"]
    frequency: Literal["daily", "weekly", "monthly", "yearly"]
    createEpoch: int
    updateEpoch: int


class ScheduleSegments(Body):
    """A schedule, and segments that go on it or off it."""

    id: Id
    segments: list[Id] = Field(min_length=1, max_length=10_000)


class SegmentsOnly(Body):
    """Segments, whose schedules are asked for."""

    segments: list[Id] = Field(min_length=1, max_length=10_000)


class ScheduleOnly(Body):
    """A schedule."""

    id: Id


class SegmentCount(Shown):
    """How many segments the schedule names."""

    previous: int
    current: int
    diff: int


class SegmentsAdded(Shown):
    """What became of the segments; `existing` were on the schedule before."""

    added: list[str]
    existing: list[str]
    invalid: list[str]
    segmentCount: SegmentCount


class SegmentsRemoved(Shown):
    """What became of the segments; `existing` were not on the schedule."""

    removed: list[str]
    existing: list[str]
    invalid: list[str]
    segmentCount: SegmentCount


class ScheduleBrief(Shown):
    """What a schedule is."""

    name: str
    schedule: str
    frequency: str


class AudienceMap(Shown):
    """The schedules that name each segment, and what they are."""

    audienceMap: dict[str, list[str]]
    schedules: dict[str, ScheduleBrief]


class ScheduleLinks(Shown):
    """Where the list goes on."""

    next: LinkNext


class ScheduleList(Shown):
    """A page of schedules."""

    page: UnderscorePage = Field(alias="_page")
    children: list[Schedule]
    links: ScheduleLinks = Field(alias="_links")


@router.get("", response_model=ScheduleList, summary="List schedules")
def list_schedules(scope: ScopeOf, service: ServiceOf, start: Start = 0, limit: Limit = None) -> Response:
    """The schedules of the sandbox, the first ones first."""
    most = service.options.limits.page
    page = read_page(most=most, default=100, start=start, limit=limit, default_sort="createdTime:asc")
    rows, total = service.schedules.rows(scope, page)
    return answer(children_list(rows, total, page, _PATH))


@router.post("", response_model=Schedule, summary="Create a schedule")
def create_schedule(scope: ScopeOf, service: ServiceOf, sent: Sent, body: ScheduleBody) -> Response:
    """Keep a schedule. It is inactive unless `state` says otherwise."""
    _check_export(sent)
    made = service.schedules.create(scope, sent)
    return answer(made, location=f"{_PATH}/{made['id']}")


@router.post("/add-audiences", response_model=SegmentsAdded, responses=NOT_FOUND, summary="Add segments")
def add_segments(scope: ScopeOf, service: ServiceOf, body: ScheduleSegments) -> Response:
    """Put segments on a schedule that names its segments."""
    return answer(service.flexible_schedules.add(scope, body.id, body.segments))


@router.post("/remove-audiences", response_model=SegmentsRemoved, responses=NOT_FOUND, summary="Remove segments")
def remove_segments(scope: ScopeOf, service: ServiceOf, body: ScheduleSegments) -> Response:
    """Take segments off a schedule that names its segments."""
    return answer(service.flexible_schedules.remove(scope, body.id, body.segments))


@router.post("/audience-map", response_model=AudienceMap, summary="Get the schedules of segments")
def map_segments(scope: ScopeOf, service: ServiceOf, body: SegmentsOnly) -> Response:
    """Which schedules name the segments; those of all segments, `*`, are not among them."""
    return answer(service.flexible_schedules.by_segment(scope, body.segments))


@router.post("/trigger", responses=NOT_FOUND, summary="Run a schedule now")
def trigger_schedule(scope: ScopeOf, service: ServiceOf, body: ScheduleOnly) -> Response:
    """Make a job of a schedule now, whether it is active or not. When it fires next stays as it is."""
    service.schedules.trigger(scope, body.id)
    return empty(200)


@router.get("/{id}", response_model=Schedule, responses=NOT_FOUND, summary="Get a schedule")
def get_schedule(scope: ScopeOf, service: ServiceOf, id: str) -> Response:
    """One schedule."""
    return answer(service.schedules.get(scope, id))


@router.patch("/{id}", status_code=204, responses=NOT_FOUND, summary="Change a schedule")
def change_schedule(scope: ScopeOf, service: ServiceOf, id: str, operations: list[PatchOperation]) -> Response:
    """Change a schedule by JSON Patch with `add` and `replace`, such as its `/state` or its `/schedule`."""

    def change(schedule: dict[str, Any]) -> dict[str, Any]:
        for index, operation in enumerate(operations):
            if operation.op not in ("add", "replace"):
                help = "schedules take `add` and `replace`"
                raise invalid(f"a schedule is not changed by `{operation.op}`", path=f"$[{index}].op", help=help)
            if operation.value is None:
                help = "send the whole of what shall be there"
                raise invalid("`value` is missing, or null", path=f"$[{index}].value", help=help)
        found = validated(ScheduleBody, patched(schedule, operations))
        _check_export(found)
        return found

    service.schedules.change(scope, id, change)
    return empty()


def _check_export(schedule: dict[str, Any]) -> None:
    """The properties of an export are the body of its jobs. Raises `Problem` (400)."""
    if schedule["type"] == "export":
        try:
            validated(ExportBody, schedule["properties"])
        except Problem as problem:
            details = [{**each, "path": "$.properties" + each["path"].removeprefix("$")} for each in problem.details]
            raise wrong(details) from None


@router.post("/{id}", include_in_schema=False)
def change_by_post(scope: ScopeOf, service: ServiceOf, id: str, operations: list[PatchOperation]) -> Response:
    """What an old tutorial shows in place of PATCH; only where ``--doc-era`` says so."""
    if "schedule-update-post" not in service.options.doc_era:
        raise HTTPException(405, headers={"allow": "GET, PATCH, DELETE"})
    return change_schedule(scope, service, id, operations)


@router.delete("/{id}", status_code=204, responses=NOT_FOUND, summary="Delete a schedule")
def delete_schedule(scope: ScopeOf, service: ServiceOf, id: str) -> Response:
    """Delete a schedule."""
    service.schedules.delete(scope, id)
    return empty()

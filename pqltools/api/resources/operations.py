"""Is the server well?  ``/health``, ``/metrics``, and the clock that tests move."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from pqltools import __version__
from pqltools.api.answers import answer
from pqltools.api.errors import EVERYWHERE, NOT_FOUND
from pqltools.api.headers import ServiceOf
from pqltools.api.models import Body, Shown
from pqltools.api.observing import CONTENT_TYPE
from pqltools.segmentation.clock import ManualClock
from pqltools.segmentation.problems import Problem, invalid
from pqltools.types.time import iso_instant

BELOW = None
router = APIRouter(tags=["operations"])


class Health(Shown):
    """Whether the server can read its data."""

    status: str
    version: str


class Now(Shown):
    """The instant, in milliseconds since 1970 UTC."""

    now: int


class ClockChange(Body):
    """An instant, such as ``2024-03-15T10:30:00Z``, or milliseconds to go forward."""

    now: str | None = None
    advance: Annotated[int, Field(ge=0, le=10**13)] | None = None


@router.get("/health", response_model=Health, summary="Whether the server is well")
def health(service: ServiceOf) -> Response:
    """200 if the data can be read, 503 if not."""
    with service.metadata.read() as connection:
        connection.exec_driver_sql("SELECT 1")
    return answer({"status": "ok", "version": __version__})


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request) -> Response:
    """For Prometheus."""
    return Response(request.app.state.observer.page(), headers={"content-type": CONTENT_TYPE})


@router.get("/clock", response_model=Now, summary="The time of the service")
def read_clock(service: ServiceOf) -> Response:
    """The instant that the service takes for now."""
    return answer({"now": service.clock.now()})


@router.put(
    "/clock", response_model=Now, responses=NOT_FOUND | EVERYWHERE, summary="Move the clock of `pql serve --clock`"
)
def move_clock(service: ServiceOf, change: ClockChange) -> Response:
    """Move the clock forward, to an instant or by milliseconds."""
    clock = service.clock
    if not isinstance(clock, ManualClock):
        raise Problem(404, "UPAPI-900404-404", "The clock is the system's; `pql serve --clock` has one that is moved.")
    instant = iso_instant(change.now) if change.now is not None else clock.now() + (change.advance or 0)
    if instant is None:
        raise invalid(f"{change.now!r} is no instant", path="$.now", help="write it as 2024-03-15T10:30:00Z")
    try:
        clock.set(instant)
    except ValueError as problem:
        raise invalid(str(problem), path="$.now") from None
    return answer({"now": clock.now()})

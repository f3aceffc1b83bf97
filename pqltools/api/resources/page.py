"""``/``: what does a browser get?  The page, and what it asks for besides the API: a check, and how things stand."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from pqltools import __version__
from pqltools.api.answers import answer
from pqltools.api.headers import ScopeOf, ServiceOf
from pqltools.api.models import Body
from pqltools.api.page import FILES, FOLDER, PageFile
from pqltools.description.describe import describe
from pqltools.diagnostics import PQLError
from pqltools.formats.definition import written
from pqltools.segmentation.definition_documents import PROFILE
from pqltools.segmentation.pages import Page
from pqltools.segmentation.problems import Problem
from pqltools.segmentation.scope import Scope
from pqltools.segmentation.service import Service

BELOW = None
router = APIRouter(include_in_schema=False)
#: Nothing from elsewhere, and nothing in the page itself that a stored name could pretend to be.
_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}
_SHOWN, _MOST = 100, 1000
_NEWEST = (("creationTime", True),)
_ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")


class CheckBody(Body):
    """An expression that somebody types."""

    format: Literal["pql/text", "pql/json"] = "pql/text"
    value: str


def _serve(file: PageFile) -> None:
    content = (FOLDER / file.name).read_bytes()

    async def serve() -> Response:
        return Response(content, headers={**_HEADERS, "content-type": file.type})

    router.add_api_route(file.path, serve, methods=["GET"])


for _file in FILES:
    _serve(_file)


@router.post("/page/check")
def check(scope: ScopeOf, service: ServiceOf, body: CheckBody) -> Response:
    """What is wrong with an expression; if it can be read, also the other format and what it says in English."""
    expression = {"type": "PQL", "format": body.format, "value": body.value}
    definition = {"name": "expression", "schema": {"name": PROFILE}, "expression": expression}
    found: dict[str, Any] = {"valid": True, "diagnostics": [], "other": None, "description": None}
    try:
        found["diagnostics"] = service.definitions.check(scope, definition)
    except Problem as problem:
        if problem.status != 400:
            raise
        found |= {"valid": False, "diagnostics": problem.details}
    try:
        tree = service.expressions.read(definition)
        to = "pql/text" if body.format == "pql/json" else "pql/json"
        found["other"] = {"format": to, "value": written(tree, to)}
        names = _names(scope, service, definition)
        found["description"] = describe(tree, service.expressions.schema, segments=names)
    except (Problem, PQLError, RecursionError):
        pass  # what is wrong stands in the diagnostics; what has no text or no description does without
    return answer(found)


def _names(scope: Scope, service: Service, definition: dict[str, Any]) -> dict[str, str]:
    ids = service.expressions.references(definition)
    return {id: each["name"] for id, each in service.definitions.several(scope, ids[:_SHOWN]).items()}


@router.get("/page/state")
def state(
    scope: ScopeOf,
    service: ServiceOf,
    name: Annotated[str | None, Query(max_length=512)] = None,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = _SHOWN,
) -> Response:
    """How things stand in the sandbox; of the definitions so many of those that have `name` in their names."""
    page = Page(limit=limit, sort=_NEWEST)
    definitions, definition_count = service.definitions.rows(scope, page, {}, name)
    jobs, job_count = service.jobs.rows(scope, Page(limit=20, sort=_NEWEST))
    sizes = service.profiles.sizes(scope)
    batches = service.profiles.batches(scope)
    schedules, _ = service.schedules.rows(scope, Page(limit=20, sort=(("createdTime", False),)))
    datasets = {each.id: each.name for each in service.profiles.datasets(scope)}
    return answer(
        {
            "version": __version__,
            "now": service.clock.now(),
            "definitions": [_definition(each, sizes) for each in definitions],
            "definitionCount": definition_count,
            "all": definition_count if name is None else service.definitions.rows(scope, Page(limit=1), {})[1],
            "jobs": [_job(scope, service, each) for each in jobs],
            "jobCount": job_count,
            "profiles": service.profiles.counts(scope),
            "batches": [each.data() | {"dataset": datasets[each.dataset]} for each in batches[:-11:-1]],
            "batchCount": len(batches),
            "schedules": [{key: each[key] for key in ("name", "schedule", "state", "type")} for each in schedules],
        }
    )


def _definition(definition: dict[str, Any], sizes: dict[str, int]) -> dict[str, Any]:
    shown = {key: definition[key] for key in ("id", "name", "expression")}
    methods = [name for name, each in definition["evaluationInfo"].items() if each["enabled"]]
    return {**shown, "methods": methods, "size": sizes.get(definition["id"])}


def _job(scope: Scope, service: Service, job: dict[str, Any]) -> dict[str, Any]:
    shown = {key: job.get(key) for key in ("id", "status", "source", "creationTime", "errors")}
    times = job["metrics"].get("totalTime", {})
    progress = None if job["status"] in _ENDED else service.jobs.progress(scope, job["id"])
    counts = job["metrics"].get("segmentedProfileCounter") or {}
    return {
        **shown,
        "segments": len(counts) or len(job["segments"]),
        "qualified": sum(counts.values()) if job["status"] == "SUCCEEDED" else None,
        "milliseconds": times.get("totalTimeInMs"),
        "progress": progress,
    }

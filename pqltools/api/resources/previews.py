"""``/preview`` and ``/estimate``: what do clients send and get about who would be in a segment?"""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from pqltools.api.answers import answer, with_warnings
from pqltools.api.errors import NOT_FOUND
from pqltools.api.headers import ScopeOf, ServiceOf
from pqltools.api.models import Body, Shown
from pqltools.api.paging import Limit, Start, read_page
from pqltools.api.reading import done
from pqltools.segmentation.problems import Problem, detail, invalid

router = APIRouter(tags=["previews"])
_MODELS = ("_xdm.context.profile", "xdm.model.profile")
_MOST = 1000
#: Published clients ask for the graph in each preview, whether there is one or not.
_NO_GRAPH = {
    "severity": "warning",
    **detail(
        "the identity graph `pdg` is not available here; the preview was made without",
        path="$.graphType",
        help="write `none`, by which fragments belong together that have the same identity",
    ),
}


class PreviewBody(Body):
    """What is to be found out."""

    predicateExpression: str = Field(examples=['workAddress.country = "US"'])
    predicateType: Literal["pql/text", "pql/json", "PQL"] = "pql/text"
    predicateModel: str = Field("_xdm.context.profile", description="The schema of profiles")
    graphType: Literal["none", "pdg"] = Field(
        "none", description="There is no private graph here: `pdg` is taken as `none`, with a warning"
    )
    mergePolicyId: str | None = Field(None, description="The default merge policy unless it is given")


class Begun(Shown):
    """A preview that has begun."""

    state: Literal["RUNNING"]
    previewQueryId: str
    previewQueryStatus: str
    previewId: str
    previewExecutionId: int
    diagnostics: list[dict[str, Any]] | None = None


class PreviewLinks(Shown):
    """Addresses of pages; empty where there is none."""

    self_: str = Field(alias="_self")
    next: str
    prev: str


class PreviewPage(Shown):
    """Which page it is."""

    offset: int
    size: int


class Preview(Shown):
    """Profiles that qualify: the first thousand of them."""

    results: list[dict[str, Any]]
    state: Literal["RUNNING", "RESULT_READY", "FAILED"]
    links: PreviewLinks
    page: PreviewPage


class Message(Shown):
    """What was done."""

    status: bool
    message: str


class EstimateError(Shown):
    """Why it failed."""

    description: str
    traceback: str


class Bounds(Shown):
    """Between which the size is, in 95 % of all cases."""

    lower: int
    upper: int


class Estimate(Shown):
    """How many profiles qualify; `standardError` is in profiles, and 0 where all were read."""

    estimatedSize: int
    numRowsToRead: int
    totalRows: int
    profilesReadSoFar: int
    profilesMatchedSoFar: int
    standardError: float
    confidenceInterval: str
    confidenceBounds: Bounds
    estimatedNamespaceDistribution: list[dict[str, Any]]
    state: Literal["RUNNING", "RESULT_READY", "FAILED"]
    error: EstimateError
    links: dict[str, Any] = Field(alias="_links")


@router.post("/preview", status_code=201, response_model=Begun, summary="Begin a preview")
def create_preview(scope: ScopeOf, service: ServiceOf, body: PreviewBody) -> Response:
    """Evaluate an expression over a sample of the profiles; GET tells when it is ready."""
    if body.predicateModel.lower() not in _MODELS:
        title = f"there are no previews of the model {body.predicateModel[:100]}"
        raise invalid(title, path="$.predicateModel", help=f"write `{_MODELS[0]}`")
    format = "pql/text" if body.predicateType == "PQL" else body.predicateType
    expression = {"type": "PQL", "format": format, "value": body.predicateExpression}
    try:
        begun = service.previews.create(scope, expression, body.mergePolicyId)
    except Problem as problem:
        raise _in_own_words(problem) from None
    warnings = [_NO_GRAPH] if body.graphType == "pdg" else []
    return answer(with_warnings(begun, warnings), 201, location=f"/preview/{begun['previewId']}")


def _in_own_words(problem: Problem) -> Problem:
    """What is wrong with an expression, which has other names here than in a definition."""

    def renamed(text: str) -> str:
        return text.replace("`expression.format`", "`predicateType`").replace(
            "`expression.value`", "`predicateExpression`"
        )

    details = []
    for each in problem.details:
        path = each.get("path", "")
        if path.startswith("$.expression"):
            path = "$.predicateExpression" + path.removeprefix("$.expression").removeprefix(".value")
        text = {key: renamed(each[key]) for key in ("message", "help") if isinstance(each.get(key), str)}
        details.append({**each, **text, **({"path": path} if path else {})})
    return Problem(problem.status, problem.code, renamed(problem.title), details, retry_after=problem.retry_after)


@router.get("/preview/{previewId}", response_model=Preview, responses=NOT_FOUND, summary="Get a preview")
def get_preview(scope: ScopeOf, service: ServiceOf, previewId: str, offset: Start = 0, limit: Limit = None) -> Response:
    """The profiles that qualify. While the state is RUNNING there are none yet."""
    page = read_page(most=_MOST, default=_MOST, start=offset, limit=limit, default_sort="id:asc")
    return answer(service.previews.results(scope, previewId, page))


@router.delete("/preview/{previewId}", response_model=Message, responses=NOT_FOUND, summary="Delete a preview")
def delete_preview(scope: ScopeOf, service: ServiceOf, previewId: str) -> Response:
    """Delete a preview; if it runs it is stopped."""
    service.previews.delete(scope, previewId)
    return answer({"status": True, "message": f"Preview with id '{previewId}' has been deleted"})


@router.get("/estimate/{previewId}", response_model=Estimate, responses=NOT_FOUND, summary="Get an estimate")
async def get_estimate(request: Request, scope: ScopeOf, service: ServiceOf, previewId: str) -> Response:
    """How many profiles qualify, by the id of a preview."""
    early = "early-404" in request.state.faults
    return answer(await done(lambda: service.previews.estimate(scope, previewId, early=early)))

"""``/audiences``: what do modern clients send and get about audiences?"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from pqltools.api.answers import answer, empty, with_warnings
from pqltools.api.bulk import bulk_answer, bulk_ids
from pqltools.api.errors import EXISTS, NOT_FOUND
from pqltools.api.headers import ScopeOf, ServiceOf
from pqltools.api.models import (
    BulkGet,
    BulkResults,
    Expression,
    Name,
    PatchOperation,
    Sandbox,
    SchemaReference,
    Shown,
    UnderscorePage,
)
from pqltools.api.paging import Limit, PageNumber, Sort, audiences_list, read_page
from pqltools.api.patching import patched, unchanged, validated
from pqltools.api.resources.definitions import DefinitionMembers
from pqltools.api.sent import Sent
from pqltools.segmentation.problems import invalid

router = APIRouter(prefix="/audiences", tags=["audiences"])


class AudienceBody(DefinitionMembers):
    """An audience: a segment definition with a life cycle, or one that was made elsewhere, without an expression."""

    name: Name
    schema_: SchemaReference | None = Field(None, alias="schema")
    expression: Expression | None = None
    audienceId: str | None = None
    namespace: str | None = None
    type: Literal["SegmentDefinition", "ExternalSegment", "ExternalAudience"] | None = None
    originName: str | None = None
    lifecycleState: str | None = Field(None, description="draft, published, inactive, archived")
    labels: list[str] | None = None
    tags: list[Any] | None = None
    definedOn: list[dict[str, Any]] | None = None
    overridePerformanceWarnings: bool | None = None
    saveSegmentMembership: bool | None = None
    ansibleUiEnabled: bool | None = None
    datasetId: str | None = None
    sourceId: str | None = None
    linkedAudienceRef: dict[str, Any] | None = None
    # Set by the server.
    createdBy: str | None = None
    lastModifiedBy: str | None = None
    isSystem: bool | None = None
    dependents: list[str] | None = None
    dependencies: list[str] | None = None
    etag: str | None = Field(None, alias="_etag")
    metrics: Any = None


class Audience(Shown):
    """An audience as it is kept."""

    id: str
    audienceId: str
    name: str
    namespace: str
    type: str
    originName: str
    lifecycleState: str
    imsOrgId: str
    sandbox: Sandbox
    dependencies: list[str]
    dependents: list[str]
    creationTime: int
    updateEpoch: int
    updateTime: int
    diagnostics: list[dict[str, Any]] | None = None


class AudienceList(Shown):
    """A page of audiences."""

    children: list[Audience]
    page: UnderscorePage = Field(alias="_page")
    links: dict[str, Any] = Field(alias="_links")


#: What is set by the service: a patch that sets it means something that does not happen.
_SET = """id imsOrgId sandbox createdBy lastModifiedBy isSystem dependents dependencies metrics creationTime createEpoch
    updateTime updateEpoch _etag""".split()
_FILTERS = (
    "audienceId id name description namespace type originName lifecycleState sourceId mergePolicyId createdBy".split()
)


@router.get("", response_model=AudienceList, summary="List audiences")
def list_audiences(
    scope: ScopeOf,
    service: ServiceOf,
    start: PageNumber = 0,
    limit: Limit = None,
    sort: Sort = None,
    property: Annotated[list[str] | None, Query(description="`attribute==value`; may be given several times")] = None,
    name: Annotated[str | None, Query(description="A part of the name, in any case")] = None,
    description: Annotated[str | None, Query(description="A part of the description, in any case")] = None,
    entityType: str | None = None,
) -> Response:
    """The audiences of the sandbox, the newest first, without inactive ones. `start` is the number of a page."""
    most = service.options.limits.page
    page = read_page(most=most, default=20, limit=limit, sort=sort, default_sort="creationTime:desc")
    page = read_page(
        most=most,
        default=20,
        start=start * page.limit,
        limit=limit,
        sort=sort,
        default_sort="creationTime:desc",
    )
    filters = {key: value for key, value in (("name", name), ("description", description)) if value is not None}
    for text in property or ():
        key, value = _equation(text)
        filters[key] = value
    rows, total = service.audiences.rows(scope, page, filters)
    if entityType is not None and entityType not in ("_xdm.context.profile", "profile", "people"):
        rows, total = [], 0  # all that there are belong to profiles
    return answer(audiences_list(rows, total, page, "/audiences"))


def _equation(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("==")
    if not equals or key.strip() not in _FILTERS:
        help = f"it is `attribute==value` with one of {', '.join(_FILTERS)}"
        raise invalid(f"`property` is {text[:80]!r}", path="property", help=help)
    return key.strip(), value.strip()


@router.post("", response_model=Audience, responses=EXISTS, summary="Create an audience")
def create_audience(scope: ScopeOf, service: ServiceOf, sent: Sent, body: AudienceBody) -> Response:
    """Check an audience and keep it. Warnings stand in `diagnostics`."""
    made, warnings = service.audiences.create(scope, sent)
    return answer(with_warnings(made, warnings), location=f"/audiences/{made['id']}")


@router.post("/bulk-get", status_code=207, response_model=BulkResults, responses=NOT_FOUND, summary="Get several")
def get_audiences(request: Request, scope: ScopeOf, service: ServiceOf, body: BulkGet) -> Response:
    """Up to a hundred audiences by their ids."""
    ids = bulk_ids(body, service.options.limits.bulk_get)
    return bulk_answer(ids, service.audiences.several(scope, ids), request)


@router.get("/{id}", response_model=Audience, responses=NOT_FOUND, summary="Get an audience")
def get_audience(scope: ScopeOf, service: ServiceOf, id: str) -> Response:
    """One audience."""
    return answer(service.audiences.get(scope, id))


@router.put("/{id}", response_model=Audience, responses=NOT_FOUND | EXISTS, summary="Replace an audience")
def replace_audience(scope: ScopeOf, service: ServiceOf, id: str, sent: Sent, body: AudienceBody) -> Response:
    """Put another content into an audience, as a whole."""
    made, warnings = service.audiences.replace(scope, id, sent)
    return answer(with_warnings(made, warnings))


@router.patch("/{id}", response_model=Audience, responses=NOT_FOUND | EXISTS, summary="Change an audience")
def change_audience(scope: ScopeOf, service: ServiceOf, id: str, operations: list[PatchOperation]) -> Response:
    """Change an audience by JSON Patch, such as `add` of `/expression`."""

    def change(audience: dict[str, Any]) -> dict[str, Any]:
        return unchanged(audience, validated(AudienceBody, patched(audience, operations)), _SET)

    made, warnings = service.audiences.change(scope, id, change)
    return answer(with_warnings(made, warnings))


@router.delete("/{id}", status_code=204, responses=NOT_FOUND, summary="Delete an audience")
def delete_audience(scope: ScopeOf, service: ServiceOf, id: str) -> Response:
    """Delete an audience to which no other refers."""
    service.audiences.delete(scope, id)
    return empty()

"""``/segment/definitions`` and ``/segment/conversion``: what do clients send and get about segment definitions?"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from pqltools.api.answers import answer, empty, with_warnings
from pqltools.api.bulk import bulk_answer, bulk_ids
from pqltools.api.errors import EXISTS, NOT_FOUND
from pqltools.api.headers import ScopeOf, ServiceOf
from pqltools.api.models import (
    Body,
    BulkGet,
    BulkResults,
    EvaluationInfo,
    Expression,
    Name,
    Sandbox,
    SchemaReference,
    Shown,
)
from pqltools.api.paging import Limit, PageNumber, Sort, Start, definitions_list, read_page
from pqltools.api.reading import FEW, SHORT, done
from pqltools.api.sent import Sent
from pqltools.segmentation.conversion import convert
from pqltools.segmentation.definition_documents import shown

router = APIRouter(prefix="/segment", tags=["segment definitions"])


class GovernancePolicy(Body):
    """Whether profiles that have opted out are left out."""

    excludeOptOut: bool = True


class DefinitionMembers(Body):
    """The members that a definition may have besides those that it must have."""

    description: str | None = None
    evaluationInfo: EvaluationInfo | None = None
    mergePolicyId: str | None = None
    profileInstanceId: str | None = Field(None, examples=["ups"])
    payloadSchema: Any = None
    ttlInDays: int | None = Field(None, description="Read, and of no consequence")
    dataGovernancePolicy: GovernancePolicy | None = None
    ansibleDataModel: dict[str, Any] | None = Field(None, description="The tree of Segment Builder, kept as it is")
    # Set by the server; clients send back what they were sent.
    id: str | None = None
    imsOrgId: str | None = None
    sandbox: Sandbox | None = None
    creationTime: int | None = None
    updateTime: int | None = None
    updateEpoch: int | None = None
    createEpoch: int | None = None
    baselineTime: int | None = None
    diagnostics: list[Any] | None = None


class DefinitionBody(DefinitionMembers):
    """A segment definition."""

    name: Name
    schema_: SchemaReference = Field(alias="schema")
    expression: Expression


class ConversionBody(DefinitionMembers):
    """A segment definition, of which the expression matters."""

    name: str | None = None
    schema_: SchemaReference | None = Field(None, alias="schema")
    expression: Expression


class Definition(Shown):
    """A segment definition as it is kept. `diagnostics` are warnings about it."""

    id: str
    name: str
    schema_: SchemaReference = Field(alias="schema")
    expression: Expression
    imsOrgId: str
    sandbox: Sandbox
    evaluationInfo: EvaluationInfo
    creationTime: int
    updateEpoch: int
    updateTime: int
    diagnostics: list[dict[str, Any]] | None = None


class DefinitionsPage(Shown):
    """Which page it is."""

    totalCount: int
    totalPages: int
    sortField: str
    sort: str
    pageSize: int
    limit: int


class DefinitionList(Shown):
    """A page of definitions."""

    segments: list[Definition]
    page: DefinitionsPage
    link: dict[str, Any]


class Conversion(Shown):
    """The expression in the other format."""

    imsOrgId: str
    sandbox: Sandbox
    description: str
    expression: Expression


@router.get("/definitions", response_model=DefinitionList, summary="List definitions")
async def list_definitions(
    scope: ScopeOf,
    service: ServiceOf,
    start: Start = 0,
    limit: Limit = None,
    page: PageNumber = 0,
    sort: Sort = None,
    batch: Annotated[bool | None, Query(alias="evaluationInfo.batch.enabled")] = None,
    continuous: Annotated[bool | None, Query(alias="evaluationInfo.continuous.enabled")] = None,
    synchronous: Annotated[bool | None, Query(alias="evaluationInfo.synchronous.enabled")] = None,
) -> Response:
    """The definitions of the sandbox, the newest first. `start` counts rows, `page` pages of `limit` rows."""
    most = service.options.limits.page
    wanted = read_page(most=most, default=100, limit=limit, sort=sort, default_sort="creationTime:desc")
    wanted = read_page(
        most=most,
        default=100,
        start=start + page * wanted.limit,
        limit=limit,
        sort=sort,
        default_sort="creationTime:desc",
    )
    methods = {"batch": batch, "continuous": continuous, "synchronous": synchronous}
    enabled = {method: value for method, value in methods.items() if value is not None}
    rows, total = await done(lambda: service.definitions.rows(scope, wanted, enabled), little=wanted.limit <= FEW)
    return answer(definitions_list(rows, total, wanted))


@router.post("/definitions", response_model=Definition, responses=EXISTS, summary="Create a definition")
def create_definition(scope: ScopeOf, service: ServiceOf, sent: Sent, body: DefinitionBody) -> Response:
    """Check a definition and keep it. Warnings stand in `diagnostics`."""
    stored, warnings = service.definitions.create(scope, sent)
    return answer(with_warnings(shown(scope, stored), warnings), location=f"/segment/definitions/{stored['id']}")


@router.post(
    "/definitions/bulk-get", status_code=207, response_model=BulkResults, responses=NOT_FOUND, summary="Get several"
)
def get_definitions(request: Request, scope: ScopeOf, service: ServiceOf, body: BulkGet) -> Response:
    """Up to a hundred definitions by their ids."""
    ids = bulk_ids(body, service.options.limits.bulk_get)
    return bulk_answer(ids, service.definitions.several(scope, ids), request)


@router.get("/definitions/{id}", response_model=Definition, responses=NOT_FOUND, summary="Get a definition")
async def get_definition(scope: ScopeOf, service: ServiceOf, id: str) -> Response:
    """One definition."""
    return answer(await done(lambda: service.definitions.get(scope, id)))


@router.patch(
    "/definitions/{id}", response_model=Definition, responses=NOT_FOUND | EXISTS, summary="Replace a definition"
)
def replace_definition(scope: ScopeOf, service: ServiceOf, id: str, sent: Sent, body: DefinitionBody) -> Response:
    """Put another content into a definition, as a whole: what is not sent is gone."""
    stored, warnings = service.definitions.replace(scope, id, sent)
    return answer(with_warnings(shown(scope, stored), warnings), location=f"/segment/definitions/{id}")


@router.delete("/definitions/{id}", responses=NOT_FOUND, summary="Delete a definition")
def delete_definition(scope: ScopeOf, service: ServiceOf, id: str) -> Response:
    """Delete a definition that no other refers to."""
    service.definitions.delete(scope, id)
    if "definition-delete-message" in service.options.doc_era:
        return answer({"status": True, "message": f"Segment definition with id '{id}' has been deleted"})
    return empty(200)


@router.post("/conversion", response_model=Conversion, summary="Convert an expression into the other format")
async def convert_expression(scope: ScopeOf, service: ServiceOf, sent: Sent, body: ConversionBody) -> Response:
    """From pql/text to pql/json, and back. Nothing is kept, so that an `id` never is in the way of another (409)."""
    short = len(body.expression.value) <= SHORT
    found = await done(lambda: convert(scope, sent, service.expressions), little=short)
    if "conversion-definition" in service.options.doc_era:
        found = {**{key: value for key, value in sent.items() if value is not None}, **found}
    return answer(found)

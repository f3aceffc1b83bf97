"""``/config/mergePolicies``: what do clients send and get about merge policies?"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from pqltools.api.answers import answer, empty
from pqltools.api.bulk import bulk_answer, bulk_ids
from pqltools.api.errors import EXISTS, NOT_FOUND
from pqltools.api.headers import ScopeOf, ServiceOf
from pqltools.api.models import Body, BulkGet, BulkResults, Name, PatchOperation, Sandbox, Shown
from pqltools.api.paging import Limit, Start, read_page
from pqltools.api.patching import patched, unchanged, validated
from pqltools.api.sent import Sent
from pqltools.segmentation.merge_policies import SERVER_SET

router = APIRouter(prefix="/config/mergePolicies", tags=["merge policies"])


class PolicySchema(Body):
    """The schema whose fragments are merged."""

    name: str = Field(examples=["_xdm.context.profile"], min_length=1, max_length=512)


class IdentityGraph(Body):
    """How fragments belong together: by the same identity, or by the private graph, which is not available here."""

    type: Literal["none", "pdg"] = "none"


class AttributeMerge(Body):
    """Which value wins: the latest, or that of the dataset that is named first."""

    type: Literal["timestampOrdered", "dataSetPrecedence"]
    order: list[str] | None = Field(None, description="Ids of datasets, for `dataSetPrecedence`")
    data: Any = None


class MergePolicyBody(Body):
    """A merge policy."""

    name: Name
    schema_: PolicySchema = Field(alias="schema")
    identityGraph: IdentityGraph | None = None
    attributeMerge: AttributeMerge
    isActiveOnEdge: bool | None = None
    default: bool | None = None
    # Set by the server; clients send back what they were sent.
    id: str | None = None
    imsOrgId: str | None = None
    sandbox: Sandbox | None = None
    version: int | None = None
    updateEpoch: int | None = None
    createEpoch: int | None = None


class MergePolicy(Shown):
    """A merge policy as it is kept."""

    id: str
    name: str
    imsOrgId: str
    sandbox: Sandbox
    schema_: PolicySchema = Field(alias="schema")
    version: int
    identityGraph: IdentityGraph
    attributeMerge: AttributeMerge
    isActiveOnEdge: bool
    default: bool
    updateEpoch: int


class PolicyPage(Shown):
    """The page of a list of policies."""

    totalCount: int
    count: int
    pageSize: int
    next: str | None = None


class PolicyList(Shown):
    """A page of policies."""

    page: PolicyPage = Field(alias="_page")
    children: list[MergePolicy]
    links: dict[str, Any] = Field(alias="_links")


@router.get("", response_model=PolicyList, summary="List merge policies")
def list_policies(
    scope: ScopeOf,
    service: ServiceOf,
    start: Start = 0,
    limit: Limit = None,
    orderBy: Annotated[str | None, Query(max_length=1000)] = None,
    schema_name: Annotated[str | None, Query(alias="schema.name")] = None,
    default: bool | None = None,
    graph: Annotated[str | None, Query(alias="identityGraph.type")] = None,
    merge: Annotated[str | None, Query(alias="attributeMerge.type")] = None,
    version: Annotated[int | None, Query(ge=0, le=2**31 - 1)] = None,
) -> Response:
    """The policies of the sandbox, the first ones first."""
    most = service.options.limits.page
    # `orderBy` marks a descending attribute by a minus or a plus before it, as others of the platform's lists do.
    sort = None if orderBy is None else ",".join(map(_sort, orderBy.split(",")))
    page = read_page(most=most, default=100, start=start, limit=limit, sort=sort, default_sort="createdTime:asc")
    asked = {
        "schema.name": schema_name,
        "default": default,
        "identityGraph.type": graph,
        "attributeMerge.type": merge,
        "version": version,
    }
    filters = {path: value for path, value in asked.items() if value is not None}
    rows, total = service.merge_policies.rows(scope, page, filters)
    shown: dict[str, Any] = {"totalCount": total, "count": len(rows), "pageSize": len(rows)}
    link: dict[str, str] = {}
    if rows and page.offset + len(rows) < total:
        shown["next"] = str(page.offset + len(rows))
        link = {"href": f"@/config/mergePolicies?start={shown['next']}&limit={page.limit}"}
    return answer({"_page": shown, "children": rows, "_links": {"next": link}})


def _sort(part: str) -> str:
    part = part.strip()
    if part[:1] == "-":
        return f"{part[1:]}:desc"
    return part if ":" in part else f"{part.lstrip('+')}:asc"


@router.post("", response_model=MergePolicy, responses=EXISTS, summary="Create a merge policy")
def create_policy(scope: ScopeOf, service: ServiceOf, sent: Sent, body: MergePolicyBody) -> Response:
    """Keep a policy. If it is a default, the default so far of its schema is one no longer."""
    made = service.merge_policies.create(scope, sent)
    return answer(made, location=f"/config/mergePolicies/{made['id']}")


@router.post("/bulk-get", status_code=207, response_model=BulkResults, responses=NOT_FOUND, summary="Get several")
def get_policies(request: Request, scope: ScopeOf, service: ServiceOf, body: BulkGet) -> Response:
    """Policies by their ids."""
    ids = bulk_ids(body, service.options.limits.bulk_get)
    return bulk_answer(ids, service.merge_policies.several(scope, ids), request)


@router.get("/{id}", response_model=MergePolicy, responses=NOT_FOUND, summary="Get a merge policy")
def get_policy(scope: ScopeOf, service: ServiceOf, id: str) -> Response:
    """One policy."""
    return answer(service.merge_policies.get(scope, id))


@router.put("/{id}", response_model=MergePolicy, responses=NOT_FOUND | EXISTS, summary="Replace a merge policy")
def replace_policy(scope: ScopeOf, service: ServiceOf, id: str, sent: Sent, body: MergePolicyBody) -> Response:
    """Put another content into a policy, as a whole."""
    return answer(service.merge_policies.replace(scope, id, sent))


@router.patch("/{id}", response_model=MergePolicy, responses=NOT_FOUND | EXISTS, summary="Change a merge policy")
def change_policy(scope: ScopeOf, service: ServiceOf, id: str, operations: list[PatchOperation]) -> Response:
    """Change a policy by JSON Patch."""

    def change(policy: dict[str, Any]) -> dict[str, Any]:
        return unchanged(policy, validated(MergePolicyBody, patched(policy, operations)), SERVER_SET)

    return answer(service.merge_policies.change(scope, id, change))


@router.delete("/{id}", responses=NOT_FOUND, summary="Delete a merge policy")
def delete_policy(scope: ScopeOf, service: ServiceOf, id: str) -> Response:
    """Delete a policy that is no default and that no definition uses."""
    service.merge_policies.delete(scope, id)
    return empty(200)

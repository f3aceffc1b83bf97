"""``/search``: how do clients look for segments that were made elsewhere?

The swagger file and the guide show different answers; these are those of the guide, and `schemaClass`, the name that
the former has for `schema.name`, is taken too.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from pqltools.api.answers import answer
from pqltools.api.errors import NOT_FOUND
from pqltools.api.headers import ScopeOf, ServiceOf
from pqltools.api.models import Shown
from pqltools.api.paging import Limit, PageNumber
from pqltools.segmentation.problems import invalid

router = APIRouter(prefix="/search", tags=["segment search"])
_SCHEMA = "_xdm.context.segmentdefinition"
_MOST = 50
_DONE = {"message": "Success"}


class Status(Shown):
    """That it was done."""

    message: str


class NamespaceCount(Shown):
    """How many were found in a namespace."""

    namespace: str
    displayName: str
    count: int


class NamespaceList(Shown):
    """Namespaces in which something was found."""

    namespaces: list[NamespaceCount]
    totalCount: int
    status: Status


class SearchEntity(Shown):
    """A segment that was made elsewhere."""

    id: str
    base64EncodedSourceId: str
    sourceId: str
    isFolder: bool
    parentFolderId: str
    name: str


class SearchPage(Shown):
    """Which page it is."""

    totalCount: int
    totalPages: int
    pageOffset: int
    pageSize: int


class EntityList(Shown):
    """A page of what was found."""

    entities: list[SearchEntity]
    page: SearchPage
    status: Status


class TaxonomyEntry(Shown):
    """A folder, or what is in it."""

    id: str
    base64EncodedSourceId: str
    name: str
    parentFolderId: str


class Taxonomy(Shown):
    """The way to a segment, from the root."""

    taxonomy: list[TaxonomyEntry]
    status: Status


_Name = Literal["_xdm.context.segmentdefinition"]
SchemaName = Annotated[_Name | None, Query(alias="schema.name", description="Required, unless `schemaClass` is given")]
SchemaClass = Annotated[_Name | None, Query(description="Another name for `schema.name`")]
Term = Annotated[str | None, Query(max_length=1000, description="Words, such as `segmentName:AAM OR Platform`")]
Namespace = Annotated[str, Query(max_length=512, description="Such as `AAMSegments`")]


@router.get("/namespaces", response_model=NamespaceList, summary="Count segments by namespace")
def search_namespaces(
    scope: ScopeOf, service: ServiceOf, schema: SchemaName = None, schemaClass: SchemaClass = None, s: Term = None
) -> Response:
    """The namespaces of external audiences, and in how many of each something is found."""
    _check(schema or schemaClass)
    counts = service.segment_search.namespaces(scope, s)
    found = [{"namespace": name, "displayName": name, "count": count} for name, count in counts.items()]
    return answer({"namespaces": found, "totalCount": len(found), "status": _DONE})


@router.get("/entities", response_model=EntityList, summary="Search segments of a namespace")
def search_entities(
    scope: ScopeOf,
    service: ServiceOf,
    namespace: Namespace,
    schema: SchemaName = None,
    schemaClass: SchemaClass = None,
    s: Term = None,
    entityId: str | None = None,
    limit: Limit = None,
    page: PageNumber = 0,
) -> Response:
    """The external audiences of a namespace in which something is found; `entityId` is the id of a folder."""
    _check(schema or schemaClass)
    if limit is not None and limit > _MOST:
        raise invalid(f"`limit` is {limit}, but a page has {_MOST} rows at most", path="limit", help=f"ask for {_MOST}")
    size = limit or _MOST
    found = service.segment_search.entities(scope, namespace, s, entityId)
    rows = found[page * size : (page + 1) * size]
    shown: dict[str, Any] = {
        "totalCount": len(found),
        # An empty page is one, too: aepp would ask for ever for the one behind the last of none.
        "totalPages": max(1, -(-len(found) // size)),
        "pageOffset": page,
        "pageSize": len(rows),
    }
    return answer({"entities": rows, "page": shown, "status": _DONE})


@router.get("/taxonomy", response_model=Taxonomy, responses=NOT_FOUND, summary="Get the way to a segment")
def search_taxonomy(
    scope: ScopeOf,
    service: ServiceOf,
    namespace: Namespace,
    entityId: Annotated[str, Query(max_length=512)],
    schema: SchemaName = None,
    schemaClass: SchemaClass = None,
) -> Response:
    """The folders in which an external audience is, from the root, and itself."""
    _check(schema or schemaClass)
    return answer({"taxonomy": service.segment_search.taxonomy(scope, namespace, entityId), "status": _DONE})


def _check(schema: str | None) -> None:
    if schema is None:
        raise invalid("there is no `schema.name`", path="schema.name", help=f"it is `{_SCHEMA}`")

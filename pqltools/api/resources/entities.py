"""``/access/entities``: what is known of one profile?  Its fields and memberships, or its events."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from pqltools.api.answers import answer
from pqltools.api.errors import NOT_FOUND
from pqltools.api.headers import ScopeOf, ServiceOf
from pqltools.data.decoding import EVENTS
from pqltools.evaluation.values import time_of
from pqltools.segmentation.engines.exporting import Writing, pruning
from pqltools.segmentation.export_requests import read_fields
from pqltools.segmentation.problems import Problem, invalid, not_found, wrong
from pqltools.segmentation.profiles.model import policy_of
from pqltools.segmentation.scope import Scope
from pqltools.segmentation.service import Service

router = APIRouter(prefix="/access/entities", tags=["profiles"])
_MOST = 2**31 - 1
#: The end of the year 9999.
_LATEST = 253_402_300_799_999
_NOWHERE = "there are several profiles with this id"


@router.get("", response_model=dict[str, Any], responses=NOT_FOUND, summary="Get a profile, or its events")
def get_entity(
    request: Request,
    scope: ScopeOf,
    service: ServiceOf,
    schema: Annotated[
        Literal["_xdm.context.profile", "_xdm.context.experienceevent"], Query(alias="schema.name")
    ] = "_xdm.context.profile",
    related: Annotated[
        Literal["_xdm.context.profile", "_xdm.context.experienceevent"] | None, Query(alias="relatedSchema.name")
    ] = None,
    entityId: str | None = None,
    entityIdNS: str | None = None,
    relatedEntityId: str | None = None,
    relatedEntityIdNS: str | None = None,
    mergePolicyId: str | None = None,
    fields: str | None = None,
    start: Annotated[int | None, Query(ge=0, le=_MOST)] = None,
    offsets: Annotated[int | None, Query(ge=0, le=_MOST, description="Another name of `start`")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 1000,
    startTime: Annotated[
        int | None, Query(ge=0, le=_LATEST, description="Events from then on, in milliseconds")
    ] = None,
    endTime: Annotated[int | None, Query(ge=0, le=_LATEST, description="Events before then, in milliseconds")] = None,
) -> Response:
    """A profile by an id and its namespace; its events with the schema of events and `relatedEntityId`.

    An id without a namespace is that of `_id`, or that of the one namespace in which there is one.
    """
    del related
    events = schema == "_xdm.context.experienceevent"
    id, namespace = (relatedEntityId, relatedEntityIdNS) if events else (entityId, entityIdNS)
    name = "relatedEntityId" if events else "entityId"
    if id is None:
        raise invalid(f"there is no `{name}`", path=name, help=f"say which profile: `{name}=…&{name}NS=email`")
    policy_id, document = _policy(service, scope, mergePolicyId)
    policy = policy_of(document)
    found = _identity(service, scope, id, namespace)
    profile, sources = (None, []) if found is None else service.profiles.entity(scope, found[2], policy)
    if found is None or profile is None:
        raise not_found("profile", id)
    paths = read_fields(fields, "fields")
    happened = profile.pop(EVENTS, None) or []
    if events:
        happened = [event for event in happened if _within(event, startTime, endTime)]
        if paths is not None:
            prune = pruning(Writing("", paths))
            happened = [prune(event) for event in happened]
        return answer(_events(happened, id, start or offsets or 0, limit, request))
    entity = profile if paths is None else pruning(Writing("", paths))(profile)
    namespace, own, _ = found
    key = f"{namespace}:{own}" if namespace else own
    shown: dict[str, Any] = {
        "entityId": own,
        "entityIdNS": {"code": namespace} if namespace else None,
        "mergePolicy": {"id": policy_id},
        "sources": sources,
        "entity": entity,
    }
    return answer({key: {name: value for name, value in shown.items() if value is not None}})


def _policy(service: Service, scope: Scope, id: str | None) -> tuple[str, dict[str, Any]]:
    service.merge_policies.prepare(scope)
    with service.metadata.read() as connection:
        try:
            found = service.merge_policies.resolve(connection, scope, id)
        except Problem as problem:  # here it is no member of a body
            raise wrong([{**each, "path": "mergePolicyId"} for each in problem.details]) from None
    return found, service.merge_policies.get(scope, found)


def _identity(service: Service, scope: Scope, id: str, namespace: str | None) -> tuple[str, str, int] | None:
    """The namespace and the id of the profile that is meant, and its number.

    None if there is no such profile. Raises `Problem` (400).
    """
    known = service.profiles.numbered(scope, id)
    if namespace is None and not known and ":" in id:  # as the keys of answers are written
        namespace, _, id = id.partition(":")
        known = service.profiles.numbered(scope, id)
    if namespace is not None:
        known = [each for each in known if each[0] == namespace.lower()]
    if len(known) > 1:
        names = ", ".join(f"`{name}`" for name, _, _ in known)
        raise invalid(_NOWHERE, path="entityId", help=f"say with `entityIdNS` which: {names}")
    return known[0] if known else None


def _events(happened: list[Any], id: str, start: int, limit: int, request: Request) -> dict[str, Any]:
    page = happened[start : start + limit]
    children = [
        {
            "relatedEntityId": id,
            "entityId": event.get("_id"),
            "timestamp": event.get("timestamp"),
            "entity": event,
        }
        for event in page
    ]
    following = start + len(page)
    more = following < len(happened)
    # Whoever follows it asks for the same profile; clients read the one name or the other.
    query = urlencode({**request.query_params, "start": following, "offsets": following, "limit": limit})
    return {
        "_page": {
            "orderby": "timestamp",
            "start": str(start),
            "count": len(page),
            "next": str(following) if more else "",
        },
        "children": children,
        "_links": {"next": {"href": f"/access/entities?{query}" if more else ""}},
    }


def _within(event: dict[str, Any], start: int | None, end: int | None) -> bool:
    """Whether an event is of the time that is asked for. One without a time is of none."""
    if start is None and end is None:
        return True
    time = time_of(event.get("timestamp"))
    return time is not None and (start is None or start <= time.ms) and (end is None or time.ms < end)

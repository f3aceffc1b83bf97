"""``/access/entities``: what is known of one profile?  Its fields and memberships, or its events."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from pqltools.api.answers import answer
from pqltools.api.errors import NOT_FOUND
from pqltools.api.headers import ScopeOf, ServiceOf
from pqltools.data.decoding import EVENTS
from pqltools.segmentation.engines.exporting import Writing, pruning
from pqltools.segmentation.export_requests import read_fields
from pqltools.segmentation.problems import invalid, not_found
from pqltools.segmentation.profiles.model import policy_of
from pqltools.segmentation.scope import Scope
from pqltools.segmentation.service import Service

router = APIRouter(prefix="/access/entities", tags=["profiles"])
_NOWHERE = "there are several profiles with this id"


@router.get("", response_model=dict[str, Any], responses=NOT_FOUND, summary="Get a profile, or its events")
def get_entity(
    scope: ScopeOf,
    service: ServiceOf,
    schema: Annotated[
        Literal["_xdm.context.profile", "_xdm.context.experienceevent"], Query(alias="schema.name")
    ] = "_xdm.context.profile",
    related: Annotated[str | None, Query(alias="relatedSchema.name")] = None,
    entityId: str | None = None,
    entityIdNS: str | None = None,
    relatedEntityId: str | None = None,
    relatedEntityIdNS: str | None = None,
    mergePolicyId: str | None = None,
    fields: str | None = None,
    start: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 1000,
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
    policy_id, policy = _policy(service, scope, mergePolicyId)
    found = _identity(service, scope, id, namespace)
    profile = None
    if found is not None:
        profile = service.profiles.profile(scope, *found[:2], policy_of(policy), pid=found[2])
    if found is None or profile is None:
        raise not_found("profile", id)
    paths = read_fields(fields, "fields")
    happened = profile.pop(EVENTS, None) or []
    if events:
        if paths is not None:
            prune = pruning(Writing("", paths))
            happened = [prune(event) for event in happened]
        return answer(_events(happened, id, start, limit))
    entity = profile if paths is None else pruning(Writing("", paths))(profile)
    namespace, own, _ = found
    key = f"{namespace}:{own}" if namespace else own
    shown: dict[str, Any] = {
        "entityId": own,
        "entityIdNS": {"code": namespace} if namespace else None,
        "mergePolicy": {"id": policy_id},
        "sources": [],
        "entity": entity,
    }
    return answer({key: {name: value for name, value in shown.items() if value is not None}})


def _policy(service: Service, scope: Scope, id: str | None) -> tuple[str, dict[str, Any]]:
    service.merge_policies.prepare(scope)
    with service.metadata.read() as connection:
        found = service.merge_policies.resolve(connection, scope, id)
    return found, service.merge_policies.get(scope, found)


def _identity(service: Service, scope: Scope, id: str, namespace: str | None) -> tuple[str, str, int | None] | None:
    """The namespace and the id of the profile that is meant, and its number if it has been found out.

    None if there is no such profile. Raises `Problem` (400).
    """
    if namespace is not None:
        return namespace.lower(), id, None
    known = service.profiles.numbered(scope, id)
    if not known and ":" in id:  # as the keys of answers are written
        namespace, _, own = id.partition(":")
        return namespace.lower(), own, None
    if len(known) > 1:
        names = ", ".join(f"`{name}`" for name, _, _ in known)
        raise invalid(_NOWHERE, path="entityId", help=f"say with `entityIdNS` which: {names}")
    return known[0] if known else None


def _events(happened: list[Any], id: str, start: int, limit: int) -> dict[str, Any]:
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
    return {
        "_page": {
            "orderby": "timestamp",
            "start": str(start),
            "count": len(page),
            "next": str(following) if more else "",
        },
        "children": children,
        "_links": {"next": {"href": f"/access/entities?start={following}&limit={limit}" if more else ""}},
    }

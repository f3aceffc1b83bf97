"""Who is this?  The identities that profiles and events have, the most telling first, and the id of a profile.

An identity is a namespace and an id. Namespaces are compared without case (``ECID`` and ``ecid`` are the same), ids
exactly; an id that is no text, or empty, is none. The namespace of an xid, and of other ids that name none, is "".
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, TypeAlias

    #: Namespace in lower case, and id.
    Identity: TypeAlias = tuple[str, str]

#: The fields that name a profile, in the order in which they count; they are decoded always.
ID_FIELDS = ("entityId", "_id", "personID")
#: What has to be decoded, beside these, so that events can be joined: of a profile, and of an event.
PROFILE_PATHS = (
    ("identityMap", "*", "id"),
    ("identityMap", "*", "primary"),
    ("identities", "id"),
    ("identities", "namespace", "code"),
)
EVENT_PATHS = (*PROFILE_PATHS, ("relatedEntityId",), ("endUserIDs",))


def profile_id(data: dict[str, Any]) -> str | None:
    """The id of a profile: ``entityId``, ``_id``, ``personID``, else its first identity, the primary one if marked."""
    return named_id(data) or next((id for _, id in _in_map(data)), None)


def named_id(data: dict[str, Any]) -> str | None:
    """The first text in one of the `ID_FIELDS`."""
    texts = (data.get(name) for name in ID_FIELDS)
    return next((text for text in texts if text.__class__ is str and text), None)


def profile_identities(data: dict[str, Any], *xids: str | None) -> list[Identity]:
    """All identities of a profile: its xids, those it holds, and the ids that have no namespace."""
    texts = [*xids, *[data.get(name) for name in ID_FIELDS]]
    return _unique([*_bare(texts), *_in_map(data), *_in_list(data.get("identities"))])


def event_identities(data: dict[str, Any], *xids: str | None) -> list[Identity]:
    """All identities of the person of an event. Its own ``_id`` is none, ``entityId`` only if nothing else is there."""
    held = [*_in_map(data), *_in_list(data.get("identities")), *_in_user_ids(data.get("endUserIDs"))]
    found = _unique([*_bare([*xids, data.get("relatedEntityId")]), *held])
    return found or list(_bare([data.get("entityId")]))


def primary_identity(data: dict[str, Any]) -> Identity | None:
    """The identity under which a profile is kept: the primary one of ``identityMap``, else what comes first."""
    # Nearly all have a map, and what comes after it costs more than that.
    if held := _in_map(data):
        return held[0]
    named = [data.get(name) for name in ID_FIELDS]
    return next(iter([*_in_list(data.get("identities")), *_bare(named)]), None)


def primary_event_identity(data: dict[str, Any], *xids: str | None) -> Identity | None:
    """The identity of the profile to which an event belongs where identities are not linked: the primary one."""
    if mapped := _in_map(data):
        return mapped[0]
    held = [*_in_list(data.get("identities")), *_in_user_ids(data.get("endUserIDs"))]
    return next(iter([*held, *_bare([data.get("relatedEntityId"), *xids, data.get("entityId")])]), None)


def _bare(ids: list[Any]) -> Iterator[Identity]:
    for id in ids:
        if id.__class__ is str and id:
            yield "", id


def _unique(found: list[Identity]) -> list[Identity]:
    return list(dict.fromkeys(found))


def _in_map(data: dict[str, Any]) -> list[Identity]:
    """The identities of ``identityMap``, primary ones first."""
    held = data.get("identityMap")
    if held.__class__ is not dict:
        return []
    found: list[tuple[bool, Identity]] = []
    for namespace, entries in held.items():
        for entry in entries if entries.__class__ is list else (entries,):
            id = entry.get("id") if entry.__class__ is dict else None
            if id.__class__ is str and id:
                found.append((entry.get("primary") is not True, (namespace.lower(), id)))
    if len(found) < 2:
        return [identity for _, identity in found]
    return [identity for _, identity in sorted(found, key=lambda entry: entry[0])]


def _in_list(held: Any) -> Iterator[Identity]:
    """The identities of ``identities``, as the Profile Access API lists them."""
    for entry in held if held.__class__ is list else ():
        if entry.__class__ is dict:
            yield from _with_code(entry, "")


def _in_user_ids(held: Any) -> list[Identity]:
    """The identities of ``endUserIDs``: objects with `id` and `namespace.code`, at most two groups below."""
    found: list[tuple[bool, Identity]] = []
    pending = [("", held, 0)]
    while pending:
        name, value, depth = pending.pop()
        if value.__class__ is not dict:
            continue
        found += [(value.get("primary") is not True, identity) for identity in _with_code(value, name)]
        if depth < 3:
            pending += [(inner, entry, depth + 1) for inner, entry in reversed(value.items())]
    return [identity for _, identity in sorted(found, key=lambda entry: entry[0])]


def _with_code(entry: dict[str, Any], namespace: str) -> Iterator[Identity]:
    given = entry.get("namespace")
    code = given.get("code") if given.__class__ is dict else given
    id = entry.get("id")
    if id.__class__ is str and id:
        yield (code if code.__class__ is str else namespace).lower(), id

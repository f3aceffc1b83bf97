"""What is in a response of the Profile Access API?  Its entities, each with the names under which it is known.

Profiles come as ``{"<xid>": {"entityId": …, "entity": {…}, "identityGraph": […]}}``, events as ``{"children":
[{"relatedEntityId": …, "entityId": …, "timestamp": …, "entity": {…}}]}``, which may stand under an xid too. An entry
without the xid around it is taken as well.
"""

from __future__ import annotations

from pqltools.data.values import NotData, decode_value, refuse
from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

#: What may stand in a page of events that has none.
_EMPTY_PAGE = frozenset(("children", "_page", "_links"))


@record
class Entity(Record):
    """One entity: its JSON, and the rest of its entry, of which each may be missing.

    `key` is the xid above it, `id` its ``entityId``, `related` the xid of the profile that an event belongs to.
    `graph` are the further xids of a profile.
    """

    data: bytes
    key: str | None
    id: str | None
    related: str | None
    timestamp: int | str | None
    graph: tuple[str, ...]

    def dated(self) -> bytes:
        """The JSON of an event, with the timestamp and id of the entry for one that has none of its own."""
        import msgspec

        outside = {"timestamp": self.timestamp, "_id": self.id}
        known = {name: value for name, value in outside.items() if value is not None}
        inside = self.data.strip()
        if not known or not inside.startswith(b"{"):
            return self.data
        # A key that stands twice counts where it stands last, so what the entity says itself wins.
        comma = b"" if inside[1:].lstrip().startswith(b"}") else b","
        return msgspec.json.encode(known)[:-1] + comma + inside[1:]


def is_response(value: dict[str, Any]) -> bool:
    """Whether an object is a response, or an entry of one, and no instance itself."""
    if _is_entry(value):
        return True
    return bool(value) and all(inner.__class__ is dict and _is_entry(inner) for inner in value.values())


def _is_entry(value: dict[str, Any]) -> bool:
    if value.get("entity").__class__ is dict:
        return True
    children = value.get("children")
    if children.__class__ is not list:
        return False
    if not children:
        return value.keys() <= _EMPTY_PAGE
    return all(child.__class__ is dict and child.get("entity").__class__ is dict for child in children)


def entities(raw: bytes) -> Iterator[Entity]:
    """The entities of a response, or of an entry of one. Raises `NotData` for instances and what is no JSON."""
    parts = _parts(raw)
    if "entity" in parts or "children" in parts:
        yield from _entry(parts, None)
        return
    for key, inner in parts.items():
        yield from _entry(_parts(inner), key)


def _entry(parts: dict[str, bytes], key: str | None) -> Iterator[Entity]:
    if "entity" in parts:
        yield _entity(parts, key)
    elif "children" in parts:
        for child in _items(parts["children"]):
            yield _entity(_parts(child), key)
    else:
        raise NotData("this is no entry of a response: it has neither `entity` nor `children`")


def _entity(parts: dict[str, bytes], key: str | None) -> Entity:
    if "entity" not in parts:
        raise NotData("an event of the response has no `entity`")
    graph = _value(parts, "identityGraph")
    xids = tuple([xid for xid in graph if xid.__class__ is str]) if graph.__class__ is list else ()
    timestamp = _value(parts, "timestamp")
    return Entity(
        parts["entity"],
        key,
        _text(parts, "entityId"),
        _text(parts, "relatedEntityId"),
        timestamp if timestamp.__class__ in (int, str) else None,
        xids,
    )


def _value(parts: dict[str, bytes], name: str) -> Any:
    raw = parts.get(name)
    return None if raw is None else decode_value(raw)


def _text(parts: dict[str, bytes], name: str) -> str | None:
    value = _value(parts, name)
    return value if value.__class__ is str else None


def _parts(raw: bytes) -> dict[str, bytes]:
    """The members of an object, as JSON."""
    import msgspec

    try:
        members = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except msgspec.ValidationError:
        raise NotData("this is no response: an object is missing") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        refuse(problem, raw)
    return {name: bytes(value) for name, value in members.items()}


def _items(raw: bytes) -> list[bytes]:
    import msgspec

    try:
        return [bytes(item) for item in msgspec.json.decode(raw, type=list[msgspec.Raw])]
    except msgspec.ValidationError:
        raise NotData("`children` of the response is no array") from None

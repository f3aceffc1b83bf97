"""What is stored of a record?  A fragment of a profile with its events, or an event: whose it is, of when, as JSON.

Names become those of PQL paths (compatibility mode), and what is stored is compact JSON in which a key stands once.
The time of a fragment is `extSourceSystemAudit.lastUpdatedDate`, by which the platform lets a source say when it
changed something, else the time of ingestion. Events without a timestamp are kept, and come before all others.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from pqltools.data.decoding import EVENTS, one_name_for_events
from pqltools.data.identities import primary_event_identity, primary_identity
from pqltools.data.names import below, compatible, may_hold_standard_names
from pqltools.data.values import NotData, decode_object
from pqltools.evaluation.values import time_of
from pqltools.types.model import ANY

if TYPE_CHECKING:
    from pqltools.data.identities import Identity
    from pqltools.types.model import Type

#: The time of events that have none.
NO_TIME = -(2**62)
MEMBERSHIPS = "segmentMembership"
_AUDIT = ("extSourceSystemAudit", "lastUpdatedDate")
_MARKS = ("-", "-", "T", "Z")
_encode = msgspec.json.Encoder().encode


class Event(NamedTuple):
    """An event: `time` in milliseconds, its `_id` if that is a text, its JSON."""

    time: int
    id: str | None
    body: bytes


class Fragment(NamedTuple):
    """A fragment: whose it is, its own time if it has one, and its JSON; None for a record of events alone."""

    identity: Identity
    time: int | None
    plain: bool
    body: bytes | None
    events: list[Event]


class IdentityField(NamedTuple):
    """The field that says whose a record is, where ``identityMap`` does not, and the namespace of its values."""

    namespace: str
    path: tuple[str, ...]


def encoded(value: Any) -> bytes:
    """The value as JSON."""
    try:
        return _encode(value)
    except OverflowError:  # an integer beyond 64 bits
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def decoded_record(raw: bytes, type: Type = ANY) -> dict[str, Any]:
    """The object of a line, by the names of PQL paths. Raises `NotData`."""
    data = decode_object(raw)
    return compatible(data, type) if may_hold_standard_names(raw) else data


def fragment_of(data: dict[str, Any], field: IdentityField | None = None, *, xid: str | None = None) -> Fragment:
    """The fragment that a decoded record is; the record is taken apart. Raises `NotData`."""
    identity = _found(data, field) if field is not None else primary_identity(data)
    if identity is None and xid:
        identity = ("", xid)
    if identity is None:
        raise NotData(_nameless(field))
    one_name_for_events(data)
    events = data.pop(EVENTS, None)
    audit = data.get(_AUDIT[0])
    time = time_of(audit.get(_AUDIT[1])) if audit.__class__ is dict else None
    body = encoded(data)
    listed = [] if events is None else _events(events)
    return Fragment(identity, None if time is None else time.ms, MEMBERSHIPS not in data, body, listed)


def event_of(
    data: dict[str, Any], field: IdentityField | None = None, *, xids: tuple[str | None, ...] = ()
) -> Fragment:
    """A record that is an event. Raises `NotData`."""
    identity = _found(data, field) if field is not None else primary_event_identity(data, *xids)
    if identity is None:
        raise NotData(_nameless(field))
    return Fragment(identity, None, True, None, [_event(data)])


def event_type(type: Type) -> Type:
    """The type of the events of a profile of this type."""
    return below(type, EVENTS)


def _events(found: Any) -> list[Event]:
    if found.__class__ is not list:
        raise NotData(f"`{EVENTS}` is no array of events")
    for item in found:
        if item.__class__ is not dict:
            raise NotData(f"`{EVENTS}` holds something that is no event")
    return ordered([_event(item) for item in found])


def _event(data: dict[str, Any]) -> Event:
    id = data.get("_id")
    return Event(_time(data.get("timestamp")), id if id.__class__ is str else None, encoded(data))


def _time(value: Any) -> int:
    """The milliseconds of a timestamp. What nearly all look like is read five times as fast as all that may stand."""
    if value.__class__ is str and len(value) in (20, 24) and (value[4], value[7], value[10], value[-1]) == _MARKS:
        try:
            return round(datetime.fromisoformat(value).timestamp() * 1000)
        except (ValueError, OverflowError):  # a leap second, or none at all
            pass
    time = time_of(value)
    return NO_TIME if time is None else time.ms


def ordered(events: list[Event]) -> list[Event]:
    """The events by time. Of those with the same `_id` and time, which are one event, the last counts."""
    if len(events) < 2:
        return events
    known: dict[Any, Event] = {}
    for number, event in enumerate(events):
        key = number if event.id is None else (event.id, event.time)
        known.pop(key, None)
        known[key] = event
    return sorted(known.values(), key=lambda event: event.time)


class _Head(msgspec.Struct):
    timestamp: Any = None
    id: Any = msgspec.field(name="_id", default=None)


_split = msgspec.json.Decoder(list[msgspec.Raw]).decode
_head = msgspec.json.Decoder(_Head).decode


def events_in(body: bytes) -> list[Event]:
    """The events that were joined with commas."""
    found = []
    for raw in _split(b"[%b]" % body):
        piece = bytes(raw)
        try:
            head = _head(piece)
            timestamp, id = head.timestamp, head.id
        except msgspec.ValidationError:  # a number out of range
            data = decode_object(piece)
            timestamp, id = data.get("timestamp"), data.get("_id")
        found.append(Event(_time(timestamp), id if id.__class__ is str else None, piece))
    return found


def _found(data: dict[str, Any], field: IdentityField) -> Identity | None:
    value: Any = data
    for step in field.path:
        value = value.get(step) if value.__class__ is dict else None
    if value.__class__ is int:
        value = str(value)
    return (field.namespace.lower(), value) if value.__class__ is str and value else None


def _nameless(field: IdentityField | None) -> str:
    if field is not None:
        return f"there is no identity: `{'.'.join(field.path)}` is missing or no text"
    return "there is no identity: neither `identityMap` nor an id"

"""Does the union schema have the fields of an export?  `check_fields`: what is unknown, with what was probably meant.

With a schema of one's own a field that it does not have is refused. Without one nobody knows the fields of the tenant,
and groups add fields to standard objects, so there it is a warning beside the job, as it is for expressions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pqltools.segmentation.export_requests import event_path, read_fields
from pqltools.segmentation.problems import detail, wrong
from pqltools.types.model import ObjectType
from pqltools.xdm.schema import EVENT_FIELDS, Schema, resolve

#: Adobe's own sample of an export asks for ``identities.id``, which no schema has: never refused.
_OF_SAMPLES = "identities"
_FIELDS, _EVENT_FIELDS = "$.fields", "$.additionalFields.eventList.fields"
_SHOWN = 100


def check_fields(schema: Schema, body: Mapping[str, Any], *, refuse: bool) -> list[dict[str, Any]]:
    """Warnings about the fields of a request. Raises `Problem` (400) for those that are unknown, if `refuse`."""
    events = (body.get("additionalFields") or {}).get("eventList") or {}
    found = [*_of_profiles(schema, body.get("fields")), *_of_events(schema, events.get("fields"))]
    faults = [fault for is_fault, fault in found if is_fault]
    if refuse and faults:
        raise wrong(faults[:_SHOWN])
    return [{"severity": "warning", **each} for _, each in found[:_SHOWN]]


def _of_profiles(schema: Schema, text: str | None) -> Iterator[tuple[bool, dict[str, Any]]]:
    for names in read_fields(text, _FIELDS) or ():
        if names[0] in EVENT_FIELDS:
            help = "name it in `additionalFields.eventList.fields`"
            yield False, detail(f"`{'.'.join(names)}` is a field of events, and left out", path=_FIELDS, help=help)
        elif resolve(schema.profile, names) is None:
            yield names[0] != _OF_SAMPLES, _unknown(schema, schema.profile, names, _FIELDS)


def _of_events(schema: Schema, text: str | None) -> Iterator[tuple[bool, dict[str, Any]]]:
    for names in map(event_path, read_fields(text, _EVENT_FIELDS) or ()):
        if names and resolve(schema.event, names) is None:
            yield True, _unknown(schema, schema.event, names, _EVENT_FIELDS)


def _unknown(schema: Schema, type: ObjectType, names: tuple[str, ...], path: str) -> dict[str, Any]:
    meant = [f"`{each.path}`" for each in schema.suggest(type, names) if each.names[0] not in EVENT_FIELDS]
    help = f"did you mean {' or '.join(meant)}?" if meant else "fields are paths such as `person.name.lastName`"
    return detail(f"`{'.'.join(names)}` is not in {schema.name}", path=path, help=help)

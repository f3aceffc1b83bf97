"""Which profiles are in this file?  One record each, with its events in one place; bad lines come as such.

The id of a profile is the key of its entry in a response, else what `identities.profile_id` says. Its events stand
under ``xEvent``, a list: those under ``timeSeriesEvents``, another name of it, come behind, and then those that are
joined to it.
"""

from __future__ import annotations

from pqltools.data.identities import named_id, profile_id, profile_identities
from pqltools.data.lines import MAX_LINE, BadLine, numbered_lines, too_long
from pqltools.data.responses import entities
from pqltools.data.values import NotData
from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from pqltools.data.events import Events
    from pqltools.data.inputs import Input
    from pqltools.data.lines import Block
    from pqltools.data.values import Decode


@record
class Profile(Record):
    """One profile: its fields by their names in compatibility mode, its id if it has one, and where it stands."""

    data: dict[str, Any]
    id: str | None
    file: str
    line: int


def read_profiles(
    input: Input, decode: Decode, events: Events | None = None, *, max_line: int = MAX_LINE
) -> Iterator[Profile | BadLine]:
    """All profiles of a file, decoded by `projection` or `decode_all`, with the events that belong to them."""
    for block in input.blocks:
        if isinstance(block, BadLine):
            yield block
        else:
            yield from profiles_in(block, input.name, decode, events, wrapped=input.wrapped, max_line=max_line)


def profiles_in(
    block: Block,
    file: str,
    decode: Decode,
    events: Events | None = None,
    *,
    wrapped: bool = False,
    max_line: int = MAX_LINE,
) -> Iterator[Profile | BadLine]:
    """The profiles of one block; `wrapped` for lines that are responses (`Input.wrapped`)."""
    for line, raw in numbered_lines(block):
        if len(raw) > max_line:
            yield BadLine(file, line, too_long(max_line))
            continue
        try:
            found = _of_response(raw, decode, events) if wrapped else [_profile(decode(raw), (), events, raw)]
        except NotData as problem:
            yield BadLine(file, line, str(problem))
            continue
        for data, id in found:
            yield Profile(data, id, file, line)


def _of_response(raw: bytes, decode: Decode, events: Events | None) -> list[tuple[dict[str, Any], str | None]]:
    found: list[tuple[dict[str, Any], str | None]] = []
    for entity in entities(raw):
        xids = (entity.key, entity.id, *entity.graph)
        data, id = _profile(decode(entity.data), xids, events, entity.data)
        found.append((data, entity.key or entity.id or id))
    return found


def _profile(
    data: dict[str, Any], xids: tuple[str | None, ...], events: Events | None, raw: bytes
) -> tuple[dict[str, Any], str | None]:
    id = named_id(data)
    if id is None and not any(xids):  # `data` may hold but a part of the identities
        from pqltools.data.projection import decode_ids

        id = profile_id(decode_ids(raw))
    if events is not None:
        joined = events.of(profile_identities(data, *xids))
        if joined:
            own = data.get("xEvent")
            data["xEvent"] = own + joined if own.__class__ is list else joined
    return data, id

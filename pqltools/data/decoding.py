"""How does a whole line become an instance?  All of its fields, by their names in compatibility mode."""

from __future__ import annotations

from pqltools.data.names import compatible, may_hold_standard_names
from pqltools.data.values import decode_object
from pqltools.types.model import ANY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.data.values import Decode
    from pqltools.types.model import Type

#: The field with the events of a profile, and its other name.
EVENTS, ALSO_EVENTS = "xEvent", "timeSeriesEvents"


def decode_all(type: Type = ANY) -> Decode:
    """A decoder of lines that raises `NotData` for what is no object.

    `type` is that of the instance, and says which fields are maps.
    """

    def decode(raw: bytes) -> dict[str, Any]:
        data = decode_object(raw)
        if may_hold_standard_names(raw):
            data = compatible(data, type)
        return one_name_for_events(data)

    return decode


def as_decoded(data: dict[str, Any], type: Type = ANY) -> dict[str, Any]:
    """What `decode_all` would make of an instance that was decoded elsewhere, such as in a test file."""
    return one_name_for_events({**compatible(data, type)})


def one_name_for_events(data: dict[str, Any]) -> dict[str, Any]:
    """The same profile, changed so that its events are a list under ``xEvent``; what is no list of events stays."""
    if ALSO_EVENTS in data:
        others = data.pop(ALSO_EVENTS)
        own = data.get(EVENTS)
        if own is None:
            data[EVENTS] = others
        elif others is not None:
            data[EVENTS] = _listed(own) + _listed(others)
    own = data.get(EVENTS)
    if own.__class__ is dict:
        data[EVENTS] = [own]
    return data


def _listed(value: Any) -> list[Any]:
    return value if value.__class__ is list else [value]

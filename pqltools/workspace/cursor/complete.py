"""What could be written at the cursor?  `complete`: the items for one offset, the best first."""

from __future__ import annotations

from pqltools.workspace.cursor.calls import function_items, method_items
from pqltools.workspace.cursor.fields import deep_items, field_items, key_items, variable_items
from pqltools.workspace.cursor.items import Completions, ranked
from pqltools.workspace.cursor.keywords import keyword_items
from pqltools.workspace.cursor.place import place_of
from pqltools.workspace.cursor.spot import spot_at
from pqltools.workspace.cursor.values import value_items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pqltools.workspace.cursor.items import Item
    from pqltools.workspace.cursor.known import Known
    from pqltools.workspace.cursor.place import Place

#: The most items of one answer.
MOST = 200


def complete(text: str, offset: int, known: Known, *, limit: int = MOST) -> Completions:
    """What could be written at `offset` of `text`, the best first; nothing in comments, numbers and other strings.

    Never raises for any text or offset.
    """
    offset = min(max(offset, 0), len(text))
    spot = spot_at(text, offset)
    if spot is None:
        return Completions(())
    place = place_of(text, spot, known)
    items, cut = ranked(_items(place), spot, limit)
    # A longer word finds other fields further down; they are not among those of a shorter one.
    searched = not spot.quote and bool(spot.typed) and (place.takes_value or bool(spot.lead))
    return Completions(items, cut or searched)


def _items(place: Place) -> Iterator[Item]:
    spot = place.spot
    if spot.in_string:
        yield from value_items(place)
    elif spot.lead:
        if place.node is not None:
            yield from field_items(place)
            yield from key_items(place)
            yield from method_items(place) if spot.lead[0] == "." and not spot.quote else ()
            yield from deep_items(place)
    else:
        if place.takes_value:
            yield from value_items(place) if not spot.quote else ()
            yield from variable_items(place)
            yield from field_items(place)
        yield from keyword_items(place)
        if place.takes_value and not spot.quote:
            yield from function_items(place)
            yield from deep_items(place)

"""Which values make sense here?  Those of the field that is compared, namespaces, keys of maps, and segment ids."""

from __future__ import annotations

from pqltools.formats.pql_words import string_text
from pqltools.syntax import ast
from pqltools.types.model import BOOLEAN, MapType
from pqltools.workspace.cursor.fields import map_keys
from pqltools.workspace.cursor.items import VALUE, Item
from pqltools.workspace.cursor.scope import field_of, without_arrays

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pqltools.types.model import Member
    from pqltools.workspace.cursor.place import Place


def value_items(place: Place) -> Iterator[Item]:
    """The values for this place, inside the quotes that are there or with new ones."""
    yield from _segments(place)
    yield from _keys(place)
    operand = place.operand()
    if operand is None:
        return
    member = field_of(operand, place.typing, place.known.schema)
    if member is not None:
        yield from _of_field(place, member)
    if without_arrays(place.typing.type(operand)) is BOOLEAN and not place.spot.quote:
        for word in ("true", "false"):
            yield Item(word, "enum value", (place.spot.start, place.spot.end), word, VALUE)


def _of_field(place: Place, member: Member) -> Iterator[Item]:
    labels: dict[str, str] = getattr(member, "labels", {})
    for value in member.enum or member.suggested:
        kind = "enum value" if member.enum else "suggested value"
        label = labels.get(str(value))
        if isinstance(value, str):
            yield from _text(place, value, kind, label)
        elif not place.spot.quote:
            yield Item(str(value), kind, (place.spot.start, place.spot.end), str(value), VALUE, detail=label)


def _text(
    place: Place, value: str, kind: str, detail: str | None, filter: str = "", key: str | None = None
) -> Iterator[Item]:
    """A string, if it can be written between the quotes that are there."""
    spot = place.spot
    if not spot.quote:
        quoted = f"[{string_text(value)}]" if _lacks_list(place) else string_text(value)
        yield Item(value, kind, (spot.start, spot.end), quoted, VALUE, detail=detail, filter=filter or quoted, key=key)
    elif spot.in_string:
        inner = string_text(value)[1:-1]
        if spot.quote == "'":
            inner = inner.replace('\\"', '"').replace("'", "\\'")
        insert = inner if spot.closed else inner + spot.quote
        yield Item(value, kind, (spot.start, spot.end), insert, VALUE, detail=detail, filter=filter or value, key=key)


def _lacks_list(place: Place) -> bool:
    """Whether this is the right side of `in`, which is a list."""
    match place.parent():
        case ast.FunctionCall("in" | "notIn", (_, right)) if right is place.node:
            before = place.tokens[-1].word.lower() if place.tokens else ""
            return before in ("in", "notin")
        case _:
            return False


def _segments(place: Place) -> Iterator[Item]:
    """The segments of the workspace in ``inSegment(…)``."""
    parent = place.parent()
    if not isinstance(parent, ast.FunctionCall) or parent.function != "inSegment" or not parent.arguments:
        return
    if parent.arguments[0] is place.node:
        segments = sorted(place.known.segments.values(), key=lambda segment: (segment.name or "~", segment.id))
        for segment in segments:
            opening = "" if place.spot.quote else '"'
            name = f"{opening}{segment.id} {segment.name or ''}"
            yield from _text(place, segment.id, "segment", segment.name, name, f"segment:{segment.id}")


def _keys(place: Place) -> Iterator[Item]:
    """The keys of the map whose brackets, or ``get``, stand round the word."""
    parent = place.parent()
    if isinstance(parent, ast.ItemLambda):  # a word in the brackets of a map is a filter as long as it has no quotes
        parent = place.typing.parents.get(id(parent))
    match parent:
        case ast.FunctionCall("get" | "filter", (inner, _)) if inner is not place.node:
            if isinstance(place.typing.type(inner), MapType) and _is_word(place, parent):
                for key, detail, kind in map_keys(place, inner):
                    yield from _text(place, key, kind, detail)


def _is_word(place: Place, parent: ast.FunctionCall) -> bool:
    """Whether the brackets hold the cursor's word and nothing else."""
    argument = parent.arguments[1]
    inner = argument.body if isinstance(argument, ast.ItemLambda) else argument
    return inner is place.node and (parent.function == "get" or parent.spelling == "filter")

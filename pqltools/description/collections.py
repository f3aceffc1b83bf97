"""How are the functions said that make lists of lists, and compare them?"""

from __future__ import annotations

from pqltools.description import arrays
from pqltools.description.phrases import closed, say, tail
from pqltools.syntax.ast import ItemLambda, Lambda

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.description.phrases import Phrase
    from pqltools.description.scopes import Scope
    from pqltools.description.writer import Writer
    from pqltools.syntax.ast import FunctionCall


def intersects(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """Whether two lists have an item in common."""
    sides = _two(writer, call, scope)
    return None if sides is None else say(sides[0], " has an item in common with ", sides[1])


def subset(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """Whether one list is within another."""
    sides = _two(writer, call, scope)
    return None if sides is None else say("every item of ", sides[0], " is also in ", sides[1])


def superset(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """Whether one list holds all of another."""
    sides = _two(writer, call, scope)
    return None if sides is None else say(sides[0], " has all the items of ", sides[1])


def includes(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """Whether a list holds an item."""
    sides = _two(writer, call, scope)
    return None if sides is None else say(sides[0], " includes the item ", sides[1])


def intersection(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """The items that two lists have in common."""
    if len(call.arguments) != 2:
        return None
    return arrays.items(writer, call, scope)


def _two(writer: Writer, call: FunctionCall, scope: Scope) -> tuple[Phrase, Phrase] | None:
    if len(call.arguments) != 2:
        return None
    left, right = [closed(writer.value(argument, scope)) for argument in call.arguments]
    return left, right


def distinct(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """The items without repetition."""
    if len(call.arguments) != 1:
        return None
    return arrays.items(writer, call, scope)


def head(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """The first item."""
    if len(call.arguments) != 1:
        return None
    return arrays.counted("the first", arrays.source(writer, call.arguments[0], scope))


def group_by(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """The items in groups."""
    found = _items_by(writer, call, scope)
    if found is None:
        return None
    items, key = found
    return say("the map of groups by ", key, " of ", items, open=items.open)


def mapped(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """A value for each item."""
    match call.arguments:
        case (array, ItemLambda() as item):
            source = arrays.source(writer, array, scope)
            each = arrays.counted("each", source)
            value = closed(arrays.item_value(writer, item, source, scope))
            return say("the list with ", value, " for ", each, open=each.open)
        case (array, Lambda() as item):
            source = arrays.source(writer, array, scope)
            names, inner = arrays.bound(item, source, scope)
            value = closed(writer.value(item.body, inner))
            whole = tail(source.whole or arrays.all_items(source))
            items = f"each {names}" if names else "each"
            return say("the list with ", value, f" for {items} of ", whole, open=whole.open)
    return None


def top(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """The items with the highest values."""
    return _extreme(writer, call, scope, "highest")


def bottom(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """The items with the lowest values."""
    return _extreme(writer, call, scope, "lowest")


def _extreme(writer: Writer, call: FunctionCall, scope: Scope, word: str) -> Phrase | None:
    if len(call.arguments) != 3:
        return None
    found = _items_by(writer, call, scope)
    if found is None:
        return None
    items, key = found
    number = closed(writer.value(call.arguments[2], scope))
    return say("the list of the ", number, f" with the {word} ", key, f" ({word} first) among ", items, open=items.open)


def _items_by(writer: Writer, call: FunctionCall, scope: Scope) -> tuple[Phrase, Phrase] | None:
    """The items of the first argument, and the value by which the second one judges each."""
    allowed = 3 if call.function in ("topN", "bottomN") else 2
    match call.arguments:
        case (array, (ItemLambda() | Lambda()) as item, *rest) if len(rest) == allowed - 2:
            source = arrays.source(writer, array, scope)
            return arrays.all_items(source), closed(arrays.item_value(writer, item, source, scope))
    return None

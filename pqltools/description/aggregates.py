"""How are counts, sums and the like said?"""

from __future__ import annotations

from pqltools.description import arrays
from pqltools.description.phrases import closed, say
from pqltools.syntax.ast import ItemLambda, Lambda

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.description.functions import Entry
    from pqltools.description.phrases import Phrase
    from pqltools.description.scopes import Scope
    from pqltools.description.writer import Writer
    from pqltools.syntax.ast import FunctionCall


def count(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """The number of items, or of those for which a condition holds."""
    source = arrays.counted_source(writer, call, scope)
    if source is None:
        return None
    found = arrays.all_items(source, "")
    return say("the number of ", found, open=found.open)


def aggregate(word: str, preposition: str) -> Entry:
    """A value over all items, or one of the items."""

    def entry(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
        match call.arguments:
            case (array,):
                items = arrays.all_items(arrays.source(writer, array, scope))
                return say(f"the {word} of ", items, open=items.open)
            case (array, (ItemLambda() | Lambda()) as item):
                source = arrays.source(writer, array, scope)
                items = arrays.all_items(source)
                value = closed(arrays.item_value(writer, item, source, scope))
                of = "of " if preposition == "over" else ""
                return say(f"the {word} {of}", value, f" {preposition} ", items, open=items.open)
        return None

    return entry

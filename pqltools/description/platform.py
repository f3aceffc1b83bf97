"""How are the functions said that belong to the platform: other segments, other data, old trees?"""

from __future__ import annotations

from pqltools.description import arrays, comparisons
from pqltools.description.phrases import say, tail
from pqltools.formats.pql_words import string_text
from pqltools.records import replace
from pqltools.syntax.ast import StringLiteral

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.description.phrases import Phrase
    from pqltools.description.scopes import Scope
    from pqltools.description.writer import Writer
    from pqltools.syntax.ast import FunctionCall


def in_segment(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """That the profile is a member."""
    return _membership(writer, call, scope, "the customer is in the segment ")


def not_in_segment(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """That the profile is no member."""
    return _membership(writer, call, scope, "the customer is not in the segment ")


def _membership(writer: Writer, call: FunctionCall, scope: Scope, words: str) -> Phrase | None:
    match call.arguments:
        case (StringLiteral(id),):
            name = writer.segments.get(id)
            return say(words, string_text(id) if name is None else f"{string_text(name)} (id {string_text(id)})")
        case (other,):
            value = tail(writer.value(other, scope))
            return say(words, "whose id is ", value, open=value.open)
    return None


def model_instances(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """All instances of a model."""
    return arrays.all_items(arrays.source(writer, call, scope), "the list of ") if call.arguments else None


def string_compare(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """The test that the first argument names."""
    match call.arguments:
        case (StringLiteral(name), text, value) if name in comparisons.TESTS:
            return comparisons.test(writer, replace(call, function=name, arguments=(text, value)), scope)
    return None

"""When does a value hold as a condition?  It depends on its type: null never, a list if it is not empty."""

from __future__ import annotations

from pqltools.description import arrays
from pqltools.description.phrases import say, set_below, subject
from pqltools.syntax.ast import BooleanLiteral, DoubleLiteral, IntegerLiteral, ListLiteral, NullLiteral, StringLiteral
from pqltools.types.model import ANY, BOOLEAN, ArrayType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.description.phrases import Phrase
    from pqltools.description.scopes import Scope
    from pqltools.description.writer import Writer
    from pqltools.syntax.ast import Expr


def whether(clause: Phrase) -> Phrase:
    """A condition as a value."""
    return say("(whether ", set_below(clause), ")")


def holds(writer: Writer, node: Expr, scope: Scope, denied: bool = False) -> Phrase:
    """The value `node` as a condition, or that it does not hold."""
    type = writer.typing.type(node)
    if isinstance(type, ArrayType) and not arrays.is_literal(node):
        return arrays.there_is("no" if denied else "at least one", arrays.source(writer, node, scope))
    value = subject(writer.value(node, scope))
    match node:
        case BooleanLiteral(True) | StringLiteral() | IntegerLiteral() | DoubleLiteral():
            return say("this never holds (not " if denied else "this always holds (", value, ")")
        case BooleanLiteral() | NullLiteral():
            return say("this always holds (not " if denied else "this never holds (", value, ")")
        case ListLiteral(members):
            return say(
                "this always" if bool(members) != denied else "this never", " holds (", "not " * denied, value, ")"
            )
    if type is BOOLEAN:
        return say(value, " is not true (or is missing)" if denied else " is true")
    if type is ANY or isinstance(type, ArrayType):
        denial = " is missing, false or an empty list"
        return say(value, denial if denied else " is neither missing, nor false, nor an empty list")
    return say(value, " is missing" if denied else " is present")

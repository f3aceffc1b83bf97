"""How is every kind of node said?  `Writer.value` where it is a value, `Writer.condition` where it has to hold.

A level of the tree takes three frames of the stack at most, so that any tree that can be read can be described.
"""

from __future__ import annotations

from pqltools.description import arrays, chains, choices, functions, paths, times, truth
from pqltools.description.phrases import CHOICE, closed, joined, listed, say, set_below
from pqltools.description.scopes import root
from pqltools.description.words import quoted, variable
from pqltools.formats.pql_words import double_text, string_text
from pqltools.syntax.ast import (
    BooleanLiteral,
    Chain,
    DoubleLiteral,
    FieldLookup,
    FunctionCall,
    Hole,
    IntegerLiteral,
    ItemLambda,
    ItemReference,
    Lambda,
    Let,
    ListLiteral,
    ModelReference,
    NullLiteral,
    ObjectLiteral,
    Occurs,
    Opaque,
    ParameterReference,
    Quantification,
    Select,
    StringLiteral,
    TimestampLiteral,
    VariableReference,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from pqltools.description.phrases import Phrase
    from pqltools.description.scopes import Scope
    from pqltools.inference.typing import Typing
    from pqltools.syntax.ast import Expr


class Writer:
    """Describes one tree. `typing` has its types, `segments` the names of segments by id; `titles` asks for titles."""

    def __init__(self, typing: Typing, segments: Mapping[str, str], titles: bool) -> None:
        self.typing = typing
        self.segments = segments
        self.titles = titles

    def value(self, node: Expr, scope: Scope) -> Phrase:
        """`node` as a noun."""
        match node:
            case StringLiteral(value):
                return say(string_text(value))
            case IntegerLiteral(value):
                return say(str(value))
            case DoubleLiteral(number):
                return say(double_text(number))
            case BooleanLiteral(value):
                return say("true" if value else "false")
            case NullLiteral():
                return say("null")
            case TimestampLiteral(value):
                return say(value)
            case ListLiteral(items):
                return say("[", joined([listed(self.value(item, scope)) for item in items]), "]")
            case ObjectLiteral(properties):
                members = [say(string_text(one.name), ": ", listed(self.value(one.value, scope))) for one in properties]
                return say("{", joined(members), "}")
            case ParameterReference() | VariableReference() | ItemReference():
                return say(root(node, scope))
            case ModelReference(reference):
                return say("the model ", string_text(reference))
            case FieldLookup():
                return paths.lookup(self, node, scope)
            case FunctionCall(function):
                say_value = functions.VALUES.get(function)
                found = None if say_value is None else say_value(self, node, scope)
                if found is not None:
                    return found
                say_condition = functions.CONDITIONS.get(function)
                found = None if say_condition is None else say_condition(self, node, scope)
                return functions.plain_call(self, node, scope) if found is None else truth.whether(found)
            case ItemLambda(body):
                return say("(for each item, ", set_below(self.value(body, scope.item("item"))), ")")
            case Lambda(parameters, body):
                for name in parameters:
                    scope = scope.named("parameter", name)
                names = ", ".join(map(variable, parameters))
                return say(f"(for any {names}, ", set_below(self.value(body, scope)), ")")
            case Select():
                return arrays.items(self, node, scope)
            case Quantification() | Occurs() | Chain():
                return truth.whether(self.condition(node, scope))
            case Let(name, value, body):
                end = say(", with value ", variable(name), " standing for ", closed(self.value(value, scope)))
                return say(closed(self.value(body, scope.named("value", name))), end, open=1, rank=CHOICE)
            case Opaque(kind):
                return say(f"a node of the unknown kind {quoted(kind)}")
            case Hole():
                return say("something that is missing")
            case _:
                from typing import assert_never

                return assert_never(node)

    def condition(self, node: Expr, scope: Scope) -> Phrase:
        """`node` as a clause, for a place where null does not hold, nor an empty list (semantics of conditions)."""
        match node:
            case FunctionCall(function):
                found = functions.CONDITIONS.get(function)
                clause = None if found is None else found(self, node, scope)
                return truth.holds(self, node, scope) if clause is None else clause
            case Quantification():
                return arrays.quantification(self, node, scope)
            case Occurs(timestamp, window):
                return times.occurs(self, timestamp, window, scope)
            case Chain():
                return chains.chain(self, node, scope)
            case Let(name, value, body):
                start = say("with value ", variable(name), " standing for ", closed(self.value(value, scope)), ", ")
                inner = self.condition(body, scope.named("value", name))
                return say(start, inner, open=1 + inner.open)
            case _:
                return truth.holds(self, node, scope)

    def denial(self, node: Expr, scope: Scope) -> Phrase:
        """The clause that holds exactly where the condition `node` does not."""
        match node:
            case FunctionCall(function):
                found = functions.DENIALS.get(function)
                clause = None if found is None else found(self, node, scope)
                if clause is not None:
                    return clause
                if function not in functions.CONDITIONS:
                    return truth.holds(self, node, scope, denied=True)
            case Quantification(quantifier) if quantifier in ("some", "none"):
                return arrays.quantification(self, node, scope, denied=True)
            case Occurs(timestamp, window):
                return times.occurs(self, timestamp, window, scope, denied=True)
            case Chain() if len(node.elements) == 1:
                return chains.chain(self, node, scope, denied=True)
            case Quantification() | Chain() | Let():
                pass
            case _:
                return truth.holds(self, node, scope, denied=True)
        return choices.untrue(self.condition(node, scope))

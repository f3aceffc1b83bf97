"""How are conditions combined?  `and`, `or`, `not`, and the choice that `if` makes."""

from __future__ import annotations

from pqltools.description.phrases import (
    ALL,
    ANY,
    CHOICE,
    FIRST,
    NONE,
    NOT_ALL,
    closed,
    listing,
    say,
    set_below,
    subject,
)
from pqltools.syntax.ast import FunctionCall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.description.phrases import Kind, Phrase
    from pqltools.description.scopes import Scope
    from pqltools.description.writer import Writer
    from pqltools.syntax.ast import Expr

#: A choice of this many characters is set as a list.
_LONG = 90


def both(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase:
    """``and`` of any number of operands."""
    return _junction(writer, call, scope, ALL, "no condition has to hold (an `and` of nothing)")


def either(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase:
    """``or`` of any number of operands."""
    return _junction(writer, call, scope, ANY, "nothing can hold (an `or` of nothing)")


def not_both(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """``not`` of an ``and``."""
    return _junction(writer, call, scope, NOT_ALL, "") if call.arguments else None


def neither(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """``not`` of an ``or``."""
    return _junction(writer, call, scope, NONE, "") if call.arguments else None


def _junction(writer: Writer, call: FunctionCall, scope: Scope, kind: Kind, nothing: str) -> Phrase:
    if not call.arguments:
        return say(nothing)
    return listing(kind, [writer.condition(operand, scope) for operand in _operands(call)])


def _operands(call: FunctionCall) -> list[Expr]:
    """The operands, those of operands of the same kind among them: that means the same, and reads more easily."""
    found: list[Expr] = []
    pending: list[Expr] = [call]
    while pending:
        node = pending.pop()
        if isinstance(node, FunctionCall) and node.function == call.function and node.arguments:
            pending.extend(reversed(node.arguments))
        else:
            found.append(node)
    return found


def negation(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """``not`` of one operand, in words that also say what a missing value does."""
    return writer.denial(call.arguments[0], scope) if len(call.arguments) == 1 else None


def double_negation(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """``not`` of a ``not``: the condition itself."""
    return writer.condition(call.arguments[0], scope) if len(call.arguments) == 1 else None


def untrue(clause: Phrase) -> Phrase:
    """That a clause is not true, where there are no better words."""
    return say("it is not true that ", set_below(clause), open=1 + clause.open)


def choice(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """``if`` as a value."""
    return _choice(call, scope, writer.condition, writer.value, CHOICE)


def condition_choice(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """``if`` as a condition."""
    return _choice(call, scope, writer.condition, writer.condition, CHOICE)


if TYPE_CHECKING:
    from collections.abc import Callable

    Say = Callable[[Expr, Scope], Phrase]


def _choice(call: FunctionCall, scope: Scope, condition: Say, result: Say, rank: int) -> Phrase | None:
    """The first result whose test holds. What is chosen between in turn is chosen in the same list."""
    cases: list[tuple[Phrase, Phrase]] = []
    rest: Expr = call
    while isinstance(rest, FunctionCall) and rest.function == "if" and len(rest.arguments) == 3:
        test, then, rest = rest.arguments
        cases.append((set_below(condition(test, scope)), result(then, scope)))
    if not cases:
        return None
    otherwise = result(rest, scope)
    if len(cases) == 1:
        ((case, only),) = cases
        words = [phrase.text() for phrase in (case, only, otherwise)]
        if None not in words and len("".join(map(str, words))) <= _LONG:
            return say("if ", case, ", then ", closed(only), ", otherwise ", subject(otherwise), open=1, rank=rank)
    items = [say("if ", case, ": ", found) for case, found in cases]
    return listing(FIRST, [*items, say("otherwise: ", otherwise)])

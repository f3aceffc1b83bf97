"""What are the operands of `and` and `or`, however they are nested, how is one left out, and what is a condition?"""

from __future__ import annotations

from pqltools.diagnostics import Fix
from pqltools.syntax.ast import FunctionCall, Lambda, Let

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pqltools.checks.context import Context
    from pqltools.syntax.ast import Expr, Node

#: From how many operands on hashing all of them is faster than comparing each with one.
_MANY = 12


def operands(node: FunctionCall) -> list[Expr]:
    """The operands of `node` and of the calls of the same operator among them, left to right."""
    found: list[Expr] = []
    pending: list[Expr] = [*reversed(node.arguments)]
    while pending:
        part = pending.pop()
        if isinstance(part, FunctionCall) and part.function == node.function:
            pending.extend(reversed(part.arguments))
        else:
            found.append(part)
    return found


class Keyed:
    """An expression as a key, with its hash remembered: a tree does not keep its own, and many rules ask for it."""

    __slots__ = ("expression", "hash")

    def __init__(self, expression: Expr, hashes: dict[int, int]) -> None:
        self.expression = expression
        found = hashes.get(id(expression))
        if found is None:
            found = hash(expression)
        self.hash = found

    def __hash__(self) -> int:
        return self.hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Keyed) and self.hash == other.hash and self.expression == other.expression


def keyed(parts: Iterable[Expr], context: Context) -> list[Keyed]:
    """Operands of the tree under check as keys."""
    hashes = context.typing.hashes
    found = []
    for part in parts:
        key = Keyed(part, hashes)
        hashes[id(part)] = key.hash
        found.append(key)
    return found


def searchable(parts: list[Expr], context: Context) -> Callable[[Expr], bool]:
    """Whether an expression is one of the operands; by hash where there are many."""
    if len(parts) <= _MANY:
        return parts.__contains__
    keys: set[Keyed] = set()

    def holds(wanted: Expr) -> bool:
        if not keys:  # most junctions are never asked
            keys.update(keyed(parts, context))
        return Keyed(wanted, {}) in keys

    return holds


def is_outermost(node: FunctionCall, context: Context) -> bool:
    """Whether `node` is no operand of the same operator, so that `operands` gives all of them."""
    parent = context.parent(node)
    return not isinstance(parent, FunctionCall) or parent.function != node.function


def without(operand: Expr, context: Context, title: str) -> tuple[Fix, ...]:
    """A safe fix that leaves out one operand of `and` or `or`, which must not matter; none if the value would change.

    The last operand left takes the place of the whole: in a Boolean position it has the same meaning there.
    """
    holder = context.parent(operand)
    if not isinstance(holder, FunctionCall):
        return ()
    if len(holder.arguments) > 2 and context.text is not None:
        from pqltools.checks.leaving_out import leaving_out

        edit = leaving_out(operand, holder, context)
        if edit is not None:
            return (Fix(title, (edit,), safe=True),)
    rest = tuple([part for part in holder.arguments if part is not operand])
    if len(rest) > 1:
        return context.replace(holder, FunctionCall(holder.function, rest), title, safe=True)
    if not rest or not context.is_condition(holder):
        return ()
    return context.replace(holder, rest[0], title, safe=True)


def is_surely_condition(node: Expr, context: Context) -> bool:
    """Whether the node stands in a Boolean position, whatever the expression is for.

    The whole expression, and what becomes its value, is a condition only in a segment: it may as well be a formula.
    """
    if not context.is_condition(node):
        return False
    part: Node = node
    for above in context.ancestors(node):
        becomes_value = isinstance(above, Let | Lambda) or (
            isinstance(above, FunctionCall) and above.function == "if" and part is not above.arguments[0]
        )
        if not becomes_value:
            return True
        part = above
    return context.around.segment is not None

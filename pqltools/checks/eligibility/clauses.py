"""How complex is the logic of a condition?  The number of clauses of its conjunctive normal form, without building it.

Adobe refuses to save an audience whose normal form is too large, and publishes no number; this count is ours. It is
that of distributing `or` over `and` after moving `not` inwards, without leaving out what is repeated or always true.
"""

from __future__ import annotations

from pqltools.syntax.ast import FunctionCall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.syntax.ast import Expr

CONNECTIVES = ("and", "or", "not")
#: Counting stops here.
CAP = 1_000_000_000


def clauses(node: Expr, *, negated: bool = False) -> int:
    """The clauses of `node`, or of its negation, up to `CAP`. What is not `and`, `or` or `not` is one clause."""
    if not isinstance(node, FunctionCall) or node.function not in CONNECTIVES:
        return 1
    if node.function == "not" and len(node.arguments) == 1:
        return clauses(node.arguments[0], negated=not negated)
    if node.function == "not":
        return 1
    adds = (node.function == "and") is not negated
    count = 0 if adds else 1
    for operand in node.arguments:
        inner = clauses(operand, negated=negated)
        count = min(CAP, count + inner if adds else count * inner)
    return count

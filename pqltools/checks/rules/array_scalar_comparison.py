"""An array is compared with a single value.

Such a comparison holds if it holds for some item; Adobe's documents use it, and do not say so. Negative tests are the
trap: `!=` then asks whether some item differs, not whether no item is equal. A quantifier says which is meant.

```pql bad
xEvent.commerce.cartAbandons.value > 0
```
```pql fixed
exists X from xEvent where X.commerce.cartAbandons.value > 0
```
```pql good
exists X from xEvent where X.commerce.cartAbandons.value > 0
```
```pql bad
xEvent.eventType != "commerce.purchases"
```
```pql good
none X from xEvent where X.eventType = "commerce.purchases"
```
"""

from __future__ import annotations

from pqltools.checks.constants import NEGATIVE_TESTS, TESTS
from pqltools.checks.registry import Rule
from pqltools.inference.scopes import bound_for
from pqltools.records import replace
from pqltools.syntax.ast import (
    FieldLookup,
    FunctionCall,
    Occurs,
    Quantification,
    VariableDeclaration,
    VariableReference,
)
from pqltools.syntax.walk import walk
from pqltools.types.model import ArrayType, is_scalar, item_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pqltools.checks.context import Context
    from pqltools.diagnostics import Fix
    from pqltools.syntax.ast import Expr, Node


def check(node: FunctionCall | Occurs, context: Context) -> None:
    """Report an array on the left where the right side is none."""
    if isinstance(node, Occurs):
        left = node.timestamp
    elif len(node.arguments) < 2:
        return
    else:
        left = node.arguments[0]
        right = context.type(node.arguments[1])
        if not is_scalar(right) and node.function not in ("in", "notIn"):
            return
    if not isinstance(context.type(left), ArrayType):
        return
    if isinstance(node, FunctionCall) and node.function in NEGATIVE_TESTS:
        meant = replace(node, function=NEGATIVE_TESTS[node.function], spelling=None)
        none = context.source(_quantified("none", meant, left, context), 100)
        message = f"{context.source(left)} is an array: this holds if some item differs"
        context.report(node, message, help=f"to ask that no item is equal write {none}")
        return
    some = _quantified("some", node, left, context)
    message = f"{context.source(left)} is an array: this holds if it holds for some item"
    fixes: tuple[Fix, ...] = ()
    if not isinstance(item_type(context.type(left)), ArrayType):
        fixes = context.replace(node, some, "say so with a quantifier", safe=False)
    context.report(node, message, help=f"say so: {context.source(some, 100)}", fixes=fixes)


def _quantified(quantifier: str, node: FunctionCall | Occurs, left: Expr, context: Context) -> Quantification:
    """The comparison for the items of the array that `left` is, with a clause for each array on the path to it."""
    steps: list[FieldLookup] = []
    array = left
    while isinstance(array, FieldLookup) and isinstance(context.type(array.object), ArrayType):
        steps.append(array)
        array = array.object
    names = _new_names(node, context)
    name = next(names)
    clauses = [(name, array)]
    item: Expr = VariableReference(name)
    for step in reversed(steps):
        item = FieldLookup(item, step.name)
        member = context.member(step)
        if member is not None and isinstance(member.type, ArrayType):
            name = next(names)
            clauses.append((name, item))
            item = VariableReference(name)
    condition: Expr
    if isinstance(node, Occurs):
        condition = replace(node, timestamp=item)
    else:
        condition = replace(node, arguments=(item, *node.arguments[1:]))
    *outer, (name, source) = clauses
    declared = [VariableDeclaration(*clause) for clause in outer]
    return Quantification(quantifier, (*declared, VariableDeclaration(name, source, condition)))


def _new_names(node: FunctionCall | Occurs, context: Context) -> Iterator[str]:
    """Names that are neither used in the comparison nor bound around it."""
    taken = {part.name for part in walk(node) if isinstance(part, VariableReference | VariableDeclaration)}
    below: Node = node
    for above in context.ancestors(node):
        taken.update(bound_for(above, below))
        below = above
    for number in range(len(taken) + 100):
        name = "XYZ"[number] if number < 3 else f"X{number}"
        if name not in taken:
            yield name


RULE = Rule(
    "PQL207",
    "array-scalar-comparison",
    "warning",
    check,
    nodes=(FunctionCall, Occurs),
    functions=tuple(sorted(TESTS)),
)

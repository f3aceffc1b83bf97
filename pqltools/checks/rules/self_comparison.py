"""Something is compared with itself.

The answer does not depend on the value: `=`, `<=` and `>=` hold whenever there is one, `!=`, `<` and `>` never do. One
of the sides is probably meant to be another field.

```pql bad
homeAddress.stateProvince = homeAddress.stateProvince
```
```pql fixed
homeAddress.stateProvince.isNotNull()
```
```pql good
homeAddress.stateProvince = workAddress.stateProvince
```

The same holds for a timestamp and a window of time that is measured from it.

```pql bad
select X from xEvent where X.timestamp occurs < 2 days before X.timestamp
```
```pql good
select X from xEvent, Y from xEvent where Y.timestamp occurs < 2 days before X.timestamp
```
"""

from __future__ import annotations

from pqltools.checks.registry import Rule
from pqltools.syntax.ast import FieldLookup, FunctionCall, Occurs, VariableReference
from pqltools.types.model import is_scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.diagnostics import Fix

#: Tests that hold for equal sides.
_REFLEXIVE = frozenset(("=", "<=", ">=", "equals", "startsWith", "endsWith", "contains", "in"))
_IRREFLEXIVE = frozenset(
    ("!=", "<", ">", "notEqualTo", "doesNotStartWith", "doesNotEndWith", "doesNotContain", "notIn")
)


def check(node: FunctionCall | Occurs, context: Context) -> None:
    """Report equal sides that are no constants: `constant-condition` speaks of those."""
    if isinstance(node, Occurs):
        if node.window.time == node.timestamp or node.window.end == node.timestamp:
            message = f"{context.source(node.timestamp)} is measured from itself"
            context.report(node, message, help="one of the two is probably meant to be another timestamp")
        return
    if len(node.arguments) < 2:
        return
    left, right = node.arguments[:2]
    if isinstance(left, FieldLookup | FunctionCall | VariableReference) and left == right:
        _report(node, context)


def _report(node: FunctionCall, context: Context) -> None:
    left = node.arguments[0]
    message = f"{context.source(left)} is compared with itself"
    if node.function in _IRREFLEXIVE:
        context.report(node, message, help="this never holds: one side is probably meant to be another field")
        return
    fixes: tuple[Fix, ...] = ()
    if node.function in ("=", "equals"):
        test = FunctionCall("isNotNull", (left,))
        fixes = context.replace(node, test, "use `isNotNull()`", safe=is_scalar(context.type(left)))
    context.report(node, message, help="this holds whenever there is a value", fixes=fixes)


RULE = Rule(
    "PQL302",
    "self-comparison",
    "warning",
    check,
    nodes=(FunctionCall, Occurs),
    functions=tuple(sorted(_REFLEXIVE | _IRREFLEXIVE)),
)

"""A negated test has a positive form that means the same, for missing values too.

`not x.isNull()` is `x.isNotNull()`. Most negations have no such form in PQL, because a comparison with a missing value
is false and its negation true: `not (a = b)` is not `a != b`. The two are the same only where nothing can be missing,
as for a count. This rule speaks of those cases alone.

```pql bad
not (personalEmail.address.isNull())
```

```pql fixed
personalEmail.address.isNotNull()
```

```pql bad
not (xEvent.count() > 5)
```

```pql fixed
xEvent.count() <= 5
```

```pql good
not (homeAddress.countryCode = "US")
```
"""

from __future__ import annotations

from pqltools.checks.registry import Rule
from pqltools.syntax.ast import DoubleLiteral, FunctionCall, IntegerLiteral

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.syntax.ast import Expr

_OPPOSITES = {
    "isNull": "isNotNull",
    "isNotNull": "isNull",
    "=": "!=",
    "!=": "=",
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
}
#: Calls whose value is a number, whatever their arguments are (semantics.md, section 7).
_NUMBERS = frozenset(("count", "currentMonth", "currentYear", "currentDayOfMonth"))


def check(node: FunctionCall, context: Context) -> None:
    """See the page."""
    match node.arguments:
        case (FunctionCall(function, arguments) as test,) if function in _OPPOSITES:
            pass
        case _:
            return
    opposite = _OPPOSITES[function]
    comparison = not function.startswith("is")
    if len(arguments) != 1 + comparison or (comparison and not all(map(_is_number, arguments))):
        return
    above = context.parent(node)
    if isinstance(above, FunctionCall) and above.function == "not":
        return  # two negations in a row, which another rule removes
    new = FunctionCall(opposite, arguments, spelling="operator" if comparison else "method")
    context.report(
        node,
        f"`not` with `{test.function}` is `{opposite}`",
        help=f"write `{opposite}`",
        fixes=context.replace(node, new, f"write `{opposite}`", safe=True),
    )


def _is_number(node: Expr) -> bool:
    """Whether the value is a number for every profile."""
    if isinstance(node, FunctionCall):
        return node.function in _NUMBERS
    return isinstance(node, (IntegerLiteral, DoubleLiteral))


RULE = Rule("PQL408", "negated-test", "information", check, nodes=(FunctionCall,), functions=("not",))

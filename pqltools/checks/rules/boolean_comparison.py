"""A condition is compared with `true` or `false`.

What holds or does not hold need not be compared: `x.isNull() = true` is `x.isNull()`. Such comparisons come from
languages in which a test is a value like any other, or are left over from an edit.

```pql bad
xEvent.exists(eventType = "web.webpagedetails.pageViews") = true
```

```pql fixed
xEvent.exists(eventType = "web.webpagedetails.pageViews")
```

```pql bad
(homeAddress.countryCode = "US") = false
```

```pql fixed
not homeAddress.countryCode = "US"
```

A field that holds a boolean is another matter, and never reported: `= false` is false for a missing value and `not` is
true, and by itself such a field may be read as "has a value".

```pql good
personalEmail.primary = true and workEmail.primary = false
```
"""

from __future__ import annotations

from pqltools.checks.registry import Rule
from pqltools.syntax.ast import BooleanLiteral, Chain, FunctionCall, Occurs, Quantification

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.syntax.ast import Expr

#: Calls whose value is true or false, whatever their arguments are (semantics.md, section 2).
_DEFINITE = frozenset(
    """and or not = != < <= > >= in notIn like matches startsWith doesNotStartWith endsWith doesNotEndWith contains
    doesNotContain equals notEqualTo isNull isNotNull exists inSegment""".split()
)
#: Calls whose value may also be null.
_TESTS = frozenset("intersects subsetOf supersetOf includes".split())


def check(node: FunctionCall, context: Context) -> None:
    """See the page."""
    match node.arguments:
        case (test, BooleanLiteral(value)) | (BooleanLiteral(value), test):
            pass
        case _:
            return
    definite = _is_definite(test)
    if not definite and not _is_test(test):
        return
    holds = value == (node.function == "=")
    new = test if holds else FunctionCall("not", (test,))
    # Null compared with a boolean is false: so is null in a condition, but not its negation.
    safe = definite or (holds and context.is_condition(node))
    if not safe:
        return
    title = "leave the comparison out" if holds else "write `not`"
    literal = "true" if value else "false"
    context.report(
        node,
        f"a condition is compared with `{literal}`",
        help=f"write {context.source(test)}" if holds else f"write `not (…)` around {context.source(test)}",
        fixes=context.replace(node, new, title, safe=True),
    )


def _is_definite(node: Expr) -> bool:
    if isinstance(node, FunctionCall):
        return node.function in _DEFINITE
    return isinstance(node, (Quantification, Chain))


def _is_test(node: Expr) -> bool:
    return isinstance(node, Occurs) or (isinstance(node, FunctionCall) and node.function in _TESTS)


RULE = Rule("PQL407", "boolean-comparison", "information", check, nodes=(FunctionCall,), functions=("=", "!="))

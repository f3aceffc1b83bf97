"""A `not` before a comparison that would read as simpler without it lets null through.

A comparison with null is false, and `not` makes that true. So `not(a != b)` is not `a = b`: it also holds for every
profile that lacks one of the fields, and there it usually surprises. The same goes for `not` before `notIn`,
`notEqualTo`, `doesNotContain` and their like.

```pql bad
not(homeAddress.countryCode != "US")
```
```pql fixed
homeAddress.countryCode = "US"
```
```pql good
homeAddress.countryCode = "US" or homeAddress.countryCode.isNull()
```

`not(a = b)` between two fields is only pointed out: it holds where one of the addresses is missing, `a != b` does not.

```pql bad
not(homeAddress.countryCode = workAddress.countryCode)
```
```pql good
homeAddress.countryCode != workAddress.countryCode
```
```pql good
not(homeAddress.countryCode = workAddress.countryCode) and workAddress.countryCode.isNotNull()
```

With a literal on the right, `not(homeAddress.countryCode = "US")` is the ordinary way to say "everybody but", and is no
finding.
"""

from __future__ import annotations

from pqltools.checks.constants import NEGATIVE_TESTS
from pqltools.checks.null_tests import is_null_tested
from pqltools.checks.registry import Rule
from pqltools.syntax.ast import FieldLookup, FunctionCall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context


def check(node: FunctionCall, context: Context) -> None:
    """Report `not` before a negative test, and before the equality of two fields."""
    test = node.arguments[0] if len(node.arguments) == 1 else None
    if not isinstance(test, FunctionCall) or len(test.arguments) < 2:
        return
    left, right = test.arguments[:2]
    if is_null_tested(left, context) or is_null_tested(right, context):
        return
    if test.function in NEGATIVE_TESTS:
        positive = FunctionCall(NEGATIVE_TESTS[test.function], test.arguments, spelling=test.spelling)
        message = f"{context.source(node)} also holds where {context.source(left)} is null"
        fixes = context.replace(node, positive, "leave out both negations", safe=False)
        context.report(node, message, help="two negations are not none: null passes here", fixes=fixes)
    elif test.function in ("=", "equals") and isinstance(left, FieldLookup) and isinstance(right, FieldLookup):
        sides = f"{context.source(left)} or {context.source(right)}"
        help = "`!=` does not hold there; if null is meant to pass, `isNull()` would say so"
        context.report(node, f"this also holds where {sides} is null", help=help, severity="information")


RULE = Rule("PQL305", "negated-equality", "warning", check, nodes=(FunctionCall,), functions=("not",))

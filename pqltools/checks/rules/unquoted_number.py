"""A field of text is compared with a number without quotes.

The number is converted to a string, and strings are compared character by character: `"9"` is more than `10`, and the
postal code `"01234"` is not equal to `1234`. With `=` and its like the answer is what the quoted number would give;
with `<` and `>` it is hardly ever what is meant.

```pql bad
homeAddress.postalCode > 20000
```
```pql bad
homeAddress.postalCode = 20095
```
```pql fixed
homeAddress.postalCode = "20095"
```
```pql good
homeAddress.postalCode = "20095"
```
"""

from __future__ import annotations

from pqltools.checks.registry import Rule
from pqltools.syntax.ast import DoubleLiteral, FunctionCall, IntegerLiteral, StringLiteral
from pqltools.syntax.operators import COMPARISONS
from pqltools.types.model import STRING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.diagnostics import Fix

_ORDER = ("<", "<=", ">", ">=")


def check(node: FunctionCall, context: Context) -> None:
    """Report a number on the right of a text."""
    if len(node.arguments) < 2 or context.type(node.arguments[0]) is not STRING:
        return
    field, number = node.arguments[:2]
    if not isinstance(number, IntegerLiteral | DoubleLiteral):
        return
    message = f"{context.source(field)} is a string, `{number.value}` is a number"
    if node.function in _ORDER:
        context.report(node, message, help='strings are ordered character by character: `"9"` comes after `"10"`')
        return
    fixes: tuple[Fix, ...] = ()
    if isinstance(number, IntegerLiteral):
        fixes = context.replace(number, StringLiteral(str(number.value)), "put it in quotes", safe=True)
    context.report(number, message, help="put it in quotes", fixes=fixes)


RULE = Rule(
    "PQL212",
    "unquoted-number",
    "warning",
    check,
    nodes=(FunctionCall,),
    functions=(*COMPARISONS, "equals", "notEqualTo"),
)

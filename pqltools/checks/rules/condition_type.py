"""A condition is a value that is always there, so that it always holds.

In a condition anything that has a value is true, 0 and the empty string included: `xEvent.count()` is a number, and as
a condition it holds for a profile without events too. What is meant is a comparison, or the array itself, which holds
if it has items.

```pql bad
homeAddress.countryCode = "US" and xEvent[eventType = "commerce.purchases"].count()
```
```pql good
homeAddress.countryCode = "US" and xEvent[eventType = "commerce.purchases"]
```
```pql bad
homeAddress.countryCode = "US" or "CA"
```
```pql good
homeAddress.countryCode in ["US", "CA"]
```
```pql bad
if (1, "a", "b")
```

A field is true where it has a value, which is a usual test. The value of the whole expression is looked at only in a
segment definition: an expression by itself may well be there to compute a number.

```pql good
personalEmail.address and xEvent.commerce.order
```
```pql good
xEvent.count()
```
"""

from __future__ import annotations

from pqltools.checks.constants import is_defined
from pqltools.checks.operands import is_surely_condition
from pqltools.checks.registry import Rule
from pqltools.checks.type_words import words
from pqltools.syntax.ast import (
    DoubleLiteral,
    FunctionCall,
    IntegerLiteral,
    ObjectLiteral,
    StringLiteral,
    TimestampLiteral,
)
from pqltools.types.model import BOOLEAN, STRING, is_scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.syntax.ast import Expr

#: Functions that always have a value, which is no boolean and no array.
_DEFINED = ("count", "sum", "currentMonth", "currentYear", "currentDayOfMonth")


def check(node: Expr, context: Context) -> None:
    """Report a condition that is no condition: a literal, or a number that is never null."""
    type = context.type(node)
    if not is_defined(node) or type is BOOLEAN or not (is_scalar(type) or isinstance(node, ObjectLiteral)):
        return
    if not is_surely_condition(node, context):
        return
    parent = context.parent(node)
    help = "compare it with something: `> 0`"
    if type is STRING:
        help = "did you mean a comparison?"
        if isinstance(parent, FunctionCall) and parent.function == "or":
            help = 'a list of values is written `in ["US", "CA"]`'
    context.report(node, f"{context.source(node)} is {words(type)}, so that this condition always holds", help=help)


RULE = Rule(
    "PQL210",
    "condition-type",
    "warning",
    check,
    nodes=(FunctionCall, StringLiteral, IntegerLiteral, DoubleLiteral, TimestampLiteral, ObjectLiteral),
    functions=_DEFINED,
)

"""A number is compared with a number in quotes.

The string is converted, so that the comparison works. But it reads as if the field held text, where `"9"` would be
greater than `"10"`, and the platform converts the literal on its own terms.

```pql bad
person.birthYear = "1985"
```
```pql fixed
person.birthYear = 1985
```
```pql good
homeAddress.postalCode = "1985"
```
```pql bad
person.birthYear in ["1985", "1986", 1987]
```
```pql fixed
person.birthYear in [1985, 1986, 1987]
```
"""

from __future__ import annotations

from pqltools.checks.registry import Rule
from pqltools.records import replace
from pqltools.syntax.ast import DoubleLiteral, FunctionCall, IntegerLiteral, ListLiteral, StringLiteral
from pqltools.syntax.operators import COMPARISONS, INTEGER_MAX, INTEGER_MIN
from pqltools.types.conversion import is_number
from pqltools.types.model import NUMBERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.syntax.ast import Expr


def check(node: FunctionCall, context: Context) -> None:
    """Report a numeric left side with a number in quotes on the right, or in the list there."""
    if len(node.arguments) < 2 or context.type(node.arguments[0]) not in NUMBERS:
        return
    field, right = node.arguments[:2]
    items = right.items if isinstance(right, ListLiteral) else (right,)
    unquoted = [_unquoted(item) for item in items]
    place = next((item for item, number in zip(items, unquoted, strict=True) if number is not None), None)
    if place is None:
        return
    numbers = tuple([item if number is None else number for item, number in zip(items, unquoted, strict=True)])
    new: Expr = replace(right, items=numbers) if isinstance(right, ListLiteral) else numbers[0]
    fixes = context.replace(right, new, "leave out the quotes", safe=True)
    context.report(place, f"{context.source(field)} is a number, {context.source(place)} is not", fixes=fixes)


def _unquoted(node: Expr) -> Expr | None:
    """The number that a string literal converts to."""
    if not isinstance(node, StringLiteral) or not is_number(node.value):
        return None
    if node.value.lstrip("+-").isdecimal():
        whole = int(node.value)
        return IntegerLiteral(whole) if INTEGER_MIN <= whole <= INTEGER_MAX else None
    number = float(node.value)
    return DoubleLiteral(number) if abs(number) != float("inf") else None


RULE = Rule(
    "PQL206",
    "quoted-number",
    "warning",
    check,
    nodes=(FunctionCall,),
    functions=(*COMPARISONS, "in", "notIn", "equals", "notEqualTo"),
)

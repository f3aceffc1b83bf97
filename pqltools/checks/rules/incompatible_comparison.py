"""Two values are compared that can never be compared.

The right side of a comparison is converted to the type of the left side: a string to a number, a boolean or a timestamp
where it reads as one, a number to a string. What cannot be converted is null, and a comparison with null is false, so
that the condition never holds. Where a type comes from the standard fields alone, and not from a schema of your own,
this is a warning.

```pql bad
person.birthYear = "the eighties"
```
```pql good
person.birthYear >= 1980 and person.birthYear < 1990
```
```pql bad
person.name = "Kim"
```
```pql good
person.name.firstName = "Kim"
```
```pql bad
xEvent[timestamp > "soon"]
```
```pql bad
personalEmail.primary = 1
```
```pql good
personalEmail.primary = true
```
"""

from __future__ import annotations

from pqltools.checks.certainty import severity
from pqltools.checks.registry import Rule
from pqltools.checks.type_words import words
from pqltools.syntax.ast import FunctionCall, ListLiteral, StringLiteral
from pqltools.syntax.operators import COMPARISONS
from pqltools.types.conversion import converts, reads_as
from pqltools.types.model import ANY, STRING, ArrayType, MapType, item_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.syntax.ast import Expr
    from pqltools.types.model import Type

_LISTS = ("in", "notIn")


def check(node: FunctionCall, context: Context) -> None:
    """Report the sides of a comparison, or each item of a list, that do not fit."""
    if len(node.arguments) < 2:
        return
    left, right = node.arguments[:2]
    if node.function not in _LISTS:
        _check_sides(node, left, right, context.type(right), context)
    elif isinstance(right, ListLiteral):
        for item in right.items:
            _check_sides(item, left, item, context.type(item), context)
    else:
        type = context.type(right)
        _check_sides(node, left, right, item_type(type) if isinstance(type, ArrayType) else type, context)


def _check_sides(place: Expr, left: Expr, right: Expr, type: Type, context: Context) -> None:
    own = context.type(left)
    if own is ANY or type is ANY:
        return
    if not converts(own, type):
        message = f"{context.source(left)} is {words(own)}, and {context.source(right)} is {words(type)}"
        context.report(place, message, help=_help(own, type), severity=severity(context, left, right))
        return
    # An array is compared item by item.
    one, other = _one(own), _one(type)
    if other is STRING and isinstance(right, StringLiteral) and not reads_as(right.value, one):
        message = f"{context.source(left)} is {words(own)}, and {context.source(right)} does not read as one"
        context.report(place, message, severity=severity(context, left))
    elif one is STRING and isinstance(left, StringLiteral) and not reads_as(left.value, other) and other is not STRING:
        message = f"{context.source(right)} is {words(type)}, and {context.source(left)} does not read as one"
        context.report(place, message, severity=severity(context, right))


def _one(type: Type) -> Type:
    while isinstance(type, ArrayType | MapType):
        type = item_type(type)
    return type


def _help(left: Type, right: Type) -> str | None:
    if isinstance(right, ArrayType) and not isinstance(left, ArrayType):
        return "`in` asks whether a value is one of many"
    return None


RULE = Rule(
    "PQL204",
    "incompatible-comparison",
    "error",
    check,
    nodes=(FunctionCall,),
    functions=(*COMPARISONS, "equals", "notEqualTo", *_LISTS),
)

"""A negation of a negation says nothing.

In a condition `not (not x)` holds exactly where `x` does, null included: a missing value is false, its negation true,
and the negation of that false again. Two negations in a row are mostly left over from an edit, and easily misread.

```pql bad
not (not homeAddress.countryCode = "US")
```

```pql fixed
homeAddress.countryCode = "US"
```

```pql bad
homeAddress.city = "Bath" and !(!(person.birthYear > 1980 or person.gender = "female"))
```

```pql fixed
homeAddress.city = "Bath" and (person.birthYear > 1980 or person.gender = "female")
```

```pql good
not (homeAddress.countryCode = "US" and not homeAddress.city = "Bath")
```

Outside of conditions, as in an object literal, `not (not x)` makes a boolean of any value, and is left alone.
"""

from __future__ import annotations

from pqltools.checks.registry import Rule
from pqltools.syntax.ast import FunctionCall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context


def check(node: FunctionCall, context: Context) -> None:
    """See the page."""
    match node:
        case FunctionCall("not", (FunctionCall("not", (operand,)),)) if context.is_condition(node):
            fixes = context.replace(node, operand, "remove both negations", safe=True)
            context.report(node, "two negations in a row", help=f"write {context.source(operand)}", fixes=fixes)
        case _:
            pass


RULE = Rule("PQL403", "double-negation", "information", check, nodes=(FunctionCall,), functions=("not",))

"""`in` or `notIn` with a list of one item is a comparison.

`=` and `!=` say the same in fewer words, and both sides are false for a missing value in either form. The segment
builder writes such lists where several values could be chosen and one was.

```pql bad
person.gender in ["female"]
```

```pql fixed
person.gender = "female"
```

```pql bad also=PQL306
homeAddress.countryCode notIn ["US"]
```

```pql fixed also=PQL306
homeAddress.countryCode != "US"
```

```pql good
homeAddress.countryCode in ["US", "CA"]
```

Nothing is said of a field that holds an array: a reader would take `=` for a comparison with the array as a whole. The
fix is safe where both sides are known to be of one type.
"""

from __future__ import annotations

from pqltools.checks.registry import Rule
from pqltools.syntax.ast import FunctionCall, ListLiteral, NullLiteral
from pqltools.types.model import ANY, NUMBERS, is_scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.types.model import Type

_COMPARISONS = {"in": "=", "notIn": "!="}


def check(node: FunctionCall, context: Context) -> None:
    """See the page."""
    match node.arguments:
        case (left, ListLiteral((item,))) if not isinstance(item, NullLiteral):
            left_type, item_type = context.type(left), context.type(item)
        case _:
            return
    if not (left_type is ANY or is_scalar(left_type)) or not is_scalar(item_type):
        return
    operator = _COMPARISONS[node.function]
    fixes = context.replace(
        node, FunctionCall(operator, (left, item)), f"compare with `{operator}`", safe=_alike(left_type, item_type)
    )
    context.report(
        node,
        f"`{node.function}` with a single item is `{operator}`",
        help=f"write {context.source(left)[:-1]} {operator} {context.source(item)[1:]}",
        fixes=fixes,
    )


def _alike(left: Type, right: Type) -> bool:
    """Whether nothing has to be converted."""
    return left is right or (left in NUMBERS and right in NUMBERS)


RULE = Rule("PQL402", "single-item-list", "information", check, nodes=(FunctionCall,), functions=("in", "notIn"))

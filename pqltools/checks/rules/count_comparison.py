"""A count is only asked whether it is zero.

Whether there is such an item at all is what `exists` asks. It says so to the reader, may stop at the first item, and
keeps the expression free of an aggregation, about which the platform warns when a segment is saved.

```pql bad
xEvent[eventType = "commerce.purchases"].count() > 0
```

```pql fixed
xEvent.exists(eventType = "commerce.purchases")
```

```pql bad
(select X from xEvent where X.commerce.order.priceTotal > 100).count() >= 1
```

```pql fixed
exists X from xEvent where X.commerce.order.priceTotal > 100
```

```pql bad
homeAddress.countryCode = "US" and xEvent.count(timestamp occurs today) = 0
```

```pql fixed
homeAddress.countryCode = "US" and not xEvent.exists(timestamp occurs today)
```

```pql good
xEvent[eventType = "commerce.purchases"].count() > 1
```

A missing array counts as empty in both forms. The fix is safe where the schema says that there is an array, or where
`select` makes one.
"""

from __future__ import annotations

from pqltools.checks.registry import Rule
from pqltools.syntax.ast import DoubleLiteral, FunctionCall, IntegerLiteral, ItemLambda, Quantification, Select
from pqltools.syntax.operators import COMPARISONS
from pqltools.types.model import ArrayType, MapType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.diagnostics import Fix
    from pqltools.syntax.ast import Expr

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
#: What a comparison of a count with a number asks: whether there are items, or whether there are none.
_SOME: dict[tuple[str, float], bool] = {
    (">", 0): True,
    ("!=", 0): True,
    (">=", 1): True,
    ("=", 0): False,
    ("<=", 0): False,
    ("<", 1): False,
}


def check(node: FunctionCall, context: Context) -> None:
    """See the page."""
    match node.arguments:
        case (FunctionCall("count") as count, IntegerLiteral(limit) | DoubleLiteral(limit)):
            some = _SOME.get((node.function, limit))
        case (IntegerLiteral(limit) | DoubleLiteral(limit), FunctionCall("count") as count):
            some = _SOME.get((_MIRRORED[node.function], limit))
        case _:
            return
    if some is None or not 1 <= len(count.arguments) <= 2:
        return
    test, over = _existence(count)
    fixes: tuple[Fix, ...] = ()
    if test is not None:
        new = test if some else FunctionCall("not", (test,))
        safe = isinstance(over, Select) or isinstance(context.type(over), (ArrayType, MapType))
        fixes = context.replace(node, new, "ask with `exists`", safe=safe)
    context.report(
        node,
        "the count only tells whether there is an item at all",
        help=f"ask with `{'exists' if some else 'not exists'}`",
        fixes=fixes,
    )


def _existence(count: FunctionCall) -> tuple[Expr | None, Expr]:
    """The test whether there is anything to count, None if it takes some thought; and what is counted."""
    match count.arguments:
        case (Select(variables) as select,):
            return Quantification("some", variables), select
        case (FunctionCall("filter", (array, ItemLambda() as condition)),):
            return FunctionCall("exists", (array, condition)), array
        case (array,):
            return FunctionCall("exists", (array,)), array
        case (array, ItemLambda() as condition) if not isinstance(array, Select):
            return FunctionCall("exists", (array, condition)), array
        case (array, _):
            return None, array
        case _:
            raise AssertionError


RULE = Rule("PQL401", "count-comparison", "information", check, nodes=(FunctionCall,), functions=COMPARISONS)

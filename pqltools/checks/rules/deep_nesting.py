"""A path leads through more arrays and maps than the audience builder recommends.

A value inside nested arrays and maps takes the longer to find the deeper it lies; the builder warns above two levels.
Counted are the arrays and maps that are entered on the way from the profile, or from an event, to a value: a filter
stays on the level of its array, its items are one deeper. The list of events itself does not count [ours].

```pql bad nested-levels=1
xEvent.exists(productListItems.exists(SKU = "A" and selectedOptions.exists(attribute = "size")))
```

```pql good
xEvent.exists(productListItems.exists(SKU = "A" and selectedOptions.exists(attribute = "size")))
```

```pql good nested-levels=1
xEvent.exists(productListItems.exists(SKU = "A"))
```

The cure lies in the data: copy what audiences ask for often to a higher place of the schema.
"""

from __future__ import annotations

from pqltools.checks.eligibility.nesting import holds_events, is_container, level, may_be_container
from pqltools.checks.registry import Rule
from pqltools.syntax.ast import FieldLookup, FunctionCall, ItemLambda, VariableDeclaration
from pqltools.syntax.operators import ITEM_FUNCTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.syntax.ast import Expr


def check(node: FunctionCall | FieldLookup | VariableDeclaration, context: Context) -> None:
    """See the page. The finding is where the limit is passed, not at what lies deeper still."""
    match node:
        case FieldLookup(receiver):
            if not is_container(receiver, context):
                return
        case VariableDeclaration(_, receiver):
            pass
        case FunctionCall("get" | "head", (receiver, *_)):
            if not may_be_container(receiver, context):
                return
        case FunctionCall(_, (receiver, ItemLambda(), *_)):
            pass
        case _:
            return
    limit = context.around.limits.nested_levels
    if level(receiver, context) != limit or holds_events(receiver) or _is_filter(receiver):
        return
    message = f"{context.source(receiver)} is entered on level {limit + 1} of arrays and maps; {limit} is recommended"
    help = "copy what audiences ask for to a higher place of the schema"
    context.report(node, message, help=help)


def _is_filter(node: Expr) -> bool:
    """Whether a list has been entered already, to filter it."""
    return isinstance(node, FunctionCall) and len(node.arguments) > 1 and isinstance(node.arguments[1], ItemLambda)


RULE = Rule(
    "PQL505",
    "deep-nesting",
    "warning",
    check,
    nodes=(FunctionCall, FieldLookup, VariableDeclaration),
    functions=("get", "head", *sorted(ITEM_FUNCTIONS)),
)

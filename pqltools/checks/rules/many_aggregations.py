"""An expression has more aggregations than the audience builder recommends.

For a plain event the first match is enough; to count, to add up or to compare, the whole history of a profile has to be
read. The builder warns above three. Counted are `count`, `sum`, `average`, `min`, `max`, `distinct`, and `COUNT` in a
chain. Where "at least one" is what matters, ask with `exists`.

```pql bad
xEvent.count(eventType = "a") > 1 and xEvent.count(eventType = "b") > 1
  and xEvent.count(eventType = "c") > 1 and xEvent.count(eventType = "d") > 1
```

```pql good
xEvent.count(eventType = "a") > 1 and xEvent.count(eventType = "b") > 1
  and xEvent.count(eventType = "c") > 1 and xEvent.exists(eventType = "d")
```
"""

from __future__ import annotations

from pqltools.checks.eligibility.facts import AGGREGATIONS
from pqltools.checks.registry import Rule
from pqltools.syntax.ast import ElementCount, FunctionCall
from pqltools.syntax.walk import walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.syntax.ast import Expr, Node


def check(node: FunctionCall | ElementCount, context: Context) -> None:
    """See the page. The finding is at the first aggregation above the limit."""
    limit = context.around.limits.aggregations
    found = context.known.get(__name__)
    if found is None:
        found = context.known[__name__] = aggregations(context.tree)
    if len(found) > limit and node is found[limit]:
        message = f"{len(found)} aggregations; the audience builder recommends {limit} at the most"
        help = "ask with `exists` where one match is enough, or keep a computed attribute"
        context.report(node, message, help=help)


def aggregations(node: Node) -> list[Expr | ElementCount]:
    """All aggregations in `node`."""
    return [part for part in walk(node) if _is_aggregation(part)]  # type: ignore[misc]


def _is_aggregation(node: Node) -> bool:
    return isinstance(node, ElementCount) or (isinstance(node, FunctionCall) and node.function in AGGREGATIONS)


RULE = Rule(
    "PQL504",
    "many-aggregations",
    "warning",
    check,
    nodes=(FunctionCall, ElementCount),
    functions=tuple(sorted(AGGREGATIONS)),
)

"""A definition depends on itself, directly or by way of others.

A segment can be published only when every segment that it refers to is published, so that none of those on a cycle ever
can; and whether a profile is in one of them has no answer.

```yaml bad
- id: buyers
  expression: {type: PQL, format: pql/text, value: 'xEvent.count() > 10 or inSegment("fans")'}
- id: fans
  expression: {type: PQL, format: pql/text, value: 'inSegment("buyers") and loyalty.tier = "gold"'}
```

What both need stands in a definition of its own, to which both may refer:

```yaml good
- id: active
  expression: {type: PQL, format: pql/text, value: xEvent.count() > 10}
- id: buyers
  expression: {type: PQL, format: pql/text, value: inSegment("active")}
- id: fans
  expression: {type: PQL, format: pql/text, value: 'inSegment("active") and loyalty.tier = "gold"'}
```

A definition that refers to itself is the shortest cycle:

```yaml bad
- id: loyal
  expression: {type: PQL, format: pql/text, value: 'inSegment("loyal") or loyalty.tier = "gold"'}
```
"""

from __future__ import annotations

from pqltools.checks.dependencies import segment_id
from pqltools.checks.registry import Rule
from pqltools.checks.segment_graph import knots_of
from pqltools.syntax.ast import FunctionCall
from pqltools.syntax.literals import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context

#: The steps of a longer cycle are not all named.
_SHOWN = 10


def check(node: FunctionCall, context: Context) -> None:
    """See the page."""
    segments, own, id = context.around.segments, context.around.segment, segment_id(node)
    if segments is None or own is None or id is None:
        return
    if id == own.id:
        context.report(node, "the definition refers to itself", help="take this condition out")
        return
    back = knots_of(segments).way(id, own.id)
    if back is None:
        return
    names = [_name(step, context) for step in (own.id, *back)]
    if len(names) > _SHOWN:
        names[4:-3] = [f"{len(names) - 7:,} others"]
    help = "put what they share into a definition of its own, and refer to that"
    context.report(node, f"these definitions depend on one another: {' → '.join(names)}", help=help)


def _name(id: str, context: Context) -> str:
    """What people call the definition. Names need not be unique, so the id of one without is enough."""
    assert context.around.segments is not None
    segment = context.around.segments.get(id)
    return f"`{shorten(segment.name if segment is not None and segment.name else id, 40)}`"


RULE = Rule("PQL111", "segment-cycle", "error", check, nodes=(FunctionCall,), functions=("inSegment",))

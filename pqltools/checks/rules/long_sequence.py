"""A chain has more events than the audience builder saves.

Sequences cost most of all that an audience can ask for, and the builder refuses to save one with more than three
events; the limit is not raised on request. Existing audiences run on, until they are edited. Name the beginning, the
middle and the end of the way.

```pql bad
chain(xEvent, timestamp, [
  A: WHAT(eventType = "web.webpagedetails.pageViews"),
  B: WHAT(eventType = "commerce.productViews"),
  C: WHAT(eventType = "commerce.checkouts"),
  D: WHAT(eventType = "commerce.purchases")
])
```

```pql good
chain(xEvent, timestamp, [
  A: WHAT(eventType = "web.webpagedetails.pageViews"),
  B: WHAT(eventType = "commerce.productViews"),
  C: WHAT(eventType = "commerce.purchases")
])
```

An older text of the same page allows six. When the number changed is not published, so no day chooses between them: the
limit `sequential-events` does.

```pql good sequential-events=6
chain(xEvent, timestamp, [
  A: WHAT(eventType = "web.webpagedetails.pageViews"),
  B: WHAT(eventType = "commerce.productViews"),
  C: WHAT(eventType = "commerce.checkouts"),
  D: WHAT(eventType = "commerce.purchases")
])
```
"""

from __future__ import annotations

from pqltools.checks.registry import Rule
from pqltools.syntax.ast import Chain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context


def check(node: Chain, context: Context) -> None:
    """See the page."""
    limit = context.around.limits.sequential_events
    if len(node.elements) > limit:
        message = f"a sequence of {len(node.elements)} events; the audience builder saves {limit} at the most"
        help = "keep the beginning, the middle and the end, or split the sequence into several audiences"
        context.report(node.elements[limit], message, help=help)


RULE = Rule("PQL503", "long-sequence", "error", check, nodes=(Chain,))

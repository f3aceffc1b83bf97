"""A published definition depends on one that is not published.

Publishing a segment needs every segment that it refers to published, and one that others depend on may be neither
deactivated nor deleted; an inactive segment is not evaluated any more, so that who is in it stays as it was.

```pql good segments=vip:published,trial:draft
inSegment("vip")
```

```yaml bad
- id: trial
  name: Trial users
  lifecycleState: draft
  expression: {type: PQL, format: pql/text, value: loyalty.tier = "trial"}
- id: upsell
  name: Upsell to trial users
  lifecycleState: published
  expression: {type: PQL, format: pql/text, value: 'inSegment("trial") and xEvent.count() > 3'}
```

Drafts may refer to drafts:

```yaml good
- id: trial
  lifecycleState: draft
  expression: {type: PQL, format: pql/text, value: loyalty.tier = "trial"}
- id: upsell
  lifecycleState: draft
  expression: {type: PQL, format: pql/text, value: 'inSegment("trial") and xEvent.count() > 3'}
```
"""

from __future__ import annotations

from pqltools.checks.dependencies import segment_id
from pqltools.checks.registry import Rule
from pqltools.syntax.ast import FunctionCall
from pqltools.syntax.literals import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context

#: What to do about each state. Audiences in lists of the service are archived rather than deleted.
_HELP = {
    "draft": "publish it first",
    "inactive": "activate it, or take this condition out",
    "deleted": "take this condition out",
    "archived": "take this condition out",
}


def check(node: FunctionCall, context: Context) -> None:
    """See the page."""
    segments, own, id = context.around.segments, context.around.segment, segment_id(node)
    if segments is None or own is None or own.state != "published" or id is None or id == own.id:
        return
    target = segments.get(id)
    if target is None or target.state not in _HELP:
        return
    name = shorten(target.name or id, 60)
    state = "a draft" if target.state == "draft" else target.state
    message = f"this definition is published, but `{name}`, which it depends on, is {state}"
    context.report(node, message, help=_HELP[target.state])


RULE = Rule("PQL112", "unpublished-segment", "error", check, nodes=(FunctionCall,), functions=("inSegment",))

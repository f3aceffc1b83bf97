"""There are more audiences among the definitions than a sandbox is meant to hold.

Adobe publishes limits for a sandbox: 4,000 audiences (10,000 in batch with flexible schedules), 500 by streaming or on
edge, 150 on edge. They are soft: what is above them may make evaluation slow. The definitions that are checked together
count as one sandbox, except for deleted ones; the finding is at the first definition above a limit. The limits are
options, `audiences`, `streaming-audiences` and `edge-audiences`.

```yaml bad edge-audiences=1
- id: first
  evaluationInfo: {synchronous: {enabled: true}}
  expression: {type: PQL, format: pql/text, value: 'homeAddress.countryCode = "CH"'}
- id: second
  evaluationInfo: {synchronous: {enabled: true}}
  expression: {type: PQL, format: pql/text, value: 'homeAddress.countryCode = "DE"'}
```

```yaml good edge-audiences=1
- id: first
  evaluationInfo: {synchronous: {enabled: true}}
  expression: {type: PQL, format: pql/text, value: 'homeAddress.countryCode = "CH"'}
- id: second
  evaluationInfo: {batch: {enabled: true}}
  expression: {type: PQL, format: pql/text, value: 'homeAddress.countryCode = "DE"'}
```
"""

from __future__ import annotations

from pqltools.checks.eligibility.guardrails import CODE, breaches
from pqltools.checks.registry import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from pqltools.checks.context import Context
    from pqltools.checks.eligibility.guardrails import Breach
    from pqltools.checks.surroundings import Limits, Segment
    from pqltools.syntax.ast import Expr


def check(tree: Expr, context: Context) -> None:
    """See the page."""
    segments, segment = context.around.segments, context.around.segment
    if not segments or segment is None:
        return
    for breach in _breaches(segments, context.around.limits):
        if breach.segment == segment.id:
            context.report(tree, breach.message, help=breach.help)


def _breaches(segments: Mapping[str, Segment], limits: Limits) -> list[Breach]:
    """The breaches among the definitions; those of the last ones are kept, since each of them asks."""
    global _last
    if _last is None or _last[0] is not segments or _last[1] is not limits:
        _last = segments, limits, breaches(segments.values(), limits)
    return _last[2]


_last: tuple[Mapping[str, Segment], Limits, list[Breach]] | None = None

RULE = Rule(CODE, "too-many-audiences", "warning", check)

"""Whether an expression can be evaluated by the wanted method cannot be told.

The documents of streaming and edge leave shapes out, contradict each other in one place, and some of their rules depend
on definitions that are not at hand. Here that is said, rule by rule, and nothing is guessed: a wrong "yes" would be an
audience that falls back to batch without a word. Like `not-eligible` this rule speaks when a method is given, and only
when no rule is broken.

Beside an event, an audience that is referred to must be about profile attributes only, which its definition shows:

```pql bad method=streaming
inSegment("loyal") and chain(xEvent, timestamp, [C0: WHAT(eventType = "commerce.checkouts") WHEN(today)])
```

```yaml good
- id: loyal
  expression: {type: PQL, format: pql/text, value: 'homeAddress.countryCode = "US"'}
- id: checkouts
  evaluationInfo: {continuous: {enabled: true}}
  expression:
    type: PQL
    format: pql/text
    value: |-
      inSegment("loyal") and chain(xEvent, timestamp, [C0: WHAT(eventType = "commerce.checkouts") WHEN(today)])
```

The newest documents do not say whether events may be counted:

```pql bad method=streaming
chain(xEvent, timestamp, [C0: WHAT(eventType = "commerce.checkouts") WHEN(today) COUNT(5)])
```

```pql good method=edge as-of=2024-06-01
chain(xEvent, timestamp, [C0: WHAT(eventType = "commerce.checkouts") WHEN(today) COUNT(5)])
```
"""

from __future__ import annotations

from pqltools.checks.eligibility.report import report_in
from pqltools.checks.registry import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.syntax.ast import Expr


def check(tree: Expr, context: Context) -> None:
    """See the page."""
    report = report_in(context)
    if report is None or report.eligible != "unknown":
        return
    for rule in report.unsettled:
        message = f"it cannot be told whether this is eligible for {report.method}: {rule.why} (rule {rule.id})"
        context.report(rule.nodes[0] if rule.nodes else tree, message, help=rule.change)


RULE = Rule("PQL502", "eligibility-unknown", "information", check)

"""An expression cannot be evaluated by the method that is wanted of it.

Streaming and edge evaluate only some shapes of expressions. When a definition does not meet their rules, nothing fails:
the service evaluates the audience in batch, once a day, and the builder offers no way back. This rule speaks when a
method is given, on the command line, in the configuration or by the definition's `evaluationInfo`. There is one
finding for each rule that is broken, with its id and the day from which it holds.

```pql bad method=streaming
chain(xEvent, timestamp, [C0: WHAT(eventType = "commerce.checkouts") WHEN(<= 3 days before now)])
```

```pql good method=streaming
chain(xEvent, timestamp, [C0: WHAT(eventType = "commerce.checkouts") WHEN(<= 24 hours before now)])
```

Every event needs a window of its own:

```pql bad method=streaming
chain(xEvent, timestamp, [C0: WHAT(eventType = "commerce.checkouts") WHEN(today), C1: WHAT(eventType = "commerce.purchases")])
```

The rules have changed over the years. Definitions keep their method until they are edited; to see how one was judged
before, give the day:

```pql good method=streaming as-of=2024-06-01
chain(xEvent, timestamp, [C0: WHAT(eventType = "commerce.checkouts") WHEN(<= 3 days before now)])
```

Edge takes one event condition, streaming takes several in the order of a chain:

```pql bad method=edge
chain(xEvent, timestamp, [C0: WHAT(eventType = "commerce.checkouts") WHEN(today), C1: WHAT(eventType = "commerce.purchases") WHEN(today)])
```

```pql good method=streaming
chain(xEvent, timestamp, [C0: WHAT(eventType = "commerce.checkouts") WHEN(today), C1: WHAT(eventType = "commerce.purchases") WHEN(today)])
```

The merge policy has to be active on edge. No expression shows that; the rule counts if it is said.

```pql bad method=streaming edge=no
homeAddress.countryCode = "US"
```

```pql good method=streaming
homeAddress.countryCode = "US"
```

A finding follows from published documents, and from nothing else: what they leave open is `eligibility-unknown`.
"""  # noqa: E501

from __future__ import annotations

from pqltools.checks.eligibility.report import report_in
from pqltools.checks.registry import Rule
from pqltools.diagnostics import Related

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.checks.eligibility.model import RuleResult
    from pqltools.syntax.ast import Expr

#: Further places that a finding names.
_MOST_RELATED = 5


def check(tree: Expr, context: Context) -> None:
    """See the page."""
    report = report_in(context)
    if report is None:
        return
    from pqltools.checks.eligibility.rules import day_text

    for rule in report.broken:
        since = f", since {day_text(rule.since)}" if rule.since else ""
        message = f"not eligible for {report.method}: {rule.why} (rule {rule.id}{since})"
        place = rule.nodes[0] if rule.nodes else tree
        context.report(place, message, help=rule.change, related=_others(rule))


def _others(rule: RuleResult) -> tuple[Related, ...]:
    spans = [node.span for node in rule.nodes[1 : _MOST_RELATED + 1] if node.span is not None]
    return tuple([Related("the same holds here", span) for span in spans])


RULE = Rule("PQL501", "not-eligible", "error", check)

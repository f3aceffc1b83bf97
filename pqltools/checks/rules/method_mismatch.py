"""A definition's `evaluationInfo` contradicts itself, or cannot be read.

`evaluationInfo` says which method evaluates an audience: `batch`, `continuous` for streaming, `synchronous` for edge,
each with `enabled`. If it asks for streaming and edge at once, for nothing at all, or is misspelt, the service and the
reader of the file may well take it differently. Batch beside another method is usual and no contradiction.

```yaml bad
- id: both
  evaluationInfo: {continuous: {enabled: true}, synchronous: {enabled: true}}
  expression: {type: PQL, format: pql/text, value: 'homeAddress.countryCode = "CH"'}
```

```yaml bad
- id: misspelt
  evaluationInfo: {streaming: {enabled: true}}
  expression: {type: PQL, format: pql/text, value: 'homeAddress.countryCode = "CH"'}
```

```yaml good
- id: streaming
  evaluationInfo: {batch: {enabled: true}, continuous: {enabled: true}, synchronous: {enabled: false}}
  expression: {type: PQL, format: pql/text, value: 'homeAddress.countryCode = "CH"'}
```

One key is enough; the others then count as false:

```yaml good
- id: edge
  evaluationInfo: {synchronous: {enabled: true}}
  expression: {type: PQL, format: pql/text, value: 'homeAddress.countryCode = "CH"'}
```
"""

from __future__ import annotations

from pqltools.checks.registry import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.syntax.ast import Expr


def check(tree: Expr, context: Context) -> None:
    """See the page."""
    segment = context.around.segment
    if segment is None or segment.evaluation_info is None:
        return
    from pqltools.checks.eligibility.evaluation_info import read

    for problem in read(segment.evaluation_info).problems:
        context.report(tree, problem.message, help=problem.help)


RULE = Rule("PQL508", "method-mismatch", "warning", check)

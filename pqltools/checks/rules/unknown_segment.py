"""`inSegment` names a definition that is not among the given ones.

On the platform the audience must exist in the same sandbox and be published, or the segment cannot be saved; in a
membership evaluation an unknown id is never true. The usual causes are a name in the place of the id, and an id that
was copied from another sandbox.

The rule speaks only where definitions were given beside the expression, which then are taken for all there are. If
others live on the platform only, ignore it.

```pql bad segments=frequent-buyers,lapsed
inSegment("frequent-byers") and homeAddress.countryCode = "US"
```

```pql fixed segments=frequent-buyers,lapsed
inSegment("frequent-buyers") and homeAddress.countryCode = "US"
```

The name of a definition is no id:

```yaml bad
- id: 2f6d1f0e-8d0c-4f3c-9a51-6f1f0f5c7b11
  name: Frequent buyers
  lifecycleState: published
  expression: {type: PQL, format: pql/text, value: xEvent.count() > 10}
- id: 91a7c8d2-55f4-4c2b-8f0e-0d0a6a1f3e22
  name: Frequent buyers in France
  lifecycleState: published
  expression: {type: PQL, format: pql/text, value: inSegment("Frequent buyers") and homeAddress.countryCode = "FR"}
```

```yaml good
- id: 2f6d1f0e-8d0c-4f3c-9a51-6f1f0f5c7b11
  name: Frequent buyers
  expression: {type: PQL, format: pql/text, value: xEvent.count() > 10}
- id: 91a7c8d2-55f4-4c2b-8f0e-0d0a6a1f3e22
  name: Frequent buyers in France
  expression:
    type: PQL
    format: pql/text
    value: inSegment("2f6d1f0e-8d0c-4f3c-9a51-6f1f0f5c7b11") and homeAddress.countryCode = "FR"
```
"""

from __future__ import annotations

from pqltools.checks.dependencies import segment_id
from pqltools.checks.registry import Rule
from pqltools.syntax.ast import FunctionCall, StringLiteral
from pqltools.syntax.literals import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from pqltools.checks.context import Context
    from pqltools.checks.surroundings import Segment
    from pqltools.diagnostics import Fix
    from pqltools.syntax.ast import Expr


def check(node: FunctionCall, context: Context) -> None:
    """See the page."""
    segments, id = context.around.segments, segment_id(node)
    if segments is None or id is None or id in segments:
        return
    argument = node.arguments[0]
    named = [segment for segment in segments.values() if segment.name == id]
    if named:
        message = f"`{shorten(id, 60)}` is the name of a definition; `inSegment` takes its id"
        fixes = _fixes(argument, named[0].id, context) if len(named) == 1 else ()
        ids = " or ".join([f"`{segment.id}`" for segment in named[:3]])
        context.report(argument, message, help=f"its id is {ids}", fixes=fixes)
        return
    close = _closest(id, segments)
    context.report(
        argument,
        f"none of the given definitions has the id `{shorten(id, 60)}`",
        help=f"did you mean `{close}`?" if close else None,
        fixes=_fixes(argument, close, context) if close else (),
    )


def _fixes(argument: Expr, id: str, context: Context) -> tuple[Fix, ...]:
    return context.replace(argument, StringLiteral(id, spelling=argument.spelling), f"write the id `{id}`", safe=False)


def _closest(id: str, segments: Mapping[str, Segment]) -> str | None:
    from difflib import get_close_matches

    # Two random ids have about a third of their digits in the same places; a typo leaves nearly all.
    return next(iter(get_close_matches(id, segments, 1, 0.75)), None)


RULE = Rule("PQL110", "unknown-segment", "warning", check, nodes=(FunctionCall,), functions=("inSegment",))

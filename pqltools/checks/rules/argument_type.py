"""An argument is of a type that the function cannot take.

A test of text on an object, a sum of strings or a list operation on a single value is null for every profile, or is
refused by the platform. Where the type comes from the standard fields alone, and not from a schema of your own, this is
a warning.

```pql bad
person.name.startsWith("Jo")
```
```pql good
person.name.firstName.startsWith("Jo")
```
```pql bad
xEvent.sum(eventType) > 3
```
```pql good
xEvent.sum(commerce.order.priceTotal) > 3
```
```pql bad
inSegment(17)
```
```pql good
inSegment("17")
```
"""

from __future__ import annotations

from pqltools.checks.certainty import severity
from pqltools.checks.registry import Rule
from pqltools.checks.type_words import words
from pqltools.syntax.ast import FunctionCall, ItemLambda, Lambda

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context


def check(node: FunctionCall, context: Context) -> None:
    """Report what inference has found out about the types of the arguments."""
    binding = context.typing.calls.get(id(node))
    if binding is None or not binding.problems:
        return
    for problem in binding.problems:
        if problem.kind == "type":
            place = node.arguments[problem.index]
            if isinstance(place, ItemLambda | Lambda):
                place = place.body
            message = f"{context.source(place)} is {words(context.type(place))}, not {problem.expected}"
            help = f"`{node.function}` is `{context.typing.functions[id(node)].sentence}`"
            context.report(place, message, help=help, severity=severity(context, place))


RULE = Rule("PQL203", "argument-type", "error", check, nodes=(FunctionCall,))

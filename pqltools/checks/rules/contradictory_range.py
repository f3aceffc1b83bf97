"""Conditions on one field exclude each other, or together let every value through.

A field has one value, so no profile can meet two conditions that have none in common, and the audience stays empty. The
counterpart is `or` between conditions of which each value meets one; it is the usual slip with `!=`, where `and` is
meant.

```pql bad
person.birthYear > 1990 and person.birthYear < 1980
```
```pql good
person.birthYear > 1980 and person.birthYear < 1990
```
```pql bad
homeAddress.countryCode = "US" and homeAddress.countryCode = "CA"
```
```pql good
homeAddress.countryCode = "US" or homeAddress.countryCode = "CA"
```
```pql bad also=PQL306
homeAddress.countryCode.notEqualTo("US", false) or homeAddress.countryCode.notEqualTo("CA", false)
```
```pql good
homeAddress.countryCode.notEqualTo("US", false) or homeAddress.countryCode.isNull()
```

Arrays are left alone: a comparison with an array holds if it holds for some item, so that `tags = "a" and tags = "b"`
makes sense. Where the schema does not tell whether a field is an array, this is only pointed out.
"""

from __future__ import annotations

from pqltools.checks.operands import is_outermost
from pqltools.checks.range_groups import conflict, groups
from pqltools.checks.registry import Rule
from pqltools.diagnostics import Related
from pqltools.syntax.ast import FunctionCall
from pqltools.types.model import ANY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.checks.range_groups import Group
    from pqltools.checks.ranges import Allowed
    from pqltools.diagnostics import Severity


def check(node: FunctionCall, context: Context) -> None:
    """Report each field about which the operands disagree."""
    if len(node.arguments) < 2 or not is_outermost(node, context):
        return
    for group in groups(node, context):
        if any(values.moving for _, values in group):
            continue  # windows of time are the affair of `impossible-window`
        found = conflict(node.function, group)
        if found is not None:
            _report(node, *found, context)


def _report(node: FunctionCall, parts: Group, values: Allowed, context: Context) -> None:
    *others, (last, _) = parts
    told = [context.source(part, 40) for part, _ in parts]
    listed = f"{', '.join(told[:-1])} and {told[-1]}"
    subject = context.source(values.subject)
    related = tuple(Related("the other condition", part.span) for part, _ in others if part.span is not None)
    severity: Severity | None = None
    is_open = context.type(values.subject) is ANY
    if node.function == "or":
        message = f"one of {listed} holds for every value of {subject}"
        help = "this holds for every profile" if values.null else "did you mean `and`?"
        if is_open and values.null:
            help = f"this holds for every profile, unless {subject} is an array"
            severity = "information"
    else:
        message = f"{listed} never hold together"
        help = "did you mean `or`?"
        if is_open:
            message = f"{listed} hold together only if {subject} is an array"
            severity = "information"
    context.report(last, message, help=help, severity=severity, related=related)


RULE = Rule("PQL304", "contradictory-range", "warning", check, nodes=(FunctionCall,), functions=("and", "or"))

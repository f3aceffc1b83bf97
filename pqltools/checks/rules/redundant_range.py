"""A condition on a field follows from another one beside it.

What is more than 5 is more than 3: the weaker condition does nothing beside the stronger one under `and`, and the
stronger one does nothing under `or`. Either it can go, or its operator, its number or its field is a slip.

```pql bad
person.birthYear > 1980 and person.birthYear > 1970
```
```pql fixed
person.birthYear > 1980
```
```pql good
person.birthYear > 1970 and person.birthYear <= 1980
```
```pql bad
homeAddress.countryCode = "US" or homeAddress.countryCode in ["US", "CA"]
```
```pql fixed
homeAddress.countryCode in ["US", "CA"]
```

A test that the field has a value at all is left alone, though most conditions imply it: it tells the reader something.

```pql good
homeAddress.countryCode.isNotNull() and homeAddress.countryCode != "US"
```
"""

from __future__ import annotations

from pqltools.checks.operands import is_outermost, without
from pqltools.checks.range_groups import conflict, groups
from pqltools.checks.registry import Rule
from pqltools.diagnostics import Fix, Related
from pqltools.syntax.ast import FunctionCall
from pqltools.types import value_sets
from pqltools.types.model import ANY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.checks.range_groups import Group
    from pqltools.checks.ranges import Allowed
    from pqltools.syntax.ast import Expr


def check(node: FunctionCall, context: Context) -> None:
    """Report each operand that another one on the same field makes superfluous."""
    if len(node.arguments) < 2 or not is_outermost(node, context):
        return
    for group in groups(node, context):
        if any(values.moving or values.is_nothing or values.is_anything for _, values in group):
            continue
        if conflict(node.function, group) is None:
            _check_group(node.function, group, context)


def _check_group(operator: str, group: Group, context: Context) -> None:
    for index, (part, values) in enumerate(group):
        if values.kind is None:
            continue
        for other_index, (other, stronger) in enumerate(group):
            if other_index == index or stronger.kind is None or part == other:
                continue
            if not _follows(operator, values, stronger):
                continue
            # Of two that say the same the later one is superfluous.
            if other_index > index and _follows(operator, stronger, values):
                continue
            _report(part, other, values, context)
            break


def _follows(operator: str, values: Allowed, from_: Allowed) -> bool:
    """Whether `values` changes nothing beside `from_`."""
    outer, inner = (values, from_) if operator == "and" else (from_, values)
    return value_sets.includes(outer.ranges, inner.ranges) and (outer.null or not inner.null)


def _report(part: Expr, other: Expr, values: Allowed, context: Context) -> None:
    fixes: tuple[Fix, ...] = ()
    # Where nothing says of which type the field is, its values may not be ordered as the literal is.
    if context.type(values.subject) is not ANY:
        fixes = without(part, context, "leave it out")
    related = (Related("the other condition", other.span),) if other.span is not None else ()
    message = f"{context.source(part, 40)} adds nothing to {context.source(other, 40)}"
    context.report(part, message, help="leave it out, unless something else was meant", fixes=fixes, related=related)


RULE = Rule("PQL312", "redundant-range", "warning", check, nodes=(FunctionCall,), functions=("and", "or"))

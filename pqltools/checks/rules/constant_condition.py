"""A condition is always true or always false.

Such a condition says nothing about the profile: either the audience is empty, or the condition does nothing. Most often
something was meant that PQL writes in another way. Nothing equals `null`, and comparing with it is false even where the
field has no value:

```pql bad
person.gender = null
```
```pql fixed
person.gender.isNull()
```
```pql good
person.gender.isNull()
```

A filter gives an array that may be empty but is never null. In a condition an array is true when it has items, so the
filter alone is the test:

```pql bad
xEvent[eventType = "commerce.purchases"].isNotNull()
```
```pql good
xEvent[eventType = "commerce.purchases"]
```

The other cases are comparisons of two constants, empty lists, `true` and `false` among the operands of `and` and `or`,
a condition beside its own negation, and counts, months and days of the month that no value can reach:

```pql bad
person.birthDate.getMonth() = 13
```
```pql bad
homeAddress.countryCode in []
```
```pql bad
homeAddress.countryCode = "US" and true
```
```pql fixed
homeAddress.countryCode = "US"
```
```pql bad
personalEmail or not personalEmail
```

`true` alone is a usual way to say "everyone", or "any event" in a sequence, and is no finding.

```pql good
true
```
"""

from __future__ import annotations

from pqltools.checks.constants import NEGATIVE_TESTS, TESTS, UNKNOWN, constant, is_defined, truth
from pqltools.checks.operands import is_outermost, is_surely_condition, operands, searchable, without
from pqltools.checks.ranges import allowed
from pqltools.checks.registry import Rule
from pqltools.syntax.ast import (
    BooleanLiteral,
    ElementCount,
    FunctionCall,
    IntegerLiteral,
    ListLiteral,
    NullLiteral,
    StringLiteral,
)
from pqltools.types.model import is_scalar
from pqltools.types.value_sets import BOUNDED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.diagnostics import Fix
    from pqltools.syntax.ast import Expr

_NULL_TESTS = {"=": "isNull", "equals": "isNull", "!=": "isNotNull", "notEqualTo": "isNotNull"}


def check(node: Expr | ElementCount, context: Context) -> None:
    """Report what is constant by itself, not what is so because a part of it is."""
    if isinstance(node, ElementCount):
        _check_count(node, context)
    elif not isinstance(node, FunctionCall):
        _check_literal(node, context)
    elif node.function in ("and", "or"):
        _check_complements(node, context)
    else:
        _check_test(node, context)


def _check_test(node: FunctionCall, context: Context) -> None:
    parent = context.parent(node)
    if isinstance(parent, FunctionCall) and parent.function in TESTS and constant(parent, context) is not UNKNOWN:
        return
    value = constant(node, context)
    if value is not UNKNOWN:
        if isinstance(value, bool):
            _report_constant(node, value, context)
        return
    if node.function not in TESTS or not any(map(_is_bounded, node.arguments[:2])):
        return
    found = allowed(node, context)
    if found is None or found.kind is None:
        return
    if found.is_nothing:
        context.report(node, f"{context.source(node)} is always false", help=_reach(found.kind.name))
    elif found.is_anything:
        always = "always true" if is_defined(found.subject) else "true for every value"
        context.report(node, f"{context.source(node)} is {always}", help=_reach(found.kind.name))


def _is_bounded(node: Expr) -> bool:
    """Whether values of this kind have a lowest or highest one, so that a comparison may leave out none or all."""
    if isinstance(node, FunctionCall):
        return node.function in BOUNDED
    return isinstance(node, BooleanLiteral) or (isinstance(node, StringLiteral) and not node.value)


def _reach(kind: str) -> str | None:
    known = {
        "count": "a count is 0 or more",
        "month": "months are numbered from 1 to 12",
        "day of the month": "days are numbered from 1 to 31",
    }
    return known.get(kind)


def _report_constant(node: FunctionCall, value: bool, context: Context) -> None:
    help = None
    fixes: tuple[Fix, ...] = ()
    first = node.arguments[0]
    null = next((part for part in node.arguments if isinstance(part, NullLiteral)), None)
    if node.function in ("isNull", "isNotNull"):
        if not is_scalar(context.type(first)):
            help = "an array may be empty but is not null: in a condition it is true when it has items"
    elif null is not None and node.function in _NULL_TESTS and len(node.arguments) == 2:
        test = FunctionCall(_NULL_TESTS[node.function], (node.arguments[null is first],))
        help = f"a comparison with `null` never holds: use `{test.function}()`"
        fixes = context.replace(node, test, f"use `{test.function}()`", safe=False)
    elif null is not None:
        help = "a test of `null` never holds: use `isNull()` or `isNotNull()`"
    elif node.function in ("in", "notIn"):
        help = "the list is empty" if node.arguments[1] == ListLiteral(()) else None
    elif node.function in TESTS and any(_divides_by_zero(part) for part in node.arguments):
        help = "a division by zero is null, and a comparison with `null` never holds"
    context.report(node, f"{context.source(node)} is always {str(value).lower()}", help=help, fixes=fixes)


def _divides_by_zero(node: Expr) -> bool:
    return isinstance(node, FunctionCall) and node.function in ("/", "%")


def _check_literal(node: Expr, context: Context) -> None:
    """A literal among operands decides or does nothing; alone, `true` says "everyone" and is meant."""
    if not is_surely_condition(node, context):
        return
    parent = context.parent(node)
    joined = isinstance(parent, FunctionCall) and parent.function in ("and", "or", "not", "if")
    value = truth(constant(node, context))
    if value is UNKNOWN or (value and not joined):
        return
    fixes: tuple[Fix, ...] = ()
    if isinstance(parent, FunctionCall) and parent.function == ("and" if value else "or"):
        fixes = without(node, context, f"leave out {context.source(node)}")
    context.report(node, f"the condition {context.source(node)} is always {str(value).lower()}", fixes=fixes)


def _check_complements(node: FunctionCall, context: Context) -> None:
    """``a and not a`` never holds, ``a or not a`` always does: `not` makes a null true as well."""
    if not is_outermost(node, context):
        return
    parts = operands(node)
    is_known = searchable(parts, context)
    for negation in parts:
        if isinstance(negation, FunctionCall) and negation.function == "not" and len(negation.arguments) == 1:
            if is_known(negation.arguments[0]):
                always = "false" if node.function == "and" else "true"
                message = f"{context.source(negation)} stands beside what it negates, so that this is always {always}"
                context.report(negation, message)
                return
        elif isinstance(negation, FunctionCall) and node.function == "and" and negation.function in NEGATIVE_TESTS:
            positive = FunctionCall(NEGATIVE_TESTS[negation.function], negation.arguments)
            if is_known(positive) and allowed(negation, context) is None:
                message = f"{context.source(negation)} and its opposite never hold together"
                context.report(negation, message)
                return


def _check_count(node: ElementCount, context: Context) -> None:
    if isinstance(node.value, IntegerLiteral):
        count = node.value.value
        if (node.comparison == ">=" and count <= 0) or (node.comparison == ">" and count < 0):
            context.report(node, f"any number of events is at least {count}, none too: the element always holds")
        elif count < 0 or (node.comparison == "<" and count == 0):
            context.report(node, f"no number of events is {node.comparison} {count}")


RULE = Rule(
    "PQL301",
    "constant-condition",
    "warning",
    check,
    nodes=(FunctionCall, BooleanLiteral, NullLiteral, ListLiteral, ElementCount),
    functions=(*sorted(TESTS), "isNull", "isNotNull", "and", "or"),
)

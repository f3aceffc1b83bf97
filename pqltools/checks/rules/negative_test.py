"""A negative test leaves out the profiles that have no value.

`!=`, `notIn`, `notEqualTo` and `doesNotContain` and its like are false where the field is null. So "everybody whose
country is not the US" leaves out everybody whose country is not known, and the audience is smaller than expected. With
`true` and `false` that is nearly always a slip, because a flag that was never set is usually missing:

```pql bad
personalEmail.primary != false
```
```pql good
not(personalEmail.primary = false)
```
```pql good
personalEmail.primary = true
```

Otherwise it may well be meant, and is only pointed out where it says "everybody but": for a field of the profile, that
nothing else in the expression asks for, and not beside a condition that chooses some profiles in the first place.

```pql bad
homeAddress.countryCode.notEqualTo("US", false)
```
```pql good
not(homeAddress.countryCode.equals("US", false))
```
```pql good
homeAddress.countryCode != "US" and homeAddress.countryCode.isNotNull()
```
```pql good
homeAddress.countryCode = "US" and homeAddress.city != "San Diego"
```

Events and items are left alone, and so is `!= ""`: it asks for a value.

```pql good
xEvent[eventType != "web.webpagedetails.pageViews"].count() > 3
```
"""

from __future__ import annotations

from pqltools.checks.constants import NEGATIVE_TESTS
from pqltools.checks.null_tests import is_null_tested, is_profile_field
from pqltools.checks.operands import operands
from pqltools.checks.registry import Rule
from pqltools.records import replace
from pqltools.syntax.ast import (
    BooleanLiteral,
    DoubleLiteral,
    FunctionCall,
    IntegerLiteral,
    ListLiteral,
    StringLiteral,
)
from pqltools.types.model import ArrayType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.syntax.ast import Expr

#: Of more operands than this only the first is looked at: the others would say the same.
_MOST = 20
_LITERALS = (StringLiteral, IntegerLiteral, DoubleLiteral, BooleanLiteral, ListLiteral)


def check(node: FunctionCall, context: Context) -> None:
    """Report a negative test of a profile field against a literal, unless null has been thought of."""
    if len(node.arguments) < 2 or not context.is_condition(node):
        return
    field, value = node.arguments[:2]
    if not isinstance(value, _LITERALS) or value == StringLiteral("") or not is_profile_field(field):
        return
    parent = context.parent(node)
    if isinstance(parent, FunctionCall):
        if parent.function == "not":
            return  # `negated-equality` speaks of that
        if len(parent.arguments) > _MOST and node is not parent.arguments[0]:
            return
    if is_null_tested(field, context) or isinstance(context.type(field), ArrayType):
        return
    flag = isinstance(value, BooleanLiteral)
    if _is_settled(node, field, flag, context):
        return
    message = f"this leaves out profiles where {context.source(field)} is null"
    positive = FunctionCall("not", (replace(node, function=NEGATIVE_TESTS[node.function]),))
    help = f"{context.source(positive)} lets them in; `isNotNull()` says that they are to be left out"
    context.report(node, message, help=help, severity="warning" if flag else "information")


def _is_settled(node: FunctionCall, field: Expr, flag: bool, context: Context) -> bool:
    """Whether what `and` joins with the test makes null a side issue.

    So does a condition on the same field, and beside any that chooses profiles only a flag is worth a word. Of several
    negative tests of one field the first one is enough.
    """
    before = True
    for other in _beside(node, context):
        if other is node:
            before = False
            continue
        function = other.function if isinstance(other, FunctionCall) else ""
        is_same = isinstance(other, FunctionCall) and other.arguments[:1] == (field,)
        if function in NEGATIVE_TESTS:
            if is_same and before:
                return True
        elif is_same or not flag:
            return True
    return False


def _beside(node: FunctionCall, context: Context) -> list[Expr]:
    """The operands of the `and` that the test stands in, itself among them."""
    top: Expr | None = None
    for above in context.ancestors(node):
        if not isinstance(above, FunctionCall) or above.function != "and":
            break
        top = above
    return operands(top) if isinstance(top, FunctionCall) else []


RULE = Rule(
    "PQL306",
    "negative-test",
    "information",
    check,
    nodes=(FunctionCall,),
    functions=tuple(NEGATIVE_TESTS),
)

"""The flag `true` of a string test is the default.

Tests such as `startsWith` and `equals` distinguish upper and lower case unless their last argument is `false`. Writing
the default makes a reader stop and look up what the flag means. Without a flag `equals` and `notEqualTo` are `=` and
`!=`, which is what the fix writes for them.

The rule reads text only. In pql/json it is the segment builder that writes the flag, always.

```pql bad
workEmail.address.endsWith(".edu", true)
```

```pql fixed
workEmail.address.endsWith(".edu")
```

```pql bad
person.name.firstName.equals("John", true) and person.name.lastName.equals("Doe")
```

```pql fixed
person.name.firstName = "John" and person.name.lastName.equals("Doe")
```

```pql good
workEmail.address.endsWith(".edu", false) and person.name.firstName.equals("John")
```
"""

from __future__ import annotations

from pqltools.checks.registry import Rule
from pqltools.records import replace
from pqltools.syntax.ast import BooleanLiteral, FunctionCall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context

_OPERATORS = {"equals": "=", "notEqualTo": "!="}
_TESTS = ("startsWith", "doesNotStartWith", "endsWith", "doesNotEndWith", "contains", "doesNotContain", *_OPERATORS)


def check(node: FunctionCall, context: Context) -> None:
    """See the page."""
    if context.text is None:
        return
    match node.arguments:
        case (text, other, BooleanLiteral(True) as flag):
            operator = _OPERATORS.get(node.function)
        case _:
            return
    if operator is None:
        new, help = replace(node, arguments=(text, other), span=None), "leave the flag out"
    else:
        new, help = FunctionCall(operator, (text, other)), f"compare with `{operator}`"
    fixes = context.replace(node, new, help, safe=True)
    context.report(
        node, f"`{node.function}` is case-sensitive without the flag `true`", span=flag.span, help=help, fixes=fixes
    )


RULE = Rule("PQL406", "redundant-case-flag", "information", check, nodes=(FunctionCall,), functions=_TESTS)

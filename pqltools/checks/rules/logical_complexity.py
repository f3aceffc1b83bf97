"""The logic of a condition is so complex that the audience builder may refuse it.

The builder brings conditions into conjunctive normal form, an `and` of `or`s, and refuses to save what gets too large;
existing audiences run on until they are edited. Alternatives of which each has several parts multiply: ten pairs joined
by `or` are 2 to the 10 clauses. Adobe publishes no number. The count here is our own, of what is left after moving
`not` inwards and distributing `or` over `and`, and so is the limit `logic-clauses`: set it to what you find to pass.

```pql bad logic-clauses=5
(person.gender = "female" and homeAddress.city = "Bern")
  or (person.gender = "male" and homeAddress.city = "Basel")
  or (person.gender = "not_specified" and homeAddress.city = "Chur")
```

```pql good logic-clauses=5
person.gender in ["female", "male", "not_specified"] and homeAddress.city in ["Bern", "Basel", "Chur"]
```

A long list of alternatives of one part each is a single clause:

```pql good logic-clauses=5
homeAddress.city = "Bern" or homeAddress.city = "Basel" or homeAddress.city = "Chur" or homeAddress.city = "Brig"
```

Rewriting often changes the question, so there is no fix: a list of some states is not the negation of the list of all
others, for a profile without a state.
"""

from __future__ import annotations

from pqltools.checks.eligibility.clauses import CAP, CONNECTIVES, clauses
from pqltools.checks.registry import Rule
from pqltools.syntax.ast import FunctionCall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context


def check(node: FunctionCall, context: Context) -> None:
    """See the page. The finding is at the whole of a condition, not at its parts."""
    parent = context.parent(node)
    if isinstance(parent, FunctionCall) and parent.function in CONNECTIVES:
        return
    limit = context.around.limits.logic_clauses
    count = clauses(node)
    if count > limit:
        number = f"{count:,}" if count < CAP else f"more than {CAP:,}"
        message = (
            f"this condition has {number} clauses in conjunctive normal form, by our count; the limit is {limit:,}"
        )
        help = "join alternatives with `in`, or give a part that is shared an audience of its own and use `inSegment`"
        context.report(node, message, help=help)


RULE = Rule("PQL506", "logical-complexity", "warning", check, nodes=(FunctionCall,), functions=CONNECTIVES)

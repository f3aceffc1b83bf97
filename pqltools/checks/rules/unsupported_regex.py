r"""A regular expression is none of Java, or cannot be run by pqltools.

`matches` and `regexGroup` take regular expressions of Java (`java.util.regex`). What Java refuses, the platform refuses
as well, or the test never holds: that is an error. Inside a PQL string every backslash is doubled.

```pql bad
personalEmail.address.matches("[a-z+@")
```
```pql good
personalEmail.address.matches("[a-z]+@")
```
```pql bad
homeAddress.postalCode.matches("\\p{Greek}")
```
```pql good
homeAddress.postalCode.matches("\\p{IsGreek}")
```

Some of what Java can do needs an engine that can hang. pqltools evaluates with one that cannot, and refuses lookahead
and lookbehind, references to groups, possessive and atomic repetition, anchors of lines (`(?m)`) and `$` in the middle
of a pattern. The platform runs them, so this is a warning: the segment is right, but it cannot be tried out here.

```pql bad
person.name.lastName.matches("^(?!Smith)")
```
```pql good
not person.name.lastName.matches("^Smith")
```
"""

from __future__ import annotations

from pqltools.checks.regexes import FUNCTIONS, pattern_of, place
from pqltools.checks.registry import Rule
from pqltools.syntax.ast import FunctionCall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context

_HELP = "the platform runs it; evaluating the expression with pqltools will fail"
_CURES = {
    "lookahead": "two tests that are joined by `and` or `and not` say the same",
    "lookbehind": "match what stands before as well, and with `regexGroup` take a group of what follows",
}


def check(node: FunctionCall, context: Context) -> None:
    """Report why Java refuses the pattern, or else each part that cannot be run."""
    pattern = pattern_of(node)
    if pattern is None:
        return
    if pattern.invalid is not None:
        message = f"not a regular expression of Java: {pattern.invalid.message}"
        context.report(place(node, pattern.invalid.span, context), message)
    for fault in pattern.unsupported:
        message = f"{fault.message} cannot be run here"
        help = _CURES.get(fault.message, _HELP)
        context.report(place(node, fault.span, context), message, help=help, severity="warning")


RULE = Rule("PQL208", "unsupported-regex", "error", check, nodes=(FunctionCall,), functions=FUNCTIONS)

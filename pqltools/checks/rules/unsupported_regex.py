r"""A regular expression is none of Java, or pqltools cannot run it, or only slower and with a time limit.

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

Some of what Java can do takes an engine that tries one way after another: lookahead and lookbehind, references to
groups, possessive and atomic repetition, anchors of lines (`(?m)`), `$` in the middle of a pattern and the like. This
is information: pqltools evaluates ordinary patterns in time in proportion to the text, and these with an engine that
is slower and has a time limit. A profile for which a search takes longer than that has no answer; the run goes on.

```pql bad
person.name.lastName.matches("^(?!Smith)")
```
```pql good
not person.name.lastName.matches("^Smith")
```

A few things neither engine can do as Java does: `\b{g}`, blocks such as `\p{InGreek}`, canonical equivalence (`(?c)`),
atomic groups and groups of several lengths in a lookbehind, a group that refers to itself, repetitions that come to
more than 20,000 parts when they are written out. The platform runs them, so this is a warning: the segment is right,
but evaluating it with pqltools is refused.

```pql bad
person.name.lastName.matches("^\\p{InGreek}+$")
```
```pql good
person.name.lastName.matches("^\\p{IsGreek}+$")
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
_SLOWER = "the platform runs it, and pqltools up to a time limit; a profile that takes longer has no answer"
_CURES = {
    "lookahead": "two tests that are joined by `and` or `and not` say the same",
    "lookbehind": "match what stands before as well, and with `regexGroup` take a group of what follows",
}


def check(node: FunctionCall, context: Context) -> None:
    """Report why Java refuses the pattern, or else each part that cannot be run, or not in linear time."""
    pattern = pattern_of(node)
    if pattern is None:
        return
    if pattern.invalid is not None:
        message = f"not a regular expression of Java: {pattern.invalid.message}"
        context.report(place(node, pattern.invalid.span, context), message)
    for fault in pattern.unsupported:
        message = f"{fault.message} cannot be run here"
        context.report(place(node, fault.span, context), message, help=_HELP, severity="warning")
    for fault in pattern.slower:
        message = f"{fault.message} cannot be run in linear time: searches are slower and have a time limit"
        help = _CURES.get(fault.message, _SLOWER)
        context.report(place(node, fault.span, context), message, help=help, severity="information")


RULE = Rule("PQL208", "unsupported-regex", "error", check, nodes=(FunctionCall,), functions=FUNCTIONS)

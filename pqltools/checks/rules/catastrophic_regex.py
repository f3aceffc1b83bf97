r"""A search for a regular expression may take very long.

Java tries the ways in which a text can match one after another. Where a repetition can match the same text in two ways,
as in `(a+)+$`, each further character doubles them, and thirty characters that do not match in the end can take
minutes, for every profile. The usual cause is a repetition inside a repetition.

```pql bad
homeAddress.street1.matches("^(\\w+ ?)+$")
```
```pql good
homeAddress.street1.matches("^\\w[\\w ]*$")
```

Repetitions that share characters and stand side by side are slower than they look, too: a run of the shared character
can be cut anywhere. Told are those that take the third power of the run's length, or the fourth where something stands
between them; a search that may begin anywhere counts as one of these repetitions, so `^` helps.

```pql bad
person.name.firstName.matches("\\s*\\s*$")
```
```pql good
person.name.firstName.matches("\\s*$")
```
"""

from __future__ import annotations

from pqltools.checks.regexes import FUNCTIONS, pattern_of, place
from pqltools.checks.registry import Rule
from pqltools.syntax.ast import FunctionCall
from pqltools.syntax.literals import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.types.patterns import Risk

#: A repeated group that holds nothing but a repetition of one character or class.
_NESTED = r"\((?:\?:)?((?:\\.|\[[^\[\]\\]*\]|[^\\\[\]().|])[*+])\)[*+]"


def check(node: FunctionCall, context: Context) -> None:
    """Report each part that can make a search very long."""
    pattern = pattern_of(node)
    for risk in pattern.risks if pattern is not None else ():
        part = pattern.text[risk.span[0] : risk.span[1]] if pattern is not None else ""
        context.report(place(node, risk.span, context), _message(risk, part), help=_help(risk, part))


def _message(risk: Risk, part: str) -> str:
    run = "the same text" if risk.char is None else f"a run of {_shown(risk.char)}"
    if risk.kind == "exponential":
        return f"`{shorten(part)}` can match {run} in very many ways, and may try them all"
    power = {3: "cube", 4: "fourth power"}.get(risk.power or 0, f"{risk.power}th power")
    return f"`{shorten(part)}` can divide {run} in many ways: the work grows with the {power} of its length"


def _help(risk: Risk, part: str) -> str:
    if risk.kind == "polynomial":
        return "join the repetitions, narrow them to what the next one cannot match, or begin the pattern with `^`"
    import re

    nested = re.fullmatch(_NESTED, part)
    if nested is not None:
        return f"write `{nested[1]}`, which matches the same"
    return "let what is repeated begin or end with something that must be there and that the rest of it cannot match"


def _shown(char: str) -> str:
    return "spaces" if char == " " else f"`{char}`" if char.isprintable() else f"`\\u{ord(char):04x}`"


RULE = Rule("PQL308", "catastrophic-regex", "warning", check, nodes=(FunctionCall,), functions=FUNCTIONS)

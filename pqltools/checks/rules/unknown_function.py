"""There is no function of this name.

Names of functions are case-sensitive. Many that look familiar belong to Journey Optimizer's personalization, to SQL or
to JavaScript, and a segment does not accept them. Text is parsed whatever the name is, so the slip would otherwise come
to light when the platform refuses the definition.

```pql bad
homeAddress.countryCode.startswith("U")
```
```pql fixed
homeAddress.countryCode.startsWith("U")
```
```pql good
homeAddress.countryCode.startsWith("U")
```
```pql bad
homeAddress.city.upperCase() = "BASEL"
```
```pql good
homeAddress.city.equals("basel", false)
```
"""

from __future__ import annotations

from pqltools.checks.registry import Rule
from pqltools.functions.registry import function, functions
from pqltools.records import replace
from pqltools.syntax.ast import FunctionCall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.diagnostics import Fix

#: How alike a name must be to be called the same one misspelt.
_MISSPELT = 0.8


def check(node: FunctionCall, context: Context) -> None:
    """Report a call of a name that is in no registry, with what is known of it."""
    name = node.function
    if function(name) is not None:
        return
    from pqltools.functions.personalization import advice

    known = advice(name)
    message = f"unknown function `{name}`"
    if known is None:
        meant = _alike(name)
        help = f"did you mean `{meant}`?" if meant else None
    else:
        meant, help = known.use, known.help
        if known.kind == "personalization":
            message = f"`{name}` belongs to personalization: segments do not accept it"
        if meant and not help:
            help = f"did you mean `{meant}`?"
    fixes: tuple[Fix, ...] = ()
    if meant:
        spelling = node.spelling if node.spelling in ("method", "function") else None
        fixes = context.replace(node, replace(node, function=meant, spelling=spelling), f"call `{meant}`", safe=False)
    context.report(node, message, help=help, fixes=fixes)


def _alike(name: str) -> str | None:
    """The function whose name is nearly this one."""
    import difflib

    names = [entry.name for entry in functions() if entry.name.isalpha()]
    found = difflib.get_close_matches(name, names, 1, _MISSPELT)
    return found[0] if found else None


RULE = Rule("PQL201", "unknown-function", "error", check, nodes=(FunctionCall,))

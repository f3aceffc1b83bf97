"""A function is called with too few or too many arguments.

What is missing cannot be guessed, and what is too much would be ignored, so the platform refuses such a call.

```pql bad
homeAddress.city.startsWith()
```
```pql bad
homeAddress.city.startsWith("San", false, true)
```
```pql good
homeAddress.city.startsWith("San", false)
```
```pql bad
xEvent.topN(timestamp).count() > 0
```
"""

from __future__ import annotations

from pqltools.checks.registry import Rule
from pqltools.syntax.ast import FunctionCall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context


def check(node: FunctionCall, context: Context) -> None:
    """Report what inference has found out about the number of arguments."""
    binding = context.typing.calls.get(id(node))
    if binding is None or not binding.problems:
        return
    entry = context.typing.functions[id(node)]
    help = f"it is `{entry.sentence}`"
    for problem in binding.problems:
        if problem.kind == "too-few":
            name = f" (`{problem.parameter.name}`)" if problem.parameter else ""
            context.report(node, f"`{node.function}` needs {problem.expected}{name} as well", help=help)
        elif problem.kind == "too-many":
            place = node.arguments[problem.index]
            given = len(node.arguments)
            context.report(place, f"`{node.function}` takes {problem.expected}, not {given}", help=help)


RULE = Rule("PQL202", "wrong-arity", "error", check, nodes=(FunctionCall,))

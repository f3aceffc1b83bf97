"""An operand of `and` or `or` says nothing that another one does not say.

Either it stands there twice, or it is contained in another one: `a or (a and b)` holds just when `a` does. What is left
over from editing does no harm; but often the second one was copied in order to be changed, and never was.

```pql bad
homeAddress.countryCode = "US" or homeAddress.countryCode = "CA" or homeAddress.countryCode = "US"
```
```pql fixed
homeAddress.countryCode = "US" or homeAddress.countryCode = "CA"
```
```pql good
homeAddress.countryCode = "US" or workAddress.countryCode = "US"
```
```pql bad
person.gender = "male" and (person.gender = "male" or person.birthYear > 1980)
```
```pql fixed
person.gender = "male"
```
"""

from __future__ import annotations

from pqltools.checks.operands import Keyed, is_outermost, keyed, operands, without
from pqltools.checks.registry import Rule
from pqltools.diagnostics import Related
from pqltools.syntax.ast import FunctionCall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.syntax.ast import Expr

#: Above this many operands only equal ones are looked for, by hash.
_MANY = 12


def check(node: FunctionCall, context: Context) -> None:
    """Report each operand that adds nothing, of all those that are joined by one operator."""
    if len(node.arguments) < 2 or not is_outermost(node, context):
        return
    parts = operands(node)
    if len(parts) > _MANY:
        _check_many(parts, context)
        return
    for index, part in enumerate(parts):
        for other_index, other in enumerate(parts):
            if other_index < index and part == other:
                _report_duplicate(part, other, context)
                break
            if other_index != index and _absorbs(other, part, node.function) and part != other:
                if other_index > index and _absorbs(part, other, node.function):
                    continue
                message = f"{context.source(part)} adds nothing to {context.source(other)}"
                _report(part, other, message, context)
                break


def _check_many(parts: list[Expr], context: Context) -> None:
    seen: dict[Keyed, Expr] = {}
    for key in keyed(parts, context):
        part = key.expression
        first = seen.setdefault(key, part)
        if first is not part:
            _report_duplicate(part, first, context)


def _absorbs(short: Expr, long: Expr, operator: str) -> bool:
    """Whether all operands of `short` are among those of `long`, which the other operator joins."""
    if not isinstance(long, FunctionCall) or long.function != ("or" if operator == "and" else "and"):
        return False
    inner = operands(long)
    if len(inner) < 2 or len(inner) > _MANY:
        return False
    if isinstance(short, FunctionCall) and short.function == long.function:
        outer = operands(short)
        return bool(outer) and all(any(part == other for other in inner) for part in outer)
    return any(short == part for part in inner)


def _report_duplicate(part: Expr, first: Expr, context: Context) -> None:
    _report(part, first, f"{context.source(part)} stands here twice", context)


def _report(part: Expr, other: Expr, message: str, context: Context) -> None:
    fixes = without(part, context, "leave it out")
    related = (Related("the other one", other.span),) if other.span is not None else ()
    context.report(part, message, help="leave it out, unless another condition was meant", fixes=fixes, related=related)


RULE = Rule("PQL303", "duplicate-operand", "warning", check, nodes=(FunctionCall,), functions=("and", "or"))

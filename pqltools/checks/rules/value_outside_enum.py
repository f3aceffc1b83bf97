"""A field is compared with a value that it cannot have.

Some fields of a schema have a closed list of values. Data with any other value is refused when it comes in, so that the
comparison never holds, or always does if it is a negative one. Most often it is a slip in upper and lower case:
comparisons are case-sensitive unless they say otherwise.

```pql bad
person.gender = "Male"
```
```pql fixed
person.gender = "male"
```
```pql good
person.gender.equals("Male", false)
```
```pql bad
person.gender in ["female", "divers"]
```
```pql good
person.gender in ["female", "non_specific"]
```

Values that a schema only suggests are no closed list, and others are as good. Where the list is that of the standard
fields, and not of a schema of your own, this is a warning.
"""

from __future__ import annotations

from pqltools.checks.certainty import severity
from pqltools.checks.registry import Rule
from pqltools.records import replace
from pqltools.syntax.ast import BooleanLiteral, FunctionCall, IntegerLiteral, ListLiteral, StringLiteral

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.checks.context import Context
    from pqltools.syntax.ast import Expr

_EQUALITIES = ("=", "!=", "equals", "notEqualTo", "includes")
_LISTS = ("in", "notIn", "intersects", "subsetOf", "supersetOf", "intersection")
_SIMILAR = 0.6


def check(node: FunctionCall, context: Context) -> None:
    """Report each literal that is compared with a field and is none of its values."""
    if len(node.arguments) < 2:
        return
    left, right, *rest = node.arguments
    if context.member(left) is None and node.function in ("=", "!="):
        left, right = right, left
    member = context.member(left)
    values = None if member is None else member.enum
    if not values:
        return
    ignore_case = bool(rest) and isinstance(rest[0], BooleanLiteral) and not rest[0].value
    items = right.items if isinstance(right, ListLiteral) else (right,)
    for item in items:
        if isinstance(item, StringLiteral | IntegerLiteral) and not _is_one(item.value, values, ignore_case):
            _report(left, item, values, context)


def _is_one(value: str | int, values: tuple[Any, ...], ignore_case: bool) -> bool:
    if value in values or not any(isinstance(one, value.__class__) for one in values):
        return True
    return ignore_case and str(value).lower() in [str(one).lower() for one in values]


def _report(field: Expr, item: StringLiteral | IntegerLiteral, values: tuple[Any, ...], context: Context) -> None:
    message = f"{context.source(item)} is none of the values of {context.source(field)}"
    grave = severity(context, field)
    if isinstance(item, StringLiteral):
        same = [one for one in values if isinstance(one, str) and one.lower() == item.value.lower()]
        if same:
            fixes = context.replace(item, replace(item, value=same[0]), f'write `"{same[0]}"`', safe=False)
            context.report(item, message, help=f'did you mean `"{same[0]}"`?', severity=grave, fixes=fixes)
            return
    context.report(item, message, help=_help(item.value, values), severity=grave)


def _help(value: str | int, values: tuple[Any, ...]) -> str:
    import difflib

    told = [f'`"{one}"`' if isinstance(one, str) else f"`{one}`" for one in values]
    close = difflib.get_close_matches(str(value), list(map(str, values)), 1, _SIMILAR)
    if close:
        return f'did you mean `"{close[0]}"`?' if isinstance(value, str) else f"did you mean `{close[0]}`?"
    shown = told if len(told) <= 6 else [*told[:5], "…"]
    return f"the values are {', '.join(shown)}"


RULE = Rule(
    "PQL205",
    "value-outside-enum",
    "error",
    check,
    nodes=(FunctionCall,),
    functions=(*_EQUALITIES, *_LISTS),
)

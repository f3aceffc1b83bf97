"""A field is used as it was years ago: by its old name, or with values in their old form.

XDM has renamed fields, and Adobe's documents and old segments still show the former names: `countryISO`,
`stateProvinceISO`, `birthMonth`, `metrics.commerce.…`, `abandons`, `purchaseId`. They lead nowhere today, so that the
audience is empty.

```pql bad
homeAddress.countryISO = "US"
```

```pql fixed
homeAddress.countryCode = "US"
```

```pql bad
xEvent.exists(metrics.commerce.abandons.value > 0)
```

```pql fixed
xEvent.exists(commerce.cartAbandons.value > 0)
```

Some fields have changed their values as well. Birthdays are dates now; regions have the country in front, as in
ISO 3166-2, so that the old code does not match any more even where the new name is used.

```pql bad
person.birthMonth = currentMonth()
```

```pql fixed
person.birthDate.getMonth() = currentMonth()
```

```pql bad
homeAddress.stateProvinceISO in ["CA", "OR"]
```

```pql fixed
homeAddress.stateProvince in ["US-CA", "US-OR"]
```

```pql bad
homeAddress.stateProvince = "ON"
```

```pql fixed
homeAddress.stateProvince = "CA-ON"
```

```pql good
homeAddress.stateProvince = "US-CA" and homeAddress.countryCode = "US"
```

The fixes are not safe: they give a meaning to what matched nobody. Only codes of the states of the USA and of the
provinces of Canada, which differ from each other, are completed.
"""

from __future__ import annotations

from pqltools.checks.missing import missing, name_place
from pqltools.checks.registry import Rule
from pqltools.records import replace
from pqltools.syntax.ast import FieldLookup, FunctionCall, ListLiteral, StringLiteral
from pqltools.types.model import STRING, ObjectType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.checks.missing import Missing
    from pqltools.diagnostics import Fix
    from pqltools.syntax.ast import Expr

_REGION = "stateProvince"
#: ISO 3166-2 without the country.
_REGIONS = {
    **dict.fromkeys(
        """AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK
        OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC""".split(),
        "US",
    ),
    **dict.fromkeys("AB BC MB NB NL NS NT NU ON PE QC SK YT".split(), "CA"),
}
#: What is read from a date instead of the numbers that were fields of their own.
_FROM_DATE = {"birthMonth": "getMonth", "birthDay": "getDayOfMonth"}
_COMPARISONS = frozenset(("=", "!=", "in", "notIn", "equals", "notEqualTo"))


def check(tree: Expr, context: Context) -> None:
    """See the page."""
    for fault in missing(context, "legacy"):
        _report_name(fault, context)
    for node in context.typing.nodes:
        if isinstance(node, FieldLookup) and node.name == _REGION:
            _check_region(node, context)


def _report_name(fault: Missing, context: Context) -> None:
    suggestion = fault.suggestions[0]
    number = _number(fault)
    help = suggestion.note
    if number is not None:
        help = f"use `{number}()` of `birthDate`, or `{suggestion.names[-1]}`, a text `MM-DD`"
    context.report(
        fault.node,
        f"`{'.'.join(fault.path)}` " + (f"is `{suggestion.path}` today" if number is None else "is gone from XDM"),
        span=name_place(fault, context),
        help=help,
        severity="error" if fault.certain else "warning",
        fixes=_renamed(fault, context),
    )


def _renamed(fault: Missing, context: Context) -> tuple[Fix, ...]:
    suggestion = fault.suggestions[0]
    new = fault.root
    for name in suggestion.names:
        new = FieldLookup(new, name)
    number = _number(fault)
    if number is not None:
        below: Expr = new.object if isinstance(new, FieldLookup) else new
        new = FunctionCall(number, (FieldLookup(below, "birthDate"),), spelling="method")
        return context.replace(fault.top, new, f"use `{number}`", safe=False)
    title = f"write `{suggestion.path}`"
    comparison = _comparison(fault.top, context) if suggestion.names[-1] == _REGION else None
    if comparison is None or not any(map(_completed, comparison.arguments)):
        step = fault.changed_step(suggestion.names)
        if step is not None and isinstance(fault.node, FieldLookup):
            return context.rename(fault.node, step, title, safe=False)
        return context.replace(fault.top, new, title, safe=False)
    arguments = [new if part is fault.top else _completed(part) or part for part in comparison.arguments]
    return context.replace(comparison, replace(comparison, arguments=tuple(arguments)), title, safe=False)


def _number(fault: Missing) -> str | None:
    """The function that gives the number that the field was."""
    return _FROM_DATE.get(fault.path[-1]) if fault.suggestions[0].names[-1] == "birthDayAndMonth" else None


def _check_region(node: FieldLookup, context: Context) -> None:
    """Report codes of two letters that a field of XDM's addresses is compared with."""
    around = context.type(node.object)
    if not isinstance(around, ObjectType) or around.member("countryCode") is None or context.type(node) is not STRING:
        return
    comparison = _comparison(node, context)
    if comparison is None:
        return
    for part in comparison.arguments:
        for literal in part.items if isinstance(part, ListLiteral) else (part,):
            new = _completed(literal)
            if isinstance(literal, StringLiteral) and isinstance(new, StringLiteral):
                context.report(
                    literal,
                    f"`{literal.value}` is the old form of a region",
                    help=f"regions have the country in front: `{new.value}`",
                    fixes=context.replace(literal, new, f"write `{new.value}`", safe=False),
                )


def _comparison(node: Expr, context: Context) -> FunctionCall | None:
    """The comparison for equality that `node` is a side of."""
    above = context.parent(node)
    return above if isinstance(above, FunctionCall) and above.function in _COMPARISONS else None


def _completed(node: Expr) -> Expr | None:
    """The literal, or list of literals, with the country in front of each region; None if there is nothing to do."""
    if isinstance(node, ListLiteral):
        items = tuple([_completed(item) or item for item in node.items])
        return None if items == node.items else replace(node, items=items)
    if isinstance(node, StringLiteral) and node.value in _REGIONS:
        return replace(node, value=f"{_REGIONS[node.value]}-{node.value}")
    return None


RULE = Rule("PQL103", "legacy-field", "warning", check)

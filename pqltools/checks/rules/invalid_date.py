"""A date does not exist.

`date` takes year, month and day, in this order, and counts months and days from 1. A day that no calendar has is null,
and a condition on it never holds.

```pql bad
person.birthDate < date(2001, 2, 29)
```
```pql good
person.birthDate < date(2001, 2, 28)
```
```pql bad
xEvent[timestamp occurs on date(31, 12, 2024)]
```
```pql good
xEvent[timestamp occurs on date(currentYear(), 12, 31)]
```
"""

from __future__ import annotations

from pqltools.checks.registry import Rule
from pqltools.syntax.ast import FunctionCall, IntegerLiteral
from pqltools.types.time import month_length

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context

_MONTHS = "January February March April May June July August September October November December".split()


def check(node: FunctionCall, context: Context) -> None:
    """Report the part of a date that cannot be, as far as its parts are known."""
    if len(node.arguments) != 3:
        return
    year, month, day = [part.value if isinstance(part, IntegerLiteral) else None for part in node.arguments]
    at_year, at_month, at_day = node.arguments
    if year is not None and not 1 <= year <= 9999:
        context.report(at_year, f"there is no year {year}")
    elif month is not None and not 1 <= month <= 12:
        help = "the order is year, month, day" if 12 < month <= 31 and day is not None and day <= 12 else None
        context.report(at_month, f"there is no month {month}", help=help)
    elif day is not None and not 1 <= day <= _longest(year, month):
        help = "the order is year, month, day" if day > 31 else None
        named = "a month" if month is None else _MONTHS[month - 1] + (f" {year}" if year else "")
        context.report(at_day, f"{named} has no day {day}", help=help)


def _longest(year: int | None, month: int | None) -> int:
    """How many days the month may have; a leap year if the year is not known."""
    return 31 if month is None else month_length(2000 if year is None else year, month)


RULE = Rule("PQL211", "invalid-date", "error", check, nodes=(FunctionCall,), functions=("date",))

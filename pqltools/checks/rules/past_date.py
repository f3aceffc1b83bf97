"""A date in the past decides a condition once and for all.

A definition is evaluated every day, and a day that is written into it passes. From then on a condition on the clock
never holds again, or always does:

```pql bad
currentYear() in [2015, 2016, 2017]
```
```pql good
xEvent[timestamp.getYear() = 2017]
```
```pql bad
now < date(2019, 6, 1) and homeAddress.countryCode = "US"
```
```pql good
person.birthDate < date(2001, 6, 1) and homeAddress.countryCode = "US"
```

Events come in with the time at which they happen, so that none can be added to a window that is over. Such an audience
stands still and in the end is empty, when the events expire. This is only pointed out, and only when the window has
been over for a year; until then it is probably a campaign that is being looked back on.

```pql bad
xEvent[timestamp occurs between date(2017, 10, 1) and date(2017, 12, 31)]
```
```pql good
xEvent[timestamp occurs <= 90 days before now]
```
```pql good now=2018-06-01
xEvent[timestamp occurs between date(2017, 10, 1) and date(2017, 12, 31)]
```

Dates of birth, of a contract or of any other field of the profile may lie as far back as they like.
"""

from __future__ import annotations

from pqltools.checks.ranges import allowed
from pqltools.checks.registry import Rule
from pqltools.syntax.ast import (
    Chain,
    FieldLookup,
    FunctionCall,
    ItemReference,
    Occurs,
    StringLiteral,
    TimestampLiteral,
    VariableReference,
)
from pqltools.types import time
from pqltools.types.value_sets import HIGHEST, before, includes, intersection
from pqltools.types.windows import date_literal, instants, is_relative

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.syntax.ast import Expr, Node
    from pqltools.types.value_sets import Ranges

_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
#: For how long a window of events may have been over.
_YEAR = 366 * time.DAY


def check(node: FunctionCall | Occurs | Chain, context: Context) -> None:
    """Report comparisons of the clock with the past, and windows of events that are over."""
    if isinstance(node, Chain):
        for element in node.elements:
            if element.when is not None and not element.negated and not is_relative(element.when):
                _check_events(element.when, instants(element.when, context.around.now), context)
    elif isinstance(node, Occurs):
        _check_occurs(node, context)
    else:
        _check_call(node, context)


def _check_occurs(node: Occurs, context: Context) -> None:
    if is_relative(node.window):
        return
    if isinstance(node.timestamp, TimestampLiteral):
        _check_clock(node, instants(node.window, context.around.now), before(context.around.now), context)
    elif _is_event_time(node.timestamp):
        _check_events(node, instants(node.window, context.around.now), context)


def _check_call(node: FunctionCall, context: Context) -> None:
    if len(node.arguments) != 2:
        return
    left, right = node.arguments
    if isinstance(right, TimestampLiteral | FunctionCall) and not isinstance(left, TimestampLiteral | FieldLookup):
        left, right = right, left
    if isinstance(left, TimestampLiteral):
        if node.function in _COMPARISONS:
            _check_comparison(node, right, context)
    elif isinstance(left, FunctionCall) and left.function == "currentYear":
        found = allowed(node, context)
        year, _, _ = time.date_of(context.around.now)
        _check_clock(node, found.ranges if found else None, before(year), context)
    elif _is_event_time(left):
        found = allowed(node, context)
        _check_events(node, found.ranges if found else None, context)


def _check_comparison(node: FunctionCall, other: Expr, context: Context) -> None:
    """A comparison of ``now`` or a day, such as ``today``, with a fixed time that has been over for a day."""
    day = date_literal(other)
    start = time.first_instant(*day) if day else None
    if isinstance(other, StringLiteral):
        start = time.iso_instant(other.value)
    if start is None or start + time.DAY > context.around.now:
        return
    later = node.arguments[1] is other
    holds = node.function == "!=" or ((node.function in (">", ">=")) == later and node.function != "=")
    _report_clock(node, holds, context)


def _check_clock(node: Expr, ranges: Ranges | None, present: tuple[object, ...], context: Context) -> None:
    """A condition on the clock, which only goes on from the `present`."""
    if ranges is None:
        return
    future = ((present, HIGHEST),)
    if not intersection(ranges, future):
        _report_clock(node, False, context)
    elif includes(ranges, future):
        _report_clock(node, True, context)


def _report_clock(node: Expr, holds: bool, context: Context) -> None:
    state = "always holds by now" if holds else "never holds again"
    context.report(node, f"{context.source(node)} {state}: the date is past", help="remove the condition or renew it")


def _check_events(place: Node, ranges: Ranges | None, context: Context) -> None:
    if not ranges or ranges[-1][1] >= before(context.around.now - _YEAR):
        return
    last = time.day_text(ranges[-1][1][1] - 1)
    help = "a window that moves with the clock, such as `<= 90 days before now`, does not run dry"
    message = f"no new event can lie in this window, which ended on {last}"
    context.report(place, message, help=help, severity="information")


def _is_event_time(node: Expr) -> bool:
    """Whether this is the `timestamp` of an event, or of whatever a scope or a variable ranges over."""
    if not isinstance(node, FieldLookup) or node.name.removeprefix("xdm:") != "timestamp":
        return False
    return isinstance(node.object, ItemReference | VariableReference)


RULE = Rule(
    "PQL309",
    "past-date",
    "warning",
    check,
    nodes=(FunctionCall, Occurs, Chain),
    functions=(*_COMPARISONS, "in", "notIn"),
)

"""A window of time is empty, or excluded by another condition on the same timestamp.

No instant lies between two days of which the second comes first, or less than 0 days before now. `and` joins windows
on one timestamp, so that it has to lie in all of them; of two events in a sequence the later one cannot lie in a window
that ends before the other's begins.

```pql bad
xEvent[timestamp occurs between today and yesterday]
```
```pql good
xEvent[timestamp occurs between yesterday and today]
```
```pql bad
xEvent[timestamp occurs < 0 days before now]
```
```pql bad
xEvent[timestamp occurs last month and timestamp occurs this month]
```
```pql good
xEvent[timestamp occurs last month or timestamp occurs this month]
```
```pql bad
CHAIN(xEvent, timestamp, [C0: WHAT(eventType = "web.webpagedetails.pageViews") WHEN(today),
  C1: WHAT(eventType = "commerce.purchases") WHEN(yesterday)])
```
```pql good
CHAIN(xEvent, timestamp, [C0: WHAT(eventType = "web.webpagedetails.pageViews") WHEN(yesterday),
  C1: WHAT(eventType = "commerce.purchases") WHEN(today)])
```

Windows that move with the clock, such as `last month`, are looked at for days of every kind in the years to come, and
reported if they are empty on all of them.
"""

from __future__ import annotations

from pqltools.checks.operands import is_outermost
from pqltools.checks.range_groups import conflict, groups
from pqltools.checks.registry import Rule
from pqltools.diagnostics import Related
from pqltools.syntax.ast import Chain, ChainElement, FunctionCall, TimeWindow, VariableReference
from pqltools.syntax.operators import UNITS
from pqltools.types.model import ANY
from pqltools.types.windows import instants, is_relative, moments

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.checks.range_groups import Group
    from pqltools.syntax.ast import Expr
    from pqltools.types.value_sets import Ranges

#: How many elements back a window is compared with others; sequences have few.
_NEAR = 10


def check(node: TimeWindow | FunctionCall | Chain, context: Context) -> None:
    """Report a window by itself, windows under one `and`, and the windows of one sequence."""
    if isinstance(node, TimeWindow):
        _check_window(node, context)
    elif isinstance(node, Chain):
        _check_order(node, context)
    elif len(node.arguments) > 1 and is_outermost(node, context):
        _check_conjunction(node, context)


def _moments(context: Context, moving: bool) -> tuple[int, ...]:
    return moments(context.around.now) if moving else (context.around.now,)


def _is_empty(window: TimeWindow, context: Context) -> bool:
    """Whether no instant lies in the window, now or later."""
    found = instants(window, context.around.now)
    if found is None or found:
        return False
    return not any(instants(window, now) for now in _moments(context, is_relative(window)))


def _check_window(window: TimeWindow, context: Context) -> None:
    by = window.qualification
    if by is not None and by.count == 0 and by.comparison in ("<", "<="):
        context.report(window, f"nothing lies {by.comparison} 0 {UNITS[by.unit]} {window.relation} anything")
    elif _is_empty(window, context):
        help = "its end comes before its start" if window.relation == "between" else None
        context.report(window, "no instant lies in this window", help=help)


def _check_conjunction(node: FunctionCall, context: Context) -> None:
    for group in groups(node, context):
        if not any(values.moving for _, values in group):
            continue
        found = conflict("and", group)
        if found is None:
            continue
        parts = [part for part, _ in found[0]]
        later = (groups(node, context, now) for now in moments(context.around.now)[1:])
        if all(_still(parts, again) for again in later):
            _report_conflict(parts, context.type(found[1].subject) is ANY, context)


def _report_conflict(parts: list[Expr], is_open: bool, context: Context) -> None:
    *others, last = parts
    told = " and ".join(context.source(part, 40) for part in parts)
    related = tuple(Related("the other condition", part.span) for part in others if part.span is not None)
    if is_open:
        message = f"{told} hold together only for an array of timestamps"
        context.report(last, message, severity="information", related=related)
    else:
        context.report(last, f"{told} never hold together", help="did you mean `or`?", related=related)


def _still(parts: list[Expr], again: list[Group]) -> bool:
    """Whether the same operands are in conflict at another instant."""
    wanted = {*map(id, parts)}
    for group in again:
        chosen = [pair for pair in group if id(pair[0]) in wanted]
        if len(chosen) == len(parts):
            return conflict("and", chosen) is not None
    return False


def _check_order(chain: Chain, context: Context) -> None:
    """Each event comes after the one before it."""
    earlier: list[ChainElement] = []
    for element in chain.elements:
        if element.negated:
            continue
        window = element.when
        if window is not None:
            name = _before_which(window, earlier)
            if name is not None:
                context.report(window, f"`{element.name}` comes after `{name}` in the sequence, not before it")
            else:
                _check_pair(window, element, earlier, context)
        earlier.append(element)


def _before_which(window: TimeWindow, earlier: list[ChainElement]) -> str | None:
    """The earlier element before which the window wants the event to lie."""
    if window.relation != "before" or not isinstance(window.time, VariableReference):
        return None
    name = window.time.name
    return name if any(element.name == name for element in earlier) else None


def _check_pair(window: TimeWindow, element: ChainElement, earlier: list[ChainElement], context: Context) -> None:
    for other in earlier[-_NEAR:]:
        before = other.when
        if before is None or not (instants(window, context.around.now) and instants(before, context.around.now)):
            continue
        moving = is_relative(window) or is_relative(before)
        if all(_excludes(instants(before, now), instants(window, now)) for now in _moments(context, moving)):
            related = (Related(f"the window of `{other.name}`", before.span),) if before.span is not None else ()
            message = f"no event in the window of `{element.name}` comes after one in that of `{other.name}`"
            context.report(window, message, help="the elements are in order of time", related=related)
            return


def _excludes(first: Ranges | None, second: Ranges | None) -> bool:
    """Whether nothing in `second` is later than anything in `first`."""
    if not first or not second:
        return False
    return first[0][0] >= second[-1][1]


RULE = Rule(
    "PQL307",
    "impossible-window",
    "warning",
    check,
    nodes=(TimeWindow, FunctionCall, Chain),
    functions=("and",),
)

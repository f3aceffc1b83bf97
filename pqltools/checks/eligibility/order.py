"""Which events follow each other in time?  Pairs that a condition puts in order, and the groups that they make."""

from __future__ import annotations

from pqltools.checks.eligibility.windows import event_of
from pqltools.syntax import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pqltools.checks.eligibility.names import Event, Scope
    from pqltools.syntax.ast import Expr


class TimeOrder:
    """Groups of events of which each is in a strict order with another one of the group."""

    def __init__(self) -> None:
        self._earlier: dict[Event, Event] = {}

    def put(self, one: Event, other: Event) -> None:
        """The two are in order."""
        one, other = self._group(one), self._group(other)
        if one is not other:
            self._earlier[other] = one

    def holds(self, one: Event, other: Event) -> bool:
        """Whether the two are in order, directly or by way of others."""
        return self._group(one) is self._group(other)

    def _group(self, event: Event) -> Event:
        first = event
        while first in self._earlier:
            first = self._earlier[first]
        while event is not first:
            self._earlier[event], event = first, self._earlier[event]
        return first


def pairs(condition: Expr, scope: Scope) -> Iterator[tuple[Event, Event]]:
    """The events of which a condition says that one is before the other, whatever else holds."""
    pending: list[Expr] = [condition]
    while pending:
        match pending.pop():
            case ast.FunctionCall("and", operands):
                pending += operands
            case ast.Occurs(one, ast.TimeWindow("before" | "after", other)) | ast.FunctionCall(
                "<" | "<=" | ">" | ">=", (one, other)
            ):
                first, second = event_of(one, scope), event_of(other, scope)
                if first is not None and second is not None and first is not second:
                    yield first, second

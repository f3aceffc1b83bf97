"""Is there a way to assign events to the elements of a chain?  Every way is tried, as pql.md, section 7, says it.

Events without a timestamp have no place in an order and are left out (ours). An element stands for an event: it
satisfies `WHAT`, `WHERE` and `WHEN`, comes after the event of the element before it in strict order of time, and with
``COUNT(n)`` or ``COUNT(> n)`` is the last of as many such events since then (ours). Any other element is a condition on
the gap in which it stands, between the neighbours that stand for events: how many such events lie there. That is so for
``NOT``, for the other comparisons, and for a count that no event at all satisfies (ours). Its name stands for null.
"""

from __future__ import annotations

from pqltools.evaluation.naive.comparisons import holds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from pqltools.evaluation.naive.environment import Environment
    from pqltools.evaluation.naive.walker import Walker
    from pqltools.syntax.ast import Chain, ChainElement

    #: The instant in milliseconds and the event.
    Moment: TypeAlias = tuple[int, Any]
    #: Elements that are conditions on a gap, each with what its names mean.
    Gap: TypeAlias = tuple[tuple[ChainElement, Environment], ...]


class Sequences:
    """The search for one chain over the events of one profile, in the order of time."""

    def __init__(self, walker: Walker, node: Chain, events: list[Moment]) -> None:
        self.walker = walker
        self.elements = node.elements
        self.events = sorted(events, key=lambda moment: moment[0])

    def found(self, environment: Environment) -> bool:
        """Whether some events satisfy all elements."""
        return self._found(0, None, (), environment)

    def _found(self, index: int, after: int | None, gap: Gap, environment: Environment) -> bool:
        """Whether the elements from `index` on can be satisfied by events after the instant `after`."""
        if index == len(self.elements):
            return self._holds(gap, after, None)
        element = self.elements[index]
        if self._is_condition(element, environment):
            unbound = environment.bind(element.name, None)
            return self._found(index + 1, after, (*gap, (element, environment)), unbound)
        for ms, event in self._matching(element, after, None, environment):
            enough = self._counts(element, self._matching(element, after, ms + 1, environment), environment)
            if enough and self._holds(gap, after, ms):
                bound = environment.bind_moment(element.name, event, ms)
                if self._found(index + 1, ms, (), bound):
                    return True
        return False

    def _is_condition(self, element: ChainElement, environment: Environment) -> bool:
        if element.negated:
            return True
        if element.count is None:
            return False
        return element.count.comparison not in (">", ">=") or self._counts(element, [], environment)

    def _counts(self, element: ChainElement, found: list[Moment], environment: Environment) -> bool:
        """Whether so many events are what ``COUNT`` asks for; at least one where it says nothing."""
        if element.count is None:
            return len(found) > 0
        wanted = self.walker.value(element.count.value, environment)
        return holds(element.count.comparison, len(found), wanted)

    def _matching(
        self, element: ChainElement, after: int | None, before: int | None, environment: Environment
    ) -> list[Moment]:
        """The events strictly between two instants that satisfy the conditions of an element."""
        return [
            (ms, event)
            for ms, event in self.events
            if (after is None or after < ms) and (before is None or ms < before)
            if self.walker.satisfies(element, ms, event, environment)
        ]

    def _holds(self, gap: Gap, after: int | None, before: int | None) -> bool:
        """Whether the conditions on a gap hold in it."""
        for element, environment in gap:
            counted = self._counts(element, self._matching(element, after, before, environment), environment)
            if counted == element.negated:
                return False
        return True

"""Which events are the elements of a chain, or what stopped the search?

An element that no way gets past is told part by part, for one way through the elements before it: how many events pass
WHAT, how many of those WHERE, and so on, up to the first part that leaves too few.
"""

from __future__ import annotations

from bisect import bisect_left

from pqltools.evaluation.explaining.arrays import noun_of
from pqltools.evaluation.explaining.model import Explanation, Reasons
from pqltools.evaluation.explaining.windows import moment_text, window_notes
from pqltools.evaluation.explaining.wording import counted, item_text, value_text
from pqltools.evaluation.naive.comparisons import holds, items
from pqltools.evaluation.runtime.sequences import search
from pqltools.evaluation.steady import bind
from pqltools.evaluation.values import Instant
from pqltools.formats.layout import one_line
from pqltools.formats.pql_printer import Printer
from pqltools.formats.pql_time import window as window_doc
from pqltools.formats.printed_scopes import Scope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pqltools.evaluation.explaining.explainer import Explainer
    from pqltools.evaluation.naive.environment import Environment
    from pqltools.evaluation.runtime.sequences import Moment
    from pqltools.syntax.ast import Chain, ChainElement


def chain(explainer: Explainer, node: Chain, environment: Environment) -> Reasons:
    """The elements of a chain, each with its event, as far as the search got."""
    return _Telling(explainer, node, environment).reasons()


class _Telling:
    """What is told of one chain."""

    def __init__(self, explainer: Explainer, node: Chain, environment: Environment) -> None:
        self.explainer = explainer
        self.walker = explainer.walker
        self.node = node
        self.noun = noun_of(node.array)
        self.all = items(self.walker.value(node.array, environment))
        self.moments = sorted(self.walker.moments(node, environment), key=lambda moment: moment[0])
        self.outcome = search(self.moments, self.walker.elements(node, environment))
        names = [element.name for element in node.elements]
        events = self.outcome.events
        #: What names mean in each element that the search came to.
        self.places = [bind(environment, names[:index], events[:index]) for index in range(len(events) + 1)]
        #: Whether a null decides the only element.
        self.unknown = len(names) == 1 and self.walker.truth(node, environment) is None
        self.index_of = {id(item): index for index, item in enumerate(self.all)}

    def reasons(self) -> Reasons:
        """The notes of the chain, and a line for each element."""
        timeless = len(self.all) - len(self.moments)
        notes = [counted(len(self.all), self.noun)]
        if timeless:
            notes.append(f"{'all' if timeless == len(self.all) else timeless} without a timestamp, which do not count")
        lines = [self.line(position) for position in range(len(self.node.elements))]
        return Reasons((", ".join(notes),), tuple(lines))

    def line(self, position: int) -> Explanation:
        """One element: with its event, as a condition, as what stopped the search, or not reached."""
        element = self.node.elements[position]
        text = self.text(position)
        if position > len(self.outcome.events):
            return Explanation("element", text, evaluated=False, node=element)
        if position == len(self.outcome.events):
            told = self.stopped(position)
            return Explanation("element", text, holds=False, unknown=self.unknown, children=told, node=element)
        moment = self.outcome.events[position]
        if moment is None:
            return self.condition(position, text)
        inside = () if not self.explainer.limits.skipped else self.inside(element, moment, self.places[position])
        return Explanation("element", text, holds=True, notes=(self.event(moment),), children=inside, node=element)

    def event(self, moment: Moment) -> str:
        """What an event is called."""
        ms, event = moment
        told = item_text(event, self.index_of.get(id(event), 0), len(self.all), self.noun)
        return told if isinstance(event, dict) and "timestamp" in event else f"{told}, {moment_text(ms)}"

    def inside(self, element: ChainElement, moment: Moment, place: Environment) -> tuple[Explanation, ...]:
        """The conditions of an element for one event."""
        inner = place.item(moment[1])
        return tuple(
            [
                self.explainer.explain_item(part.body, inner, self.noun, condition=True, label=word)
                for word, part in (("WHAT", element.what), ("WHERE", element.where))
                if part is not None
            ]
        )

    # Conditions on a gap.

    def gap(self, position: int) -> tuple[int | None, int | None]:
        """The instants between which the events of a condition lie."""
        before = [moment[0] for moment in self.outcome.events[:position] if moment is not None]
        behind = [moment[0] for moment in self.outcome.events[position + 1 :] if moment is not None]
        return (before[-1] if before else None), (behind[0] if behind else None)

    def condition(self, position: int, text: str) -> Explanation:
        """An element that says how many events lie in a gap."""
        element, place = self.node.elements[position], self.places[position]
        after, before = self.gap(position)
        found = [
            moment
            for moment in self.between(after, before)
            if self.walker.satisfies(element, moment[0], moment[1], place)
        ]
        told = counted(len(found), f"such {self.noun}")
        note = told + _bounds(after, before)
        if found and len(found) < 3:
            note += f" ({'; '.join(map(self.event, found))})"
        enough = self.counts(element, len(found), place)
        notes = (note, *self.window(element, place))
        holds = enough != element.negated
        return Explanation("element", text, holds=holds, unknown=self.unknown, notes=notes, node=element)

    def between(self, after: int | None, before: int | None) -> Sequence[Moment]:
        """The events strictly between two instants."""
        first = 0 if after is None else bisect_left(self.moments, after + 1, key=lambda moment: moment[0])
        last = len(self.moments) if before is None else bisect_left(self.moments, before, key=lambda m: m[0])
        return self.moments[first:last]

    def counts(self, element: ChainElement, found: int, place: Environment) -> bool:
        """Whether so many events are what ``COUNT`` asks for."""
        if element.count is None:
            return found > 0
        return holds(element.count.comparison, found, self.walker.value(element.count.value, place))

    # What stopped the search.

    def stopped(self, position: int) -> tuple[Explanation, ...]:
        """How many events pass each part of the element, up to the first part that leaves too few."""
        element, place = self.node.elements[position], self.places[position]
        after, _ = self.gap(position)
        lines: list[Explanation] = []
        left: Sequence[Moment] = self.moments
        for text, test, notes in self.parts(element, place, after):
            passing = [moment for moment in left if test(moment)]
            said = f"passed by {len(passing) or 'none'} of {counted(len(left), self.noun)}"
            failing = () if passing else self.failing(text, element, left, place)
            unknown = self.unknown and not passing
            notes = (said, *notes)
            lines.append(
                Explanation("part", text, holds=len(passing) > 0, unknown=unknown, notes=notes, children=failing)
            )
            left = passing
            if not passing:
                return tuple(lines)
        if not self.counts(element, len(left), place):
            lines.append(self.too_few(element, len(left), place))
            return tuple(lines)
        told = "the conditions between this element and the one before leave no way"
        return (*lines, Explanation("part", told, holds=False))

    def parts(
        self, element: ChainElement, place: Environment, after: int | None
    ) -> list[tuple[str, Callable[[Moment], bool], tuple[str, ...]]]:
        """The parts of an element, each with its test of an event."""
        walker, when, where = self.walker, element.when, element.where
        found: list[tuple[str, Callable[[Moment], bool], tuple[str, ...]]] = []
        found.append(("WHAT", lambda moment: walker.holds(element.what.body, place.item(moment[1])), ()))
        if where is not None:
            found.append(("WHERE", lambda moment: walker.holds(where.body, place.item(moment[1])), ()))
        if when is not None:
            notes = self.window(element, place)
            found.append(("WHEN", lambda moment: walker.lies_in(Instant(moment[0]), when, place), notes))
        if after is not None:
            text = f"after the event of the element before, {moment_text(after)}"
            found.append((text, lambda moment: moment[0] > after, ()))
        return found

    def failing(
        self, part: str, element: ChainElement, left: Sequence[Moment], place: Environment
    ) -> tuple[Explanation, ...]:
        """Some events that do not pass a part that none passes, the latest ones."""
        condition = {"WHAT": element.what, "WHERE": element.where}.get(part)
        room = max(self.explainer.limits.items >> (self.explainer.arrays + 1), 1)
        self.explainer.arrays += 1
        lines = []
        for moment in left[: -room - 1 : -1]:
            told: tuple[Explanation, ...] = ()
            if condition is not None:
                inner = place.item(moment[1])
                told = (self.explainer.explain_item(condition.body, inner, self.noun, condition=True),)
            unknown = any(child.unknown for child in told)
            lines.append(Explanation("item", self.event(moment), holds=False, unknown=unknown, children=told))
        self.explainer.arrays -= 1
        if len(left) > room:
            lines.append(Explanation("rest", f"and {counted(len(left) - room, f'more {self.noun}')}"))
        return tuple(lines)

    def too_few(self, element: ChainElement, found: int, place: Environment) -> Explanation:
        """``COUNT`` that asks for more events than there are."""
        assert element.count is not None
        wanted = self.walker.value(element.count.value, place)
        text = f"COUNT({element.count.comparison} {value_text(wanted)})"
        return Explanation("part", text, holds=False, notes=(f"there are {found}",))

    def window(self, element: ChainElement, place: Environment) -> tuple[str, ...]:
        """The bounds of ``WHEN``."""
        return () if element.when is None else window_notes(self.walker, element.when, place)

    def text(self, position: int) -> str:
        """The element on one line."""
        element = self.node.elements[position]
        place = self.places[min(position, len(self.places) - 1)]
        explainer, inner = self.explainer, place.item(None)
        parts = [f"{element.name}: {'NOT ' * element.negated}WHAT({explainer.text(element.what.body, inner)})"]
        if element.where is not None:
            parts.append(f"WHERE({explainer.text(element.where.body, inner)})")
        if element.when is not None:
            names = [each.name for each in self.node.elements[:position]]
            scope = Scope(frozenset((*place.variables, *names)), (None,) * len(place.items))
            parts.append(f"WHEN({one_line(window_doc(Printer(self.node), element.when, scope))})")
        if element.count is not None:
            sign = "" if element.count.comparison == ">=" else f"{element.count.comparison} "
            parts.append(f"COUNT({sign}{explainer.text(element.count.value, place)})")
        return " ".join(parts)


def _bounds(after: int | None, before: int | None) -> str:
    """Where the gap of a condition lies."""
    if after is not None and before is not None:
        return f" between {moment_text(after)} and {moment_text(before)}"
    if after is not None:
        return f" after {moment_text(after)}"
    return "" if before is None else f" before {moment_text(before)}"

"""Is there a way to assign events to the elements of a chain, without trying every way?

What an element asks of the events is the same for all ways that agree on the events of the elements it refers to by
name. So the search keeps, element by element, for each choice of events that a later element refers to, only the set of
instants at which the element before may have happened. Whether an event can come next is then a question of counts
between two instants, which rise with the first one: the instants that fit are runs, found by bisection. That takes
``n log n`` in the number of events for elements that do not refer to others, and as often as much as there are choices
of events that are referred to. The meaning is that of `pqltools.evaluation.naive.sequences`.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right

from pqltools.evaluation.runtime.comparisons import comparison
from pqltools.evaluation.values import text_number
from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeAlias

    #: The instant in milliseconds and the event.
    Moment: TypeAlias = tuple[int, Any]
    #: What the elements stand for so far, by their index; None for one that stands for no event.
    Bound: TypeAlias = tuple[Moment | None, ...]
    #: First and last count that will do.
    Counts: TypeAlias = tuple[tuple[float, float], ...]
    #: How a way came to a start: from which state, by which event, from which of its starts.
    Step: TypeAlias = "tuple[_State, Moment, int]"

_holds = {symbol: comparison(symbol) for symbol in ("=", "!=", "<", "<=", ">", ">=")}


@record
class Element(Record):
    """One element. `satisfied(event, ms, bound)` is what it asks of an event, `count(bound)` the value of its COUNT.

    `refers` are the indices of the elements that it refers to by name.
    """

    negated: bool
    comparison: str
    count: Callable[[Bound], Any]
    satisfied: Callable[[Any, int, Bound], bool]
    refers: frozenset[int]


class _Condition:
    """An element as a condition on a gap: the instants of its events, and how many may lie in the gap."""

    __slots__ = ("counts", "instants")

    def __init__(self, element: Element, wanted: Any, instants: list[int]) -> None:
        self.instants = instants
        self.counts = _counts(element.comparison, wanted, element.negated)

    def fitting(self, starts: list[int], before: float) -> list[tuple[int, int]]:
        """The runs of `starts`, as indices, from which so many events lie before the instant `before`."""
        ahead = bisect_left(self.instants, before)
        return [
            _run(starts, self.instants, ahead - most, ahead - least) for least, most in self.counts if least <= ahead
        ]


class _State:
    """Ways that agree on the events that are referred to: `starts`, the instants after which to go on, sorted.

    `steps` has for each start how one way came to it: the state before, the event, and the start in that state. After a
    condition that is the state `before`, with the same starts.
    """

    __slots__ = ("before", "bound", "gap", "starts", "steps")

    def __init__(
        self,
        bound: Bound,
        starts: list[int],
        gap: tuple[_Condition, ...] = (),
        before: _State | None = None,
        steps: dict[int, Step] | None = None,
    ) -> None:
        self.bound = bound
        self.starts = starts
        self.gap = gap
        self.before = before
        self.steps = steps


@record
class Search(Record):
    """What came of a search: whether the chain `holds`, and one way that got as far as any.

    `events` are what the first elements stand for on that way, None for conditions; if the chain does not hold, the
    next element is the first one that no way gets past. If they are all there, a condition fails behind the last event.
    """

    holds: bool
    events: Bound


def chain_holds(moments: Iterable[Moment], elements: tuple[Element, ...]) -> bool:
    """Whether some events satisfy all elements."""
    states, _ = _searched(moments, elements)
    return any(_fitting(state, math.inf) is not None for state in states)


def search(moments: Iterable[Moment], elements: tuple[Element, ...]) -> Search:
    """Whether some events satisfy all elements, and which."""
    states, last = _searched(moments, elements)
    for state in states:
        index = _fitting(state, math.inf)
        if index is not None:
            return Search(True, _way(state, state.starts[index]))
    return Search(False, _way(last, last.starts[0]))


def _searched(moments: Iterable[Moment], elements: tuple[Element, ...]) -> tuple[list[_State], _State]:
    """The ways through all elements, and one that got as far as any."""
    # Not by the events, which have no order.
    events = sorted(moments, key=lambda moment: moment[0])
    live = [
        frozenset(index for later in elements[position + 1 :] for index in later.refers if index <= position)
        for position in range(len(elements))
    ]
    # Before all events.
    states = [_State((), [events[0][0] - 1 if events else 0])]
    last = states[0]
    for position, element in enumerate(elements):
        states = _after(element, states, events, live[position])
        if not states:
            break
        last = states[0]
    return states, last


def _way(state: _State, start: int) -> Bound:
    """The events on the way to a state and one of its starts."""
    found: list[Moment | None] = []
    while True:
        if state.steps is not None:
            state, moment, start = state.steps[start]
            found.append(moment)
        elif state.before is not None:
            state = state.before
            found.append(None)
        else:
            return tuple(reversed(found))


def _after(element: Element, states: list[_State], events: list[Moment], live: frozenset[int]) -> list[_State]:
    """The ways on from `states` by one element."""
    found: dict[Any, dict[int, Step]] = {}
    kept: dict[Any, Bound] = {}
    on: list[_State] = []
    for state in states:
        wanted = element.count(state.bound)
        fitting = [(ms, event) for ms, event in events if element.satisfied(event, ms, state.bound)]
        instants = [ms for ms, _ in fitting]
        if _is_condition(element, wanted):
            gap = (*state.gap, _Condition(element, wanted, instants))
            on.append(_State((*state.bound, None), state.starts, gap, before=state))
            continue
        needed = _least(element.comparison, wanted)
        for moment in fitting:
            index = _fitting(state, moment[0], instants, needed)
            if index is None:
                continue
            bound = tuple([each if index in live else None for index, each in enumerate((*state.bound, moment))])
            key = tuple([None if each is None else (each[0], id(each[1])) for each in bound])
            kept[key] = bound
            found.setdefault(key, {})[moment[0]] = (state, moment, state.starts[index])
    return on + [_State(kept[key], sorted(steps), steps=steps) for key, steps in found.items()]


def _fitting(state: _State, before: float, instants: list[int] | None = None, needed: float = 1) -> int | None:
    """The first of the state's starts that leads on to an event at the instant `before`, the last of `needed` ones."""
    starts = state.starts
    runs = [(0, bisect_left(starts, before))]
    if instants is not None and needed > 1:
        reached = bisect_right(instants, before)
        runs = _both(runs, [_run(starts, instants, -math.inf, reached - needed)])
    for condition in state.gap:
        runs = _both(runs, condition.fitting(starts, before))
    return min((first for first, last in runs if first < last), default=None)


def _run(starts: list[int], instants: list[int], least: float, most: float) -> tuple[int, int]:
    """The starts up to which at least `least` and at most `most` of the instants have passed."""
    first = 0 if least <= 0 else len(starts) if least > len(instants) else bisect_left(starts, instants[int(least) - 1])
    if most < 0:
        return 0, 0
    last = len(starts) if most >= len(instants) else bisect_left(starts, instants[int(most)])
    return first, last


def _both(runs: list[tuple[int, int]], others: list[tuple[int, int]]) -> list[tuple[int, int]]:
    pairs = [(max(one[0], other[0]), min(one[1], other[1])) for one in runs for other in others]
    return [(first, last) for first, last in pairs if first < last]


def _is_condition(element: Element, wanted: Any) -> bool:
    """Whether the element stands for no event of its own."""
    return element.negated or element.comparison not in (">", ">=") or _holds[element.comparison](0, wanted)


def _number(wanted: Any) -> Any:
    """What a count, an integer, is compared with: a number, None for what is none."""
    if wanted.__class__ is str:
        wanted = text_number(wanted)
    return wanted if wanted.__class__ is int or wanted.__class__ is float else None


def _least(comparison: str, wanted: Any) -> float:
    """The least count that ``>`` or ``>=`` lets pass; infinite if none does."""
    number = _number(wanted)
    if number is None or number != number or number == math.inf:
        return math.inf
    least: int = math.floor(number) + 1 if comparison == ">" else math.ceil(number)
    return least


def _counts(comparison: str, wanted: Any, negated: bool) -> Counts:
    """The counts that satisfy a comparison, or those that do not."""
    if negated:
        opposite = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
        # Where nothing satisfies the comparison, all counts satisfy its negation.
        comparison = opposite[comparison]
    number = _number(wanted)
    if number is None or number != number:
        return ((0, math.inf),) if negated else ()
    if number in (math.inf, -math.inf):
        return ((0, math.inf),) if _holds[comparison](0, number) else ()
    low, high = math.floor(number), math.ceil(number)
    match comparison:
        case "=":
            return ((low, high),) if low == high and low >= 0 else ()
        case "!=":
            return ((0, low - 1), (low + 1, math.inf)) if low == high and low >= 0 else ((0, math.inf),)
        case "<":
            return ((0, high - 1),)
        case "<=":
            return ((0, low),)
        case ">":
            return ((max(low + 1, 0), math.inf),)
    return ((max(high, 0), math.inf),)

"""How does the walker stay upright on data of any size and depth?  `SteadyWalker`, for what explains a run.

The walker of `naive` is written to be read: it recurses into data, compares arrays item by item, and tries every way
through a chain. This one walks the same way, and takes from `runtime` what would cost it the stack or more than about
linear time. Values at places that are marked as `kept` are computed, and told to `trace`, once.
"""

from __future__ import annotations

from pqltools.evaluation.naive.comparisons import items
from pqltools.evaluation.naive.environment import Environment
from pqltools.evaluation.naive.walker import Walker
from pqltools.evaluation.names import is_namespaced, plain_name
from pqltools.evaluation.operations import operation
from pqltools.evaluation.runtime import comparisons, fields, sequences, times
from pqltools.syntax import ast
from pqltools.syntax.walk import walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any, Self

    from pqltools.evaluation.naive.walker import Trace
    from pqltools.evaluation.operations import Operation
    from pqltools.evaluation.program import Program
    from pqltools.evaluation.runtime.sequences import Bound, Element, Moment
    from pqltools.syntax.ast import Chain, ChainElement, Expr


class SteadyWalker(Walker):
    """A walker for large data. Segments that it meets get one of their own, of the same class."""

    def __init__(
        self,
        program: Program,
        parameters: Sequence[Any],
        models: Mapping[str, Any] | None = None,
        trace: Trace | None = None,
    ) -> None:
        super().__init__(program, parameters, models, trace)
        self.operations: dict[int, Operation | None] = {}
        self.segments: dict[str, Self] = {}
        self._outermost: Environment | None = None
        self._kept: dict[int, Environment] = {}
        self._values: dict[tuple[int, int], Any] = {}

    def outermost(self) -> Environment:
        """What names mean in the whole expression."""
        if self._outermost is None:
            named = {name: self.parameter(index) for index, name in enumerate(self.program.parameters)}
            self._outermost = self.keep(Environment(named))
        return self._outermost

    def result(self) -> Any:
        """The value of the whole expression."""
        return self.value(self.program.body, self.outermost())

    def keep(self, environment: Environment) -> Environment:
        """Remember values at this place, for as long as the walker lives."""
        self._kept[id(environment)] = environment
        return environment

    def is_kept(self, environment: Environment) -> bool:
        """Whether values at this place are remembered."""
        return id(environment) in self._kept

    def value(self, node: Expr, environment: Environment) -> Any:
        """The value of `node`."""
        if id(environment) not in self._kept:
            return self._computed(node, environment)
        key = id(node), id(environment)
        if key not in self._values:
            self._values[key] = self._computed(node, environment)
        return self._values[key]

    def _computed(self, node: Expr, environment: Environment) -> Any:
        method = _METHODS.get(node.__class__)
        if method is None:
            return super().value(node, environment)
        found = method(self, node, environment)
        if self.trace is not None:
            self.trace(node, environment, found)
        return found

    def field_lookup(self, node: ast.FieldLookup, environment: Environment) -> Any:
        """A field, also of arrays in arrays."""
        fetch = fields.namespaced if is_namespaced(node.object) else fields.step
        return fetch(self.value(node.object, environment), plain_name(node.name))

    def call(self, node: ast.FunctionCall, environment: Environment) -> Any:
        """A call, by the operation of the runtime where it has one."""
        if id(node) not in self.operations:
            self.operations[id(node)] = operation(self, node)
        apply = self.operations[id(node)]
        if apply is None:
            return super().call(node, environment)
        return apply(*[self.value(part, environment) for part in node.arguments])

    def item_scopes(self, body: Expr, array: Any, environment: Environment) -> Iterator[tuple[Environment, Expr]]:
        """For each item, what names mean in the second argument of an item function, and what is evaluated there."""
        if isinstance(body, ast.ItemLambda):
            yield from ((environment.item(item), body.body) for item in items(array))
        elif isinstance(body, ast.Lambda):
            for _, parts in fields.pairs(array, len(body.parameters)):
                inner = environment
                for name, part in zip(body.parameters, parts, strict=True):
                    inner = inner.bind(name, part)
                yield inner, body.body
        else:
            yield from ((environment, body) for _ in items(array))

    def in_segment(self, id: Any) -> bool:
        """Whether the definition of a segment holds; where it is not given, whether the profile is a member."""
        walker = self.segment(id)
        if walker is not None:
            return comparisons.truth(walker.result())
        profile = self.parameter(0)
        return isinstance(profile, dict) and fields.is_member(profile, id)

    def segment(self, id: Any) -> Self | None:
        """The walker of the definition of a segment, None if it is not given."""
        program = self.program.segments.get(id) if isinstance(id, str) else None
        if program is not None and id not in self.segments:
            self.segments[id] = self.__class__(program, self.parameters, self.models)
        return self.segments.get(id) if program is not None else None

    def lies_in(self, value: Any, window: ast.TimeWindow, environment: Environment) -> bool:
        """Whether a time lies in a window, of an array whether some item does."""
        if isinstance(value, list):
            return any(
                super(SteadyWalker, self).lies_in(item, window, environment) for item in comparisons.leaves(value)
            )
        return super().lies_in(value, window, environment)

    # Chains.

    def chain(self, node: ast.Chain, environment: Environment) -> bool:
        """Whether some events satisfy all elements."""
        return sequences.chain_holds(self.moments(node, environment), self.elements(node, environment))

    def moments(self, node: Chain, environment: Environment) -> list[Moment]:
        """The events that have a timestamp, with their instants."""
        found = []
        for event in items(self.value(node.array, environment)):
            ms = times.milliseconds(self.value(node.timestamp_field.body, environment.item(event)))
            if ms is not None:
                found.append((ms, event))
        return found

    def elements(self, node: Chain, environment: Environment) -> tuple[Element, ...]:
        """The elements as the search of the runtime asks for them."""
        return tuple([self._element(node, position, environment) for position in range(len(node.elements))])

    def _element(self, node: Chain, position: int, environment: Environment) -> Element:
        element = node.elements[position]
        names = [earlier.name for earlier in node.elements[:position]]
        places: list[tuple[Bound, Environment]] = []

        def inside(bound: Bound) -> Environment:
            # The search asks for all events with the same choice of earlier ones.
            if not places or places[-1][0] is not bound:
                places[:] = [(bound, bind(environment, names, bound))]
            return places[-1][1]

        def count(bound: Bound) -> Any:
            return 1 if element.count is None else self.value(element.count.value, inside(bound))

        def satisfied(event: Any, ms: int, bound: Bound) -> bool:
            return self.satisfies(element, ms, event, inside(bound))

        comparison = ">=" if element.count is None else element.count.comparison
        return sequences.Element(element.negated, comparison, count, satisfied, _referred(element, names))


#: What this walker does in its own way, by the class of the node, as in the table of the other one.
_METHODS: dict[type, Callable[[SteadyWalker, Any, Environment], Any]] = {
    ast.FieldLookup: SteadyWalker.field_lookup,
    ast.FunctionCall: SteadyWalker.call,
    ast.Chain: SteadyWalker.chain,
}


def bind(environment: Environment, names: Sequence[str], bound: Bound) -> Environment:
    """The environment in which the elements of a chain stand for their events."""
    for name, moment in zip(names, bound, strict=True):
        if moment is None:
            environment = environment.bind(name, None)
        else:
            environment = environment.bind_moment(name, moment[1], moment[0])
    return environment


def _referred(element: ChainElement, names: Sequence[str]) -> frozenset[int]:
    """The indices of the earlier elements that an element names; of two with a name the later one is meant."""
    used = {node.name for node in walk(element) if isinstance(node, ast.VariableReference)}
    indices = {name: index for index, name in enumerate(names)}
    return frozenset(index for name, index in indices.items() if name in used)

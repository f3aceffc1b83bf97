"""How is a sequence of events said in SQL?  As nested conditions on the events, one level for each element.

It is `pqltools.evaluation.naive.sequences` with lambdas for loops: an element that stands for an event is an `exists`
over the events behind the one before, an element that is a condition on a gap a count of the events in it.
"""

from __future__ import annotations

from sqlglot import exp

from pqltools.sql import building
from pqltools.sql.building import all_of, binary, is_not_null
from pqltools.sql.comparing import compare
from pqltools.sql.numbers import constant
from pqltools.sql.refusal import refusal
from pqltools.sql.times import as_instant, times_of
from pqltools.sql.values import Value
from pqltools.sql.windows import lies_in
from pqltools.types.model import TIMESTAMP

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.expressions import Expression

    from pqltools.sql.scopes import Scope
    from pqltools.sql.translate import Translator
    from pqltools.syntax.ast import Chain, ChainElement

#: Nested loops over the events; with more of them the engines take too long.
_MOST = 8


def chain(translator: Translator, node: Chain) -> Expression:
    """Whether some events satisfy all elements."""
    if len(node.elements) > _MOST:
        raise refusal(f"a chain of more than {_MOST} elements", node)
    return _Chain(translator, node).found(0, None, (), translator.scope)


class _Chain:
    def __init__(self, translator: Translator, node: Chain) -> None:
        self.translator = translator
        self.node = node
        self.scope = translator.scope
        self.array = translator.value(node.array)

    def found(
        self, index: int, after: Value | None, gap: tuple[tuple[ChainElement, Scope], ...], scope: Scope
    ) -> Expression:
        """Whether the elements from `index` on can be satisfied by events behind the event `after`."""
        if index == len(self.node.elements):
            return self.holds(gap, after, None)
        element = self.node.elements[index]
        if self.is_condition(element, scope):
            return self.found(
                index + 1, after, (*gap, (element, scope)), scope.bind(element.name, self.translator.null())
            )

        def satisfied(event: Value) -> Expression:
            moment = Value(TIMESTAMP, self.instant(event), self.translator.writing)
            bound = scope.bind_moment(element.name, event, moment)
            parts = [self.matches(element, event, after, None, scope)]
            if element.count is not None:
                parts.append(self.counts(element, self.matching(element, after, event, scope, included=True), scope))
            parts.append(self.holds(gap, after, event))
            parts.append(self.found(index + 1, event, (), bound))
            return all_of(parts)

        return self.translator.source(self.array).exists(satisfied)

    def is_condition(self, element: ChainElement, scope: Scope) -> bool:
        if element.negated:
            return True
        if element.count is None:
            return False
        if element.count.comparison not in (">", ">="):
            return True
        if len(self.node.elements) == 1:
            # Then both are the same: so many events, or more.
            return True
        wanted = self.translator.inside(scope, element.count.value)
        if not wanted.is_constant:
            raise refusal("a count of a chain that the profile decides about", element.count)
        zero = constant(0, self.translator.writing)
        test = compare(element.count.comparison, zero, wanted)
        return isinstance(test, exp.Boolean) and bool(test.this)

    def counts(self, element: ChainElement, number: Value, scope: Scope) -> Expression:
        """Whether so many events are what ``COUNT`` asks for."""
        assert element.count is not None
        return compare(element.count.comparison, number, self.translator.inside(scope, element.count.value))

    def matching(
        self, element: ChainElement, after: Value | None, before: Value | None, scope: Scope, *, included: bool = False
    ) -> Value:
        """The number of events between two that satisfy an element; with the second one if that is `included`."""
        source = self.translator.source(self.array)
        return source.count(lambda event: self.matches(element, event, after, before, scope, included=included))

    def any_matching(
        self, element: ChainElement, after: Value | None, before: Value | None, scope: Scope
    ) -> Expression:
        """Whether there is such an event."""
        source = self.translator.source(self.array)
        return source.exists(lambda event: self.matches(element, event, after, before, scope))

    def matches(
        self,
        element: ChainElement,
        event: Value,
        after: Value | None,
        before: Value | None,
        scope: Scope,
        *,
        included: bool = False,
    ) -> Expression:
        """Whether an event lies between two others and satisfies the conditions of an element."""
        inner, translator = scope.item(event), self.translator
        parts = [is_not_null(self.instant(event))] if after is None and before is None else []
        if after is not None:
            parts.append(binary(">", self.instant(event), self.instant(after)))
        if before is not None:
            parts.append(binary("<=" if included else "<", self.instant(event), self.instant(before)))
        parts.append(translator.holds(inner, element.what.body))
        if element.where is not None:
            parts.append(translator.holds(inner, element.where.body))
        if element.when is not None:
            time = Value(TIMESTAMP, self.instant(event), translator.writing)
            outer, translator.scope = translator.scope, scope
            try:
                parts.append(lies_in(translator, time, element.when))
            finally:
                translator.scope = outer
        return all_of(parts)

    def instant(self, event: Value) -> Expression:
        """The instant of an event, null if it has none."""
        time = self.translator.inside(self.scope.item(event), self.node.timestamp_field.body)
        if time.is_constant or time.is_array:
            raise refusal("a chain over events whose time is no field of theirs", self.node.timestamp_field)
        found: Sequence[Value] = times_of(time)
        if not found:
            return building.null()
        instants = [as_instant(each) for each in found]
        return instants[0] if len(instants) == 1 else building.coalesce(*instants)

    def holds(
        self, gap: tuple[tuple[ChainElement, Scope], ...], after: Value | None, before: Value | None
    ) -> Expression:
        """Whether the conditions on a gap hold in it."""
        parts = []
        for element, scope in gap:
            if element.count is None:
                inside = self.any_matching(element, after, before, scope)
            else:
                inside = self.counts(element, self.matching(element, after, before, scope), scope)
            parts.append(building.is_not_true(inside) if element.negated else inside)
        return all_of(parts)

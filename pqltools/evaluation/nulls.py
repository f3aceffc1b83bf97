"""Did a null decide the answer?  `decided_by_null`, by the three-valued logic of Kleene.

PQL has two truth values: null counts as false where a condition is due. So a profile that lacks a field may fall out of
an audience, or into it behind a `not`, for no better reason than that. With a third truth value, *unknown*, this can be
told apart:

- A null where a condition is due is unknown.
- A comparison, a test of a string, `stringCompare` and `includes` are unknown if a side or the flag is null. With an
  array on the left they hold if some item passes; otherwise they are unknown if some item is null.
- `in` and `notIn` are so too, and also if no item of the list is equal and one of them is null.
- `occurs` is unknown if the timestamp, or the time that it is compared with, is null.
- `and`, `or`, `not`, `exists` with a condition, the quantifiers, and `inSegment` of a definition that is given combine
  unknown as Kleene does: it stays unknown unless the rest decides. `if` with an unknown test is what both branches
  agree on. `let` is its body.
- A chain of one element without `COUNT` is unknown as `exists` is, by its `WHAT` and `WHERE`, and with ``NOT`` as
  `not exists` is. Events without a timestamp are no events of it, and its window is what it is. Chains of several
  elements are what they are: whether filling in a field of one event opens or closes a way through the others is a
  question of all ways.
- `isNull` and `isNotNull`, and everything that computes a value (arithmetic, filters, aggregates, `count`, ``COUNT``,
  `select`, the functions of sets), are what they are; a null array has no items.

So an answer that is not unknown is the evaluator's, and filling in fields that are missing cannot change it where only
these tests look at them.
"""

from __future__ import annotations

from pqltools.evaluation.naive.calls import has_times
from pqltools.evaluation.naive.comparisons import is_true, items
from pqltools.evaluation.operations import COMPARISONS
from pqltools.evaluation.runtime import sets, texts
from pqltools.evaluation.runtime.comparisons import leaves, map_items
from pqltools.evaluation.steady import SteadyWalker
from pqltools.evaluation.values import Instant
from pqltools.syntax import ast
from pqltools.types.model import MapType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any, TypeAlias

    from pqltools.evaluation.naive.environment import Environment
    from pqltools.evaluation.program import Program
    from pqltools.syntax.ast import Expr, FunctionCall, VariableDeclaration

    #: True, False, or None for unknown.
    Truth: TypeAlias = bool | None


def decided_by_null(program: Program, parameters: Sequence[Any], models: Mapping[str, Any] | None = None) -> bool:
    """Whether the answer is unknown, so that it is a null that makes it true or false.

    `parameters` are the profile and what else the expression takes, `models` the instances of other models.
    """
    return Truths(program, parameters, models).answer() is None


class Truths(SteadyWalker):
    """A walker that also tells the three-valued truth of conditions."""

    def __init__(self, program: Program, parameters: Sequence[Any], models: Mapping[str, Any] | None = None) -> None:
        super().__init__(program, parameters, models)
        self._truths: dict[tuple[int, int], Truth] = {}

    def answer(self) -> Truth:
        """The truth of the whole expression."""
        return self.truth(self.program.body, self.outermost())

    def truth(self, node: Expr, environment: Environment) -> Truth:
        """The truth of `node` where a condition is due."""
        if not self.is_kept(environment):
            return self._truth(node, environment)
        key = id(node), id(environment)
        if key not in self._truths:
            self._truths[key] = self._truth(node, environment)
        return self._truths[key]

    def _truth(self, node: Expr, environment: Environment) -> Truth:
        match node:
            case ast.FunctionCall():
                connective = _CONNECTIVES.get(node.function)
                if connective is not None:
                    return connective(self, node, environment)
                return self.tested(node, self.value(node, environment), environment)
            case ast.Quantification(quantifier, clauses):
                if quantifier == "all":
                    return all_of(self.conditions(clauses, environment))
                return _QUANTIFIERS[quantifier](truth for truth, _ in self.found(clauses, environment))
            case ast.Let(name, value, body):
                return self.truth(body, environment.bind(name, self.value(value, environment)))
            case ast.Occurs():
                return self._occurs(node, environment)
            case ast.Chain(elements=(element,)) if element.count is None:
                return self._single(node, element, environment)
        return as_truth(self.value(node, environment))

    # Tests.

    def tested(self, node: FunctionCall, value: Any, environment: Environment) -> Truth:
        """The truth of a call that is no connective, and has this value."""
        name = node.function
        if name in _TESTS:
            if value is not False:
                return as_truth(value)
            operands = [self.value(part, environment) for part in node.arguments]
            return self._untrue(node, operands[1:] if name == "stringCompare" else operands)
        if name in ("in", "notIn"):
            left, right = [self.value(part, environment) for part in node.arguments]
            return self._is_in(node, left, right)
        return as_truth(value)

    def _untrue(self, node: FunctionCall, operands: list[Any]) -> Truth:
        """The truth of a test that does not hold: false, or unknown."""
        left = self._left(node, operands[0], operands[1])
        if left is None or None in operands[1:]:
            return None
        if node.function == "includes":
            return None if None in items(left) else False
        if isinstance(left, list) and not isinstance(operands[1], list):
            return None if None in leaves(left) else False
        return False

    def _left(self, node: FunctionCall, left: Any, right: Any) -> Any:
        """The left side of a test: of what is a map by the schema, the values count against a scalar."""
        is_map = isinstance(self.program.type(node.arguments[0]), MapType)
        return map_items(left) if is_map and not isinstance(right, dict | list) else left

    def _is_in(self, node: FunctionCall, left: Any, right: Any) -> Truth:
        if left is None or right is None:
            return None
        if isinstance(self.program.type(node.arguments[0]), MapType):
            left = map_items(left)
        choices = items(right) if isinstance(right, dict | list) else [right]
        members = sets.Members(choices, has_times(self, node.arguments))
        has_null = None in choices

        def one(item: Any) -> Truth:
            if item is None:
                return None
            found: Truth = members.has(item) or (None if has_null else False)
            return found if node.function == "in" else negation(found)

        return any_of(map(one, leaves(left))) if isinstance(left, list) else one(left)

    def _occurs(self, node: ast.Occurs, environment: Environment) -> Truth:
        if self.value(node, environment):
            return True
        found = self.value(node.timestamp, environment)
        times = [node.window.time, *([node.window.end] if node.window.end is not None else [])]
        if found is None or any(self._is_null_time(time, environment) for time in times):
            return None
        return None if isinstance(found, list) and None in leaves(found) else False

    def _is_null_time(self, node: ast.Time, environment: Environment) -> bool:
        if isinstance(node, ast.TimeInterval):
            return False
        return self.reference(node, environment)[0] is None and self.value(node, environment) is None

    def _single(self, node: ast.Chain, element: ast.ChainElement, environment: Environment) -> Truth:
        """The truth of a chain of one element: whether there is such an event, or none."""
        conditions = [part.body for part in (element.what, element.where) if part is not None]
        found = any_of(
            all_of(self.truth(condition, inner) for condition in conditions)
            for ms, event in self.moments(node, environment)
            if element.when is None or self.lies_in(Instant(ms), element.when, environment)
            for inner in [environment.item(event)]
        )
        return negation(found) if element.negated else found

    # What combines truths.

    def conjunction(self, node: FunctionCall, environment: Environment) -> Truth:
        """``and``."""
        return all_of(self.truth(part, environment) for part in node.arguments)

    def disjunction(self, node: FunctionCall, environment: Environment) -> Truth:
        """``or``."""
        return any_of(self.truth(part, environment) for part in node.arguments)

    def negated(self, node: FunctionCall, environment: Environment) -> Truth:
        """``not``."""
        return negation(self.truth(node.arguments[0], environment))

    def conditional(self, node: FunctionCall, environment: Environment) -> Truth:
        """``if``."""
        test, *branches = node.arguments
        truth = self.truth(test, environment)
        if truth is not None:
            return self.truth(branches[0 if truth else 1], environment)
        then, other = [self.truth(branch, environment) for branch in branches]
        return then if then is other else None

    def existence(self, node: FunctionCall, environment: Environment) -> Truth:
        """``exists``, with a condition or without."""
        array = self.value(node.arguments[0], environment)
        if len(node.arguments) == 1:
            return len(items(array)) > 0
        return any_of(self.item_truths(node.arguments[1], array, environment))

    def membership(self, node: FunctionCall, environment: Environment) -> Truth:
        """``inSegment``."""
        id = self.value(node.arguments[0], environment)
        segment = self.segment(id)
        return self.in_segment(id) if segment is None else segment.answer()

    def item_truths(self, body: Expr, array: Any, environment: Environment) -> Iterator[Truth]:
        """The truth of the second argument of an item function for each item."""
        for inner, condition in self.item_scopes(body, array, environment):
            yield self.truth(condition, inner)

    def found(
        self, clauses: Sequence[VariableDeclaration], environment: Environment
    ) -> Iterator[tuple[Truth, Environment]]:
        """What the variables can be, with the truth of all their conditions, where that is not false."""
        if not clauses:
            yield True, environment
            return
        clause = clauses[0]
        for item in items(self.value(clause.source, environment)):
            inner = environment.bind(clause.name, item)
            truth = True if clause.condition is None else self.truth(clause.condition, inner)
            if truth is not False:
                yield from ((rest and truth, each) for rest, each in self.found(clauses[1:], inner))

    def conditions(self, clauses: Sequence[VariableDeclaration], environment: Environment) -> Iterator[Truth]:
        """The truth of each condition for each item that its variable can be."""
        if not clauses:
            return
        clause = clauses[0]
        for item in items(self.value(clause.source, environment)):
            inner = environment.bind(clause.name, item)
            if clause.condition is not None:
                yield self.truth(clause.condition, inner)
            yield from self.conditions(clauses[1:], inner)


def as_truth(value: Any) -> Truth:
    """The truth of a value where a condition is due."""
    return None if value is None else is_true(value)


def negation(truth: Truth) -> Truth:
    """The opposite; unknown of unknown."""
    return None if truth is None else not truth


def any_of(truths: Iterable[Truth]) -> Truth:
    """Whether one of them is true."""
    found: Truth = False
    for truth in truths:
        if truth:
            return True
        if truth is None:
            found = None
    return found


def all_of(truths: Iterable[Truth]) -> Truth:
    """Whether all of them are true."""
    return negation(any_of(map(negation, truths)))


def one_of(truths: Iterable[Truth]) -> Truth:
    """Whether exactly one of them is true."""
    true = unknown = 0
    for truth in truths:
        true += truth is True
        unknown += truth is None
        if true > 1:
            return False
    return None if unknown else true == 1


_TESTS = COMPARISONS | frozenset(texts.TESTS) | {"includes", "stringCompare"}
_CONNECTIVES: dict[str, Callable[[Truths, FunctionCall, Environment], Truth]] = {
    "and": Truths.conjunction,
    "or": Truths.disjunction,
    "not": Truths.negated,
    "if": Truths.conditional,
    "exists": Truths.existence,
    "inSegment": Truths.membership,
}
_QUANTIFIERS: dict[str, Callable[[Iterable[Truth]], Truth]] = {
    "some": any_of,
    "none": lambda truths: negation(any_of(truths)),
    "one": one_of,
}

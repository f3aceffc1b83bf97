"""Which expressions can there be?  Hypothesis strategies for whole trees, valid by construction.

`expressions()` yields every node kind that text can show, with scopes as the AST asks for them: an `ItemReference`
counts only item scopes that exist, a `VariableReference` names a variable that is bound there. Names clash and shadow
on purpose. `json_only_expressions()` adds what only the wire form can hold.

Trees grow from a budget of nodes, so that their size is bounded and nothing is filtered away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from hypothesis import strategies as st

from pqltools.records import replace
from pqltools.syntax import operators as ops
from pqltools.syntax.ast import (
    BooleanLiteral,
    Chain,
    ChainElement,
    DoubleLiteral,
    ElementCount,
    FieldLookup,
    FunctionCall,
    IntegerLiteral,
    ItemLambda,
    ItemReference,
    Lambda,
    Let,
    ListLiteral,
    ModelReference,
    NullLiteral,
    ObjectLiteral,
    Occurs,
    Opaque,
    ParameterReference,
    Property,
    Quantification,
    Select,
    StringLiteral,
    TimeInterval,
    TimeQualification,
    TimestampLiteral,
    TimeWindow,
    VariableDeclaration,
    VariableReference,
)
from pqltools.syntax.walk import walk
from words import (
    BINDERS,
    DOUBLES,
    FUNCTIONS,
    INFIX_WORDS,
    INTEGERS,
    MODELS,
    NAMES,
    OPAQUE_TREES,
    RAW_NAMES,
    SPELLINGS,
    STRINGS,
    opaque_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn, SearchStrategy

    from pqltools.syntax.ast import Expr, Time

    T = TypeVar("T")


def expressions(budget: int = 25) -> SearchStrategy[Expr]:
    """Trees that have a text form, of up to about `budget` nodes."""
    return _trees(budget, False)


def json_only_expressions(budget: int = 25) -> SearchStrategy[Expr]:
    """Trees of the wire form: also opaque nodes, unbound variables, binders that are no identifiers."""
    return _trees(budget, True)


class Scope(NamedTuple):
    """What an expression can refer to: variables by name, and this many enclosing items."""

    variables: tuple[str, ...] = ()
    items: int = 0

    def bind(self, *names: str) -> Scope:
        return Scope(self.variables + names, self.items)

    def item(self) -> Scope:
        return Scope(self.variables, self.items + 1)


@st.composite
def _trees(draw: DrawFn, budget: int, wire: bool) -> Expr:
    return _Grower(draw, draw(st.integers(0, budget)), wire).expression(Scope())


_FEW = st.integers(0, 3)
_SOME = st.integers(1, 3)
_DICE = st.integers(0, 11)
_BOOLEANS = st.booleans()
_BINARY = st.sampled_from([*ops.BINARY])
_COMPARISONS = st.sampled_from(ops.COMPARISONS)
_ITEM_FUNCTIONS = st.sampled_from(sorted(ops.ITEM_FUNCTIONS))
_AGGREGATES = st.sampled_from(sorted(ops.AGGREGATES))
_QUANTIFIERS = st.sampled_from([*ops.QUANTIFIER_KEYWORDS])
_UNITS = st.sampled_from([*ops.UNITS])
_INTERVALS = st.sampled_from(ops.INTERVALS)
_RELATIONS = st.sampled_from(ops.RELATIONS)
_TIMESTAMPS = st.sampled_from(ops.TIMESTAMPS)
_POSITIONS = st.sampled_from([1, 1, 1, 1, 2, 3, 10])
_WINDOW_COUNTS = st.one_of(st.sampled_from([1, 0, 30, ops.INTEGER_MAX]), st.integers(0, ops.INTEGER_MAX))


class _Grower:
    """Grows one tree. Each node is paid from the budget; when it is spent only leaves grow."""

    def __init__(self, draw: DrawFn, budget: int, wire: bool) -> None:
        self.draw = draw
        self.budget = budget
        self.wire = wire
        self.binders = st.one_of(BINDERS, RAW_NAMES) if wire else BINDERS
        leaves: list[Callable[[Scope], Expr]] = [
            *[self.path] * 6,
            *[self.variable] * 3,
            *[self.item] * 3,
            self.string,
            self.integer,
            self.double,
            lambda _: BooleanLiteral(draw(_BOOLEANS)),
            lambda _: NullLiteral(),
            lambda _: TimestampLiteral(draw(_TIMESTAMPS)),
            lambda _: ListLiteral(()),
            lambda _: ObjectLiteral(()),
            lambda _: ModelReference(draw(RAW_NAMES.filter("profile".__ne__) if wire else MODELS)),
            lambda _: ParameterReference(draw(_POSITIONS)),
        ]
        branches: list[Callable[[Scope], Expr]] = [
            *[self.operation] * 5,
            *[self.item_function] * 4,
            *[self.call] * 2,
            self.negation,
            self.odd_arity,
            self.filter,
            self.filter,
            self.access,
            self.lookup,
            self.literal_list,
            self.literal_object,
            self.aggregate,
            self.aggregate,
            self.function,
            self.select,
            self.select,
            self.quantification,
            self.let,
            self.occurs,
            self.occurs,
            self.chain,
        ]
        if wire:
            leaves += [self.opaque, lambda _: VariableReference(draw(RAW_NAMES))]
        self.leaves = st.sampled_from(leaves)
        self.branches = st.sampled_from([*branches, *leaves[::4]])

    def expression(self, scope: Scope) -> Expr:
        self.budget -= 1
        return self.hinted(self.draw(self.branches if self.budget > 0 else self.leaves)(scope))

    def expressions(self, scope: Scope, counts: SearchStrategy[int]) -> tuple[Expr, ...]:
        return tuple(self.expression(scope) for _ in range(self.draw(counts)))

    def hinted(self, node: T) -> T:
        """Now and then the node remembers a spelling; none may change what is read or written."""
        spellings = SPELLINGS.get(type(node))
        spelling = None if spellings is None else self.draw(spellings)
        return node if spelling is None else replace(node, spelling=spelling)

    def maybe(self, build: Callable[[Scope], T], scope: Scope) -> T | None:
        return build(scope) if self.draw(_BOOLEANS) else None

    # Leaves

    def string(self, _: Scope) -> Expr:
        return StringLiteral(self.draw(STRINGS))

    def integer(self, _: Scope) -> Expr:
        return IntegerLiteral(self.draw(INTEGERS))

    def double(self, _: Scope) -> Expr:
        return DoubleLiteral(self.draw(DOUBLES))

    def path(self, scope: Scope) -> Expr:
        """Fields of a root, named like the variables in scope every so often."""
        head = self.draw(_DICE)
        tree: Expr
        if head < 5 or (head < 8 and not scope.items):
            tree = self.hinted(ParameterReference(1))
        elif head < 8:
            tree = self.item(scope)
        elif head < 11:
            tree = self.variable(scope)
        else:
            tree = ParameterReference(self.draw(_POSITIONS))
        names = st.one_of(NAMES, st.sampled_from(scope.variables)) if scope.variables else NAMES
        for _ in range(self.draw(_SOME)):
            tree = FieldLookup(tree, self.draw(names))
        return tree

    def variable(self, scope: Scope) -> Expr:
        if not scope.variables:
            return FieldLookup(ParameterReference(1), self.draw(NAMES))
        return VariableReference(self.draw(st.sampled_from(scope.variables[::-1])))

    def item(self, scope: Scope) -> Expr:
        if not scope.items:
            return FieldLookup(ParameterReference(1), self.draw(NAMES))
        return ItemReference(self.draw(st.integers(0, scope.items - 1)))

    def opaque(self, _: Scope) -> Expr:
        tree = self.draw(OPAQUE_TREES)
        return Opaque(str(tree["nodeType"]), opaque_text(tree))

    # Calls

    def operation(self, scope: Scope) -> Expr:
        name = self.draw(_BINARY)
        more = self.draw(_DICE) if name in ("and", "or") else 0
        return FunctionCall(name, tuple(self.expression(scope) for _ in range(2 + more // 4)))

    def negation(self, scope: Scope) -> Expr:
        return FunctionCall("not" if self.draw(_BOOLEANS) else "-", (self.expression(scope),))

    def odd_arity(self, scope: Scope) -> Expr:
        """``and(a)``, ``=(a, b, c)``: legal in a tree, without an operator form."""
        return FunctionCall(self.draw(st.sampled_from([*ops.BINARY, "not"])), self.expressions(scope, _FEW))

    def call(self, scope: Scope) -> Expr:
        function = self.draw(FUNCTIONS)
        return FunctionCall(function, self.arguments(function, self.expressions(scope, _FEW)))

    def access(self, scope: Scope) -> Expr:
        key = self.string(scope) if self.draw(_BOOLEANS) else self.expression(scope)
        return FunctionCall("get", (self.expression(scope), key))

    def filter(self, scope: Scope) -> Expr:
        return FunctionCall("filter", (self.expression(scope), self.item_lambda(scope)))

    def item_function(self, scope: Scope) -> Expr:
        function = self.draw(_ITEM_FUNCTIONS)
        receiver = self.expression(scope)
        kind = self.draw(_DICE)
        if kind == 0:
            return FunctionCall(function, (receiver,))
        if kind == 1:
            return FunctionCall(function, self.arguments(function, (receiver, *self.expressions(scope, _SOME))))
        item = self.function(scope, 2) if kind == 2 else self.item_lambda(scope)
        rest = self.expressions(scope, _SOME) if kind == 3 or function in ("topN", "bottomN") else ()
        return FunctionCall(function, (receiver, item, *rest))

    def arguments(self, function: str, given: tuple[Expr, ...]) -> tuple[Expr, ...]:
        """Plain arguments: a one-parameter lambda would be an item scope at index 1 of an item function."""
        match given:
            case (receiver, Lambda(parameters=(_,)) as plain, *rest) if function in ops.ITEM_FUNCTIONS:
                return (receiver, ListLiteral((plain,)), *rest)
            case _:
                return given

    def aggregate(self, scope: Scope) -> Expr:
        """``sum e over …`` and its neighbours, which look alike and have no such form."""
        source = self.select(scope)
        names = tuple(declared.name for declared in source.variables)
        fits = self.draw(_BOOLEANS)
        item: Expr
        if len(names) > 1 and len({*names}) == len(names) and fits:
            item = Lambda(names, self.expression(scope.bind(*names)))
        elif fits:
            item = ItemLambda(self.expression(scope.item()), names[0])
        else:
            item = self.item_lambda(scope)
        rest = self.expressions(scope, _SOME) if self.draw(_DICE) == 0 else ()
        return FunctionCall(self.draw(_AGGREGATES), (source, item, *rest))

    def lookup(self, scope: Scope) -> Expr:
        return FieldLookup(self.expression(scope), self.draw(NAMES))

    def literal_list(self, scope: Scope) -> Expr:
        return ListLiteral(self.expressions(scope, _FEW))

    def literal_object(self, scope: Scope) -> Expr:
        names = self.draw(st.lists(STRINGS, min_size=1, max_size=3, unique=True))
        return ObjectLiteral(tuple(Property(name, self.expression(scope)) for name in names))

    # Binders

    def binder(self, scope: Scope, behind_word: bool = False) -> str:
        """A new name, or every so often one that hides an outer variable.

        Directly behind a keyword (``select and``) text reads an infix word as an operator.
        """
        hide = scope.variables and self.draw(_DICE) > 8
        name = self.draw(st.sampled_from(scope.variables) if hide else self.binders)
        return name + "_" if behind_word and name.lower() in INFIX_WORDS and not self.wire else name

    def names(self, scope: Scope, least: int = 1) -> tuple[str, ...]:
        """Up to three distinct names."""
        wanted = self.draw(_SOME)
        names = dict.fromkeys([self.binder(scope) for _ in range(wanted)])
        return tuple(names) if len(names) >= least else ("A", "B")

    def item_lambda(self, scope: Scope) -> ItemLambda:
        name = self.binder(scope) if self.draw(_DICE) > 6 else None
        body = self.expression(scope.item())
        if self.wire and any(isinstance(node, Opaque) for node in walk(body)) and name in _names(body):
            name = None  # an opaque node may mean either, so that writing such a tree is rightly refused
        return self.hinted(ItemLambda(body, name))

    def function(self, scope: Scope, least: int = 1) -> Lambda:
        names = self.names(scope, least)
        return self.hinted(Lambda(names, self.expression(scope.bind(*names))))

    def declarations(self, scope: Scope) -> tuple[VariableDeclaration, ...]:
        declared: list[VariableDeclaration] = []
        for _ in range(1 + self.draw(_DICE) // 5):
            source = self.expression(scope)
            name = self.binder(scope, not declared)
            scope = scope.bind(name)
            declared.append(self.hinted(VariableDeclaration(name, source, self.maybe(self.expression, scope))))
        return tuple(declared)

    def select(self, scope: Scope) -> Select:
        return self.hinted(Select(self.declarations(scope)))

    def quantification(self, scope: Scope) -> Expr:
        return Quantification(self.draw(_QUANTIFIERS), self.declarations(scope))

    def let(self, scope: Scope) -> Expr:
        name = self.binder(scope, True)
        return Let(name, self.expression(scope), self.expression(scope.bind(name)))

    # Time and event sequences

    def occurs(self, scope: Scope) -> Expr:
        return Occurs(self.expression(scope), self.window(scope))

    def window(self, scope: Scope) -> TimeWindow:
        relation = self.draw(_RELATIONS)
        if relation == "between":
            return TimeWindow(relation, self.time(scope), self.time(scope))
        qualified = relation != "within" and self.draw(_BOOLEANS)
        return TimeWindow(relation, self.time(scope), None, self.qualification() if qualified else None)

    def qualification(self) -> TimeQualification:
        comparison, count, unit = self.draw(_COMPARISONS), self.draw(_WINDOW_COUNTS), self.draw(_UNITS)
        return self.hinted(TimeQualification(comparison, count, unit))

    def time(self, scope: Scope) -> Time:
        kind = self.draw(_DICE)
        if kind < 4:
            return TimestampLiteral(self.draw(_TIMESTAMPS))
        if kind < 7:
            return TimeInterval(self.draw(_INTERVALS), self.draw(_UNITS))
        return self.path(scope) if kind < 9 else self.expression(scope)

    def chain(self, scope: Scope) -> Expr:
        array = self.expression(scope)
        moment: Expr = FieldLookup(ItemReference(0), "timestamp")
        if self.draw(_DICE) == 0:
            moment = self.expression(scope.item())
        elements = []
        for name in self.names(scope):
            elements.append(self.element(name, scope))
            scope = scope.bind(name)
        return Chain(array, ItemLambda(moment), tuple(elements))

    def element(self, name: str, scope: Scope) -> ChainElement:
        return ChainElement(
            name,
            self.draw(_DICE) == 0,
            self.item_lambda(scope),
            self.maybe(self.item_lambda, scope),
            self.maybe(self.window, scope),
            self.maybe(self.count, scope),
        )

    def count(self, scope: Scope) -> ElementCount:
        value = self.expression(scope) if self.draw(_DICE) == 0 else self.integer(scope)
        return ElementCount(self.draw(_COMPARISONS), value)


def _names(tree: Expr) -> set[str | None]:
    """The names that variables and item scopes have in `tree`."""
    return {node.name for node in walk(tree) if isinstance(node, VariableReference | ItemLambda)}

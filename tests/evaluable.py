"""Which expressions can be evaluated?  Hypothesis strategies for trees with every form, loosely typed at best.

Functions are known and get as many arguments as they take, names are bound, patterns can be run; apart from that
anything may stand anywhere, so that operations meet values of every type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from pqltools.functions.registry import functions
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
from strategies import Scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn, SearchStrategy

    from pqltools.syntax.ast import Expr, Time

_FIELDS = st.sampled_from(
    "label size price open day at tags sizes orders orders orders home notes xEvent xEvent identityMap".split()
)
_STRINGS = st.one_of(
    st.sampled_from(["a", "A", "ab", "", "12", "2.5", "true", "%a", "a%", "_b%", "%", "a%b", "ß", "size", "ups"]),
    st.sampled_from(["2024-02-29", "2024-02-29T09:00:00Z", "2024-02-28T23:30:00.5-01:00", "2024-02-30"]),
    st.text("abAB%_ ", max_size=3),
)
#: Fields that fit the types of parameters, by how those are written.
_FITTING = {
    "String": ("label", "label", "tags"),
    "Integer": ("size",),
    "Number": ("size", "price"),
    "N": ("size", "price"),
    "Time": ("at", "day"),
    "Array": ("tags", "sizes", "orders"),
    "Map": ("notes", "identityMap"),
}
_PATTERNS = st.sampled_from(["a", "^a", "b$", "(a)(b)?", "(?i)A", "[a-b]+", "(x)|a", "\\d+", ""])
_INTEGERS = st.integers(-3, 9) | st.sampled_from([2024, 29, 2, 2**63 - 1, -(2**63)])
_DOUBLES = st.floats(-9, 99, allow_nan=False, width=16) | st.sampled_from([1e308, 0.1])
_FORMS = ("occurs", "chain", "exists")
_FUNCTIONS = [entry for entry in functions() if entry.name not in _FORMS and entry.name not in ops.ITEM_FUNCTIONS]
_ITEM_FUNCTIONS = st.sampled_from(sorted(ops.ITEM_FUNCTIONS))
_UNITS = st.sampled_from(["millisecond", "second", "minute", "hour", "day", "week", "month", "year", "decade"])
_COMPARISONS = st.sampled_from(ops.COMPARISONS)
_DICE = st.integers(0, 11)


@st.composite
def evaluable_expressions(draw: DrawFn, budget: int = 14) -> Expr:
    """An expression that can be evaluated for any profile."""
    return _Grower(draw, draw(st.integers(1, budget))).expression(Scope())


class _Grower:
    """Grows one tree from a budget of nodes."""

    def __init__(self, draw: DrawFn, budget: int) -> None:
        self.draw = draw
        self.budget = budget
        leaves: list[Callable[[Scope], Expr]] = [
            *[self.path] * 8,
            *[self.variable] * 3,
            lambda _: StringLiteral(draw(_STRINGS)),
            lambda _: IntegerLiteral(draw(_INTEGERS)),
            lambda _: DoubleLiteral(draw(_DOUBLES)),
            lambda _: BooleanLiteral(draw(st.booleans())),
            lambda _: NullLiteral(),
            lambda _: TimestampLiteral(draw(st.sampled_from(ops.TIMESTAMPS))),
            lambda _: ParameterReference(draw(st.integers(1, 3))),
            lambda _: ModelReference(draw(st.sampled_from(["offers", "nothing"]))),
        ]
        branches: list[Callable[[Scope], Expr]] = [
            *[self.call] * 6,
            *[self.item_call] * 5,
            *[self.quantification] * 2,
            *[self.select] * 2,
            *[self.occurs] * 3,
            *[self.chain] * 2,
            self.pairs,
            self.let,
            self.lookup,
            self.access,
            self.literal_list,
            self.literal_object,
        ]
        self.leaves = st.sampled_from(leaves)
        self.branches = st.sampled_from([*branches, *leaves[::3]])

    def expression(self, scope: Scope) -> Expr:
        self.budget -= 1
        return self.draw(self.branches if self.budget > 0 else self.leaves)(scope)

    def path(self, scope: Scope) -> Expr:
        tree = self.draw(st.sampled_from(self.roots(scope)))
        for _ in range(self.draw(st.integers(1, 2))):
            tree = FieldLookup(tree, self.draw(_FIELDS))
        return tree

    def roots(self, scope: Scope) -> list[Expr]:
        items: list[Expr] = [ItemReference(distance) for distance in range(scope.items)]
        variables: list[Expr] = [VariableReference(name) for name in scope.variables]
        return [ParameterReference(1), *items * 2, *variables * 2]

    def variable(self, scope: Scope) -> Expr:
        return self.draw(st.sampled_from(self.roots(scope)[1:])) if self.roots(scope)[1:] else self.path(scope)

    def array(self, scope: Scope) -> Expr:
        """Something that is mostly an array."""
        if self.draw(_DICE) > 8:
            return self.expression(scope)
        return FieldLookup(
            self.draw(st.sampled_from(self.roots(scope))), self.draw(st.sampled_from(["orders", "xEvent", "tags"]))
        )

    # Calls.

    def call(self, scope: Scope) -> Expr:
        entry = self.draw(st.sampled_from(_FUNCTIONS))
        signature = entry.signature
        most = signature.maximum if signature.maximum is not None else max(signature.minimum, 3)
        count = self.draw(st.integers(signature.minimum, most))
        last = len(signature.parameters) - 1
        arguments = [self.fitting(signature.parameters[min(index, last)].type.text, scope) for index in range(count)]
        if entry.name in ("matches", "regexGroup") and isinstance(arguments[1], StringLiteral):
            arguments[1] = StringLiteral(self.draw(_PATTERNS))
        if count == 3 and entry.name not in ("if", "date", "stringCompare", "regexGroup"):
            arguments[2] = BooleanLiteral(False) if self.draw(_DICE) else arguments[2]
        if entry.name == "stringCompare":
            names = ["=", "equals", "notEqualTo", "contains", "<", "nonsense"]
            arguments[0] = StringLiteral(self.draw(st.sampled_from(names)))
        return FunctionCall(entry.name, tuple(arguments))

    def fitting(self, type: str, scope: Scope) -> Expr:
        """An argument that mostly is of a type of a signature."""
        names = next((names for start, names in _FITTING.items() if type.startswith(start)), None)
        if names is None or not self.draw(st.integers(0, 3)):
            return self.expression(scope)
        if type == "String" and self.draw(st.booleans()):
            return StringLiteral(self.draw(_STRINGS))
        roots = self.roots(scope) if names[0] in ("label", "size", "at") else [ParameterReference(1)]
        return FieldLookup(self.draw(st.sampled_from(roots)), self.draw(st.sampled_from(names)))

    def item_call(self, scope: Scope) -> Expr:
        name = self.draw(_ITEM_FUNCTIONS)
        array = self.array(scope)
        ranks = name in ("topN", "bottomN")
        optional = name not in ("filter", "map", "groupBy") and not ranks
        if optional and not self.draw(st.integers(0, 4)):
            return FunctionCall(name, (array,))
        constant = not self.draw(st.integers(0, 8))
        body = self.expression(scope) if constant else ItemLambda(self.expression(scope.item()))
        rest = (IntegerLiteral(self.draw(st.integers(-1, 3))),) if ranks and self.draw(_DICE) else ()
        if ranks and not rest:
            rest = (self.expression(scope),)  # type: ignore[assignment]
        return FunctionCall(name, (array, body, *rest))

    def pairs(self, scope: Scope) -> Expr:
        """A lambda of several parameters over a map or over tuples."""
        source = self.draw(
            st.sampled_from([FieldLookup(ParameterReference(1), "notes"), FieldLookup(ParameterReference(1), "home")])
        )
        over = source if self.draw(st.booleans()) else self.select(scope)
        names = ("K", "G") if self.draw(_DICE) else ("K", "G", "H")
        body = self.expression(scope.bind(*names))
        if self.draw(st.booleans()):
            body = FunctionCall("mapEntry", (VariableReference("K"), body))
        name = self.draw(st.sampled_from(["map", "filter", "count", "exists", "sum", "max", "groupBy"]))
        return FunctionCall(name, (over, Lambda(names, body)))

    def lookup(self, scope: Scope) -> Expr:
        return FieldLookup(self.expression(scope), self.draw(_FIELDS))

    def access(self, scope: Scope) -> Expr:
        map = FieldLookup(ParameterReference(1), self.draw(st.sampled_from(["notes", "identityMap", "home"])))
        key = StringLiteral(self.draw(_STRINGS)) if self.draw(st.booleans()) else self.expression(scope)
        return FunctionCall("get", (map, key))

    def literal_list(self, scope: Scope) -> Expr:
        return ListLiteral(tuple(self.expression(scope) for _ in range(self.draw(st.integers(0, 3)))))

    def literal_object(self, scope: Scope) -> Expr:
        names = self.draw(st.lists(st.sampled_from(["size", "label", "xdm:a"]), max_size=2, unique=True))
        return ObjectLiteral(tuple(Property(name, self.expression(scope)) for name in names))

    # Binders.

    def clauses(self, scope: Scope) -> tuple[VariableDeclaration, ...]:
        found = []
        for _ in range(1 + self.draw(_DICE) // 8):
            # Names are used again, to hide each other.
            name = self.draw(st.sampled_from("VWV"))
            source = self.array(scope)
            scope = scope.bind(name)
            found.append(VariableDeclaration(name, source, self.expression(scope) if self.draw(_DICE) else None))
        return tuple(found)

    def select(self, scope: Scope) -> Expr:
        return Select(self.clauses(scope))

    def quantification(self, scope: Scope) -> Expr:
        return Quantification(self.draw(st.sampled_from([*ops.QUANTIFIER_KEYWORDS])), self.clauses(scope))

    def let(self, scope: Scope) -> Expr:
        name = self.draw(st.sampled_from("VWL"))
        return Let(name, self.expression(scope), self.expression(scope.bind(name)))

    # Time and sequences.

    def occurs(self, scope: Scope) -> Expr:
        at = self.draw(st.sampled_from(["at", "at", "day", "orders"]))
        root = self.draw(st.sampled_from(self.roots(scope)))
        time: Expr = FieldLookup(
            FieldLookup(root, "orders") if at == "orders" else root, "at" if at == "orders" else at
        )
        if not self.draw(st.integers(0, 4)):
            time = self.expression(scope)
        return Occurs(time, self.window(scope, ()))

    def window(self, scope: Scope, moments: tuple[str, ...]) -> TimeWindow:
        relation = self.draw(st.sampled_from(ops.RELATIONS))
        end = self.time(scope, moments) if relation == "between" else None
        qualification = None
        if relation in ("before", "after", "from") and self.draw(st.integers(0, 3)):
            count = self.draw(st.integers(0, 3) | st.sampled_from([30, 400, ops.INTEGER_MAX]))
            qualification = TimeQualification(self.draw(_COMPARISONS), count, self.draw(_UNITS))
        return TimeWindow(relation, self.time(scope, moments), end, qualification)

    def time(self, scope: Scope, moments: tuple[str, ...]) -> Time:
        kind = self.draw(_DICE)
        if kind < 2:
            return TimeInterval(self.draw(st.sampled_from(ops.INTERVALS)), self.draw(_UNITS))
        if kind < 7:
            return TimestampLiteral(self.draw(st.sampled_from(ops.TIMESTAMPS)))
        if kind < 9:
            day: SearchStrategy[tuple[int, ...]] = st.tuples(st.just(2024), st.integers(2, 3), st.integers(28, 31))
            return FunctionCall("date", tuple(map(IntegerLiteral, self.draw(day))))
        if moments:
            return VariableReference(self.draw(st.sampled_from(moments)))
        return self.path(scope) if kind < 11 else self.expression(scope)

    def chain(self, scope: Scope) -> Expr:
        elements: list[ChainElement] = []
        moments: tuple[str, ...] = ()
        for position in range(1 + self.draw(_DICE) // 3):
            name = f"C{position}" if self.draw(_DICE) else "C0"
            elements.append(self.element(name, scope, moments))
            scope, moments = scope.bind(name), (*moments, name)
        array = FieldLookup(ParameterReference(1), self.draw(st.sampled_from(["xEvent", "orders"])))
        return Chain(array, ItemLambda(FieldLookup(ItemReference(0), "at")), tuple(elements))

    def element(self, name: str, scope: Scope, moments: tuple[str, ...]) -> ChainElement:
        inner = scope.item()
        what: Expr = FieldLookup(ItemReference(0), "open") if self.draw(_DICE) < 7 else self.expression(inner)
        where = ItemLambda(self.expression(inner)) if not self.draw(st.integers(0, 4)) else None
        when = self.window(scope, moments) if not self.draw(st.integers(0, 2)) else None
        count = None
        if not self.draw(st.integers(0, 2)):
            wanted = IntegerLiteral(self.draw(st.integers(-1, 3))) if self.draw(_DICE) else self.expression(scope)
            count = ElementCount(self.draw(st.sampled_from([">=", ">=", *ops.COMPARISONS])), wanted)
        return ChainElement(name, self.draw(_DICE) > 8, ItemLambda(what), where, when, count)

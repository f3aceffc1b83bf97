"""Which conditions have SQL?  Hypothesis strategies with the forms that `typed_expressions` leaves out.

Strings that are numbers and times, patterns, sets, groups, maps and their entries, tuples, chains, windows about times
of the profile; typed as well, so that hardly anything is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

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
from pqltools.syntax.operators import COMPARISONS, RELATIONS
from typed_expressions import conditions

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn

    from pqltools.syntax.ast import Expr, Time

    Draw = Callable[[DrawFn, "Scope"], Expr]

PROFILE = ParameterReference(1)
_TEXTS = st.sampled_from(
    [
        "a",
        "A",
        "ab",
        "",
        "12",
        "2.5",
        "-3",
        "1e3",
        "true",
        "%a",
        "a%",
        "_b",
        "%",
        "a%b",
        "ß",
        "İA",
        "sK",
        "\\",
        "é",
        "'",
    ]
) | st.sampled_from(["2024-02-29", "2024-02-29T09:00:00Z", "2024-02-28T23:30:00.5-01:00", "2024-02-30T00:00"])
_LIKES = st.sampled_from(["%a%", "_", "a_b", "%", "", "\\%", "A%", "%b", "__", "a%b"])
_REGEXES = st.sampled_from(["a", "^a", "b$", "(a)(b)", "(?i)A", "[a-b]+", "\\d+", "^.$", "\\w", "(B)", "\\s|%", "a|b"])
_COMPARISONS = st.sampled_from(COMPARISONS)
_UNITS = st.sampled_from(["millisecond", "second", "minute", "hour", "day", "week", "month", "year", "decade"])
_TESTS = ("startsWith", "doesNotStartWith", "endsWith", "doesNotEndWith", "contains", "doesNotContain")


class Scope:
    """The variables and the number of item scopes around a place; all stand for events."""

    def __init__(self, variables: tuple[str, ...] = (), items: int = 0) -> None:
        self.variables = variables
        self.items = items

    def bind(self, name: str) -> Scope:
        return Scope((*self.variables, name), self.items)

    def item(self) -> Scope:
        return Scope(self.variables, self.items + 1)

    def roots(self) -> list[Expr]:
        """What a field of each scalar type may hang on."""
        items: list[Expr] = [ItemReference(distance) for distance in range(self.items)]
        variables: list[Expr] = [VariableReference(name) for name in self.variables]
        return [PROFILE, FieldLookup(PROFILE, "home"), *items * 2, *variables * 2]


@st.composite
def sql_conditions(draw: DrawFn, budget: int = 3) -> Expr:
    """A condition over a profile of the schema of `typed_expressions`."""
    if draw(st.integers(0, 5)) == 0:
        return draw(conditions())
    return condition(draw, Scope(), budget)


def field(draw: DrawFn, scope: Scope, name: str) -> Expr:
    return FieldLookup(draw(st.sampled_from(scope.roots())), name)


def text(draw: DrawFn, scope: Scope) -> Expr:
    match draw(st.integers(0, 9)):
        case 0:
            return FunctionCall("get", (FieldLookup(PROFILE, "notes"), StringLiteral(draw(_TEXTS))))
        case 1:
            return FunctionCall("regexGroup", (field(draw, scope, "label"), StringLiteral("(a)"), IntegerLiteral(1)))
        case 2:
            return FunctionCall("head", (FieldLookup(PROFILE, "tags"),))
        case 3:
            return FunctionCall(draw(st.sampled_from(["min", "max"])), (FieldLookup(PROFILE, "tags"),))
        case 4 | 5 | 6:
            return StringLiteral(draw(_TEXTS))
    return field(draw, scope, "label")


def number(draw: DrawFn, scope: Scope) -> Expr:
    match draw(st.integers(0, 8)):
        case 0:
            return IntegerLiteral(draw(st.integers(-3, 9) | st.sampled_from([2**63 - 1, -(2**63), 2**53 + 1])))
        case 1:
            return DoubleLiteral(draw(st.floats(-9, 99, allow_nan=False, width=16) | st.sampled_from([1e308, 9e18])))
        case 2:
            operator = draw(st.sampled_from("+-*/%"))
            names = [draw(st.sampled_from(["size", "price"])) for _ in range(2)]
            return FunctionCall(operator, tuple(field(draw, scope, name) for name in names))
        case 3:
            return FunctionCall("-", (field(draw, scope, draw(st.sampled_from(["size", "price"]))),))
        case 4:
            name = draw(st.sampled_from(["sum", "average", "min", "max"]))
            return FunctionCall(name, (FieldLookup(PROFILE, "sizes"),))
        case 5:
            return FunctionCall(draw(st.sampled_from(["currentYear", "currentMonth", "currentDayOfMonth"])), ())
    return field(draw, scope, draw(st.sampled_from(["size", "price"])))


def time(draw: DrawFn, scope: Scope) -> Expr:
    match draw(st.integers(0, 7)):
        case 0:
            return TimestampLiteral(draw(st.sampled_from(["now", "today", "yesterday", "tomorrow"])))
        case 1:
            size = field(draw, scope, "size")
            return FunctionCall("date", (IntegerLiteral(2024), IntegerLiteral(draw(st.integers(1, 3))), size))
        case 2:
            days = st.tuples(st.just(2024), st.integers(2, 3), st.integers(28, 31))
            return FunctionCall("date", tuple(map(IntegerLiteral, draw(days))))
        case 3:
            return FunctionCall(draw(st.sampled_from(["min", "max"])), (events(draw, scope), field_of_item("at")))
    return field(draw, scope, draw(st.sampled_from(["at", "at", "day"])))


def field_of_item(name: str) -> Expr:
    return ItemLambda(FieldLookup(ItemReference(0), name))


def events(draw: DrawFn, scope: Scope) -> Expr:
    array: Expr = FieldLookup(PROFILE, draw(st.sampled_from(["orders", "xEvent"])))
    match draw(st.integers(0, 8)):
        case 0:
            return FunctionCall("filter", (array, ItemLambda(condition(draw, scope.item(), 0))))
        case 1:
            return Select((VariableDeclaration("S", array, condition(draw, scope.bind("S"), 0)),))
        case 2:
            return FunctionCall("distinct", (array,))
        case 3:
            key = FieldLookup(ItemReference(0), draw(st.sampled_from(["label", "size", "price", "at", "open", "day"])))
            name = draw(st.sampled_from(["topN", "bottomN"]))
            return FunctionCall(name, (array, ItemLambda(key), IntegerLiteral(draw(st.integers(-1, 3)))))
        case 4:
            groups = FunctionCall("groupBy", (array, field_of_item(draw(st.sampled_from(["label", "size", "open"])))))
            return FunctionCall("get", (groups, StringLiteral(draw(st.sampled_from(["a", "1", "true", "12"])))))
    return array


def texts(draw: DrawFn, scope: Scope) -> Expr:
    """An array of strings."""
    match draw(st.integers(0, 5)):
        case 0:
            return FieldLookup(events(draw, scope), draw(st.sampled_from(["label", "tags"])))
        case 1:
            return FunctionCall(draw(st.sampled_from(["keys", "values"])), (FieldLookup(PROFILE, "notes"),))
        case 2:
            return ListLiteral(tuple(StringLiteral(draw(_TEXTS)) for _ in range(draw(st.integers(1, 3)))))
        case 3:
            return FunctionCall(
                "intersection", (FieldLookup(PROFILE, "tags"), FieldLookup(events(draw, scope), "label"))
            )
        case 4:
            return FunctionCall("map", (FieldLookup(PROFILE, "notes"), Lambda(("K", "W"), VariableReference("W"))))
    return FieldLookup(PROFILE, "tags")


def window(draw: DrawFn, scope: Scope) -> TimeWindow:
    relation = draw(st.sampled_from(RELATIONS))
    end = reference(draw, scope) if relation == "between" else None
    qualification = None
    if relation in ("before", "after", "from") and draw(st.integers(0, 3)):
        count = draw(st.integers(0, 3) | st.sampled_from([30, 400]))
        qualification = TimeQualification(draw(_COMPARISONS), count, draw(_UNITS))
    return TimeWindow(relation, reference(draw, scope), end, qualification)


def reference(draw: DrawFn, scope: Scope) -> Time:
    if draw(st.integers(0, 3)) == 0:
        return TimeInterval(draw(st.sampled_from(["this", "last", "next"])), draw(_UNITS))
    return time(draw, scope)


def chain(draw: DrawFn, scope: Scope) -> Expr:
    elements: list[ChainElement] = []
    for position in range(draw(st.integers(1, 3))):
        name = f"C{position}"
        what = ItemLambda(condition(draw, scope.item(), 0))
        when = None
        if draw(st.integers(0, 2)) == 0:
            when = window(draw, scope)
            is_close: bool = draw(st.booleans())
            if elements and is_close:
                close = TimeQualification(draw(_COMPARISONS), draw(st.integers(0, 40)), draw(_UNITS))
                when = TimeWindow("after", VariableReference(elements[-1].name), qualification=close)
        count = None
        if draw(st.integers(0, 3)) == 0:
            wanted = IntegerLiteral(draw(st.integers(-1, 3)))
            count = ElementCount(draw(st.sampled_from([">=", ">=", *COMPARISONS])), wanted)
        elements.append(ChainElement(name, draw(st.integers(0, 4)) == 0, what, None, when, count))
        scope = scope.bind(name)
    array = FieldLookup(PROFILE, draw(st.sampled_from(["xEvent", "orders"])))
    return Chain(array, ItemLambda(FieldLookup(ItemReference(0), "at")), tuple(elements))


def condition(draw: DrawFn, scope: Scope, budget: int) -> Expr:
    """A condition; `budget` are the levels of conditions in it."""
    if budget <= 0:
        return _test(draw, scope)
    match draw(st.integers(0, 11)):
        case 0:
            name = draw(st.sampled_from(["and", "or"]))
            return FunctionCall(name, tuple(condition(draw, scope, budget - 1) for _ in range(2)))
        case 1:
            return FunctionCall("not", (condition(draw, scope, budget - 1),))
        case 2:
            parts = [condition(draw, scope, budget - 1) for _ in range(3)]
            return FunctionCall("if", tuple(parts))
        case 3:
            body = ItemLambda(condition(draw, scope.item(), budget - 1))
            name = draw(st.sampled_from(["exists", "filter", "count"]))
            found = FunctionCall(name, (events(draw, scope), body))
            return found if name != "count" else FunctionCall(draw(_COMPARISONS), (found, number(draw, scope)))
        case 4:
            return quantification(draw, scope, budget)
        case 5:
            return chain(draw, scope)
        case 6:
            name = draw(st.sampled_from(["sum", "average", "min", "max"]))
            body = ItemLambda(number(draw, scope.item()))
            return FunctionCall(
                draw(_COMPARISONS), (FunctionCall(name, (events(draw, scope), body)), number(draw, scope))
            )
        case 7:
            value = events(draw, scope)
            return Let("L", FunctionCall("head", (value,)), condition(draw, scope.bind("L"), budget - 1))
        case 8:
            truths = [
                FunctionCall("isNull", (field(draw, scope, "label"),)),
                FunctionCall("not", (condition(draw, scope, budget - 1),)),
            ]
            values: list[Expr] = [BooleanLiteral(True), BooleanLiteral(False), StringLiteral("true")]
            other = draw(st.sampled_from(values))
            return FunctionCall(draw(_COMPARISONS), (draw(st.sampled_from(truths)), other))
        case 9:
            return _pairs(draw, scope)
        case 10:
            groups = FunctionCall(
                "groupBy", (events(draw, scope), field_of_item(draw(st.sampled_from(["label", "open"]))))
            )
            many = FunctionCall("count", (VariableReference("G"),))
            return FunctionCall("exists", (groups, Lambda(("K", "G"), FunctionCall(">", (many, IntegerLiteral(1))))))
    return _test(draw, scope)


def _pairs(draw: DrawFn, scope: Scope) -> Expr:
    """What is asked about tuples."""
    pairs = Select(
        (
            VariableDeclaration("X", events(draw, scope), condition(draw, scope.bind("X"), 0)),
            VariableDeclaration("Y", events(draw, scope), condition(draw, scope.bind("X").bind("Y"), 0)),
        )
    )
    body = Lambda(("A", "B"), condition(draw, scope.bind("A").bind("B"), 0))
    found = FunctionCall(draw(st.sampled_from(["exists", "count"])), (pairs, body))
    if found.function == "exists":
        return found
    return FunctionCall(draw(_COMPARISONS), (found, number(draw, scope)))


def quantification(draw: DrawFn, scope: Scope, budget: int) -> Expr:
    clauses = []
    for name in ("Q", "R")[: draw(st.integers(1, 2))]:
        source = events(draw, scope)
        scope = scope.bind(name)
        clauses.append(
            VariableDeclaration(name, source, condition(draw, scope, budget - 1) if draw(st.integers(0, 5)) else None)
        )
    return Quantification(draw(st.sampled_from(["some", "all", "none", "one"])), tuple(clauses))


def _test(draw: DrawFn, scope: Scope) -> Expr:
    """A condition without conditions in it."""
    return draw(st.sampled_from(_ALL_TESTS))(draw, scope)


def _compare(draw: DrawFn, scope: Scope) -> Expr:
    kinds: list[Draw] = [text, text, number, number, time]
    one = draw(st.sampled_from(kinds))
    # Mostly of one kind, at times converted.
    other = draw(st.sampled_from([one, one, one, text]))
    return FunctionCall(draw(_COMPARISONS), (one(draw, scope), other(draw, scope)))


def _text_test(draw: DrawFn, scope: Scope) -> Expr:
    left: Draw = draw(st.sampled_from([text, text, texts]))
    flag = (BooleanLiteral(draw(st.booleans())),) if draw(st.booleans()) else ()
    name = draw(st.sampled_from([*_TESTS, "equals", "notEqualTo"]))
    right = text(draw, scope) if draw(st.integers(0, 3)) else FieldLookup(PROFILE, "size")
    return FunctionCall(name, (left(draw, scope), right, *flag))


def _pattern(draw: DrawFn, scope: Scope) -> Expr:
    left: Draw = draw(st.sampled_from([text, text, texts]))
    name = draw(st.sampled_from(["like", "matches"]))
    return FunctionCall(name, (left(draw, scope), StringLiteral(draw(_LIKES if name == "like" else _REGEXES))))


def _like_field(draw: DrawFn, scope: Scope) -> Expr:
    return FunctionCall("like", (text(draw, scope), field(draw, scope, "label")))


def _choice(draw: DrawFn, scope: Scope) -> Expr:
    name = draw(st.sampled_from(["in", "notIn"]))
    match draw(st.integers(0, 3)):
        case 0:
            return FunctionCall(name, (text(draw, scope), texts(draw, scope)))
        case 1:
            items: list[Expr] = [
                IntegerLiteral(1),
                IntegerLiteral(12),
                DoubleLiteral(2.5),
                StringLiteral("3"),
                NullLiteral(),
            ]
            choices = ListLiteral(tuple(draw(st.lists(st.sampled_from(items), max_size=3))))
            return FunctionCall(name, (number(draw, scope), choices))
        case 2:
            return FunctionCall(name, (number(draw, scope), FieldLookup(PROFILE, "sizes")))
    days = (TimestampLiteral("today"), FunctionCall("date", tuple(map(IntegerLiteral, (2024, 2, 28)))))
    return FunctionCall(name, (time(draw, scope), ListLiteral(days)))


def _set(draw: DrawFn, scope: Scope) -> Expr:
    name = draw(st.sampled_from(["intersects", "subsetOf", "supersetOf", "includes", "="]))
    if name == "includes":
        return FunctionCall(name, (texts(draw, scope), text(draw, scope)))
    if name == "=":
        return FunctionCall(draw(st.sampled_from(["=", "!="])), (texts(draw, scope), texts(draw, scope)))
    return FunctionCall(name, (texts(draw, scope), texts(draw, scope)))


def _occurs(draw: DrawFn, scope: Scope) -> Expr:
    if draw(st.integers(0, 4)) == 0:
        return Occurs(FieldLookup(events(draw, scope), "at"), window(draw, scope))
    return Occurs(time(draw, scope) if draw(st.integers(0, 5)) else text(draw, scope), window(draw, scope))


def _null_test(draw: DrawFn, scope: Scope) -> Expr:
    kinds: list[Draw] = [text, number, time, events, texts]
    return FunctionCall(draw(st.sampled_from(["isNull", "isNotNull"])), (draw(st.sampled_from(kinds))(draw, scope),))


def _bare(draw: DrawFn, scope: Scope) -> Expr:
    kinds: list[Draw] = [text, number, time, events, texts]
    return draw(st.sampled_from(kinds))(draw, scope)


def _object(draw: DrawFn, scope: Scope) -> Expr:
    literal = ObjectLiteral((Property("size", number(draw, scope)),))
    return FunctionCall(draw(_COMPARISONS), (FieldLookup(literal, "size"), number(draw, scope)))


_ALL_TESTS: list[Draw] = [
    _compare,
    _compare,
    _compare,
    _text_test,
    _text_test,
    _pattern,
    _like_field,
    _choice,
    _set,
    _occurs,
    _occurs,
    _null_test,
    _bare,
    _object,
]

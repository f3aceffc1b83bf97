"""Which expressions make sense?  Hypothesis strategies for expressions of a wanted type over a small schema.

Everything that `conditions()` draws is well typed by construction: semantics.md says what each part gives. What the
checker says against one of them is a false accusation, unless it is a matter of taste.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from pqltools.syntax.ast import (
    BooleanLiteral,
    DoubleLiteral,
    FieldLookup,
    FunctionCall,
    IntegerLiteral,
    ItemLambda,
    ItemReference,
    Let,
    ListLiteral,
    Occurs,
    ParameterReference,
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
from pqltools.types.model import (
    BOOLEAN,
    DATE,
    DOUBLE,
    INTEGER,
    STRING,
    TIMESTAMP,
    ArrayType,
    MapType,
    PlainObject,
)
from pqltools.xdm.schema import Schema

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    from pqltools.syntax.ast import Expr, Time
    from pqltools.types.model import Type

#: One field of each scalar type in every object.
_SCALARS: dict[str, Type] = {
    "label": STRING,
    "size": INTEGER,
    "price": DOUBLE,
    "open": BOOLEAN,
    "day": DATE,
    "at": TIMESTAMP,
}
EVENT = PlainObject({**_SCALARS, "tags": ArrayType(STRING)})
PROFILE = PlainObject(
    {
        **_SCALARS,
        "tags": ArrayType(STRING),
        "sizes": ArrayType(INTEGER),
        "orders": ArrayType(EVENT),
        "home": PlainObject(_SCALARS),
        "notes": MapType(STRING),
        "xEvent": ArrayType(EVENT),
    }
)
SCHEMA = Schema(PROFILE, EVENT, "the schema of the tests")

_FIELDS = {kind: name for name, kind in _SCALARS.items()}
_NUMBERS = (INTEGER, DOUBLE)
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_STRING_TESTS = ("startsWith", "doesNotStartWith", "endsWith", "doesNotEndWith", "contains", "doesNotContain")
_UNITS = ("minute", "hour", "day", "week", "month", "year")
_ARRAYS = ("orders", "xEvent")


@st.composite
def conditions(draw: DrawFn, budget: int = 12) -> Expr:
    """A whole expression: a condition over a profile."""
    return draw(_condition(budget, ()))


def _roots(scope: tuple[str, ...]) -> list[Expr]:
    """What fields may hang on: the profile, items of enclosing scopes (`""`), variables."""
    items = [index for index, name in enumerate(reversed(scope)) if not name]
    found: list[Expr] = [
        ParameterReference(1, spelling="implicit" if not scope else None),
        FieldLookup(ParameterReference(1), "home"),
    ]
    found += [ItemReference(distance) for distance in range(len(items))]
    return found + [VariableReference(name) for name in scope if name]


@st.composite
def _value(draw: DrawFn, kind: Type, budget: int, scope: tuple[str, ...]) -> Expr:
    """An expression of the scalar type `kind`."""
    if budget > 2 and draw(st.booleans()):
        return draw(_computed(kind, budget, scope))
    if draw(st.integers(0, 2)) and kind is not BOOLEAN:
        return draw(_literal(kind))
    return FieldLookup(draw(st.sampled_from(_roots(scope))), _FIELDS[kind])


def _literal(kind: Type) -> SearchStrategy[Expr]:
    if kind is STRING:
        return st.builds(StringLiteral, st.text("abc %", max_size=3))
    if kind is INTEGER:
        return st.builds(IntegerLiteral, st.integers(-9, 99))
    if kind is DOUBLE:
        return st.builds(DoubleLiteral, st.floats(-9, 99, allow_nan=False, width=16))
    if kind is TIMESTAMP:
        return st.just(TimestampLiteral("now"))
    if kind is DATE:
        days = st.tuples(st.integers(1990, 2030), st.integers(1, 12), st.integers(1, 28))
        return days.map(lambda day: FunctionCall("date", tuple(map(IntegerLiteral, day)))) | st.just(
            TimestampLiteral("today")
        )
    return st.builds(BooleanLiteral, st.booleans())


@st.composite
def _computed(draw: DrawFn, kind: Type, budget: int, scope: tuple[str, ...]) -> Expr:
    half = budget // 2
    if draw(st.booleans()):
        then, other = draw(_value(kind, half, scope)), draw(_value(kind, half, scope))
        return FunctionCall("if", (draw(_condition(half, scope)), then, other))
    if kind in _NUMBERS:
        return draw(_number(kind, half, scope))
    if kind is STRING:
        notes = FieldLookup(ParameterReference(1), "notes")
        return FunctionCall("get", (notes, draw(_literal(STRING))))
    if kind is BOOLEAN:
        return draw(_condition(half, scope))
    array = draw(_array(half, scope))
    return FieldLookup(FunctionCall("head", (array,)), _FIELDS[kind])


@st.composite
def _number(draw: DrawFn, kind: Type, budget: int, scope: tuple[str, ...]) -> Expr:
    if kind is INTEGER and draw(st.booleans()):
        if draw(st.booleans()):
            return FunctionCall("count", (draw(_array(budget, scope)),))
        name = draw(st.sampled_from(("getMonth", "getYear", "getDayOfMonth")))
        return FunctionCall(name, (draw(_value(draw(st.sampled_from((DATE, TIMESTAMP))), 1, scope)),))
    if draw(st.booleans()):
        array = draw(_array(budget, scope))
        body = draw(_value(DOUBLE, budget // 2, (*scope, "")))
        name = draw(st.sampled_from(("sum", "average", "min", "max")))
        return FunctionCall(name, (array, ItemLambda(body)))
    left, right = (draw(_value(draw(st.sampled_from(_NUMBERS)), budget // 2, scope)) for _ in range(2))
    return FunctionCall(draw(st.sampled_from("+-*/%")), (left, right))


@st.composite
def _array(draw: DrawFn, budget: int, scope: tuple[str, ...]) -> Expr:
    """An array of events."""
    array: Expr = FieldLookup(ParameterReference(1), draw(st.sampled_from(_ARRAYS)))
    if budget < 2:
        return array
    half = budget // 2
    match draw(st.integers(0, 4)):
        case 0:
            return FunctionCall("filter", (array, ItemLambda(draw(_condition(half, (*scope, ""))))), spelling="filter")
        case 1:
            return Select((draw(_clause(array, half, scope)),))
        case 2:
            key = draw(_value(DOUBLE, half, (*scope, "")))
            name = draw(st.sampled_from(("topN", "bottomN")))
            return FunctionCall(name, (array, ItemLambda(key), IntegerLiteral(draw(st.integers(1, 5)))))
        case 3:
            return FunctionCall("distinct", (array,))
        case _:
            return array


@st.composite
def _clause(draw: DrawFn, array: Expr, budget: int, scope: tuple[str, ...]) -> VariableDeclaration:
    name = f"V{len(scope)}"
    return VariableDeclaration(name, array, draw(_condition(budget, (*scope, name))))


@st.composite
def _condition(draw: DrawFn, budget: int, scope: tuple[str, ...]) -> Expr:
    """A Boolean expression."""
    half = budget // 2
    if budget < 2:
        return FieldLookup(draw(st.sampled_from(_roots(scope))), "open")
    match draw(st.integers(0, 8)):
        case 0:
            operands = draw(st.lists(_condition(half, scope), min_size=2, max_size=3))
            return FunctionCall(draw(st.sampled_from(("and", "or"))), tuple(operands))
        case 1:
            return FunctionCall("not", (draw(_condition(half, scope)),))
        case 2:
            kind = draw(st.sampled_from((STRING, DOUBLE, INTEGER, TIMESTAMP, DATE)))
            other = draw(st.sampled_from(_NUMBERS)) if kind in _NUMBERS else kind
            operands = [draw(_value(kind, half, scope)), draw(_value(other, half, scope))]
            return FunctionCall(draw(st.sampled_from(_COMPARISONS)), tuple(operands))
        case 3:
            operands = [draw(_value(STRING, half, scope)), draw(_value(STRING, half, scope))]
            operands += [BooleanLiteral(False)] * draw(st.booleans())
            return FunctionCall(draw(st.sampled_from(_STRING_TESTS)), tuple(operands))
        case 4:
            items = draw(st.lists(_literal(STRING), min_size=1, max_size=3))
            name = draw(st.sampled_from(("in", "notIn")))
            return FunctionCall(name, (draw(_value(STRING, half, scope)), ListLiteral(tuple(items))))
        case 5:
            kind = draw(st.sampled_from((TIMESTAMP, DATE)))
            return Occurs(draw(_value(kind, 1, scope)), draw(_window()))
        case 6:
            array = draw(_array(half, scope))
            quantifier = draw(st.sampled_from(("some", "all", "none", "one")))
            return Quantification(quantifier, (draw(_clause(array, half, scope)),))
        case 7:
            body = ItemLambda(draw(_condition(half, (*scope, ""))))
            return FunctionCall("exists", (draw(_array(half, scope)), body))
        case _:
            name = f"V{len(scope)}"
            value = FieldLookup(ParameterReference(1), "home")
            return Let(name, value, draw(_condition(half, (*scope, name))))


@st.composite
def _window(draw: DrawFn) -> TimeWindow:
    point: SearchStrategy[Time] = st.sampled_from(("now", "today", "yesterday")).map(TimestampLiteral)
    match draw(st.integers(0, 2)):
        case 0:
            interval = TimeInterval(draw(st.sampled_from(("this", "last"))), draw(st.sampled_from(_UNITS)))
            return TimeWindow("within", interval)
        case 1:
            qualification = TimeQualification("<=", draw(st.integers(1, 60)), draw(st.sampled_from(_UNITS)))
            return TimeWindow("before", draw(point), qualification=qualification)
        case _:
            return TimeWindow(draw(st.sampled_from(("before", "after"))), draw(point))

"""What is an expression that means something else, but only just?  Mutations of one node of a tree.

Every mutation changes the meaning, if only for some profile or some reading of a call that nobody knows: another
operator, literal, quantifier, window, field or flag, the operands of an operator that does not commute exchanged, an
operand left out. Hints, bound names and what is defined to be the same are left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pqltools.records import replace
from pqltools.syntax import operators as ops
from pqltools.syntax.ast import (
    BooleanLiteral,
    ChainElement,
    DoubleLiteral,
    ElementCount,
    FieldLookup,
    FunctionCall,
    IntegerLiteral,
    ItemReference,
    ListLiteral,
    ModelReference,
    Node,
    NullLiteral,
    ParameterReference,
    Property,
    Quantification,
    StringLiteral,
    TimeInterval,
    TimeQualification,
    TimestampLiteral,
    TimeWindow,
    VariableDeclaration,
)
from pqltools.syntax.walk import children, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pqltools.syntax.ast import Expr

#: Names of functions that the same arguments may be given to, in groups of different meanings.
_GROUPS = (
    ops.COMPARISONS,
    ("and", "or"),
    ("in", "notIn", "like", "matches", "includes", "intersects", "subsetOf", "supersetOf"),
    ("+", "-", "*", "/", "%"),
    ("startsWith", "doesNotStartWith", "endsWith", "doesNotEndWith", "contains", "doesNotContain", "notEqualTo"),
    ("sum", "average", "min", "max", "count", "filter", "map", "groupBy"),
    ("topN", "bottomN"),
    ("isNull", "isNotNull", "head", "keys", "values", "distinct", "getMonth", "getYear", "getDayOfMonth", "_other"),
    ("currentMonth", "currentYear", "currentDayOfMonth"),
    ("get", "mapEntry", "intersection", "regexGroup"),
)
_LITERALS = (StringLiteral, IntegerLiteral, DoubleLiteral, BooleanLiteral, NullLiteral, TimestampLiteral)
_NOT_COMMUTATIVE = frozenset(
    ("-", "/", "%", "<", "<=", ">", ">=", "in", "notIn", "like", "startsWith", "contains", "get")
)


def mutants(tree: Expr) -> list[Expr]:
    """All trees that differ from `tree` by one mutation."""
    return [_put(tree, node, other) for node in walk(tree) for other in _others(node)]


def _put(node: Any, old: Node, new: Node) -> Any:
    """`node` with `new` in the place of `old`, wherever that very node stands."""
    if node is old:
        return new
    if not any(child is old for child in walk(node)):
        return node
    changes: dict[str, Any] = {}
    name: str
    for name in type(node).__match_args__:
        value = getattr(node, name)
        if isinstance(value, Node):
            changes[name] = _put(value, old, new)
        elif isinstance(value, tuple):
            changes[name] = tuple(_put(item, old, new) if isinstance(item, Node) else item for item in value)
    return replace(node, **changes)


def _others(node: Node) -> Iterator[Node]:
    """What may stand in the place of `node` and means something else."""
    match node:
        case StringLiteral(value):
            yield StringLiteral(value + "x")
        case IntegerLiteral(value):
            yield IntegerLiteral(value + 7 if value < ops.INTEGER_MAX - 7 else value - 7)
        case DoubleLiteral(number):
            yield DoubleLiteral(number / 2 + 1.25 if number != 2.5 else 3.5)
        case BooleanLiteral(value):
            yield BooleanLiteral(not value)
        case NullLiteral():
            yield StringLiteral("null")
        case TimestampLiteral(value):
            yield from (TimestampLiteral(other) for other in ops.TIMESTAMPS if other != value)
        case ListLiteral(items):
            yield ListLiteral((*items, IntegerLiteral(5)))
        case Property(name, inner):
            yield Property(name + "x", inner)
        case FieldLookup(inner, name):
            yield FieldLookup(inner, name + "x")
            yield FieldLookup(FieldLookup(inner, name), "x")
        case ParameterReference(position):
            yield ParameterReference(position + 1)
        case ItemReference(distance) if distance:
            yield ItemReference(distance - 1)
        case ModelReference(reference):
            yield ModelReference(reference + "x")
        case Quantification(quantifier, variables):
            yield from (Quantification(other, variables) for other in ops.QUANTIFIER_KEYWORDS if other != quantifier)
        case VariableDeclaration(condition=None):
            yield replace(node, condition=FieldLookup(ParameterReference(1), "new"))
        case FunctionCall():
            yield from _calls(node)
        case _:
            yield from _moments(node)


def _calls(node: FunctionCall) -> Iterator[Node]:
    function, arguments = node.function, node.arguments
    for group in _GROUPS:
        if function in group:
            for other in group:
                if other != function:
                    yield FunctionCall(other, arguments)
    if function in _NOT_COMMUTATIVE and len(arguments) == 2 and arguments[0] != arguments[1]:
        yield FunctionCall(function, arguments[::-1])
    if function == "not" and len(arguments) == 1:
        yield arguments[0]
    if function in ("and", "or") and len(arguments) > 1 and arguments[-1] not in arguments[:-1]:
        yield FunctionCall(function, arguments[:-1])
    if function == "contains" and len(arguments) == 2:
        yield FunctionCall(function, (*arguments, BooleanLiteral(False)))


def _moments(node: Node) -> Iterator[Node]:
    match node:
        case TimeInterval(relation, unit):
            yield from (TimeInterval(other, unit) for other in ops.INTERVALS if other != relation)
            yield TimeInterval(relation, "day" if unit != "day" else "week")
        case TimeQualification(comparison, count, unit):
            yield from (TimeQualification(other, count, unit) for other in ops.COMPARISONS if other != comparison)
            yield TimeQualification(comparison, count + 1, unit)
            yield TimeQualification(comparison, count, "day" if unit != "day" else "week")
        case TimeWindow("between", time, end):
            if time != end:
                assert end is not None
                yield TimeWindow("between", end, time)
        case TimeWindow("within", time):
            yield TimeWindow("before", time)
        case TimeWindow(relation, time, None, qualification):
            others = [other for other in ("before", "after", "from") if other != relation]
            yield from (TimeWindow(other, time, None, qualification) for other in others)
            if qualification is not None:
                yield TimeWindow(relation, time)
        case ElementCount(comparison, value):
            yield from (ElementCount(other, value) for other in ops.COMPARISONS if other != comparison)
        case ChainElement():
            yield replace(node, negated=not node.negated)
            if node.when is None:
                yield replace(node, when=TimeWindow("within", TimestampLiteral("today")))
        case _:
            assert isinstance(node, Node)


def size(tree: Node) -> int:
    """How many nodes there are."""
    return 1 + sum(map(size, children(tree)))

"""What is the value of an expression that is the same for every profile?  Folding, as semantics.md has it.

`UNKNOWN` is the answer wherever the profile, its events or the clock matter. Where one operand decides, the others may
be unknown: ``false and x`` is False. Lists are tuples; the functions that are folded are those whose value is certain.
"""

from __future__ import annotations

from pqltools.syntax import ast
from pqltools.syntax.operators import COMPARISONS, INTEGER_MAX, INTEGER_MIN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.checks.context import Context
    from pqltools.syntax.ast import Expr

#: Not a constant.
UNKNOWN: Any = type("Unknown", (), {"__repr__": lambda _: "UNKNOWN"})()

POSITIVE_TESTS = frozenset(("=", "in", "like", "matches", "startsWith", "endsWith", "contains", "equals"))
#: Each negative test with the positive one that it is not quite the negation of: both are false for null.
NEGATIVE_TESTS = {
    "!=": "=",
    "notIn": "in",
    "doesNotStartWith": "startsWith",
    "doesNotEndWith": "endsWith",
    "doesNotContain": "contains",
    "notEqualTo": "equals",
}
#: Tests that are false when a side is null, and never null themselves.
TESTS = frozenset((*COMPARISONS, *POSITIVE_TESTS, *NEGATIVE_TESTS))
#: Functions whose value is always defined: a null array counts as empty for them.
_DEFINED = frozenset(
    """and or not isNull isNotNull exists count sum filter map topN bottomN groupBy distinct inSegment
    currentMonth currentYear currentDayOfMonth""".split()
)
_DEFINED_NODES = (
    ast.StringLiteral,
    ast.IntegerLiteral,
    ast.DoubleLiteral,
    ast.BooleanLiteral,
    ast.TimestampLiteral,
    ast.ListLiteral,
    ast.ObjectLiteral,
    ast.Select,
    ast.Quantification,
    ast.Chain,
)
_SCALARS = (ast.StringLiteral, ast.IntegerLiteral, ast.DoubleLiteral, ast.BooleanLiteral)
_NUMBERS = (int, float)


def is_defined(node: Expr) -> bool:
    """Whether the value is never null, whatever the profile."""
    if isinstance(node, ast.FunctionCall):
        return node.function in _DEFINED or node.function in TESTS
    return isinstance(node, _DEFINED_NODES)


def truth(value: Any) -> Any:
    """What a value is in a Boolean position: a bool, or `UNKNOWN`."""
    if value is UNKNOWN or isinstance(value, bool):
        return value
    return len(value) > 0 if isinstance(value, tuple) else value is not None


def constant(node: Expr, context: Context) -> Any:
    """The value of `node` if it is always the same: None, bool, int, float, str or a tuple of these; else `UNKNOWN`."""
    if isinstance(node, ast.FunctionCall):
        memo = context.typing.constants
        found = memo.get(id(node), memo)
        if found is memo:
            found = memo[id(node)] = _call(node.function, [constant(argument, context) for argument in node.arguments])
            if found is UNKNOWN and len(node.arguments) == 1 and node.function in ("isNull", "isNotNull"):
                defined = is_defined(node.arguments[0])
                found = memo[id(node)] = (node.function == "isNotNull") if defined else UNKNOWN
        return found
    if isinstance(node, _SCALARS):
        return node.value
    if isinstance(node, ast.NullLiteral):
        return None
    if isinstance(node, ast.ListLiteral):
        items = tuple([constant(item, context) for item in node.items])
        return UNKNOWN if UNKNOWN in items else items
    return UNKNOWN


def _call(name: str, values: list[Any]) -> Any:
    if name in ("and", "or", "not"):
        return _connective(name, [truth(value) for value in values])
    if name in ("isNull", "isNotNull") and len(values) == 1 and values[0] is not UNKNOWN:
        return (values[0] is None) == (name == "isNull")
    if len(values) < 2:
        return -values[0] if name == "-" and values and _is_number(values[0]) else UNKNOWN
    left, right = values[:2]
    if name == "if":
        test = truth(left)
        return UNKNOWN if test is UNKNOWN else (right if test else values[2] if len(values) > 2 else UNKNOWN)
    if name in TESTS:
        return _test(name, left, right)
    return _arithmetic(name, left, right)


def _connective(name: str, values: list[Any]) -> Any:
    if name == "not":
        return UNKNOWN if len(values) != 1 or values[0] is UNKNOWN else not values[0]
    decisive = name == "or"
    if decisive in values:
        return decisive
    return UNKNOWN if UNKNOWN in values or not values else not decisive


def _test(name: str, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return False
    if name in ("in", "notIn"):
        if right == () and name == "in":
            return False
        if UNKNOWN in (left, right) or isinstance(left, tuple) or not isinstance(right, tuple):
            return UNKNOWN
        if not all(_comparable(left, item) for item in right):
            return UNKNOWN
        return (left in right) == (name == "in")
    if UNKNOWN in (left, right) or not _comparable(left, right):
        return UNKNOWN
    match name:
        case "=":
            return left == right
        case "!=":
            return left != right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
    return UNKNOWN


def _arithmetic(name: str, left: Any, right: Any) -> Any:
    if name in ("/", "%") and _is_number(right) and right == 0:
        return None
    if name not in ("+", "-", "*", "/", "%") or not (_is_number(left) and _is_number(right)):
        return UNKNOWN
    match name:
        case "+":
            found = left + right
        case "-":
            found = left - right
        case "*":
            found = left * right
        case "/":
            return left / right
        case _:
            return UNKNOWN
    return found if isinstance(found, float) or INTEGER_MIN <= found <= INTEGER_MAX else None


def _is_number(value: Any) -> bool:
    return isinstance(value, _NUMBERS) and not isinstance(value, bool)


def _comparable(left: Any, right: Any) -> bool:
    """Whether two values compare without conversion, and not as the instants that two strings may be."""
    if isinstance(left, str) and isinstance(right, str):
        return not (left[:4].isdigit() and right[:4].isdigit())
    return left.__class__ is right.__class__ is bool or (_is_number(left) and _is_number(right))

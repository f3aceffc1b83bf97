"""What does a function make of the values of its arguments, at any depth and in about linear time?  `operation`.

The functions are those of `runtime`, chosen for a call as the walker of `naive` would: by the types that the schema
knows. Functions that do not look into data are left to the walker.
"""

from __future__ import annotations

from pqltools.evaluation.naive.calls import has_times
from pqltools.evaluation.naive.comparisons import items
from pqltools.evaluation.names import is_namespaced, plain_name
from pqltools.evaluation.runtime import arrays, comparisons, fields, sets, texts
from pqltools.syntax import ast
from pqltools.types.model import MapType, ObjectType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from pqltools.evaluation.naive.walker import Walker
    from pqltools.syntax.ast import Expr, FunctionCall

    Operation: TypeAlias = Callable[..., Any]

_SYMBOLS = {"equals": "=", "notEqualTo": "!="}
#: The functions that compare two values.
COMPARISONS = frozenset(("=", "!=", "<", "<=", ">", ">=", *_SYMBOLS))
_SETS = frozenset(("intersects", "intersection", "subsetOf", "supersetOf"))


def operation(walker: Walker, node: FunctionCall) -> Operation | None:
    """The function of the values of the arguments of this call; None if the walker itself is as good."""
    name, arguments = node.function, node.arguments
    if name in COMPARISONS:
        return _comparison(walker, node)
    if name in texts.TESTS:
        return _over_map(walker, arguments[0], texts.text_test(name))
    if name in ("in", "notIn"):
        timed, wanted = has_times(walker, arguments), name == "in"
        return _over_map(walker, arguments[0], lambda left, right: sets.is_in(left, right, timed, wanted))
    if name in _SETS:
        return lambda left, right: sets.set_function(name, left, right)
    match name:
        case "includes":
            timed = has_times(walker, arguments)
            return lambda array, value: sets.includes(array, value, timed)
        case "distinct":
            return lambda array: arrays.distinct(items(array))
        case "get":
            return _get(walker, arguments[0])
        case "stringCompare":
            return _string_compare(walker, node)
    return None


def _comparison(walker: Walker, node: FunctionCall) -> Operation:
    left, right, *flag = node.arguments
    symbol, timed = _SYMBOLS.get(node.function, node.function), has_times(walker, (left, right))
    holds: Operation = comparisons.comparison(symbol, times=timed)
    if flag:
        holds = comparisons.flagged(symbol, times=timed)
    if isinstance(walker.program.type(left), MapType):
        holds = comparisons.over_map(holds)
    if any(isinstance(side, ast.FunctionCall) and side.function == "intersection" for side in (left, right)):
        return sets.over_intersection(symbol, holds)
    return holds


def _over_map(walker: Walker, left: Expr, test: Operation) -> Operation:
    """The same test where the schema says that the left side is a map: its values count."""
    if not isinstance(walker.program.type(left), MapType):
        return test
    return lambda value, *rest: test(comparisons.map_items(value), *rest)


def _get(walker: Walker, object: Expr) -> Operation:
    namespaced = is_namespaced(object)
    if not isinstance(walker.program.type(object), ObjectType):
        return fields.get_namespaced if namespaced else fields.get
    fetch = fields.namespaced if namespaced else fields.step
    return lambda value, key: fetch(value, plain_name(key)) if key.__class__ is str else None


def _string_compare(walker: Walker, node: FunctionCall) -> Operation:
    timed = has_times(walker, node.arguments[1:])

    def holds(name: Any, left: Any, right: Any) -> bool | None:
        if not isinstance(name, str):
            return None
        if name in COMPARISONS:
            return comparisons.comparison(_SYMBOLS.get(name, name), times=timed)(left, right)
        return texts.text_test(name)(left, right) if name in texts.TESTS else None

    return holds

"""What does a function make of the values of its arguments?  `called`, for those that need nothing else.

Functions that are evaluated for each item of an array, and `and`, `or` and `if`, are the walker's.
"""

from __future__ import annotations

from pqltools.evaluation.naive import arrays, comparisons, texts
from pqltools.evaluation.naive.comparisons import field, is_true, items
from pqltools.evaluation.names import is_namespaced, plain_name
from pqltools.evaluation.values import Entry, holds_times
from pqltools.syntax import ast
from pqltools.types.model import MapType, ObjectType
from pqltools.types.time import date_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeAlias

    from pqltools.evaluation.naive.walker import Walker
    from pqltools.syntax.ast import Expr, FunctionCall

    Handler: TypeAlias = Callable[[Walker, FunctionCall, list[Any]], Any]

_MEMBER = ("realized", "existing")
_EQUALITIES = ("=", "!=", "equals", "notEqualTo")
_TEXT_TESTS = tuple("startsWith doesNotStartWith endsWith doesNotEndWith contains doesNotContain like matches".split())


def called(walker: Walker, node: FunctionCall, values: list[Any]) -> Any:
    """The value of a call whose arguments have these values."""
    return _HANDLERS[node.function](walker, node, values)


def has_times(walker: Walker, nodes: Sequence[Expr]) -> bool:
    """Whether the schema takes one of the nodes for times."""
    return any(holds_times(walker.program.type(node)) for node in nodes)


def _tested(walker: Walker, node: Expr, value: Any) -> Any:
    """The left side of a test: where the schema says that it is a map, its values count."""
    is_map = isinstance(walker.program.type(node), MapType)
    return list(value.values()) if is_map and isinstance(value, dict) else value


def _compared(walker: Walker, node: FunctionCall, values: list[Any]) -> bool:
    name, (left, right) = node.function, node.arguments[:2]
    one, other = values[:2]
    if isinstance(one, list) and isinstance(other, list) and _is_intersection(left, right):
        # The order of an intersection says nothing (ours).
        equal = arrays.set_function("subsetOf", one, other) and arrays.set_function("supersetOf", one, other)
        return name in _EQUALITIES and bool(equal) == (name in ("=", "equals"))
    if not isinstance(other, dict | list):
        one = _tested(walker, left, one)
    times = has_times(walker, (left, right))
    if name in ("equals", "notEqualTo"):
        return texts.equals(name, one, other, values[2] if len(values) > 2 else True, times=times)
    return comparisons.holds(name, one, other, times=times)


def _is_intersection(*nodes: Expr) -> bool:
    return any(isinstance(node, ast.FunctionCall) and node.function == "intersection" for node in nodes)


def _text_tested(walker: Walker, node: FunctionCall, values: list[Any]) -> bool:
    return texts.text_holds(node.function, _tested(walker, node.arguments[0], values[0]), *values[1:])


def _computed(walker: Walker, node: FunctionCall, values: list[Any]) -> Any:
    if len(values) == 1:
        return arrays.negated(values[0])
    return arrays.arithmetic(node.function, *values)


def _is_in(walker: Walker, node: FunctionCall, values: list[Any]) -> bool:
    left = _tested(walker, node.arguments[0], values[0])
    return arrays.is_in(node.function, left, values[1], times=has_times(walker, node.arguments))


def _includes(walker: Walker, node: FunctionCall, values: list[Any]) -> bool:
    times = has_times(walker, node.arguments)
    return any(comparisons.holds("=", item, values[1], times=times) for item in items(values[0]))


def _get(walker: Walker, node: FunctionCall, values: list[Any]) -> Any:
    """The value of a key. Where the schema knows an object with fields, the key is the name of one."""
    map, key = values
    if not isinstance(key, str):
        return None
    if isinstance(walker.program.type(node.arguments[0]), ObjectType):
        return lookup(node.arguments[0], map, plain_name(key))
    return lookup(node.arguments[0], map, key) if isinstance(map, dict) else None


def _string_compare(walker: Walker, node: FunctionCall, values: list[Any]) -> Any:
    """A test whose name is the first argument; null if it is no test (ours)."""
    operator, left, right = values
    if operator in _TEXT_TESTS:
        return texts.text_holds(operator, left, right)
    if operator in (*_EQUALITIES, "<", "<=", ">", ">="):
        operator = {"equals": "=", "notEqualTo": "!="}.get(operator, operator)
        return comparisons.holds(operator, left, right, times=has_times(walker, node.arguments[1:]))
    return None


def lookup(object: Expr, value: Any, name: str) -> Any:
    """The field of a value, or the value of a namespace whatever its case."""
    found = field(value, name)
    if found is None and is_namespaced(object) and isinstance(value, dict):
        return next((value[key] for key in value if key.lower() == name.lower()), None)
    return found


def is_member(profile: Any, id: str) -> bool:
    """Whether a profile is a member of a segment: realized or existing in the namespace ``ups``."""
    memberships = field(profile, "segmentMembership")
    for namespace, segments in memberships.items() if isinstance(memberships, dict) else ():
        if namespace.lower() == "ups" and field(field(segments, id), "status") in _MEMBER:
            return True
    return False


def _current(part: int) -> Handler:
    return lambda walker, node, values: date_of(walker.program.now)[part]


_HANDLERS: dict[str, Handler] = {
    **dict.fromkeys((*_EQUALITIES, "<", "<=", ">", ">="), _compared),
    **dict.fromkeys(_TEXT_TESTS, _text_tested),
    **dict.fromkeys("+-*/%", _computed),
    **dict.fromkeys(("in", "notIn"), _is_in),
    **dict.fromkeys(
        ("intersects", "intersection", "subsetOf", "supersetOf"),
        lambda walker, node, values: arrays.set_function(node.function, *values),
    ),
    **dict.fromkeys(
        ("getYear", "getMonth", "getDayOfMonth"),
        lambda walker, node, values: arrays.time_part(node.function, values[0]),
    ),
    "not": lambda walker, node, values: not is_true(values[0]),
    "isNull": lambda walker, node, values: values[0] is None,
    "isNotNull": lambda walker, node, values: values[0] is not None,
    "regexGroup": lambda walker, node, values: texts.regex_group(*values, *([1] if len(values) < 3 else [])),
    "includes": _includes,
    "distinct": lambda walker, node, values: arrays.distinct(items(values[0])),
    "head": lambda walker, node, values: next(iter(items(values[0])), None),
    "get": _get,
    "keys": lambda walker, node, values: list(values[0]) if isinstance(values[0], dict) else None,
    "values": lambda walker, node, values: list(values[0].values()) if isinstance(values[0], dict) else None,
    "mapEntry": lambda walker, node, values: Entry({values[0]: values[1]}) if isinstance(values[0], str) else None,
    "date": lambda walker, node, values: arrays.date(values),
    "currentYear": _current(0),
    "currentMonth": _current(1),
    "currentDayOfMonth": _current(2),
    "inSegment": lambda walker, node, values: walker.in_segment(values[0]),
    "modelInstances": lambda walker, node, values: items(walker.model_instances(values[0])),
    "stringCompare": _string_compare,
}

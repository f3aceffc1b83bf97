"""How do two values compare, fast and at any depth?"""

from __future__ import annotations

import operator

from pqltools.evaluation.values import Day, Instant, folded, interval, number_text, text_number, time_of
from pqltools.types.time import iso_instant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, TypeAlias

    Comparison: TypeAlias = Callable[[Any, Any], bool]

_OPERATORS: dict[str, Comparison] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_EQUALITIES = ("=", "!=")


def truth(value: Any) -> bool:
    """Whether a value holds in a Boolean position."""
    if value is True:
        return True
    return value is not None and value is not False and (value.__class__ is not list or len(value) > 0)


def items(value: Any) -> Any:
    """The items of an array, the values of a map, and nothing of all else."""
    if value.__class__ is list:
        return value
    return list(value.values()) if isinstance(value, dict) else []


def map_items(value: Any) -> Any:
    """The values of what is a map by the schema."""
    return list(value.values()) if isinstance(value, dict) else value


def leaves(array: list[Any]) -> Iterator[Any]:
    """The items of an array, and those of arrays in it."""
    pending = [iter(array)]
    while pending:
        for item in pending[-1]:
            if item.__class__ is list:
                pending.append(iter(item))
                break
            yield item
        else:
            pending.pop()


def comparison(symbol: str, *, times: bool = False) -> Comparison:
    """The function that tells whether two values stand in a relation; `times` as the schema says."""
    compare = _OPERATORS[symbol]
    equality = symbol in _EQUALITIES

    def scalars_hold(left: Any, right: Any) -> bool:
        if times or left.__class__ in _TIMES or right.__class__ in _TIMES:
            relation = _relation(left, right)
            return relation is not None and compare(relation, 0)
        if left.__class__ is str:
            if right.__class__ is not str:
                if right.__class__ not in _NUMBERS:
                    return False
                right = number_text(right)
            if not equality and len(left) > 10 and len(right) > 10:
                instant, other = iso_instant(left), iso_instant(right)
                if instant is not None and other is not None:
                    return compare(instant, other)
            return compare(left, right)
        converted = _converted(left, right)
        return converted is not None and compare(left, converted)

    def holds(left: Any, right: Any) -> bool:
        if left is None or right is None:
            return False
        if left.__class__ is list:
            if right.__class__ is list:
                return equality and compare(same(left, right, times=times), True)
            return any(holds(item, right) for item in leaves(left))
        if _has_parts(left) or right.__class__ is list:
            if not _are_alike(left, right):
                return False
            return equality and compare(same(left, right, times=times), True)
        return not _has_parts(right) and scalars_hold(left, right)

    return holds


def _has_parts(value: Any) -> bool:
    return isinstance(value, dict | tuple)


def _are_alike(left: Any, right: Any) -> bool:
    return (isinstance(left, dict) and isinstance(right, dict)) or (
        isinstance(left, tuple) and isinstance(right, tuple)
    )


_TIMES: frozenset[Any] = frozenset((Instant, Day))
_NUMBERS: frozenset[Any] = frozenset((int, float))


def _converted(left: Any, right: Any) -> Any:
    """`right` as the type of a number or a boolean on the left, None if it is none."""
    kind = right.__class__
    if left.__class__ in _NUMBERS:
        return right if kind in _NUMBERS else text_number(right) if kind is str else None
    if left.__class__ is bool:
        return right if kind is bool else _BOOLEANS.get(right) if kind is str else None
    return None


_BOOLEANS = {"true": True, "false": False}


def _relation(left: Any, right: Any) -> int | None:
    """-1, 0 or 1 as the left time lies before, in or behind the right one; None if one is no time."""
    one, other = time_of(left), time_of(right)
    if one is None or other is None:
        return None
    first, second = interval(one), interval(other)
    return -1 if first[1] <= second[0] else 1 if second[1] <= first[0] else 0


_equal = comparison("=")
_equal_times = comparison("=", times=True)


def same(left: Any, right: Any, *, times: bool = False) -> bool:
    """Whether two arrays hold the same items in the same order, two objects the same fields."""
    equal = _equal_times if times else _equal
    pending = [(left, right)]
    while pending:
        one, other = pending.pop()
        if one is None or other is None:
            if one is not other:
                return False
        elif one.__class__ is list or one.__class__ is tuple:
            if other.__class__ not in (list, tuple) or len(one) != len(other):
                return False
            pending += zip(one, other, strict=True)
        elif isinstance(one, dict):
            if not isinstance(other, dict):
                return False
            pending += [(one.get(name), other.get(name)) for name in {**one, **other}]
        elif other.__class__ is list or _has_parts(other) or not equal(one, other):
            return False
    return True


def equals_folded(symbol: str, *, times: bool) -> Comparison:
    """``equals`` and ``notEqualTo`` with the flag false: strings are compared without regard to case."""
    holds = comparison(symbol, times=times)

    def one_holds(left: Any, right: Any) -> bool:
        if left.__class__ is str and not times:
            text = number_text(right) if right.__class__ in _NUMBERS else right
            if text.__class__ is str:
                return holds(folded(left), folded(text))
        return holds(left, right)

    def folded_holds(left: Any, right: Any) -> bool:
        if left.__class__ is list and right.__class__ is not list:
            return any(one_holds(item, right) for item in leaves(left))
        return one_holds(left, right)

    return folded_holds


def flagged(symbol: str, *, times: bool) -> Callable[[Any, Any, Any], bool]:
    """``equals`` and ``notEqualTo`` with a flag that is computed: what is no boolean makes the test false."""
    exact, without_case = comparison(symbol, times=times), equals_folded(symbol, times=times)

    def holds(left: Any, right: Any, flag: Any) -> bool:
        return exact(left, right) if flag is True else without_case(left, right) if flag is False else False

    return holds


def over_map(holds: Callable[..., bool]) -> Callable[..., bool]:
    """The same comparison of what is a map by the schema: against a scalar its values count."""

    def holds_over_map(left: Any, right: Any, *flag: Any) -> bool:
        has_parts = right.__class__ is list or isinstance(right, dict)
        return holds(left if has_parts else map_items(left), right, *flag)

    return holds_over_map


def order_key(value: Any, times: bool) -> tuple[int, Any] | None:
    """What a value is sorted by, None for what has no order."""
    kind = value.__class__
    if times or kind in _TIMES:
        time = None if kind is bool else time_of(value)
        if time is not None:
            return 2, time.ms
        return (0, value) if kind is bool else None
    if kind is str:
        instant = iso_instant(value) if len(value) > 10 else None
        return (3, value) if instant is None else (2, instant)
    if kind in _NUMBERS:
        return None if value != value else (1, value)
    return (0, value) if kind is bool else None


def identity(value: Any) -> Any:
    """What values have in common exactly if they are the same item of a set; can be hashed, whatever their depth."""
    kind = value.__class__
    if kind is str or value is None:
        return value
    if kind in _NUMBERS:
        return ("number", value) if value == value else "NaN"
    if kind is bool or kind in _TIMES:
        return kind, value
    return tuple(_tokens(value))


def _tokens(value: Any) -> Iterator[Any]:
    """The parts of a value in an order that depends on nothing but its meaning."""
    pending = [value]
    while pending:
        part = pending.pop()
        if part.__class__ is list or part.__class__ is tuple:
            yield "[", len(part)
            pending += part
        elif isinstance(part, dict):
            fields = sorted((name, item) for name, item in part.items() if item is not None)
            yield "{", len(fields)
            for name, item in fields:
                pending += (item, _Name(name))
        elif part.__class__ is _Name:
            yield part.name
        else:
            yield identity(part)


class _Name:
    """The name of a field among values."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

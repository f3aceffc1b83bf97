"""What do the functions of arrays, maps, objects and numbers compute, fast and at any depth?"""

from __future__ import annotations

import math

from pqltools.evaluation.runtime.comparisons import (
    comparison,
    identity,
    items,
    leaves,
    order_key,
)
from pqltools.evaluation.values import Day, Entry, Instant, as_json, number_text, text_number
from pqltools.syntax.operators import INTEGER_MAX, INTEGER_MIN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

_NUMBERS: frozenset[Any] = frozenset((int, float))


# Fields.


def member(object: Any, name: str) -> Any:
    """The field of an object by any of its names; null of what is no object."""
    for key in (name, "xdm:" + name, "@" + name[1:] if name.startswith("_") else name):
        value = object.get(key)
        if value is not None:
            return value
    return None


def step(value: Any, name: str) -> Any:
    """The field of an object, of an array those of its items without nulls, arrays among them flattened."""
    if isinstance(value, dict):
        return member(value, name)
    if value.__class__ is not list:
        return None
    found: list[Any] = []
    for item in leaves(value):
        if isinstance(item, dict):
            inner = member(item, name)
            if inner.__class__ is list:
                found += [each for each in inner if each is not None]
            elif inner is not None:
                found.append(inner)
    return found


def namespaced(value: Any, name: str) -> Any:
    """The value of a namespace in a map, whatever its case, the exact one first."""
    found = step(value, name)
    if found is None and isinstance(value, dict):
        wanted = name.lower()
        for key in value:
            if key.lower() == wanted:
                return value[key]
    return found


def get(map: Any, key: Any) -> Any:
    """The value of a key of a map."""
    return member(map, key) if key.__class__ is str and isinstance(map, dict) else None


def get_field(object: Any, key: Any) -> Any:
    """The field that a computed key names."""
    return step(object, key) if key.__class__ is str else None


def get_namespaced(map: Any, key: Any) -> Any:
    """The value of a computed namespace."""
    return namespaced(map, key) if key.__class__ is str and isinstance(map, dict) else None


def is_member(profile: Any, id: Any) -> bool:
    """Whether a profile is a member of a segment by its ``segmentMembership``."""
    memberships = member(profile, "segmentMembership")
    if id.__class__ is str and isinstance(memberships, dict):
        for namespace, segments in memberships.items():
            if namespace.lower() == "ups" and isinstance(segments, dict):
                membership = member(segments, id)
                if isinstance(membership, dict) and member(membership, "status") in ("realized", "existing"):
                    return True
    return False


def pairs(value: Any, names: int) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Each item with what the parameters of a lambda stand for: key and value of a map, the parts of a tuple."""
    padding = (None,) * names
    if isinstance(value, dict):
        for key, item in value.items():
            yield item, (key, item, *padding)[:names]
        return
    for item in items(value):
        parts = item if item.__class__ is tuple else (item,)
        yield item, (*parts, *padding)[:names]


# Aggregates.


def bounded(number: Any) -> Any:
    """A number that was computed, null beyond 64 bits or if it is not finite."""
    if number.__class__ is int:
        return number if INTEGER_MIN <= number <= INTEGER_MAX else None
    return number if math.isfinite(number) else None


def total(values: Iterable[Any]) -> Any:
    """The sum of the numbers."""
    found: Any = 0
    try:
        for value in values:
            if value.__class__ in _NUMBERS:
                found += value
    except OverflowError:
        return None
    return bounded(found)


def average(values: Iterable[Any]) -> Any:
    """The mean of the numbers, null of none."""
    numbers = [value for value in values if value.__class__ in _NUMBERS]
    found = total(numbers)
    return None if found is None or not numbers else found / len(numbers)


def extreme(values: Iterable[Any], highest: bool, times: bool) -> Any:
    """The least or greatest of the values that have an order, the first of equal ones."""
    best = best_key = None
    for value in values:
        key = order_key(value, times)
        if key is not None and (best_key is None or (key > best_key if highest else key < best_key)):
            best, best_key = value, key
    return best


def ranked(pairs: list[tuple[Any, Any]], n: Any, highest: bool, times: bool) -> list[Any] | None:
    """The n items whose values, given with them, are highest or lowest; those without order come last."""
    if n.__class__ is not int:
        return None
    keyed = [(order_key(value, times), item) for item, value in pairs]
    known = [pair for pair in keyed if pair[0] is not None]
    known.sort(key=_first, reverse=highest)
    known += [pair for pair in keyed if pair[0] is None]
    return [item for _, item in known[: max(n, 0)]]


def grouped(pairs: list[tuple[Any, Any]]) -> dict[str, list[Any]]:
    """The items by their keys, given with them, in the order of first occurrence."""
    groups: dict[str, list[Any]] = {}
    for item, key in pairs:
        text = key_text(key)
        if text is not None:
            groups.setdefault(text, []).append(item)
    return groups


def _first(pair: tuple[Any, Any]) -> Any:
    return pair[0]


def distinct(values: Iterable[Any]) -> list[Any]:
    """The items without repetition, each where it stood first."""
    found: dict[Any, Any] = {}
    for value in values:
        found.setdefault(identity(value), value)
    return list(found.values())


def key_text(key: Any) -> str | None:
    """The key of a group, None for what cannot be one."""
    kind = key.__class__
    if kind is str:
        return key  # type: ignore[no-any-return]
    if kind is bool:
        return "true" if key else "false"
    if kind in _NUMBERS:
        return number_text(key)
    return str(as_json(key)) if kind is Instant or kind is Day else None


def mapped(values: list[Any]) -> Any:
    """The result of `map`: the values, or one map of the entries among them."""
    entries = [value for value in values if value.__class__ is Entry]
    if not entries:
        return values
    return {key: value for entry in entries for key, value in entry.items()}


def entry(key: Any, value: Any) -> Entry | None:
    """One entry of a map."""
    return Entry({key: value}) if key.__class__ is str else None


# Sets.


class Members:
    """The items of an array, to be asked whether one of them equals a value, converted to its type."""

    __slots__ = ("_booleans", "_numbers", "_others", "_texts", "_values", "times")

    def __init__(self, values: Iterable[Any], times: bool = False) -> None:
        self._values = [value for value in values if value is not None]
        self.times = times
        self._texts: frozenset[str] | None = None
        self._numbers: frozenset[Any] | None = None
        self._booleans: frozenset[bool] | None = None
        self._others = times or any(value.__class__ not in _SCALARS for value in self._values)

    def words(self) -> frozenset[str] | None:
        """The strings that a string is compared with, None if that takes more."""
        return None if self._others else frozenset(self._as_texts())

    def has(self, value: Any) -> bool:
        """Whether an item equals the value."""
        kind = value.__class__
        if self._others or kind not in _SCALARS:
            equal = _equal_times if self.times else _equal
            return any(equal(value, item) for item in self._values)
        if kind is str:
            if self._texts is None:
                self._texts = frozenset(self._as_texts())
            return value in self._texts
        if kind is bool:
            if self._booleans is None:
                self._booleans = frozenset(self._as_booleans())
            return value in self._booleans
        if self._numbers is None:
            self._numbers = frozenset(self._as_numbers())
        return value == value and value in self._numbers

    def _as_texts(self) -> Iterator[str]:
        for value in self._values:
            if value.__class__ is str:
                yield value
            elif value.__class__ is not bool:
                yield number_text(value)

    def _as_booleans(self) -> Iterator[bool]:
        for value in self._values:
            if value.__class__ is bool:
                yield value
            elif value == "true" or value == "false":
                yield value == "true"

    def _as_numbers(self) -> Iterator[Any]:
        for value in self._values:
            if value.__class__ in _NUMBERS:
                yield value
            elif value.__class__ is str:
                number = text_number(value)
                if number is not None:
                    yield number


_SCALARS: frozenset[Any] = frozenset((str, int, float, bool))
_equal = comparison("=")
_equal_times = comparison("=", times=True)


def is_in(value: Any, choices: Any, times: bool = False, wanted: bool = True) -> bool:
    """``in``, or ``notIn`` where False is `wanted`; of an array on the left some item is enough."""
    if value is None or choices is None:
        return False
    if not isinstance(choices, Members):
        choices = Members(_choices(choices), times)
    if value.__class__ is list:
        return any(choices.has(item) is wanted for item in leaves(value) if item is not None)
    return choices.has(value) is wanted


def _choices(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if value.__class__ is list else [value]


def includes(array: Any, value: Any, times: bool = False) -> bool:
    """Whether an array holds an item to whose type the value converts, and which it equals."""
    if value is None:
        return False
    equal = _equal_times if times else _equal
    return any(equal(item, value) for item in items(array))


def as_set(value: Any) -> list[Any] | None:
    """The items of an array or map without nulls and repetitions, None of all else."""
    if isinstance(value, dict):
        value = list(value.values())
    return distinct([item for item in value if item is not None]) if value.__class__ is list else None


def set_function(name: str, left: Any, right: Any) -> Any:
    """``intersects``, ``intersection``, ``subsetOf`` and ``supersetOf``."""
    one, other = as_set(left), as_set(right)
    if one is None or other is None:
        return None if name == "intersection" else False
    if name == "supersetOf":
        return _covers(one, other)
    members = Members(other)
    if name == "intersection":
        return [item for item in one if members.has(item)]
    if name == "intersects":
        return any(members.has(item) for item in one)
    return all(members.has(item) for item in one)


def _covers(left: list[Any], right: list[Any]) -> bool:
    """Whether each item on the right equals one on the left, to whose type it is converted."""
    if len({item.__class__ for item in left}) > 1 or any(item.__class__ not in _SCALARS for item in (*left, *right)):
        return all(any(_equal(item, wanted) for item in left) for wanted in right)
    if not left:
        return not right
    # All on the left are of one type, so that each on the right converts to one value.
    known = {identity(item) for item in left}
    kind = left[0].__class__
    return all(identity(_as(kind, wanted)) in known for wanted in right)


def _as(kind: type, value: Any) -> Any:
    """The scalar as the type of the left side; None, which is never among the items, if it cannot be converted."""
    if kind is str:
        return None if value.__class__ is bool else value if value.__class__ is str else number_text(value)
    if kind is bool:
        return value if value.__class__ is bool else {"true": True, "false": False}.get(value)
    return None if value.__class__ is bool else text_number(value) if value.__class__ is str else value


def same_sets(left: Any, right: Any) -> bool:
    """Whether two arrays hold the same items, in any order."""
    return bool(set_function("subsetOf", left, right) and set_function("supersetOf", left, right))


def over_intersection(symbol: str, holds: Callable[..., bool]) -> Callable[..., bool]:
    """The same comparison where a side is an intersection, of which the order says nothing."""

    def holds_as_sets(left: Any, right: Any, *flag: Any) -> bool:
        if left.__class__ is list and right.__class__ is list:
            return symbol in ("=", "!=") and same_sets(left, right) is (symbol == "=")
        return holds(left, right, *flag)

    return holds_as_sets


# Numbers.


def negated(value: Any) -> Any:
    """The number with the other sign."""
    return bounded(-value) if value.__class__ in _NUMBERS else None


def add(left: Any, right: Any) -> Any:
    """``+``."""
    if left.__class__ in _NUMBERS and right.__class__ in _NUMBERS:
        try:
            return bounded(left + right)
        except OverflowError:
            return None
    return None


def subtract(left: Any, right: Any) -> Any:
    """``-``."""
    if left.__class__ in _NUMBERS and right.__class__ in _NUMBERS:
        try:
            return bounded(left - right)
        except OverflowError:
            return None
    return None


def multiply(left: Any, right: Any) -> Any:
    """``*``."""
    if left.__class__ in _NUMBERS and right.__class__ in _NUMBERS:
        try:
            return bounded(left * right)
        except OverflowError:
            return None
    return None


def divide(left: Any, right: Any) -> Any:
    """``/``."""
    if left.__class__ in _NUMBERS and right.__class__ in _NUMBERS and right != 0:
        try:
            return bounded(left / right)
        except OverflowError:
            return None
    return None


def remainder(left: Any, right: Any) -> Any:
    """``%``, with the sign of the dividend."""
    if left.__class__ not in _NUMBERS or right.__class__ not in _NUMBERS or right == 0:
        return None
    if left.__class__ is int and right.__class__ is int:
        rest = abs(left) % abs(right)
        return bounded(-rest if left < 0 else rest)
    try:
        return bounded(math.fmod(left, right))
    except (OverflowError, ValueError):
        return None

"""How are arrays compared as sets, in time linear in their sizes?"""

from __future__ import annotations

from pqltools.evaluation.runtime.arrays import distinct
from pqltools.evaluation.runtime.comparisons import comparison, identity, items, leaves
from pqltools.evaluation.runtime.numbers import NUMBERS
from pqltools.evaluation.values import number_text, text_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any


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
        if not self._others and (kind is dict or kind is tuple):
            # No object equals a scalar, and there may be many of them.
            return False
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
            if value.__class__ in NUMBERS:
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


# What is asked to tell whether a null decides (`pqltools.evaluation.unknowns`).


def has_null_leaf(left: Any, right: Any, is_map: bool) -> bool:
    """Whether an array on the left of a test against what is none holds a null; of a map its values count."""
    if right.__class__ is list or isinstance(right, dict):
        return left.__class__ is list and right.__class__ is not list and None in leaves(left)
    if is_map and isinstance(left, dict):
        left = list(left.values())
    return left.__class__ is list and None in leaves(left)


def surely_not_in(value: Any, choices: Any, times: bool, is_map: bool, wanted: bool) -> bool:
    """Whether ``in``, or ``notIn`` where False is `wanted`, does not hold, whatever the nulls stand for."""
    if value is None or choices is None:
        return False
    if is_map and isinstance(value, dict):
        value = list(value.values())
    found = _choices(choices)
    members, has_null = Members(found, times), None in found

    def surely_not(item: Any) -> bool:
        if item is None:
            return False
        return not members.has(item) and not has_null if wanted else members.has(item)

    return all(map(surely_not, leaves(value))) if value.__class__ is list else surely_not(value)

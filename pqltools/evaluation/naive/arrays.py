"""What do the functions of arrays, maps, numbers and times compute?  Sections 2, 5 and 7 of semantics.md."""

from __future__ import annotations

import math

from pqltools.evaluation.naive.comparisons import holds, identity, is_number, order_key
from pqltools.evaluation.values import Day, Entry, Instant, as_json, number_text, time_of
from pqltools.syntax.operators import INTEGER_MAX, INTEGER_MIN
from pqltools.types.time import date_of, first_instant, is_date

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

_PARTS = {"getYear": 0, "getMonth": 1, "getDayOfMonth": 2}


def bounded(number: Any) -> Any:
    """A number that was computed; null beyond the 64 bits of an integer, or if a double is not finite (both ours)."""
    if isinstance(number, int):
        return number if INTEGER_MIN <= number <= INTEGER_MAX else None
    return number if math.isfinite(number) else None


def arithmetic(operator: str, left: Any, right: Any) -> Any:
    """The five operators. Null if a side is no number, and what is divided by zero."""
    if not is_number(left) or not is_number(right):
        return None
    try:
        return bounded(_computed(operator, left, right))
    except (OverflowError, ZeroDivisionError, ValueError):
        # An integer of the data too large for a double, a division by zero, the remainder of an infinite number.
        return None


def negated(value: Any) -> Any:
    """The number with the other sign."""
    return bounded(-value) if is_number(value) else None


def _computed(operator: str, left: Any, right: Any) -> Any:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            # Doubles, also of integers (ours): every engine can do that.
            return float(left) / float(right)
    if isinstance(left, int) and isinstance(right, int):
        # The sign of the dividend (ours).
        rest = abs(left) % abs(right)
        return -rest if left < 0 else rest
    return math.fmod(left, right)


def total(values: Sequence[Any]) -> Any:
    """The sum of the numbers among the values; 0 of none."""
    try:
        found: Any = 0
        for value in values:
            if is_number(value):
                found += value
        return bounded(found)
    except OverflowError:
        return None


def average(values: Sequence[Any]) -> Any:
    """The mean of the numbers among the values; null of none."""
    numbers = [value for value in values if is_number(value)]
    found = total(numbers)
    return None if not numbers or found is None else float(found) / len(numbers)


def extreme(values: Sequence[Any], *, highest: bool, times: bool) -> Any:
    """The least or the greatest of the values that have an order, the first of equal ones; null of none."""
    best, best_key = None, None
    for value in values:
        key = order_key(value, times=times)
        if key is not None and (best_key is None or (key > best_key if highest else key < best_key)):
            best, best_key = value, key
    return best


def ranked(items: Sequence[Any], values: Sequence[Any], n: Any, *, highest: bool, times: bool) -> list[Any] | None:
    """The n items whose values are highest or lowest, in that order; those without order last, ties as they were."""
    if type(n) is not int:
        return None
    keys = [order_key(value, times=times) for value in values]
    known = [index for index, key in enumerate(keys) if key is not None]
    known.sort(key=lambda index: keys[index], reverse=highest)  # type: ignore[arg-type,return-value]
    rest = [index for index, key in enumerate(keys) if key is None]
    return [items[index] for index in (known + rest)[: max(n, 0)]]


def distinct(items: Sequence[Any]) -> list[Any]:
    """The items without repetition, each where it stood first (ours)."""
    found: dict[Any, Any] = {}
    for item in items:
        found.setdefault(identity(item), item)
    return list(found.values())


def grouped(items: Sequence[Any], keys: Sequence[Any]) -> dict[str, list[Any]]:
    """A map from each key to its items. Keys become strings; items with a key that is no scalar are left out (ours)."""
    groups: dict[str, list[Any]] = {}
    for item, key in zip(items, keys, strict=True):
        text = key_text(key)
        if text is not None:
            groups.setdefault(text, []).append(item)
    return groups


def key_text(key: Any) -> str | None:
    """The key of a map that a value stands for, None if it stands for none."""
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, Instant | Day):
        key = as_json(key)
    return number_text(key) if is_number(key) else key if isinstance(key, str) else None


def mapped(values: list[Any]) -> Any:
    """The result of `map`: the values, or one map of them if there are entries among them."""
    entries = [value for value in values if isinstance(value, Entry)]
    if not entries:
        return values
    return {key: value for entry in entries for key, value in entry.items()}


def contains(items: Sequence[Any], value: Any, *, times: bool = False) -> bool:
    """Whether `value` equals one of the items, which are converted to its type."""
    return any(holds("=", value, item, times=times) for item in items)


def is_in(name: str, value: Any, choices: Any, *, times: bool) -> bool:
    """``in`` and ``notIn``; a single value in place of the list is a list of one (ours)."""
    if value is None or choices is None:
        return False
    if isinstance(value, list):
        # As with comparisons, some item is enough (ours).
        return any(is_in(name, item, choices, times=times) for item in value)
    found = contains(_as_items(choices), value, times=times)
    return found if name == "in" else not found


def _as_items(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value.values()]
    return value if isinstance(value, list) else [value]


def as_set(value: Any) -> list[Any] | None:
    """What counts where arrays are compared as sets: the items of an array or map that are not null, each once."""
    if isinstance(value, dict):
        value = list(value.values())
    return distinct([item for item in value if item is not None]) if isinstance(value, list) else None


def set_function(name: str, left: Any, right: Any) -> Any:
    """``intersects``, ``intersection``, ``subsetOf`` and ``supersetOf``; false or null if a side is no array."""
    one, other = as_set(left), as_set(right)
    if one is None or other is None:
        return None if name == "intersection" else False
    match name:
        case "intersection":
            return [item for item in one if contains(other, item)]
        case "intersects":
            return any(contains(other, item) for item in one)
        case "subsetOf":
            return all(contains(other, item) for item in one)
    return all(any(holds("=", item, wanted) for item in one) for wanted in other)


def date(parts: Sequence[Any]) -> Day | None:
    """The day of a year, a month and a day; null if there is no such day."""
    if all(type(part) is int for part in parts) and is_date(*parts):
        return Day(first_instant(*parts))
    return None


def time_part(name: str, value: Any) -> int | None:
    """``getYear``, ``getMonth``, ``getDayOfMonth``; null of what is no time."""
    time = time_of(value)
    return None if time is None else date_of(time.ms)[_PARTS[name]]

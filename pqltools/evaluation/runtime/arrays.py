"""What do the functions of arrays and maps compute, fast and at any depth?"""

from __future__ import annotations

from pqltools.evaluation.runtime.comparisons import identity, order_key
from pqltools.evaluation.runtime.numbers import NUMBERS, bounded
from pqltools.evaluation.values import Day, Entry, Instant, as_json, number_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def total(values: Iterable[Any]) -> Any:
    """The sum of the numbers."""
    found: Any = 0
    try:
        for value in values:
            if value.__class__ in NUMBERS:
                found += value
    except OverflowError:
        return None
    return bounded(found)


def average(values: Iterable[Any]) -> Any:
    """The mean of the numbers, null of none."""
    numbers = [value for value in values if value.__class__ in NUMBERS]
    found = total(numbers)
    return None if found is None or not numbers else float(found) / len(numbers)


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
    if kind in NUMBERS:
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

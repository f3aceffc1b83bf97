"""Why does a test of two values hold or not?  Nulls, conversions, and which item of an array decided it."""

from __future__ import annotations

from pqltools.evaluation.explaining.wording import scalar_text, value_text
from pqltools.evaluation.operations import COMPARISONS
from pqltools.evaluation.runtime import texts
from pqltools.evaluation.values import Day, Instant, number_text, text_number, time_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

#: Tests of which a null makes nobody think that they are false.
_NEGATIVE = frozenset(("!=", "notEqualTo", "notIn", "doesNotContain", "doesNotStartWith", "doesNotEndWith"))
#: Tests of one value by others.
TESTS = COMPARISONS | frozenset(texts.TESTS) | {"in", "notIn"}


def reasons(name: str, values: Sequence[Any], holds: bool, test: Callable[[Any], bool], *, times: bool) -> list[str]:
    """The notes about a test of `values`; `test` is the same test of another left side."""
    left, right = values[:2]
    if left is None or right is None:
        return [_null(name, left, right)] if name in _NEGATIVE else []
    if isinstance(left, list) and not (isinstance(right, list) and name in COMPARISONS):
        return [_which(left, holds, test)]
    if isinstance(left, dict | tuple | list) or name in ("in", "notIn") or isinstance(right, dict | list | tuple):
        return []
    if name in texts.TESTS:
        return [*_text_conversion(left, right)]
    return [*_conversion(left, right, times)]


def _null(name: str, left: Any, right: Any) -> str:
    side = "both sides are" if left is right else f"the {'left' if left is None else 'right'} side is"
    return f"`{name}` is false because {side} null"


def _which(left: list[Any], holds: bool, test: Callable[[Any], bool]) -> str:
    """Which item of an array passes a test."""
    if not left:
        return "the array on the left is empty"
    if not holds:
        return f"holds for none of {len(left)} items"
    index = next((index for index, item in enumerate(left) if test(item)), None)
    return "" if index is None else f"holds for the item {index + 1} of {len(left)}: {value_text(left[index], 40)}"


def _conversion(left: Any, right: Any, times: bool) -> Iterator[str]:
    if times or isinstance(left, Instant | Day) or isinstance(right, Instant | Day):
        for side in (left, right):
            yield from _as_time(side)
    elif isinstance(left, bool) and not isinstance(right, bool):
        known = isinstance(right, str) and right in ("true", "false")
        yield _converted(right, right) if known else f"{_named(right)} is neither true nor false"
    elif isinstance(left, int | float) and not isinstance(left, bool):
        yield from _as_number(right)
    elif isinstance(left, str) and not isinstance(right, str):
        is_number = isinstance(right, int | float) and not isinstance(right, bool)
        yield _converted(right, scalar_text(number_text(right))) if is_number else f"{_named(right)} is no string"


def _as_number(right: Any) -> Iterator[str]:
    if isinstance(right, bool):
        yield f"{_named(right)} is no number"
    elif isinstance(right, str):
        number = text_number(right)
        yield f"{_named(right)} is no number" if number is None else _converted(right, number_text(number))


def _as_time(side: Any) -> Iterator[str]:
    time = time_of(side)
    if time is None:
        yield f"{_named(side)} is no time"
    elif isinstance(side, int):
        yield _converted(side, scalar_text(time))


def _text_conversion(left: Any, right: Any) -> Iterator[str]:
    if not isinstance(left, str):
        yield f"{_named(left)} is no string, and is not converted"
    elif isinstance(right, bool):
        yield f"{_named(right)} is no string"
    elif isinstance(right, int | float):
        yield _converted(right, scalar_text(number_text(right)))


def _converted(value: Any, to: str) -> str:
    return f"converted: {_named(value)} to {to}"


def _named(value: Any) -> str:
    kind = "string" if isinstance(value, str) else "boolean" if isinstance(value, bool) else "number"
    return scalar_text(value) if isinstance(value, Instant | Day) else f"the {kind} {scalar_text(value, 40)}"

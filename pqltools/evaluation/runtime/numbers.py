"""What do the operators of numbers compute?"""

from __future__ import annotations

import math

from pqltools.syntax.operators import INTEGER_MAX, INTEGER_MIN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: The classes of numbers; a boolean is none.
NUMBERS: frozenset[Any] = frozenset((int, float))


def bounded(number: Any) -> Any:
    """A number that was computed, null beyond 64 bits or if it is not finite."""
    if number.__class__ is int:
        return number if INTEGER_MIN <= number <= INTEGER_MAX else None
    return number if math.isfinite(number) else None


def negated(value: Any) -> Any:
    """The number with the other sign."""
    return bounded(-value) if value.__class__ in NUMBERS else None


def add(left: Any, right: Any) -> Any:
    """``+``."""
    if left.__class__ in NUMBERS and right.__class__ in NUMBERS:
        try:
            return bounded(left + right)
        except OverflowError:
            return None
    return None


def subtract(left: Any, right: Any) -> Any:
    """``-``."""
    if left.__class__ in NUMBERS and right.__class__ in NUMBERS:
        try:
            return bounded(left - right)
        except OverflowError:
            return None
    return None


def multiply(left: Any, right: Any) -> Any:
    """``*``."""
    if left.__class__ in NUMBERS and right.__class__ in NUMBERS:
        try:
            return bounded(left * right)
        except OverflowError:
            return None
    return None


def divide(left: Any, right: Any) -> Any:
    """``/``: of doubles, so that every engine rounds large integers the same way."""
    if left.__class__ in NUMBERS and right.__class__ in NUMBERS and right != 0:
        try:
            return bounded(float(left) / float(right))
        except OverflowError:
            return None
    return None


def remainder(left: Any, right: Any) -> Any:
    """``%``, with the sign of the dividend."""
    if left.__class__ not in NUMBERS or right.__class__ not in NUMBERS or right == 0:
        return None
    if left.__class__ is int and right.__class__ is int:
        rest = abs(left) % abs(right)
        return bounded(-rest if left < 0 else rest)
    try:
        return bounded(math.fmod(left, right))
    except (OverflowError, ValueError):
        return None

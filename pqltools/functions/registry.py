"""Which functions are there?  `function` by name, and `functions`, all of them by category."""

from __future__ import annotations

from pqltools.functions import (
    aggregation,
    arithmetic,
    arrays,
    boolean,
    comparison,
    filters,
    maps,
    miscellaneous,
    objects,
    strings,
    times,
)
from pqltools.functions.entry import Example, Function

__all__ = ["Example", "Function", "function", "functions"]

_FUNCTIONS: tuple[Function, ...] = (
    *boolean.FUNCTIONS,
    *comparison.FUNCTIONS,
    *strings.FUNCTIONS,
    *arrays.FUNCTIONS,
    *filters.FUNCTIONS,
    *maps.FUNCTIONS,
    *objects.FUNCTIONS,
    *aggregation.FUNCTIONS,
    *arithmetic.FUNCTIONS,
    *times.FUNCTIONS,
    *miscellaneous.FUNCTIONS,
)
_BY_NAME = {entry.name: entry for entry in _FUNCTIONS}


def function(name: str) -> Function | None:
    """The entry of the function or operator of this name, which is case-sensitive."""
    return _BY_NAME.get(name)


def functions() -> tuple[Function, ...]:
    """All entries, in the order of their categories."""
    return _FUNCTIONS

"""Where do engines differ first?  Numbers that are hardly different, and texts that are times, or nearly so."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any, TypeAlias

from pqltools import parse
from pqltools.syntax.ast import Expr
from profiles import NOW

#: Makes conditions and profiles.
Edge: TypeAlias = Callable[[], tuple[list[Expr], list[dict[str, Any]]]]
_OPERATORS = ("=", "!=", "<", "<=", ">", ">=")
_DOUBLES = [2.0**53, 2.0**53 + 2, -(2.0**53), 2.0**63, 1e20, 99999999999999983616.0, 5.0, 0.0, 1e308, 2.5]
_INTEGERS = [2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63), 5, 0]
_DIGITS = "9007199254740993 -9007199254740993 9223372036854775808 99999999999999999999 +5 5. 1e400 a".split()
_TIMES = """2024-02-29T09:00:00Z 2024-02-29t09:00z 2024-02-29T10:00:00.0009+01:00 2024-02-29T03:30-0530
    2024-02-29T14:00:00+05: 2024-02-29 2024-02-30T00:00 0000-01-01T00:00 2024-02-29T24:00 2024-02-29T09:00:00,5
    2024-02-29T09:00:60 2024-02-29T09:00:00.1239999999Z 9999-12-31T23:59Z x""".split()


def numbers() -> tuple[list[Expr], list[dict[str, Any]]]:
    """Numbers where doubles cannot tell integers apart, and strings that are such numbers."""
    rows = [
        {"label": text, "price": double, "size": integer}
        for text, double, integer in product(_DIGITS, _DOUBLES, _INTEGERS)
    ]
    pairs = ["price {} label", "size {} label", "size {} price", "price {} size", "label {} size"]
    pairs += ["9007199254740992.0 {} size", "9007199254740993 {} price", "size {} 9007199254740992.0", "size / 3 {} 1"]
    further = ["size / 3 = price / 7", "sizes.average() > price", "size % -1 = 0", "size * size = null", "size + 1 > 0"]
    return [*_each(pairs), *map(parse, further)], rows


def times() -> tuple[list[Expr], list[dict[str, Any]]]:
    """Texts that stand for times in every form, and some that do not."""
    rows = [{"label": text, "tags": _TIMES, "at": NOW, "day": "2024-02-29"} for text in _TIMES]
    tests = ["at {} label", "label {} at", "day {} label", 'label {} "2024-02-29T09:00:00Z"', "tags {} label"]
    further = ["label occurs today", "label occurs <= 1 hour before at", "tags.min() = label", "label.getMonth() = 2"]
    return [*_each(tests), *map(parse, further)], rows


def _each(forms: list[str]) -> list[Expr]:
    return [parse(form.format(operator)) for form, operator in product(forms, _OPERATORS)]

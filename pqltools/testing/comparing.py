"""Is this the value that was expected?  `difference` says where two JSON values first differ."""

from __future__ import annotations

import math

from pqltools.formats.json_locations import path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.formats.json_locations import Path

#: How far doubles may be apart, relative to the greater one: sums depend on the order of their terms.
_TOLERANCE = 1e-9


def difference(expected: Any, got: Any) -> str | None:
    """The JSON path of the first difference, None if there is none.

    Integers and doubles compare by value, a boolean is no number, and the order of keys does not matter.
    """
    pending: list[tuple[Path, Any, Any]] = [((), expected, got)]
    while pending:
        path, left, right = pending.pop()
        if isinstance(left, dict) and isinstance(right, dict):
            if left.keys() != right.keys():
                return path_text((*path, min(left.keys() ^ right.keys())))
            pending += [((*path, key), left[key], right[key]) for key in reversed([*left])]
        elif isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                return path_text((*path, min(len(left), len(right))))
            pending += [((*path, index), left[index], right[index]) for index in reversed(range(len(left)))]
        elif not _same(left, right):
            return path_text(path)
    return None


def _same(left: Any, right: Any) -> bool:
    numbers = (int, float)
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, float) or isinstance(right, float):
        if not isinstance(left, numbers) or not isinstance(right, numbers):
            return False
        try:
            return left == right or math.isclose(left, right, rel_tol=_TOLERANCE)
        except OverflowError:
            return False
    return type(left) is type(right) and bool(left == right)

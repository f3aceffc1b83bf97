"""What do the tests of strings say?  Section 6 of semantics.md."""

from __future__ import annotations

from pqltools.evaluation.naive.comparisons import holds, is_number
from pqltools.evaluation.regexes import search
from pqltools.evaluation.values import folded, number_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def text_holds(name: str, left: Any, right: Any, flag: Any = True) -> bool:
    """Whether a string test holds; of an array on the left it holds for some item (ours).

    The left side is not converted, numbers on the right are. False if a side is null; the negative tests too, so that
    they are not the negation of the positive ones.
    """
    if isinstance(left, list):
        return any(text_holds(name, item, right, flag) for item in left)
    text = number_text(right) if is_number(right) else right
    if not isinstance(left, str) or not isinstance(text, str) or not isinstance(flag, bool):
        return False
    one, other = (left, text) if flag else (folded(left), folded(text))
    match name:
        case "startsWith":
            return one.startswith(other)
        case "doesNotStartWith":
            return not one.startswith(other)
        case "endsWith":
            return one.endswith(other)
        case "doesNotEndWith":
            return not one.endswith(other)
        case "contains":
            return other in one
        case "doesNotContain":
            return other not in one
        case "like":
            return is_like(one, other)
    return search(other, one) is not None  # matches


def equals(name: str, left: Any, right: Any, flag: Any, *, times: bool) -> bool:
    """``equals`` and ``notEqualTo``: as ``=`` and ``!=``, strings without regard to case if the flag is false."""
    operator = "=" if name == "equals" else "!="
    if isinstance(left, list) and not isinstance(right, list):
        return any(equals(name, item, right, flag, times=times) for item in left)
    if not isinstance(flag, bool):
        return False
    if not flag and isinstance(left, str) and not times:
        text = number_text(right) if is_number(right) else right
        if isinstance(text, str):
            return holds(operator, folded(left), folded(text))
    return holds(operator, left, right, times=times)


def is_like(text: str, pattern: str) -> bool:
    """Whether the whole text has the form of the pattern: ``%`` is any run of characters, ``_`` is one.

    `reached` are the places in the pattern that the text so far may have come to.
    """
    reached = _skip(pattern, {0})
    for character in text:
        ahead = set()
        for place in reached:
            if place < len(pattern):
                if pattern[place] == "%":
                    ahead.add(place)
                elif pattern[place] in ("_", character):
                    ahead.add(place + 1)
        reached = _skip(pattern, ahead)
    return len(pattern) in reached


def _skip(pattern: str, places: set[int]) -> set[int]:
    """The places and those behind a ``%`` there, which may stand for nothing."""
    found = set()
    for place in places:
        found.add(place)
        while place < len(pattern) and pattern[place] == "%":
            place += 1
            found.add(place)
    return found


def regex_group(text: Any, regex: Any, group: Any) -> str | None:
    """What a group stands for where the pattern is first found; null if it is not found or has no such group."""
    if not isinstance(text, str) or not isinstance(regex, str) or type(group) is not int:
        return None
    return search(regex, text, group=group)

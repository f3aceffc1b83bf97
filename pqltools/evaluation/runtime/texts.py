"""What do the tests of strings say, compiled once for a pattern where the expression holds one?"""

from __future__ import annotations

from pqltools.evaluation.regexes import search
from pqltools.evaluation.runtime.comparisons import leaves
from pqltools.evaluation.values import folded, number_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    TextTest: TypeAlias = Callable[[str, str], bool]

#: The tests of two strings.
TESTS: dict[str, TextTest] = {
    "startsWith": str.startswith,
    "doesNotStartWith": lambda text, part: not text.startswith(part),
    "endsWith": str.endswith,
    "doesNotEndWith": lambda text, part: not text.endswith(part),
    "contains": lambda text, part: part in text,
    "doesNotContain": lambda text, part: part not in text,
    "like": lambda text, pattern: like(pattern)(text),
    "matches": lambda text, regex: search(regex, text) is not None,
}
_REMEMBERED = 1000
_likes: dict[str, Callable[[str], bool]] = {}


def text_test(name: str) -> Callable[..., bool]:
    """The test of any two values, with the flag for case as third argument."""
    test = TESTS[name]

    def holds(left: Any, right: Any, flag: Any = True) -> bool:
        if left.__class__ is not str and left.__class__ is not list:
            return False
        if right.__class__ is not str:
            if right.__class__ is not int and right.__class__ is not float:
                return False
            right = number_text(right)
        if flag is not True:
            if flag is not False:
                return False
            right = folded(right)
        texts = leaves(left) if left.__class__ is list else (left,)
        return any(text.__class__ is str and test(text if flag else folded(text), right) for text in texts)

    return holds


def like(pattern: str) -> Callable[[str], bool]:
    """The test whether a whole string has the form of a pattern of ``%`` and ``_``."""
    found = _likes.get(pattern)
    if found is None:
        if len(_likes) >= _REMEMBERED:
            _likes.clear()
        found = _likes[pattern] = _like(pattern)
    return found


def _like(pattern: str) -> Callable[[str], bool]:
    first, *rest = pattern.split("%")
    if not rest:
        return lambda text: len(text) == len(first) and _fits(first, text, 0)
    *middle, last = rest
    parts = [part for part in middle if part]

    def fits(text: str) -> bool:
        end = len(text) - len(last)
        if end < len(first) or not _fits(first, text, 0) or not _fits(last, text, end):
            return False
        at = len(first)
        for part in parts:
            # Each part where it first fits: what comes later can only fit better.
            at = _find(part, text, at, end)
            if at < 0:
                return False
            at += len(part)
        return True

    return fits


def _fits(part: str, text: str, at: int) -> bool:
    """Whether a part without ``%`` fits the text at a place."""
    if "_" not in part:
        return text.startswith(part, at)
    return all(expected == "_" or expected == text[at + index] for index, expected in enumerate(part))


def _find(part: str, text: str, at: int, end: int) -> int:
    """Where a part fits first, wholly before `end`; -1 if nowhere."""
    if "_" not in part:
        return text.find(part, at, end)
    for place in range(at, end - len(part) + 1):
        if _fits(part, text, place):
            return place
    return -1


def regex_group(text: Any, regex: Any, group: Any = 1) -> str | None:
    """What a group of a pattern stands for, null if there is nothing."""
    if text.__class__ is str and regex.__class__ is str and group.__class__ is int:
        return search(regex, text, group=group)
    return None

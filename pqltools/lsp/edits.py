"""Which edits make this text into that one?  Few and small ones, so that the client's cursors stay where they are."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import pairwise

from pqltools.diagnostics import Edit
from pqltools.source import Source, Span

#: Where more lines than that differ, they are replaced at once: to compare them would take too long.
_MOST = 2_000


def edits_between(old: str, new: str) -> list[Edit]:
    """Edits of `old` that give `new`, in their order; none touches another.

    >>> edits_between("a = 1\\nb=2\\n", "a = 1\\nb = 2\\n")
    [Edit(span=(7, 8), text=' = ')]
    """
    if old == new:
        return []
    before, after = _lines(old), _lines(new)
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    first = sum(map(len, before[:start]))
    before, after = before[start : len(before) - end], after[start : len(after) - end]
    if len(before) + len(after) > _MOST:
        return [_trimmed((first, first + sum(map(len, before))), "".join(before), "".join(after))]
    found: list[Edit] = []
    at = [first]
    for line in before:
        at.append(at[-1] + len(line))
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            found.append(_trimmed((at[i], at[j]), "".join(before[i:j]), "".join(after[k:m])))
    return found


def _lines(text: str) -> list[str]:
    starts = [*Source(text).line_starts, len(text)]
    return [text[start:end] for start, end in pairwise(starts)]


def _trimmed(span: Span, old: str, new: str) -> Edit:
    """The edit without what is the same at its ends. A pair of CR and LF is not taken apart."""
    most = min(len(old), len(new))
    start = 0
    while start < most and old[start] == new[start]:
        start += 1
    if start and old[start - 1] == "\r":
        start -= 1
    end = 0
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    if end and old[len(old) - end] == "\n":
        end -= 1
    return Edit((span[0] + start, span[1] - end), new[start : len(new) - end])

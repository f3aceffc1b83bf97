"""Which part of an expression is all that matters at one place?  `Clauses`, kept up with a text that is being edited.

What an operand of the outermost `and` and `or` means is its own affair, so completion and the like need not look at a
thousand others. Small texts are not divided. Nor is what stands behind a prefix form such as ``exists … where …``
without parentheses, for its variables reach to the end of the text.
"""

from __future__ import annotations

from bisect import bisect_right

from pqltools.records import Record, record
from pqltools.syntax.driver import machine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pqltools.source import Span

#: Shorter texts are one clause.
SHORTEST = 2_000
_OPENERS, _CLOSERS = frozenset("([{"), frozenset(")]}")
_JOINING = frozenset(("and", "or"))
#: What is followed by a part in which a variable is bound.
_BINDING = frozenset(("where", "over", "let", "from", "=>"))


@record
class _Clause(Record):
    """From behind one joining word to the next one. `binds` says that what follows may use a variable of it."""

    start: int
    end: int
    binds: bool


class Clauses:
    """The clauses of one text.

    After an edit only the clauses that it touches are looked at again. Others stay as they were, even if the edit has
    opened a bracket or a string that now reaches over them: people mostly close it before they go on.
    """

    def __init__(self) -> None:
        self._text = ""
        self._clauses = [_Clause(0, 0, False)]

    def at(self, text: str, offset: int) -> Span:
        """The clause around an offset in `text`, which the expression is now, with the white space around it."""
        if len(text) < SHORTEST:
            return 0, len(text)
        if text != self._text:
            self._clauses = self._cut(text)
            self._text = text
        clauses = self._clauses
        last = max(0, bisect_right(clauses, offset, key=_start) - 1)
        first = next((index for index in range(last) if clauses[index].binds), last)
        return clauses[first].start, clauses[last].end

    def _cut(self, text: str) -> list[_Clause]:
        before, old = self._text, self._clauses
        if len(before) < SHORTEST:
            return [*_cut(text, 0, len(text))]
        front, back = unchanged(before, text)
        # A letter more or less at its edge may make a joining word, or make it none.
        first = max(0, bisect_right(old, front - 1, key=_start) - 1)
        last = first
        while last < len(old) - 1 and old[last].end + 1 < len(before) - back:
            last += 1
        last = min(last + 1, len(old) - 1)
        by = len(text) - len(before)
        made = _cut(text, old[first].start, old[last].end + by)
        rest = [_Clause(each.start + by, each.end + by, each.binds) for each in old[last + 1 :]]
        return [*old[:first], *made, *rest]


def _start(clause: _Clause) -> int:
    return clause.start


def _cut(text: str, start: int, end: int) -> Iterator[_Clause]:
    """The clauses of a part of `text`."""
    depth, binds = 0, False
    for match in machine().scan(text, start):
        kind = match.lastindex or 0
        at, after = match.span(kind)
        word = match[kind].lower()
        if not word or at >= end:
            break
        if word in _OPENERS:
            depth += 1
        elif word in _CLOSERS:
            depth = max(0, depth - 1)
        elif depth == 0 and word in _JOINING:
            yield _Clause(start, at, binds)
            start, binds = after, False
        elif depth == 0 and word in _BINDING:
            binds = True
    yield _Clause(start, end, binds)


def unchanged(old: str, new: str) -> tuple[int, int]:
    """How many characters are the same at the beginning and at the end; no character is counted twice."""
    most = min(len(old), len(new))
    front = _longest(most, lambda n: old[:n] == new[:n])
    back = _longest(most - front, lambda n: n == 0 or old[-n:] == new[-n:])
    return front, back


def _longest(most: int, same: Callable[[int], bool]) -> int:
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if same(middle):
            low = middle
        else:
            high = middle - 1
    return low

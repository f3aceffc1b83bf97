"""Which part of an expression is all that matters at one place?  `Clauses`, kept up with a text that is being edited.

What an operand of the outermost `and` and `or` means is its own affair, so completion and the like need not look at a
thousand others. Small texts are not divided. Nor is what stands behind a prefix form such as ``exists … where …``
without parentheses, for its variables reach to the end of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from pqltools.records import Record, record
from pqltools.syntax.clauses import pieces
from pqltools.syntax.driver import machine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pqltools.source import Span

#: Shorter texts are one clause.
SHORTEST = 2_000
#: What may begin a form that reaches to the end of the text, joining words and all, or a window with its own `and`.
_FORMS = frozenset("select exists some forall all none one let sum average min max count over".split())
_REACHING = re.compile(rf"=>|(?<![.\w])(?:{'|'.join(_FORMS)}|between)\b(?!\s*[.=<>!(),\]])", re.IGNORECASE)


@record
class _Clause(Record):
    """From behind one joining word to the next one. `binds` says that a form in it reaches to the end of the text."""

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
    part = text[start:end]
    for span, _ in spans(part):
        yield _Clause(start + span[0], start + span[1], _reach(part, span) == "end")


def spans(text: str) -> list[tuple[Span, Span]]:
    """The parts of any text, each with the joining word behind it."""
    found: list[tuple[Span, Span]] = []
    begin = -1
    for piece in pieces(text):
        begin = piece.span[0] if begin < 0 else begin
        reach = _reach(text, piece.span)
        if reach == "end":
            end = len(text)
            return [*found, ((begin, end), (end, end))]
        if reach == "next" and piece.right == "and":
            continue
        found.append(((begin, piece.span[1]), piece.join))
        begin = -1
    if begin >= 0:
        end = len(text)
        found.append(((begin, end), (end, end)))
    return found


def _reach(text: str, span: Span) -> str | None:
    """Whether what stands there goes on behind the joining word: to the ``end``, or in the ``next`` piece."""
    if _REACHING.search(text, *span) is None:
        return None
    depth = 0
    form = False
    reach = None
    for match in machine().scan(text, span[0]):
        kind = match.lastindex or 0
        word, start = match[kind], match.start(kind)
        if start >= span[1] or not word:
            break
        name = machine().tables.terminals[kind]
        if word in "([{":
            depth += 1
        elif word in ")]}":
            depth -= 1
        if depth == 0:
            if word == "=>" or (form and name in ("NAME", "PREFIXED", "FIELD")):
                return "end"
            if name == "NAME" and word.lower() == "between":
                reach = "next"
        form = depth == 0 and name == "NAME" and word.lower() in _FORMS
    return reach


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

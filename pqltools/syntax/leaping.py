"""What is wrong with a text of which most clauses are known to be good?  The recovery, which leaps over those.

`faults_between` says what `parse_tolerant` would, in the time that the part takes which is not known. What is known
before it becomes one operand or two. What is known behind it is left out if the recovery comes to it in the state in
which it was read by itself, a parenthesis open or not; the last clause is always read, since how the text ends shows
what is missing.
"""

from __future__ import annotations

from pqltools.limits import MAX_DEPTH
from pqltools.records import Record, record
from pqltools.source import Source
from pqltools.syntax.ast import Hole
from pqltools.syntax.builder import CALLBACKS, Builder
from pqltools.syntax.faults import Token
from pqltools.syntax.parser import is_blank
from pqltools.syntax.recovery import MOST_ERRORS, MOST_REPAIRS, Recovery, TooDeep
from pqltools.syntax.scopes import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from pqltools.diagnostics import Diagnostic
    from pqltools.syntax.clauses import Piece


#: So many clauses behind the fault are tried as places to leap from.
_TRIED = 20


@record
class Known(Record):
    """The good clauses before what has to be read, those behind in runs without a gap, and the depth of the deepest."""

    before: Sequence[Piece]
    behind: Sequence[Sequence[Piece]]
    depth: int


def faults_between(text: str, known: Known) -> tuple[list[Diagnostic], list[range]] | None:
    """The problems of `text`, and which of the clauses behind were leapt over, by offset; None if it cannot be told.

    They are errors and warnings, but those of what was not read, in the order in which `parse_tolerant` has them.
    """
    if not known.before and is_blank(text):
        return None
    builder = Builder(text)
    recovery = _Leaping(text, builder, known)
    try:
        tree = recovery.run()
    except TooDeep:
        return None
    # A level takes a token at least.
    if known.depth + recovery.tokens + 4 > MAX_DEPTH:
        return None
    problems = recovery.diagnostics + builder.finish() + builder.warnings
    if tree is None:
        tree = Hole(span=(0, len(text)))
    problems += resolve(tree)[1]
    source = Source(text)
    problems.sort(key=lambda problem: problem.span or (0, 0))
    return [problem.located(source, problem.span) for problem in problems], recovery.leapt


class _Leaping(Recovery):
    def __init__(self, text: str, builder: Builder, known: Known) -> None:
        super().__init__(text, CALLBACKS, builder, MAX_DEPTH)
        self.known = known
        #: How many tokens were read.
        self.tokens = 0
        #: Where the text was not read.
        self.leapt: list[range] = []

    def run(self) -> Any:
        """See `Recovery`."""
        scan = self.engine.scan
        # Where the recovery is still beside itself behind the first joining word, it may find back at a later one.
        targets = {
            piece.inner[0]: (run, index)
            for run in self.known.behind
            for index, piece in enumerate(run[: min(_TRIED, len(run) - 1)])
        }
        position = self._start()
        tokens = scan(self.text, position)
        while True:
            match = next(tokens)
            kind: int = match.lastindex  # type: ignore[assignment]
            start, stop = match.span(kind)
            if start < position:
                continue
            if start in targets and self._leap(*targets[start]):
                position = targets[start][0][-1].span[0]
                tokens = scan(self.text, position)
                continue
            self.tokens += 1
            token = Token(self.tables.terminals[kind], match[kind], start, stop)
            if token.kind == "$END":
                return self._finish(token)
            position = self._take(token, kind)
            if len(self.diagnostics) >= MOST_ERRORS or self._repairs >= MOST_REPAIRS:
                end = len(self.text)
                return self._finish(Token("$END", "", end, end))

    def _start(self) -> int:
        """Take what is known before as one operand, or two. Returns where it ends."""
        before = self.known.before
        if not before:
            return 0
        if any(piece.right == "or" for piece in before):
            last = max(index for index, piece in enumerate(before) if piece.right == "or")
            self._operand(before[0].inner[0], before[last].inner[1])
            self._join(before[last])
            before = before[last + 1 :]
        if before:
            self._operand(before[0].inner[0], before[-1].inner[1])
            self._join(before[-1])
        return before[-1].join[1] if before else self.known.before[-1].join[1]

    def _leap(self, run: Sequence[Piece], index: int) -> bool:
        """Whether the recovery is where clauses are read as they are by themselves; then all but the last are taken."""
        behind = run[index:]
        first = behind[0]
        if self._skipping or self.previous is None or self.previous.stop != first.span[0]:
            return False
        if self.states[-1] != _states()[first.left]:
            return False
        pushed = self._accepts(self.states, self.engine.number["HOLE"])
        if pushed is None:
            return False
        words = {piece.right for piece in behind[:-1]}
        if any(self._accepts(pushed, self.engine.number[word.upper()]) is None for word in words):
            return False
        # As many alternatives as the words ask for; more of the same change no state.
        rest = [*behind[:-1]]
        while rest:
            stop = next((index for index, piece in enumerate(rest) if piece.right == "or"), len(rest) - 1)
            self._operand(rest[0].inner[0], rest[stop].inner[1])
            self._join(rest[stop])
            rest = rest[stop + 1 :]
        self.leapt.append(range(behind[0].span[0], behind[-1].span[0]))
        return True

    def _operand(self, start: int, end: int) -> None:
        self._feed(self.engine.number["HOLE"], "", start, end)

    def _join(self, piece: Piece) -> None:
        start, stop = piece.join
        word = self.text[start:stop]
        self._feed(self.engine.number[piece.right.upper()], word, start, stop)
        self.previous = Token(piece.right.upper(), word, start, stop)
        self._skipping = False


_found: dict[str, int] = {}


def _states() -> dict[str, int]:
    """The states behind the joining words."""
    if not _found:
        for word in ("and", "or"):
            recovery = Recovery("", CALLBACKS, Builder(""), MAX_DEPTH)
            number = recovery.engine.number
            recovery._feed(number["NAME"], "a", 0, 1)
            recovery._feed(number[word.upper()], word, 2, 2 + len(word))
            _found[word] = recovery.states[-1]
    return _found

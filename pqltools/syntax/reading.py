"""Which tokens does a text have, as the parser took them, and what could stand at one place of it?  For editors.

`read` is `parse_tolerant` with its eyes open: it keeps every token under the terminal that the parser made of it, and
what the tables accept at one offset. Some words are only known by what follows (`this` before a unit, `not` before an
operand); where nothing follows yet, each of their meanings counts.
"""

from __future__ import annotations

from pqltools.diagnostics import PQLError
from pqltools.limits import MAX_DEPTH, MAX_SIZE
from pqltools.records import Record, record
from pqltools.syntax.ast import Hole
from pqltools.syntax.builder import CALLBACKS, Builder
from pqltools.syntax.faults import Token
from pqltools.syntax.parser import check_size
from pqltools.syntax.recovery import Recovery, TooDeep
from pqltools.syntax.scopes import resolve
from pqltools.syntax.walk import depth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.syntax.ast import Expr


@record
class Reading(Record):
    """A text as it was read: its tree, holes and all; its tokens; and the terminals that fit at the offset asked for.

    Tokens that the parser put in are as wide as nothing. `expected` is empty where nothing was asked or nothing helps.
    """

    tree: Expr
    tokens: tuple[Token, ...]
    expected: frozenset[str]


def read(text: str, at: int | None = None) -> Reading:
    """The text as it is understood; `at` is where a token begins of which one wants to know what else could stand.

    Never raises for bad text: what is too large or too deep is a hole without tokens.
    """
    nothing = Reading(Hole(span=(0, len(text))), (), frozenset())
    try:
        check_size(text, MAX_SIZE)
    except PQLError:
        return nothing
    watching = _Watching(text, at)
    try:
        tree = watching.run()
    except TooDeep:
        return nothing
    if tree is None or (len(text) > MAX_DEPTH and depth(tree, MAX_DEPTH) > MAX_DEPTH):
        return Reading(nothing.tree, tuple(watching.tokens), watching.possible)
    return Reading(resolve(tree)[0], tuple(watching.tokens), watching.possible)


class _Watching(Recovery):
    """A recovery that takes notes."""

    def __init__(self, text: str, at: int | None) -> None:
        super().__init__(text, CALLBACKS, Builder(text), MAX_DEPTH)
        self.at = at
        self.tokens: list[Token] = []
        self.possible: frozenset[str] = frozenset()
        #: The states before the last token.
        self._before: list[int] = [0]

    def _take(self, token: Token, base: int) -> int:
        if self.at is not None and token.start >= self.at:
            self.at = None
            self.possible = self._possible()
        return super()._take(token, base)

    def _feed(self, kind: int, word: str, start: int, stop: int) -> None:
        self._before = [*self.states]
        self.tokens.append(Token(self.tables.terminals[kind], word, start, stop))
        super()._feed(kind, word, start, stop)

    def _possible(self) -> frozenset[str]:
        """What may come next, whichever of its meanings the last word has."""
        found = self._after(self.states)
        if self.tokens:
            last = self.tokens[-1]
            for kind in self.tables.refinements.get(last.word.lower(), ()):
                after = None if self.tables.terminals[kind] == last.kind else self._accepts(self._before, kind)
                found |= self._after(after) if after is not None else found
        return found

    def _after(self, states: list[int]) -> frozenset[str]:
        row = self.tables.actions[states[-1]]
        return frozenset(self.tables.terminals[kind] for kind in row if self._accepts(states, kind) is not None)

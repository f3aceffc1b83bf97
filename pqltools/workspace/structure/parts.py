"""Which parts of an expression can be looked at one by one, and what is known of each?  `Parts` remembers it.

A part is an operand of the outermost `and` and `or`, with the comments around it. After an edit the other parts are
still the same text, and what was found out about them is still true.
"""

from __future__ import annotations

from functools import cached_property
from threading import RLock

from pqltools.inference.infer import inferred
from pqltools.records import Record, record
from pqltools.syntax.reading import Reading, read
from pqltools.types.model import ANY
from pqltools.workspace.clauses import spans
from pqltools.workspace.cursor.scope import origin
from pqltools.workspace.cursor.variables import Binding, bindings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.inference.typing import Typing
    from pqltools.source import Span
    from pqltools.syntax.ast import Expr, FieldLookup
    from pqltools.types.model import Type
    from pqltools.workspace.structure.marks import Mark
    from pqltools.workspace.structure.outline import Outline
    from pqltools.xdm.names import Steps

#: Parts that were asked for lately are remembered with their trees, besides those of the last text; no more than this.
_SPARE = 2_000
#: Of earlier ones only what was made of the trees, which takes a sixth of the room.
_LIGHT = 30_000


class Part:
    """What is known of one part, found out when it is first asked for. All offsets are those of its own text."""

    def __init__(self, text: str, profile: Type) -> None:
        self.text = text
        self.profile = profile

    @cached_property
    def reading(self) -> Reading:
        """Its tree, holes and all, and its tokens."""
        return read(self.text)

    @cached_property
    def _inferred(self) -> tuple[Expr, Typing]:
        return inferred(self.reading.tree, self.profile)

    def forget(self) -> None:
        """Drop the trees; they are made again when somebody asks for them."""
        for name in ("reading", "_inferred", "bindings", "fields"):
            self.__dict__.pop(name, None)

    @property
    def tree(self) -> Expr:
        """The tree that `typing` is about."""
        return self._inferred[0]

    @property
    def typing(self) -> Typing:
        """The types of the tree."""
        return self._inferred[1]

    @cached_property
    def bindings(self) -> list[Binding]:
        """The variables that it binds."""
        return bindings(self.text, self.reading.tokens, self.tree, self.typing)

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """What its words are."""
        from pqltools.workspace.structure.marks import marks_of

        return marks_of(self)

    @cached_property
    def outline(self) -> Outline | None:
        """What is in it, None if there are no words."""
        from pqltools.workspace.structure.outline import outline_of

        return outline_of(self)

    @cached_property
    def segments(self) -> tuple[tuple[str, Span], ...]:
        """The ids in its `inSegment`."""
        from pqltools.workspace.structure.segments import references

        return references("pql/text", self.text, self.text)

    @cached_property
    def fields(self) -> tuple[tuple[Steps | FieldLookup, Span], ...]:
        """Every field that is named: its path from the profile, or what stands for it, and the place of its name."""
        from pqltools.syntax.ast import FieldLookup

        ends = {token.stop: token for token in self.reading.tokens if token.start < token.stop}
        found: list[tuple[Steps | FieldLookup, Span]] = []
        for node in self.typing.nodes:
            if isinstance(node, FieldLookup) and node.span is not None and node.span[1] in ends:
                token = ends[node.span[1]]
                start = name_start(token.kind, token.word, token.start)
                found.append((origin(node, self.typing, self.profile) or node, (start, token.stop)))
        return tuple(sorted(found, key=lambda each: each[1]))


def name_start(kind: str, word: str, start: int) -> int:
    """Where the name begins in a token that may have a dot, white space or hats before it."""
    from pqltools.syntax.literals import field_gap

    if kind in ("FIELD", "METHOD"):
        return start + 1 + field_gap(word)
    return start + len(word) - len(word.lstrip("^")) if kind == "OUTER_NAME" else start


def trimmed(text: str, span: Span) -> Span:
    """A span without the white space at its ends."""
    piece = text[slice(*span)]
    start = span[0] + len(piece) - len(piece.lstrip())
    return start, max(start, span[1] - len(piece) + len(piece.rstrip()))


@record
class Placed(Record):
    """A part and where it stands; `join` is the joining word behind it, nothing at the end of the text."""

    part: Part
    base: int
    join: Span

    @property
    def span(self) -> Span:
        """Where it stands, with the white space and comments around it."""
        return self.base, self.base + len(self.part.text)


class Parts:
    """The parts of texts that are being edited, under one schema."""

    def __init__(self, profile: Type = ANY) -> None:
        self.profile = profile
        self._lock = RLock()
        self._known: dict[str, Part] = {}
        self._light: dict[str, Part] = {}
        self._last: dict[str, tuple[Placed, ...]] = {}

    def of(self, text: str) -> tuple[Placed, ...]:
        """The parts of a text, in its order: at least one, and without gaps but for the joining words."""
        with self._lock:
            last = self._last.get(text)
            if last is not None:
                return last
            found = []
            for span, join in spans(text):
                piece = text[slice(*span)]
                part = self._known.pop(piece, None) or self._light.pop(piece, None) or Part(piece, self.profile)
                self._known[piece] = part
                found.append(Placed(part, span[0], join))
            while len(self._known) > len(found) + _SPARE:
                piece = next(iter(self._known))
                self._light[piece] = self._known.pop(piece)
                self._light[piece].forget()
            while len(self._light) > _LIGHT:
                del self._light[next(iter(self._light))]
            self._last[text] = placed = tuple(found)
            while len(self._last) > 8:
                del self._last[next(iter(self._last))]
            return placed

    def at(self, text: str, offset: int) -> Placed:
        """The part around an offset; on a joining word the one before it."""
        found = self.of(text)
        for placed in found:
            if offset <= placed.span[1] or offset < placed.join[1]:
                return placed
        return found[-1]

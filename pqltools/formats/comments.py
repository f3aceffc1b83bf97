"""Which part of the expression is a comment about?  Ties each comment to a node, which is printed with it.

A comment lies between two neighbours: the last node that ends before it and the first one that begins behind it, both
directly inside the smallest node around it. A comment on a line of its own belongs to what follows, one at the end of a
line to what precedes it, one in the middle of a line to the neighbour that it touches. Comments of one gap never pass
each other. A node has its comments before it (`leading`) or behind it (`trailing`).
"""

from __future__ import annotations

from bisect import bisect_right

from pqltools.formats.layout import FRESH, HARD, Comment
from pqltools.syntax.ast import (
    ElementCount,
    FieldLookup,
    ItemLambda,
    ItemReference,
    ParameterReference,
    TimeQualification,
)
from pqltools.syntax.walk import children

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.formats.layout import Doc
    from pqltools.source import Span
    from pqltools.syntax.ast import Node

_WHITE = " \t\r\n\f\v"


class Note:
    """A comment and how it stands in its lines."""

    __slots__ = ("blank_after", "blank_before", "ends_line", "opens", "own_line", "span", "text")

    def __init__(self, source: str, span: Span) -> None:
        self.span = span
        self.text = comment_text(source[span[0] : span[1]])
        #: Nothing but comments stand before it on its line, and behind it.
        self.own_line = False
        self.ends_line = False
        #: An empty line lies before it or behind it.
        self.blank_before = False
        self.blank_after = False
        #: It stands directly behind an opening bracket.
        self.opens = False

    def above(self) -> Doc:
        """The comment in front of a node."""
        if not self.fills_line():
            return (Comment(self.text), " ")
        start: Doc = FRESH if self.own_line or self.opens else ()
        return (start, Comment(self.text), HARD, HARD if self.blank_after else ())

    def behind(self) -> Doc:
        """The comment behind a node."""
        if self.own_line:
            return (HARD, HARD, Comment(self.text)) if self.blank_before else (HARD, Comment(self.text))
        return Comment(self.text, waits=True) if self.text.startswith("//") else (" ", Comment(self.text))

    def fills_line(self) -> bool:
        """Whether a node behind it begins on another line."""
        return self.text.startswith("//") or (self.own_line and self.ends_line)


class Notes:
    """The comments of one node, in the order of the text."""

    __slots__ = ("leading", "trailing")

    def __init__(self) -> None:
        self.leading: list[Note] = []
        self.trailing: list[Note] = []

    def around(self, doc: Doc) -> Doc:
        """`doc`, the node's own, with its comments."""
        return (*[note.above() for note in self.leading], doc, *[note.behind() for note in self.trailing])

    def take_lines(self) -> Doc:
        """The leading comments down to the last one that fills its line; they are not printed again by `around`."""
        count = len(self.leading)
        while count and not self.leading[count - 1].fills_line():
            count -= 1
        taken = self.leading[:count]
        del self.leading[:count]
        return tuple([note.above() for note in taken])


def comment_text(comment: str) -> str:
    """A comment as it is kept: the line ends inside as ``\\n``, no white space behind ``//…``."""
    return comment.rstrip() if comment.startswith("//") else comment.replace("\r\n", "\n")


def attach(tree: Node, source: str, spans: tuple[Span, ...]) -> dict[int, Notes]:
    """The comments at `spans` by the `id` of the node that each belongs to."""
    places = _Places(tree)
    bare = _without(source, spans)
    attached: dict[int, Notes] = {}
    last_led: Node | None = None
    for note in _read(source, spans):
        around, before, after = places.neighbours(note.span[0])
        leads = after is not None and (after is last_led or _leads(note, bare, before, after))
        node = after if leads else before or around
        last_led = after if leads else None
        notes = attached.setdefault(id(node), Notes())
        (notes.leading if leads else notes.trailing).append(note)
    return attached


def _leads(note: Note, bare: str, before: Node | None, after: Node) -> bool:
    """Whether the comment belongs to the node behind it rather than to the one before it."""
    if before is None:
        return True
    if note.ends_line:
        return note.own_line or note.opens
    assert before.span is not None
    assert after.span is not None
    touches_after = not bare[note.span[1] : after.span[0]].strip(_WHITE + "(")
    touches_before = not bare[before.span[1] : note.span[0]].strip(_WHITE + ")")
    return touches_after or not touches_before


def _without(source: str, spans: tuple[Span, ...]) -> str:
    """The source with all comments blanked out."""
    parts: list[str] = []
    for (left, right), (_, end) in zip(_between(spans, len(source)), [*spans, (0, len(source))], strict=True):
        parts += [source[left:right], " " * (end - right)]
    return "".join(parts)


def _read(source: str, spans: tuple[Span, ...]) -> list[Note]:
    """All comments, each with what surrounds it."""
    notes = [Note(source, span) for span in spans]
    gaps = [source[left:right] for left, right in _between(spans, len(source))]
    for index, note in enumerate(notes):
        gap = gaps[index]
        text = gap.rstrip()
        if "\n" in gap[len(text) :] or (not text and index == 0):
            note.own_line = True
        elif not text:
            note.own_line = notes[index - 1].own_line
        note.opens = text.endswith(("(", "[", "{"))
        note.blank_before = gap.count("\n", len(text)) > 1
    for index in range(len(notes) - 1, -1, -1):
        gap = gaps[index + 1]
        white = gap[: len(gap) - len(gap.lstrip())]
        if "\n" in white or (white == gap and index == len(notes) - 1):
            notes[index].ends_line = True
        elif white == gap:
            notes[index].ends_line = notes[index + 1].ends_line
        notes[index].blank_after = white.count("\n") > 1
    return notes


def _between(spans: tuple[Span, ...], length: int) -> list[Span]:
    """What lies before, between and behind the comments."""
    starts = [start for start, _ in spans]
    ends = [end for _, end in spans]
    return list(zip([0, *ends], [*starts, length], strict=True))


class _Places:
    """Finds the neighbours of an offset. The parts of a node are looked up once."""

    def __init__(self, tree: Node) -> None:
        self.tree = tree
        self.parts: dict[int, tuple[list[int], list[Node]]] = {}

    def neighbours(self, offset: int) -> tuple[Node, Node | None, Node | None]:
        """The smallest node around an offset between two tokens, and the parts of it on either side."""
        around = self.tree
        starts, parts = _sorted([self.tree])
        while True:
            index = bisect_right(starts, offset)
            before = parts[index - 1] if index else None
            if before is None or before.span is None or before.span[1] <= offset:
                return around, before, parts[index] if index < len(parts) else None
            around = before
            if id(around) not in self.parts:
                self.parts[id(around)] = _sorted(_parts(around))
            starts, parts = self.parts[id(around)]


def _parts(node: Node) -> list[Node]:
    """The nodes directly inside `node` that the printer prints with their comments."""
    result: list[Node] = []
    todo = list(children(node))
    while todo:
        child = todo.pop()
        if isinstance(node, FieldLookup) and isinstance(child, (ParameterReference, ItemReference)):
            continue  # The root of a path is not always printed.
        if child.span is None or isinstance(child, (ItemLambda, ElementCount, TimeQualification)):
            todo.extend(children(child))
        else:
            result.append(child)
    return result


def _sorted(nodes: list[Node]) -> tuple[list[int], list[Node]]:
    """The nodes by their place in the text, without those inside another one, and where they begin."""
    placed = sorted([(*node.span, index) for index, node in enumerate(nodes) if node.span], key=lambda p: (p[0], -p[1]))
    starts: list[int] = []
    parts: list[Node] = []
    end = -1
    for start, stop, index in placed:
        if start >= end:
            starts.append(start)
            parts.append(nodes[index])
            end = stop
    return starts, parts

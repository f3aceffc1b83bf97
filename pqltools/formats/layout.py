"""Where do the line breaks go?  A small document model in the manner of Wadler and Prettier, and its renderer.

A document is text, a tuple of documents, or one of the classes below. A `Group` is printed on one line if it fits into
the width together with what follows it up to the next place that may break; otherwise each `Line` that stands in it,
but in no group inside it, ends the line. Rendering walks an explicit stack, so that depth is no matter, and looks ahead
by no more than one line's width at each group, so that time is linear in the size of the document.

Comments are part of the model because they bend the rules: nothing may follow a ``//`` comment on its line, and such a
comment after an operand waits for the end of the line (``a, // about a``), past the comma that follows the operand.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Doc: TypeAlias = "str | tuple[Doc, ...] | Line | Indent | Group | Comment"

INDENT = 2


class Line:
    """A place that may end the line; `flat` is what stands there otherwise. Without `flat` the line always ends."""

    __slots__ = ("breaks", "flat")

    def __init__(self, flat: str | None) -> None:
        self.flat = flat or ""
        self.breaks = flat is None


LINE, SOFT, HARD = Line(" "), Line(""), Line(None)
#: Ends the line unless nothing is on it yet.
FRESH = Line(None)


class Indent:
    """`doc`, its line breaks indented by one more step."""

    __slots__ = ("breaks", "doc")

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.breaks = must_break(doc)


class Group:
    """`doc` on one line if it fits."""

    __slots__ = ("breaks", "doc")

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.breaks = must_break(doc)


class Comment:
    """A comment with its delimiters. A `waits` one is printed at the end of the line on which it is met."""

    __slots__ = ("breaks", "text", "waits")

    def __init__(self, text: str, waits: bool = False) -> None:
        self.text = text
        self.waits = waits
        self.breaks = text.startswith("//") or "\n" in text


def must_break(doc: Doc) -> bool:
    """Whether something in `doc` cannot be printed on one line with what surrounds it."""
    if isinstance(doc, str):
        return False
    if isinstance(doc, tuple):
        for part in doc:  # noqa: SIM110 - a generator would double the depth of the recursion
            if must_break(part):
                return True
        return False
    return doc.breaks


def bracketed(opening: str, items: list[Doc], closing: str, separator: Doc = (",", LINE)) -> Doc:
    """The items between brackets: on one line, or each on its own."""
    if not items:
        return opening + closing
    parts: list[Doc] = [SOFT]
    for index, item in enumerate(items):
        parts += [separator, item] if index else [item]
    return Group((opening, Indent(tuple(parts)), SOFT, closing))


def leading_text(doc: Doc, pieces: int) -> str:
    """The first few pieces of text in `doc`, without comments and what is before the text: enough to see its start."""
    found: list[str] = []
    stack = [doc]
    while stack and len(found) < pieces:
        item = stack.pop()
        if isinstance(item, str):
            found += [item] if item.strip() else []
        elif isinstance(item, tuple):
            stack.extend(reversed(item))
        elif isinstance(item, (Indent, Group)):
            stack.append(item.doc)
    return " ".join(found)


def one_line(doc: Doc) -> str:
    """`doc` without any line break; it must hold no comments."""
    parts: list[str] = []
    stack = [doc]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            parts.append(item)
        elif isinstance(item, tuple):
            stack.extend(reversed(item))
        elif isinstance(item, (Indent, Group)):
            stack.append(item.doc)
        elif isinstance(item, Line):
            parts.append(item.flat)
        else:
            parts.append(item.text)
    return "".join(parts)


def render(doc: Doc, width: int, newline: str = "\n") -> str:
    """The text of `doc`, no line longer than `width` code points where a break can help it."""
    page = _Page(newline)
    stack: list[tuple[int, bool, Doc]] = [(0, False, doc)]
    while stack:
        indent, flat, item = stack.pop()
        if isinstance(item, str):
            page.write(item, indent)
        elif isinstance(item, tuple):
            stack.extend([(indent, flat, part) for part in reversed(item)])
        elif isinstance(item, Line):
            if flat:
                page.write(item.flat, indent)
            elif item is not FRESH or not page.blank:
                page.end_line(indent)
        elif isinstance(item, Indent):
            stack.append((indent + INDENT, flat, item.doc))
        elif isinstance(item, Group):
            fits = flat or (not item.breaks and _fits(item.doc, stack, width - page.column))
            stack.append((indent, fits, item.doc))
        else:
            page.comment(item, indent)
    page.end_line(0)
    return "".join(page.parts[:-1])


def _fits(doc: Doc, rest: list[tuple[int, bool, Doc]], room: int) -> bool:
    """Whether `doc` on one line, and the `rest` up to the next place that may break, take no more than `room`."""
    todo = [doc]
    behind = len(rest)
    while room >= 0:
        if not todo:
            if behind == 0:
                return True
            behind -= 1
            todo.append(rest[behind][2])
        item = todo.pop()
        if isinstance(item, str):
            room -= len(item)
        elif isinstance(item, tuple):
            todo.extend(reversed(item))
        elif isinstance(item, Line):
            if behind < len(rest):  # What follows an unbroken group stands in broken ones.
                return True
            room -= len(item.flat)
        elif isinstance(item, (Indent, Group)):
            todo.append(item.doc)
        elif not item.waits:
            room -= len(item.text)
    return False


class _Page:
    """What is printed so far. `waiting` comments are due at the end of the line."""

    def __init__(self, newline: str) -> None:
        self.newline = newline
        self.parts: list[str] = []
        self.column = 0
        self.blank = True
        self.closed = False  # by a `//` comment: only the end of the line may follow
        self.waiting: list[str] = []

    def write(self, text: str, indent: int) -> None:
        if self.closed and text.strip(" "):
            self.end_line(indent)
        if self.blank:
            text = text.lstrip(" ")
            if not text:
                return
            self.parts.append(" " * self.column)
            self.blank = False
        self.parts.append(text)
        self.column += len(text)

    def end_line(self, indent: int) -> None:
        while self.parts and self.parts[-1].endswith(" "):
            stripped = self.parts.pop().rstrip(" ")
            if stripped:
                self.parts.append(stripped)
        for comment in self.waiting:
            self.parts.append(" " + comment)
        self.parts.append(self.newline)
        self.waiting = []
        self.column = indent
        self.blank = True
        self.closed = False

    def comment(self, comment: Comment, indent: int) -> None:
        if comment.waits and not self.waiting and not self.closed:
            self.waiting.append(comment.text)
            return
        if self.waiting:  # Comments never pass each other.
            self.end_line(indent)
        self.write(comment.text.replace("\n", self.newline), indent)
        self.closed = comment.text.startswith("//")

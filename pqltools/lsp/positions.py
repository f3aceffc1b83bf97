"""Where is this position of the client in the text, and where is this offset for the client?  All three encodings.

The protocol counts lines from 0 and, in a line, bytes of UTF-8, units of UTF-16 or code points, as was agreed when the
server started. Positions that are not there are moved to the nearest one before: behind the end of a line to its end,
inside a character to its beginning.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from lsprotocol import types

from pqltools.source import Source, Span

Encoding: TypeAlias = Literal["utf-8", "utf-16", "utf-32"]
ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")
_CODECS = {"utf-8": "utf-8", "utf-16": "utf-16-le"}
#: Bytes of one unit.
_WIDTHS = {"utf-8": 1, "utf-16": 2}


def length(text: str, encoding: Encoding) -> int:
    """How many units of the encoding a text takes."""
    if encoding == "utf-32" or text.isascii():
        return len(text)
    # Half a pair of surrogates may stand in the text by mistake of a client.
    return len(text.encode(_CODECS[encoding], "surrogatepass")) // _WIDTHS[encoding]


def index(line: str, units: int, encoding: Encoding) -> int:
    """How many code points of a line the first `units` units hold, whole."""
    if units <= 0:
        return 0
    if encoding == "utf-32" or line.isascii():
        return min(units, len(line))
    data = line[:units].encode(_CODECS[encoding], "surrogatepass")
    end = units * _WIDTHS[encoding]
    if end >= len(data):
        return min(units, len(line))
    if encoding == "utf-8":
        while data[end] & 0xC0 == 0x80:
            end -= 1
        return len(data[:end].decode("utf-8", "surrogatepass"))
    found = data[:end].decode("utf-16-le", "surrogatepass")
    return len(found) - (not line.startswith(found))


class Positions:
    """The positions of one text in the encoding that was agreed."""

    __slots__ = ("encoding", "source")

    def __init__(self, source: Source, encoding: Encoding) -> None:
        self.source = source
        self.encoding = encoding

    def offset(self, position: types.Position) -> int:
        """The offset of a position of the client."""
        starts = self.source.line_starts
        if position.line < 0:
            return 0
        if position.line >= len(starts):
            return len(self.source.text)
        line = self.source.line_text(position.line + 1)
        return starts[position.line] + index(line, position.character, self.encoding)

    def position(self, offset: int) -> types.Position:
        """The position of an offset for the client; between CR and LF, where none is, that of the line's end."""
        if offset > 0 and self.source.text[offset - 1 : offset + 1] == "\r\n":
            offset -= 1
        line, column = self.source.line_column(offset)
        if self.source.text.isascii():  # which strings know of themselves
            return types.Position(line - 1, column - 1)
        start = self.source.line_starts[line - 1]
        before = self.source.text[start : start + column - 1]
        return types.Position(line - 1, length(before, self.encoding))

    def span(self, range: types.Range) -> Span:
        """The span of a range of the client, its ends in order."""
        start, end = self.offset(range.start), self.offset(range.end)
        return (start, end) if start <= end else (end, start)

    def range(self, span: Span) -> types.Range:
        """The range of a span for the client."""
        return types.Range(self.position(span[0]), self.position(span[1]))


def changed(
    source: Source, change: types.TextDocumentContentChangeEvent, encoding: Encoding
) -> tuple[Source, Span, int]:
    """The text after a change of the client, what was replaced, and the length of what stands there now."""
    if isinstance(change, types.TextDocumentContentChangeWholeDocument):
        return Source(change.text, source.name), (0, len(source.text)), len(change.text)
    span = Positions(source, encoding).span(change.range)
    text = source.text[: span[0]] + change.text + source.text[span[1] :]
    return Source(text, source.name), span, len(change.text)

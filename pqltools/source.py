"""Where am I in this text?  Offsets to lines, columns and UTF-16 units, and back.

Everywhere in pqltools a position is an *offset*: a count of Unicode code points from the start of the text, from 0.
A `Span` is a pair of offsets, the end excluded. People and editors count otherwise, so this module converts:
lines and columns from 1 for people, lines from 0 and UTF-16 code units for the Language Server Protocol.
Lines end at ``\\n``, ``\\r\\n`` or ``\\r``, as in the protocol; a tab is one column.
"""

from __future__ import annotations

import re
from bisect import bisect_right

Span = tuple[int, int]

# Not `str.splitlines`, which also ends a line at form feeds and five other characters.
_LINE_END = re.compile(r"\r\n|\n|\r")


class Source:
    """A text and its name, with positions computed on demand.

    >>> Source("a = 1\\nb = 2", "x.pql").line_column(6)
    (2, 1)
    """

    __slots__ = ("_starts", "name", "text")

    def __init__(self, text: str, name: str = "<text>") -> None:
        self.text = text
        self.name = name
        self._starts: list[int] | None = None

    @property
    def line_starts(self) -> list[int]:
        """The offset at which each line begins; the first is 0."""
        if self._starts is None:
            self._starts = [0, *(end.end() for end in _LINE_END.finditer(self.text))]
        return self._starts

    def line_column(self, offset: int) -> tuple[int, int]:
        """Line and column of `offset`, both from 1, columns in code points. Offsets outside the text are clamped."""
        offset = min(max(offset, 0), len(self.text))
        starts = self.line_starts
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The inverse of `line_column`; positions past a line's end are clamped to its end."""
        starts = self.line_starts
        if line < 1:
            return 0
        if line > len(starts):
            return len(self.text)
        start = starts[line - 1]
        return min(start + max(column - 1, 0), start + len(self.line_text(line)))

    def line_text(self, line: int) -> str:
        """The text of a line (from 1), without its end-of-line characters."""
        starts = self.line_starts
        end = starts[line] if line < len(starts) else len(self.text)
        return self.text[starts[line - 1] : end].rstrip("\r\n")

    def utf16_position(self, offset: int) -> tuple[int, int]:
        """Line and character of `offset` as the Language Server Protocol counts: from 0, in UTF-16 code units."""
        line, column = self.line_column(offset)
        start = self.line_starts[line - 1]
        return line - 1, utf16_length(self.text[start : start + column - 1])

    def offset_of_utf16(self, line: int, character: int) -> int:
        """The inverse of `utf16_position`. A character inside a surrogate pair means the code point it belongs to."""
        starts = self.line_starts
        if line >= len(starts):
            return len(self.text)
        start = starts[line]
        units = 0
        for index, char in enumerate(self.line_text(line + 1)):
            units += 2 if char > "\uffff" else 1
            if units > character:
                return start + index
        return start + len(self.line_text(line + 1))


def utf16_length(text: str) -> int:
    """How many UTF-16 code units `text` takes."""
    return len(text) + sum(char > "\uffff" for char in text)

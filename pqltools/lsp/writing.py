"""Where in which expression does the cursor stand, and how is something written there?  `cursor_at`."""

from __future__ import annotations

from lsprotocol import types

from pqltools.formats.definition_write import escaped, insertion
from pqltools.lsp.checking import clause_at
from pqltools.lsp.documents import Document
from pqltools.lsp.hosting import Hosted
from pqltools.records import Record, hint, record
from pqltools.source import Span


@record
class Cursor(Record):
    """An offset in the clause of an expression; `base` is where the clause begins in the expression.

    `behind` is the place in the open text of what has been typed behind a scalar without quotes, which ends before its
    trailing blanks.
    """

    document: Document
    hosted: Hosted
    text: str
    base: int
    offset: int
    behind: Span | None = hint(default=None)

    def to_host(self, span: Span) -> Span:
        """The place in the open text of a span of the clause."""
        start, end = span[0] + self.base, span[1] + self.base
        if self.behind is not None and end > len(self.hosted.text):
            return self._far(start), self._far(end)
        return self.hosted.to_host((start, end))

    def _far(self, offset: int) -> int:
        assert self.behind is not None
        more = offset - len(self.hosted.text)
        return self.behind[0] + more if more >= 0 else self.hosted.to_host((offset, offset))[0]

    def range(self, span: Span) -> types.Range:
        """The range for the client of a span of the clause."""
        return self.document.positions.range(self.to_host(span))

    def inserted(self, span: Span, text: str) -> str | None:
        """`text` as it is written in the open text in place of a span of the clause; None if it cannot be."""
        return insertion(self.hosted.embedded.spelling, (span[0] + self.base, span[1] + self.base), text)

    def escaped(self, text: str) -> str:
        """A part of such a text."""
        return escaped(self.hosted.embedded.spelling, text)


def cursor_at(document: Document, position: types.Position) -> Cursor | None:
    """The cursor in an expression in pql/text, None elsewhere."""
    found = document.at(position)
    if found is None:
        return _behind(document, document.positions.offset(position))
    hosted, offset = found
    if hosted.format != "pql/text":
        return None
    clause = clause_at(hosted, offset)
    return Cursor(document, hosted, clause.text, clause.base, offset - clause.base)


def _behind(document: Document, offset: int) -> Cursor | None:
    """The cursor behind a scalar without quotes and some blanks."""
    for hosted in document.expressions:
        end = hosted.span[1]
        if hosted.embedded.spelling.style == "plain" and hosted.format == "pql/text" and end < offset:
            blanks = document.text[end:offset]
            if not blanks.strip(" \t"):
                clause = clause_at(hosted, len(hosted.text))
                text = clause.text + blanks
                return Cursor(document, hosted, text, clause.base, len(text), (end, offset))
    return None

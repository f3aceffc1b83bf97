"""Where in which expression does the cursor stand, and how is something written there?  `cursor_at`."""

from __future__ import annotations

import json
import re

from lsprotocol import types

from pqltools.formats.definition_files import DefinitionFile, Embedded
from pqltools.formats.definition_places import Spelling
from pqltools.formats.definition_write import escaped, insertion
from pqltools.lsp.checking import clause_at
from pqltools.lsp.documents import Document
from pqltools.lsp.hosting import Hosted
from pqltools.records import Record, hint, record
from pqltools.source import Span

#: The beginning of an expression in JSON, what may stand in its string, and what says that it is none in pql/text.
_VALUE = re.compile(r'"value"\s*:\s*"')
_CONTENT = re.compile(r'(?:[^"\\\r\n]|\\.)*')
_TREE = re.compile(r'"format"\s*:\s*"pql/json"')
#: So far before the cursor the beginning of an expression is looked for, and so far around it the other members.
_LONGEST, _AROUND = 100_000, 500


@record
class Cursor(Record):
    """An offset in the clause of an expression; `base` is where the clause begins in the expression.

    `behind` is where the end of the expression would stand in the open text if the blanks before the cursor, which YAML
    drops from the ends of some scalars, belonged to it.
    """

    document: Document
    hosted: Hosted
    text: str
    base: int
    offset: int
    behind: int | None = hint(default=None)

    def to_host(self, span: Span) -> Span:
        """The place in the open text of a span of the clause."""
        start, end = span[0] + self.base, span[1] + self.base
        if self.behind is None or end < len(self.hosted.text):
            return self.hosted.to_host((start, end))
        more = start - len(self.hosted.text)
        first = self.behind + more if more >= 0 else self.hosted.to_host((start, start))[0]
        return first, self.behind + end - len(self.hosted.text)

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
    at = document.positions.offset(position)
    found = _behind(document, at)
    if found is not None:
        return found
    inside = document.at(position) or _in_broken(document, at)
    if inside is None or inside[0].format != "pql/text":
        return None
    hosted, offset = inside
    if hosted.embedded.spelling.style in ("|", ">") and (not hosted.text or at < hosted.to_host((0, 0))[0]):
        return None  # in the header of a block
    clause = clause_at(hosted, offset)
    return Cursor(document, hosted, clause.text, clause.base, offset - clause.base)


def _in_broken(document: Document, at: int) -> tuple[Hosted, int] | None:
    """The expression around the cursor in JSON that cannot be read because it is still being written."""
    reading = document.reading
    if reading.whole or reading.kind not in ("json", "jsonl"):
        return None
    text = document.text
    key = next((key for key in _VALUE.finditer(text, max(0, at - _LONGEST), at) if _holds(text, key.end(), at)), None)
    if key is None:
        return None
    around = text[max(0, key.start() - _AROUND) : at + _AROUND]
    if '"expression"' not in around or _TREE.search(around):
        return None
    start = key.end() - 1
    content = _CONTENT.match(text, start + 1)
    end = content.end() if content else at
    raw = text[start:end] + '"'
    try:
        value = json.loads(raw, strict=False)
    except ValueError:  # an escape that is none
        return None
    spelling = Spelling("json", start, raw, value)
    embedded = Embedded("pql/text", value, "$", spelling.span, None, spelling=spelling)
    hosted = Hosted(embedded, DefinitionFile(document.source, "json", (), ()))
    offset = hosted.to_expression(at)
    return None if offset is None else (hosted, offset)


def _holds(text: str, start: int, at: int) -> bool:
    """Whether the string that begins at `start` goes on at least to the cursor."""
    content = _CONTENT.match(text, start)
    return content is not None and content.end() >= at


def _behind(document: Document, at: int) -> Cursor | None:
    """The cursor behind a scalar of YAML and blanks that are none of it."""
    for hosted in document.expressions:
        style = hosted.embedded.spelling.style
        blanks = None
        if style == "plain":
            blanks = _blanks(document, hosted.span[1], at)
        elif style in ("|", ">"):
            blanks = _blank_line(document, hosted, at)
        if blanks is not None and hosted.format == "pql/text":
            end = len(hosted.text.rstrip("\n"))
            clause = clause_at(hosted, end)
            text = hosted.text[clause.base : end] + blanks
            behind = at - (clause.base + len(text) - len(hosted.text))
            return Cursor(document, hosted, text, clause.base, len(text), behind)
    return None


def _blanks(document: Document, end: int, at: int) -> str | None:
    """The blanks between the end of a scalar and the cursor; None if there are none, or something else."""
    blanks = document.text[end:at]
    return blanks if blanks and not blanks.strip(" \t") else None


def _blank_line(document: Document, hosted: Hosted, at: int) -> str | None:
    """The line break before the cursor in an empty line that goes on a block; the empty string in an empty block."""
    text = document.text
    start = text.rfind("\n", 0, at) + 1
    column = at - start
    line_end = text.find("\n", at)
    if text[start : line_end if line_end >= 0 else len(text)].strip(" \r") or column <= hosted.embedded.spelling.indent:
        return None
    content = hosted.text.rstrip("\n")
    if content:
        first, end = hosted.to_host((0, len(content)))
        return "\n" if end < start and not text[end:start].strip() and _column(text, first) <= column else None
    header = text.find("\n", hosted.span[0])
    return "" if 0 <= header < start and not text[header:start].strip() else None


def _column(text: str, at: int) -> int:
    return at - text.rfind("\n", 0, at) - 1

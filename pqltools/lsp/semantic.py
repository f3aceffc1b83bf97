"""How are the words of a text sent to be coloured?  As numbers, each relative to the one before; and what has changed.

No word overlaps another one, none goes over a line end: clients may not know either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lsprotocol import types

from pqltools.lsp.documents import Document
from pqltools.lsp.hosting import Hosted
from pqltools.lsp.positions import length
from pqltools.lsp.state import State
from pqltools.source import Span
from pqltools.workspace.structure.json_marks import json_marks
from pqltools.workspace.structure.marks import KINDS, MODIFIERS, marks

if TYPE_CHECKING:
    from pqltools.workspace.structure.marks import Mark

LEGEND = types.SemanticTokensLegend([*KINDS], [*MODIFIERS])
_LINE = re.compile(r"[^\r\n]+")
_KEPT = "semantic tokens"


def tokens(state: State, document: Document) -> types.SemanticTokens:
    """All words, remembered so that the next time only changes need be sent."""
    kept = state.checks.of(document.uri).kept
    number = kept.get(_KEPT, (0, None))[0] + 1
    data = encoded(document, _marks(state, document, (0, len(document.text))))
    kept[_KEPT] = number, data
    return types.SemanticTokens(data, str(number))


def tokens_in(state: State, document: Document, range: types.Range) -> types.SemanticTokens:
    """The words that a range has a part of."""
    span = document.positions.span(range)
    found = (mark for mark in _marks(state, document, span) if mark[1] > span[0] and mark[0] < span[1])
    return types.SemanticTokens(encoded(document, found))


def changes(state: State, document: Document, known: str) -> types.SemanticTokens | types.SemanticTokensDelta:
    """What differs from the words that the client has, all words if it has others than those that we know of."""
    number, before = state.checks.of(document.uri).kept.get(_KEPT, (0, None))
    now = tokens(state, document)
    if before is None or str(number) != known:
        return now
    return types.SemanticTokensDelta(edits(before, [*now.data]), now.result_id)


def edits(before: list[int], after: list[int]) -> list[types.SemanticTokensEdit]:
    """The edit that makes one list of numbers of another, if there is a difference."""
    most = min(len(before), len(after))
    start = next((index for index in range(most) if before[index] != after[index]), most)
    if start == len(before) == len(after):
        return []
    end = 0
    while end < most - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return [types.SemanticTokensEdit(start, len(before) - start - end, after[start : len(after) - end])]


def encoded(document: Document, found: Iterable[Mark]) -> list[int]:
    """The numbers of the protocol: five a word. Marks are in order; those that overlap an earlier one are left out."""
    text, encoding = document.text, document.positions.encoding
    starts = document.source.line_starts
    data: list[int] = []
    line = said_line = 0
    said_at = behind = 0
    ascii_text = encoding == "utf-32" or text.isascii()
    for start, end, kind, modifiers in found:
        if start < behind or end <= start:
            continue
        behind = end
        while line + 1 < len(starts) and starts[line + 1] <= start:
            line += 1
        # Relative to the last word on the same line, else to the line's beginning.
        base = said_at if line == said_line else starts[line]
        if ascii_text:
            delta, width = start - base, end - start
        else:
            delta, width = length(text[base:start], encoding), length(text[start:end], encoding)
        data += (line - said_line, delta, width, kind, modifiers)
        said_line, said_at = line, start
    return data


def _marks(state: State, document: Document, within: Span) -> Iterator[Mark]:
    text = document.text
    for hosted in document.expressions:
        if not hosted.touches(within):
            continue
        for start, end, kind, modifiers in _placed(state, document, hosted, within):
            piece = text[start:end]
            if "\n" in piece or "\r" in piece:
                for line in _LINE.finditer(text, start, end):
                    blank = len(line[0]) - len(line[0].lstrip())
                    yield line.start() + blank, line.end(), kind, modifiers
            else:
                yield start, end, kind, modifiers


def _placed(state: State, document: Document, hosted: Hosted, within: Span) -> Iterator[Mark]:
    """The words of an expression at their places in the open text."""
    text = hosted.text
    if hosted.format == "pql/json":
        found: Iterable[Mark] = json_marks(text)
    else:
        parts = state.parts(document).of(text)
        if len(parts) > 1 and within != (0, len(document.text)):
            parts = tuple([part for part in parts if _touch(hosted.to_host(part.span), within)])
        found = marks(parts)
    if hosted.embedded.spelling.style in ("bare", "tree"):
        by = hosted.base + hosted.embedded.spelling.start
        return ((start + by, end + by, kind, modifiers) for start, end, kind, modifiers in found)
    if text and hosted.to_host((0, 0)) == hosted.to_host((len(text), len(text))):
        return iter(())  # nobody knows where its words stand
    locate, by = hosted.embedded.spelling.locate, hosted.base
    places = ((locate((start, end)), kind, modifiers) for start, end, kind, modifiers in found)
    return ((start + by, end + by, kind, modifiers) for (start, end), kind, modifiers in places)


def _touch(one: Span, other: Span) -> bool:
    return one[0] <= other[1] and other[0] <= one[1] + 5  # the joining word is behind it

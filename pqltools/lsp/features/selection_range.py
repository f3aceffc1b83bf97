"""What stands around the cursor, step by step?  `textDocument/selectionRange`: from the word to the whole text."""

from __future__ import annotations

from lsprotocol import types

from pqltools.lsp.documents import Document
from pqltools.lsp.elsewhere import whole_of
from pqltools.lsp.state import State
from pqltools.source import Span
from pqltools.workspace.structure.around import around, around_in_json, nested


def answer(state: State, params: types.SelectionRangeParams) -> list[types.SelectionRange]:
    """One chain of ranges for each position."""
    document = state.document(params.text_document.uri)
    return [_chain(document, _spans(state, document, position)) for position in params.positions]


def _spans(state: State, document: Document, position: types.Position) -> list[Span]:
    offset = document.positions.offset(position)
    whole = (0, len(document.text))
    found = document.at(position)
    if found is not None:
        hosted, inside = found
        if hosted.format == "pql/text":
            own = around(hosted.text, inside, state.parts(document))
        else:
            own = around_in_json(hosted.text, inside)
        outer = [hosted.span, whole_of(document, hosted), whole]
        if hosted.embedded.spelling.style in ("json", "tree"):
            outer += _in_json(document, offset)
        return nested([*[hosted.to_host(span) for span in own], *outer], offset)
    if document.reading.kind in ("json", "tree", "jsonl") or document.text.lstrip()[:1] in ("{", "["):
        return nested([*_in_json(document, offset), whole], offset)
    start, end = _line(document, offset)
    around_it = [whole_of(document, hosted) for hosted in document.expressions]
    return nested([(start, end), *around_it, whole], offset)


def _in_json(document: Document, offset: int) -> list[Span]:
    """What is around an offset in the JSON of a text; in JSON Lines that of the line."""
    if document.reading.kind != "jsonl":
        return around_in_json(document.text, offset)
    start, end = _line(document, offset)
    found = around_in_json(document.text[start:end], min(offset, end) - start)
    return [(first + start, last + start) for first, last in found]


def _line(document: Document, offset: int) -> Span:
    """The line around an offset, without its end."""
    line = document.source.line_column(offset)[0]
    start = document.source.line_starts[line - 1]
    return start, start + len(document.source.line_text(line))


def _chain(document: Document, spans: list[Span]) -> types.SelectionRange:
    found: types.SelectionRange | None = None
    for span in reversed(spans):
        range = document.positions.range(span)
        if found is None or found.range != range:
            found = types.SelectionRange(range, found)
    assert found is not None
    return found

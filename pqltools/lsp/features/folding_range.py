"""What can be folded?  `textDocument/foldingRange`: brackets, comments and clauses, definitions and block scalars."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from pqltools.lsp.documents import Document
from pqltools.lsp.elsewhere import whole_of
from pqltools.lsp.state import State
from pqltools.source import Span
from pqltools.workspace.structure.folds import folds


def answer(state: State, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
    """The ranges in the order of their beginnings; of two on the same lines one."""
    document = state.document(params.text_document.uri)
    folding = state.capabilities.text_document and state.capabilities.text_document.folding_range
    whole_lines = bool(folding and folding.line_folding_only)
    found: dict[tuple[int, int], types.FoldingRange] = {}
    for span, kind in sorted(_spans(state, document), key=lambda each: (each[0][0], -each[0][1])):
        range = _range(document, span, kind, whole_lines)
        if range is not None:
            found.setdefault((range.start_line, range.end_line), range)
    most = folding.range_limit if folding and folding.range_limit else len(found)
    return [*found.values()][:most]


def _range(document: Document, span: Span, kind: str, whole_lines: bool) -> types.FoldingRange | None:
    text = document.text
    if span[0] >= span[1]:
        return None
    range = document.positions.range(span)
    start, end = range.start, range.end
    if whole_lines:
        begin = document.source.line_starts[end.line]
        closes = text[span[0]] in "([{" and not text[begin : span[1] - 1].strip()
        # The closing bracket stays where it is, below what is folded.
        last = end.line - 1 if closes else end.line
        if last <= start.line:
            return None
        return types.FoldingRange(start.line, last, kind=_kind(kind))
    if end.line <= start.line:
        return None
    first = start.character + 1 if text[span[0]] in "([{" else start.character
    return types.FoldingRange(start.line, end.line, first, end.character, _kind(kind))


def _kind(kind: str) -> types.FoldingRangeKind:
    return types.FoldingRangeKind.Comment if kind == "comment" else types.FoldingRangeKind.Region


def _spans(state: State, document: Document) -> Iterator[tuple[Span, str]]:
    for hosted in document.expressions:
        if hosted.embedded.path != "$":
            yield _without_end(document.text, whole_of(document, hosted)), "region"
            yield _without_end(document.text, hosted.span), "region"
        if hosted.format == "pql/text":
            for span, kind in folds(hosted.text, state.parts(document).of(hosted.text)):
                yield hosted.to_host(span), kind


def _without_end(text: str, span: Span) -> Span:
    """A value without the line ends and blanks that block scalars and mappings of YAML have behind them."""
    start, end = span
    return start, max(start, start + len(text[start:end].rstrip()))

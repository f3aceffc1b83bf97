"""What can be said between the words?  `textDocument/inlayHint`: types of variables, and the dates of windows."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from pqltools.lsp.checking import Clause, clause_at
from pqltools.lsp.documents import Document
from pqltools.lsp.hosting import Hosted
from pqltools.lsp.knowing import known
from pqltools.lsp.state import State
from pqltools.source import Span
from pqltools.types.time import instant_text
from pqltools.workspace.cursor.inlays import inlays


def answer(state: State, params: types.InlayHintParams) -> list[types.InlayHint]:
    """The hints in a range, in the order of the text."""
    document = state.document(params.text_document.uri)
    return [hint for _, hint in of_expressions(state, document, document.positions.span(params.range))]


def of_expressions(state: State, document: Document, span: Span) -> Iterator[tuple[int, types.InlayHint]]:
    """The hints in the expressions of a part of the text, each with its offset."""
    around = known(state, document)
    now = instant_text(around.now)
    for hosted in document.expressions:
        if hosted.format != "pql/text" or not hosted.touches(span):
            continue
        for clause in _clauses(hosted, span):
            for inlay in inlays(clause.text, around):
                end = clause.base + inlay.offset
                # Behind the character before, and not before the one that follows, which may stand in the next line.
                at = hosted.to_host((max(end - 1, 0), end))[1]
                if span[0] <= at <= span[1]:
                    yield at, _hint(document, at, inlay.label, inlay.kind == "type", now)


def _hint(document: Document, at: int, label: str, is_type: bool, now: str) -> types.InlayHint:
    return types.InlayHint(
        document.positions.position(at),
        label,
        types.InlayHintKind.Type if is_type else None,
        tooltip=None if is_type else f"what the window means now, {now} (UTC)",
        padding_left=not is_type,
    )


def _clauses(hosted: Hosted, span: Span) -> Iterator[Clause]:
    """The clauses of an expression that a part of the open text touches."""
    start, end = hosted.span
    at = hosted.to_expression(span[0]) if start < span[0] else 0
    last = hosted.to_expression(span[1]) if span[1] < end else len(hosted.text)
    offset, last = at or 0, len(hosted.text) if last is None else last
    seen: set[int] = set()
    while offset <= last:
        clause = clause_at(hosted, offset)
        if clause.base not in seen:
            seen.add(clause.base)
            yield clause
        offset = max(offset, clause.base + len(clause.text)) + 1

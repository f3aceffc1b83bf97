"""Where does the same stand in this text?  `textDocument/documentHighlight`: variables, fields and segments."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from pqltools.lsp.documents import Document
from pqltools.lsp.elsewhere import is_current
from pqltools.lsp.hosting import place_of, without_quotes
from pqltools.lsp.state import State
from pqltools.lsp.under import defined_at, referred_at, segments_of
from pqltools.workspace.structure.same import same_field, same_variable

_READ, _WRITE = types.DocumentHighlightKind.Read, types.DocumentHighlightKind.Write


def answer(state: State, params: types.DocumentHighlightParams) -> list[types.DocumentHighlight] | None:
    """The places, in the order of the text; where a variable is bound or an id defined counts as writing."""
    document = state.document(params.text_document.uri)
    referred = referred_at(state, document, params.position)
    defined = defined_at(document, params.position)
    if referred is not None or defined is not None:
        id = referred[0] if referred is not None else defined[0] if defined is not None else ""
        return sorted(_segment(state, document, id), key=_place)
    found = document.at(params.position)
    if found is None or found[0].format != "pql/text":
        return None
    hosted, offset = found
    parts = state.parts(document)
    same = same_variable(hosted.text, offset, parts) or same_field(hosted.text, offset, parts)
    if same is None:
        return None
    return [
        types.DocumentHighlight(document.range(hosted, span), _WRITE if span == same.binder else _READ)
        for span in same.places
    ]


def _segment(state: State, document: Document, id: str) -> Iterator[types.DocumentHighlight]:
    for hosted in document.expressions:
        for other, span in segments_of(state, document, hosted):
            if other == id:
                yield types.DocumentHighlight(document.range(hosted, span), _READ)
        place = place_of(hosted, "id") if is_current(document) else None
        if place is not None and (hosted.definition or {}).get("id") == id:
            range = document.positions.range(without_quotes(document.text, place))
            yield types.DocumentHighlight(range, _WRITE)


def _place(highlight: types.DocumentHighlight) -> tuple[int, int]:
    return highlight.range.start.line, highlight.range.start.character

"""What is under the mouse?  `textDocument/hover`: fields, functions, words, times, variables, segments, values."""

from __future__ import annotations

from lsprotocol import types

from pqltools.lsp.knowing import known
from pqltools.lsp.markup import markup
from pqltools.lsp.state import State
from pqltools.lsp.writing import cursor_at
from pqltools.workspace.cursor.hover import hover


def answer(state: State, params: types.HoverParams) -> types.Hover | None:
    """What is to be said of it, and where it stands; None where nothing is."""
    document = state.document(params.text_document.uri)
    cursor = cursor_at(document, params.position)
    found = None if cursor is None else hover(cursor.text, cursor.offset, known(state, document))
    if cursor is None or found is None:
        return None
    capability = getattr(state.capabilities.text_document, "hover", None)
    return types.Hover(markup(found.text, getattr(capability, "content_format", None)), cursor.range(found.span))

"""What is under the mouse?  `textDocument/hover`: fields, functions, words, times, variables, segments, values."""

from __future__ import annotations

from lsprotocol import types

from pqltools.lsp.knowing import known
from pqltools.lsp.markup import markup
from pqltools.lsp.state import State
from pqltools.lsp.writing import cursor_at
from pqltools.workspace.cursor.hover import hover
from pqltools.workspace.cursor.tree_hover import tree_hover


def answer(state: State, params: types.HoverParams) -> types.Hover | None:
    """What is to be said of it, and where it stands; None where nothing is."""
    document = state.document(params.text_document.uri)
    cursor = cursor_at(document, params.position)
    if cursor is not None:
        found = hover(cursor.text, cursor.offset, known(state, document))
        return None if found is None else _shown(state, found.text, cursor.range(found.span))
    inside = document.at(params.position)
    if inside is None or inside[0].format != "pql/json":
        return None
    hosted, offset = inside
    found = tree_hover(hosted.text, offset, known(state, document))
    return None if found is None else _shown(state, found.text, document.range(hosted, found.span))


def _shown(state: State, text: str, range: types.Range) -> types.Hover:
    capability = getattr(state.capabilities.text_document, "hover", None)
    return types.Hover(markup(text, getattr(capability, "content_format", None)), range)

"""How does this part look when it is well laid out?  `textDocument/rangeFormatting`: the expressions it touches."""

from __future__ import annotations

from lsprotocol import types

from pqltools.lsp.features.formatting import edits
from pqltools.lsp.state import State


def answer(state: State, params: types.DocumentRangeFormattingParams) -> list[types.TextEdit]:
    """The edits for the expressions that the range has a part of; each is formatted as a whole."""
    document = state.document(params.text_document.uri)
    return edits(document, document.touched(params.range))

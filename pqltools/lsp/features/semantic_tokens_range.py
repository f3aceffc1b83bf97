"""What is each word of what is on the screen?  `textDocument/semanticTokens/range`."""

from __future__ import annotations

from lsprotocol import types

from pqltools.lsp.semantic import tokens_in
from pqltools.lsp.state import State


def answer(state: State, params: types.SemanticTokensRangeParams) -> types.SemanticTokens:
    """The words in a range."""
    return tokens_in(state, state.document(params.text_document.uri), params.range)

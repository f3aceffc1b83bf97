"""What is each word of this text?  `textDocument/semanticTokens/full`."""

from __future__ import annotations

from lsprotocol import types

from pqltools.lsp.semantic import tokens
from pqltools.lsp.state import State


def answer(state: State, params: types.SemanticTokensParams) -> types.SemanticTokens:
    """All words of all expressions."""
    return tokens(state, state.document(params.text_document.uri))

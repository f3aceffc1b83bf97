"""Which words are others than before?  `textDocument/semanticTokens/full/delta`."""

from __future__ import annotations

from lsprotocol import types

from pqltools.lsp.semantic import changes
from pqltools.lsp.state import State


def answer(state: State, params: types.SemanticTokensDeltaParams) -> types.SemanticTokens | types.SemanticTokensDelta:
    """What has changed since the answer that the client has."""
    return changes(state, state.document(params.text_document.uri), params.previous_result_id)

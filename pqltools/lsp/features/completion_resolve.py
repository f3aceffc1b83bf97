"""What is there to read about a completion?  `completionItem/resolve`, for the item that is looked at."""

from __future__ import annotations

from lsprotocol import types

from pqltools.lsp.knowing import known
from pqltools.lsp.markup import documented
from pqltools.lsp.state import State
from pqltools.workspace.cursor.documentation import documentation


def answer(state: State, params: types.CompletionItem) -> types.CompletionItem:
    """The item with its documentation, if there is any and the text is still open."""
    match params.data:
        case [str() as uri, str() as key] if (document := state.documents.get(uri)) is not None:
            text = documentation(key, known(state, document))
            if text is not None:
                completion = getattr(state.capabilities.text_document, "completion", None)
                item = getattr(completion, "completion_item", None)
                params.documentation = documented(text, getattr(item, "documentation_format", None))
    return params

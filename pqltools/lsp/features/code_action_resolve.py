"""What does this action change?  `codeAction/resolve`, for those whose edits take a while to find."""

from __future__ import annotations

from lsprotocol import types

from pqltools.lsp.refactoring import resolved
from pqltools.lsp.state import State


def answer(state: State, params: types.CodeAction) -> types.CodeAction:
    """The action with its edit; one that has its edit stays as it is."""
    return params if params.edit is not None else resolved(state, params)

"""What changes if this variable is called otherwise?  `textDocument/rename`: every place of its name, or a refusal."""

from __future__ import annotations

from lsprotocol import types

from pqltools.diagnostics import Edit, apply_edits
from pqltools.lsp.requests import refused
from pqltools.lsp.rewrites import workspace_edit
from pqltools.lsp.rewriting import replaced
from pqltools.lsp.state import State
from pqltools.lsp.writing import Cursor, cursor_at
from pqltools.workspace.cursor.rename import rename


def answer(state: State, params: types.RenameParams) -> types.WorkspaceEdit | None:
    """The edit. Raises an error for the user if there is no variable, or the expression would mean something else."""
    document = state.document(params.text_document.uri)
    cursor = cursor_at(document, params.position)
    if cursor is None:
        raise refused("there is no expression here")
    found = rename(cursor.text, cursor.offset, params.new_name)
    if found.refusal is not None:
        raise refused(found.refusal)
    return workspace_edit(state, document, _in_host(cursor, found.edits))


def _in_host(cursor: Cursor, edits: tuple[Edit, ...]) -> list[Edit]:
    """The same in the open text, where the whole expression is written anew if it cannot be changed in its places."""
    found: list[Edit] = []
    for edit in edits:
        text = cursor.inserted(edit.span, edit.text)
        if text is None:
            base = cursor.base
            moved = [Edit((each.span[0] + base, each.span[1] + base), each.text) for each in edits]
            hosted = cursor.hosted
            return replaced(cursor.document, {hosted.number: (hosted.format, apply_edits(hosted.text, moved))})
        found.append(Edit(cursor.to_host(edit.span), text))
    return found

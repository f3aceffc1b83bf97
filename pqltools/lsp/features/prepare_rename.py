"""Can this be given another name?  `textDocument/prepareRename`: variables can."""

from __future__ import annotations

from lsprotocol import types

from pqltools.lsp.requests import refused
from pqltools.lsp.state import State
from pqltools.lsp.writing import cursor_at
from pqltools.workspace.cursor.rename import rename
from pqltools.workspace.cursor.variables import variable_at


def answer(state: State, params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
    """The place of the name; None outside of expressions. Raises an error for the user for anything but a variable."""
    cursor = cursor_at(state.document(params.text_document.uri), params.position)
    if cursor is None:
        return None
    variable = variable_at(cursor.text, cursor.offset)
    if variable is None:
        raise refused(rename(cursor.text, cursor.offset, "x").refusal or "there is no variable here")
    place = next(place for place in variable.places if place[0] <= cursor.offset <= place[1])
    return types.PrepareRenamePlaceholder(cursor.range(place), variable.name)

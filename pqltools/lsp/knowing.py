"""What is known around an expression that is being written?  The schema, the clock, segments, identity namespaces."""

from __future__ import annotations

from pqltools.lsp.documents import Document
from pqltools.lsp.state import State
from pqltools.workspace.cursor.known import STANDARD_NAMESPACES, Known


def known(state: State, document: Document) -> Known:
    """The surroundings of the expressions of a text."""
    checker = state.checker(document).known
    index = state.folder(document.path).index
    segments = {**checker.segments, **index.segments()} if checker.segments else index.segments()
    namespaces = dict.fromkeys((*checker.namespaces, *index.namespaces(), *STANDARD_NAMESPACES))
    return Known(checker.schema, state.now(), segments, tuple(namespaces))


def warm_up(state: State, document: Document) -> bool:
    """Read of the schema what the first completion needs, which takes longer than later ones; False if none will be."""
    if not document.expressions:
        return False
    from pqltools.lsp.features import completion, hover, signature_help  # noqa: F401 - so that they are imported
    from pqltools.workspace.cursor.complete import complete

    complete("country", 7, known(state, document))
    return True

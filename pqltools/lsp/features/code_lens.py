"""What stands above each definition?  `textDocument/codeLens`: eligible methods, and what the samples say of it.

What they say is found when a lens is seen (`codeLens/resolve`): a file may hold thousands of definitions.
"""

from __future__ import annotations

from lsprotocol import types

from pqltools.diagnostics import PQLError
from pqltools.lsp.sampling import samples_for
from pqltools.lsp.state import State
from pqltools.lsp.targets import Target

#: The kinds of lens.
METHODS, SAMPLES = "methods", "samples"


def answer(state: State, params: types.CodeLensParams) -> list[types.CodeLens]:
    """The lenses, without words."""
    document = state.document(params.text_document.uri)
    if document.reading.kind == "test":
        return []
    found: list[types.CodeLens] = []
    sampled: bool | None = None
    for hosted in document.expressions:
        if state.checked(document, hosted).tree is None:
            continue  # its diagnostics say why
        if sampled is None:
            sampled = _has_samples(state, Target(document, hosted))
        start = document.positions.position(hosted.span[0])
        for kind in (METHODS, SAMPLES) if sampled else (METHODS,):
            data = {"uri": document.uri, "version": document.version, "number": hosted.number, "kind": kind}
            found.append(types.CodeLens(types.Range(start, start), data=data))
    return found


def _has_samples(state: State, found: Target) -> bool:
    try:
        return bool(samples_for(state, found).profiles)
    except PQLError:
        return True  # whoever looks for them is told what is wrong

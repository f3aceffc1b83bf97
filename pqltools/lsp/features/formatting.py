"""How does this text look when it is well laid out?  `textDocument/formatting`, as `pql format` does it."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types

from pqltools.lsp import convert
from pqltools.lsp.documents import Document
from pqltools.lsp.hosting import Hosted
from pqltools.lsp.requests import refused
from pqltools.lsp.rewriting import laid_out
from pqltools.lsp.state import State


def answer(state: State, params: types.DocumentFormattingParams) -> list[types.TextEdit]:
    """The edits for all expressions. What is broken stays as it is: its diagnostics say why."""
    document = state.document(params.text_document.uri)
    return edits(document, document.expressions)


def edits(document: Document, expressions: Iterable[Hosted]) -> list[types.TextEdit]:
    """The edits that format these expressions. Raises an error for the user if a comment stands in the way."""
    found, problems = laid_out(document, expressions)
    refusals = [problem for problem in problems if problem.code == "PQL037"]
    if not found and refusals:
        raise refused(refusals[0].message)
    return convert.text_edits(found, document.positions)

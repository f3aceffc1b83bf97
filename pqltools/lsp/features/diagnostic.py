"""What is wrong in this text?  `textDocument/diagnostic`, for clients that ask."""

from __future__ import annotations

from hashlib import blake2b

from lsprotocol import types

from pqltools.lsp.documents import Document
from pqltools.lsp.publishing import found_in
from pqltools.lsp.state import State


def answer(state: State, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
    """The findings, or that they are those that the client has."""
    document = state.document(params.text_document.uri)
    if params.previous_result_id is not None and state.waits_for_save(document.uri):
        return types.RelatedUnchangedDocumentDiagnosticReport(params.previous_result_id)
    found = found_in(state, document)
    id = result_id(document, state)
    if params.previous_result_id == id:
        return types.RelatedUnchangedDocumentDiagnosticReport(id)
    return types.RelatedFullDocumentDiagnosticReport(found, result_id=id)


def result_id(document: Document, state: State) -> str:
    """What is the same only for the same text among the same definitions and settings."""
    epoch, generation = state.folder(document.path).generation
    digest = blake2b(document.text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    return f"{digest}-{epoch}-{generation}"

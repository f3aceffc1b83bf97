"""Which parameter is being written?  `textDocument/signatureHelp`: of a call, or the part of a form."""

from __future__ import annotations

from lsprotocol import types

from pqltools.lsp.markup import documented
from pqltools.lsp.state import State
from pqltools.lsp.writing import cursor_at
from pqltools.workspace.cursor.signature import signature


def answer(state: State, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
    """The signature of the innermost call or form; None outside of all."""
    cursor = cursor_at(state.document(params.text_document.uri), params.position)
    found = None if cursor is None else signature(cursor.text, cursor.offset)
    if found is None:
        return None
    capability = getattr(state.capabilities.text_document, "signature_help", None)
    formats = getattr(getattr(capability, "signature_information", None), "documentation_format", None)
    offsets = state.can("text_document.signature_help.signature_information.parameter_information.label_offset_support")
    parameters = [
        types.ParameterInformation(span if offsets else found.label[slice(*span)]) for span in found.parameters
    ]
    doc = documented(found.doc, formats) if found.doc else None
    # A number that no parameter has: none of them is active. Nothing at all would mean the first.
    active = len(parameters) if found.active is None else found.active
    return types.SignatureHelp([types.SignatureInformation(found.label, doc, parameters)], 0, active)

"""What is wrong in all files?  `workspace/diagnostic`: open texts as they are, others as they are on the disk.

Files are checked in slices, one at a time, so that requests about what is being written come in between.
"""

from __future__ import annotations

import asyncio

from lsprotocol import types

from pqltools.diagnostics import PQLError
from pqltools.files import read_source
from pqltools.lsp import convert
from pqltools.lsp.checking import Checks, findings
from pqltools.lsp.documents import Document
from pqltools.lsp.features.diagnostic import result_id
from pqltools.lsp.folders import Folder
from pqltools.lsp.index import MAX_SIZE
from pqltools.lsp.publishing import found_in
from pqltools.lsp.state import State


async def answer(state: State, params: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
    """The findings in every file with PQL; of those that the client has, that they are the same."""
    known = {previous.uri: previous.value for previous in params.previous_result_ids}
    loop = asyncio.get_running_loop()
    reports: list[types.WorkspaceDocumentDiagnosticReport] = []
    for document in state.documents:
        await loop.run_in_executor(state.checking, found_in, state, document)
        reports.append(_of_open(state, document, known.get(document.uri)))
    for folder in [*state.folders]:
        for path in folder.index.paths:
            uri = convert.uri_of(path)
            if state.documents.by_path(path) is None:
                previous = known.get(uri)
                reports.append(await loop.run_in_executor(state.background, _of_file, state, folder, path, previous))
    return types.WorkspaceDiagnosticReport(reports)


def _of_open(state: State, document: Document, previous: str | None) -> types.WorkspaceDocumentDiagnosticReport:
    id = result_id(document, state)
    if id == previous:
        return types.WorkspaceUnchangedDocumentDiagnosticReport(document.uri, id, document.version)
    found = found_in(state, document)
    return types.WorkspaceFullDocumentDiagnosticReport(document.uri, found, document.version, result_id=id)


def _of_file(state: State, folder: Folder, path: str, previous: str | None) -> types.WorkspaceDocumentDiagnosticReport:
    uri = convert.uri_of(path)
    epoch, generation = folder.generation
    id = f"{folder.index.stamp(path)}-{epoch}-{generation}"
    if id == previous:
        return types.WorkspaceUnchangedDocumentDiagnosticReport(uri, id)
    try:
        document = Document(uri, None, 0, read_source(path, max_size=MAX_SIZE).text, state.encoding)
    except PQLError as problem:
        found = convert.diagnostics_of_file(problem.diagnostics, state.encoding)
        return types.WorkspaceFullDocumentDiagnosticReport(uri, found, result_id=id)
    found = [
        convert.diagnostic(finding.diagnostic, document.positions, uri)
        for finding in findings(document, folder, Checks())
    ]
    return types.WorkspaceFullDocumentDiagnosticReport(uri, found, result_id=id)

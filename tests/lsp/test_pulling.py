"""Do clients that ask for findings get them, only when they have changed, and for all files of the workspace?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import LanguageClient

from lsp_sessions import CONFIG, change_text, insert, open_text, span, uri_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pulled")
    expression = {"format": "pql/text", "value": "person.gender = person.gender"}
    (folder / "one.json").write_text(json.dumps({"id": "one", "expression": expression}))
    (folder / "other.json").write_text('{"name": "no definition"}')
    return folder


@pytest_lsp.fixture(config=CONFIG, scope="module")  # type: ignore[untyped-decorator]
async def client(client: LanguageClient, folder: Path) -> AsyncIterator[None]:
    capabilities = types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=[types.PositionEncodingKind.Utf8]),
        text_document=types.TextDocumentClientCapabilities(diagnostic=types.DiagnosticClientCapabilities()),
        workspace=types.WorkspaceClientCapabilities(
            diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
        ),
    )
    folders = [types.WorkspaceFolder(uri_of(folder), "pulled")]
    result = await client.initialize_session(types.InitializeParams(capabilities, workspace_folders=folders))
    assert result.capabilities.position_encoding == types.PositionEncodingKind.Utf8
    yield
    await client.shutdown_session()


async def pulled(client: LanguageClient, uri: str, previous: str | None = None) -> types.DocumentDiagnosticReport:
    document = types.TextDocumentIdentifier(uri)
    params = types.DocumentDiagnosticParams(document, previous_result_id=previous)
    return await client.text_document_diagnostic_async(params)


async def test_findings_of_a_text_are_sent_once(client: LanguageClient, folder: Path) -> None:
    for _ in range(500):  # until the folder is indexed
        if client.diagnostic_refresh_count:
            break
        await asyncio.sleep(0.02)
    uri = uri_of(folder / "a.pql")
    open_text(client, uri, '"😀" = homeAdress.city')
    report = await pulled(client, uri)
    assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
    (finding,) = report.items
    assert (finding.code, finding.range) == ("PQL101", span(0, 9, 0, 19))
    again = await pulled(client, uri, report.result_id)
    assert isinstance(again, types.RelatedUnchangedDocumentDiagnosticReport)
    change_text(client, uri, 2, insert(0, 6, "\n"))
    report = await pulled(client, uri, report.result_id)
    assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
    assert uri not in client.diagnostics


async def test_all_files_are_checked(client: LanguageClient, folder: Path) -> None:
    uri = uri_of(folder / "open.pql")
    open_text(client, uri, "(")
    reports = await client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams([]))
    found = {each.uri: each for each in reports.items}
    on_disk, opened = found[uri_of(folder / "one.json")], found[uri]
    assert isinstance(on_disk, types.WorkspaceFullDocumentDiagnosticReport)
    assert [each.code for each in on_disk.items] == ["PQL302"]
    assert on_disk.version is None
    assert isinstance(opened, types.WorkspaceFullDocumentDiagnosticReport)
    assert [each.code for each in opened.items] == ["PQL003"]
    assert uri_of(folder / "other.json") not in found
    known = [types.PreviousResultId(each.uri, each.result_id or "") for each in reports.items]
    again = await client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams(known))
    assert {each.kind for each in again.items} == {"unchanged"}


async def test_the_client_is_told_to_ask_again(client: LanguageClient, folder: Path) -> None:
    count = client.diagnostic_refresh_count
    (folder / "pqltools.toml").write_text('ignore = ["PQL302"]\n')
    change = types.FileEvent(uri_of(folder / "pqltools.toml"), types.FileChangeType.Created)
    client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([change]))
    for _ in range(500):
        if client.diagnostic_refresh_count > count:
            break
        await asyncio.sleep(0.02)
    assert client.diagnostic_refresh_count > count
    reports = await client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams([]))
    (report,) = [each for each in reports.items if each.uri == uri_of(folder / "one.json")]
    assert isinstance(report, types.WorkspaceFullDocumentDiagnosticReport)
    assert report.items == ()

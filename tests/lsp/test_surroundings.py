"""Does the server follow its surroundings?  Folders that come and go, settings, marks of findings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import LanguageClient

from lsp_sessions import CONFIG, change_text, close_text, open_text, pushed, uri_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

SAME = "person.gender = person.gender"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two folders: one says of comparisons with themselves that they are errors, the other does not want to know."""
    strict, lax = tmp_path_factory.mktemp("strict"), tmp_path_factory.mktemp("lax")
    (strict / "pqltools.toml").write_text('[severity]\nself-comparison = "error"\n')
    (lax / "pqltools.toml").write_text('ignore = ["self-comparison"]\n')
    return strict, lax


@pytest_lsp.fixture(config=CONFIG, scope="module")  # type: ignore[untyped-decorator]
async def client(client: LanguageClient, folders: tuple[Path, Path]) -> AsyncIterator[None]:
    opened = [types.WorkspaceFolder(uri_of(folders[0]), "strict")]
    params = types.InitializeParams(types.ClientCapabilities(), workspace_folders=opened)
    await client.initialize_session(params)
    yield
    await client.shutdown_session()


def set_up(client: LanguageClient, **settings: Any) -> None:
    client.workspace_did_change_configuration(types.DidChangeConfigurationParams({"pql": settings}))


def rewritten(client: LanguageClient, uri: str, version: int, text: str) -> None:
    change_text(client, uri, version, types.TextDocumentContentChangeWholeDocument(text))


async def hovered(client: LanguageClient, uri: str, character: int) -> str:
    position = types.Position(0, character)
    found = await client.text_document_hover_async(types.HoverParams(types.TextDocumentIdentifier(uri), position))
    assert found is not None
    assert isinstance(found.contents, types.MarkupContent)
    return found.contents.value


async def test_each_folder_has_its_own_configuration(client: LanguageClient, folders: tuple[Path, Path]) -> None:
    strict, lax = [folder / "a.pql" for folder in folders]
    open_text(client, uri_of(strict), SAME)
    (finding,) = await pushed(client, uri_of(strict), "PQL302")
    assert finding.severity == types.DiagnosticSeverity.Error
    open_text(client, uri_of(lax), SAME)
    await pushed(client, uri_of(lax))


async def test_folders_come_and_go(client: LanguageClient, folders: tuple[Path, Path]) -> None:
    gone, new = [types.WorkspaceFolder(uri_of(folder), folder.name) for folder in folders]
    vip = folders[1] / "vip.json"
    vip.write_text('{"id": "vip", "name": "VIP", "expression": {"format": "pql/text", "value": "a = 1"}}')
    event = types.WorkspaceFoldersChangeEvent(added=[new], removed=[gone])
    client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
    for _ in range(500):
        symbols = await client.workspace_symbol_async(types.WorkspaceSymbolParams("VIP"))
        if symbols:
            break
        await asyncio.sleep(0.02)
    assert [symbol.name for symbol in symbols or ()] == ["VIP"]
    event = types.WorkspaceFoldersChangeEvent(added=[gone], removed=[new])
    client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
    assert not await client.workspace_symbol_async(types.WorkspaceSymbolParams("VIP"))


async def test_now_is_what_the_client_says(client: LanguageClient, folders: tuple[Path, Path]) -> None:
    uri = uri_of(folders[0] / "now.pql")
    open_text(client, uri, "xEvent.exists(timestamp occurs <= 3 days before now)")
    set_up(client, now="2020-02-29T12:00:00Z")
    assert "2020-02-26" in await hovered(client, uri, 40)
    set_up(client, now="1999-01-31T00:00:00Z")
    assert "1999-01-28" in await hovered(client, uri, 40)
    set_up(client)


async def test_findings_wait_until_the_text_is_saved(client: LanguageClient, folders: tuple[Path, Path]) -> None:
    uri = uri_of(folders[0] / "quiet.pql")
    open_text(client, uri, "(")
    await pushed(client, uri, "PQL003")
    set_up(client, checkOnType=False)
    rewritten(client, uri, 2, SAME)
    other = uri_of(folders[0] / "other.pql")
    open_text(client, other, SAME)
    await pushed(client, other, "PQL302")  # so the server has had the time
    assert [each.code for each in client.diagnostics[uri]] == ["PQL003"]
    client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))
    await pushed(client, uri, "PQL302")
    set_up(client)
    rewritten(client, uri, 3, "(")
    await pushed(client, uri, "PQL003")
    close_text(client, uri)
    close_text(client, other)


async def test_what_is_out_of_date_or_of_no_use_is_marked(client: LanguageClient, folders: tuple[Path, Path]) -> None:
    uri = uri_of(folders[0] / "marked.pql")
    open_text(client, uri, 'homeAddress.stateProvinceISO in ["CA", "OR"]')
    (finding,) = await pushed(client, uri, "PQL103")
    assert [*(finding.tags or ())] == [types.DiagnosticTag.Deprecated]
    rewritten(client, uri, 2, '$1.person.gender = "male"')
    (finding,) = await pushed(client, uri, "PQL405")
    assert [*(finding.tags or ())] == [types.DiagnosticTag.Unnecessary]

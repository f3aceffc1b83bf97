"""Does the real server do what an editor needs?  Driven over standard input and output; findings are sent to it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import LanguageClient, make_test_lsp_client

from lsp_sessions import (
    CONFIG,
    SERVER,
    applied,
    change_text,
    close_text,
    insert,
    open_text,
    pushed,
    span,
    uri_of,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "vip.json").write_text(
        json.dumps({"id": "vip", "name": "VIP", "expression": {"format": "pql/text", "value": 'person.gender = "x"'}})
    )
    (folder / "strict").mkdir()
    (folder / "strict" / "pqltools.toml").write_text('[severity]\nself-comparison = "error"\n')
    return folder


@pytest_lsp.fixture(config=CONFIG, scope="module")  # type: ignore[untyped-decorator]
async def client(client: LanguageClient, folder: Path) -> AsyncIterator[None]:
    capabilities = types.ClientCapabilities(
        workspace=types.WorkspaceClientCapabilities(
            did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True)
        )
    )
    registered = asyncio.get_running_loop().create_future()

    @client.feature(types.CLIENT_REGISTER_CAPABILITY)  # type: ignore[untyped-decorator]
    def register(params: types.RegistrationParams) -> None:
        registered.set_result(params.registrations)

    folders = [types.WorkspaceFolder(uri_of(folder), "workspace")]
    await client.initialize_session(types.InitializeParams(capabilities, workspace_folders=folders))
    (registration,) = await asyncio.wait_for(registered, 60)
    assert registration.method == types.WORKSPACE_DID_CHANGE_WATCHED_FILES
    yield
    await client.shutdown_session()


async def test_findings_are_sent_with_all_that_is_known(client: LanguageClient, folder: Path) -> None:
    uri = uri_of(folder / "a.pql")
    open_text(client, uri, '"😀" = homeAdress.city')
    (finding,) = await pushed(client, uri, "PQL101")
    assert finding.range == span(0, 7, 0, 17)
    assert finding.severity == types.DiagnosticSeverity.Warning
    assert finding.message == "unknown field `homeAdress`\ndid you mean `homeAddress`?"
    assert finding.source == "pql"
    assert finding.code_description is not None
    assert Path(finding.code_description.href.removeprefix("file://")).name == "unknown_field.py"
    change_text(client, uri, 2, types.TextDocumentContentChangePartial(span(0, 7, 0, 17), "homeAddress"))
    assert await pushed(client, uri) == []
    change_text(client, uri, 3, insert(0, 0, "("))
    (finding,) = await pushed(client, uri, "PQL003")
    close_text(client, uri)
    await pushed(client, uri)


async def test_tags_and_related_places(client: LanguageClient, folder: Path) -> None:
    uri = uri_of(folder / "tags.pql")
    open_text(client, uri, "not not person.active")
    found = await pushed(client, uri, "PQL101", "PQL403")
    assert [[*(each.tags or ())] for each in found if each.code == "PQL403"] == [[types.DiagnosticTag.Unnecessary]]
    change_text(client, uri, 2, types.TextDocumentContentChangeWholeDocument('a = "x" or b or a = "x"'))
    first = next(
        each for each in await pushed(client, uri, "PQL101", "PQL101", "PQL101", "PQL303") if each.code == "PQL303"
    )
    assert first.related_information
    assert first.related_information[0].location.uri == uri


async def test_only_the_newest_version_counts(client: LanguageClient, folder: Path) -> None:
    uri = uri_of(folder / "typed.pql")
    open_text(client, uri, "")
    for version, char in enumerate("person.gender = person.gender", 2):
        change_text(client, uri, version, insert(0, version - 2, char))
    (finding,) = await pushed(client, uri, "PQL302")
    assert finding.range == span(0, 0, 0, 29)


async def test_the_nearest_configuration_counts_and_is_reloaded(client: LanguageClient, folder: Path) -> None:
    uri = uri_of(folder / "strict" / "b.pql")
    configuration = folder / "strict" / "pqltools.toml"
    open_text(client, uri, "person.gender = person.gender")
    (finding,) = await pushed(client, uri, "PQL302")
    assert finding.severity == types.DiagnosticSeverity.Error
    for text, codes in (
        ('ignore = ["PQL302"]\n', ()),
        ("ignore = 5 5\n", ("PQL302",)),
        ('ignore = ["PQL302"]\n', ()),
    ):
        configuration.write_text(text)
        change = types.FileEvent(uri_of(configuration), types.FileChangeType.Changed)
        client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([change]))
        await pushed(client, uri, *codes)
        if codes:
            await pushed(client, uri_of(configuration), "PQL060")
    await pushed(client, uri_of(configuration))


async def test_an_open_schema_keeps_its_own_findings(client: LanguageClient, folder: Path) -> None:
    inner = folder / "own"
    inner.mkdir()
    (inner / "pqltools.toml").write_text('schemas = ["both.json"]\n')
    text = json.dumps({"expression": {"format": "pql/text", "value": "person.gender = person.gender"}})
    (inner / "both.json").write_text(text)
    uri = uri_of(inner / "both.json")
    open_text(client, uri, text, "json")
    found = await pushed(client, uri, "PQL050", "PQL302")
    change_text(client, uri, 2, insert(0, 0, " "))
    await asyncio.sleep(0.3)
    assert sorted(str(each.code) for each in found) == sorted(str(each.code) for each in client.diagnostics[uri])
    (inner / "pqltools.toml").unlink()
    change = types.FileEvent(uri_of(inner / "pqltools.toml"), types.FileChangeType.Deleted)
    client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([change]))
    await pushed(client, uri, "PQL302")
    close_text(client, uri)
    await pushed(client, uri)


async def test_definitions_know_each_other(client: LanguageClient, folder: Path) -> None:
    uri = uri_of(folder / "refers.pql")
    open_text(client, uri, 'inSegment("vip") and inSegment("gold")')
    (finding,) = await pushed(client, uri, "PQL110")
    assert "gold" in finding.message
    other = uri_of(folder / "gold.json")
    text = json.dumps({"id": "gold", "expression": {"format": "pql/text", "value": 'person.gender = "male"'}})
    open_text(client, other, text, "json")
    await pushed(client, uri)
    at = text.index('"gold"') + 1
    change_text(client, other, 2, insert(0, at, "g"))
    await pushed(client, uri, "PQL110")
    close_text(client, other)
    (folder / "gold.json").write_text(text)
    client.workspace_did_change_watched_files(
        types.DidChangeWatchedFilesParams([types.FileEvent(other, types.FileChangeType.Created)])
    )
    await pushed(client, uri)


async def test_formatting(client: LanguageClient, folder: Path) -> None:
    options = types.FormattingOptions(4, True)
    uri = uri_of(folder / "format.pql")
    open_text(client, uri, "a.equals('x') AND\r\nb=1")
    edits = await client.text_document_formatting_async(
        types.DocumentFormattingParams(types.TextDocumentIdentifier(uri), options)
    )
    assert edits is not None
    assert applied("a.equals('x') AND\r\nb=1", [*edits]) == 'a.equals("x") and b = 1\r\n'
    uri = uri_of(folder / "format.yaml")
    text = (
        "- expression:\n    format: pql/text\n    value: 'a=1'\n- expression:\n    format: pql/text\n    value: 'b=2'\n"
    )
    open_text(client, uri, text, "yaml")
    edits = await client.text_document_range_formatting_async(
        types.DocumentRangeFormattingParams(types.TextDocumentIdentifier(uri), span(5, 12, 5, 12), options)
    )
    assert edits is not None
    assert applied(text, [*edits]) == text.replace("b=2", "b = 2")


async def _actions(client: LanguageClient, uri: str, range: types.Range, *only: str) -> list[types.CodeAction]:
    context = types.CodeActionContext([], only=[*only] or None)
    params = types.CodeActionParams(types.TextDocumentIdentifier(uri), range, context)
    found = await client.text_document_code_action_async(params)
    return [each for each in found or () if isinstance(each, types.CodeAction)]


@pytest.mark.parametrize(
    ("name", "text", "fixed"),
    [
        ("fix.pql", "'it' = name", '"it" = name'),
        (
            "fix.json",
            '{"expression": {"format": "pql/text", "value": "a = 1 and\\n\'it\' = name"}}',
            '{"expression": {"format": "pql/text", "value": "a = 1 and\\n\\"it\\" = name"}}',
        ),
        (
            "fix.yaml",
            "expression:\n  format: pql/text\n  value: 'name = ''it'''\n",
            "expression:\n  format: pql/text\n  value: 'name = \"it\"'\n",
        ),
        (
            "fix.jsonl",
            '{"a": 1, "expression": {"format": "pql/text", "value": "b"}}\n'
            '{"expression": {"format": "pql/text", "value": "\'it\' = name"}}\n',
            '{"a": 1, "expression": {"format": "pql/text", "value": "b"}}\n'
            '{"expression": {"format": "pql/text", "value": "\\"it\\" = name"}}\n',
        ),
    ],
)
async def test_fixes(client: LanguageClient, folder: Path, name: str, text: str, fixed: str) -> None:
    uri = uri_of(folder / name)
    open_text(client, uri, text, name.rpartition(".")[2])
    for only, title in (("quickfix", "use double quotes"), ("source.fixAll", "fix all")):
        found = [each for each in await _actions(client, uri, span(0, 0, 99, 0), only) if each.title.startswith(title)]
        (action,) = found
        assert action.edit is not None
        assert action.edit.changes is not None
        assert applied(text, [*action.edit.changes[uri]]) == fixed
        assert (action.is_preferred is True) == (only == "quickfix")
    assert not await _actions(client, uri, span(0, 0, 0, 0), "refactor.move")
    close_text(client, uri)


async def test_fixes_of_trees_rewrite_the_tree(client: LanguageClient, folder: Path) -> None:
    from pqltools import to_json_bytes
    from pqltools.syntax.parser import parse

    uri = uri_of(folder / "tree.json")
    tree = to_json_bytes(parse("not not person.active")).decode()
    text = json.dumps({"expression": {"format": "pql/json", "value": tree}})
    open_text(client, uri, text, "json")
    (action,) = [each for each in await _actions(client, uri, span(0, 0, 9, 0), "quickfix") if each.is_preferred]
    assert action.edit is not None
    assert action.edit.changes is not None
    after = json.loads(applied(text, [*action.edit.changes[uri]]))
    assert json.loads(after["expression"]["value"]) == json.loads(to_json_bytes(parse("person.active")))


async def test_what_is_not_open_is_an_error_and_the_server_lives_on(client: LanguageClient, folder: Path) -> None:
    missing = types.TextDocumentIdentifier(uri_of(folder / "missing.pql"))
    with pytest.raises(JsonRpcException, match="is not open"):
        await client.text_document_formatting_async(
            types.DocumentFormattingParams(missing, types.FormattingOptions(4, True))
        )
    change_text(client, missing.uri, 5, insert(0, 0, "x"))
    close_text(client, missing.uri)
    with pytest.raises(JsonRpcException):
        await client.protocol.send_request_async("textDocument/nonsense", {"a": 1})  # type: ignore[no-untyped-call]
    uri = uri_of(folder / "alive.pql")
    open_text(client, uri, "(")
    await pushed(client, uri, "PQL003")
    assert not [each for each in client.log_messages if each.type == types.MessageType.Error]


async def test_answers_about_an_older_text_are_dropped(client: LanguageClient, folder: Path) -> None:
    """Unless the answer was quicker than the change, which a busy machine may hold up."""
    for number in range(20):
        uri = uri_of(folder / f"long{number}.pql")
        open_text(client, uri, " and ".join(f'person.name.firstName != "{n}"' for n in range(1000)))
        params = types.DocumentFormattingParams(types.TextDocumentIdentifier(uri), types.FormattingOptions(4, True))
        asked = asyncio.ensure_future(client.text_document_formatting_async(params))
        await asyncio.sleep(0)
        change_text(client, uri, 2, types.TextDocumentContentChangeWholeDocument("a = 1"))
        try:
            await asked
        except JsonRpcException as problem:
            assert problem.code == types.LSPErrorCodes.ContentModified
            break
    else:
        raise AssertionError("each answer was about a text that was no more")


@pytest.mark.asyncio(loop_scope="function")
async def test_a_port_instead_of_standard_input() -> None:
    from socket import socket

    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([*SERVER, "--tcp", str(port)], stderr=subprocess.PIPE)
    assert server.stderr is not None
    assert str(port).encode() in server.stderr.readline()
    client = make_test_lsp_client()
    for _ in range(600):
        try:
            await client.start_tcp("127.0.0.1", port)
            break
        except OSError:
            await asyncio.sleep(0.1)
    result = await client.initialize_session(types.InitializeParams(types.ClientCapabilities()))
    assert result.server_info is not None
    assert result.server_info.name == "pql"
    await client.shutdown_async(None)
    client.exit(None)
    assert await asyncio.to_thread(server.wait, 60) == 0
    await client.stop()  # type: ignore[no-untyped-call]
    server.stderr.close()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--tcp", "x"], "no port"),
        (["--tcp", "99999"], "no port"),
        (["--log-file", "/nowhere/at/all.log"], "no such file"),
        (["--log-level", "loud"], "invalid choice"),
        (["--stdio", "--tcp", "1"], "exclude"),
    ],
)
@pytest.mark.asyncio(loop_scope="function")
async def test_wrong_use(arguments: list[str], message: str) -> None:
    run = subprocess.run([*SERVER, *arguments], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert run.returncode == 2
    assert message in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.asyncio(loop_scope="function")
async def test_a_client_that_goes_without_a_word_ends_the_server(tmp_path: Path) -> None:
    run = subprocess.run(
        [*SERVER, "--log-file", str(tmp_path / "log")], input=b"", capture_output=True, check=False, timeout=60
    )
    assert run.stdout == b""
    assert b"Traceback" not in run.stderr
    assert "Traceback" not in (tmp_path / "log").read_text()


@pytest.mark.asyncio(loop_scope="function")
async def test_nonsense_on_the_wire_does_no_harm() -> None:
    def message(body: str) -> bytes:
        return b"Content-Length: %d\r\n\r\n" % len(body.encode()) + body.encode()

    initialize = {"jsonrpc": "2.0", "id": 7, "method": "initialize", "params": {"capabilities": {}}}
    wire = message("{") + message("[]") + message('{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": 5}')
    wire += message(json.dumps(initialize)) + message(json.dumps({"jsonrpc": "2.0", "id": 8, "method": "shutdown"}))
    run = subprocess.run([*SERVER], input=wire, capture_output=True, check=False, timeout=60)
    assert b'"id": 7' in run.stdout or b'"id":7' in run.stdout
    assert sys.executable.encode() not in run.stdout

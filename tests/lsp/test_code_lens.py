"""What stands above definitions, and are they tried on sample profiles beside everything else?  Driven end to end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import LanguageClient

from lsp_sessions import CONFIG, PATIENCE, change_text, close_text, insert, open_text, uri_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

BATH = 'homeAddress.city = "Bath"'
PROFILES = [
    {"_id": "a", "homeAddress": {"city": "Bath"}},
    {"_id": "b", "homeAddress": {"city": "Wells"}},
    {"_id": "c"},
]
#: Calls to ask for lenses again.
REFRESHED: list[bool] = []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    for name, lines in (("small", 1), ("bad", 1), ("large", 40_000)):
        (folder / name).mkdir()
        (folder / name / "pqltools.toml").write_text('samples = ["profiles.ndjson"]\n')
        (folder / name / "profiles.ndjson").write_text("".join(f"{json.dumps(each)}\n" for each in PROFILES) * lines)
    with (folder / "bad" / "profiles.ndjson").open("a") as file:
        file.write("nonsense\n")
    (folder / "missing").mkdir()
    (folder / "missing" / "pqltools.toml").write_text('tenant = "x"\nsamples = ["gone.ndjson"]\n')
    return folder


@pytest_lsp.fixture(config=CONFIG, scope="module")  # type: ignore[untyped-decorator]
async def client(client: LanguageClient, folder: Path) -> AsyncIterator[None]:
    @client.feature(types.WORKSPACE_CODE_LENS_REFRESH)  # type: ignore[untyped-decorator]
    def refresh(params: None) -> None:
        REFRESHED.append(True)

    capabilities = types.ClientCapabilities(
        workspace=types.WorkspaceClientCapabilities(
            code_lens=types.CodeLensWorkspaceClientCapabilities(refresh_support=True)
        ),
        window=types.WindowClientCapabilities(work_done_progress=True),
    )
    folders = [types.WorkspaceFolder(uri_of(folder), "workspace")]
    await client.initialize_session(types.InitializeParams(capabilities, workspace_folders=folders))
    yield
    await client.shutdown_session()


async def lenses(client: LanguageClient, uri: str) -> list[types.CodeLens]:
    params = types.CodeLensParams(types.TextDocumentIdentifier(uri))
    return [*(await client.text_document_code_lens_async(params) or ())]


async def titles(client: LanguageClient, uri: str) -> list[str]:
    found = []
    for lens in await lenses(client, uri):
        assert lens.command is None
        resolved = await client.code_lens_resolve_async(lens)
        assert resolved.command is not None
        assert resolved.range == lens.range
        found.append(resolved.command.title)
    return found


async def evaluate(client: LanguageClient, uri: str, **more: Any) -> dict[str, Any]:
    argument = {"uri": uri, "position": {"line": 0, "character": 0}, **more}
    params = types.ExecuteCommandParams("pql.evaluateSample", [argument])
    result = await client.workspace_execute_command_async(params)
    return dict(json.loads(json.dumps(result, default=vars)))


async def test_methods(client: LanguageClient, folder: Path) -> None:
    uri = uri_of(folder / "methods.jsonl")
    values = ['person.gender = "female"', "xEvent.count() > 3", "(", "sum X.a over X from xEvent"]
    lines = [json.dumps({"expression": {"format": "pql/text", "value": value}}) for value in values]
    open_text(client, uri, "\n".join(lines), "jsonl")
    found = await lenses(client, uri)
    assert [lens.range.start.line for lens in found] == [0, 1, 3]  # no samples here, and nothing about what is broken
    said = await titles(client, uri)
    assert said[0].startswith("batch, streaming, edge")
    assert said[1].startswith("batch")
    assert " – not " in said[1]
    assert ": " in said[1]


async def test_evaluation(client: LanguageClient, folder: Path) -> None:
    uri = uri_of(folder / "small" / "a.pql")
    open_text(client, uri, BATH)
    assert (await titles(client, uri))[1] == "evaluate on sample"
    client.progress_reports.clear()
    REFRESHED.clear()
    lens = await client.code_lens_resolve_async((await lenses(client, uri))[1])
    assert lens.command is not None
    params = types.ExecuteCommandParams(lens.command.command, lens.command.arguments)
    result = json.loads(json.dumps(await client.workspace_execute_command_async(params), default=vars))
    assert (result["qualified"], result["profiles"], result["unknown"]) == (1, 3, 1)
    assert result["text"].startswith("a.pql: 1 of 3 profiles qualify (1 unknown)\n")
    (said,) = client.progress_reports.values()
    assert [type(each) for each in said if not isinstance(each, types.WorkDoneProgressReport)] == [
        types.WorkDoneProgressBegin,
        types.WorkDoneProgressEnd,
    ]
    assert isinstance(said[0], types.WorkDoneProgressBegin)
    assert said[0].cancellable
    assert len(REFRESHED) == 2
    assert (await titles(client, uri))[1].startswith("1 of 3 profiles qualify (1 unknown), ")
    # Known: nothing runs. Asked anew: it does.
    assert await evaluate(client, uri) == result
    assert len(client.progress_reports) == 1
    await evaluate(client, uri, anew=True)
    assert len(client.progress_reports) == 2
    # An edit makes it another question, and undone it is the old one.
    change_text(client, uri, 2, insert(0, 0, "not "))
    assert (await titles(client, uri))[1] == "evaluate on sample"
    assert (await evaluate(client, uri))["qualified"] == 2
    change_text(client, uri, 3, types.TextDocumentContentChangeWholeDocument(BATH))
    assert (await titles(client, uri))[1].startswith("1 of 3 profiles qualify")
    # And so does another sample.
    with (folder / "small" / "profiles.ndjson").open("a") as file:
        file.write(json.dumps(PROFILES[0]) + "\n")
    assert (await titles(client, uri))[1] == "evaluate on sample"
    assert (await evaluate(client, uri))["profiles"] == 4
    close_text(client, uri)


async def test_segments_of_the_workspace_are_evaluated(client: LanguageClient, folder: Path) -> None:
    other, uri = uri_of(folder / "small" / "bath.json"), uri_of(folder / "small" / "refers.pql")
    definition = {"id": "bath", "expression": {"format": "pql/text", "value": BATH}}
    open_text(client, other, json.dumps(definition), "json")
    open_text(client, uri, 'inSegment("bath")')
    for _ in range(PATIENCE * 20):
        if (await evaluate(client, uri))["qualified"]:
            break
        await asyncio.sleep(0.05)
    before = await evaluate(client, uri)
    definition["expression"] = {"format": "pql/text", "value": 'homeAddress.city = "Wells"'}
    change_text(client, other, 2, types.TextDocumentContentChangeWholeDocument(json.dumps(definition)))
    for _ in range(PATIENCE * 20):
        if (await evaluate(client, uri))["qualified"] != before["qualified"]:
            break
        await asyncio.sleep(0.05)
    assert (before["qualified"], (await evaluate(client, uri))["qualified"]) == (2, 1)


async def test_what_is_wrong_with_samples_is_told(client: LanguageClient, folder: Path) -> None:
    uri = uri_of(folder / "bad" / "a.pql")
    open_text(client, uri, BATH)
    found = await evaluate(client, uri)
    assert (found["profiles"], found["badLines"]) == (3, 1)
    assert found["problems"][0].startswith("profiles.ndjson: line 4: ")
    assert any("line 4" in each.message for each in client.messages)
    assert "(1 unknown, 1 bad line" in (await titles(client, uri))[1]
    (folder / "bad" / "profiles.ndjson").unlink()
    with pytest.raises(JsonRpcException, match=r"profiles\.ndjson"):
        await evaluate(client, uri)
    uri = uri_of(folder / "missing" / "a.pql")
    open_text(client, uri, BATH)
    assert (await titles(client, uri))[1] == "evaluate on sample"
    with pytest.raises(JsonRpcException, match=r"`samples` names `gone.ndjson`, and there is no such file"):
        await evaluate(client, uri)
    uri = uri_of(folder / "none.pql")
    open_text(client, uri, BATH)
    with pytest.raises(JsonRpcException, match="names no sample profiles"):
        await evaluate(client, uri)
    # What cannot be evaluated.
    uri = uri_of(folder / "small" / "odd.pql")
    open_text(client, uri, "nonsense(1)")
    with pytest.raises(JsonRpcException, match="nonsense"):
        await evaluate(client, uri)


async def test_requests_do_not_wait_and_two_who_ask_share_a_run(client: LanguageClient, folder: Path) -> None:
    uri, other = uri_of(folder / "large" / "a.pql"), uri_of(folder / "large" / "b.pql")
    open_text(client, uri, BATH)
    open_text(client, other, "homeAddress.city.isNotNull()")
    client.progress_reports.clear()
    asked = [asyncio.ensure_future(evaluate(client, each)) for each in (uri, uri, other)]
    said: set[str] = set()
    while not all(each.done() for each in asked):
        said.add((await titles(client, uri))[1])
        await asyncio.sleep(0.01)
    first, second, third = await asyncio.gather(*asked)
    assert (first["qualified"], first["profiles"]) == (40_000, 120_000)
    assert first == second
    assert third["qualified"] == 80_000
    assert len(client.progress_reports) == 2
    assert any(
        isinstance(each, types.WorkDoneProgressReport) for said in client.progress_reports.values() for each in said
    )
    # This was answered while they ran.
    assert "evaluating on sample…" in said


async def test_runs_can_be_cancelled(client: LanguageClient, folder: Path) -> None:
    uri = uri_of(folder / "large" / "c.pql")
    open_text(client, uri, 'homeAddress.city.contains("a")')
    client.progress_reports.clear()
    asked = asyncio.ensure_future(evaluate(client, uri))
    for _ in range(PATIENCE * 100):
        if any(client.progress_reports.values()):
            break
        await asyncio.sleep(0.01)
    (token,) = client.progress_reports
    client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
    with pytest.raises(JsonRpcException, match="cancelled") as problem:
        await asked
    assert problem.value.code == types.LSPErrorCodes.RequestCancelled
    assert (await titles(client, uri))[1] == "evaluate on sample"
    # And asked again it runs again, whatever the text is by then.
    asked = asyncio.ensure_future(evaluate(client, uri))
    await asyncio.sleep(0)
    change_text(client, uri, 2, types.TextDocumentContentChangeWholeDocument("("))
    assert (await asked)["qualified"] == 40_000
    assert await lenses(client, uri) == []


async def test_a_sample_that_changes_meanwhile(client: LanguageClient, folder: Path) -> None:
    uri = uri_of(folder / "large" / "d.pql")
    open_text(client, uri, 'homeAddress.city.contains("B")')
    asked = asyncio.ensure_future(evaluate(client, uri))
    while (await titles(client, uri))[1] != "evaluating on sample…":
        assert not asked.done()
    with (folder / "large" / "profiles.ndjson").open("a") as file:
        file.write(json.dumps(PROFILES[0]) + "\n")
    found = await asked
    assert found["outdated"] is True
    assert "changed in the meantime" in found["text"]
    assert (await titles(client, uri))[1] == "evaluate on sample"
    assert (await evaluate(client, uri))["qualified"] == 40_001


async def test_lenses_of_another_text(client: LanguageClient, folder: Path) -> None:
    uri = uri_of(folder / "small" / "moved.pql")
    open_text(client, uri, BATH)
    (lens, _) = await lenses(client, uri)
    change_text(client, uri, 2, insert(0, 0, "not "))
    with pytest.raises(JsonRpcException, match="changed"):
        await client.code_lens_resolve_async(lens)
    lens.data = None
    with pytest.raises(JsonRpcException, match="no code lens"):
        await client.code_lens_resolve_async(lens)
    assert not [each for each in client.log_messages if each.type == types.MessageType.Error]

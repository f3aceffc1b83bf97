"""Do the commands do what their names say, in any host and on texts that are not saved?  Driven end to end."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import LanguageClient

from lsp_sessions import CONFIG, applied, change_text, close_text, open_text, uri_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

EXAMPLES = Path(__file__).parents[2] / "examples" / "profiles"
#: The edits that the server has asked the client to apply.
EDITS: list[types.ApplyWorkspaceEditParams] = []
CITY = 'homeAddress.city = "Bath"'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "samples").mkdir()
    for name in ("customers.ndjson", "kim.json"):
        shutil.copy(EXAMPLES / name, folder / "samples" / name)
    (folder / "pqltools.toml").write_text('samples = ["samples/customers.ndjson"]\n')
    vip = {"id": "vip", "name": "VIP", "expression": {"format": "pql/text", "value": CITY}}
    (folder / "vip.json").write_text(json.dumps(vip))
    return folder


@pytest_lsp.fixture(config=CONFIG, scope="module")  # type: ignore[untyped-decorator]
async def client(client: LanguageClient, folder: Path) -> AsyncIterator[None]:
    @client.feature(types.WORKSPACE_APPLY_EDIT)  # type: ignore[untyped-decorator]
    def apply(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        EDITS.append(params)
        return types.ApplyWorkspaceEditResult(True)

    capabilities = types.ClientCapabilities(workspace=types.WorkspaceClientCapabilities(apply_edit=True))
    folders = [types.WorkspaceFolder(uri_of(folder), "workspace")]
    await client.initialize_session(types.InitializeParams(capabilities, workspace_folders=folders))
    yield
    await client.shutdown_session()


async def ask(client: LanguageClient, command: str, *arguments: Any) -> Any:
    result = await client.workspace_execute_command_async(types.ExecuteCommandParams(f"pql.{command}", [*arguments]))
    return json.loads(json.dumps(result, default=vars))


def at(uri: str, row: int = 0, column: int = 0, **more: Any) -> dict[str, Any]:
    return {"uri": uri, "position": {"line": row, "character": column}, **more}


def hosts(value: str) -> dict[str, str]:
    """An expression in every kind of file, with the position of its beginning in line and column."""
    return {
        "a.pql": value,
        "a.json": json.dumps({"name": "Bathers", "expression": {"format": "pql/text", "value": value}}),
        "a.yaml": f"name: Bathers\nexpression:\n  format: pql/text\n  value: '{value}'\n",
        "a.jsonl": json.dumps({"name": "Bathers", "expression": {"format": "pql/text", "value": value}}) + "\r\n",
    }


@pytest.mark.parametrize("name", hosts(""))
async def test_pages_in_all_hosts(client: LanguageClient, folder: Path, name: str) -> None:
    uri = uri_of(folder / name)
    open_text(client, uri, hosts(CITY)[name], name.rpartition(".")[2])
    where = at(uri, 0 if name != "a.yaml" else 3, 5)
    described = await ask(client, "describe", where)
    assert described["text"] == '`homeAddress.city` is "Bath".'
    assert described["title"] == f"{'a.pql' if name == 'a.pql' else 'Bathers'} in English"
    shown = await ask(client, "showJson", where)
    assert json.loads(shown["text"])["fnName"] == "="
    assert shown["text"].count("\n") > 5
    explained = await ask(client, "explain", where)
    assert "customers.ndjson" in explained["title"]
    assert CITY in explained["text"]
    # What counts is what stands in the editor.
    change_text(
        client, uri, 2, types.TextDocumentContentChangeWholeDocument(hosts(CITY.replace("Bath", "Wells"))[name])
    )
    assert '"Wells"' in (await ask(client, "describe", where))["text"]
    # Broken, it says the first fault.
    change_text(client, uri, 3, types.TextDocumentContentChangeWholeDocument(hosts("(a = 1 and")[name]))
    for command in ("describe", "showJson", "explain", "canonical", "convert", "evaluateSample"):
        with pytest.raises(JsonRpcException, match=r"the expression is broken: .*line"):
            await ask(client, command, where)
    close_text(client, uri)


async def test_convert_and_back(client: LanguageClient, folder: Path) -> None:
    for name, language in (("c.json", "json"), ("c.yaml", "yaml"), ("c.jsonl", "jsonl")):
        uri = uri_of(folder / name)
        value = 'homeAddress.city = "a b"'
        text = hosts(value)["a" + name[1:]]
        open_text(client, uri, text, language)
        line = 3 if name == "c.yaml" else 0
        for version, to in ((2, "pql/json"), (3, "pql/text")):
            EDITS.clear()
            assert await ask(client, "convert", at(uri, line, 5)) == {"applied": True, "format": to}
            (params,) = EDITS
            assert params.edit.changes is not None
            after = applied(text, [*params.edit.changes[uri]])
            assert (f'"{to}"' if name != "c.yaml" else f"format: {to}") in after
            assert ("nodeType" in after) == (to == "pql/json")
            change_text(client, uri, version, types.TextDocumentContentChangeWholeDocument(after))
            text = after
        assert value in (text if name == "c.yaml" else json.loads(text)["expression"]["value"])
        close_text(client, uri)


async def test_a_bare_expression_is_converted_beside_its_file(client: LanguageClient, folder: Path) -> None:
    uri = uri_of(folder / "bare.pql")
    open_text(client, uri, f"{CITY} // said by CRM\n")
    EDITS.clear()
    page = await ask(client, "convert", at(uri))
    assert (page["title"], page["format"]) == ("bare.pql as pql/json", "pql/json")
    tree = uri_of(folder / "bare.pql.json")
    open_text(client, tree, page["text"], "json")
    back = await ask(client, "convert", at(tree, 1, 3))
    assert (back["text"], back["format"]) == (f"{CITY}\n", "pql/text")
    assert not EDITS
    # With comments, the definition stays: they would be lost.
    held = uri_of(folder / "held.json")
    open_text(client, held, hosts("a = 1 // why")["a.json"], "json")
    with pytest.raises(JsonRpcException, match="comments"):
        await ask(client, "convert", at(held))


async def test_canonical_keeps_comments_and_line_ends(client: LanguageClient, folder: Path) -> None:
    uri = uri_of(folder / "canonical.pql")
    text = "a.equals('x') /* 1 */ AND\r\nb=1\r\n"
    open_text(client, uri, text)
    EDITS.clear()
    assert await ask(client, "canonical", at(uri)) == {"applied": True}
    (params,) = EDITS
    assert params.edit.changes is not None
    after = applied(text, [*params.edit.changes[uri]])
    assert after == 'a.equals("x") /* 1 */ and b = 1\r\n'
    change_text(client, uri, 2, types.TextDocumentContentChangeWholeDocument(after))
    assert await ask(client, "canonical", at(uri)) == {"applied": False}


async def test_explain_another_profile(client: LanguageClient, folder: Path) -> None:
    uri = uri_of(folder / "explained.pql")
    open_text(client, uri, 'inSegment("vip")')
    first = await ask(client, "explain", at(uri))
    second = await ask(client, "explain", at(uri, profile="samples/customers.ndjson", line=2))
    assert first["title"] != second["title"]
    assert "homeAddress.city" in first["text"]  # the segment of the workspace is evaluated, not looked up
    assert "kim" in (await ask(client, "explain", at(uri, profile=str(folder / "samples" / "kim.json"))))["title"]
    assert (await ask(client, "explain", at(uri, profile=0)))["title"] == first["title"]
    for more, message in (
        ({"profile": "nowhere.json"}, "there is no file `nowhere.json`"),
        ({"profile": 1}, "configured sample"),
        ({"profile": ["x"]}, "is the name of a file"),
        ({"line": 0}, "`line` is the number of a line"),
        ({"line": 99}, "the file holds no profile in line 99"),
        ({"id": "nobody"}, "the file holds no profile with the id `nobody`"),
        ({"profile": "vip.json", "line": 1, "id": 5}, "`id` is a string"),
    ):
        with pytest.raises(JsonRpcException, match=message):
            await ask(client, "explain", at(uri, **more))


@pytest.mark.parametrize("command", ["convert", "canonical", "describe", "showJson", "explain", "evaluateSample"])
async def test_wrong_arguments(client: LanguageClient, folder: Path, command: str) -> None:
    uri = uri_of(folder / "several.jsonl")
    line = json.dumps({"expression": {"format": "pql/text", "value": "a"}})
    open_text(client, uri, f"{line}\n{line}\n\n", "jsonl")
    empty = uri_of(folder / "empty.json")
    open_text(client, empty, "{}", "json")
    for arguments, message in (
        ([], "needs an argument"),
        (["x"], "needs an argument"),
        ([{"uri": 5}], "needs an argument"),
        ([{"uri": "file:///nowhere.pql"}], "is not open"),
        ([{"uri": uri}], "has 2 expressions"),
        ([at(uri, 2, 0)], "no expression at this position"),
        ([at(uri, -1, 0)], "`position` is"),
        ([{"uri": uri, "position": [0, 0]}], "`position` is"),
        ([{"uri": uri, "position": {"line": "a"}}], "`position` is"),
        ([at(empty)], "there is no PQL in this text"),
    ):
        with pytest.raises(JsonRpcException, match=message):
            await ask(client, command, *arguments)
    assert not [each for each in client.log_messages if each.type == types.MessageType.Error]


async def test_actions_have_their_edits_for_clients_that_do_not_ask(client: LanguageClient, folder: Path) -> None:
    uri = uri_of(folder / "eager.pql")
    text = "a = 'x' and\r\nperson.age > 18"
    open_text(client, uri, text)
    where = types.Range(types.Position(1, 8), types.Position(1, 8))
    context = types.CodeActionContext([], only=["refactor"])
    params = types.CodeActionParams(types.TextDocumentIdentifier(uri), where, context)
    found = {each.title: each for each in await client.text_document_code_action_async(params) or ()}
    action = found["extract into `let`"]
    assert isinstance(action, types.CodeAction)
    assert action.edit is not None
    assert action.edit.changes is not None
    after = applied(text, [*action.edit.changes[uri]])
    assert after == "let Age = (person.age > 18) in a = 'x' and\r\nAge"
    # What would change nothing is not offered.
    open_text(client, uri, "a = 1\n", version=2)
    found = {each.title: each for each in await client.text_document_code_action_async(params) or ()}
    assert "rewrite to canonical text" not in found

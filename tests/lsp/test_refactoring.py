"""Do the actions that change how an expression reads work in every host, and only where they are wanted?"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import LanguageClient

from lsp_sessions import CONFIG, change_text, close_text, insert, open_text, span, uri_of
from pqltools.diagnostics import Edit, apply_edits
from pqltools.formats.definition_yaml import read_yaml
from pqltools.lsp.documents import Document
from pqltools.lsp.positions import Positions
from pqltools.source import Source
from pqltools.syntax.parser import parse

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_lsp.fixture(config=CONFIG, scope="module")  # type: ignore[untyped-decorator]
async def client(client: LanguageClient) -> AsyncIterator[None]:
    lazily = types.CodeActionClientCapabilities(
        data_support=True, resolve_support=types.ClientCodeActionResolveOptions(["edit"])
    )
    capabilities = types.ClientCapabilities(
        text_document=types.TextDocumentClientCapabilities(code_action=lazily),
        general=types.GeneralClientCapabilities(position_encodings=[types.PositionEncodingKind.Utf32]),
    )
    await client.initialize_session(types.InitializeParams(capabilities))
    yield
    await client.shutdown_session()


async def actions(client: LanguageClient, uri: str, range: types.Range, *only: str) -> dict[str, types.CodeAction]:
    context = types.CodeActionContext([], only=[*only] or None)
    params = types.CodeActionParams(types.TextDocumentIdentifier(uri), range, context)
    found = await client.text_document_code_action_async(params)
    return {each.title: each for each in found or () if isinstance(each, types.CodeAction)}


async def done(client: LanguageClient, uri: str, text: str, action: types.CodeAction) -> str:
    """The text after an action."""
    assert action.edit is None
    resolved = await client.code_action_resolve_async(action)
    assert resolved.edit is not None
    assert resolved.edit.changes is not None
    positions = Positions(Source(text), "utf-32")
    return apply_edits(text, [Edit(positions.span(each.range), each.new_text) for each in resolved.edit.changes[uri]])


def written(name: str, value: str) -> str:
    """A file that holds an expression."""
    if name.endswith(".pql"):
        return value
    if name.endswith(".yaml"):
        if name.startswith("block"):
            inner = "\n".join(f"    {line}" for line in value.split("\n"))
            return f"# 😀\nexpression:\n  format: pql/text\n  value: |-\n{inner}\n"
        quoted = value.replace("'", "''")
        return f"# 😀\nexpression:\n  format: pql/text\n  value: '{quoted}'\n"
    text = json.dumps({"name": "é😀", "expression": {"format": "pql/text", "value": value}}, ensure_ascii=False)
    return text + "\r\n" if name.endswith("l") else text


def expression(name: str, text: str) -> str:
    return Document(f"file:///nowhere/{name}", None, 0, text, "utf-32").expressions[0].text


def place(name: str, text: str, part: str, whole: bool) -> types.Range:
    """Where a part of the expression stands in the file."""
    document = Document(f"file:///nowhere/{name}", None, 0, text, "utf-32")
    (hosted,) = document.expressions
    at = hosted.text.index(part)
    start, end = hosted.to_host((at, at + len(part)))
    return document.positions.range((start, end if whole else start))


FILES = ["a.pql", "a.json", "a.jsonl", "a.yaml", "block.yaml"]
SOME = 'name.firstName = "😀" and (person.age > 18 or homeAddress.city = "a b")'


@pytest.mark.parametrize("name", FILES)
async def test_extract_and_inline(client: LanguageClient, tmp_path: Path, name: str) -> None:
    uri, text = uri_of(tmp_path / name), written(name, SOME)
    open_text(client, uri, text, name.rpartition(".")[2])
    for part, whole, after in (
        ("age >", False, 'let Age = (person.age > 18) in name.firstName = "😀" and (Age or homeAddress.city = "a b")'),
        (
            'person.age > 18 or homeAddress.city = "a b"',
            True,
            'let Either = (person.age > 18 or homeAddress.city = "a b") in name.firstName = "😀" and (Either)',
        ),
        (
            "person.age",
            True,
            'let Age = person.age in name.firstName = "😀" and (Age > 18 or homeAddress.city = "a b")',
        ),
    ):
        found = await actions(client, uri, place(name, text, part, whole), "refactor.extract")
        assert [*found] == ["extract into `let`"]
        changed = await done(client, uri, text, found["extract into `let`"])
        assert expression(name, changed) == after
        change_text(client, uri, 2, types.TextDocumentContentChangeWholeDocument(changed))
        found = await actions(client, uri, place(name, changed, "let", False), "refactor.inline")
        (title,) = found
        back = await done(client, uri, changed, found[title])
        assert parse(expression(name, back)) == parse(SOME)
        change_text(client, uri, 1, types.TextDocumentContentChangeWholeDocument(text))
    close_text(client, uri)


async def test_extract_everywhere(client: LanguageClient, tmp_path: Path) -> None:
    uri, text = uri_of(tmp_path / "a.pql"), "xEvent[a.b > 1 and a.b < 5].count() > 2 or a.b"
    open_text(client, uri, text)
    found = await actions(client, uri, place("a.pql", text, "a.b", True))
    after = await done(client, uri, text, found["extract into `let` everywhere"])
    assert after == "xEvent[let B = a.b in B > 1 and B < 5].count() > 2 or a.b"


@pytest.mark.parametrize("name", FILES)
async def test_quotes(client: LanguageClient, tmp_path: Path, name: str) -> None:
    value = """a = 'it\\'s "5" \\\\ \\n' and `b`.c"""
    uri, text = uri_of(tmp_path / name), written(name, value)
    open_text(client, uri, text, name.rpartition(".")[2])
    found = await actions(client, uri, place(name, text, "s ", False), "refactor.rewrite")
    after = await done(client, uri, text, found["write the string in double quotes"])
    assert expression(name, after) == 'a = "it\'s \\"5\\" \\\\ \\n" and `b`.c'
    change_text(client, uri, 2, types.TextDocumentContentChangeWholeDocument(after))
    found = await actions(client, uri, place(name, after, "s ", False), "refactor.rewrite")
    back = await done(client, uri, after, found["write the string in single quotes"])
    assert expression(name, back) == value
    found = await actions(client, uri, place(name, after, "`b", False), "refactor")
    after = await done(client, uri, after, found["remove the back-quotes"])
    assert expression(name, after).endswith(" and b.c")
    close_text(client, uri)


async def test_convert_and_canonical(client: LanguageClient, tmp_path: Path) -> None:
    uri, text = uri_of(tmp_path / "a.json"), written("a.json", "a.equals('x') AND b=1")
    open_text(client, uri, text, "json")
    everywhere = place("a.json", text, "AND", False)
    found = await actions(client, uri, everywhere, "refactor")
    after = await done(client, uri, text, found["rewrite to canonical text"])
    assert expression("a.json", after) == 'a.equals("x") and b = 1'
    after = await done(client, uri, text, found["convert to pql/json"])
    assert json.loads(after)["expression"]["format"] == "pql/json"
    change_text(client, uri, 2, types.TextDocumentContentChangeWholeDocument(after))
    # Of a tree there are no words to change.
    found = await actions(client, uri, place("a.json", after, "nodeType", False), "refactor")
    assert {*found} == {"convert to pql/text", "rewrite to canonical pql/json"}
    back = await done(client, uri, after, found["convert to pql/text"])
    assert parse(expression("a.json", back)) == parse("a.equals('x') and b = 1")
    close_text(client, uri)


async def test_kinds_and_ranges_are_honoured(client: LanguageClient, tmp_path: Path) -> None:
    uri, text = uri_of(tmp_path / "a.json"), written("a.json", "'x' = name and (b = 1)")
    open_text(client, uri, text, "json")
    at = place("a.json", text, "x", False)
    kinds = {title: action.kind for title, action in (await actions(client, uri, at)).items()}
    assert kinds["write the string in double quotes"] == types.CodeActionKind.RefactorRewrite
    assert kinds["use double quotes"] == types.CodeActionKind.QuickFix
    assert {*(await actions(client, uri, at, "refactor.extract"))} == {"extract into `let`"}
    assert not await actions(client, uri, at, "refactor.move", "source.organizeImports")
    assert {*(await actions(client, uri, at, "quickfix"))} == {"use double quotes"}
    # Outside of the expression there is nothing.
    assert not await actions(client, uri, span(0, 2, 0, 2), "refactor")
    # In the middle of writing what only needs words goes on.
    change_text(client, uri, 2, types.TextDocumentContentChangeWholeDocument(written("a.json", "a = 'x' and (b")))
    found = await actions(client, uri, place("a.json", written("a.json", "a = 'x' and (b"), "x", False), "refactor")
    assert "write the string in double quotes" in found
    assert "extract into `let`" not in found
    with pytest.raises(JsonRpcException, match="the expression is broken"):
        await client.code_action_resolve_async(found["convert to pql/json"])
    change_text(client, uri, 3, insert(0, 0, " "))
    with pytest.raises(JsonRpcException, match="changed"):
        await client.code_action_resolve_async(found["convert to pql/json"])
    for data in (None, {"uri": uri, "version": 3, "number": 0, "what": "x", "span": [0, 0]}, {"uri": uri}):
        with pytest.raises(JsonRpcException):
            await client.code_action_resolve_async(types.CodeAction("x", data=data))
    assert not [each for each in client.log_messages if each.type == types.MessageType.Error]


async def test_in_a_test_file(client: LanguageClient, tmp_path: Path) -> None:
    uri = uri_of(tmp_path / "a.test.yaml")
    text = "expression: \"a = 'x' and b\"\ntests:\n  - name: x\n    profile: {}\n    qualifies: false\n"
    open_text(client, uri, text, "yaml")
    found = await actions(client, uri, span(0, 18, 0, 18), "refactor")
    assert "convert to pql/json" not in found
    after = await done(client, uri, text, found["write the string in double quotes"])
    assert after.startswith('expression: "a = \\"x\\" and b"\n')
    (document,) = read_yaml(Source(after), 100)
    assert document.data["expression"] == 'a = "x" and b'

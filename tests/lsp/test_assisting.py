"""Does the real server help with writing: completion, hover, signatures, hints, names?  Three clients, any encoding."""

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

from lsp_sessions import CONFIG, change_text, insert, open_text, uri_of
from pqltools.diagnostics import Edit, apply_edits
from pqltools.lsp.positions import Positions
from pqltools.source import Source

pytestmark = pytest.mark.asyncio(loop_scope="module")

DEFINITION = '{"expression": {"format": "pql/text", "value": "%s"}}'
NOW = "2024-03-15T10:30:00Z"


class Editor:
    """One client with its texts."""

    def __init__(self, client: LanguageClient, folder: Path, encoding: Any, rich: bool) -> None:
        self.client = client
        self.folder = folder
        self.encoding = encoding
        #: Whether the client says that it can do everything, or nothing.
        self.rich = rich

    def open(self, name: str, marked: str) -> tuple[types.TextDocumentIdentifier, types.Position]:
        """Open a text with a ``¦`` for the cursor, or else a ``|``."""
        at = marked.index("¦" if "¦" in marked else "|")
        self.text = marked[:at] + marked[at + 1 :]
        uri = uri_of(self.folder / name)
        open_text(self.client, uri, self.text, name.rpartition(".")[2])
        return types.TextDocumentIdentifier(uri), self.position(at)

    def position(self, at: int) -> types.Position:
        return Positions(Source(self.text), self.encoding).position(at)

    def at(self, range: types.Range) -> str:
        """What stands in a range."""
        return self.text[slice(*Positions(Source(self.text), self.encoding).span(range))]

    def applied(self, edits: list[types.TextEdit]) -> str:
        positions = Positions(Source(self.text), self.encoding)
        return apply_edits(self.text, [Edit(positions.span(edit.range), edit.new_text) for edit in edits])

    async def complete(self, name: str, marked: str, typed: str | None = None) -> types.CompletionList | None:
        document, position = self.open(name, marked)
        invoked, by_character = types.CompletionTriggerKind.Invoked, types.CompletionTriggerKind.TriggerCharacter
        context = types.CompletionContext(by_character if typed else invoked, typed)
        params = types.CompletionParams(document, position, context=context)
        found = await self.client.text_document_completion_async(params)
        assert found is None or isinstance(found, types.CompletionList)
        return found

    async def completed(self, name: str, marked: str, label: str) -> str:
        """The text after a completion has been chosen; in a snippet the places are left as they are."""
        found = await self.complete(name, marked)
        assert found is not None
        (item,) = [item for item in found.items if item.label == label]
        return self.applied([edit_of(item, found)])


#: By the identity of their clients.
EDITORS: dict[int, Editor] = {}


def edit_of(item: types.CompletionItem, found: types.CompletionList) -> types.TextEdit:
    """The edit that replaces the whole word, with what the list says for all items."""
    edit = item.text_edit
    if edit is None:
        defaults = found.item_defaults
        assert defaults is not None
        shared = defaults.edit_range
        assert isinstance(shared, types.EditRangeWithInsertReplace)
        return types.TextEdit(shared.replace, item.text_edit_text or item.label)
    return types.TextEdit(edit.replace, edit.new_text) if isinstance(edit, types.InsertReplaceEdit) else edit


def capabilities(encoding: str, rich: bool) -> types.ClientCapabilities:
    general = types.GeneralClientCapabilities(position_encodings=[types.PositionEncodingKind(encoding)])
    if not rich:
        return types.ClientCapabilities(general=general)
    both = [types.MarkupKind.Markdown, types.MarkupKind.PlainText]
    item = types.ClientCompletionItemOptions(
        snippet_support=True,
        commit_characters_support=True,
        documentation_format=both,
        deprecated_support=True,
        tag_support=types.CompletionItemTagOptions([types.CompletionItemTag.Deprecated]),
        insert_replace_support=True,
        label_details_support=True,
    )
    shared = types.CompletionListCapabilities(["editRange", "insertTextFormat", "commitCharacters"])
    labels = types.ClientSignatureParameterInformationOptions(label_offset_support=True)
    document = types.TextDocumentClientCapabilities(
        completion=types.CompletionClientCapabilities(completion_item=item, completion_list=shared),
        signature_help=types.SignatureHelpClientCapabilities(
            signature_information=types.ClientSignatureInformationOptions(both, labels)
        ),
        hover=types.HoverClientCapabilities(content_format=both),
    )
    edit = types.WorkspaceEditClientCapabilities(document_changes=True)
    workspace = types.WorkspaceClientCapabilities(workspace_edit=edit)
    return types.ClientCapabilities(general=general, text_document=document, workspace=workspace)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("assisted")
    expression = {"format": "pql/text", "value": 'identityMap["Loyalty"].id = "x"'}
    (folder / "vip.json").write_text(json.dumps({"id": "vip", "name": "Very important", "expression": expression}))
    (folder / "pqltools.toml").write_text('namespaces = ["CRMID"]\n')
    return folder


@pytest_lsp.fixture(  # type: ignore[untyped-decorator]
    config=CONFIG, scope="module", params=[("utf-8", True), ("utf-16", False), ("utf-32", True)], ids=str
)
async def client(client: LanguageClient, folder: Path, request: pytest.FixtureRequest) -> AsyncIterator[None]:
    encoding, rich = request.param
    folders = [types.WorkspaceFolder(uri_of(folder), "assisted")]
    result = await client.initialize_session(
        types.InitializeParams(
            capabilities(encoding, rich), workspace_folders=folders, initialization_options={"now": NOW}
        )
    )
    assert result.capabilities.position_encoding == encoding
    EDITORS[id(client)] = Editor(client, folder, encoding, rich)
    yield
    await client.shutdown_session()


@pytest.fixture
def editor(client: LanguageClient) -> Editor:
    return EDITORS[id(client)]


@pytest.mark.parametrize(
    ("name", "marked", "label", "after"),
    [
        ("a.pql", '"😀" = homeAddress.coun|', "country", '"😀" = homeAddress.country'),
        ("b.pql", 'a = "é"\r\nand person.ge|nder = 1', "gender", 'a = "é"\r\nand person.gender = 1'),
        (
            "c.json",
            '{"a": "😀", "expression": {"format": "pql/text", "value": "person.gender = |"}}',
            "female",
            '{"a": "😀", "expression": {"format": "pql/text", "value": "person.gender = \\"female\\""}}',
        ),
        (
            "d.json",
            DEFINITION % 'xEvent[a = \\"\\ud83d\\ude00\\" or eventType = \\"comm|\\"]',
            "commerce.purchases",
            DEFINITION % 'xEvent[a = \\"\\ud83d\\ude00\\" or eventType = \\"commerce.purchases\\"]',
        ),
        (
            "e.jsonl",
            '{"expression": {"format": "pql/text", "value": "b"}}\n'
            '{"x": "😀", "expression": {"format": "pql/text", "value": "identityMap.CRM|"}}\n',
            "CRMID",
            '{"expression": {"format": "pql/text", "value": "b"}}\n'
            '{"x": "😀", "expression": {"format": "pql/text", "value": "identityMap[\\"CRMID\\"]"}}\n',
        ),
        (
            "f.yaml",
            "name: '😀'\nexpression:\n  format: pql/text\n  value: '\"😀\" = a and inSegment(\"|\")'\n",
            "vip",
            "name: '😀'\nexpression:\n  format: pql/text\n  value: '\"😀\" = a and inSegment(\"vip\")'\n",
        ),
        (
            "g.yaml",
            "expression:\n  format: pql/text\n  value: |\n    '😀' = a and person.na¦\n",
            "name",
            "expression:\n  format: pql/text\n  value: |\n    '😀' = a and person.name\n",
        ),
    ],
)
async def test_completion(editor: Editor, name: str, marked: str, label: str, after: str) -> None:
    await indexed(editor)
    assert await editor.completed(name, marked, label) == after


async def indexed(editor: Editor) -> None:
    """Wait until the definitions of the folder are known."""
    for _ in range(500):
        found = await editor.complete("index.pql", 'inSegment("|")')
        if found is not None and found.items:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the definition is not found")


@pytest.mark.parametrize(
    ("name", "marked", "labels", "after"),
    [
        (
            "format.json",
            '{"expression": {"format": "|"}}',
            ["pql/text", "pql/json"],
            '{"expression": {"format": "pql/text"}}',
        ),
        (
            "type.json",
            '{"expression": {"value": "a", "type": |}}',
            ["PQL"],
            '{"expression": {"value": "a", "type": "PQL"}}',
        ),
        (
            "format.yaml",
            "expression:\n  format: pql/j|son\n",
            ["pql/text", "pql/json"],
            "expression:\n  format: pql/text\n",
        ),
        ("other.json", '{"type": "|", "expression": {"format": "pql/text", "value": "a"}}', [], ""),
        ("behind.json", '{"expression": {"format": "pql/text", "value": "a"}, "schema": {"type": "|"}}', [], ""),
        ("deep.json", '{"expression": {"x": {"type": "|"}, "format": "pql/text", "value": "a"}}', [], ""),
        ("behind.yaml", "- expression:\n    format: pql/text\n    value: a\n  schema:\n    type: |\n", [], ""),
        ("no.pql", "expression: {format: |", [], ""),
    ],
)
async def test_values_of_definitions(editor: Editor, name: str, marked: str, labels: list[str], after: str) -> None:
    found = await editor.complete(name, marked)
    shown = [item.label for item in (found.items if found else ())]
    assert [label for label in shown if label.lower().startswith("pql")] == labels
    if labels:
        assert found is not None
        assert editor.applied([edit_of(found.items[0], found)]) == after


async def test_snippets_or_none(editor: Editor) -> None:
    text = '{"expression": {"format": "pql/text", "value": "person.name.firstName.starts|"}}'
    written = '.startsWith(\\\\"$1\\\\")' if editor.rich else ".startsWith("
    after = await editor.completed("snippet.json", text, "startsWith")
    assert after == text.replace(".starts|", written)


async def test_items_say_what_they_are(editor: Editor) -> None:
    await indexed(editor)
    found = await editor.complete("items.pql", "inSegment(|)")
    assert found is not None
    vip = next(item for item in found.items if item.label == "vip")
    detail = vip.label_details.description if vip.label_details else vip.detail
    assert (detail, vip.kind) == ("Very important", types.CompletionItemKind.Reference)
    assert (vip.label_details is None) != editor.rich
    found = await editor.complete("items2.pql", "person.gen|")
    assert found is not None
    assert found.is_incomplete
    assert (found.item_defaults is not None) == editor.rich
    gender = next(item for item in found.items if item.label == "gender")
    if editor.rich:
        assert found.item_defaults is not None
        assert found.item_defaults.commit_characters == (".", "[")
        assert gender.text_edit is None
    else:
        assert gender.commit_characters is None
        assert isinstance(gender.text_edit, types.TextEdit)
    found = await editor.complete("items3.pql", "|")
    assert found is not None
    old = [item for item in found.items if item.tags or item.deprecated]
    assert bool(old) == editor.rich
    assert [item.sort_text for item in found.items] == sorted(item.sort_text or "" for item in found.items)


async def test_the_end_of_a_word_stays_or_goes(editor: Editor) -> None:
    found = await editor.complete("middle.pql", "person.ge|nder")
    assert found is not None
    item = next(item for item in found.items if item.label == "gender")
    assert editor.at(edit_of(item, found).range) == "gender"
    if editor.rich:
        assert found.item_defaults is not None
        shared = found.item_defaults.edit_range
        assert isinstance(shared, types.EditRangeWithInsertReplace)
        assert editor.at(shared.insert) == "ge"


@pytest.mark.parametrize(
    ("marked", "typed", "wanted"),
    [
        ("person.gender = |", " ", True),
        ("xEvent[timestamp occurs |]", " ", True),
        ("a = 1 |", " ", False),
        (" |", " ", False),
        ('person.gender = "|', '"', True),
        ('person.gender = "female"|', '"', False),
        ("person.`|", "`", True),
        ("person.|", ".", True),
        ('inSegment("|', '"', True),
        ("let x = xEvent in xEvent[^|]", "^", True),
    ],
)
async def test_characters_that_ask(editor: Editor, marked: str, typed: str, wanted: bool) -> None:
    await indexed(editor)
    found = await editor.complete("typed.pql", marked, typed)
    assert bool(found and found.items) == wanted


async def test_documentation_comes_later(editor: Editor) -> None:
    for marked, label, part in (
        ("person.gen|", "gender", "person.gender"),
        ("inSegment(|)", "vip", "Very important"),
        ("person.name.firstName.|", "startsWith", "startsWith"),
    ):
        found = await editor.complete("resolve.pql", marked)
        assert found is not None
        item = next(item for item in found.items if item.label == label)
        assert item.documentation is None
        resolved = await editor.client.completion_item_resolve_async(item)
        found_doc = resolved.documentation
        if editor.rich:
            assert isinstance(found_doc, types.MarkupContent)
            assert found_doc.kind == types.MarkupKind.Markdown
            assert part in found_doc.value
        else:
            assert isinstance(found_doc, str)
            assert part in found_doc
            assert "**" not in found_doc
    for data in (None, 5, ["x", "y"], ["x"], [uri_of(editor.folder / "resolve.pql"), "field:{"]):
        other = types.CompletionItem("x", data=data)
        assert (await editor.client.completion_item_resolve_async(other)).documentation is None


async def test_hover(editor: Editor) -> None:
    for name, marked, place, part in (
        ("hover.pql", '"😀" = homeAddress.cou|ntry', "country", "homeAddress.country"),
        (
            "hover.json",
            '{"expression": {"format": "pql/text", "value": "\\"😀\\" = homeAddress.cou|ntry"}}',
            "country",
            "homeAddress.country",
        ),
        (
            "hover.yaml",
            "expression:\n  format: pql/text\n  value: 'xEvent[timestamp occurs < 3 da|ys before now]'\n",
            "< 3 days before now",
            "2024-03-12T10:30:00",
        ),
        (
            "tree.json",
            '{"n": "😀", "expression": {"format": "pql/json", "value": "{\\"nodeType\\":\\"fnApply\\",'
            '\\"fnName\\":\\"cou|nt\\",\\"params\\":[]}"}}',
            '\\"count\\"',
            "count(",
        ),
    ):
        document, position = editor.open(name, marked)
        found = await editor.client.text_document_hover_async(types.HoverParams(document, position))
        assert found is not None
        assert isinstance(found.contents, types.MarkupContent)
        assert part in found.contents.value
        assert found.range is not None
        assert editor.at(found.range) == place
    for name, marked in (("no.pql", "|"), ("no.json", '{"expr|ession": {"format": "pql/text", "value": "a"}}')):
        document, position = editor.open(name, marked)
        assert await editor.client.text_document_hover_async(types.HoverParams(document, position)) is None


async def test_signatures(editor: Editor) -> None:
    for marked, label, active in (
        ("person.name.firstName.startsWith(|", "startsWith(", 0),
        ('"😀" = a and startsWith("x", |)', "startsWith(", 1),
        ("select X from xEvent where |", "select", 2),
    ):
        document, position = editor.open("sign.pql", marked)
        found = await editor.client.text_document_signature_help_async(types.SignatureHelpParams(document, position))
        assert found is not None
        (signature,) = found.signatures
        assert signature.label.startswith(label)
        assert found.active_parameter == active
        assert signature.parameters
        for parameter in signature.parameters:
            label = parameter.label if isinstance(parameter.label, str) else signature.label[slice(*parameter.label)]
            assert label in signature.label
            assert isinstance(parameter.label, str) != editor.rich
    document, position = editor.open("sign2.pql", "a = 1 |")
    assert await editor.client.text_document_signature_help_async(types.SignatureHelpParams(document, position)) is None


async def test_hints(editor: Editor) -> None:
    clause = "select X from xEvent where X.timestamp occurs <= 7 days before now"
    text = json.dumps({"n": "😀", "expression": {"format": "pql/text", "value": f'"😀" = a\nor ({clause})'}})
    document, _ = editor.open("hints.json", text + "|")
    whole = types.Range(editor.position(0), editor.position(len(editor.text)))
    found = await editor.client.text_document_inlay_hint_async(types.InlayHintParams(document, whole))
    assert found is not None
    found = [hint for hint in found if "eligible" not in str(hint.tooltip)]
    places = [Positions(Source(editor.text), editor.encoding).offset(hint.position) for hint in found]
    assert [editor.text[:place][-3:] for place in places] == ["t X", "now"]
    type, window = found
    assert (type.kind, type.label) == (types.InlayHintKind.Type, ": an object `XDM ExperienceEvent`")
    assert "2024-03-08" in str(window.label)
    assert NOW[:16] in str(window.tooltip)
    end = types.Range(editor.position(places[1] - 1), editor.position(places[1]))
    (only,) = await editor.client.text_document_inlay_hint_async(types.InlayHintParams(document, end)) or ()
    assert only.label == window.label


@pytest.mark.parametrize(
    ("name", "marked", "after"),
    [
        (
            "rename.pql",
            '"😀" = a or (select X| from xEvent where X.eventType = "X")',
            '"😀" = a or (select event from xEvent where event.eventType = "X")',
        ),
        (
            "rename.json",
            '{"n": "é", "expression": {"format": "pql/text", "value": "\\"😀\\" = a or (let X = b in |X = 1)"}}',
            '{"n": "é", "expression": {"format": "pql/text", "value": "\\"😀\\" = a or (let event = b in event = 1)"}}',
        ),
        (
            "rename.yaml",
            "expression:\n  format: pql/text\n  value: let |X = 1 in a = X\n",
            "expression:\n  format: pql/text\n  value: let event = 1 in a = event\n",
        ),
        (
            "rename2.yaml",
            "expression:\n  format: pql/text\n  value: >-\n    let |X = 1\n    in a = X\n",
            "expression:\n  format: pql/text\n  value: >-\n    let event = 1\n    in a = event\n",
        ),
    ],
)
async def test_rename(editor: Editor, name: str, marked: str, after: str) -> None:
    document, position = editor.open(name, marked)
    change_text(
        editor.client, document.uri, 7, insert(0, 0, " "), types.TextDocumentContentChangeWholeDocument(editor.text)
    )
    place = await editor.client.text_document_prepare_rename_async(types.PrepareRenameParams(document, position))
    assert isinstance(place, types.PrepareRenamePlaceholder)
    assert (editor.at(place.range), place.placeholder) == ("X", "X")
    edit = await editor.client.text_document_rename_async(types.RenameParams(document, position, "event"))
    assert edit is not None
    if editor.rich:
        assert edit.document_changes is not None
        (change,) = edit.document_changes
        assert isinstance(change, types.TextDocumentEdit)
        assert change.text_document.version == 7
        edits = [each for each in change.edits if isinstance(each, types.TextEdit)]
    else:
        assert edit.changes is not None
        edits = [*edit.changes[document.uri]]
    assert editor.applied(edits) == after


async def test_what_cannot_be_renamed(editor: Editor) -> None:
    document, position = editor.open("field.pql", "person.gen|der = 1")
    with pytest.raises(JsonRpcException, match="there is no variable here"):
        await editor.client.text_document_prepare_rename_async(types.PrepareRenameParams(document, position))
    document, position = editor.open("taken.pql", "select X| from xEvent where exists Y from X.c where X.a = Y.b")
    for new, reason in (
        ("Y", "another variable"),
        ("select", "word of the language"),
        ("1", "cannot name"),
        ("", "needs a name"),
    ):
        with pytest.raises(JsonRpcException, match=reason):
            await editor.client.text_document_rename_async(types.RenameParams(document, position, new))
    document, position = editor.open("outside.json", '{"a|": 1, "expression": {"format": "pql/text", "value": "b"}}')
    assert await editor.client.text_document_prepare_rename_async(types.PrepareRenameParams(document, position)) is None


@pytest.mark.parametrize("text", ["(" * 500, '"', "`", "a.", "\\\r\n", "😀" * 500, "let", "xEvent[", "/*", "x" * 9_000])
async def test_broken_and_large_texts_do_no_harm(editor: Editor, text: str) -> None:
    for name, host in (
        ("broken.pql", text),
        ("broken.json", json.dumps({"expression": {"format": "pql/text", "value": text}})),
    ):
        document, _ = editor.open(name, f"{host}|")
        for at in {len(host) // 2, len(host)}:
            position = editor.position(max(at, 0))
            client = editor.client
            await client.text_document_completion_async(types.CompletionParams(document, position))
            await client.text_document_hover_async(types.HoverParams(document, position))
            await client.text_document_signature_help_async(types.SignatureHelpParams(document, position))
            whole = types.Range(types.Position(0, 0), position)
            await client.text_document_inlay_hint_async(types.InlayHintParams(document, whole))
            with pytest.raises(JsonRpcException, match=r"variable|expression"):
                await client.text_document_rename_async(types.RenameParams(document, position, "y"))
    assert not [each for each in editor.client.log_messages if each.type == types.MessageType.Error]

"""Does the real server show what texts consist of and how definitions refer to each other?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import LanguageClient

from lsp_sessions import CONFIG, PATIENCE, change_text, close_text, insert, open_text, span, uri_of
from pqltools.workspace.structure.marks import KINDS

pytestmark = pytest.mark.asyncio(loop_scope="module")

_GOLD = """\
# gold
id: gold
name: Gold 😀
evaluationInfo: {batch: {enabled: false}, continuous: {enabled: true}}
expression:
  type: PQL
  format: pql/text
  value: |
    inSegment("vip") and (
      person.gender = "male"
    )
"""


def _definition(id: str, name: str, value: str, format: str = "pql/text") -> str:
    return json.dumps({"id": id, "name": name, "expression": {"format": format, "value": value}}, indent=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from pqltools import to_json_bytes
    from pqltools.syntax.parser import parse

    folder = tmp_path_factory.mktemp("structure")
    (folder / "vip.json").write_text(_definition("vip", "VIP 😀", 'person.gender = "female"'), encoding="utf-8")
    tree = to_json_bytes(parse('not inSegment("vip")')).decode()
    (folder / "tree.json").write_text(_definition("tree", "Tree", tree, "pql/json"), encoding="utf-8")
    (folder / "gold.yaml").write_text(_GOLD, encoding="utf-8")
    (folder / "vip.test.yaml").write_text("definition: vip.json\ntests:\n- {profile: {}, qualifies: false}\n")
    return folder


@pytest_lsp.fixture(config=CONFIG, scope="module")  # type: ignore[untyped-decorator]
async def client(client: LanguageClient, folder: Path) -> AsyncIterator[None]:
    document = types.TextDocumentClientCapabilities(
        document_symbol=types.DocumentSymbolClientCapabilities(hierarchical_document_symbol_support=True),
        definition=types.DefinitionClientCapabilities(link_support=True),
        folding_range=types.FoldingRangeClientCapabilities(line_folding_only=True),
    )
    folders = [types.WorkspaceFolder(uri_of(folder), "workspace")]
    capabilities = types.ClientCapabilities(text_document=document)
    result = await client.initialize_session(types.InitializeParams(capabilities, workspace_folders=folders))
    legend = result.capabilities.semantic_tokens_provider
    assert legend is not None
    assert [*legend.legend.token_types] == [*KINDS]
    assert isinstance(legend.full, types.SemanticTokensFullDelta)
    link = result.capabilities.document_link_provider
    assert link is not None
    assert link.resolve_provider
    for _ in range(PATIENCE * 50):
        if len(await _found(client, "")) == 3:
            break
        await asyncio.sleep(0.02)
    yield
    await client.shutdown_session()


async def _found(client: LanguageClient, query: str) -> list[str]:
    found = await client.workspace_symbol_async(types.WorkspaceSymbolParams(query))
    return [symbol.name for symbol in found or ()]


def _open(client: LanguageClient, path: Path, text: str | None = None, language: str = "pql") -> str:
    uri = uri_of(path)
    open_text(client, uri, path.read_text(encoding="utf-8") if text is None else text, language)
    return uri


def _at(uri: str, line: int, character: int) -> tuple[types.TextDocumentIdentifier, types.Position]:
    return types.TextDocumentIdentifier(uri), types.Position(line, character)


async def test_definitions_are_found_by_name_and_id(client: LanguageClient, folder: Path) -> None:
    assert await _found(client, "") == ["Gold 😀", "Tree", "VIP 😀"]
    assert await _found(client, "vip") == ["VIP 😀"]
    assert await _found(client, "gd") == ["Gold 😀"]
    assert await _found(client, "nothing") == []
    found = await client.workspace_symbol_async(types.WorkspaceSymbolParams("gold"))
    assert found
    assert found[0].container_name == "gold · streaming"
    assert found[0].location == types.Location(uri_of(folder / "gold.yaml"), span(2, 6, 2, 13))
    uri = _open(client, folder / "new.json", _definition("fresh", "Fresh", "a"), "json")
    for _ in range(PATIENCE * 50):
        if await _found(client, "fresh") == ["Fresh"]:
            break
        await asyncio.sleep(0.02)
    else:
        raise AssertionError("what is open is not found")
    close_text(client, uri)


async def test_symbols(client: LanguageClient, folder: Path) -> None:
    uri = _open(client, folder / "gold.yaml", language="yaml")
    found = await client.text_document_document_symbol_async(
        types.DocumentSymbolParams(types.TextDocumentIdentifier(uri))
    )
    assert found
    (gold,) = found
    assert isinstance(gold, types.DocumentSymbol)
    assert (gold.name, gold.detail) == ("Gold 😀", "gold · streaming")
    assert gold.selection_range == span(2, 6, 2, 13)
    assert [child.name for child in gold.children or ()] == ['inSegment("vip")', '( person.gender = "male" )']
    close_text(client, uri)


async def test_folds_and_selections(client: LanguageClient, folder: Path) -> None:
    uri = _open(client, folder / "gold.yaml", language="yaml")
    folds = await client.text_document_folding_range_async(types.FoldingRangeParams(types.TextDocumentIdentifier(uri)))
    assert [(fold.start_line, fold.end_line) for fold in folds or ()] == [(1, 10), (7, 10), (8, 9)]
    identifier, position = _at(uri, 8, 16)
    (found,) = (
        await client.text_document_selection_range_async(types.SelectionRangeParams(identifier, [position])) or ()
    )
    chain = []
    each: types.SelectionRange | None = found
    while each is not None:
        chain.append(each.range)
        each = each.parent
    assert chain[:3] == [span(8, 15, 8, 18), span(8, 14, 8, 19), span(8, 13, 8, 20)]
    assert chain[-1] == span(0, 0, 11, 0)
    close_text(client, uri)


async def test_words_and_what_has_changed(client: LanguageClient, folder: Path) -> None:
    uri = _open(client, folder / "words.pql", '"😀" = a and b = 1')
    identifier = types.TextDocumentIdentifier(uri)
    full = await client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(identifier))
    assert full is not None
    string, sign, field = KINDS.index("string"), KINDS.index("operator"), KINDS.index("property")
    assert [*full.data[:15]] == [0, 0, 4, string, 0, 0, 5, 1, sign, 0, 0, 2, 1, field, 0]
    change_text(client, uri, 2, insert(0, 7, "bc"))
    assert full.result_id
    delta = await client.text_document_semantic_tokens_full_delta_async(
        types.SemanticTokensDeltaParams(identifier, full.result_id)
    )
    assert isinstance(delta, types.SemanticTokensDelta)
    data = [*full.data]
    for edit in delta.edits:
        data[edit.start : edit.start + edit.delete_count] = edit.data or ()
    again = await client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(identifier))
    assert again is not None
    assert [*again.data] == data != [*full.data]
    other = await client.text_document_semantic_tokens_full_delta_async(
        types.SemanticTokensDeltaParams(identifier, "unknown")
    )
    assert isinstance(other, types.SemanticTokens)
    part = await client.text_document_semantic_tokens_range_async(
        types.SemanticTokensRangeParams(identifier, span(0, 7, 0, 10))
    )
    assert part is not None
    assert len(part.data) == 5
    close_text(client, uri)


async def test_segments_lead_to_their_definitions_and_back(client: LanguageClient, folder: Path) -> None:
    uri = _open(client, folder / "uses.pql", 'inSegment("vip") or inSegment("nowhere")')
    identifier, position = _at(uri, 0, 12)
    found = await client.text_document_definition_async(types.DefinitionParams(identifier, position))
    assert isinstance(found, list)
    (link,) = found
    assert isinstance(link, types.LocationLink)
    assert link.target_uri == uri_of(folder / "vip.json")
    assert link.target_selection_range == span(2, 10, 2, 26)
    assert link.origin_selection_range == span(0, 10, 0, 15)
    links = await client.text_document_document_link_async(types.DocumentLinkParams(identifier))
    (to_vip,) = links or ()
    assert to_vip.target == uri_of(folder / "vip.json") + "#L3"
    assert (await client.document_link_resolve_async(to_vip)).tooltip == "VIP 😀 · vip"

    context = types.ReferenceContext(include_declaration=True)
    uses = await client.text_document_references_async(types.ReferenceParams(context, identifier, position))
    assert [Path(use.uri).name for use in uses or ()] == ["vip.json", "uses.pql", "gold.yaml", "tree.json"]
    assert (uses or ())[1].range == span(0, 10, 0, 15)
    assert (uses or ())[2].range == span(8, 14, 8, 19)
    vip = _open(client, folder / "vip.json", language="json")
    identifier, position = _at(vip, 1, 9)
    context = types.ReferenceContext(include_declaration=False)
    back = await client.text_document_references_async(types.ReferenceParams(context, identifier, position))
    assert [use.range for use in back or ()] == [use.range for use in (uses or ())[1:]]
    close_text(client, vip)
    # What is open counts as it is, not as the file is.
    change_text(client, uri, 2, insert(0, 0, "  "))
    identifier, position = _at(uri, 0, 14)
    moved = await client.text_document_references_async(types.ReferenceParams(context, identifier, position))
    assert (moved or ())[0].range == span(0, 12, 0, 17)
    close_text(client, uri)


async def test_tests_lead_to_their_files(client: LanguageClient, folder: Path) -> None:
    uri = _open(client, folder / "vip.test.yaml", language="yaml")
    links = await client.text_document_document_link_async(types.DocumentLinkParams(types.TextDocumentIdentifier(uri)))
    assert [(link.range, link.target) for link in links or ()] == [(span(0, 12, 0, 20), uri_of(folder / "vip.json"))]
    close_text(client, uri)


async def test_variables_and_fields(client: LanguageClient, folder: Path) -> None:
    text = "select X from xEvent where X.eventType = xEvent.eventType"
    uri = _open(client, folder / "names.pql", text)
    identifier, position = _at(uri, 0, 27)
    found = await client.text_document_document_highlight_async(types.DocumentHighlightParams(identifier, position))
    write, read = types.DocumentHighlightKind.Write, types.DocumentHighlightKind.Read
    assert [(each.range, each.kind) for each in found or ()] == [(span(0, 7, 0, 8), write), (span(0, 27, 0, 28), read)]
    found = await client.text_document_document_highlight_async(
        types.DocumentHighlightParams(identifier, types.Position(0, 30))
    )
    assert [each.range for each in found or ()] == [span(0, 29, 0, 38), span(0, 48, 0, 57)]
    bound = await client.text_document_definition_async(types.DefinitionParams(identifier, position))
    assert isinstance(bound, list)
    assert isinstance(bound[0], types.LocationLink)
    assert (bound[0].target_uri, bound[0].target_range) == (uri, span(0, 7, 0, 8))
    uses = await client.text_document_references_async(
        types.ReferenceParams(types.ReferenceContext(False), identifier, position)
    )
    assert [use.range for use in uses or ()] == [span(0, 27, 0, 28)]
    close_text(client, uri)


async def test_hints(client: LanguageClient, folder: Path) -> None:
    uri = _open(client, folder / "gold.yaml", language="yaml")
    identifier = types.TextDocumentIdentifier(uri)
    found = await client.text_document_inlay_hint_async(types.InlayHintParams(identifier, span(0, 0, 99, 0)))
    (methods,) = found or ()
    assert methods.position == types.Position(10, 5)
    assert str(methods.label).startswith("batch")
    assert not await client.text_document_inlay_hint_async(types.InlayHintParams(identifier, span(0, 0, 3, 0)))
    close_text(client, uri)
    uri = _open(client, folder / "hints.pql", "select X from xEvent where X.timestamp occurs today")
    identifier = types.TextDocumentIdentifier(uri)
    found = await client.text_document_inlay_hint_async(types.InlayHintParams(identifier, span(0, 0, 1, 0)))
    assert [hint.position.character for hint in found or ()] == [8, 51, 51]
    close_text(client, uri)

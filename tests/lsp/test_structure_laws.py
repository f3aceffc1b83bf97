"""Do the features that show the structure of texts keep to the protocol?  In every host, encoding and broken text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types

from lsp_states import state_with, uri_in
from pqltools.lsp.documents import Document
from pqltools.lsp.positions import ENCODINGS, Encoding, length
from pqltools.lsp.semantic import LEGEND, edits
from pqltools.lsp.server import FEATURES
from pqltools.lsp.state import State

_PARTS = [
    *("person.gender", 'homeAddress.city = "Köln 😀"', "'x", '"a\\qb"', "not", "(a", ")", "]", "xs[", "//", "/* 😀"),
    *("and", "or", "[1, 2]", "xEvent[timestamp occurs <= 3 days before now]", "let S = 1 in", "=>", "*/", "\n", "\r\n"),
    *("select X from xEvent where X.a", "=", "5", "\\", '"', "`", 'inSegment("id")', "exists", "\t", "a.", ".b", "😀"),
]
TEXTS = st.lists(st.sampled_from(_PARTS), max_size=10).map(" ".join)


def hosted(host: str, text: str) -> tuple[str, str]:
    """A file's name and text with the expression in it."""
    definition = {"id": "id", "name": 'N "😀"', "expression": {"type": "PQL", "format": "pql/text", "value": text}}
    match host:
        case "json":
            return "a.json", json.dumps(definition, indent=2, ensure_ascii=False).replace("\n", "\r\n")
        case "ascii":
            return "a.json", json.dumps([definition, definition])
        case "lines":
            return "a.jsonl", "\n".join([json.dumps(definition), "{", json.dumps(definition)])
        case "block":
            body = "".join(f"      {line}\n" for line in text.replace("\r", "").split("\n"))
            return "a.yaml", f'id: id\nname: "😀"\nexpression:\n    format: pql/text\n    value: |\n{body}'
        case "folded":
            body = text.replace("'", "''").replace("\r", "").replace("\n", "\n\n      ").replace("  ", "\n      ")
            return "a.yaml", f"id: id\nexpression:\n    format: pql/text\n    value: '{body}'\n"
        case "broken":
            return "a.json", json.dumps(definition, indent=2)[:-3]
        case _:
            return "a.pql", text


HOSTS = ("text", "json", "ascii", "lines", "block", "folded", "broken")


def ask(state: State, feature: str, params: Any) -> Any:
    return import_module(f"pqltools.lsp.features.{feature}").answer(state, params)


def opened(host: str, text: str, encoding: Encoding) -> tuple[State, Document, types.TextDocumentIdentifier]:
    name, around = hosted(host, text)
    state = state_with({name: around}, encoding)
    uri = uri_in(name)
    return state, state.document(uri), types.TextDocumentIdentifier(uri)


def pairs(range: types.Range) -> tuple[tuple[int, int], tuple[int, int]]:
    return (range.start.line, range.start.character), (range.end.line, range.end.character)


def is_inside(document: Document, range: types.Range) -> bool:
    """Whether a range of the client begins and ends at places that are there."""
    return document.positions.range(document.positions.span(range)) == range


@pytest.mark.parametrize("host", HOSTS)
@settings(max_examples=60)
@given(text=TEXTS, encoding=st.sampled_from(ENCODINGS))
def test_words_are_sorted_apart_and_in_their_lines(host: str, text: str, encoding: Encoding) -> None:
    state, document, identifier = opened(host, text, encoding)
    data = ask(state, "semantic_tokens_full", types.SemanticTokensParams(identifier)).data
    line, character, behind = 0, 0, 0
    for at in range(0, len(data), 5):
        lines, delta, width, kind, bits = data[at : at + 5]
        character, behind = (character + delta, behind) if not lines else (delta, 0)
        line += lines
        assert line < len(document.source.line_starts)
        assert behind <= character
        assert width > 0
        behind = character + width
        assert behind <= length(document.source.line_text(line + 1), encoding)
        assert kind < len(LEGEND.token_types)
        assert bits < 1 << len(LEGEND.token_modifiers)
    everything = types.Range(types.Position(0, 0), types.Position(99999, 0))
    part = ask(state, "semantic_tokens_range", types.SemanticTokensRangeParams(identifier, everything))
    assert part.data == data


@pytest.mark.parametrize("host", HOSTS)
@settings(max_examples=60)
@given(text=TEXTS)
def test_words_are_the_same_in_every_encoding(host: str, text: str) -> None:
    found = []
    for encoding in ENCODINGS:
        state, document, identifier = opened(host, text, encoding)
        data = ask(state, "semantic_tokens_full", types.SemanticTokensParams(identifier)).data
        line = character = 0
        spans = []
        for at in range(0, len(data), 5):
            line, character = line + data[at], data[at + 1] + (0 if data[at] else character)
            ends = types.Position(line, character), types.Position(line, character + data[at + 2])
            spans.append(document.positions.span(types.Range(*ends)))
            assert is_inside(document, types.Range(*ends))
        found.append(spans)
    assert found[0] == found[1] == found[2]


@given(st.lists(st.integers(0, 2)), st.lists(st.integers(0, 2)))
def test_edits_make_the_new_numbers_of_the_old(before: list[int], after: list[int]) -> None:
    found = edits(before, after)
    assert bool(found) == (before != after)
    made = [*before]
    for edit in found:
        made[edit.start : edit.start + edit.delete_count] = edit.data or ()
    assert made == after


def test_the_legend_is_that_of_the_server() -> None:
    said = [feature.options for feature in FEATURES if "semantic" in feature.module]
    assert said == [LEGEND] * 3


def _chain(found: types.SelectionRange | None) -> Iterator[types.Range]:
    while found is not None:
        yield found.range
        found = found.parent


@pytest.mark.parametrize("host", HOSTS)
@settings(max_examples=60)
@given(text=TEXTS, encoding=st.sampled_from(ENCODINGS), at=st.integers(0, 300))
def test_selections_hold_the_position_and_are_nested(host: str, text: str, encoding: Encoding, at: int) -> None:
    state, document, identifier = opened(host, text, encoding)
    position = document.positions.position(at)
    (found,) = ask(state, "selection_range", types.SelectionRangeParams(identifier, [position]))
    inner = (position.line, position.character), (position.line, position.character)
    for index, each in enumerate(_chain(found)):
        outer = pairs(each)
        assert outer[0] <= inner[0] <= inner[1] <= outer[1]
        assert index == 0 or outer != inner
        assert is_inside(document, each)
        inner = outer
    assert inner == pairs(document.positions.range((0, len(document.text))))


@pytest.mark.parametrize("host", HOSTS)
@settings(max_examples=60)
@given(text=TEXTS, encoding=st.sampled_from(ENCODINGS), lines=st.booleans())
def test_folds_are_valid(host: str, text: str, encoding: Encoding, lines: bool) -> None:
    state, document, identifier = opened(host, text, encoding)
    folding = types.FoldingRangeClientCapabilities(line_folding_only=lines)
    state.capabilities = types.ClientCapabilities(
        text_document=types.TextDocumentClientCapabilities(folding_range=folding)
    )
    for fold in ask(state, "folding_range", types.FoldingRangeParams(identifier)):
        assert 0 <= fold.start_line < fold.end_line < len(document.source.line_starts)
        for line, character in ((fold.start_line, fold.start_character), (fold.end_line, fold.end_character)):
            assert (character is None) == lines
            assert character is None or character <= length(document.source.line_text(line + 1), encoding)


@pytest.mark.parametrize("host", HOSTS)
@settings(max_examples=60)
@given(text=TEXTS, encoding=st.sampled_from(ENCODINGS))
def test_symbols_stand_inside_of_each_other(host: str, text: str, encoding: Encoding) -> None:
    state, document, identifier = opened(host, text, encoding)
    levels = types.DocumentSymbolClientCapabilities(hierarchical_document_symbol_support=True)
    state.capabilities = types.ClientCapabilities(
        text_document=types.TextDocumentClientCapabilities(document_symbol=levels)
    )

    def check(symbol: types.DocumentSymbol, around: types.Range) -> None:
        assert symbol.name.strip()
        for outer, inner in ((around, symbol.range), (symbol.range, symbol.selection_range)):
            assert pairs(outer)[0] <= pairs(inner)[0] <= pairs(inner)[1] <= pairs(outer)[1]
        assert is_inside(document, symbol.range)
        for child in symbol.children or ():
            check(child, symbol.range)

    whole = document.positions.range((0, len(document.text)))
    for symbol in ask(state, "document_symbol", types.DocumentSymbolParams(identifier)):
        check(symbol, whole)
    state.capabilities = types.ClientCapabilities()
    for flat in ask(state, "document_symbol", types.DocumentSymbolParams(identifier)):
        assert is_inside(document, flat.location.range)


@pytest.mark.parametrize("host", HOSTS)
@settings(max_examples=40)
@given(text=TEXTS, encoding=st.sampled_from(ENCODINGS), at=st.integers(0, 300))
def test_what_is_named_here_has_places_that_are_there(host: str, text: str, encoding: Encoding, at: int) -> None:
    state, document, identifier = opened(host, text, encoding)
    position = document.positions.position(at)
    whole = document.positions.range((0, len(document.text)))
    found: list[types.Range] = []
    highlights = ask(state, "document_highlight", types.DocumentHighlightParams(identifier, position)) or []
    found += [each.range for each in highlights]
    context = types.ReferenceContext(True)
    found += [each.range for each in ask(state, "references", types.ReferenceParams(context, identifier, position))]
    found += [each.range for each in ask(state, "definition", types.DefinitionParams(identifier, position))]
    found += [each.range for each in ask(state, "document_link", types.DocumentLinkParams(identifier))]
    hints = ask(state, "inlay_hint", types.InlayHintParams(identifier, whole))
    found += [types.Range(each.position, each.position) for each in hints]
    for range in found:
        assert is_inside(document, range)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\ufeff", "[" * 5000, "a: b: c", "😀\r\n\t", "(" * 3000])
@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.yaml", "a.pql", "a.pql.json", "a.test.yaml", "a.txt", "a"])
def test_whatever_is_open_has_an_answer(name: str, text: str) -> None:
    state = state_with({name: text})
    identifier = types.TextDocumentIdentifier(uri_in(name))
    position = types.Position(0, 1)
    everything = types.Range(types.Position(0, 0), types.Position(9, 0))
    for feature, params in (
        ("document_symbol", types.DocumentSymbolParams(identifier)),
        ("document_link", types.DocumentLinkParams(identifier)),
        ("folding_range", types.FoldingRangeParams(identifier)),
        ("semantic_tokens_full", types.SemanticTokensParams(identifier)),
        ("semantic_tokens_delta", types.SemanticTokensDeltaParams(identifier, "7")),
        ("document_highlight", types.DocumentHighlightParams(identifier, position)),
        ("definition", types.DefinitionParams(identifier, position)),
        ("references", types.ReferenceParams(types.ReferenceContext(True), identifier, position)),
        ("inlay_hint", types.InlayHintParams(identifier, everything)),
    ):
        ask(state, feature, params)
    assert len(ask(state, "selection_range", types.SelectionRangeParams(identifier, [position] * 3))) == 3


@pytest.mark.parametrize("host", ["json", "ascii", "lines", "block"])
@settings(max_examples=80)
@given(
    text=TEXTS,
    at=st.tuples(st.integers(0, 400), st.integers(0, 40)),
    new=st.sampled_from(["", "{", '"', "😀\r\n", "}", ": ", "  - x"]),
)
def test_edits_that_break_the_text_around_do_no_harm(host: str, text: str, at: tuple[int, int], new: str) -> None:
    state, document, identifier = opened(host, text, "utf-16")
    assert document.reading is not None
    range = document.positions.range((at[0], at[0] + at[1]))
    document = document.edited([types.TextDocumentContentChangePartial(range, new)], 1)
    state.documents.put(document)
    position = document.positions.position(at[0])
    found = [each.location.range for each in ask(state, "document_symbol", types.DocumentSymbolParams(identifier))]
    found += [each.range for each in ask(state, "document_link", types.DocumentLinkParams(identifier))]
    context = types.ReferenceContext(True)
    found += [each.range for each in ask(state, "references", types.ReferenceParams(context, identifier, position))]
    highlights = ask(state, "document_highlight", types.DocumentHighlightParams(identifier, position)) or []
    found += [each.range for each in highlights]
    (selection,) = ask(state, "selection_range", types.SelectionRangeParams(identifier, [position]))
    found += _chain(selection)
    for each in found:
        assert is_inside(document, each)
    for fold in ask(state, "folding_range", types.FoldingRangeParams(identifier)):
        assert fold.start_line < fold.end_line < len(document.source.line_starts)
    data = ask(state, "semantic_tokens_full", types.SemanticTokensParams(identifier)).data
    assert sum(data[::5]) < len(document.source.line_starts)
    whole = document.positions.range((0, len(document.text)))
    ask(state, "inlay_hint", types.InlayHintParams(identifier, whole))


def test_an_expression_that_stands_in_two_places_is_coloured_once() -> None:
    text = "- id: a\n  expression: &e {format: pql/text, value: a = 1}\n- id: b\n  expression: *e\n"
    state = state_with({"a.yaml": text})
    document = state.document(uri_in("a.yaml"))
    assert len(document.expressions) == 2
    data = ask(
        state, "semantic_tokens_full", types.SemanticTokensParams(types.TextDocumentIdentifier(document.uri))
    ).data
    assert len(data) == 3 * 5


def test_what_aliases_stand_for_is_somewhere_else() -> None:
    shared = "- id: b\n  name: &n Name\n  expression: &e {format: pql/text, value: a}\n"
    text = f"{shared}- id: a\n  name: *n\n  expression: *e\n"
    state = state_with({"a.yaml": text})
    levels = types.DocumentSymbolClientCapabilities(hierarchical_document_symbol_support=True)
    state.capabilities = types.ClientCapabilities(
        text_document=types.TextDocumentClientCapabilities(document_symbol=levels)
    )
    identifier = types.TextDocumentIdentifier(uri_in("a.yaml"))
    first, second = ask(state, "document_symbol", types.DocumentSymbolParams(identifier))
    assert (first.name, second.name) == ("Name", "Name")
    for symbol in (first, second):
        outer, inner = pairs(symbol.range), pairs(symbol.selection_range)
        assert outer[0] <= inner[0] <= inner[1] <= outer[1]

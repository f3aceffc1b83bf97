"""Is what completion inserts the same in every host as in a bare text?  The law of hosts, and escapes of snippets."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lsprotocol import types

from pqltools.lsp.documents import Document
from pqltools.lsp.features import completion
from pqltools.lsp.knowing import known
from pqltools.lsp.snippets import beginning, filled
from pqltools.lsp.state import State
from pqltools.lsp.writing import cursor_at
from pqltools.workspace.cursor.complete import complete

CORPUS = [
    case["text"]
    for path in sorted((Path(__file__).parents[1] / "corpus").glob("*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8")).get("accept", [])
]
TEXTS = st.one_of(
    st.sampled_from(
        [
            *(
                'person.gender = "',
                'person.gender = "female" and "😀" = homeAddress.country.',
                "identityMap.",
                "a = 'x' or ",
            ),
            *(
                'xEvent[eventType = "commerce.',
                "xEvent[timestamp occurs ",
                "person.`",
                "homeAddress.co",
                "",
                "per",
                "a = -",
            ),
            *(
                "select X from xEvent where X.",
                "CHAIN(xEvent, timestamp, [",
                'b\n  = "\\"😀" and per',
                "person.name.\n",
                "not ",
            ),
            *(
                "inSegment(",
                'inSegment("',
                "consents.share.val = ",
                "-- // x",
                "/* 😀 */ per",
                "let x = 1 in ",
                "true",
                "tr",
            ),
        ]
    ),
    st.sampled_from([text for text in CORPUS if len(text) < 200]),
)
HOSTS = ["pql", "json", "ascii", "jsonl", '"', "'", "plain", "flow", "|", ">"]
_SNIPPET = re.compile(r"\\([\\$}])|\$\{\d+:((?:\\.|[^}\\])*)\}|\$\d+")


def state_of(snippets: bool) -> State:
    """A server without a client, for one that takes snippets or does not."""
    state = State(SimpleNamespace())  # type: ignore[arg-type]
    item = types.ClientCompletionItemOptions(snippet_support=snippets)
    completion = types.CompletionClientCapabilities(completion_item=item)
    state.capabilities = types.ClientCapabilities(
        text_document=types.TextDocumentClientCapabilities(completion=completion)
    )
    return state


STATES = {snippets: state_of(snippets) for snippets in (False, True)}


def hosted(host: str, text: str, encoding: Any = "utf-16") -> Document:
    """A text in a host, which may be unable to hold it."""
    head = "name: 'é 😀'\nexpression:\n  format: pql/text\n  value: "
    around = '{"name": "😀", "expression": {"type": "PQL", "format": "pql/text", "value": HERE}}'
    indented = "\n".join(f"    {line}" for line in text.split("\n"))
    match host:
        case "pql":
            name, whole = "a.pql", text
        case "json" | "ascii":
            name, whole = "a.json", around.replace("HERE", json.dumps(text, ensure_ascii=host == "ascii"))
        case "jsonl":
            name, first = "a.jsonl", around.replace("HERE", '"b"')
            whole = f"{first}\r\n{around.replace('HERE', json.dumps(text))}\r\n"
        case '"':
            name, whole = "a.yaml", f"{head}{json.dumps(text, ensure_ascii=False)} # end\n"
        case "'":
            name, whole = "a.yaml", "{}'{}'\n".format(head, text.replace("'", "''"))
        case "plain":
            name, whole = "a.yaml", f"{head}{text}\n"
        case "flow":
            name, whole = "a.yaml", f"expression: {{format: pql/text, value: {text}}}\n"
        case _:
            name, whole = "a.yaml", f"{head}{host}-\n{indented}\nlast: 1\n"
    return Document(f"file:///nowhere/{name}", None, 1, whole, encoding)


def expanded(snippet: str) -> str:
    """What an editor inserts for a snippet if nobody fills in anything."""

    def text(found: re.Match[str]) -> str:
        return found[1] or _SNIPPET.sub(text, found[2] or "")

    return _SNIPPET.sub(text, snippet)


def answered(state: State, document: Document, position: types.Position) -> list[types.CompletionItem]:
    state.documents.put(document)
    params = types.CompletionParams(types.TextDocumentIdentifier(document.uri), position)
    found = completion.answer(state, params)
    return [] if found is None else [*found.items]


@pytest.mark.parametrize("host", HOSTS)
@settings(max_examples=25)
@given(text=TEXTS, data=st.data(), snippets=st.booleans())
def test_every_item_writes_the_same_in_every_host(host: str, text: str, data: st.DataObject, snippets: bool) -> None:
    offset = data.draw(st.one_of(st.just(len(text)), st.integers(0, len(text))), label="offset")
    if data.draw(st.booleans(), label="cut"):
        text = text[:offset]
    document = hosted(host, text)
    assume(document.expressions and document.expressions[-1].text == text)
    expression = document.expressions[-1]
    position = document.range(expression, (offset, offset)).start
    cursor = cursor_at(document, position)
    assume(cursor is not None)
    assert cursor is not None
    state = STATES[snippets]
    items = answered(state, document, position)
    written = text if cursor.behind is None else text[: cursor.base] + cursor.text
    bare = {item.sort: item for item in complete(cursor.text, cursor.offset, known(state, document)).items}
    if host in ("json", "ascii", "jsonl", "pql"):
        assert len(items) == len(bare)
    for item in items[:: len(items) // 8 + 1]:
        meant = bare[item.sort_text or ""]
        is_snippet = item.insert_text_format == types.InsertTextFormat.Snippet
        assert is_snippet == (meant.snippet and snippets)
        edit = item.text_edit
        assert isinstance(edit, types.TextEdit)
        assert edit.range.start.line == edit.range.end.line == position.line
        assert edit.range.start.character <= position.character <= edit.range.end.character
        first, last = document.positions.span(edit.range)
        inserted = expanded(edit.new_text) if is_snippet else edit.new_text
        plain = meant.insert if not meant.snippet else filled(meant.insert) if snippets else beginning(meant.insert)
        start, end = (cursor.base + at for at in meant.span)
        wanted = written[:start] + plain + written[end:]
        after = Document(document.uri, None, 2, document.text[:first] + inserted + document.text[last:], "utf-16")
        assert after.expressions, (item.label, after.text)
        found = after.expressions[-1].text
        if host in ("plain", "flow"):  # the blanks at the end of such a scalar are none of it
            wanted = wanted.rstrip(" ")
        assert found == wanted


@pytest.mark.parametrize("style", ["|", ">", "|-"])
@pytest.mark.parametrize("before", ["", "    person.gender = 'x' and\n", "    a and\n\n"])
def test_in_a_new_line_of_a_block(style: str, before: str) -> None:
    text = f"expression:\n  format: pql/text\n  value: {style}\n{before}    \nlast: 1\n"
    document = Document("file:///nowhere/a.yaml", None, 1, text, "utf-16")
    at = text.index("\nlast")
    (item,) = [
        item for item in answered(STATES[True], document, document.positions.position(at)) if item.label == "person"
    ]
    assert isinstance(item.text_edit, types.TextEdit)
    assert document.positions.span(item.text_edit.range) == (at, at)
    assert not answered(STATES[True], document, types.Position(3, 0) if before else types.Position(2, 10))


def test_behind_the_blanks_of_a_scalar_without_quotes() -> None:
    document = hosted("plain", "person.gender =  ")
    (expression,) = document.expressions
    position = document.positions.position(expression.span[1] + 2)
    (item,) = [item for item in answered(STATES[True], document, position) if item.label == "person"]
    assert isinstance(item.text_edit, types.TextEdit)
    start, end = document.positions.span(item.text_edit.range)
    after = document.text[:start] + item.text_edit.new_text + document.text[end:]
    assert "value: person.gender =  person\n" in after


def test_what_would_not_be_a_string_is_not_offered() -> None:
    for host in ("plain", "'"):
        document = hosted(host, "tr")
        labels = [
            item.label
            for item in answered(STATES[True], document, document.range(document.expressions[0], (2, 2)).start)
        ]
        assert ("true" in labels) == (host == "'")


@pytest.mark.parametrize(
    "text", ["(" * 3000, "a." * 2000, '"' * 999, "`", "\\" * 50, "😀" * 300, "a and " * 2000], ids=lambda text: text[:6]
)
def test_large_and_odd(text: str) -> None:
    for host in ("pql", "json", '"'):
        document = hosted(host, text)
        position = document.range(document.expressions[0], (len(text), len(text))).start
        answered(STATES[True], document, position)


@pytest.mark.parametrize(
    ("marked", "wanted"),
    [
        ('{"expression": {"format": "pql/text", "value": "person.gen¦', "gender"),
        ('{"expression": {"format": "pql/text", "value": "person.gender = ¦""}}', "female"),
        ('[{"expression": {"value": "\\"😀\\" = a and person.gen¦", "format": "pql/text"}}, {', "gender"),
        ('{"expression": {"format": "pql/json", "value": "person.gen¦', None),
        ('{"format": "pql/text", "value": "person.gen¦', None),
        ('{"expression": {"format": "pql/text", "value": "\\q person.gen¦', None),
        ('{"expression": {"format": "pql/text", "value": "a", "other": "person.gen¦', None),
    ],
)
def test_in_json_that_is_still_being_written(marked: str, wanted: str | None) -> None:
    at = marked.index("¦")
    document = Document("file:///nowhere/a.json", "json", 1, marked.replace("¦", ""), "utf-16")
    items = answered(STATES[True], document, document.positions.position(at))
    labels = {item.label for item in items}
    assert (wanted in labels) if wanted else not labels
    for item in items:
        assert isinstance(item.text_edit, types.TextEdit)
        start, end = document.positions.span(item.text_edit.range)
        assert start <= at <= end


@given(st.text(st.sampled_from('{}"\\:,[] \n') | st.characters(), max_size=60), st.data())
def test_any_broken_json(text: str, data: st.DataObject) -> None:
    before = '{"expression": {"format": "pql/text", "value": "a = '
    document = Document("file:///nowhere/a.json", "json", 1, before + text, "utf-16")
    at = data.draw(st.integers(len(before) - 3, len(document.text)))
    cursor = cursor_at(document, document.positions.position(at))
    if cursor is not None:
        assert 0 <= cursor.offset <= len(cursor.text)

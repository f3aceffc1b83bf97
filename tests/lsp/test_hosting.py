"""Are expressions found in the texts around them, with every place where it is, also while the text is broken?"""

from __future__ import annotations

import json
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from pqltools.checks.surroundings import Segment
from pqltools.lsp.checking import Checks, findings
from pqltools.lsp.documents import Document
from pqltools.lsp.folders import Folder
from pqltools.source import Span

FOLDER = Folder(None, now=1_700_000_000_000)
#: What is written, and mostly wrong in some way.
_PARTS = [
    *("person.gender = person.gender", 'homeAdress.city = "Köln 😀"', "'single'", '"a\\qb"', "not not x", "(a", ")"),
    *("and", "or", "in", "[1, 2]", "xEvent[timestamp occurs <= 3 days before now]", 'person.age = "18"', "\t", "|"),
    *("// noqa", "/* ö */", "select X from xEvent where", "=", "5", "\\", '"', "`", "today"),
]
_TEXTS = st.lists(st.sampled_from([*_PARTS, "\n"]), min_size=1, max_size=8).map(" ".join)


def opened(name: str, text: str) -> Document:
    return Document(f"file:///nowhere/{name}", None, 0, text, "utf-16")


def found(document: Document) -> list[tuple[str, str, Span]]:
    return [
        (finding.diagnostic.code, finding.diagnostic.message, finding.diagnostic.span or (0, 0))
        for finding in findings(document, FOLDER, Checks())
    ]


def in_host(bare: list[tuple[str, str, Span]], pieces: list[str], start: int) -> list[tuple[str, str, Span]]:
    """The findings where the code points of the text are written as `pieces`, one after the other from `start`."""
    ends = [*accumulate(map(len, pieces), initial=start)]
    return [(code, message, (ends[span[0]], ends[span[1]])) for code, message, span in bare]


@pytest.mark.parametrize("host", ["json", "ascii", "lines", "yaml", "single", "test"])
@given(text=_TEXTS)
def test_every_finding_of_the_expression_is_in_the_host_at_its_place(host: str, text: str) -> None:
    # Some rules ask more of the expression of a definition.
    segment = None if host == "test" else Segment("x")
    outcome = FOLDER.at("a.pql")[0].check("pql/text", text, segment=segment)
    bare = [(each.code, each.message, each.span or (0, len(text))) for each in outcome.diagnostics]
    around = '{"id": "x", "expression": {"type": "PQL", "format": "pql/text", "value": "HERE"}, "last": [1]}'
    name = "a.json"
    pieces = [json.dumps(char, ensure_ascii=host == "ascii")[1:-1] for char in text]
    match host:
        case "lines":
            name, around = "a.jsonl", f"{around.replace('HERE', 'b = 1')}\r\n{around}\n"
        case "yaml":
            name, around = "a.yaml", 'name: "ä"\nexpression:\n  format: pql/text\n  value: "HERE" # end\n'
        case "single":
            if "\n" in text or "\t" in text:
                return  # YAML would fold it
            name, around = "a.yaml", "name: 'ä'\nexpression:\n  format: pql/text\n  value: 'HERE'\n"
            pieces = ["''" if char == "'" else char for char in text]
        case "test":
            name = "a.test.json"
            around = '{"expression": "HERE", "tests": [{"profile": {}, "qualifies": true}]}'
        case _:
            pass
    before, _, after = around.partition("HERE")
    document = opened(name, before + "".join(pieces) + after)
    (hosted,) = [each for each in document.expressions if each.text != "b = 1"]
    assert hosted.text == text
    expected = in_host(bare, pieces, len(before))
    mine = [each for each in found(document) if each[2][0] >= len(before)]
    assert sorted(mine) == sorted(expected) if host != "test" else {*expected} <= {*mine}
    # And back again.
    ends = [*accumulate(map(len, pieces), initial=len(before))]
    for offset, place in enumerate(ends):
        assert hosted.to_expression(place) == offset


@given(st.text(st.sampled_from("ab= \"'😀(\n"), min_size=1, max_size=40))
def test_block_scalars_map_back(text: str) -> None:
    text = "a" + text.rstrip("\n")
    lines = "".join(f"    {line}\n" if line else "\n" for line in text.split("\n"))
    document = opened("a.yaml", f"expression:\n  format: pql/text\n  value: |-\n{lines}name: x\n")
    (hosted,) = document.expressions
    assert hosted.text == text
    for offset, char in enumerate(text):
        start, end = hosted.to_host((offset, offset + 1))
        assert document.text[start:end] == char
        assert hosted.to_expression(start) == offset


def edited(document: Document, span: Span, new: str) -> Document:
    change = types.TextDocumentContentChangePartial(document.positions.range(span), new)
    return document.edited([change], document.version + 1)


_TWO = """[
  {"id": "one", "expression": {"format": "pql/text", "value": "a = 1"}},
  {"id": "two", "expression": {"format": "pql/text", "value": "b = 2"}}
]"""


def test_broken_json_keeps_the_expressions_that_were_not_touched() -> None:
    document = opened("a.json", _TWO)
    assert [hosted.text for hosted in document.expressions] == ["a = 1", "b = 2"]
    at = _TWO.index("a = 1") + 5
    document = edited(document, (at, at), '"')
    document = edited(document, (0, 0), "\n\n")
    (hosted,) = document.expressions
    assert hosted.text == "b = 2"
    assert document.text[slice(*hosted.to_host((0, 5)))] == "b = 2"
    assert hosted.to_expression(document.text.index("b = 2") + 3) == 3
    assert "PQL030" in {code for code, _, _ in found(document)}
    document = edited(document, (at + 2, at + 3), "")
    assert [hosted.text for hosted in document.expressions] == ["a = 1", "b = 2"]


def test_edits_that_nobody_looks_at_move_expressions_all_the_same() -> None:
    document = opened("a.json", _TWO)
    assert len(document.expressions) == 2
    document = edited(document, (0, 1), "")
    for _ in range(3):
        document = edited(document, (0, 0), "x")
    first, second = document.expressions
    assert document.text[slice(*first.to_host((0, 5)))] == "a = 1"
    assert document.text[slice(*second.to_host((0, 5)))] == "b = 2"


def test_only_changed_lines_of_json_lines_are_read_again() -> None:
    line = '{"id": "%d", "expression": {"format": "pql/text", "value": "a = %d"}}'
    document = opened("a.jsonl", "\n".join([line % (n, n) for n in range(50)]))
    before = {id(hosted.file) for hosted in document.expressions}
    at = document.text.index("a = 30")
    document = edited(document, (at, at + 1), "bb")
    after = [hosted for hosted in document.expressions if id(hosted.file) not in before]
    assert [hosted.text for hosted in after] == ["bb = 30"]
    document = edited(document, (at, at + 2), '"')
    assert len(document.expressions) == 49
    assert document.expressions[-1].text == "a = 49"
    assert document.text[slice(*document.expressions[-1].to_host((0, 6)))] == "a = 49"


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"expression": 5}', "\ufeff", '{"a": "\\ud800"}', "[" * 5000, "a: b: c", "😀\r\n\t"],
)
@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.yaml", "a.pql", "a.pql.json", "a.test.yaml", "a.txt", "a"])
def test_whatever_is_open_does_no_harm(name: str, text: str) -> None:
    document = opened(name, text)
    for code, _, span in found(document):
        assert code.startswith("PQL")
        assert 0 <= span[0] <= span[1] <= max(len(text), 1)


def test_files_of_somebody_else_are_let_alone() -> None:
    for name, text in (
        ("package.json", '{"name": "x"}'),
        ("b.yaml", "on: push\n"),
        ("c.jsonl", '{"a": 1}\n{"a": 2}\n'),
    ):
        assert found(opened(name, text)) == []


def test_trees_have_places_in_their_json() -> None:
    tree = '{"nodeType": "literal", "literalType": "Integer", "value": 1}'
    for text in (tree, f'{{"expression": {{"format": "pql/json", "value": {tree}}}}}'):
        document = opened("a.json", text)
        (hosted,) = document.expressions
        at = text.index("Integer")
        offset = hosted.to_expression(at)
        assert offset is not None
        assert hosted.text[offset:].startswith("Integer")

"""Does the index know what definitions are called, where, and whom they refer to?  In all encodings, kept current."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lsprotocol import types

from pqltools.lsp.documents import Document
from pqltools.lsp.index import Index
from pqltools.lsp.positions import ENCODINGS, Encoding, Positions
from pqltools.source import Source

_LINE = '{"x": "😀é", "id": "%s", "name": "%s", "expression": {"format": "pql/text", "value": %s}}'


def _index(folder: Path) -> Index:
    index = Index(str(folder), lambda _: False)
    assert [*index.scan()]
    return index


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_names_have_places_in_every_encoding(tmp_path: Path, encoding: Encoding) -> None:
    text = "\n".join([_LINE % (n, f"N😀{n}", json.dumps('inSegment("0")')) for n in range(3)])
    (tmp_path / "a.jsonl").write_text(text, encoding="utf-8")
    positions = Positions(Source(text), encoding)
    found = [*_index(tmp_path).definitions()]
    assert [text[slice(*positions.span(each.called.range(encoding)))] for each in found] == ["N😀0", "N😀1", "N😀2"]
    assert [[(id, text[slice(*span)]) for id, span in each.references] for each in found] == [[("0", '\\"0\\"')]] * 3


def test_what_has_no_name_is_where_its_id_or_its_expression_is(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("id: 'x'\nexpression: {format: pql/text, value: a}\n")
    (tmp_path / "b.pql").write_text('"v".inSegment()')
    in_yaml, bare = _index(tmp_path).definitions()
    assert in_yaml.called.range("utf-16") == types.Range(types.Position(0, 5), types.Position(0, 6))
    assert bare.called.range("utf-16") == types.Range(types.Position(0, 0), types.Position(0, 15))
    assert bare.references == (("v", (0, 3)),)


def test_uses_follow_what_is_open_and_what_is_saved(tmp_path: Path) -> None:
    path = tmp_path / "a.pql"
    path.write_text('inSegment("a")')
    index = _index(tmp_path)

    def uses() -> list[tuple[str, tuple[int, int]]]:
        return [use for definition in index.definitions() for use in definition.references]

    document = Document(path.as_uri(), None, 1, '  inSegment("b") and (', "utf-16")
    index.update_open(str(path), document.source, document.expressions)
    assert uses() == [("b", (12, 15))]
    # The same to all others, but somewhere else.
    document = Document(path.as_uri(), None, 2, ' inSegment("b") and (', "utf-16")
    index.update_open(str(path), document.source, document.expressions)
    assert uses() == [("b", (11, 14))]
    index.update(str(path))
    assert uses() == [("a", (10, 13))]
    path.unlink()
    index.update(str(path))
    assert uses() == []


def test_of_an_id_all_definitions_are_known_where_they_stand_now(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_text(_LINE % ("x", name, '"a"'), encoding="utf-8")
    index = _index(tmp_path)
    assert [definition.name for definition in index.by_id("x")] == ["a", "b"]
    path = tmp_path / "a.json"
    document = Document(path.as_uri(), None, 1, "\n" + path.read_text(encoding="utf-8"), "utf-16")
    assert not index.update_open(str(path), document.source, document.expressions)
    assert [definition.called.line for definition in index.by_id("x")] == [1, 0]
    path.unlink()
    assert index.update(str(path))
    assert [definition.name for definition in index.by_id("x")] == ["b"]
    assert index.by_id("y") == []

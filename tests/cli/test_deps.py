"""Does `pql deps` answer what uses what?"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from running import Pql

PAGE = """\
- id: a1
  name: Bathers
  expression: {type: PQL, format: pql/text, value: 'inSegment("b2") and homeAddress.city = "Bath"'}
- id: b2
  name: Busy "bees" \\ co
  expression:
    type: PQL
    format: pql/text
    value: |-
      exists X from xEvent where
        X.eventType = "commerce.purchases" and X.commerce.order.priceTotal > 10
- id: c3
  expression: {type: PQL, format: pql/text, value: inSegment("a1") and inSegment("gone")}
- id: d4
  name: Same
  expression: {type: PQL, format: pql/text, value: inSegment("a1")   and inSegment("gone")}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "page.yaml").write_text(PAGE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_listing(pql: Pql) -> None:
    ran = pql("deps")
    assert (ran.status, ran.err) == (0, "")
    assert (
        ran.out
        == """\
./page.yaml:3 Bathers (a1)
  fields: homeAddress.city
  segments: Busy "bees" \\ co
  used by: c3, Same

./page.yaml:9 Busy "bees" \\ co (b2)
  fields: xEvent.commerce.order.priceTotal, xEvent.eventType
  events: commerce.purchases
  used by: Bathers

./page.yaml:13 c3
  segments: Bathers, gone (not among the files)
  by way of them: Busy "bees" \\ co

./page.yaml:16 Same (d4)
  segments: Bathers, gone (not among the files)
  by way of them: Busy "bees" \\ co

the same expression: c3, Same
"""
    )


def test_uses(pql: Pql) -> None:
    ran = pql("deps", "--uses", "xdm:xEvent.xdm:commerce.order", "page.yaml")
    assert ran.status == 0
    assert ran.out == (
        'page.yaml:11:48 Busy "bees" \\ co: xEvent.commerce.order.priceTotal\nby way of segments: Bathers, c3, Same\n'
    )


def test_uses_of_what_nobody_uses(pql: Pql) -> None:
    out = pql("deps", "--uses", "commerce.order").out
    assert out == "nobody uses `commerce.order`; did you mean `xEvent.commerce.order`?\n"
    assert pql("deps", "--uses", "person").out == "nobody uses `person`\n"


def test_json(pql: Pql) -> None:
    data = json.loads(pql("deps", "--json", "page.yaml").out)
    assert data["definitions"][2] == {
        "key": "c3",
        "id": "c3",
        "name": None,
        "file": "page.yaml",
        "path": "$[2].expression.value",
        "line": 13,
        "column": 52,
        "fields": [],
        "event_types": [],
        "segments": ["a1", "gone"],
        "all_segments": ["a1", "gone", "b2"],
        "unknown_segments": ["gone"],
        "used_by": [],
    }
    assert data["definitions"][0]["used_by"] == ["c3", "d4"]
    assert data["duplicates"] == [["c3", "d4"]]


def test_json_of_a_field(pql: Pql) -> None:
    data = json.loads(pql("deps", "--json", "--uses", "xEvent.eventType", "page.yaml").out)
    assert data["field"] == "xEvent.eventType"
    ((use),) = data["uses"]
    assert (use["key"], use["line"], use["column"], use["field"]) == ("b2", 11, 9, "xEvent.eventType")
    assert data["by_way_of_segments"] == ["a1", "c3", "d4"]


LABEL = r'"(?:[^"\\\x00-\x1f]|\\["\\])*"'
LINE = re.compile(rf"  (?:n\d+ \[label={LABEL}, shape=\w+(?:, style=dashed)?\];|n\d+ -> n\d+;)")


def test_dot_is_a_graph(pql: Pql) -> None:
    first, *lines, last = pql("deps", "--dot").out.splitlines()
    assert (first, last) == ("digraph dependencies {", "}")
    for line in lines[2:]:
        assert LINE.fullmatch(line), line
    text = "\n".join(lines)
    assert r'[label="Busy \"bees\" \\ co", shape=box]' in text
    assert '[label="gone", shape=box, style=dashed]' in text
    numbers = {*re.findall(r"^  (n\d+) \[", text, re.MULTILINE)}
    edges = re.findall(r"(n\d+) -> (n\d+);", text)
    assert len(edges) == len({*edges}) > 5
    assert {end for edge in edges for end in edge} <= numbers


def test_labels_hold_any_text(pql: Pql) -> None:
    name = 'a\n"\\N\x00]; x -> y; é😀'
    body = {"name": name, "expression": {"type": "PQL", "format": "pql/text", "value": '`a"b\\c`.d = 1'}}
    ran = pql("deps", "--dot", "-", input=json.dumps(body))
    assert all(LINE.fullmatch(line) for line in ran.out.splitlines()[3:-1])
    assert r'"a \"\\N ]; x -> y; é😀"' in ran.out


def test_problems_are_told_beside_the_answer(pql: Pql, folder: Path) -> None:
    (folder / "bad.pql").write_text("a == 1")
    ran = pql("deps", "--json")
    assert ran.status == 1
    assert len(json.loads(ran.out)["definitions"]) == 4
    assert "PQL004" in ran.err
    ran = pql("deps", "--json", "--output-format", "json")
    assert len(json.loads(ran.out)["definitions"]) == 4
    assert json.loads(ran.err)[0]["code"] == "PQL004"


def test_nothing_there(pql: Pql, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert pql("deps", "empty").out == "no files with PQL found\n"
    assert json.loads(pql("deps", "--json", "empty").out) == {"definitions": [], "duplicates": []}
    assert pql("deps", "missing.pql").status == 1


def test_excluded_files_are_left_out(pql: Pql, folder: Path) -> None:
    (folder / "pqltools.toml").write_text('exclude = ["page.yaml"]\n')
    assert pql("deps").out == "no files with PQL found\n"


@pytest.mark.parametrize("arguments", [["--uses", "a..b"], ["--uses", "a", "--dot"], ["--json", "--dot"]])
def test_wrong_use(pql: Pql, arguments: list[str]) -> None:
    assert pql("deps", *arguments).status == 2

"""Are the definitions of a folder found, told apart, and connected?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pqltools.types.model import ANY
from pqltools.workspace.catalogue import Catalogue, read_catalogue


def definition(value: Any, id: str | None = None, name: str | None = None, format: str = "pql/text") -> dict[str, Any]:
    found: dict[str, Any] = {"expression": {"type": "PQL", "format": format, "value": value}}
    return {**({"id": id} if id else {}), **({"name": name} if name else {}), **found}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a catalogue of definitions in it."""
    (tmp_path / "sets").mkdir()
    page = [
        definition('inSegment("b") and homeAddress.city = "Bath"', "a", "Bathers"),
        definition('xEvent[eventType = "x"] and inSegment("gone")', "b", "Busy"),
        definition("homeAddress.city='Bath' and true"),
    ]
    (tmp_path / "sets" / "page.json").write_text(json.dumps({"segments": page}))
    yaml = 'id: c\nexpression: {type: PQL, format: pql/text, value: inSegment("a")}\n'
    (tmp_path / "sets" / "c.yaml").write_text(yaml)
    (tmp_path / "sets" / "other.json").write_text('{"compilerOptions": {}}')
    (tmp_path / "sets" / "bare.pql").write_text('// a comment\nhomeAddress.city = "Bath"\nand true\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def catalogue(*names: str) -> Catalogue:
    found, problems = read_catalogue(names, ANY)
    assert not problems
    return found


def test_entries_in_the_order_of_the_files_each_with_a_key(folder: Path) -> None:
    found = catalogue("sets")
    assert [entry.key for entry in found.entries] == [
        "sets/bare.pql", "c", "a", "b", "sets/page.json#$.segments[2].expression.value",
    ]  # fmt: skip
    assert [entry.title for entry in found.entries][1:4] == ["c", "Bathers", "Busy"]


def test_the_same_id_twice_is_two_definitions(folder: Path) -> None:
    text = json.dumps(definition("x = 1", "a"))
    Path("sets/zz.json").write_text(text)
    found = catalogue("sets")
    assert [entry.key for entry in found.entries if entry.id == "a"] == ["a", "sets/zz.json"]
    assert [[user.key for user in found.used_by(entry)] for entry in found.entries if entry.id == "a"] == [["c"], []]


def test_users_and_closure(folder: Path) -> None:
    found = catalogue("sets")
    a, b, c = (found.by_id[id] for id in "abc")
    assert found.segments_below(c) == ("a", "b", "gone")
    assert [user.key for user in found.used_by(b)] == ["a"]
    assert found.used_by(c) == ()
    assert found.dependents([b]) == (c, a)
    assert found.dependents([a, b, c]) == ()


def test_users_of_a_field_with_their_places(folder: Path) -> None:
    found = catalogue("sets")
    users = [(entry.key, *entry.place(span)[1:]) for entry, _, span in found.users_of_field(("homeAddress",))]
    lines = Path("sets/page.json").read_text()
    assert users[:2] == [("sets/bare.pql", 2, 1), ("a", 1, lines.index("homeAddress") + 1)]
    assert len(users) == 3
    assert not found.users_of_field(("homeAddress", "city", "x"))
    assert not found.users_of_field(("home",))


def test_duplicates_are_the_same_tree_in_any_spelling_and_format(folder: Path) -> None:
    from pqltools import parse, to_json

    tree = definition(to_json(parse('homeAddress.city = "Bath" and true')), "tree", format="pql/json")
    Path("sets/tree.json").write_text(json.dumps(tree))
    (group,) = catalogue("sets").duplicates()
    assert [entry.key for entry in group] == ["sets/bare.pql", "sets/page.json#$.segments[2].expression.value", "tree"]


def test_deep_expressions_are_compared(folder: Path) -> None:
    deep = "not " * 150 + "a"
    Path("deep.json").write_text(json.dumps([definition(deep, "x"), definition(deep, "y"), definition(f"not {deep}")]))
    assert [[entry.key for entry in group] for group in catalogue("deep.json").duplicates()] == [["x", "y"]]


def test_what_cannot_be_read_costs_nobody_else(folder: Path) -> None:
    Path("sets/broken.json").write_text('{"expression": {"format": "pql/text", ')
    Path("sets/half.json").write_text(json.dumps([definition("a == 1", "bad"), definition("a = 1", "good")]))
    found, problems = read_catalogue(["sets", "sets/missing.pql"], ANY)
    assert "good" in found.by_id
    assert "bad" not in found.by_id
    assert sorted(problem.code for problem in problems) == ["PQL004", "PQL030", "PQL044"]
    assert all(problem.source is not None for problem in problems)


def test_other_files_are_passed_over_unless_they_are_named(folder: Path) -> None:
    found, problems = read_catalogue(["sets/other.json"], ANY)
    assert not found.entries
    assert [problem.code for problem in problems] == ["PQL040"]


def test_excluded_files_are_not_read(folder: Path) -> None:
    found, _ = read_catalogue(["sets"], ANY, lambda path: path.endswith("page.json"))
    assert [entry.key for entry in found.entries] == ["sets/bare.pql", "c"]

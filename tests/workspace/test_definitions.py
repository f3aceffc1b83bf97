"""Which definitions are read, what are they called, and what do they need of a profile?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import typed_expressions
from pqltools.diagnostics import PQLError
from pqltools.evaluation.program import prepare
from pqltools.workspace.definitions import Definition, inline_definition, read_definitions, used_paths
from pqltools.xdm.standard import standard

NOW = 1_710_498_600_000
SCHEMA = standard()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(name: str, *rows: tuple[str | None, str | None, str]) -> str:
    entries: list[dict[str, Any]] = []
    for id, title, text in rows:
        row = {"id": id, "name": title, "expression": {"type": "PQL", "format": "pql/text", "value": text}}
        entries.append({key: value for key, value in row.items() if value is not None})
    Path(name).write_text("".join(f"{json.dumps(entry)}\n" for entry in entries))
    return name


def paths(text: str, **segments: str) -> list[str] | None:
    found = used_paths([prepare(text, SCHEMA, now=NOW, segments=segments)], SCHEMA)
    return None if found is None else [".".join(path) for path in found]


def titles(found: list[Definition]) -> list[str]:
    return [definition.title for definition in found]


def test_titles() -> None:
    rows = [
        (None, None, "a = 1"),
        ("1", "VIP", "a = 1"),
        ("2", "VIP", "a = 1"),
        ("3", None, "a = 1"),
        (None, "X", "a = 1"),
    ]
    found, problems = read_definitions([written("d.jsonl", *rows)], SCHEMA, NOW, (), "b = 1")
    assert problems == []
    assert titles(found) == ["d.jsonl#$.expression.value", "VIP (1)", "VIP (2)", "3", "X", "<expression>"]
    assert [definition.id for definition in found] == [None, "1", "2", "3", None, None]


def test_lines_of_a_file_are_not_confused() -> None:
    same = [(None, "A", "a = 1"), (None, "B", "a = 2"), (None, None, "a = 3"), (None, None, "a = 4")]
    found, _ = read_definitions([written("d.jsonl", *same)], SCHEMA, NOW)
    assert titles(found) == ["A", "B", "d.jsonl:3#$.expression.value", "d.jsonl:4#$.expression.value"]
    twice, _ = read_definitions(["d.jsonl", "./d.jsonl"], SCHEMA, NOW)
    assert twice == found


def test_the_inline_definition() -> None:
    assert inline_definition("a = 1", SCHEMA, NOW).title == "<expression>"
    for text, place in (("a =", "<expression>:1:3"), ("a = 1 and foo(a)", "PQL070 the function `foo` is not known")):
        with pytest.raises(PQLError) as caught:
            inline_definition(text, SCHEMA, NOW)
        assert place in str(caught.value)


def test_segments_may_be_definitions_too() -> None:
    written("d.jsonl", ("1", "A", 'inSegment("2")'))
    others = written("s.jsonl", ("2", "B", "a = 1"), ("1", "other", "a = 2"))
    found, problems = read_definitions(["d.jsonl"], SCHEMA, NOW, [others], 'inSegment("1") or inSegment("3")')
    assert titles(found) == ["A", "<expression>"]
    assert [(problem.code, problem.severity, problem.span) for problem in problems] == [("PQL073", "warning", (18, 32))]
    assert found[1].program.segments["1"].tree == found[0].program.tree


def test_nothing_is_assumed_where_something_is_wrong() -> None:
    written("d.jsonl", ("1", "A", 'inSegment("2")'), ("2", "B", "a ="))
    found, problems = read_definitions(["d.jsonl"], SCHEMA, NOW)
    assert titles(found) == ["A"]
    assert [problem.code for problem in problems] == ["PQL001"]


def test_a_definition_that_refers_to_itself() -> None:
    _, (problem,) = read_definitions([written("d.jsonl", ("1", "A", 'inSegment("1")'))], SCHEMA, NOW)
    assert problem.message == "segments refer to each other in a circle: 1 → 1"


def test_long_ways_and_many_definitions() -> None:
    rows = [(str(n), None, f'a = {n} or inSegment("{n + 1}")') for n in range(60)]
    found, problems = read_definitions([written("d.jsonl", *rows, ("60", None, "b = 1"))], SCHEMA, NOW)
    assert (len(found), problems) == (61, [])
    assert used_paths([definition.program for definition in found], SCHEMA) == [("a",), ("b",)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b = 1 and c = a.b", ["a.b", "c"]),
        ("xEvent.exists(eventType = x.y)", ["xEvent.eventType", "xEvent.x.y"]),
        ('inSegment("1")', ["segmentMembership"]),
        ("inSegment(a)", ["a", "segmentMembership"]),
        ("(P) => P.a = 1", ["a"]),
        ("true", []),
    ],
)
def test_used_paths(text: str, expected: list[str]) -> None:
    found = paths(text)
    assert found is not None
    assert sorted(found) == expected


def test_used_paths_of_segments() -> None:
    assert paths('inSegment("1")', **{"1": 'a = 1 and inSegment("2")', "2": "b = 1", "3": "c = 1"}) == ["a", "b"]
    assert paths('inSegment("1")', **{"1": 'inSegment("9")'}) == ["segmentMembership"]
    # Any of them may be meant.
    assert sorted(paths("inSegment(x)", **{"1": "a = 1"}) or []) == ["a", "segmentMembership", "x"]


@pytest.mark.parametrize("text", ["$1.isNotNull()", "(P) => P.isNotNull()", "[$1].count() > 0", "$1 = a"])
def test_the_profile_itself_may_be_all_of_it(text: str) -> None:
    assert paths(text) is None
    assert paths('inSegment("1")', **{"1": text}) is None


@pytest.mark.parametrize(
    ("text", "is_all"),
    [
        ("exists V from xEvent where isNull(V.size), W from V where W", True),
        ("isNull(home.size) and home.count() > 0", True),
        ("isNull(home.size) and isNotNull(home)", False),
        ("xEvent.exists(isNull(size)) and home = xEvent.head()", False),
    ],
)
def test_all_fields_are_used_where_an_object_is_gone_through(text: str, is_all: bool) -> None:
    program = prepare(text, typed_expressions.SCHEMA, now=NOW)
    assert (used_paths([program], typed_expressions.SCHEMA) is None) is is_all

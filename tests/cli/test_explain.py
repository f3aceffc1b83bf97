"""Does `pql explain` answer, read every form of a profile, and refuse what it cannot read?"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import zstandard

from running import Pql

NOW = ("--now", "2024-03-15T10:30:00Z")
PROFILE: dict[str, Any] = {"_id": "kim", "a": 1, "identityMap": {"Email": [{"id": "k@x.com"}]}}


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    return written(tmp_path / "profile.json", PROFILE)


def written(path: Path, data: Any) -> Path:
    if isinstance(data, bytes):
        path.write_bytes(data)
    else:
        path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def definition(id: str, name: str, value: str) -> dict[str, Any]:
    return {"id": id, "name": name, "expression": {"type": "PQL", "format": "pql/text", "value": value}}


def test_answers(pql: Pql, profile: Path) -> None:
    ran = pql("explain", "-e", "a = 1", "--profile", profile)
    assert ran == (0, "<expression>: qualifies\n\n✓ a = 1 — a is 1\n", "")
    ran = pql("explain", "-e", "not b = 1", "--profile", profile)
    assert ran.status == 0
    assert ran.out.startswith("<expression>: qualifies (decided by a null)\n")
    assert pql("explain", "-", "--profile", profile, input="a = 2").out.startswith("<stdin>: does not qualify\n")


def test_json(pql: Pql, profile: Path) -> None:
    ran = pql("explain", "-e", "b != 1", "--profile", profile, *NOW, "--output-format", "json")
    (answer,) = json.loads(ran.out)
    explanation = answer.pop("explanation")
    assert answer == {
        "key": "<expression>",
        "id": None,
        "name": None,
        "now": "2024-03-15T10:30:00Z",
        "qualifies": False,
        "decidedByNull": True,
    }
    assert explanation == {
        "kind": "expression",
        "text": "b != 1",
        "value": False,
        "holds": False,
        "decidedByNull": True,
        "notes": ["`!=` is false because the left side is null"],
        "children": [{"kind": "expression", "text": "b", "value": None, "notes": ["the profile has no `b`"]}],
    }


def test_definitions_are_chosen_by_id_or_name(pql: Pql, profile: Path, tmp_path: Path) -> None:
    both = [definition("1", "One", "a = 1"), definition("2", "Two", 'inSegment("1") and inSegment("3")')]
    file = written(tmp_path / "both.json", both)
    ran = pql("explain", file, "--profile", profile)
    assert [line for line in ran.out.splitlines() if "qualif" in line] == ["One: qualifies", "Two: does not qualify"]
    assert "One: qualifies" not in pql("explain", file, "--name", "Two", "--profile", profile).out
    others = written(tmp_path / "others.json", definition("3", "Three", "a > 0"))
    ran = pql("explain", file, "--id", "2", "--profile", profile, "--segments", others)
    assert ran.out.startswith("Two: qualifies\n")
    ran = pql("explain", file, "--id", "9", "--profile", profile)
    assert (ran.status, ran.out) == (1, "")
    assert "PQL040" in ran.err
    assert "it holds `One`, `Two`" in ran.err


@pytest.mark.parametrize(
    ("data", "id"),
    [
        (PROFILE, None),
        (PROFILE, "kim"),
        (PROFILE, "k@x.com"),
        ({"XID": {"entityId": "x", "entity": PROFILE}}, None),
        ({"XID": {"entity": PROFILE}, "Y": {"entity": {"a": 2}}}, "XID"),
        ([{"_id": "other"}, PROFILE], "kim"),
        (f'{json.dumps(PROFILE)}\n\n{{"_id": "other"}}\n', "k@x.com"),
        ("\ufeff" + json.dumps(PROFILE), None),
        ({"xdm:a": 1, "@id": "kim"}, "kim"),
        (gzip.compress(json.dumps([{"a": 2}, PROFILE]).encode(), mtime=0), "kim"),
        (zstandard.compress(json.dumps(PROFILE).encode()), None),
        ('{"a": 1, "_id": "kim"}\n{"a": }\n', "kim"),
    ],
)
def test_forms_of_a_profile(pql: Pql, tmp_path: Path, data: Any, id: str | None) -> None:
    file = written(tmp_path / "p.json", data)
    ran = pql("explain", "-e", "a = 1", "--profile", file, *(["--profile-id", id] if id else []))
    assert ran.out.startswith("<expression>: qualifies\n"), ran.err


def test_events_of_their_own(pql: Pql, profile: Path, tmp_path: Path) -> None:
    other = {"identityMap": {"Email": [{"id": "tom@x.com"}]}, "n": 3}
    forms: list[Any] = [
        [{"n": 1}],
        {"children": [{"entity": {"xdm:n": 1}, "relatedEntityId": "kim"}]},
        '{"n": 1}\n{"n": 2}\n',
        [{**PROFILE, "n": 1}, other],
    ]
    for events in forms:
        file = written(tmp_path / "events.json", events)
        ran = pql("explain", "-e", "xEvent.exists(n = 1)", "--profile", profile, "--events", file)
        assert ran.out.startswith("<expression>: qualifies\n"), ran.err
    file = written(tmp_path / "events.json", [{**PROFILE, "n": 1}, other])
    ran = pql("explain", "-e", "xEvent.exists(n = 3)", "--profile", profile, "--events", file)
    assert ran.out.startswith("<expression>: does not qualify\n"), ran.err
    for events, message in (
        ([other], "PQL044 the file holds 1 event, and none of this profile"),
        ([other, 3], "PQL072 line 1: this is a number, not an object"),
    ):
        file = written(tmp_path / "events.json", events)
        ran = pql("explain", "-e", "a = 1", "--profile", profile, "--events", file)
        assert (ran.status, ran.out) == (1, "")
        assert message in ran.err


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "the file is empty"),
        ("{", "PQL030"),
        ("[1]", "PQL071 line 1: this is a number, not an object"),
        ('"x"', "PQL030 no line of this file is a JSON object"),
        ("null", "PQL030 no line of this file is a JSON object"),
        ("[]", "the file holds no profile"),
        ('{"a": 1}\n{"a": }\n', "PQL071 line 2: this is not JSON"),
        ("[{}, {}]", "the file holds 2 profiles"),
        ('{"a": 1}\n{"a": 2}\n', "choose one with --profile-id"),
        ('{"a": NaN}', "PQL030"),
        ("[" * 100_000, "nested too deep"),
        (gzip.compress(b'{"a": 1}', mtime=0)[:-9], "the gzip data end too early"),
    ],
)
def test_files_that_hold_no_profile(pql: Pql, tmp_path: Path, data: str, message: str) -> None:
    ran = pql("explain", "-e", "a = 1", "--profile", written(tmp_path / "p.json", data))
    assert (ran.status, ran.out) == (1, "")
    assert message in ran.err
    assert "p.json" in ran.err


def test_odd_data_is_no_problem(pql: Pql, tmp_path: Path) -> None:
    deep = "[" * 900 + "]" * 900
    file = written(tmp_path / "p.json", f'{{"a": 1e999, "b": {deep}, "c": "\\u001b[2J", "d": {"9" * 4000}}}')
    ran = pql("explain", "-e", "a = 1 or b = 1 or c = 1 or d = 1", "--profile", file, "--all")
    assert ran.status == 0
    assert "\x1b" not in ran.out
    ran = pql("explain", "-e", "a = 1 or c = 1 or d = 1 or b", "--profile", file, "--output-format", "json")
    assert json.loads(ran.out, parse_constant=pytest.fail)


def test_what_cannot_be_read_or_evaluated(pql: Pql, profile: Path, tmp_path: Path) -> None:
    for arguments, message in (
        (["-e", "a == 1"], "<expression>:1:3 PQL004"),
        (["-e", "a = 1 and nonsense(a)"], "<expression>:1:11 PQL070 the function `nonsense` is not known"),
        ([tmp_path / "missing.pql"], "PQL044 there is no such file"),
        ([tmp_path / "empty"], "holds no PQL"),
        (["-e", "a = 1", "--segments", tmp_path / "no.json"], "PQL044 there is no such file"),
        (["-e", ""], "PQL017"),
    ):
        (tmp_path / "empty").mkdir(exist_ok=True)
        ran = pql("explain", *arguments, "--profile", profile)
        assert ran.status == 1, arguments
        assert message in ran.err
    ran = pql("explain", "-e", "a = 1", "--profile", tmp_path)
    assert (ran.status, "this is a folder" in ran.err) == (1, True)
    ran = pql("explain", "-e", "a ==", "--profile", profile, "--output-format", "json")
    assert (ran.status, ran.out) == (1, "[]\n")


def test_faults_in_segments_are_told_where_they_are(pql: Pql, profile: Path, tmp_path: Path) -> None:
    file = written(tmp_path / "s.json", [definition("1", "One", "a = nonsense(a)")])
    ran = pql("explain", "-e", 'inSegment("1")', "--profile", profile, "--segments", file)
    assert ran.status == 1
    assert "s.json:1:" in ran.err
    circle = [definition("1", "One", 'inSegment("2")'), definition("2", "Two", 'a = 1 and inSegment("1")')]
    written(file, circle)
    ran = pql("explain", "-e", 'a = 1 and inSegment("1")', "--profile", profile, "--segments", file)
    assert ran.status == 1
    assert "PQL070 segments refer to each other in a circle: 1 → 2 → 1" in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--profile", "p.json"],
        ["a.pql", "-e", "a", "--profile", "p.json"],
        ["-e", "a"],
        ["-e", "a", "--id", "x", "--profile", "p.json"],
        ["-e", "a", "--profile", "p.json", "--now", "today"],
    ],
)
def test_wrong_use(pql: Pql, arguments: list[str]) -> None:
    ran = pql("explain", *arguments)
    assert (ran.status, ran.out) == (2, "")


def test_all_shows_everything(pql: Pql, tmp_path: Path) -> None:
    file = written(tmp_path / "p.json", {"xs": [{"n": n} for n in range(20)]})
    text = "xs.count(n > 17) > 5 and false"
    assert "more items" in pql("explain", "-e", text, "--profile", file).out
    ran = pql("explain", "-e", text, "--profile", file, "--all")
    assert "more items" not in ran.out
    assert "not evaluated" not in ran.out

"""Does `pql explain` answer, read every form of a profile, and refuse what it cannot read?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from running import Pql

NOW = ("--now", "2024-03-15T10:30:00Z")
PROFILE: dict[str, Any] = {"_id": "kim", "a": 1, "identityMap": {"Email": [{"id": "k@x.com"}]}}


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    return written(tmp_path / "profile.json", PROFILE)


def written(path: Path, data: Any) -> Path:
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
    ],
)
def test_forms_of_a_profile(pql: Pql, tmp_path: Path, data: Any, id: str | None) -> None:
    file = written(tmp_path / "p.json", data)
    ran = pql("explain", "-e", "a = 1", "--profile", file, *(["--profile-id", id] if id else []))
    assert ran.out.startswith("<expression>: qualifies\n"), ran.err


def test_events_of_their_own(pql: Pql, profile: Path, tmp_path: Path) -> None:
    for events in ([{"n": 1}], {"children": [{"entity": {"n": 1}}]}, '{"n": 1}\n{"n": 2}\n'):
        file = written(tmp_path / "events.json", events)
        ran = pql("explain", "-e", "xEvent.exists(n = 1)", "--profile", profile, "--events", file)
        assert ran.out.startswith("<expression>: qualifies\n"), ran.err


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "the file is empty"),
        ("{", "PQL030"),
        ("[1]", "a number stands where a JSON object is due"),
        ('"x"', "a string stands where a JSON object is due"),
        ("null", "null stands where a JSON object is due"),
        ("[]", "the file holds no profiles"),
        ("[{}, {}]", "the file holds 2 profiles"),
        ('{"a": 1}\n{"a": 2}\n', "choose one with --profile-id"),
        ("[" * 100_000, "the profile is nested too deep to be read"),
        ('{"a": ' + "1" * 5000 + "}", "an integer of thousands of digits"),
    ],
)
def test_files_that_hold_no_profile(pql: Pql, tmp_path: Path, data: str, message: str) -> None:
    ran = pql("explain", "-e", "a = 1", "--profile", written(tmp_path / "p.json", data))
    assert (ran.status, ran.out) == (1, "")
    assert message in ran.err
    assert "p.json" in ran.err


def test_odd_data_is_no_problem(pql: Pql, tmp_path: Path) -> None:
    deep = "[" * 3000 + "]" * 3000
    file = written(tmp_path / "p.json", f'{{"a": NaN, "b": {deep}, "c": "\\ud800\\u001b[2J", "d": {"9" * 4000}}}')
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

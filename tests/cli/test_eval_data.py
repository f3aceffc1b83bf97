"""Does `pql eval` read what people have, join events, and go on past what is bad?"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.fused.job import compile_job
from pqltools.workspace import conditions, quick_jobs
from running import Pql

GOLD = 'loyalty.tier = "gold"'
BOUGHT = 'xEvent[eventType = "commerce.purchases"].count() > 1'
ANN: dict[str, Any] = {"_id": "ann", "loyalty": {"tier": "gold"}, "identityMap": {"CRMID": [{"id": "c-1"}]}}
BEN: dict[str, Any] = {"_id": "ben", "loyalty": {"tier": "silver"}, "identityMap": {"CRMID": [{"id": "c-2"}]}}
ENTITY = {"xid-1": {"entityId": "xid-1", "entity": ANN}, "xid-2": {"entityId": "xid-2", "entity": BEN}}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(name: str, *lines: Any) -> str:
    Path(name).write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return name


def purchase(id: str, **more: Any) -> dict[str, Any]:
    return {"eventType": "commerce.purchases", "identityMap": {"crmid": [{"id": id}]}, **more}


# Forms of profiles.


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("\n".join(map(json.dumps, (ANN, BEN))), "ann"),
        ("\r\n".join(map(json.dumps, (ANN, BEN))) + "\r\n\r\n", "ann"),
        ("\ufeff" + json.dumps(ANN), "ann"),
        (json.dumps([ANN, BEN]), "ann"),
        (json.dumps([ANN, BEN], indent=2), "ann"),
        (json.dumps(ANN, indent=2), "ann"),
        (json.dumps(ENTITY), "xid-1"),
        (json.dumps(ENTITY, indent=2), "xid-1"),
        (json.dumps({"xdm:loyalty": {"xdm:tier": "gold"}, "_id": "ann"}), "ann"),
        (json.dumps({"loyalty": {"tier": "gold"}}), "p:1"),
    ],
)
@pytest.mark.parametrize("jobs", [1, 2])
def test_forms(pql: Pql, text: str, ids: str, jobs: int) -> None:
    Path("p").write_bytes(text.encode())
    ran = pql("eval", "-e", GOLD, "--profiles", "p", "--output", "ids", "--jobs", jobs)
    assert (ran.status, ran.out) == (0, f"{ids}\n")
    ran = pql("eval", "-e", GOLD, "--profiles", "-", "--output", "ids", "--jobs", jobs, input=text)
    assert ran.out == f"{ids.replace('p:1', '<stdin>:1')}\n"


def test_files_come_in_their_order(pql: Pql) -> None:
    names = [written("b", BEN), written("a", ANN), written("b2", {**BEN, "_id": "bob"})]
    arguments = [each for name in names for each in ("--profiles", name)]
    ran = pql("eval", "-e", "loyalty.tier.isNotNull()", *arguments, "--output", "ids")
    assert ran.out == "ben\nann\nbob\n"


# Events.


@pytest.mark.parametrize("jobs", [1, 2])
def test_events_are_joined(pql: Pql, jobs: int) -> None:
    inline = {**BEN, "timeSeriesEvents": [purchase("c-9")]}
    profiles = written("p", ANN, inline)
    first = written("e1", purchase("c-1"), purchase("c-2"), {"eventType": "x"}, "[]", purchase("c-7"))
    second = written("e2", {"xdm:eventType": "commerce.purchases", "identityMap": {"CRMID": [{"id": "c-1"}]}})
    arguments = ("eval", "-e", BOUGHT, "--profiles", profiles, "--events", first, "--events", second, "--jobs", jobs)
    ran = pql(*arguments)
    assert ran.err == "e1 PQL072 warning: line 4: this is an array, not an object\n"
    assert ran.out == (
        "definition    profiles  qualified   share  null-decided  errors\n"
        "<expression>         2          2  100.0%             0       0\n"
        "events: 3 joined, 2 without a profile (1 of them without an identity)\n"
        "1 line holds no event\n"
    )
    counts = json.loads(pql(*arguments, "--output-format", "json").out)["events"]
    assert counts == {"joined": 3, "shared": 0, "orphans": 2, "nameless": 1, "bad": 1}


def test_inline_events_under_both_names(pql: Pql) -> None:
    profiles = written(
        "p", {**ANN, "xEvent": [purchase("")], "timeSeriesEvents": purchase("")}, {"xEvent": purchase("")}
    )
    assert pql("eval", "-e", BOUGHT, "--profiles", profiles, "--output", "ids").out == "ann\n"


def test_events_of_a_response(pql: Pql) -> None:
    child = {
        "relatedEntityId": "xid-1",
        "entityId": "e1",
        "timestamp": 1,
        "entity": {"eventType": "commerce.purchases"},
    }
    events = written("e", json.dumps({"children": [child, {**child, "entityId": "e2"}]}, indent=1))
    ran = pql("eval", "-e", BOUGHT, "--profiles", written("p", ENTITY), "--events", events, "--output", "ids")
    assert ran.out == "xid-1\n"


# What is bad.


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("output", ["counts", "ids"])
def test_bad_lines(pql: Pql, jobs: int, output: str) -> None:
    profiles = written("p", ANN, "{bad", "", "null", "   ", BEN)
    ran = pql("eval", "-e", GOLD, "--profiles", profiles, "--output", output, "--jobs", jobs)
    assert ran.status == 0
    told = ran.err.splitlines()
    assert told[0].startswith("p PQL071 warning: line 2: this is not JSON: ")
    assert told[1] == "p PQL071 warning: line 4: this is null, not an object"
    assert (ran.out + ran.err).count("2 lines hold no profile\n") == 1


def test_at_most_twenty_are_told_in_full(pql: Pql) -> None:
    profiles, events = written("p", ANN, *["3"] * 25), written("e", purchase("c-1"), *["3"] * 21)
    ran = pql("eval", "-e", GOLD, "--profiles", profiles, "--events", events)
    told = ran.err.splitlines()
    assert len(told) == 42
    assert told[19] == "e PQL072 warning: line 21: this is a number, not an object"
    assert told[20] == "… further lines without an event are only counted"
    assert told[40] == "p PQL071 warning: line 21: this is a number, not an object"
    assert told[41] == "… further lines without a profile are only counted"
    assert ran.out.endswith("\n25 lines hold no profile\nevents: 1 joined\n21 lines hold no event\n")


@pytest.mark.parametrize("output", ["counts", "ids"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_strict(pql: Pql, output: str, jobs: int) -> None:
    profiles = written("p", ANN, "", "3", ANN, "4")
    ran = pql("eval", "-e", GOLD, "--profiles", profiles, "--strict", "--output", output, "--jobs", jobs)
    assert ran.status == 1
    told = "p PQL071 warning: line 3: this is a number, not an object\npql: stopped here, as --strict asks for\n"
    assert ran.err.startswith(told)
    table = (ran.err + ran.out if output == "counts" else ran.err).splitlines()
    assert table[-2].split() == ["<expression>", "1", "1", "100.0%", "0", "0"]
    assert table[-1] == "1 line holds no profile"
    assert pql("eval", "-e", GOLD, "--profiles", written("p", ANN, "", BEN), "--strict").status == 0


def test_strict_events(pql: Pql) -> None:
    events = written("e", purchase("c-1"), "3", "4")
    ran = pql("eval", "-e", GOLD, "--profiles", written("p", ANN), "--events", events, "--strict")
    assert ran.status == 1
    assert "PQL072 warning: line 2" in ran.err
    assert "line 3" not in ran.err


@pytest.mark.parametrize("jobs", [1, 2])
def test_empty_files_hold_no_profiles(pql: Pql, jobs: int) -> None:
    written("empty")
    Path("empty.gz").write_bytes(gzip.compress(b""))
    arguments = ("--profiles", "empty", "--profiles", written("p", ANN), "--profiles", "empty.gz", "--jobs", jobs)
    ran = pql("eval", "-e", GOLD, *arguments, "--events", "empty", "--output", "ids")
    assert (ran.status, ran.out) == (0, "ann\n")
    assert ran.err.splitlines()[:3] == [
        "empty PQL072 warning: line 1: the file is empty",
        "empty PQL071 warning: line 1: the file is empty",
        "empty.gz PQL071 warning: line 1: the file is empty",
    ]


def test_files_that_cannot_be_read_are_told_first(pql: Pql) -> None:
    arguments = ("--profiles", written("p", ANN), "--profiles", "missing", "--events", ".")
    ran = pql("eval", "-e", GOLD, *arguments, "--output", "ids")
    told = "missing PQL044 there is no such file\n\n. PQL044 this is a folder\n\nfound 2 errors\n"
    assert ran == (1, "", f"{told}pql: nothing was evaluated\n")


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_file_that_holds_something_else(pql: Pql, jobs: int) -> None:
    arguments = ("--profiles", written("p", ANN), "--profiles", written("notes", "no JSON"), "--jobs", jobs)
    ran = pql("eval", "-e", GOLD, *arguments, "--output", "ids")
    assert (ran.status, ran.out) == (1, "ann\n")
    assert ran.err.startswith("notes PQL030 no line of this file is a JSON object\n")
    found = json.loads(pql("eval", "-e", GOLD, *arguments, "--output-format", "json").out)
    assert [problem["code"] for problem in found["problems"]] == ["PQL030"]
    assert found["profiles"] == 1


# A definition that fails at run time.


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Makes predicates raise for profiles whose `fails` is true; the names of what has been compiled."""
    compiled: list[str] = []

    def compile_one(program: Any, *, as_condition: bool) -> Any:
        predicate = compile_program(program, as_condition=as_condition)
        compiled.append("one")

        def fails(data: Any) -> Any:
            if data.get("fails") and "tier" in repr(program.tree):
                raise TimeoutError("the pattern takes too long")
            return predicate(data)

        return fails

    def compile_all(programs: Any, **options: Any) -> Any:
        job = compile_job(programs, **options)
        compiled.append("all")
        spoilt = any("tier" in repr(program.tree) for program in programs)

        def fails(data: Any) -> Any:
            if spoilt and data.get("fails"):
                raise TimeoutError
            return job(data)

        return fails

    def compile_quick(programs: Any, **options: Any) -> Any:
        job = compile_job(programs, **options)
        attribute = options["structs"].attributes["fails"]

        def fails(data: Any) -> Any:
            if getattr(data, attribute):
                raise TimeoutError
            return job(data)

        return fails

    monkeypatch.setattr(conditions, "compile_program", compile_one)
    monkeypatch.setattr(conditions, "compile_job", compile_all)
    monkeypatch.setattr(quick_jobs, "compile_job", compile_quick)
    return compiled


DEFINITIONS = [
    json.dumps({"id": name, "name": name, "expression": {"type": "PQL", "format": "pql/text", "value": text}})
    for name, text in (("Gold", GOLD), ("Fails", "fails = true"), ("Old", "age > 60"))
]


@pytest.mark.parametrize("output", ["counts", "csv"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_failures_cost_nobody_else_an_answer(pql: Pql, failing: list[str], output: str, jobs: int) -> None:
    written("d.jsonl", *DEFINITIONS)
    profiles = written("p", ANN, {**ANN, "fails": True, "age": 70}, {"fails": True}, BEN)
    ran = pql("eval", "d.jsonl", "--profiles", profiles, "--output", output, "--jobs", jobs)
    assert ran.status == 0
    assert ran.err.splitlines()[:2] == [
        "p PQL079 warning: line 2: the profile `ann` is left out of `Gold`: the pattern takes too long",
        "p PQL079 warning: line 3: the profile is left out of `Gold`: the pattern takes too long",
    ]
    table = [line.split() for line in (ran.err + ran.out if output == "counts" else ran.err).splitlines()[-3:]]
    assert table == [
        ["Gold", "2", "1", "50.0%", "0", "2"],
        ["Fails", "4", "2", "50.0%", "2", "0"],
        ["Old", "4", "1", "25.0%", "3", "0"],
    ]
    if output == "csv":
        assert ran.out.splitlines()[1:3] == ["ann,true,false,false", "ann,,true,true"]


def test_failures_in_other_outputs(pql: Pql, failing: list[str]) -> None:
    written("d.jsonl", *DEFINITIONS)
    held = {"ups": {"Gold": {"status": "realized", "lastQualificationTime": "2024-01-01T00:00:00Z"}}}
    profiles = written("p", {**BEN, "fails": True, "segmentMembership": held})
    line = json.loads(pql("eval", "d.jsonl", "--profiles", profiles, "--output", "ndjson").out)
    assert (line["qualifies"], line["failed"]) == (["Fails"], ["Gold"])
    line = json.loads(pql("eval", "d.jsonl", "--profiles", profiles, "--output", "memberships").out)
    assert line["segmentMembership"]["ups"]["Gold"] == held["ups"]["Gold"]
    assert "Fails" in line["segmentMembership"]["ups"]
    assert pql("eval", "d.jsonl", "--profiles", profiles, "--output", "ids").out == "ben\tFails\n"
    ran = pql("eval", "d.jsonl", "--profiles", written("p", {"fails": True}, {"fails": True}), "--strict")
    assert ran.status == 1
    assert ran.err.count("PQL079") == 1


@pytest.mark.parametrize("output", ["counts", "ndjson"])
def test_failures_for_every_profile_are_cheap(pql: Pql, failing: list[str], output: str) -> None:
    written("d.jsonl", *DEFINITIONS)
    profiles = written("p", *[{**ANN, "fails": True} for _ in range(500)], ANN)
    ran = pql("eval", "d.jsonl", "--profiles", profiles, "--output", output, "--output-format", "json")
    found = json.loads(ran.out if output == "counts" else ran.err)
    assert [(row["profiles"], row["qualified"], row["errors"]) for row in found["definitions"]] == [
        (1, 1, 500),
        (501, 500, 0),
        (501, 0, 0),
    ]
    assert [row["nullDecided"] for row in found["definitions"]] == [0, 1, 501]
    assert len(found["problems"]) == 20
    # Three definitions, and for each the condition that a null decides.
    assert failing.count("one") == 6
    assert failing.count("all") <= 3


@pytest.mark.parametrize("output", ["counts", "ids"])
def test_a_search_that_takes_too_long(pql: Pql, monkeypatch: pytest.MonkeyPatch, output: str) -> None:
    monkeypatch.setattr("pqltools.evaluation.bounded.TIME_LIMIT", 0.01)
    slow = {"_id": "slow", "s": "a" * 60 + "!", "loyalty": {"tier": "gold"}}
    written("d.jsonl", DEFINITIONS[0])
    arguments = ("eval", "d.jsonl", "-e", 's.matches("^(?=(a|a)+c)a")', "--output", output)
    ran = pql(*arguments, "--profiles", written("p", {"_id": "fast", "s": "ac"}, *[slow] * 30, {"s": "b"}))
    assert ran.status == 0
    why = "the search for `^(?=(a|a)+c)a` was given up after 0.01 seconds"
    told = ran.err.splitlines()
    assert told[0] == f"p PQL079 warning: line 2: the profile `slow` is left out of `<expression>`: {why}"
    assert told[20] == "… further profiles that are left out of a definition are only counted"
    rows = [line.split() for line in (ran.out if output == "counts" else ran.err).splitlines()[-2:]]
    assert rows == [["Gold", "32", "30", "93.8%", "2", "0"], ["<expression>", "2", "1", "50.0%", "0", "30"]]
    if output == "ids":
        assert ran.out == "fast\t<expression>\n" + "slow\tGold\n" * 30

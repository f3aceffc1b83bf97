"""Do `pql store`, `pql plan`, `pql job run` and `pql eval` over a store do as they say, and tell what is wrong?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from running import Pql

NOW = ("--now", "2024-03-15T10:30:00Z")
EXAMPLES = Path(__file__).parents[2] / "examples"
GOLD = 'loyalty.tier = "gold"'
PEOPLE: list[Any] = [
    {"_id": "ann", "person": {"birthYear": 1984}, "loyalty": {"tier": "gold"}},
    {"_id": "ben", "person": {"birthYear": 2009}, "loyalty": {"tier": "gold"}},
    {"_id": "cat\tx", "person": {"birthYear": 1999}, "loyalty": {"tier": "silver"}},
    {"loyalty": {"tier": "gold"}, "xEvent": [{"eventType": "a", "timestamp": "2024-03-01T00:00:00.000Z"}]},
]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with profiles in a file, and of them one with bad lines, too."""
    monkeypatch.chdir(tmp_path)
    lines = [json.dumps(each) for each in PEOPLE]
    Path("people.ndjson").write_text("\n".join(lines), "utf-8")
    Path("bad.ndjson").write_text("\n".join([*lines, "{", '{"person": {"birthYear": "1"}}']), "utf-8")
    return tmp_path


@pytest.fixture
def store(pql: Pql, files: Path) -> str:
    assert pql("store", "load", "crm", "people.ndjson", "--jobs", 1).status == 0
    return "crm"


# Stores.


def test_loading(pql: Pql, files: Path) -> None:
    ran = pql("store", "load", "crm", "bad.ndjson", "--jobs", 1)
    assert ran.status == 0
    assert ran.out == "4 profiles loaded; 2 lines refused\n  profiles             4\n  xEvent               1\n"
    assert ran.err.splitlines() == [
        "bad.ndjson PQL071 warning: line 5: this is not JSON: a string, an object or an array is cut off",
        "bad.ndjson PQL071 warning: line 6: `person.birthYear` is a string, and the schema has an integer",
    ]
    again = pql("store", "load", "crm", "people.ndjson", "--jobs", 1, "--output-format", "json")
    assert (again.status, again.err) == (0, "")
    assert json.loads(again.out) == {
        "loaded": 4,
        "replaced": 3,
        "refused": 0,
        "leftOut": [],
        "joinedEvents": 0,
        "orphanedEvents": 0,
        "rows": {"profiles": 5, "xEvent": 2},
    }
    shown = pql("store", "show", "crm")
    assert (shown.status, shown.out, shown.err) == (0, "  profiles             5\n  xEvent               2\n", "")
    data = json.loads(pql("store", "show", "crm", "--output-format", "json").out)
    assert data["rows"] == {"profiles": 5, "xEvent": 2}
    assert data["fields"]["loyalty"] == {"fields": {"tier": "String"}}


def test_loading_standard_input(pql: Pql, files: Path) -> None:
    ran = pql("store", "load", "crm", "-", "--jobs", 1, input=json.dumps(PEOPLE))
    assert (ran.status, ran.out.splitlines()[0]) == (0, "4 profiles loaded")


def test_only_some_bad_lines_and_undeclared_fields_are_told(pql: Pql, files: Path) -> None:
    lines = ["x"] * 30 + [json.dumps({f"field{number}": 1}) for number in range(30)]
    Path("a.ndjson").write_text("\n".join(lines), "utf-8")
    err = pql("store", "load", "crm", "a.ndjson", "--jobs", 1).err.splitlines()
    assert len(err) == 22
    assert err[20] == "… 10 more, all in crm/quarantine.ndjson"
    assert err[21].startswith("left out, as the schema does not declare them or their types: field0, field1, ")
    assert err[21].endswith(" and 10 more")
    assert len(Path("crm/quarantine.ndjson").read_text("utf-8").splitlines()) == 30


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ((), 2, "the following arguments are required: load|show"),
        (("drop",), 2, "invalid choice: 'drop'"),
        (("load",), 2, "the following arguments are required: DIR"),
        (("load", "crm"), 2, "name files of profiles, or of events with --events"),
        (("load", "crm", "people.ndjson", "--jobs", "0"), 2, "'0' is no number of processes"),
        (("load", "crm", "missing.ndjson"), 1, "missing.ndjson PQL044 there is no such file"),
        (("load", "crm", "."), 1, "PQL044 this is a folder"),
        (("load", "people.ndjson", "people.ndjson"), 1, "people.ndjson PQL044 this is a file, and a store is a folder"),
        (("load", "people.ndjson/crm", "people.ndjson"), 1, "people.ndjson/crm PQL044 Not a directory"),
        (("load", "crm", "people.ndjson", "--schema", "people.ndjson"), 1, "people.ndjson"),
        (("show",), 2, "the following arguments are required: DIR"),
        (("show", "crm"), 1, "crm PQL044 there is no store in this folder"),
        (("show", "people.ndjson"), 1, "people.ndjson PQL044 there is no store in this folder"),
    ],
)
def test_wrong_use_of_stores(pql: Pql, files: Path, arguments: tuple[str, ...], status: int, words: str) -> None:
    try:
        ran = pql("store", *arguments)
    except SystemExit as end:
        assert end.code == status
    else:
        assert (ran.status, ran.out) == (status, "")
        assert words in ran.err
    assert not Path("crm").exists()


# Plans.


def test_plans(pql: Pql, store: str) -> None:
    Path("a.pql").write_text(f"{GOLD} and xEvent.exists(timestamp occurs <= 30 days before now)")
    Path("b.pql").write_text(f'{GOLD} and person.birthYear > 1990 or xEvent[eventType = "a"].count() > 1')
    Path("c.pql").write_text('chain(xEvent, timestamp, [A: WHAT(eventType = "a")])')
    Path("d.pql").write_text("unknown = 1")
    ran = pql("plan", "a.pql", "b.pql", "c.pql", "d.pql", "--profiles", store, *NOW)
    assert (ran.status, ran.err) == (0, "")
    assert (
        ran.out
        == """\
engine: duckdb, as the profiles are in a store

reads:
  profiles: 2 conditions of 2 definitions
    loyalty.tier, person.birthYear
  xEvent: 3 conditions of 3 definitions
    eventType, timestamp

shared:
  by 2 definitions: p."loyalty"."tier" = 'gold'

3 of 4 definitions by the engine itself
by the compiled evaluator, over the fields that they use:
  d.pql: the field `unknown`, of which the schema knows no type, cannot be said in SQL
"""
    )
    data = json.loads(pql("plan", "a.pql", "--profiles", store, *NOW, "--output-format", "json").out)
    assert data["reads"][1] == {
        "table": "xEvent",
        "columns": ["timestamp"],
        "window": "2024-02-14 10:30:00 to 2024-03-15 10:30:00.001",
        "conditions": 1,
        "definitions": 1,
    }
    assert data["definitions"] == [{"definition": "a.pql", "by": "engine", "reason": None}]


def test_plans_for_files(pql: Pql, files: Path) -> None:
    ran = pql("plan", "-e", GOLD, "--profiles", "people.ndjson")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("engine: memory, as one run over files costs less than to load them")
    assert "  people.ndjson: 1 condition of 1 definition\n    loyalty.tier\n" in ran.out


# Jobs.


def rows(folder: str) -> list[tuple[str, Any, Any]]:
    table = pyarrow.parquet.read_table(f"{folder}/memberships.parquet").to_pylist()
    return sorted(((row["definition"], row["segment"], row["profile"]) for row in table), key=repr)


@pytest.mark.parametrize("engine", ["duckdb", "memory"])
def test_jobs(pql: Pql, store: str, engine: str) -> None:
    Path("s.jsonl").write_text(
        json.dumps({"id": "s1", "name": "Göld", "expression": {"type": "PQL", "format": "pql/text", "value": GOLD}})
    )
    profiles = store if engine == "duckdb" else "people.ndjson"
    arguments = ("job", "run", "s.jsonl", "-e", "person.birthYear > 1990", "--profiles", profiles, "--jobs", 1, *NOW)
    ran = pql(*arguments, "--engine", engine, "--out", "members/new")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "definition    profiles  qualified  share  errors",
        "Göld                 4          3  75.0%       0",
        "<expression>         4          2  50.0%       0",
    ]
    assert rows("members/new") == [
        ("<expression>", None, "ben"),
        ("<expression>", None, "cat\tx"),
        ("Göld", "s1", "ann"),
        ("Göld", "s1", "ben"),
        ("Göld", "s1", None),
    ]
    counts = json.loads(Path("members/new/counts.json").read_text("utf-8"))
    assert counts["definitions"][0] == {
        "definition": "Göld",
        "id": "s1",
        "profiles": 4,
        "qualified": 3,
        "errors": 0,
        "by": "engine",
    }
    assert (counts["engine"], counts["profiles"], counts["refused"]) == (engine, 4, 0)
    assert sorted(path.name for path in Path("members").iterdir()) == ["new"]
    again = pql(*arguments, "--out", "members/new")
    assert again.status == 1
    assert "PQL044 there is something already" in again.err
    replaced = pql("job", "run", "-e", "false", "--profiles", profiles, "--out", "members/new", "--overwrite")
    assert replaced.status == 0
    assert rows("members/new") == []
    assert sorted(path.name for path in Path("members").iterdir()) == ["new"]


@pytest.mark.parametrize("engine", ["duckdb", "memory"])
def test_bad_lines_are_told_by_jobs(pql: Pql, files: Path, engine: str) -> None:
    ran = pql("job", "run", "-e", GOLD, "--profiles", "bad.ndjson", "--engine", engine, "--output-format", "json")
    assert ran.status == 0
    refused = [line for line in ran.err.splitlines() if line.startswith("bad.ndjson PQL071 warning: line ")]
    # What does not follow the schema is nothing bad to the evaluator in memory.
    assert json.loads(ran.out)["refused"] == len(refused) == (2 if engine == "duckdb" else 1)
    assert json.loads(ran.out)["definitions"][0]["qualified"] == 3


@pytest.mark.parametrize("what", ["file", "folder", "link"])
def test_only_memberships_are_overwritten(pql: Pql, store: str, what: str) -> None:
    if what == "file":
        Path("members").write_text("mine")
    elif what == "folder":
        Path("members").mkdir()
        Path("members/mine").write_text("mine")
    else:
        Path("other").mkdir()
        Path("members").symlink_to("other")
    ran = pql("job", "run", "-e", GOLD, "--profiles", store, "--out", "members", "--overwrite")
    assert (ran.status, ran.out) == (1, "")
    assert "there is something else than memberships, which --overwrite does not replace" in ran.err
    assert Path("members").is_symlink() is (what == "link")
    assert (Path("members") if what == "file" else Path("members/mine")).exists() is (what != "link")


def test_a_job_that_fails_leaves_nothing(pql: Pql, files: Path) -> None:
    for profiles, words in (("missing", "there is no such file"), (".", "this is a folder")):
        ran = pql("job", "run", "-e", GOLD, "--profiles", profiles, "--out", "members")
        assert (ran.status, ran.out) == (1, "")
        assert words in ran.err
        assert sorted(path.name for path in Path().iterdir()) == ["bad.ndjson", "people.ndjson"]


_WRONG: list[tuple[tuple[str, ...], int, str]] = [
    (("--profiles", "crm"), 2, "name a file with definitions, or give an expression with -e"),
    (("-e", "true"), 2, "the following arguments are required: --profiles"),
    (("-e", "true", "--profiles", "crm", "--engine", "spark9"), 2, "invalid choice: 'spark9'"),
    (("-e", "true", "--profiles", "crm", "--memory", "lots"), 2, "'lots' is no amount of memory"),
    (("-e", "true", "--profiles", "crm", "--memory", "0GB"), 2, "'0GB' is no amount of memory"),
    (("-e", "true", "--profiles", "crm", "--now", "today"), 2, "is no instant"),
    (("-e", "person.", "--profiles", "crm"), 1, "PQL001"),
    (("missing.pql", "--profiles", "crm"), 1, "missing.pql PQL044 there is no such file"),
    (("empty", "--profiles", "crm"), 1, "pql: there are no definitions in these files"),
    (("-e", "true", "--profiles", "crm", "--profiles", "people.ndjson"), 1, "`crm` is a store, and is evaluated alone"),
    (("-e", "true", "--profiles", "crm", "--engine", "memory"), 1, "`crm` is a store, which `duckdb` reads"),
    (("-e", "true", "--profiles", "empty", "--engine", "duckdb"), 1, "there is no store in the folder `empty`"),
]


@pytest.mark.parametrize("command", [("plan",), ("job", "run")], ids=["plan", "job"])
@pytest.mark.parametrize(("arguments", "status", "words"), _WRONG, ids=[words for _, _, words in _WRONG])
def test_wrong_use(
    pql: Pql,
    store: str,
    command: tuple[str, ...],
    arguments: tuple[str, ...],
    status: int,
    words: str,
) -> None:
    Path("empty").mkdir()
    ran = pql(*command, *arguments)
    assert (ran.status, ran.out) == (status, "")
    assert words in ran.err
    assert "Traceback" not in ran.err


# `pql eval`.


def test_eval_over_a_store_as_over_files(pql: Pql, store: str) -> None:
    definitions = (EXAMPLES / "definitions", "-e", GOLD)
    for output in ("counts", "ids"):
        stored = pql("eval", *definitions, "--profiles", store, *NOW, "--no-nulls", "--output", output)
        plain = pql("eval", *definitions, "--profiles", "people.ndjson", *NOW, "--no-nulls", "--output", output)
        assert stored.status == plain.status == 0
        if output == "counts":
            assert stored == plain
            continue
        by_file = [line for line in plain.out.splitlines() if not line.startswith("people.ndjson:4\t")]
        assert sorted(stored.out.splitlines()) == sorted(by_file)
        assert "cat\\tx\t" in stored.out
        assert "members have no id, and are not listed" in stored.err


def test_eval_as_json(pql: Pql, store: str) -> None:
    options = ("-e", GOLD, *NOW, "--output-format", "json", "--no-nulls")
    found = [json.loads(pql("eval", *options, "--profiles", name).out) for name in (store, "people.ndjson")]
    assert found[0] == found[1]
    bad = json.loads(pql("eval", *options, "--profiles", "bad.ndjson", "--engine", "duckdb").out)
    assert (bad["badLines"], len(bad["problems"])) == (2, 2)


def test_eval_says_what_duckdb_does_not(pql: Pql, store: str) -> None:
    ran = pql("eval", "-e", GOLD, "--profiles", store)
    assert ran.err == "pql: engine duckdb: the profiles are in a store; it does not find out where a null decides\n"
    assert "null-decided" not in ran.out
    for option in (("--output", "csv"), ("--output", "ndjson"), ("--strict",)):
        refused = pql("eval", "-e", GOLD, "--profiles", store, *option)
        assert (refused.status, refused.out) == (2, "")
        assert f"{' '.join(option)} goes with the engine memory" in refused.err
    joined = pql("eval", "-e", GOLD, "--profiles", store, "--events", "people.ndjson")
    assert (joined.status, joined.out) == (1, "")
    assert "load them: pql store load crm --events people.ndjson" in joined.err
    memory = pql("eval", "-e", GOLD, "--profiles", store, "--engine", "memory")
    assert memory.status == 1
    assert "`crm` is a store, which `duckdb` reads" in memory.err


def test_eval_of_files_in_columns(pql: Pql, files: Path) -> None:
    ran = pql("eval", "-e", GOLD, "--profiles", "bad.ndjson", "--engine", "duckdb")
    assert ran.status == 0
    assert ran.out.splitlines()[1].split() == ["<expression>", "4", "3", "75.0%", "0"]
    assert "bad.ndjson PQL071 warning: line 6: `person.birthYear` is a string" in ran.err
    missing = pql("eval", "-e", GOLD, "--profiles", "missing", "--engine", "duckdb")
    assert (missing.status, missing.out) == (1, "")
    assert "missing PQL044 there is no such file" in missing.err


@pytest.mark.parametrize("option", ["--id=_id", "--master=local"])
def test_eval_options_for_spark(pql: Pql, files: Path, option: str) -> None:
    ran = pql("eval", "-e", GOLD, "--profiles", "people.ndjson", "--engine", "memory", option)
    assert (ran.status, ran.out) == (1, "")
    assert f"PQL044 {option.partition('=')[0]} is for Spark" in ran.err


def test_eval_joins_events_in_columns(pql: Pql, files: Path) -> None:
    event = {"_id": "e", "timestamp": "2024-03-01T00:00:00Z", "eventType": "buy"}
    Path("events.ndjson").write_text(json.dumps({**event, "entityId": "ann"}), "utf-8")
    Path("some.ndjson").write_text('{"_id": "ann"}\n{"_id": "ben"}\n', "utf-8")
    arguments = ("-e", 'chain(xEvent, timestamp, [A: WHAT(eventType = "buy")])', "--events", "events.ndjson", *NOW)
    found = [
        pql("eval", *arguments, "--profiles", "some.ndjson", "--engine", engine, "--output", "ids", "--no-nulls").out
        for engine in ("memory", "duckdb")
    ]
    assert found == ["ann\n", "ann\n"]


@pytest.mark.parametrize("engine", ["memory", "duckdb"])
def test_segments_that_go_through_objects(pql: Pql, files: Path, engine: str) -> None:
    people = [
        {"_id": "a", "homeAddress": {"city": "x"}},
        {"_id": "b", "homeAddress": {"city": "x", "countryCode": "y"}},
    ]
    Path("p.ndjson").write_text("\n".join(map(json.dumps, people)), "utf-8")
    segment = {
        "id": "s",
        "name": "s",
        "expression": {"type": "PQL", "format": "pql/text", "value": "homeAddress.count() = 1"},
    }
    Path("s.json").write_text(json.dumps(segment), "utf-8")
    ran = pql(
        "job", "run", "-e", 'inSegment("s")', "--segments", "s.json", "--profiles", "p.ndjson", "--engine", engine
    )
    assert ran.status == 0, ran.err
    assert ran.out.splitlines()[1].split()[1:3] == ["2", "1"]


def test_interrupted_before_it_begins(pql: Pql, store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pqltools.cli.schema_choice.chosen", interrupted)
    ran = pql("store", "load", store, "people.ndjson")
    assert (ran.status, ran.err) == (130, "pql store: interrupted; the store is as it was\n")

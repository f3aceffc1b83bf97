"""Does `pql eval` count, list and update those who qualify, and say what it cannot use?"""

from __future__ import annotations

import csv
import gc
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
import zstandard

from running import Pql

NOW = ("--now", "2024-03-15T10:30:00Z")
ADULT = "person.birthYear <= 2006"
GOLD = 'loyalty.tier = "gold"'
BOUGHT = 'xEvent.exists(eventType = "commerce.purchases" and timestamp occurs <= 30 days before now)'
PROFILES: list[dict[str, Any]] = [
    {"_id": "ann", "person": {"birthYear": 1984}, "loyalty": {"tier": "gold"}},
    {"_id": "ben", "person": {"birthYear": 2009}, "loyalty": {"tier": "gold"}},
    {"person": {"birthYear": 1999}, "identityMap": {"Email": [{"id": "cat@example.com"}]}},
    {"loyalty": {"tier": "silver"}},
]


def written(path: Path, *lines: Any) -> Path:
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")
    return path


def definition(id: str | None, name: str | None, value: Any, format: str = "pql/text") -> dict[str, Any]:
    found = {"id": id, "name": name, "expression": {"type": "PQL", "format": format, "value": value}}
    return {key: value for key, value in found.items() if value is not None}


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return written(Path("people.ndjson"), *PROFILES)


@pytest.fixture
def segments(profiles: Path) -> Path:
    path = Path("segments.jsonl")
    return written(path, definition("s1", "Adults", ADULT), definition("s2", "Gold", GOLD))


def numbers(pql: Pql, *arguments: object, input: str | bytes = "") -> list[tuple[Any, ...]]:
    """Of each definition how many profiles there are, qualify, are decided by a null, and fail."""
    ran = pql("eval", *arguments, *NOW, "--output-format", "json", input=input)
    assert ran.status == 0, ran.err
    assert ran.err == ""
    keys = ("definition", "profiles", "qualified", "nullDecided", "errors")
    return [tuple(row[key] for key in keys) for row in json.loads(ran.out)["definitions"]]


# What is printed.


def test_counts(pql: Pql, segments: Path) -> None:
    ran = pql("eval", segments, "-e", "person.birthYear > 2000", "--profiles", "people.ndjson")
    assert ran.err == ""
    assert ran.status == 0
    assert ran.out == (
        "definition    profiles  qualified  share  null-decided  errors\n"
        "Adults               4          2  50.0%             1       0\n"
        "Gold                 4          2  50.0%             1       0\n"
        "<expression>         4          1  25.0%             1       0\n"
    )


def test_without_nulls(pql: Pql, segments: Path) -> None:
    ran = pql("eval", segments, "--profiles", "people.ndjson", "--no-nulls")
    assert ran.out.splitlines()[:2] == [
        "definition  profiles  qualified  share  errors",
        "Adults             4          2  50.0%       0",
    ]
    ran = pql("eval", segments, "--profiles", "people.ndjson", "--no-nulls", "--output-format", "json")
    assert "nullDecided" not in json.loads(ran.out)["definitions"][0]


def test_counts_as_json(pql: Pql, segments: Path) -> None:
    written(Path("more.ndjson"), "3", {"_id": "dan", "loyalty": {"tier": "gold"}})
    ran = pql("eval", segments, "--profiles", "people.ndjson", "--profiles", "more.ndjson", "--output-format", "json")
    assert ran.err == ""
    found = json.loads(ran.out)
    (problem,) = found.pop("problems")
    assert found == {
        "profiles": 5,
        "badLines": 1,
        "definitions": [
            {"definition": "Adults", "id": "s1", "profiles": 5, "qualified": 2, "nullDecided": 2, "errors": 0},
            {"definition": "Gold", "id": "s2", "profiles": 5, "qualified": 3, "nullDecided": 1, "errors": 0},
        ],
    }
    assert (problem["file"], problem["code"], problem["start"]) == ("more.ndjson", "PQL071", None)
    assert problem["message"] == "line 1: this is a number, not an object"


def test_ids(pql: Pql, segments: Path) -> None:
    ran = pql("eval", "-e", ADULT, "--profiles", "people.ndjson", "--output", "ids")
    assert ran.out == "ann\ncat@example.com\n"
    assert ran.err.startswith("definition ")
    ran = pql("eval", segments, "--profiles", "people.ndjson", "--output", "ids")
    assert ran.out == "ann\tAdults\nann\tGold\nben\tGold\ncat@example.com\tAdults\n"
    ran = pql("eval", "-e", "person.birthYear.isNull()", "--profiles", "people.ndjson", "--output", "ids")
    assert ran.out == "people.ndjson:4\n"


def test_ids_keep_to_their_lines(pql: Pql, profiles: Path) -> None:
    written(profiles, {"_id": 'a\n\tb"', "x": 1}, {"_id": "Zoë\\ 😀", "x": 1})
    written(Path("d.jsonl"), definition("1", "A\tB", "x = 1"), definition("2", "C", "x = 2"))
    ran = pql("eval", "d.jsonl", "--profiles", profiles, "--output", "ids")
    assert ran.out == 'a\\n\\tb"\tA\\tB\nZoë\\ 😀\tA\\tB\n'


def test_ndjson(pql: Pql, segments: Path) -> None:
    ran = pql("eval", segments, "--profiles", "people.ndjson", "--output", "ndjson")
    assert [json.loads(line) for line in ran.out.splitlines()] == [
        {"id": "ann", "file": "people.ndjson", "line": 1, "qualifies": ["Adults", "Gold"]},
        {"id": "ben", "file": "people.ndjson", "line": 2, "qualifies": ["Gold"]},
        {"id": "cat@example.com", "file": "people.ndjson", "line": 3, "qualifies": ["Adults"]},
        {"id": None, "file": "people.ndjson", "line": 4, "qualifies": []},
    ]


def test_csv(pql: Pql, profiles: Path) -> None:
    written(profiles, {"_id": 'a,"b"\nc', "x": 1}, {"x": 2})
    written(Path("d.jsonl"), definition("1", 'One, "1"', "x = 1"), definition("2", "Two", "x = 2"))
    ran = pql("eval", "d.jsonl", "--profiles", profiles, "--output", "csv")
    assert ran.out.startswith('profile,"One, ""1""",Two\n"a,""b""\nc",true,false\n')
    assert [*csv.reader(io.StringIO(ran.out, newline=""))] == [
        ["profile", 'One, "1"', "Two"],
        ['a,"b"\nc', "true", "false"],
        ["people.ndjson:2", "false", "true"],
    ]


def test_memberships(pql: Pql, segments: Path) -> None:
    old = {"lastQualificationTime": "2024-01-01T00:00:00Z", "status": "realized"}
    held = {"UPS": {"s1": old, "s2": old, "other": old}, "aam": {"s1": old}}
    written(Path("people.ndjson"), {"_id": "ann", "person": {"birthYear": 1984}, "xdm:segmentMembership": held})
    arguments = ("eval", segments, "--profiles", "people.ndjson", *NOW, "--output", "memberships")
    (line,) = pql(*arguments).out.splitlines()
    gone = {"lastQualificationTime": "2024-03-15T10:30:00Z", "status": "exited"}
    new = {"UPS": {"s1": old, "s2": gone, "other": old}, "aam": {"s1": old}}
    assert json.loads(line) == {"id": "ann", "file": "people.ndjson", "line": 1, "segmentMembership": new}
    (line,) = pql(*arguments, "--legacy").out.splitlines()
    new["UPS"]["s1"] = {**old, "status": "existing"}
    assert json.loads(line)["segmentMembership"] == new


def test_memberships_need_ids(pql: Pql, profiles: Path) -> None:
    ran = pql("eval", "-e", GOLD, "--profiles", profiles, "--output", "memberships")
    assert ran.status == 1
    assert ran.out == ""
    assert ran.err == (
        "PQL040 a membership needs the id of its definition, and `<expression>` has none\n"
        "  = help: evaluate segment definitions that have an `id`\n"
        "pql: nothing was evaluated\n"
    )
    written(Path("d.jsonl"), definition("1", "A", "x = 1"), definition("1", "B", "x = 2"))
    ran = pql("eval", "d.jsonl", "--profiles", profiles, "--output", "memberships")
    assert ran.err.startswith("PQL040 `A` and `B` have the same id, `1`, and would be one membership\n")
    assert pql("eval", "d.jsonl", "--profiles", profiles).status == 0


def test_the_garbage_collector_works_again(pql: Pql, profiles: Path) -> None:
    assert pql("eval", "-e", GOLD, "--profiles", profiles).status == 0
    assert gc.isenabled()


# Definitions.


def test_forms_of_definitions(pql: Pql, profiles: Path) -> None:
    Path("gold.pql").write_text(GOLD)
    tree = pql("convert", "-", "--to", "json", input=GOLD).out
    Path("tree.json").write_text(tree)
    written(Path("one.json"), definition("1", "One", json.loads(tree), "pql/json"))
    Path("page.json").write_text(json.dumps({"segments": [definition("2", "Two", ADULT)]}))
    Path("three.yaml").write_text(f"name: Three\nexpression:\n  type: PQL\n  format: pql/text\n  value: '{GOLD}'\n")
    names = ["gold.pql", "tree.json", "one.json", "page.json", "three.yaml"]
    found = numbers(pql, *names, "-e", tree, "--profiles", profiles)
    titles = ["gold.pql", "tree.json", "One", "Two", "Three", "<expression>"]
    assert found == [(title, 4, 2, 1, 0) for title in titles]


def test_folders(pql: Pql, segments: Path) -> None:
    Path("d/e").mkdir(parents=True)
    segments.rename("d/e/segments.jsonl")
    Path("d/a.pql").write_text(GOLD)
    Path("d/README.md").write_text("Not PQL.")
    Path("d/other.json").write_text('{"no": "definition"}')
    found = numbers(pql, "d", "--profiles", "people.ndjson")
    assert sorted(row[0] for row in found) == ["Adults", "Gold", str(Path("d/a.pql"))]
    Path("empty").mkdir()
    assert pql("eval", "empty", "--profiles", "people.ndjson") == (
        1,
        "",
        "pql: there are no definitions in these files\n",
    )


def test_definitions_from_standard_input(pql: Pql, profiles: Path) -> None:
    assert numbers(pql, "-", "--profiles", profiles, input=GOLD) == [("<stdin>", 4, 2, 1, 0)]


def test_the_same_name(pql: Pql, profiles: Path) -> None:
    written(Path("d.jsonl"), *[definition(id, "VIP", GOLD) for id in "12"], definition(None, "VIP", ADULT))
    found = numbers(pql, "d.jsonl", "--profiles", profiles)
    assert [row[0] for row in found] == ["VIP (1)", "VIP (2)", "VIP (d.jsonl#$.expression.value)"]
    # Lines of one file are told apart although they have the same path.
    written(Path("d.jsonl"), *[definition(None, "VIP", text) for text in (GOLD, ADULT, "x = 1")])
    found = numbers(pql, "d.jsonl", "--profiles", profiles)
    keys = ("d.jsonl#$.expression.value", "d.jsonl:2#$.expression.value", "d.jsonl:3#$.expression.value")
    assert [row[:3] for row in found] == [(f"VIP ({key})", 4, n) for key, n in zip(keys, (2, 2, 0), strict=True)]


def test_a_definition_that_cannot_be_used(pql: Pql, segments: Path) -> None:
    """Nothing is evaluated: the result would lack what somebody waits for, and it takes long to get it again."""
    Path("bad.pql").write_text("person.birthYear <=")
    ran = pql("eval", segments, "bad.pql", "--profiles", "people.ndjson")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("bad.pql:1:18 PQL001 the expression ends too early")
    assert ran.err.endswith("\npql: nothing was evaluated\n")
    ran = pql("eval", segments, "bad.pql", "--profiles", "people.ndjson", "--output-format", "json")
    assert (ran.status, ran.err) == (1, "")
    assert [problem["code"] for problem in json.loads(ran.out)] == ["PQL001"]
    ran = pql("eval", segments, "-e", "foo(x)", "--profiles", "people.ndjson")
    assert ran.err.startswith("<expression>:1:1 PQL070 the function `foo` is not known\n")
    ran = pql("eval", "missing.pql", "--profiles", "people.ndjson")
    assert ran.err == "missing.pql PQL044 there is no such file\npql: nothing was evaluated\n"


def test_schema(pql: Pql, profiles: Path) -> None:
    ran = pql("eval", "-e", GOLD, "--profiles", profiles, "--schema", "missing.json")
    assert (ran.status, ran.out) == (1, "")
    assert "missing.json" in ran.err
    assert ran.err.endswith("pql: nothing was evaluated\n")


# Segments.


def test_segments_among_the_definitions(pql: Pql, profiles: Path) -> None:
    both = 'inSegment("s1") and inSegment("s2")'
    written(
        Path("d.jsonl"), *[definition(f"s{n + 1}", f"S{n + 1}", text) for n, text in enumerate((ADULT, GOLD, both))]
    )
    found = numbers(pql, "d.jsonl", "-e", 'inSegment("s3")', "--profiles", profiles)
    assert [row[:3] for row in found] == [("S1", 4, 2), ("S2", 4, 2), ("S3", 4, 1), ("<expression>", 4, 1)]
    assert numbers(pql, "-e", 'inSegment("s2")', "--segments", "d.jsonl", "--profiles", profiles)[0][2] == 2


def test_segments_by_memberships(pql: Pql, profiles: Path) -> None:
    written(profiles, *[{"segmentMembership": {"UPS": {"s9": {"status": each}}}} for each in ("realized", "exited")])
    ran = pql("eval", "-e", 'a = 1 or inSegment("s9")', "--profiles", profiles)
    assert ran.status == 0
    assert ran.out.splitlines()[1].split() == ["<expression>", "2", "1", "50.0%", "1", "0"]
    message = "warning: the segment `s9` is not among the definitions: the memberships of the profiles count"
    assert ran.err.startswith(f"<expression>:1:10 PQL073 {message}\n")
    ran = pql("eval", "-e", 'inSegment("s9")', "--profiles", profiles, "--output-format", "json")
    assert [problem["code"] for problem in json.loads(ran.out)["problems"]] == ["PQL073"]
    # Who looks at memberships himself knows what counts.
    assert pql("eval", "-e", 'segmentMembership.ups.s9.status = "realized"', "--profiles", profiles).err == ""


def test_circles(pql: Pql, profiles: Path) -> None:
    references = [definition(a, a.upper(), f'x = 1 or inSegment("{b}")') for a, b in ("ab", "ba", "ca")]
    written(Path("d.jsonl"), *references)
    ran = pql("eval", "d.jsonl", "--profiles", profiles)
    assert ran.status == 1
    told = [line for line in ran.err.splitlines() if "PQL070" in line]
    circles = ("a → b → a", "b → a → b", "a → b → a")
    assert told == [
        f"d.jsonl:{line}:97 PQL070 segments refer to each other in a circle: {circle} ($.expression.value)"
        for line, circle in enumerate(circles, 1)
    ]


def test_what_is_wrong_with_a_segment_stands_where_it_is(pql: Pql, profiles: Path) -> None:
    written(Path("d.jsonl"), definition("a", "A", 'inSegment("b")'), definition("b", "B", 'inSegment("c")'))
    written(Path("s.jsonl"), definition("c", "C", "x = 1 and foo(x)"))
    ran = pql("eval", "d.jsonl", "--segments", "s.jsonl", "--profiles", profiles)
    depends = "PQL070 the segment `c`, on which this depends, cannot be evaluated ($.expression.value)"
    assert [line for line in ran.err.splitlines() if "PQL" in line and "|" not in line] == [
        f"d.jsonl:1:88 {depends}",
        f"d.jsonl:2:88 {depends}",
        "s.jsonl:1:98 PQL070 the function `foo` is not known ($.expression.value)",
    ]


# Time.


@pytest.mark.parametrize("now", ["2024-03-15T10:30:00Z", "2024-03-15T11:30:00+01:00", "2024-03-15T10:30:00.000Z"])
def test_now(pql: Pql, profiles: Path, now: str) -> None:
    times = ["2024-03-15T10:30:00Z", "2024-02-14T10:30:00Z", "2024-02-14T10:29:59Z"]
    written(profiles, *[{"xEvent": [{"eventType": "commerce.purchases", "timestamp": time}]} for time in times])
    ran = pql("eval", "-e", BOUGHT, "--profiles", profiles, "--now", now, "--output", "ids")
    assert ran.out == "people.ndjson:1\npeople.ndjson:2\n"


def test_now_is_the_present_otherwise(pql: Pql, profiles: Path) -> None:
    ran = pql("eval", "-e", "currentYear() > 2020", "--profiles", profiles, "--output-format", "json")
    assert json.loads(ran.out)["definitions"][0]["qualified"] == 4


# Wrong use.


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--profiles", "p"], "name a file with definitions, or give an expression with -e"),
        (["-e", "a", "-e", "b", "--profiles", "p"], "-e can be given only once; put several expressions into files"),
        (["-e", "a"], "the following arguments are required: --profiles"),
        (["-e", "a", "--profiles", "p", "--legacy"], "--legacy goes with --output memberships"),
        (["-e", "a", "--profiles", "p", "--jobs", "0"], "'0' is no number of processes"),
        (["-e", "a", "--profiles", "p", "--jobs", "many"], "'many' is no number of processes"),
        (["-e", "a", "--profiles", "p", "--now", "monday"], "'monday' is no instant; write it as 2024-03-15T10:30:00Z"),
        (["-e", "a", "--profiles", "p", "--output", "xml"], "invalid choice: 'xml'"),
        (["-", "--profiles", "-"], "standard input (-) can be read only once"),
        (["-e", "a", "--profiles", "-", "--events", "-"], "standard input (-) can be read only once"),
    ],
)
def test_wrong_use(pql: Pql, arguments: list[str], message: str) -> None:
    ran = pql("eval", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err


def test_help_explains_the_columns(pql: Pql) -> None:
    text = pql("eval", "--help").out
    assert "null-decided  whose answer could change if a missing field were filled in" in text


# Compressed files stand here because they are built in the same way as the plain ones.


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_compressed(pql: Pql, profiles: Path, pack: Any) -> None:
    Path("packed").write_bytes(pack(profiles.read_bytes()))
    assert numbers(pql, "-e", GOLD, "--profiles", "packed") == [("<expression>", 4, 2, 1, 0)]
    assert numbers(pql, "-e", GOLD, "--profiles", "-", input=Path("packed").read_bytes())[0][1:3] == (4, 2)
    Path("packed").write_bytes(pack(profiles.read_bytes())[:-12])
    ran = pql("eval", "-e", GOLD, "--profiles", "packed")
    assert ran.status == 1 or "1 line holds no profile" in ran.out

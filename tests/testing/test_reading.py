"""Is a test file understood, and is every mistake in one told with its place, its cause and its cure?"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from pqltools.testing.model import Expectation
from testing_files import faults, read, read_data, run, statuses, told

ONE = "tests: [{qualifies: false}]"


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])


def names(text: str) -> list[str]:
    suite = read(text)
    assert not faults(suite)
    return [test.name for test in suite.tests]


def test_a_test_without_names() -> None:
    (test,) = read("expression: a = 1\ntests:\n  - qualifies: false").tests
    assert (test.name, test.expected) == ("the profile does not qualify", Expectation("qualifies", False))
    assert test.place == ("a.test.yaml", 3, 5)
    assert (test.profile, test.now) == ({}, None)


def test_names_say_what_is_expected_of_whom() -> None:
    text = """
expression: a = 1
profiles: {kim: {}}
tests:
  - {profile: kim, qualifies: false}
  - {profile: kim, with: {a: 1}, qualifies: true}
  - {profile: {}, value: [1]}
  - {diagnostics: []}
  - {diagnostics: [unknown-field]}
  - name: table
    cases: [{qualifies: false}, {name: row, qualifies: false}]
  - {profile: kim, qualifies: false}
  - {profile: kim, qualifies: false}
"""
    assert names(text) == [
        "kim does not qualify",
        "a = 1 qualifies",
        "is [1]",
        "check finds nothing",
        "check finds PQL101",
        "table: the profile does not qualify",
        "table: row",
        "kim does not qualify (2)",
        "kim does not qualify (3)",
    ]


def test_what_the_file_says_holds_unless_the_test_says_otherwise() -> None:
    text = """
expression: a = 1
now: 2024-01-01
profile: {a: 1, b: {c: 2}}
models: {m: [1]}
segments: {s: true}
tests:
  - qualifies: true
  - {expression: b, now: 2024-01-02T00:00:00+01:00, with: {b.c: 3}, value: {c: 3}}
  - profile: {x: 1}
    models: {n: [2]}
    segments: {t: false}
    cases: [{now: 2024-01-03, segments: {s: false}, with: {y: 1}, qualifies: false}]
"""
    first, second, third = read(text).tests
    assert first.profile == {"a": 1, "b": {"c": 2}}
    assert first.now == 1704067200000
    assert (second.now, second.profile) == (1704150000000, {"a": 1, "b": {"c": 3}})
    assert second.subject is not None
    assert second.subject.value == "b"
    assert (third.profile, third.models) == ({"x": 1, "y": 1}, {"m": [1], "n": [2]})
    assert third.segments == {"s": False, "t": False}


def test_documents_stand_for_themselves() -> None:
    text = "expression: a = 1\ntests: [{with: {a: 1}, qualifies: true}]\n---\nexpression: a = 2\n" + ONE
    suite = read(text)
    assert statuses(suite) == ["passed", "passed"]
    assert [test.place[1] for test in suite.tests] == [2, 5]
    half = read("expression: a = 1\ntests: [{qualifies: false}]\n---\nexpression: a = 1\n")
    assert (len(half.tests), [fault.code for fault in half.problems]) == (1, ["PQL075"])


def test_json_is_the_same() -> None:
    data = {"expression": "a = 1", "tests": [{"qualifies": False}, {"with": {"a": 1}, "qualifies": True}]}
    assert statuses(read_data(data)) == ["passed", "passed"]
    assert [test.span for test in read_data(data).tests] == [(34, 54), (56, 93)]


def test_definitions_of_every_kind(tmp_path: Path) -> None:
    tree = {"nodeType": "literal", "literalType": "Boolean", "value": True}
    page = [
        {"id": id, "name": name, "expression": {"type": "PQL", "format": "pql/text", "value": f"a = {number}"}}
        for id, name, number in (("x", "One", 1), ("y", "Two", 2))
    ]
    (tmp_path / "a.pql").write_text("a = 1")
    (tmp_path / "tree.json").write_text(json.dumps(tree))
    (tmp_path / "page.json").write_text(json.dumps(page))
    data = {
        "profile": {"a": 2},
        "tests": [
            {"definition": "a.pql", "qualifies": False},
            {"definition": "tree.json", "qualifies": True},
            {"definition": {"file": "page.json", "name": "Two"}, "qualifies": True},
            {"definition": {"file": "page.json", "id": "x"}, "qualifies": False},
            {"expression": tree, "qualifies": True},
        ],
    }
    suite = read_data(data, tmp_path)
    assert statuses(suite) == ["passed"] * 5
    assert [test.subject.title for test in suite.tests if test.subject][2].endswith("page.json: Two")


def test_data_in_files(tmp_path: Path) -> None:
    (tmp_path / "kim.json").write_text('{"a": 1}')
    (tmp_path / "tom.yaml").write_text("a: 2")
    (tmp_path / "offers.json").write_text("[1, 2]")
    text = """
expression: a
models: {m: {file: offers.json}}
profiles: {kim: {file: kim.json}, file: {a: 3}}
tests:
  - {profile: kim, value: 1}
  - {profile: {file: tom.yaml}, value: 2}
  - {profile: file, value: 3}
  - {expression: '@{m}.count()', value: 2}
"""
    suite = read(text, tmp_path)
    assert statuses(suite) == ["passed"] * 4
    assert [test.who for test in suite.tests] == ["kim", "tom.yaml", "file", None]


def test_profiles_of_a_file_and_their_events(tmp_path: Path) -> None:
    people = [{"_id": "kim", "a": 1, "xEvent": [{"n": 1}]}, {"xdm:personID": "tom", "xdm:a": 2}]
    (tmp_path / "people.ndjson.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, people)).encode()))
    events = {"children": [{"relatedEntityId": id, "entity": {"n": n}} for id, n in (("kim", 5), ("tom", 6))]}
    (tmp_path / "events.json").write_text(json.dumps(events))
    text = """
expression: xEvent.sum(n) + a
profiles: {kim: {file: people.ndjson.gz, id: kim, events: events.json}}
tests:
  - {profile: kim, value: 7}
  - {profile: {file: people.ndjson.gz, id: tom, events: events.json}, value: 8}
"""
    suite = read(text, tmp_path)
    assert statuses(suite) == ["passed"] * 2
    assert [test.who for test in suite.tests] == ["kim", "tom"]
    suite = read("expression: a\nprofile: {file: people.ndjson.gz}\n" + ONE, tmp_path)
    (fault,) = faults(suite)
    assert (fault.code, fault.message) == ("PQL044", "the file holds 2 profiles")
    assert fault.help == "name one by an id of it, as in `{file: …, id: …}`"
    assert fault.source is not None
    assert fault.source.name.endswith("people.ndjson.gz")
    suite = read("expression: a\nprofile: {file: people.ndjson.gz, id: kim, events: none.json}\n" + ONE, tmp_path)
    assert "there is no file" in faults(suite)[0].message


def test_standard_names() -> None:
    text = """
expression: person.name.firstName = "Kim" and xEvent.exists(_id = "e") and loyalty.tier = "gold"
profile:
  xdm:person: {xdm:name: {xdm:firstName: Kim}}
  timeSeriesEvents: {'@id': e}
  loyalty: {xdm:tier: silver}
tests:
  - {qualifies: false}
  - {with: {xdm:loyalty.xdm:tier: gold}, qualifies: true}
  - {with: {loyalty: {xdm:tier: gold}}, qualifies: true}
  - {with: {loyalty.tier: gold, person.name: {xdm:firstName: Tom}}, qualifies: false}
"""
    assert statuses(read(text)) == ["passed"] * 4


#: Faults of a file, each with its code, message, help and the text that is marked.
MISTAKES = {
    "": ("PQL075", "the file is empty", "a test file has a `definition` and `tests`", ""),
    "# nothing": ("PQL075", "the file is empty", "a test file has a `definition` and `tests`", ""),
    "- a": ("PQL075", "this is a list, not a mapping with `definition` and `tests`", None, "- a"),
    "expression: a": ("PQL075", "there are no `tests`", None, "e"),
    "expression: a\ntests: []": ("PQL075", "`tests` is empty", None, "[]"),
    "expression: a\ntests: {}": ("PQL075", "`tests` is an object, not a list of tests", None, "{}"),
    "expression: a\ntest: []": ("PQL076", "a test file has no key `test`", "did you mean `tests`?", "test"),
    f"expresion: a\n{ONE}": ("PQL076", "a test file has no key `expresion`", "did you mean `expression`?", "expresion"),
    f"definition: ''\n{ONE}": ("PQL075", "`definition` is empty", None, "''"),
    f"definition: 3\n{ONE}": (
        "PQL075",
        "`definition` is a number, not the name of a file, or a mapping with `file`",
        None,
        "3",
    ),
    f"definition: {{nmae: x, file: y}}\n{ONE}": (
        "PQL076",
        "a definition has no key `nmae`",
        "did you mean `name`?",
        "nmae",
    ),
    f"definition: {{name: x}}\n{ONE}": ("PQL075", "the definition has no `file`", None, "{"),
    f"definition: {{file: a, name: x, id: y}}\n{ONE}": ("PQL075", "`name` and `id` exclude each other", None, "id"),
    f"definition: a.pql\n{ONE}": ("PQL077", "there is no file `a.pql`", None, "a.pql"),
    f"expression: a\ndefinition: examples/vip.pql\n{ONE}": (
        "PQL075",
        "`expression` and `definition` exclude each other",
        None,
        "definition",
    ),
    f"expression: [1]\n{ONE}": ("PQL075", "`expression` is a list, not PQL text or a tree", None, "[1]"),
    f"expression: a\nnow: soon\n{ONE}": (
        "PQL075",
        "`soon` is no instant",
        "write it as `2024-03-15T10:30:00Z`",
        "soon",
    ),
    f"expression: a\nnow: 3\n{ONE}": ("PQL075", "`now` is a number, not a string", None, "3"),
    f"expression: a\nschema: none.json\n{ONE}": ("PQL077", "there is no file `none.json`", None, "none.json"),
    f"expression: a\nschema: [3]\n{ONE}": ("PQL075", "this is a number, not a string", None, "3"),
    f"expression: a\ntenant: 3\n{ONE}": ("PQL075", "`tenant` is a number, not a string", None, "3"),
    f"expression: a\nprofile: kim\n{ONE}": (
        "PQL077",
        "there is no profile `kim`",
        "name it under `profiles`, or write it here",
        "kim",
    ),
    f"expression: a\nprofiles: [a]\n{ONE}": (
        "PQL075",
        "`profiles` is a list, not a mapping from names to profiles",
        None,
        "[a]",
    ),
    f"expression: a\nprofiles: {{kim: 3}}\n{ONE}": ("PQL075", "`kim` is a number, not a profile", None, "3"),
    f"expression: a\nprofiles: {{kim: {{file: no.json}}}}\n{ONE}": (
        "PQL077",
        "there is no file `no.json`",
        None,
        "no.json",
    ),
    f"expression: a\nsegments: {{s: yes}}\n{ONE}": (
        "PQL075",
        "`s` is a string, not `true`, `false`, `{definition: …}` or `{expression: …}`",
        None,
        "yes",
    ),
    f"expression: a\nmodels: [1]\n{ONE}": (
        "PQL075",
        "`models` is a list, not a mapping from references to instances",
        None,
        "[1]",
    ),
    "expression: a\ntests: [3]": ("PQL075", "this is a number, not a test", None, "3"),
    "expression: a\ntests: [{name: x}]": (
        "PQL075",
        "the test expects nothing",
        "say what is to come out: `qualifies`, `value`, `diagnostics`, or a table of `cases`",
        "{",
    ),
    "expression: a\ntests: [{qualifies: true, value: 1}]": (
        "PQL075",
        "`qualifies` and `value` exclude each other",
        None,
        "value",
    ),
    "expression: a\ntests: [{qualifies: 1}]": (
        "PQL075",
        "`qualifies` is a number, not `true` or `false`",
        None,
        "1",
    ),
    "expression: a\ntests: [{qualifes: true}]": (
        "PQL076",
        "a test has no key `qualifes`",
        "did you mean `qualifies`?",
        "qualifes",
    ),
    ONE: ("PQL075", "there is nothing to test", "name a file with `definition`, or give an `expression`", "{"),
    "expression: a\ntests: [{diagnostics: 1}]": ("PQL075", "`diagnostics` is a number, not a list of codes", None, "1"),
    "expression: a\ntests: [{diagnostics: [PQL1]}]": (
        "PQL063",
        "no rule has the code or name `PQL1`",
        "`pql rule` lists the codes",
        "PQL1",
    ),
    "expression: a\ntests: [{diagnostics: [unkown-field]}]": (
        "PQL063",
        "no rule has the code or name `unkown-field`",
        "did you mean `unknown-field`?",
        "unkown-field",
    ),
    "expression: a\ntests: [{with: [1], qualifies: true}]": (
        "PQL075",
        "`with` is a list, not a mapping from paths to values",
        None,
        "[1]",
    ),
    "expression: a\ntests: [{with: {a..b: 1}, qualifies: true}]": (
        "PQL075",
        "`a..b` is no path of a field",
        "write it as `loyalty.tier` or `xEvent[0].eventType`, odd names in back-quotes",
        "a..b",
    ),
    "expression: a\ntests: [{profile: {a: 1}, with: {a.b: 1}, qualifies: true}]": (
        "PQL075",
        "the field cannot be changed: `a` is a number, which has no fields",
        None,
        "a.b",
    ),
    "expression: a\ntests: [{cases: 1}]": ("PQL075", "`cases` is a number, not a list of cases", None, "1"),
    "expression: a\ntests: [{cases: []}]": ("PQL075", "`cases` is empty", None, "[]"),
    "expression: a\ntests: [{cases: [1]}]": ("PQL075", "this is a number, not a case", None, "1"),
    "expression: a\ntests: [{cases: [{profile: {}}]}]": (
        "PQL075",
        "the case expects nothing",
        "say what is to come out: `qualifies` or `value`",
        "{",
    ),
    f"expression: !text a\n{ONE}": (
        "PQL043",
        "the tag `!text` means nothing here",
        "leave it out; a file is named as `{file: …}`",
        "!text a",
    ),
    f"expression: a\nprofile: {{<<: {{a: 1}}}}\n{ONE}": (
        "PQL043",
        "merge keys (`<<`) are not followed",
        "change single fields of a profile with `with`",
        "<<",
    ),
    f"expression: a\nprofile: {{[a]: 1}}\n{ONE}": ("PQL043", "a key is a list or a mapping", "keys are strings", "[a]"),
    f"expression: a\nexpression: b\n{ONE}": (
        "PQL031",
        "the key `expression` stands twice in one mapping",
        None,
        "expression",
    ),
    "expression: a\ntests: [": ("PQL043", "a value is missing", None, ""),
}


@pytest.mark.parametrize("text", MISTAKES)
def test_mistakes_are_told_with_place_cause_and_cure(text: str) -> None:
    found = faults(read(text))
    assert [told(each) for each in found] == [MISTAKES[text]]


def test_mistakes_in_json_have_places() -> None:
    suite = read('{"expression": "a", "tests": [{"qualifes": true}], "now": 1}', name="a.test.json")
    assert [told(each)[3] for each in faults(suite)] == ["1"]
    suite = read('{"expression": "a", "tests": [{"qualifes": true}]}', name="a.test.json")
    assert [told(each)[3] for each in faults(suite)] == ['"qualifes"']
    assert [each.code for each in faults(read('{"a": 1, "a": 2}', name="a.test.json"))] == ["PQL031"]
    assert [each.code for each in faults(read('{"a": 1', name="a.test.json"))] == ["PQL030"]


def test_one_bad_test_costs_no_other() -> None:
    text = """
expression: a = 1
profiles: {kim: {a: 1}, tom: {file: none.json}}
tests:
  - {profile: kim, qualifies: true}
  - {profile: tom, qualifies: true}
  - {profile: kim, qualifies: maybe}
  - 3
  - {profile: kim, cases: [{qualifies: true}, {qualfies: true}, {with: {a: 2}, qualifies: false}]}
"""
    suite = read(text)
    assert [problem.code for problem in suite.problems] == ["PQL077"]
    assert [result.status for result in run(suite)] == [
        "passed", "error", "error", "error", "passed", "error", "passed"
    ]  # fmt: skip


def test_what_is_wrong_with_a_file_is_told_there(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text("[1]")
    (tmp_path / "broken.json").write_text('{"a": tru}')
    (tmp_path / "none.yaml").write_text("")
    (tmp_path / "other.json").write_text('{"a": 1}')
    (tmp_path / "latin.json").write_bytes(b'{"a": "\xe9"}')
    text = f"""
expression: a
tests:
  - {{profile: {{file: list.json}}, qualifies: true}}
  - {{profile: {{file: broken.json}}, qualifies: true}}
  - {{profile: {{file: none.yaml}}, qualifies: true}}
  - {{profile: {{file: latin.json}}, qualifies: true}}
  - {{definition: other.json, qualifies: true}}
  - {{definition: {tmp_path.name}.pql, qualifies: true}}
  - {{profile: {{file: .}}, qualifies: true}}
"""
    found = [test.faults for test in read(text, tmp_path).tests]
    assert [[fault.code for fault in each] for each in found] == [
        ["PQL071"], ["PQL030"], ["PQL075"], ["PQL071"], ["PQL040"], ["PQL077"], ["PQL044"]
    ]  # fmt: skip
    sources = [Path(fault.source.name).name for each in found for fault in each if fault.source]
    assert sources[:5] == ["list.json", "broken.json", "none.yaml", "latin.json", "other.json"]
    assert sources[5] == "a.test.yaml"


def test_names_that_are_nearly_right(tmp_path: Path) -> None:
    page = [
        {"name": name, "expression": {"type": "PQL", "format": "pql/text", "value": "a"}} for name in ("High", "Low")
    ]
    (tmp_path / "page.json").write_text(json.dumps([*page, page[0]]))
    (tmp_path / "vip.pql").write_text("a")
    helps = {
        "definition: vips.pql": "did you mean `vip.pql`?",
        "definition: {file: page.json, name: Hihg}": "did you mean `High`?",
        "definition: {file: page.json, name: other}": "there are `High`, `Low`, `High`",
        "definition: {file: page.json, name: High}": None,
        "definition: page.json": "name one, as in `{file: …, name: High}`",
        "definition: nowhere/a.pql": f"there is no folder `{tmp_path / 'nowhere'}`",
    }
    for text, help in helps.items():
        (fault,) = faults(read(f"{text}\n{ONE}", tmp_path))
        assert (fault.code, fault.help) == ("PQL077", help), text
    (fault,) = faults(read(f"expression: a\nprofiles: {{kim: {{}}}}\nprofile: kin\n{ONE}"))
    assert fault.help == "did you mean `kim`?"


def test_a_file_may_name_itself(tmp_path: Path) -> None:
    for key in ("definition: a.test.yaml", "expression: a\nprofile: {file: a.test.yaml}"):
        path = tmp_path / "a.test.yaml"
        path.write_text(f"{key}\n{ONE}")
        found = faults(read(path.read_text(), tmp_path)) or run(read(path.read_text(), tmp_path))
        assert len(found) == 1

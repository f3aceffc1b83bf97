"""Does the check of files find everything, in its place, whatever the other files are?"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checking_files import checked, found, workspace
from pqltools import parse, to_json, to_json_bytes
from pqltools.checks.registry import all_rules
from pqltools.diagnostics import PQLError
from pqltools.files import read_source
from pqltools.formats.definition import java_hash
from pqltools.formats.definition_files import read_file
from pqltools.workspace import expressions
from pqltools.workspace.analysis import FileReport, Item, check_file, delivered
from pqltools.workspace.config import Config
from pqltools.workspace.setup import files_of

EXAMPLES = Path(__file__).parents[2] / "examples"
BAD = "person.gender = person.gender"
#: One finding, and a fix that removes it.
COUNT = 'xEvent[eventType = "a"].count() > 0'
EXISTS = 'xEvent.exists(eventType = "a")'


def definition(value: object, format: str = "pql/text", **more: object) -> dict[str, object]:
    return {**more, "expression": {"type": "PQL", "format": format, "value": value}}


def put(path: Path, *definitions: object) -> Path:
    data: object = definitions[0] if len(definitions) == 1 else list(definitions)
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False))
    return path


def select(path: Path, *codes: str) -> None:
    """Configure the folder of the tests to look for these codes only."""
    (path / "pqltools.toml").write_text(f"select = {json.dumps(codes)}\n")


def one(path: Path, *codes: str, **options: Any) -> FileReport:
    select(path.parent, *codes)
    (report,) = checked(path, config=str(path.parent / "pqltools.toml"), **options)
    return report


# Places.


def test_text(tmp_path: Path) -> None:
    path = tmp_path / "a.pql"
    path.write_text(f'person.name.firstName = "x"\n  and {BAD}\n')
    assert found(one(path, "PQL302")) == [("PQL302", 2, 7)]


def test_through_the_escapes_of_json(tmp_path: Path) -> None:
    path = put(tmp_path / "d.json", definition(f'person.name.firstName = "ä\\u00e4\U0001f5fc"\n\tand {BAD}', name="n"))
    report = one(path, "PQL302")
    line = next(number for number, text in enumerate(path.read_text().splitlines(), 1) if BAD in text)
    column = path.read_text().splitlines()[line - 1].index(BAD) + 1
    assert found(report) == [("PQL302", line, column)]
    assert report.diagnostics[0].path == "$.expression.value"


@pytest.mark.parametrize("style", ["{}", "'{}'", '"{}"', "|-\n    {}", ">-\n    {}", "|\n    // note\n    {}"])
def test_through_the_scalars_of_yaml(tmp_path: Path, style: str) -> None:
    path = tmp_path / "d.yaml"
    path.write_text(f"name: n\nexpression:\n  format: pql/text\n  value: {style.format(BAD)}\n")
    ((code, line, column),) = found(one(path, "PQL302"))
    assert code == "PQL302"
    assert path.read_text().splitlines()[line - 1][column - 1 :].startswith(BAD)


def test_trees_in_strings_and_as_objects(tmp_path: Path) -> None:
    expr = parse(f'person.name.firstName = "x" and {BAD}')
    path = put(
        tmp_path / "d.json",
        definition(to_json_bytes(expr).decode(), "pql/json", name="string"),
        definition(to_json(expr), "pql/json", name="object"),
    )
    report = one(path, "PQL302")
    text = path.read_text()
    assert [diagnostic.path for diagnostic in report.diagnostics] == [
        "$[0].expression.value.params[1]",
        "$[1].expression.value.params[1]",
    ]
    for diagnostic in report.diagnostics:
        assert diagnostic.span is not None
        part = text[slice(*diagnostic.span)]
        tree = json.loads(f'"{part}"') if "\\" in part else part
        assert json.loads(tree) == to_json(parse(BAD))


def test_a_bare_tree(tmp_path: Path) -> None:
    path = tmp_path / "t.pql.json"
    path.write_text(json.dumps(to_json(parse(f"{BAD} and {BAD} and active")), indent=2))
    report = one(path, "PQL302")
    assert [diagnostic.path for diagnostic in report.diagnostics] == ["$.params[0]", "$.params[1]"]
    assert [column for _, _, column in found(report)] == [5, 5]


paths = st.lists(st.sampled_from(["active", BAD, COUNT, "a.b"]), min_size=1, max_size=6)


@given(st.lists(paths, min_size=1, max_size=4), st.booleans())
def test_every_finding_lies_in_its_expression(tmp_path_factory: pytest.TempPathFactory, all: Any, tree: bool) -> None:
    folder = tmp_path_factory.mktemp("law")
    texts = [" and ".join(parts) for parts in all]
    values: list[Any] = [to_json_bytes(parse(text)).decode() if tree else text for text in texts]
    path = put(folder / "d.json", *[definition(value, "pql/json" if tree else "pql/text") for value in values])
    report = one(path, "PQL302")
    assert len(report.diagnostics) == sum(parts.count(BAD) for parts in all)
    assert report.file is not None
    spans = [embedded.span for embedded in report.file.expressions]
    for diagnostic in report.diagnostics:
        assert diagnostic.span is not None
        assert any(start < diagnostic.span[0] and diagnostic.span[1] < end for start, end in spans)


# What is known of definitions.


def test_ids_that_are_unknown_among_the_given_definitions(tmp_path: Path) -> None:
    put(tmp_path / "a.json", definition('inSegment("b") and inSegment("zz")', id="a"))
    put(tmp_path / "b.json", definition("active", id="b"))
    (tmp_path / "pqltools.toml").write_text('select = ["unknown-segment", "segment-cycle"]\n')
    config = str(tmp_path / "pqltools.toml")
    assert [len(report.diagnostics) for report in checked(tmp_path, config=config)] == [1, 0]
    # Of single files nobody can say whether they are all there are.
    assert [len(report.diagnostics) for report in checked(tmp_path / "a.json", config=config)] == [0]
    (tmp_path / "pqltools.toml").write_text('select = ["unknown-segment", "segment-cycle"]\nsegments = ["*.json"]')
    assert [len(report.diagnostics) for report in checked(tmp_path / "a.json", config=config)] == [1]
    put(tmp_path / "b.json", definition('inSegment("a")', id="b"))
    codes = [
        diagnostic.name for report in checked(tmp_path / "a.json", config=config) for diagnostic in report.diagnostics
    ]
    assert sorted(codes) == ["segment-cycle", "unknown-segment"]


def test_method(tmp_path: Path) -> None:
    streaming = {"continuous": {"enabled": True}}
    slow = "xEvent[timestamp occurs <= 3 days before now].exists()"
    path = put(tmp_path / "d.json", definition(slow, evaluationInfo=streaming), definition(slow))
    (tmp_path / "pqltools.toml").write_text('select = ["PQL50"]\n')
    config = str(tmp_path / "pqltools.toml")

    def broken(**options: Any) -> list[int]:
        (report,) = checked(path, config=config, **options)
        lines = path.read_text().splitlines()
        names = [line for _, line, _ in found(report)]
        return [sum(slow in text for text in lines[:line]) for line in names]

    assert broken() == [1]
    assert broken(method="streaming") == [1, 2]
    assert broken(method="batch") == []
    (tmp_path / "pqltools.toml").write_text('select = ["PQL50"]\nmethod = "streaming"')
    assert broken() == [1, 2]


# Configuration.


def test_per_file_ignores(tmp_path: Path) -> None:
    put(tmp_path / "d.json", definition(BAD, name="Old one"), definition(BAD, name="New one"))
    (tmp_path / "b.pql").write_text(BAD)
    (tmp_path / "c.pql").write_text(BAD)
    (tmp_path / "pqltools.toml").write_text(
        'select = ["PQL302"]\n[per-file-ignores]\n"b.pql" = ["self-comparison"]\n"*.json#Old *" = ["PQL3"]\n'
    )
    reports = checked(tmp_path, config=str(tmp_path / "pqltools.toml"))
    assert [len(report.diagnostics) for report in reports] == [0, 1, 1]
    assert found(reports[2])[0][1] > 6


def test_exclude(tmp_path: Path) -> None:
    for name in ("a.pql", "legacy/b.pql", "node_modules/c.pql", "x/venv/d.pql"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(BAD)
    (tmp_path / "pqltools.toml").write_text('exclude = ["legacy"]')
    assert [Path(report.name).name for report in checked(tmp_path, isolated=False)] == ["a.pql"]
    # pre-commit names files itself, and means no other thing.
    assert checked(tmp_path / "legacy" / "b.pql", isolated=False) == []


def test_a_faulty_configuration_is_told_once_and_what_it_governs_is_not_checked(tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "pqltools.toml").write_text("nonsense = 1")
    for name in ("bad/a.pql", "bad/b.pql", "c.pql"):
        (tmp_path / name).write_text(BAD)
    reports = checked(tmp_path, isolated=False)
    assert [Path(report.name).name for report in reports] == ["c.pql", "pqltools.toml"]
    assert [diagnostic.code for diagnostic in reports[1].diagnostics] == ["PQL061"]


def test_schemas_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "a.pql").write_text("a = 1")
    (tmp_path / "pqltools.toml").write_text('schemas = ["no/*.json"]')
    (report,) = checked(tmp_path, isolated=False)
    (problem,) = report.diagnostics
    assert (problem.code, problem.message) == ("PQL044", "`schemas` names `no/*.json`, and there is no such file")
    assert problem.source is not None
    assert problem.span is not None
    assert problem.source.text[slice(*problem.span)] == '"no/*.json"'


@pytest.mark.parametrize("now", ["5 5", "schemas = [", "[", "schemas = [}]"])
def test_a_configuration_that_is_written_anew_in_the_meantime(tmp_path: Path, now: str) -> None:
    path = tmp_path / "pqltools.toml"
    config = Config(path=str(path), folder=str(tmp_path))
    path.write_text(now)
    with pytest.raises(PQLError) as problem:
        [*files_of(config, ("no.json",), "schemas")]
    assert [each.code for each in problem.value.diagnostics] == ["PQL044"]


# Fixes.


def test_fixes_are_written_and_nothing_else_changes(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    value = json.dumps(COUNT)
    path.write_text(f'{{"z": 1.50,\n"expression": {{"format":"pql/text",   "value":{value}}}, "a":[]}}')
    before = path.read_text()
    report = one(path, "PQL401", fix=True, write=True)
    assert (report.applied, report.before, report.diagnostics) == (("PQL401",), before, ())
    assert path.read_text() == before.replace(json.dumps(COUNT), json.dumps(EXISTS))
    assert report.source.text == path.read_text()
    assert one(path, "PQL401", fix=True, write=True).before is None


def test_without_write_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "d.pql"
    path.write_text(COUNT)
    report = one(path, "PQL401", fix=True)
    assert (report.before, report.source.text) == (COUNT, EXISTS)
    assert path.read_text() == COUNT


def test_trees_are_fixed(tmp_path: Path) -> None:
    expr = parse(f"{COUNT} and active")
    path = put(
        tmp_path / "d.json",
        definition(to_json_bytes(expr).decode(), "pql/json"),
        definition(to_json(expr), "pql/json"),
    )
    report = one(path, "PQL401", fix=True, write=True)
    assert report.applied == ("PQL401", "PQL401")
    wanted = to_json(parse(f"{EXISTS} and active"))
    values = [item["expression"]["value"] for item in json.loads(path.read_text())]
    assert [type(value) for value in values] == [str, dict]
    names = [json.dumps(json.loads(values[0])), json.dumps(values[1])]
    assert all(parse(EXISTS).function in name for name in names)  # type: ignore[union-attr]
    assert len(json.loads(values[0])["params"]) == len(wanted["params"])


def test_syntax_is_fixed(tmp_path: Path) -> None:
    path = tmp_path / "d.pql"
    path.write_text("active == true && x.y <> 'z' // note\n")
    report = one(path, "PQL016", fix=True, write=True, unsafe=True)
    assert path.read_text() == 'active = true and x.y != "z" // note\n'
    assert {*report.applied} == {"PQL004", "PQL016"}


def test_hashes(tmp_path: Path) -> None:
    model = {"hash": str(java_hash(COUNT))}
    path = put(tmp_path / "d.json", definition(COUNT, ansibleDataModel=model))
    report = one(path, "PQL401", "PQL042", fix=True)
    assert [diagnostic.code for diagnostic in report.diagnostics] == ["PQL042"]
    report = one(path, "PQL401", "PQL042", fix=True, rehash=True, write=True)
    assert report.diagnostics == ()
    assert json.loads(path.read_text())["ansibleDataModel"]["hash"] == str(java_hash(EXISTS))


def test_what_an_anchor_shares_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    text = f"- expression: &e {{format: pql/text, value: '{COUNT}'}}\n- expression: *e\n"
    path.write_text(text)
    report = one(path, "PQL401", fix=True, write=True)
    assert path.read_text() == text
    assert len(report.diagnostics) == 2


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    path = folder / "d.pql"
    path.write_text(COUNT)
    work = workspace(fix=True, write=True)
    checker = work.checker(str(path))
    assert checker is not None
    item = Item(str(path), read_file(read_source(str(path))), checker)
    report = check_file(item, work)
    assert report.before == COUNT
    shutil.rmtree(folder)
    after = delivered(item, report, work)
    assert [diagnostic.code for diagnostic in after.diagnostics][:2] == ["PQL044", "PQL401"]
    assert after.before is None
    assert after.source.text == COUNT


# Accidents.


def test_accidents_cost_nobody_else(tmp_path: Path) -> None:
    (tmp_path / "a.pql").write_bytes(b"")
    (tmp_path / "b.pql").write_bytes(b"\x00\x01\xff\xfe" * 1000)
    (tmp_path / "c.pql").write_bytes('a = "x"'.encode("utf-16"))
    (tmp_path / "d.json").write_text('{"expression": {"type": "PQL", ')
    (tmp_path / "e.yaml").write_text("expression: [PQL\n")
    (tmp_path / "f.pql").write_text("not " * 300 + "active")
    (tmp_path / "g.pql").write_text("not " * 190 + "active")
    (tmp_path / "h.json").write_text("[" * 100_000 + '"PQL expression"')
    (tmp_path / "i.pql").mkdir()
    (tmp_path / "j.json").write_text('{"some": "thing else"}')
    (tmp_path / "tsconfig.json").write_text("{ /* comments */ }")
    (tmp_path / "z.pql").write_text(BAD)
    reports = {Path(report.name).name: report for report in checked(tmp_path)}
    assert [*reports] == ["a.pql", "b.pql", "c.pql", "d.json", "e.yaml", "f.pql", "g.pql", "h.json", "z.pql"]
    first = {name: report.diagnostics[0].code for name, report in reports.items() if report.diagnostics}
    del first["g.pql"]
    assert first == {
        "a.pql": "PQL017",
        "b.pql": "PQL014",
        "c.pql": "PQL014",
        "d.json": "PQL030",
        "e.yaml": "PQL043",
        "f.pql": "PQL010",
        "h.json": "PQL010",
        "z.pql": "PQL302",
    }


def test_the_same_file_twice(tmp_path: Path) -> None:
    path = tmp_path / "a.pql"
    path.write_text(BAD)
    (tmp_path / "link.pql").symlink_to(path)
    assert len(checked(path, tmp_path, path, tmp_path / "link.pql")) == 1


def test_missing_and_unreadable(tmp_path: Path) -> None:
    (report,) = checked(tmp_path / "missing.pql")
    assert (report.file, report.diagnostics[0].code) == (None, "PQL044")


def test_two_thousand_definitions_in_one_file(tmp_path: Path) -> None:
    texts = [BAD if number % 100 == 0 else f'person.name.firstName = "{number}"' for number in range(2_000)]
    path = put(tmp_path / "d.json", *[definition(text, id=str(number)) for number, text in enumerate(texts)])
    report = one(path, "PQL302")
    assert len(report.diagnostics) == 20
    assert report.file is not None
    assert len(report.file.expressions) == 2_000


def test_mistakes_of_rules_are_reported_and_cost_their_findings_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.pql"
    path.write_text(f"{BAD} and {COUNT}")
    rule = next(rule for rule in all_rules() if rule.code == "PQL302")

    def fail(node: object, context: object) -> None:
        raise KeyError("oops")

    check = rule.check
    object.__setattr__(rule, "check", fail)
    try:
        report = one(path, "PQL302", "PQL401")
        assert [diagnostic.code for diagnostic in report.diagnostics] == ["PQL064", "PQL401"]
        assert "PQL302 failed: KeyError" in report.diagnostics[0].message
        monkeypatch.setenv("PQL_TRACEBACK", "1")
        with pytest.raises(KeyError):
            one(path, "PQL302")
    finally:
        object.__setattr__(rule, "check", check)


def test_mistakes_of_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("oops")

    monkeypatch.setattr(expressions, "check_tree", fail)
    path = tmp_path / "a.pql"
    path.write_text(BAD)
    (problem,) = one(path, "PQL302", "PQL401").diagnostics
    assert problem.code == "PQL064"
    assert "RuntimeError: oops" in problem.message


def test_examples() -> None:
    reports = checked(EXAMPLES)
    assert len(reports) == 7
    assert not [found for report in reports for found in report.diagnostics if found.severity in ("error", "warning")]
    with pytest.raises(PQLError):
        parse("a ==")

"""Does `pql convert` give each format in the other, whole, and say what is wrong?"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pqltools import from_json, parse
from running import Pql

EXAMPLES = Path(__file__).parents[2] / "examples"

SERVICE_ANSWER = (
    '{"nodeType":"fnApply","fnName":"=","params":[{"nodeType":"fieldLookup","fieldName":"country","object":{"nodeType":'
    '"fieldLookup","fieldName":"workAddress","object":{"nodeType":"parameterReference","position":1}}},{"nodeType":'
    '"literal","literalType":"String","value":"US"}]}'
)


def test_text_to_json_is_the_services_answer(pql: Pql) -> None:
    for arguments in (["-"], [], ["--to", "json"], ["--from", "text", "-"]):
        ran = pql("convert", *arguments, input='workAddress.country = "US"\n')
        assert ran == (0, SERVICE_ANSWER + "\n", "")


def test_json_to_text(pql: Pql) -> None:
    assert pql("convert", input=SERVICE_ANSWER) == (0, 'workAddress.country = "US"\n', "")
    assert pql("convert", "--to", "text", input=b"\xef\xbb\xbf" + SERVICE_ANSWER.encode()).status == 0


def test_same_format_normalises(pql: Pql) -> None:
    assert pql("convert", "--to", "text", input="a='x'").out == 'a = "x"\n'
    tree = json.dumps(json.loads(SERVICE_ANSWER), indent=3)
    assert pql("convert", "--to", "json", input=tree).out == SERVICE_ANSWER + "\n"


def test_dialect_and_pretty(pql: Pql) -> None:
    ran = pql("convert", "--dialect", "A", "--pretty", input="a")
    assert json.loads(ran.out)["object"] == {"nodeType": "literal", "literalType": "XDMObject", "value": "profile"}
    assert ran.out.count("\n") > 5
    text = " and ".join(f'someField{number} = "value {number}"' for number in range(9))
    assert pql("convert", "--to", "text", "--pretty", input=text).out.count("\n") == 9
    assert pql("convert", "--to", "text", input=text).out == text + "\n"


def test_text_that_begins_like_json(pql: Pql) -> None:
    assert pql("convert", input='["a"].count()').status == 0
    assert pql("convert", input='{"a": 1}').out.startswith('{"nodeType":"object"')


def test_errors_of_several_files_in_one_run(pql: Pql, tmp_path: Path) -> None:
    (tmp_path / "a.pql").write_text("x == 1 and\ny <> 2")
    (tmp_path / "b.pql").write_text("fine = 1")
    (tmp_path / "c.pql.json").write_text('{"nodeType": "varRef", "varNam": "X"}')
    ran = pql("convert", "--to", "json", tmp_path, tmp_path / "missing.pql")
    assert ran.status == 1
    assert ran.out == ""
    for place in ("a.pql:1:3 PQL004", "a.pql:2:3 PQL004", "c.pql.json:1:", "missing.pql PQL044"):
        assert place in ran.err
    assert ran.err.index("a.pql:1:3") < ran.err.index("a.pql:2:3") < ran.err.index("c.pql.json")


def test_errors_as_data(pql: Pql, tmp_path: Path) -> None:
    (tmp_path / "a.pql").write_bytes("ä = 1 and\r\nb == 2".encode())
    ran = pql("convert", "--output-format", "json", tmp_path / "a.pql")
    assert (ran.status, ran.err) == (1, "")
    first, second = json.loads(ran.out)
    assert (first["code"], second["code"]) == ("PQL009", "PQL004")
    assert second["start"] == {"line": 2, "column": 3, "offset": 13}
    assert second["file"].endswith("a.pql")


def test_faults_in_a_tree_have_a_place_and_a_path(pql: Pql) -> None:
    ran = pql("convert", "--to", "text", input='{"nodeType":"fieldLookup",\n "fieldName": 3}')
    assert ran.status == 1
    assert "<stdin>:2:15 PQL034" in ran.err
    assert "($.fieldName)" in ran.err


def test_opaque_nodes_are_refused_with_their_place(pql: Pql) -> None:
    tree = '{"nodeType":"fnApply","fnName":"not","params":[\n{"nodeType":"gap","x":1}]}'
    ran = pql("convert", "--to", "text", input=tree)
    assert (ran.status, ran.out) == (1, "")
    assert "<stdin>:2:1 PQL035" in ran.err
    assert "$.params[0]" in ran.err
    assert pql("convert", "--to", "json", input=tree).out == tree.replace("\n", "") + "\n"


def test_several_results_can_be_told_apart(pql: Pql, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.pql").write_text(f"{name} = 1")
    ran = pql("convert", tmp_path)
    assert [from_json(line) for line in ran.out.splitlines()] == [parse("a = 1"), parse("b = 1")]
    ran = pql("convert", "--to", "text", tmp_path)
    assert ran.out == f"// {tmp_path / 'a.pql'}\na = 1\n// {tmp_path / 'b.pql'}\nb = 1\n"


@pytest.mark.parametrize("name", ["newsletter-readers.json", "page.json", "nightly.jsonl", "win-back.yaml"])
def test_definitions_there_and_back(pql: Pql, tmp_path: Path, name: str) -> None:
    copy = tmp_path / name
    shutil.copy(EXAMPLES / "definitions" / name, copy)
    before = copy.read_text()
    ran = pql("convert", "--in-place", copy)
    assert (ran.status, ran.out) == (0, ""), ran.err
    assert ran.err.startswith(f"converted {copy}\n")
    assert ("PQL018" in ran.err) == ("//" in before)
    between = copy.read_text()
    assert "pql/json" in between
    assert "pql/text" not in between
    assert pql("convert", "--in-place", copy).status == 0
    after = copy.read_text()
    assert after.count("pql/text") == before.count("pql/text")
    assert pql("convert", "--to", "json", copy).out == between


def test_hash(pql: Pql, tmp_path: Path) -> None:
    copy = tmp_path / "birthday.json"
    shutil.copy(EXAMPLES / "definitions" / "birthday.json", copy)
    old = json.loads(copy.read_text())
    ran = pql("convert", "--to", "text", copy)
    assert ran.status == 0
    assert "PQL042" in ran.err
    assert json.loads(ran.out)["ansibleDataModel"] == old["ansibleDataModel"]
    ran = pql("convert", "--to", "text", "--rehash", copy)
    assert (ran.status, ran.err) == (0, "")
    new = json.loads(ran.out)
    assert new["ansibleDataModel"]["hash"] != old["ansibleDataModel"]["hash"]
    assert {**new, "expression": 0, "ansibleDataModel": 0} == {**old, "expression": 0, "ansibleDataModel": 0}


def test_rehash_without_conversion(pql: Pql, tmp_path: Path) -> None:
    path = tmp_path / "birthday.json"
    right = (EXAMPLES / "definitions" / "birthday.json").read_text()
    path.write_text(right.replace('"1130358258"', '"1"'))
    ran = pql("convert", "--to", "json", path)
    assert ran.out == path.read_text()
    assert "PQL042" in ran.err
    assert "--rehash" in ran.err
    assert pql("convert", "--to", "json", "--rehash", path).out == right


def test_comments_of_what_is_not_converted_stay_without_a_warning(pql: Pql, tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    path.write_text('{"expression": {"format": "pql/text", "value": "a // c"}}')
    assert pql("convert", "--to", "text", "--rehash", "--in-place", path) == (0, "", "nothing to convert\n")


@pytest.mark.parametrize("name", ["newsletter-readers.json", "page.json", "nightly.jsonl", "win-back.yaml"])
@pytest.mark.parametrize("origin", ["auto", "definition"])
def test_definitions_on_standard_input(pql: Pql, name: str, origin: str) -> None:
    path = EXAMPLES / "definitions" / name
    ran = pql("convert", "--from", origin, "--to", "json", input=path.read_text())
    assert ran == (0, pql("convert", "--to", "json", path).out, "")
    assert "pql/json" in ran.out


def test_errors_inside_definitions_point_into_the_file(pql: Pql, tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    path.write_text('{"name": "n",\n "expression": {"format": "pql/text", "value": "a = \\"\\u00e4\\" and b == 1"}}')
    ran = pql("convert", path)
    assert ran.status == 1
    column = path.read_text().splitlines()[1].index("==") + 1
    assert f"d.json:2:{column} PQL004" in ran.err


def test_format_mismatch(pql: Pql, tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    path.write_text('{"expression": {"format": "pql/json", "value": "a = 1"}}')
    ran = pql("convert", path)
    assert ran.status == 1
    assert "PQL041" in ran.err


def test_folders_pass_over_other_files(pql: Pql, tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"name": "something"}')
    (tmp_path / "list.yaml").write_text("- a\n- b\n")
    (tmp_path / "a.pql").write_text("a")
    assert pql("convert", tmp_path).status == 0
    ran = pql("convert", tmp_path / "package.json")
    assert ran.status == 1
    assert "PQL040" in ran.err


def test_nothing_is_written_if_anything_fails(pql: Pql, tmp_path: Path) -> None:
    shutil.copy(EXAMPLES / "definitions" / "page.json", tmp_path / "a.json")
    (tmp_path / "b.json").write_text('{"expression": {"format": "pql/text", "value": "a =="}}')
    before = (tmp_path / "a.json").read_bytes()
    ran = pql("convert", "--to", "json", "--in-place", tmp_path)
    assert ran.status == 1
    assert (tmp_path / "a.json").read_bytes() == before


def test_bare_files_are_not_converted_in_place(pql: Pql, tmp_path: Path) -> None:
    (tmp_path / "a.pql").write_text("a = 1")
    ran = pql("convert", "--in-place", tmp_path / "a.pql")
    assert ran.status == 1
    assert "cannot be converted in place" in ran.err
    assert (tmp_path / "a.pql").read_text() == "a = 1"


def test_bare_files_in_folders_are_passed_over_in_place(pql: Pql, tmp_path: Path) -> None:
    (tmp_path / "a.pql").write_text("a = 1")
    ran = pql("convert", "--in-place", tmp_path)
    assert (ran.status, ran.out) == (0, "")
    assert "a.pql:1:1 PQL040 warning: a bare expression cannot be converted in place, it is passed over" in ran.err
    shutil.copy(EXAMPLES / "definitions" / "newsletter-readers.json", tmp_path)
    ran = pql("convert", "--in-place", tmp_path)
    assert ran.status == 0
    assert "pql/json" in (tmp_path / "newsletter-readers.json").read_text()
    assert (tmp_path / "a.pql").read_text() == "a = 1"
    ran = pql("convert", "--in-place", "--output-format", "json", tmp_path)
    assert (ran.status, [fault["severity"] for fault in json.loads(ran.out)]) == (0, ["warning"])


def test_several_definition_files_stay_documents(pql: Pql, tmp_path: Path) -> None:
    body = "# %s\nexpression: {format: pql/text, value: %s.b}"
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(body % (name, name))
    ran = pql("convert", "--to", "text", tmp_path)
    assert ran.out == f"{body % ('a', 'a')}\n---\n{body % ('b', 'b')}\n"
    assert pql("convert", "--to", "text", tmp_path / "a.yaml").out == body % ("a", "a")


@pytest.mark.parametrize(
    "arguments", [["--to", "xml"], ["--in-place"], ["--dialect", "C"], ["--nonsense"], ["--in-place", "-"]]
)
def test_wrong_use(pql: Pql, arguments: list[str]) -> None:
    ran = pql("convert", *arguments)
    assert ran.status == 2
    assert "usage: pql convert" in ran.err


def test_empty_folder(pql: Pql, tmp_path: Path) -> None:
    assert pql("convert", tmp_path) == (0, "", "no files with PQL found\n")
    assert pql("convert", "--in-place", tmp_path) == (0, "", "no files with PQL found\n")


def test_from_definition(pql: Pql, tmp_path: Path) -> None:
    yaml = (EXAMPLES / "definitions" / "win-back.yaml").read_text()
    assert pql("convert", "--from", "definition", "-", input=yaml).out.startswith("# Customers")
    assert "PQL04" in pql("convert", "--from", "definition", "-", input="a = 1").err
    (tmp_path / "a.pql").write_text("a = 1")
    ran = pql("convert", "--from", "definition", tmp_path / "a.pql")
    assert (ran.status, ran.out) == (1, "")
    assert "a.pql:1:1 PQL040" in ran.err


def test_every_place_counts_the_byte_order_mark(pql: Pql) -> None:
    ran = pql("convert", "--output-format", "json", input="\ufeffxs[a = (1]")
    (problem,) = json.loads(ran.out)
    assert problem["start"]["offset"] == 10
    assert problem["related"][0]["start"]["offset"] == 8

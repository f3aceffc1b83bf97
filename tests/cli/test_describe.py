"""Does `pql describe` say what definitions mean, with their names, and tell what it cannot?"""

from __future__ import annotations

import json
from pathlib import Path

from running import Pql

EXAMPLES = Path(__file__).parents[2] / "examples"


def definition(value: str, **members: str) -> dict[str, object]:
    return {**members, "expression": {"type": "PQL", "format": "pql/text", "value": value}}


def test_standard_input(pql: Pql) -> None:
    for names in ((), ("-",)):
        ran = pql("describe", *names, input='homeAddress.city != "Bath"')
        assert ran == (0, '`homeAddress.city` is present but is not "Bath".\n', "")


def test_definitions_have_headlines(pql: Pql) -> None:
    ran = pql("describe", EXAMPLES / "definitions" / "page.json")
    assert ran.status == 0
    assert ran.out == (
        "# High spenders (7d0f6a2e-21c8-47a8-8c64-5f2f1b7f6f01)\n"
        "The sum of `commerce.order.priceTotal` over the events where `timestamp` is at most 1 year before now is "
        "greater than 1000.\n"
        "\n"
        "# Near Berlin (b1f27d5c-3d0b-4b92-8a3c-90a3b5de7f02)\n"
        '`homeAddress.city` is "Berlin" (ignoring case).\n'
    )


def test_a_tree_of_a_folder_goes_by_its_file(pql: Pql) -> None:
    out = pql("describe", EXAMPLES).out
    assert f"# {EXAMPLES / 'abandoned-cart.pql.json'}\n" in out
    assert "# Win-back\n" in out


def test_segments_among_the_files_are_named(pql: Pql, tmp_path: Path) -> None:
    both = [definition('inSegment("b")', id="a", name="First"), definition("a = 1", id="b", name="Second")]
    (tmp_path / "both.json").write_text(json.dumps(both), encoding="utf-8")
    assert 'The customer is in the segment "Second" (id "b").' in pql("describe", tmp_path).out


def test_titles_come_from_the_schema_given(pql: Pql) -> None:
    text = '_acme.membership.colour = "blue"'
    ran = pql("describe", "--schema", EXAMPLES / "schemas", "-", input=text)
    assert ran.out == '`_acme.membership.colour` (Card colour) is "blue".\n'
    assert pql("describe", "-", input=text).out == '`_acme.membership.colour` is "blue".\n'


def test_json(pql: Pql, tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    file.write_text(json.dumps(definition("a = 1", id="x", name="One")), encoding="utf-8")
    ran = pql("describe", "--output-format", "json", file)
    (entry,) = json.loads(ran.out)
    assert {key: entry[key] for key in ("key", "id", "name", "description")} == {
        "key": "x",
        "id": "x",
        "name": "One",
        "description": "`a` is 1.",
    }
    assert entry["file"] == str(file)


def test_what_can_be_described_is_and_the_rest_is_told(pql: Pql, tmp_path: Path) -> None:
    (tmp_path / "bad.pql").write_text("a = ", encoding="utf-8")
    (tmp_path / "good.pql").write_text("a = 1", encoding="utf-8")
    (tmp_path / "gap.json").write_text(
        '{"nodeType":"fnApply","fnName":"not","params":[{"nodeType":"gap"}]}', encoding="utf-8"
    )
    ran = pql("describe", tmp_path)
    assert (ran.status, ran.out) == (1, "`a` is 1.\n")
    assert "PQL001" in ran.err
    assert "gap.json:1:48 PQL035 a node of the unknown kind `gap` cannot be described" in ran.err
    data = pql("describe", "--output-format", "json", tmp_path)
    assert [entry["description"] for entry in json.loads(data.out)] == ["`a` is 1."]
    assert {problem["code"] for problem in json.loads(data.err)} == {"PQL001", "PQL035"}


def test_an_unusable_schema(pql: Pql, tmp_path: Path) -> None:
    ran = pql("describe", "--schema", tmp_path / "none.json", "-", input="a = 1")
    assert ran.status == 1
    assert "PQL044" in ran.err


def test_nothing_to_describe(pql: Pql, tmp_path: Path) -> None:
    assert pql("describe", tmp_path) == (0, "no files with PQL found\n", "")
    assert pql("describe", "--output-format", "json", tmp_path).out == "[]\n"
    assert pql("describe", "--json").status == 2

"""Does `pql format` write the canonical form, and only that?"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pqltools import parse
from running import Pql

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_standard_input(pql: Pql) -> None:
    assert pql("format", "-", input="a='x'  and b") == (0, 'a = "x" and b\n', "")
    assert pql("format", input="a // note\n and b").out == "a // note\nand b\n"


def test_files_and_summary(pql: Pql, tmp_path: Path) -> None:
    (tmp_path / "a.pql").write_text("a=1")
    (tmp_path / "b.pql").write_text("b = 1\n")
    ran = pql("format", tmp_path)
    assert ran == (0, "", f"reformatted {tmp_path / 'a.pql'}\n1 file reformatted, 1 file left unchanged\n")
    assert (tmp_path / "a.pql").read_text() == "a = 1\n"
    assert pql("format", "--check", tmp_path) == (0, "", "2 files already formatted\n")


def test_check_and_diff_write_nothing(pql: Pql, tmp_path: Path) -> None:
    path = tmp_path / "a.pql"
    path.write_text("a=1\n")
    ran = pql("format", "--check", path)
    assert ran == (1, "", f"would reformat {path}\n1 file would be reformatted\n")
    ran = pql("format", "--diff", path)
    assert ran.status == 1
    assert ran.out == f"--- {path}\n+++ {path}\n@@ -1 +1 @@\n-a=1\n+a = 1\n"
    assert path.read_text() == "a=1\n"
    assert pql("format", "--check", "--diff", path).status == 2


def test_example_keeps_its_comments_and_meaning(pql: Pql) -> None:
    source = (EXAMPLES / "vip.pql").read_text()
    ran = pql("format", "-", input=source)
    assert ran.status == 0
    assert parse(ran.out) == parse(source)
    for comment in ("// Loyal customers", "// and did not", "/* the loyalty programme runs here only */"):
        assert comment in ran.out
    assert max(map(len, ran.out.splitlines())) <= 88
    assert pql("format", "-", input=ran.out).out == ran.out


def test_definitions(pql: Pql, tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    path.write_text('{"z": 1.50,\n"expression": {"format":"pql/text","value":"a=1   and b=2","type":"PQL"}, "a":[]}')
    assert pql("format", path).status == 0
    assert path.read_text() == (
        '{"z": 1.50,\n"expression": {"format":"pql/text","value":"a = 1 and b = 2","type":"PQL"}, "a":[]}'
    )
    shutil.copy(EXAMPLES / "definitions" / "win-back.yaml", tmp_path)
    assert pql("format", tmp_path / "win-back.yaml").status == 0
    text = (tmp_path / "win-back.yaml").read_text()
    assert "# agreed with CRM" in text
    assert "// employees never get vouchers" in text


@pytest.mark.parametrize("name", ["newsletter-readers.json", "page.json", "nightly.jsonl", "win-back.yaml"])
def test_definitions_on_standard_input(pql: Pql, tmp_path: Path, name: str) -> None:
    text = (EXAMPLES / "definitions" / name).read_text().replace("isNotNull()", "isNotNull( )")
    (tmp_path / name).write_text(text)
    assert pql("format", tmp_path / name).status == 0
    assert pql("format", input=text) == (0, (tmp_path / name).read_text(), "")


def test_a_list_of_definitions_is_no_list_of_pql(pql: Pql) -> None:
    text = '[{"expression": {"format": "pql/text", "value": "%s"}}]'
    assert pql("format", input=text % "a=1").out == text % "a = 1"
    assert pql("format", input='[ {"a":1} ]').out == '[{"a": 1}]\n'


def test_problems_as_data_are_a_list_even_if_there_are_none(pql: Pql, tmp_path: Path) -> None:
    (tmp_path / "a.pql").write_text("a=1")
    assert pql("format", "--check", "--output-format", "json", tmp_path)[:2] == (1, "[]\n")
    assert pql("format", "--diff", "--output-format", "json", tmp_path).out.startswith("---")
    assert pql("format", "--output-format", "json", tmp_path)[:2] == (0, "[]\n")
    assert pql("format", "--output-format", "json", input="a=1") == (0, "a = 1\n", "")


def test_trees_in_definitions_are_left_alone(pql: Pql, tmp_path: Path) -> None:
    shutil.copy(EXAMPLES / "definitions" / "birthday.json", tmp_path)
    before = (tmp_path / "birthday.json").read_bytes()
    assert pql("format", tmp_path / "birthday.json").status == 0
    assert (tmp_path / "birthday.json").read_bytes() == before
    ran = pql("format", EXAMPLES / "abandoned-cart.pql.json")
    assert ran.status == 1
    assert "no text to format" in ran.err


def test_errors_stop_everything(pql: Pql, tmp_path: Path) -> None:
    (tmp_path / "a.pql").write_text("a=1")
    (tmp_path / "b.pql").write_text("b ==")
    ran = pql("format", tmp_path)
    assert ran.status == 1
    assert "b.pql:1:3 PQL004" in ran.err
    assert (tmp_path / "a.pql").read_text() == "a=1"
    ran = pql("format", "--output-format", "json", tmp_path)
    assert json.loads(ran.out)[0]["code"] == "PQL004"


def test_line_ends_and_mark(pql: Pql, tmp_path: Path) -> None:
    path = tmp_path / "a.pql"
    path.write_bytes("\ufeffa=1 // x\r\nand b\r\n".encode())
    assert pql("format", path).status == 0
    assert path.read_bytes() == "\ufeffa = 1 // x\r\nand b\r\n".encode()


def test_width(pql: Pql) -> None:
    text = "aaaa = 1 and bbbb = 2"
    assert pql("format", "--width", "12", input=text).out == "aaaa = 1\nand bbbb = 2\n"
    for bad in ("0", "-1", "x", "1.5"):
        assert pql("format", "--width", bad, input=text).status == 2

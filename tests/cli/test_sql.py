"""Does `pql sql` print queries, and tell what has none?"""

from __future__ import annotations

import json
from pathlib import Path

from running import Pql

EXAMPLES = Path(__file__).parents[2] / "examples"
NOW = "--now=2024-03-15T10:30:00Z"


def test_an_expression(pql: Pql) -> None:
    ran = pql("sql", "-e", 'homeAddress.city = "Bath"')
    assert ran == (0, "-- <expression>\nSELECT\n  *\nFROM profiles\nWHERE\n  homeAddress.city = 'Bath';\n", "")


def test_the_examples(pql: Pql) -> None:
    for dialect in ("duckdb", "spark"):
        ran = pql("sql", EXAMPLES, "--schema", EXAMPLES / "schemas", NOW, "--dialect", dialect)
        assert (ran.status, ran.err) == (0, "")
        assert ran.out.count("\nSELECT\n") == 10
        assert "-- Win-back\n" in ran.out


def test_what_has_no_sql_is_told_with_its_place(pql: Pql, tmp_path: Path) -> None:
    file = tmp_path / "two.pql"
    file.write_text('homeAddress.city = "Bath"\nand homeAddress = workAddress', encoding="utf-8")
    ran = pql("sql", file, EXAMPLES / "vip.pql", NOW)
    assert ran.status == 1
    assert f"-- {EXAMPLES / 'vip.pql'}\nSELECT" in ran.out
    assert f"{file}:2:5 PQL081 a comparison of objects cannot be said in SQL" in ran.err
    assert "`pql eval` evaluates it without SQL" in ran.err


def test_places_in_definition_files(pql: Pql, tmp_path: Path) -> None:
    value = {"type": "PQL", "format": "pql/text", "value": "homeAddress = workAddress"}
    file = tmp_path / "one.json"
    file.write_text(json.dumps({"name": "One", "expression": value}, indent=2), encoding="utf-8")
    assert f"{file}:6:15 PQL081" in pql("sql", file).err


def test_segments(pql: Pql, tmp_path: Path) -> None:
    value = {"type": "PQL", "format": "pql/text", "value": "person.birthYear > 2000"}
    file = tmp_path / "one.json"
    file.write_text(json.dumps({"id": "young", "name": "One", "expression": value}), encoding="utf-8")
    assert "person.birthYear > 2000" in pql("sql", "-e", 'inSegment("young")', "--segments", file).out
    ran = pql("sql", "-e", 'inSegment("young")')
    assert 'entry."value"' in ran.out or "segmentMembership" in ran.out
    assert "PQL073" in ran.err


def test_json(pql: Pql) -> None:
    ran = pql("sql", "-e", "person.birthYear > 2000", "--output-format", "json")
    (found,) = json.loads(ran.out)
    assert found["name"] == "<expression>"
    assert "person.birthYear > 2000" in found["sql"]


def test_columns(pql: Pql) -> None:
    ran = pql("sql", "-e", "person.birthYear > 2000", "--columns", "--table", "lake.profiles", "--dialect", "spark")
    assert ran == (0, "CREATE TABLE lake.profiles (\n  person STRUCT<birthYear: BIGINT>\n);\n", "")


def test_wrong_use(pql: Pql, tmp_path: Path) -> None:
    assert pql("sql").status == 2
    assert pql("sql", "-e", "a = 1", "--dialect", "cobol").status == 2
    ran = pql("sql", tmp_path)
    assert (ran.status, ran.err) == (1, "pql: there are no definitions in these files\n")
    assert "PQL001" in pql("sql", "-e", "a = ").err or pql("sql", "-e", "a = ").status == 1

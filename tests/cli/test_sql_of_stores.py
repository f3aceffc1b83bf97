"""Does `pql sql --store` print queries that find the members in the file of the store?"""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import duckdb
import pytest

from pages import ROOT, blocks
from running import Pql

EXAMPLES = ROOT / "examples"
NOW = "--now=2024-03-15T10:30:00Z"
SCHEMA = ("--schema", EXAMPLES / "schemas")


@pytest.fixture
def store(pql: Pql, tmp_path: Path) -> Path:
    files = (EXAMPLES / "profiles/customers.ndjson", "--events", EXAMPLES / "profiles/events.ndjson")
    path = tmp_path / "crm"
    assert pql("store", "load", path, *files, *SCHEMA, "--jobs", 1).status == 0
    return path


def test_the_examples(pql: Pql, store: Path) -> None:
    ran = pql("sql", EXAMPLES, *SCHEMA, NOW, "--store", store, "--output-format", "json")
    queries = json.loads(ran.out)
    # What looks at fields that no profile has may have no SQL over these tables.
    told = json.loads(ran.err) if ran.err else []
    assert {each["code"] for each in told} <= {"PQL081"}
    assert len(queries) + len(told) == 10
    assert len(queries) >= 8
    evaluated = pql("eval", EXAMPLES, *SCHEMA, NOW, "--profiles", store, "--output", "ids", "--no-nulls").out
    members: dict[str, set[str]] = {}
    for line in evaluated.splitlines():
        id, _, title = line.partition("\t")
        members.setdefault(title, set()).add(id)
    with duckdb.connect(str(store / "store.duckdb"), read_only=True) as connection:
        found = {each["name"]: {id for (id,) in connection.execute(each["sql"]).fetchall()} for each in queries}
    assert found == {name: members.get(name, set()) for name in found}
    assert sum(map(len, found.values())) >= 5


def test_the_query_of_the_page(pql: Pql, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [block] = blocks(ROOT / "pqltools/engines/README.md", "console")
    command, _, printed = block.partition("\n")
    monkeypatch.chdir(store.parent)
    ran = pql(*shlex.split(command.removeprefix("$ pql ")))
    assert (ran.status, ran.out.rstrip(), ran.err) == (0, printed.rstrip(), "")


def test_what_has_no_sql_is_told(pql: Pql, store: Path) -> None:
    ran = pql("sql", "-e", "homeAddress = workAddress", "--store", store)
    assert (ran.status, ran.out) == (1, "")
    assert "<expression>:1:1 PQL081 a comparison of objects cannot be said in SQL" in ran.err


def test_deep_and_long(pql: Pql, store: Path) -> None:
    deep = f"{'not (' * 100}xEvent.count() > 1{')' * 100}"
    parts = [f'xEvent.exists(eventType = "e{number}")' for number in range(101)]
    for text in (deep, " and ".join(parts[:100])):
        ran = pql("sql", "-e", text, "--store", store)
        assert (ran.status, ran.err) == (0, "")
        with duckdb.connect(str(store / "store.duckdb"), read_only=True) as connection:
            connection.execute(ran.out)
    # Equal conditions are written once for each time that they stand there.
    equal = " or ".join(f'xEvent.count(eventType = "a") = {number}' for number in range(101))
    for text in (" and ".join(parts), equal):
        refused = pql("sql", "-e", text, "--store", store)
        assert (refused.status, refused.out) == (1, "")
        assert "PQL081 a definition with more than 100 conditions on items cannot be said in SQL" in refused.err
    assert "`pql job run` finds its members in few passes" in refused.err


def test_fields_that_were_left_out_are_told(pql: Pql, tmp_path: Path) -> None:
    file = tmp_path / "people.ndjson"
    file.write_text('{"_id": "a", "shoe": {"size": 44}}', "utf-8")
    assert pql("store", "load", tmp_path / "crm", file, "--jobs", 1).status == 0
    ran = pql("sql", "-e", "shoe.size > 40", "--store", tmp_path / "crm")
    assert (ran.status, ran.out) == (1, "")
    assert "PQL044 `shoe` was left out of the store" in ran.err


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--dialect", "spark"), 2, "--dialect is for nested tables"),
        (("--table", "lake.profiles"), 2, "--table is for nested tables"),
        (("--columns",), 2, "--columns is for nested tables"),
        ((), 1, "there is no store in this folder"),
    ],
)
def test_wrong_use(pql: Pql, tmp_path: Path, arguments: tuple[str, ...], status: int, words: str) -> None:
    ran = pql("sql", "-e", "person.birthYear > 1", "--store", tmp_path, *arguments)
    assert (ran.status, ran.out) == (status, "")
    assert words in ran.err


def test_without_duckdb(pql: Pql, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    ran = pql("sql", "-e", "person.birthYear > 1", "--store", store)
    assert (ran.status, ran.err) == (1, "pql: `pql sql` needs duckdb: pip install 'pqltools[duckdb]'\n")

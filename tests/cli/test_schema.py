"""Does `pql schema` show what there is, and help with what there is not?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from running import Pql
from xdm.trees import schema

EXAMPLES = Path(__file__).parents[2] / "examples" / "schemas"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without configuration."""
    monkeypatch.chdir(tmp_path)


def test_top_level(pql: Pql) -> None:
    ran = pql("schema")
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "fields of a profile in the standard XDM fields"
    assert len(lines) == 2 + 59 + 2
    rows = {line.split()[0]: line.split(None, 1)[1] for line in lines[2:]}
    assert rows["homeAddress"] == "Object"
    assert rows["identityMap"] == "Map of Array of Object"
    assert rows["xEvent"] == "Array of Object"
    assert rows["segments"].endswith("deprecated")


def test_one_field(pql: Pql) -> None:
    assert pql("schema", "/xdm:person/xdm:gender") == (
        0,
        "person.gender\n  type          String\n  values        male, female, not_specified, non_specific\n",
        "",
    )
    ran = pql("schema", "person.birthYear")
    assert ran.out == "person.birthYear\n  type          Integer (XDM short)\n"
    ran = pql("schema", "person.name")
    assert ran.out.splitlines()[3] == "person.name.firstName      String"
    assert pql("schema", "identityMap.ECID").out.splitlines()[3].startswith("identityMap.ECID.id ")
    assert "\nidentityMap.<key>.id " in pql("schema", "identityMap").out


def test_depth(pql: Pql) -> None:
    one, two, whole = (pql("schema", "xEvent.commerce", *options).out for options in ([], ["--depth", "2"], ["--all"]))
    assert "xEvent.commerce.order.priceTotal" not in one
    assert "xEvent.commerce.order.priceTotal" in two
    assert "xEvent.commerce.order.payments.paymentAmount" not in two
    assert "xEvent.commerce.order.payments.paymentAmount" in whole
    everything = pql("schema", "--all").out.splitlines()
    assert len(everything) == 2 + 1576 + 2117 + 2  # the events once, and both names of them


def test_search(pql: Pql) -> None:
    ran = pql("schema", "--search", "TIER")
    paths = [line.split()[0] for line in ran.out.splitlines()[2:]]
    assert "loyalty.tier" in paths
    assert all("tier" in path.lower() for path in paths)
    ran = pql("schema", "person", "--search", "zzz")
    assert ran == (0, "person\n  type          Object\n\nno field with `zzz` in its path or title\n", "")


def test_own_schema_with_descriptors(pql: Pql) -> None:
    ran = pql("schema", "--schema", EXAMPLES, "_acme.membership")
    assert ran.status == 0
    assert "_acme.membership.level           String           one of basic, silver, gold" in ran.out
    assert "_acme.membership.wantsMail       Boolean          deprecated; Wants the magazine" in ran.out
    ran = pql(
        "schema",
        "--schema",
        EXAMPLES / "members.json",
        "--schema",
        EXAMPLES / "descriptors.json",
        "_acme.membership.colour",
    )
    assert ran.out.splitlines() == [
        "_acme.membership.colour",
        "  type          String",
        "  title         Card colour",
        "  suggested     blue, red (Red (from 2025))",
    ]
    ran = pql("schema", "--schema", EXAMPLES, "_acme.membership.cardNumber")
    assert "  identity      primary identity in namespace `AcmeCard`" in ran.out


def test_data(pql: Pql) -> None:
    data = json.loads(pql("schema", "--output-format", "json", "person.name").out)
    assert (data["path"], data["type"], data["schema"]) == ("person.name", "Object", "the standard XDM fields")
    assert [field["path"] for field in data["fields"]][:2] == ["person.name.firstName", "person.name.lastName"]
    data = json.loads(pql("schema", "--output-format", "json").out)
    assert "path" not in data
    assert len(data["fields"]) == 61
    data = json.loads(pql("schema", "--output-format", "json", "person.gender").out)
    assert data["values"] == ["male", "female", "not_specified", "non_specific"]
    assert data["fields"] == []


def test_unknown_paths(pql: Pql) -> None:
    assert pql("schema", "homeAdress.city") == (
        1,
        "",
        "PQL055 there is no field `homeAdress.city` in the standard XDM fields\n"
        "  = help: did you mean `homeAddress.city`?\n",
    )
    assert "`CA` is now `US-CA`" in pql("schema", "homeAddress.stateProvinceISO").err
    assert "= help" not in pql("schema", "zzz").err
    ran = pql("schema", "zzz", "--output-format", "json")
    assert (ran.status, json.loads(ran.out)[0]["code"]) == (1, "PQL055")


def test_tenant(pql: Pql) -> None:
    assert pql("schema", "_acme.x").status == 1
    assert pql("schema", "--tenant", "acme", "_acme.x") == (0, "_acme.x\n  type          anything\n", "")


def test_bad_files(pql: Pql, tmp_path: Path) -> None:
    ran = pql("schema", "--schema", "none.json")
    assert ran == (1, "", "none.json PQL044 there is no such file\n")
    (tmp_path / "error.json").write_text('{"status": 404, "title": "Not Found"}')
    ran = pql("schema", "--schema", "error.json")
    assert ran.status == 1
    assert "this is an error message of the API, not a schema: 404 Not Found" in ran.err
    (tmp_path / "one.json").write_text(json.dumps(schema({"a": "int"})))
    (tmp_path / "two.json").write_text(json.dumps(schema({"a": "string"})))
    ran = pql("schema", "--schema", "one.json", "--schema", "two.json", "a")
    assert ran.status == 0
    assert ran.out == "a\n  type          Integer (XDM int)\n"
    assert "two.json:" in ran.err
    assert "PQL052 warning: `a` is String here, but Integer in `Sample`" in ran.err


def test_configuration(pql: Pql, tmp_path: Path) -> None:
    (tmp_path / "own.json").write_text(json.dumps(schema({"a": "int"})))
    (tmp_path / "pqltools.toml").write_text('schemas = ["own.json"]\n')
    assert pql("schema", "a").status == 0
    assert pql("schema", "person").status == 1
    assert pql("schema", "--schema", EXAMPLES, "person").status == 0
    (tmp_path / "pqltools.toml").write_text('schemas = ["gone.json"]\n')
    ran = pql("schema")
    assert ran.status == 1
    assert "gone.json" in ran.err
    (tmp_path / "pqltools.toml").write_text('tenant = "acme"\n')
    assert pql("schema", "_acme").status == 0


def test_wrong_use(pql: Pql) -> None:
    for options in (["--depth", "0"], ["--depth", "x"], ["--depth", "1", "--all"], ["a", "b"]):
        assert pql("schema", *options).status == 2
    assert "usage: pql schema" in pql("schema", "--help").out

"""Does `pqltools.check` take whatever programs have, and say the same of it?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pqltools import PQLError, check, parse, to_json
from pqltools.checks.surroundings import Limits, Segment
from pqltools.xdm.standard import standard

TEXT = 'person.name.firstName = "x" and person.gender = person.gender'
BAD = "person.gender = person.gender"


def definition(value: object, format: str, **more: object) -> dict[str, Any]:
    return {"name": "n", "expression": {"type": "PQL", "format": format, "value": value}, **more}


TREE = to_json(parse(TEXT))
INPUTS: dict[str, Any] = {
    "text": TEXT,
    "tree": TREE,
    "json": json.dumps(TREE),
    "nodes": parse(TEXT),
    "definition": definition(TEXT, "pql/text"),
    "definition with a tree": definition(TREE, "pql/json"),
    "definition with json": definition(json.dumps(TREE), "pql/json"),
}


@pytest.mark.parametrize("kind", INPUTS)
def test_every_kind_of_input(kind: str) -> None:
    (problem,) = check(INPUTS[kind])
    assert (problem.code, problem.severity) == ("PQL302", "warning")
    if kind in ("text", "nodes", "definition"):
        assert problem.span is not None
        assert TEXT[slice(*problem.span)] == BAD
    if kind == "json":
        assert problem.span is not None
        assert json.loads(INPUTS[kind][slice(*problem.span)]) == to_json(parse(BAD))
    paths = {"tree": "$.params[1]", "json": "$.params[1]", "definition": "$.expression.value"}
    assert problem.path == paths.get(kind, "$.expression.value.params[1]" if "with" in kind else None)
    assert problem.fixes[0].safe


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("a ==", "PQL004"),
        ("", "PQL017"),
        ("not " * 300 + "a", "PQL010"),
        ('{"nodeType": "fieldLookup"}', "PQL033"),
        ({"nodeType": "fieldLookup"}, "PQL033"),
        ({}, "PQL040"),
        ({"expression": 1}, "PQL040"),
        (definition("{}", "pql/xml"), "PQL041"),
        (definition("a = 1", "pql/json"), "PQL041"),
        (definition("a ==", "pql/text"), "PQL004"),
    ],
)
def test_what_cannot_be_read_is_a_diagnostic(bad: Any, code: str) -> None:
    found = check(bad)
    assert code in [problem.code for problem in found]
    assert all(problem.severity == "error" for problem in found)


def test_deep_trees() -> None:
    tree = parse("not " * 190 + "active")
    assert "PQL064" not in [problem.code for problem in check(tree)]


def test_options() -> None:
    assert check(TEXT, ignore=["self-comparison"]) == []
    assert check(TEXT, select="PQL4") == []
    assert len(check(TEXT, standard(), select=["PQL302"])) == 1
    slow = "xEvent[timestamp occurs <= 3 days before now].exists()"
    assert "PQL501" in [problem.code for problem in check(slow, method="streaming")]
    streaming = {"continuous": {"enabled": True}}
    with_info = definition(slow, "pql/text", evaluationInfo=streaming)
    assert "PQL501" in [problem.code for problem in check(with_info)]
    assert "PQL501" not in [problem.code for problem in check(with_info, method="batch")]
    many = f"person.gender in {json.dumps([str(number) for number in range(5)])}"
    assert "large-list" in [problem.name for problem in check(many, limits=Limits(list_items=3))]
    assert "unknown-segment" in [problem.name for problem in check('inSegment("x")', segments={"y": Segment("y")})]


@pytest.mark.parametrize("options", [{"select": ["nonsense"]}, {"ignore": "PQL999"}, {"as_of": "tomorrow"}])
def test_mistakes_of_the_caller(options: Any) -> None:
    with pytest.raises(ValueError, match=r"nonsense|PQL999|tomorrow"):
        check(TEXT, **options)


def test_schema_files(tmp_path: Path) -> None:
    with pytest.raises(PQLError) as error:
        check(TEXT, str(tmp_path / "missing.json"))
    assert error.value.diagnostics[0].code == "PQL044"

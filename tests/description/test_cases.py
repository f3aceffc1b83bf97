"""Is each description the English that we want?  `cases.toml` holds them, and is read as prose."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from pqltools import PQLError, describe, from_json, parse, to_json
from pqltools.description import functions as phrases
from pqltools.functions.registry import functions
from pqltools.syntax.ast import Chain, FieldLookup, FunctionCall, Hole, Occurs, Opaque, ParameterReference
from pqltools.syntax.walk import walk
from pqltools.xdm.load import load

FOLDER = Path(__file__).parents[2].parent / "shared" / "corpus"
CASES = tomllib.loads((Path(__file__).parent / "cases.toml").read_text(encoding="utf-8"))["case"]
FORMS = {"occurs", "chain"}


def lines(name: str) -> list[Any]:
    path = FOLDER / name
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    return [pytest.param(row, id=row["id"]) for row in rows]


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_description(case: dict[str, str]) -> None:
    assert describe(case["text"]) == case["says"]


def test_there_are_cases_for_every_function_and_form() -> None:
    assert len(CASES) >= 130
    used: set[str] = set()
    for case in CASES:
        for node in walk(parse(case["text"])):
            used |= {node.function} if isinstance(node, FunctionCall) else set()
            used |= {"occurs"} if isinstance(node, Occurs) else {"chain"} if isinstance(node, Chain) else set()
    assert used >= {entry.name for entry in functions()}


def test_every_function_has_words_of_its_own() -> None:
    names = {entry.name for entry in functions()}
    assert names == {*phrases.CONDITIONS, *phrases.VALUES, *FORMS}
    assert {*phrases.DENIALS} <= {*phrases.CONDITIONS}


@pytest.mark.parametrize("entry", functions(), ids=lambda entry: entry.name)
def test_the_words_are_those_of_the_table(entry: Any) -> None:
    for example in entry.examples:
        assert "the function" not in describe(example.expression)


def test_text_trees_and_wire_form_are_the_same() -> None:
    text = 'homeAddress.city = "Bath" and not (a > 1)'
    tree = parse(text)
    wire = to_json(tree)
    assert describe(text) == describe(tree) == describe(wire) == describe(json.dumps(wire))


def test_one_node_in_two_places() -> None:
    path = FieldLookup(ParameterReference(1), "a")
    twice = FunctionCall("=", (path, path))
    assert describe(twice) == "`a` is `a`."


def test_what_cannot_be_read() -> None:
    with pytest.raises(PQLError, match="PQL001"):
        describe("a = ")
    with pytest.raises(PQLError, match="PQL033"):
        describe({"nodeType": "fieldLookup"})


def test_unknown_nodes_and_holes_are_refused_with_their_place() -> None:
    opaque = FunctionCall("not", (Opaque("gap", '{"nodeType":"gap"}'),))
    with pytest.raises(PQLError) as caught:
        describe(opaque)
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.path) == ("PQL035", "$.params[0]")
    assert problem.message == "a node of the unknown kind `gap` cannot be described"
    with pytest.raises(PQLError, match="PQL036 a missing expression cannot be described"):
        describe(FunctionCall("not", (Hole(),)))


def test_too_deep_a_tree_is_refused() -> None:
    tree: Any = FieldLookup(ParameterReference(1), "a")
    for _ in range(198):
        tree = FunctionCall("not", (tree,))
    assert describe(tree) == "`a` is neither missing, nor false, nor an empty list."
    with pytest.raises(PQLError, match="PQL010"):
        describe(FunctionCall("not", (tree,)))


@pytest.mark.parametrize("name", [entry.name for entry in functions() if entry.name not in FORMS])
@pytest.mark.parametrize(("before", "behind"), [(0, 0), (0, 1), (1, 0), (0, 2), (1, 1), (2, 0)])
def test_nothing_is_too_deep_below_the_limit(name: str, before: int, behind: int) -> None:
    path = FieldLookup(ParameterReference(1), "a")
    tree: Any = path
    for _ in range(198):
        tree = FunctionCall(name, (*[path] * before, tree, *[path] * behind))
    assert describe(tree)


def test_segments_are_named_where_they_are_known() -> None:
    said = describe('inSegment("a") and not inSegment("b")', segments={"a": "VIP"})
    assert said == 'The customer is in the segment "VIP" (id "a") and the customer is not in the segment "b".'


def test_titles_and_types_of_a_schema() -> None:
    folder = str(Path(__file__).parents[2] / "examples" / "schemas")
    text = '_acme.membership.colour = "blue" and person.gender = "male"'
    said = '`_acme.membership.colour` (Card colour) is "blue" and `person.gender` is "male".'
    assert describe(text, folder) == describe(text, load([folder]).schema) == said
    assert "Card" not in describe(text) + describe(text, folder, titles=False)
    with pytest.raises(PQLError, match="PQL044"):
        describe(text, "nowhere.json")


@pytest.mark.skipif(not FOLDER.is_dir(), reason="there is no corpus beside this checkout")
@pytest.mark.parametrize("row", [row for row in lines("pql_text.jsonl") if row.values[0]["expect"] == "parse"])
def test_public_texts_have_descriptions(row: dict[str, Any]) -> None:
    assert describe(row["text"])


@pytest.mark.skipif(not FOLDER.is_dir(), reason="there is no corpus beside this checkout")
@pytest.mark.parametrize("row", lines("pql_json.jsonl"))
def test_public_trees_have_descriptions(row: dict[str, Any]) -> None:
    tree = from_json(row["json"])
    if any(isinstance(node, Opaque) for node in walk(tree)):
        with pytest.raises(PQLError, match="PQL035"):
            describe(tree)
    else:
        assert describe(tree)

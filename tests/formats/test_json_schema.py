"""Is the JSON Schema current, and does it say what the reader says?"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from formats.json_faulty import FAULTY
from formats.json_spoiled import spoiled
from formats.json_trees import EXAMPLES, Tree, apply, field, literal
from formats.test_pql_json_names import trees
from pqltools.diagnostics import PQLError
from pqltools.formats.json_nodes import SHAPES
from pqltools.formats.json_schema import schema
from pqltools.formats.pql_json import from_json, to_json
from pqltools.syntax.ast import Expr, FunctionCall, Opaque

FILE = Path(__file__).parents[2] / "grammar" / "pql-json.schema.json"
VALIDATOR = jsonschema.Draft202012Validator(schema())


def valid(tree: object) -> bool:
    return bool(VALIDATOR.is_valid(tree))


def test_the_file_is_what_the_node_table_says() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "pqltools.formats.json_schema"], check=True, capture_output=True, text=True
    ).stdout
    assert FILE.read_text(encoding="utf-8") == printed, "run python -m pqltools.formats.json_schema"


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_every_shape_is_in_it_and_says_where_it_comes_from() -> None:
    definitions = schema()["$defs"]
    for name, shape in SHAPES.items():
        start = {"attested": "Attested", "ours": "Not attested", "old": "An old form"}[shape.status]
        assert definitions[name]["description"].startswith(start)
        assert shape.meaning in definitions[name]["description"]


def test_every_reference_leads_somewhere_and_every_definition_is_used() -> None:
    text = json.dumps(schema())
    definitions = schema()["$defs"].keys()
    assert {name for name in definitions if f'"#/$defs/{name}"' in text} == definitions
    assert text.count("#/$defs/") == sum(text.count(f'"#/$defs/{name}"') for name in definitions)


@pytest.mark.parametrize("tree", [tree for tree, _ in EXAMPLES.values()], ids=EXAMPLES)
def test_every_example_is_valid(tree: Tree) -> None:
    if isinstance(from_json(tree), Opaque) and tree["nodeType"] == "set":
        return  # a schema would let any node stand there
    assert [error.message for error in VALIDATOR.iter_errors(tree)] == []


@pytest.mark.parametrize("meaning", [meaning for _, meaning in EXAMPLES.values()], ids=EXAMPLES)
def test_what_is_written_is_valid(meaning: Expr) -> None:
    for dialect in ("A", "B"):
        assert valid(to_json(meaning, dialect=dialect))


@settings(max_examples=50)
@given(trees(3))
def test_whatever_is_written_is_valid(tree: Expr) -> None:
    assert valid(to_json(tree))


#: Faults that no schema can see.
INVISIBLE = {"property twice", "double that is none", "double for integer", "infinity in a list"}
INVISIBLE |= {"not a number", "infinity", "infinity in an unknown node", "integer in an unknown literal"}
INVISIBLE |= {"too many digits"}


@pytest.mark.parametrize("name", FAULTY)
def test_what_the_reader_refuses_is_not_valid(name: str) -> None:
    assert valid(FAULTY[name][0]) == (name in INVISIBLE)


def opaque(expr: Any) -> bool:
    """Whether there is a node that the reader has not looked into."""
    from pqltools.syntax.walk import walk

    return any(isinstance(node, Opaque) for node in walk(expr))


@given(spoiled())
def test_reader_and_schema_agree(tree: Tree) -> None:
    tree = json.loads(json.dumps(tree), parse_constant=lambda _: 0.5, parse_float=lambda _: 0.5, parse_int=small)
    try:
        read = from_json(tree)
    except PQLError as refused:
        visible = [fault for fault in refused.diagnostics if "twice" not in fault.message]
        assert not visible or not valid(tree), refused
    else:
        assert opaque(read) or valid(tree)


def small(digits: str) -> int:
    return max(-100, min(100, int(digits)))


def test_an_unknown_node_is_valid_anywhere() -> None:
    tree = apply("and", {"nodeType": "gap", "of": 1}, literal("QueryString", None), field("a"))
    assert isinstance(from_json(tree), FunctionCall)
    assert valid(tree)

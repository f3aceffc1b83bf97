"""Does `convert_definition` swap the expression and leave everything else alone, with Java's hash and clear errors?"""

from __future__ import annotations

import copy
import json
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools.diagnostics import Diagnostic, PQLError
from pqltools.formats.definition import convert_definition, java_hash, read_expression, written
from pqltools.formats.pql_json import from_json
from pqltools.syntax.parser import parse

TEXT = 'homeAddress.city = "Oslo"'
TREE = (
    '{"nodeType":"fnApply","fnName":"=","params":[{"nodeType":"fieldLookup","fieldName":"city","object":'
    '{"nodeType":"fieldLookup","fieldName":"homeAddress","object":{"nodeType":"parameterReference","position":1}}},'
    '{"nodeType":"literal","literalType":"String","value":"Oslo"}]}'
)


def body(format: str, value: object, **more: Any) -> dict[str, Any]:
    return {
        "zeta": [1, {"expression": {"format": "x"}}],
        "name": "Osloites",
        "expression": {"note": None, "value": value, "type": "PQL", "format": format, "more": 1.5},
        "alpha": {"b": 1, "a": 2},
        **more,
    }


def faults(definition: Any, to: Any = "pql/json") -> tuple[Diagnostic, ...]:
    with pytest.raises(PQLError) as caught:
        convert_definition(definition, to)
    return caught.value.diagnostics


def test_text_becomes_the_string_that_the_service_writes() -> None:
    assert convert_definition(body("pql/text", TEXT), "pql/json") == body("pql/json", TREE)


@pytest.mark.parametrize("value", [TREE, json.loads(TREE), json.dumps(json.loads(TREE), indent=2)])
def test_a_tree_is_read_as_string_and_as_object(value: object) -> None:
    assert convert_definition(body("pql/json", value), "pql/text") == body("pql/text", TEXT)


def test_order_stays_and_the_argument_is_not_changed() -> None:
    definition = body("pql/text", TEXT, ansibleDataModel={"x": 1, "hash": "0", "y": 2})
    before = copy.deepcopy(definition)
    converted = convert_definition(definition, "pql/json", rehash=True)
    assert json.dumps(definition) == json.dumps(before)
    assert [*converted] == [*definition]
    assert [*converted["expression"]] == [*definition["expression"]]
    assert [*converted["ansibleDataModel"].items()] == [("x", 1), ("hash", str(java_hash(TREE))), ("y", 2)]


def test_the_hash_is_left_unless_asked() -> None:
    definition = body("pql/text", TEXT, ansibleDataModel={"hash": "12"})
    assert convert_definition(definition, "pql/json")["ansibleDataModel"] == {"hash": "12"}


def test_no_hash_is_invented() -> None:
    for model in ({}, {"root": 1}, None, "text"):
        definition = body("pql/text", TEXT, ansibleDataModel=model)
        assert convert_definition(definition, "pql/json", rehash=True)["ansibleDataModel"] == model


@pytest.mark.parametrize(
    ("format", "value"), [("pql/text", "a=1  //x"), ("pql/json", " " + TREE), ("pql/json", {"q": 1})]
)
def test_what_is_in_the_wanted_format_is_left(format: Any, value: object) -> None:
    assert convert_definition(body(format, value), format) == body(format, value)


def test_a_dialect_writes_the_tree_anew() -> None:
    converted = convert_definition(body("pql/json", json.loads(TREE)), "pql/json", dialect="A")
    value = converted["expression"]["value"]
    assert '{"nodeType":"literal","literalType":"XDMObject","value":"profile"}' in value
    assert convert_definition(converted, "pql/json", dialect="B")["expression"]["value"] == TREE


def test_a_type_that_is_null_is_not_set() -> None:
    definition = {"expression": {"type": None, "format": "pql/text", "value": "a.b = 1"}}
    assert convert_definition(definition, "pql/json")["expression"]["type"] is None


def test_any_mapping_is_a_definition() -> None:
    definition = MappingProxyType({"expression": MappingProxyType({"format": "pql/text", "value": TEXT})})
    assert convert_definition(definition, "pql/json") == {"expression": {"format": "pql/json", "value": TREE}}


@pytest.mark.parametrize(
    ("definition", "code", "path", "message"),
    [
        (5, "PQL040", "$", "this is a number, not a segment definition"),
        ({}, "PQL040", "$.expression", "the segment definition has no `expression`"),
        ({"name": "n"}, "PQL040", "$.expression", "the segment definition `n` has no `expression`"),
        ({"expression": "a"}, "PQL040", "$.expression", "`expression` is a string, not an object"),
        ({"expression": {"value": "a"}}, "PQL040", "$.expression.format", "`expression` has no `format`"),
        ({"expression": {"format": "pql/text"}}, "PQL040", "$.expression.value", "`expression` has no `value`"),
        (body(5, "a"), "PQL040", "$.expression.format", "`expression.format` is a number, not a string"),  # type: ignore[arg-type]
        (body("sql", "a"), "PQL041", "$.expression.format", "`sql` is not a format of expressions"),
        (
            body("pql/text", json.loads(TREE)),
            "PQL041",
            "$.expression.value",
            "`expression.format` is `pql/text`, but `expression.value` is an object, not a string",
        ),
        (
            body("pql/json", None),
            "PQL041",
            "$.expression.value",
            "`expression.format` is `pql/json`, but `expression.value` is null, not a string or an object",
        ),
        (
            body("pql/text", TREE),
            "PQL041",
            "$.expression.value",
            "`expression.format` is `pql/text`, but `expression.value` is a tree in JSON",
        ),
        (
            body("pql/json", "a = 1"),
            "PQL041",
            "$.expression.value",
            "`expression.format` is `pql/json`, but `expression.value` is not JSON: `a = 1`",
        ),
        (
            {"expression": {"type": "ARL", "format": "pql/text", "value": "a"}},
            "PQL040",
            "$.expression.type",
            "the expression's type is `ARL`, not `PQL`",
        ),
        (body("pql/json", '{"nodeType": '), "PQL030", "$.expression.value", "the tree ends before its `}`"),
        (
            body("pql/json", '{"nodeType":"fnApply","fnName":"x","params":[{"nodeType":"varRef"}]}'),
            "PQL033",
            "$.expression.value.params[0].varName",
            "`varRef` needs the key `varName`",
        ),
    ],
)
def test_what_is_no_definition_is_told_with_its_path(definition: Any, code: str, path: str, message: str) -> None:
    (fault,) = faults(definition, "pql/text" if code in ("PQL030", "PQL033") else "pql/json")
    (also,) = faults(definition, "pql/text")
    assert (fault.code, fault.path, fault.message) == (code, path, message)
    assert also.code == code


def test_faults_of_the_expression_keep_their_span() -> None:
    fault = faults(body("pql/text", "a = "))[0]
    assert fault.path == "$.expression.value"
    assert fault.span is not None


def test_wrong_arguments_are_no_faults_of_the_definition() -> None:
    for arguments in ({"to": "sql"}, {"to": "pql/json", "dialect": "C"}):
        with pytest.raises(ValueError, match="must be") as caught:
            convert_definition(body("pql/text", TEXT), **arguments)  # type: ignore[arg-type]
        assert not isinstance(caught.value, PQLError)


def test_read_and_written_are_inverse() -> None:
    assert read_expression("pql/text", TEXT) == parse(TEXT) == read_expression("pql/json", TREE) == from_json(TREE)
    assert written(parse(TEXT), "pql/json") == TREE
    assert written(from_json(TREE), "pql/text") == TEXT
    with pytest.raises(ValueError, match="sql"):
        written(parse(TEXT), "sql")
    with pytest.raises(PQLError, match="PQL041"):
        read_expression("sql", TEXT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("a", 97),
        ("ab", 97 * 31 + 98),
        ("hello", 99162322),
        ("polygenelubricants", -(2**31)),
        ("\u00e9", 233),
        # U+1F600 is the pair D83D DE00.
        ("\U0001f600", 0xD83D * 31 + 0xDE00),
        ("a\U0001f600", (97 * 31 + 0xD83D) * 31 + 0xDE00),
        ("\ud800", 0xD800),
    ],
)
def test_known_hashes_of_java(text: str, expected: int) -> None:
    assert java_hash(text) == expected


@given(st.text())
def test_the_hash_is_that_of_java(text: str) -> None:
    units = text.encode("utf-16-be", "surrogatepass")
    total = 0
    for at in range(0, len(units), 2):
        total = total * 31 + units[at] * 256 + units[at + 1]
    total %= 2**32
    assert java_hash(text) == (total - 2**32 if total >= 2**31 else total)

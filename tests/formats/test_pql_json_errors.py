"""Is every fault of a tree told, at the right place, in words that help?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from formats.json_faulty import FAULTY, QUALIFIED, X, faults, pointed_at
from formats.json_spoiled import spoiled
from formats.json_trees import (
    Tree,
    apply,
    chain,
    declare,
    element,
    function,
    literal,
    occurs,
    untyped,
)
from pqltools.diagnostics import PQLError
from pqltools.formats.pql_json import from_json, to_json


@pytest.mark.parametrize(("tree", "code", "path", "text", "message", "help"), FAULTY.values(), ids=FAULTY)
def test_a_fault_is_told_with_its_place(
    tree: Any, code: str, path: str, text: str, message: str, help: str | None
) -> None:
    (found,) = faults(json.dumps(tree))
    assert (found.code, found.path, pointed_at(found), found.message, found.help) == (code, path, text, message, help)
    if not isinstance(tree, str):
        (bare,) = faults(tree)
        assert (bare.code, bare.path, bare.message, bare.help) == (code, path, message, help)
        assert bare.span is None
        assert bare.source is None


def test_a_place_has_line_and_column() -> None:
    (found,) = faults('{\r\n\t"nodeType": "varRef",\r\n\t"varNäme": "x"\r\n}'.encode())
    assert str(found) == "<text>:3:2 PQL032 `varRef` has no key `varNäme`"


def test_a_misspelled_key_is_one_fault_and_an_absent_one_another() -> None:
    found = faults(json.dumps({"nodeType": "let", "varname": "x", "value": X}))
    assert [str(each.path) for each in found] == ["$.body", "$.varname"]


def test_all_faults_are_told_in_the_order_of_the_text() -> None:
    tree = {
        "nodeType": "chain",
        "extra": 1,
        "array": {"nodeType": "fieldLookup", "fieldName": 1, "object": {"nodeType": "varRef"}},
        "timestampField": function(
            ["x"], {"nodeType": "select", "variables": [declare("x", {}), {"nodeType": "varDecl"}]}
        ),
        "elements": [
            {"nodeType": "element", "name": None, "negated": False, "what": function(["x"], literal("Integer", ""))},
            element("C1", X, where=apply("=", {"nodeType": "let"})),
        ],
    }
    paths = [
        "$.extra",
        "$.array.fieldName",
        "$.array.object.varName",
        "$.timestampField.body.variables[0].from.nodeType",
        "$.timestampField.body.variables[1].varName",
        "$.timestampField.body.variables[1].from",
        "$.elements[0].name",
        "$.elements[0].what.body.value",
        "$.elements[1].what",
        "$.elements[1].where",
    ]
    assert [each.path for each in faults(json.dumps(tree))] == paths
    assert sorted(str(each.path) for each in faults(tree)) == sorted(paths)


@pytest.mark.parametrize(
    "tree",
    [
        {**apply("=", {"nodeType": "varRef"}), "extra": 1},
        {"nodeType": "object", "properties": [{"value": X, "nme": 1}], "extra": 1},
        {**function(["x"], {}), "extra": 1},
        {"nodeType": "fnCreate", "params": [{}], "extra": 1},
        {**occurs({**QUALIFIED, "timeinterval": {"nodeType": "timeRange", "start": 1}}), "extra": 1},
        occurs({**QUALIFIED, "qualification": {"nodeType": "timeQualification", "duration": 1}}),
        occurs({**QUALIFIED, "qualification": {"nodeType": "timeQualification", "duration": {"nodeType": "duration"}}}),
        {**chain(element("C", X, when={}, count={"value": 1})), "extra": 1},
        {"nodeType": "fnApply", "function": 1, "extra": {}, "params": [{}]},
        {"nodeType": "fnApply", "fnName": "all", "range": 1, "varName": 2, "params": [3]},
        {"nodeType": "set", "variables": [1, {}], "extra": 1},
        {"nodeType": "list", "items": [1], "extra": 1},
        {**literal("List", [{}]), "extra": 1},
        {"nodeType": "let", "value": 1, "body": 2, "varName": 3},
    ],
)
def test_a_fault_does_not_hide_those_further_in(tree: Tree) -> None:
    assert len(faults(tree)) > 1
    assert {each.path for each in faults(tree)} == {each.path for each in faults(json.dumps(tree))}


def test_a_repeated_key_points_at_the_first_one() -> None:
    text = '{"nodeType": "varRef", "varName": "x", "var\\u004eame": "y"}'
    (found,) = faults(text)
    assert (found.code, found.path, pointed_at(found)) == ("PQL031", "$.varName", '"var\\u004eame"')
    assert found.message == "the key `varName` stands twice in one object"
    assert text[slice(*found.related[0].span)] == '"varName"'


def test_repeated_keys_and_other_faults_are_told_together() -> None:
    text = (
        '{"fnName":"=","params":[{"a":1,"a":2}],"params":[{"b":1,"b":2,"nodeType":"varRef"}, 6],"nodeType":"fnApply"}'
    )
    found = faults(text)
    assert [(each.code, each.path) for each in found] == [
        ("PQL031", "$.params[0].a"),
        ("PQL031", "$.params"),
        ("PQL033", "$.params[0].varName"),
        ("PQL031", "$.params[0].b"),
        ("PQL032", "$.params[0].b"),
        ("PQL034", "$.params[1]"),
    ]
    assert pointed_at(found[-1]) == "6"


def test_many_repeated_keys_are_no_trouble() -> None:
    text = '{"nodeType":"gap","a":[' + ",".join(['{"k":1,"k":2}'] * 5000) + "]}"
    assert len(faults(text)) == 5000


def test_an_unknown_kind_deep_in_a_part_makes_the_node_opaque_and_no_more() -> None:
    unknown = occurs({**QUALIFIED, "qualification": {"nodeType": "fuzzy"}})
    tree = apply("and", unknown, {**X, "extra": 1})
    (found,) = faults(tree)
    assert found.path == "$.params[1].extra"
    good = apply("and", unknown, X)
    assert to_json(from_json(good)) == good


@pytest.mark.parametrize(
    ("tree", "path", "message"),
    [
        ({"nodeType": "gap", 3: 4}, "$", "a key is a number, not a string"),
        (dict([*X.items(), (None, 4)]), "$", "a key is null, not a string"),
        ({"nodeType": "gap", "x": [{1, 2}]}, "$.x[0]", "JSON has no such value"),
        ({"nodeType": "varRef", "varName": b"x"}, "$.varName", "`varName` is no JSON value, not a string"),
        (untyped((1, 2)), "$.value", "`value` is no JSON value, not a plain value"),
        (7, "$", "the tree is a number, not an object"),
        (None, "$", "the tree is null, not an object"),
    ],
)
def test_python_values_that_json_does_not_have_are_faults(tree: Any, path: str, message: str) -> None:
    (found,) = faults(tree)
    assert (found.code, found.path, found.message) == ("PQL034", path, message)


@given(spoiled())
def test_a_spoiled_tree_is_read_or_refused_with_places(tree: Tree) -> None:
    text = json.dumps(tree)
    try:
        read = from_json(tree)
    except PQLError as refused:
        found = faults(text)
        assert all(each.path and each.span and each.source and pointed_at(each) for each in found)
        assert sorted(str(each.path) for each in found) == sorted(str(each.path) for each in refused.diagnostics)
        assert {each.code for each in found} <= {"PQL012", "PQL032", "PQL033", "PQL034"}
        assert all(each.message == each.message.strip() and "\n" not in each.message for each in found)
    else:
        assert from_json(text) == read
        assert json.dumps(to_json(read), sort_keys=True) == json.dumps(tree, sort_keys=True)

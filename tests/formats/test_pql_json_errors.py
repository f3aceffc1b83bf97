"""Is every fault of a tree told, at the right place, in words that help?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.json_trees import (
    EXAMPLES,
    NOW,
    PROFILE,
    Tree,
    apply,
    chain,
    declare,
    element,
    field,
    function,
    literal,
    occurs,
    ref,
    untyped,
    window,
)
from pqltools.diagnostics import Diagnostic, PQLError
from pqltools.formats.pql_json import from_json, to_json

A = field("a")
X = ref("x")
QUALIFIED = window("before", NOW, ("<=", 30, "days"))


def faults(tree: Any) -> list[Diagnostic]:
    with pytest.raises(PQLError) as caught:
        from_json(tree)
    return list(caught.value.diagnostics)


def pointed_at(diagnostic: Diagnostic) -> str:
    assert diagnostic.source is not None
    assert diagnostic.span is not None
    return diagnostic.source.text[slice(*diagnostic.span)]


def without(tree: Tree, key: str) -> Tree:
    return {k: v for k, v in tree.items() if k != key}


#: What is wrong: the tree, then code, path, the text that is pointed at, message and help of its one fault.
FAULTY: dict[str, tuple[Any, str, str, str, str, str | None]] = {
    "no object": ([], "PQL034", "$", "[]", "the tree is a list, not an object", None),
    "encoded twice": (
        '{"nodeType":1}',
        "PQL034",
        "$",
        '"{\\"nodeType\\":1}"',
        "the tree is a string, not an object",
        "decode it once more",
    ),
    "no nodeType": ({}, "PQL033", "$.nodeType", "{", "this is no node, it lacks the key `nodeType`", None),
    "a definition": (
        {"expression": {"value": ""}},
        "PQL033",
        "$.nodeType",
        "{",
        "this is no node, it lacks the key `nodeType`",
        "the tree is what stands under `expression.value`",
    ),
    "nodeType is no string": (
        apply("not", {"nodeType": None}),
        "PQL034",
        "$.params[0].nodeType",
        "null",
        "`nodeType` is null, not a string",
        None,
    ),
    "no node among params": (
        apply("not", A, 5),  # type: ignore[arg-type]
        "PQL034",
        "$.params[1]",
        "5",
        "this is a number, not an expression",
        None,
    ),
    "part out of place": (
        apply("not", {"nodeType": "element"}),
        "PQL034",
        "$.params[0]",
        '{"nodeType": "element"}',
        "`element` cannot stand here",
        "expected an expression",
    ),
    "misspelled key": (
        apply("not", {"nodeType": "fieldLookup", "fieldname": "a", "object": PROFILE}),
        "PQL032",
        "$.params[0].fieldname",
        '"fieldname"',
        "`fieldLookup` has no key `fieldname`",
        "did you mean `fieldName`?",
    ),
    "unknown key": (
        {**X, "b\n`": 1},
        "PQL032",
        '$["b\\n`"]',
        '"b\\n`"',
        "`varRef` has no key `b\\n``",
        "its keys are `varName`",
    ),
    "missing key": (
        apply("=", A, without(A, "fieldName")),
        "PQL033",
        "$.params[1].fieldName",
        "{",
        "`fieldLookup` needs the key `fieldName`",
        None,
    ),
    "missing params": (
        without(apply("="), "params"),
        "PQL033",
        "$.params",
        "{",
        "`fnApply` needs the key `params`",
        None,
    ),
    "name of wrong type": (
        {**apply("="), "fnName": ["="]},
        "PQL034",
        "$.fnName",
        '["="]',
        "`fnName` is a list, not a string",
        None,
    ),
    "params of wrong type": (
        {**apply("="), "params": A},
        "PQL034",
        "$.params",
        json.dumps(A),
        "`params` is an object, not a list",
        None,
    ),
    "params of null": (
        {**apply("="), "params": None},
        "PQL034",
        "$.params",
        "null",
        "`params` is null, not a list",
        None,
    ),
    "position 0": (
        {"nodeType": "parameterReference", "position": 0},
        "PQL034",
        "$.position",
        "0",
        "`0` is too small",
        "the least is 1",
    ),
    "position true": (
        {"nodeType": "parameterReference", "position": True},
        "PQL034",
        "$.position",
        "true",
        "`position` is a boolean, not an integer from 1",
        None,
    ),
    # Literals.
    "string for integer": (
        literal("Integer", "6"),
        "PQL034",
        "$.value",
        '"6"',
        "`value` is a string, not an integer",
        None,
    ),
    "double for integer": (
        literal("Integer", 6.0),
        "PQL034",
        "$.value",
        "6.0",
        "`value` is a number, not an integer",
        None,
    ),
    "boolean for integer": (
        literal("Integer", True),
        "PQL034",
        "$.value",
        "true",
        "`value` is a boolean, not an integer",
        None,
    ),
    "too large an integer": (
        literal("Integer", 2**63),
        "PQL012",
        "$.value",
        str(2**63),
        "this integer does not fit in 64 bits",
        "the largest is 9223372036854775807",
    ),
    "digits with a blank": (
        literal("integer", " 6"),
        "PQL034",
        "$.value",
        '" 6"',
        "the string is no integer",
        "write the digits, with `-` before a negative one",
    ),
    "digits with a zero before": (
        literal("integer", "06"),
        "PQL034",
        "$.value",
        '"06"',
        "the string is no integer",
        "write the digits, with `-` before a negative one",
    ),
    "no digits": (
        literal("integer", ""),
        "PQL034",
        "$.value",
        '""',
        "the string is no integer",
        "write the digits, with `-` before a negative one",
    ),
    "too many digits": (
        literal("integer", "9" * 5000),
        "PQL012",
        "$.value",
        '"' + "9" * 5000 + '"',
        "this integer does not fit in 64 bits",
        "the largest is 9223372036854775807",
    ),
    "not a number": (literal("Double", float("nan")), "PQL012", "$.value", "NaN", "this number is not finite", None),
    "infinity": (literal("Number", float("-inf")), "PQL012", "$.value", "-Infinity", "this number is not finite", None),
    "double that is none": (
        literal("Double", 2**53 + 1),
        "PQL012",
        "$.value",
        "9007199254740993",
        "a double cannot hold this number exactly",
        "make it an `Integer`",
    ),
    "boolean for double": (
        literal("Double", False),
        "PQL034",
        "$.value",
        "false",
        "`value` is a boolean, not a number",
        None,
    ),
    "null with a value": (literal("Null", 0), "PQL034", "$.value", "0", "`value` is a number, not null", None),
    "moment in capitals": (
        literal("Timestamp", "NOW"),
        "PQL034",
        "$.value",
        '"NOW"',
        "`NOW` is no Timestamp",
        "did you mean `now`?",
    ),
    "literalType of wrong type": (
        {"nodeType": "literal", "literalType": None, "value": 1},
        "PQL034",
        "$.literalType",
        "null",
        "`literalType` is null, not a string",
        None,
    ),
    "literal without value": (
        {"nodeType": "literal", "literalType": "String"},
        "PQL033",
        "$.value",
        "{",
        "a `String` literal needs the key `value`",
        None,
    ),
    "untyped object": (untyped({}), "PQL034", "$.value", "{}", "`value` is an object, not a plain value", None),
    "object in a list": (
        literal("List", [[1, {"a": 1}]]),
        "PQL034",
        "$.value[0][1]",
        '{"a": 1}',
        "this is an object, not a plain value",
        None,
    ),
    "infinity in a list": (
        literal("List", [[float("inf")]]),
        "PQL012",
        "$.value[0][0]",
        "Infinity",
        "this number is not finite",
        None,
    ),
    "unit out of place": (
        apply("not", literal("TimeUnit", "days")),
        "PQL034",
        "$.params[0]",
        json.dumps(literal("TimeUnit", "days")),
        "a literal of type `TimeUnit` cannot stand here",
        "it is the `unit` of a `duration`",
    ),
    # Binders.
    "empty select": (
        {"nodeType": "select", "variables": []},
        "PQL034",
        "$.variables",
        "[]",
        "`variables` is empty",
        "it needs at least one",
    ),
    "expression for a declaration": (
        {"nodeType": "select", "variables": [declare("x", A), X]},
        "PQL034",
        "$.variables[1]",
        json.dumps(X),
        "`varRef` cannot stand here",
        "expected a `varDecl`",
    ),
    "from and range": (
        {"nodeType": "select", "variables": [{**declare("x", A), "range": A}]},
        "PQL032",
        "$.variables[0].range",
        '"range"',
        "`varDecl` has no key `range`",
        "its keys are `varName`, `from`, `where`",
    ),
    "quantifier": (
        {"nodeType": "quantification", "quantifier": "ones", "variables": [declare("x", A)]},
        "PQL034",
        "$.quantifier",
        '"ones"',
        "`ones` is no quantifier",
        "did you mean `one`?",
    ),
    "old quantification with two conditions": (
        {"nodeType": "fnApply", "fnName": "some", "varName": "x", "range": A, "params": [X, X]},
        "PQL034",
        "$.params",
        json.dumps([X, X]),
        "`params` has 2 items, not one",
        None,
    ),
    "old quantification without range": (
        {"nodeType": "fnApply", "fnName": "some", "varName": "x", "params": [X]},
        "PQL033",
        "$.range",
        "{",
        "`fnApply` needs the key `range`",
        None,
    ),
    "old filter of a node that is no function": (
        {"nodeType": "fnApply", "function": X, "params": [A]},
        "PQL034",
        "$.function",
        json.dumps(X),
        "`varRef` cannot stand here",
        "expected a `fnCreate`",
    ),
    "lambda without names": (
        function([], A),
        "PQL034",
        "$.varNames",
        "[]",
        "`varNames` is empty",
        "it needs at least one",
    ),
    "name of a lambda": (
        function(["x", 5], A),  # type: ignore[list-item]
        "PQL034",
        "$.varNames[1]",
        "5",
        "this is a number, not a string",
        None,
    ),
    "parameter of an old lambda": (
        {"nodeType": "fnCreate", "params": [{"varName": "x", "type": "X"}], "body": A},
        "PQL032",
        "$.params[0].type",
        '"type"',
        "this object has no key `type`",
        "its keys are `varName`",
    ),
    "property twice": (
        {"nodeType": "object", "properties": [{"name": "p", "value": A}, {"name": "p", "value": A}]},
        "PQL034",
        "$.properties[1].name",
        '"p"',
        "the object has the property `p` twice",
        None,
    ),
    # Time.
    "direction": (
        occurs(window("befor", NOW)),
        "PQL034",
        "$.relation.value",
        '"befor"',
        "`befor` is no TimeDirection",
        "did you mean `before`?",
    ),
    "capitals in timeinterval": (
        {"timeInterval" if key == "timeinterval" else key: value for key, value in occurs(QUALIFIED).items()},
        "PQL032",
        "$.timeInterval",
        '"timeInterval"',
        "`occurs` has no key `timeInterval`",
        "did you mean `timeinterval`?",
    ),
    "relation that is no literal": (
        occurs({**QUALIFIED, "relation": A}),
        "PQL034",
        "$.relation",
        json.dumps(A),
        "`fieldLookup` cannot stand here",
        "expected a `literal`",
    ),
    "relation of another type": (
        occurs({**QUALIFIED, "relation": literal("String", "before")}),
        "PQL034",
        "$.relation",
        json.dumps(literal("String", "before")),
        "a literal of type `String` cannot stand here",
        "expected one of type `TimeDirection`",
    ),
    "relation without type": (
        occurs({**QUALIFIED, "relation": untyped("before")}),
        "PQL034",
        "$.relation",
        json.dumps(untyped("before")),
        "a literal without a type cannot stand here",
        "expected one of type `TimeDirection`",
    ),
    "negative count": (
        occurs(window("before", NOW, ("<=", -1, "days"))),
        "PQL034",
        "$.qualification.duration.count.value",
        "-1",
        "`-1` is too small",
        "the least is 0",
    ),
    "unit": (
        occurs(window("before", NOW, ("<=", 1, "dayss"))),
        "PQL034",
        "$.qualification.duration.unit.value",
        '"dayss"',
        "`dayss` is no TimeUnit",
        "did you mean `days`?",
    ),
    "comparison": (
        occurs(window("before", NOW, ("=<", 1, "day"))),
        "PQL034",
        "$.qualification.comparison.value",
        '"=<"',
        "`=<` is no Comparison",
        "did you mean `=`?",
    ),
    "interval": (
        occurs(
            window(
                "within", {"nodeType": "literal", "literalType": "TimeInterval", "unit": "years", "relation": "this"}
            )
        ),
        "PQL034",
        "$.timeinterval.unit",
        '"years"',
        "`years` is no TimeInterval",
        "did you mean `year`?",
    ),
    "between one time": (
        occurs(window("between", NOW)),
        "PQL034",
        "$.timeinterval",
        json.dumps(NOW),
        "`between` takes a `timeRange`, not one time",
        None,
    ),
    "before two times": (
        occurs(window("before", {"nodeType": "timeRange", "start": X, "end": X})),
        "PQL034",
        "$.timeinterval",
        json.dumps({"nodeType": "timeRange", "start": X, "end": X}),
        "`before` takes one time, not a `timeRange`",
        None,
    ),
    "qualified within": (
        occurs({**QUALIFIED, **window("within", NOW)}),
        "PQL034",
        "$.qualification",
        json.dumps(QUALIFIED["qualification"]),
        "`within` takes no qualification",
        None,
    ),
    "range in a range": (
        occurs(window("between", {"nodeType": "timeRange", "start": X, "end": {"nodeType": "timeRange"}})),
        "PQL034",
        "$.timeinterval.end",
        '{"nodeType": "timeRange"}',
        "`timeRange` cannot stand here",
        "expected an expression",
    ),
    # Event sequences.
    "timestampField that is no lambda": (
        {**chain(), "timestampField": X},
        "PQL034",
        "$.timestampField",
        json.dumps(X),
        "`varRef` cannot stand here",
        "expected a `lambda`",
    ),
    "what of two parameters": (
        chain(element("C0", function(["x", "y"], X))),
        "PQL034",
        "$.elements[0].what",
        json.dumps(function(["x", "y"], X)),
        "this lambda has 2 parameters, not one",
        None,
    ),
    "element without what": (
        chain(without(element("C0", X), "what")),
        "PQL033",
        "$.elements[0].what",
        "{",
        "`element` needs the key `what`",
        None,
    ),
    "negated is no boolean": (
        chain({**element("C0", function(["x"], X)), "negated": "false"}),
        "PQL034",
        "$.elements[0].negated",
        '"false"',
        "`negated` is a string, not a boolean",
        None,
    ),
    "when is no object": (
        chain(element("C0", function(["x"], X), when=[])),  # type: ignore[arg-type]
        "PQL034",
        "$.elements[0].when",
        "[]",
        "`when` is a list, not an object",
        None,
    ),
    "when with a nodeType": (
        chain(element("C0", function(["x"], X), when={"nodeType": "occurs", **QUALIFIED})),
        "PQL032",
        "$.elements[0].when.nodeType",
        '"nodeType"',
        "this object has no key `nodeType`",
        "its keys are `timeinterval`, `relation`, `qualification`",
    ),
    "count without value": (
        chain(element("C0", function(["x"], X), count={"comparison": literal("Comparison", "=")})),
        "PQL033",
        "$.elements[0].count.value",
        "{",
        "this object needs the key `value`",
        None,
    ),
    # What is not understood must still be JSON.
    "infinity in an unknown node": (
        {"nodeType": "gap", "of": [{"": float("inf")}]},
        "PQL012",
        '$.of[0][""]',
        "Infinity",
        "this number is not finite",
        None,
    ),
    "integer in an unknown literal": (
        literal("BigInteger", 2**64),
        "PQL012",
        "$.value",
        str(2**64),
        "this integer does not fit in 64 bits",
        "the largest is 9223372036854775807",
    ),
}


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


WORDS = sorted({word for tree, _ in EXAMPLES.values() for word in tree.values() if isinstance(word, str)})
KEYS = sorted({key for tree, _ in EXAMPLES.values() for key in tree})
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=3),
    st.sampled_from(["all", "now", "x", "X", *WORDS]),
)


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from([*KEYS, "b"]), inner, max_size=4))


JUNK: st.SearchStrategy[Any] = st.recursive(LEAVES, containers, max_leaves=12)


@st.composite
def spoiled(draw: st.DrawFn) -> Tree:
    """An example with something else in a few places."""
    tree: Tree = json.loads(json.dumps(draw(st.sampled_from([tree for tree, _ in EXAMPLES.values()]))))
    for _ in range(draw(st.integers(1, 3))):
        spots: list[tuple[Any, Any]] = []

        def collect(value: Any, spots: list[tuple[Any, Any]] = spots) -> None:
            for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
                spots.append((value, key))
                collect(value[key])

        collect(tree)
        if not spots:
            break
        holder, key = draw(st.sampled_from(spots))
        action = draw(st.sampled_from(["replace", "remove", "rename", "add"]))
        if action == "replace":
            holder[key] = draw(JUNK)
        elif action == "remove":
            del holder[key]
        elif isinstance(holder, dict):
            holder[draw(st.sampled_from(["nodeType", "value", "params", "varName", "extra"]))] = (
                holder.pop(key) if action == "rename" else draw(JUNK)
            )
    return tree


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

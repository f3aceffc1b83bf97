"""Is every kind of tree read as what it means, and written back as it was?"""

from __future__ import annotations

import json

import pytest

from formats.json_trees import (
    EXAMPLES,
    ORDERS,
    PROFILE,
    Tree,
    apply,
    chain,
    declare,
    element,
    field,
    function,
    literal,
    ref,
)
from pqltools.formats.json_nodes import SHAPES
from pqltools.formats.pql_json import from_json, to_json, to_json_bytes
from pqltools.syntax.ast import (
    Chain,
    Expr,
    FunctionCall,
    ItemLambda,
    ItemReference,
    Lambda,
    Let,
    Opaque,
    ParameterReference,
    Select,
    VariableDeclaration,
    VariableReference,
)

X = VariableReference("x")


def exact(tree: object) -> str:
    """JSON text that tells `1` from `1.0` and `true`, and not the order of keys."""
    return json.dumps(tree, sort_keys=True)


@pytest.mark.parametrize(("tree", "meaning"), EXAMPLES.values(), ids=EXAMPLES)
def test_a_tree_is_read_and_written_back(tree: Tree, meaning: Expr) -> None:
    read = from_json(tree)
    assert read == meaning
    assert exact(to_json(read)) == exact(tree)


@pytest.mark.parametrize(("tree", "meaning"), EXAMPLES.values(), ids=EXAMPLES)
def test_text_and_bytes_are_read_like_decoded_json(tree: Tree, meaning: Expr) -> None:
    text = json.dumps(tree, indent=1)
    assert from_json(text) == from_json(text.encode()) == from_json("\ufeff" + text) == meaning
    assert from_json(b"\xef\xbb\xbf" + text.encode()) == meaning


@pytest.mark.parametrize("tree", [tree for tree, _ in EXAMPLES.values()], ids=EXAMPLES)
def test_keys_may_come_in_any_order(tree: Tree) -> None:
    def turned(value: object) -> object:
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(value)}
        return [turned(item) for item in value] if isinstance(value, list) else value

    other = turned(tree)
    assert isinstance(other, dict)
    assert from_json(other) == from_json(tree)
    assert exact(to_json(from_json(other))) == exact(tree)


def test_the_examples_show_every_shape() -> None:
    shown: set[str] = set()
    tags = {name: shape.tags.items() for name, shape in SHAPES.items() if shape.tags}

    def look(value: object) -> None:
        if isinstance(value, dict):
            for name, pairs in tags.items():
                if (
                    pairs <= {(k, v) for k, v in value.items() if isinstance(v, str)}
                    and value.keys() <= SHAPES[name].allowed
                ):
                    shown.add(name)
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            look(inner)

    for tree, _ in EXAMPLES.values():
        look(tree)
    assert shown == set(tags)


def test_an_opaque_node_keeps_the_order_of_its_keys() -> None:
    text = b'{"nodeType":"gap","z":1,"a":2}'
    assert to_json_bytes(from_json(text)) == text


def test_an_opaque_node_that_was_changed_is_written_as_it_is_now() -> None:
    node = Opaque("gap", '{"nodeType":"gap","z":2}', spelling='{"nodeType":"gap","z":1}')
    assert to_json(node) == {"nodeType": "gap", "z": 2}


# Which binder is meant.

INNERMOST: dict[str, tuple[Tree, Expr]] = {
    "a lambda hides an item": (
        apply("map", field("orders"), function(["x"], function(["x"], ref("x")))),
        FunctionCall("map", (ORDERS, ItemLambda(Lambda(("x",), X)))),
    ),
    "an item hides a variable": (
        {
            "nodeType": "let",
            "varName": "x",
            "value": PROFILE,
            "body": apply("map", field("orders"), function(["x"], ref("x"))),
        },
        Let("x", ParameterReference(1), FunctionCall("map", (ORDERS, ItemLambda(ItemReference(0))))),
    ),
    "an item hides an item": (
        apply("map", field("orders"), function(["x"], apply("map", ref("x"), function(["x"], ref("x"))))),
        FunctionCall(
            "map", (ORDERS, ItemLambda(FunctionCall("map", (ItemReference(0), ItemLambda(ItemReference(0))))))
        ),
    ),
    "a variable is not visible in its own source": (
        {"nodeType": "select", "variables": [declare("x", ref("x"), ref("x"))]},
        Select((VariableDeclaration("x", X, X),)),
    ),
    "the source of a variable sees the item of that name": (
        apply(
            "map",
            field("orders"),
            function(["x"], {"nodeType": "select", "variables": [declare("x", ref("x"), ref("x"))]}),
        ),
        FunctionCall("map", (ORDERS, ItemLambda(Select((VariableDeclaration("x", ItemReference(0), X),))))),
    ),
    "the value of let sees the item of that name": (
        apply(
            "map",
            field("orders"),
            function(["x"], {"nodeType": "let", "varName": "x", "value": ref("x"), "body": ref("x")}),
        ),
        FunctionCall("map", (ORDERS, ItemLambda(Let("x", ItemReference(0), X)))),
    ),
    "a binder ends": (
        apply("=", function(["x"], ref("x")), apply("map", ref("x"), function(["y"], ref("x")))),
        FunctionCall("=", (Lambda(("x",), X), FunctionCall("map", (X, ItemLambda(X))))),
    ),
}


@pytest.mark.parametrize(("tree", "meaning"), INNERMOST.values(), ids=INNERMOST)
def test_the_innermost_binder_is_meant(tree: Tree, meaning: Expr) -> None:
    assert from_json(tree) == meaning
    assert to_json(from_json(tree)) == tree


def test_elements_of_a_chain_see_the_earlier_ones() -> None:
    seen = function(["e"], apply("and", ref("C0"), ref("C1")))
    tree = apply("map", field("orders"), function(["C0"], chain(element("C0", seen), element("C1", seen))))
    call = from_json(tree)
    assert isinstance(call, FunctionCall)
    assert isinstance(call.arguments[1], ItemLambda)
    inner = call.arguments[1].body
    assert isinstance(inner, Chain)
    first, second = (element.what.body for element in inner.elements)
    assert first == FunctionCall("and", (ItemReference(1), VariableReference("C1")))
    assert second == FunctionCall("and", (VariableReference("C0"), VariableReference("C1")))


def test_a_double_in_a_list_has_a_point_or_an_exponent() -> None:
    read = from_json('{"nodeType":"literal","literalType":"List","value":[2, 2.0, 2e0]}')
    assert to_json_bytes(read) == b'{"nodeType":"literal","literalType":"List","value":[2,2.0,2.0]}'


def test_bound_names_are_remembered() -> None:
    tree = apply("map", field("orders"), function(["G"], ref("G")))
    read = from_json(tree)
    assert isinstance(read, FunctionCall)
    assert isinstance(read.arguments[1], ItemLambda)
    assert read.arguments[1].name == "G"


def test_names_of_an_opaque_part_stay_bound() -> None:
    tree = apply("map", field("orders"), function(["G"], {"nodeType": "gap", "from": ref("G")}))
    assert to_json(from_json(tree)) == tree


def test_str_subclasses_are_read_as_yaml_libraries_make_them() -> None:
    class Quoted(str):
        __slots__ = ()

    tree = {"nodeType": Quoted("literal"), "literalType": Quoted("String"), "value": Quoted("x")}
    assert from_json(tree) == from_json(literal("String", "x"))

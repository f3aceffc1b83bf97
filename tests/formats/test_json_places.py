"""Does every node of a pql/json tree know the path that it was read from?"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given

from pqltools import from_json, parse, to_json
from pqltools.formats.json_locations import path_steps
from pqltools.formats.pql_json import from_json_with_places
from pqltools.syntax.ast import Expr, FieldLookup, Node, ParameterReference, StringLiteral
from pqltools.syntax.walk import walk
from strategies import json_only_expressions

#: The key that tells a node's kind, for nodes that are no `nodeType` of the same name.
KINDS = {"FunctionCall": "fnApply", "FieldLookup": "fieldLookup", "VariableDeclaration": "varDecl", "Chain": "chain"}


def at(tree: Any, path: str) -> Any:
    for step in path_steps(path):
        tree = tree[step]
    return tree


@given(json_only_expressions())
def test_every_node_has_a_place_of_its_kind(expr: Expr) -> None:
    tree = to_json(expr)
    read, places = from_json_with_places(json.dumps(tree))
    assert read == from_json(tree)
    for node in walk(read):
        path = places.get(id(node))
        assert path is not None, node
        found = at(tree, path)
        kind = KINDS.get(type(node).__name__)
        assert kind is None or kind == found["nodeType"] or "function" in found or "varName" in found
        if isinstance(node, FieldLookup):
            assert found["fieldName"] == node.name


def test_paths() -> None:
    tree = to_json(parse('a.b in ["x", "y"]'))
    read, places = from_json_with_places(tree)

    def path(kind: type[Node], number: int = 0) -> str:
        return str(places.get(id([node for node in walk(read) if isinstance(node, kind)][number])))

    assert path(FieldLookup) == "$.params[0]"
    assert path(FieldLookup, 1) == "$.params[0].object"
    assert path(ParameterReference) == "$.params[0].object.object"
    assert path(StringLiteral, 1) == "$.params[1].value[1]"


def test_a_profile_that_is_not_written_has_the_place_of_its_lookup() -> None:
    read, places = from_json_with_places({"nodeType": "fieldLookup", "fieldName": "a"})
    assert isinstance(read, FieldLookup)
    assert places.get(id(read.object)) == "$"


def test_what_is_not_in_the_tree_has_no_place() -> None:
    _, places = from_json_with_places({"nodeType": "varRef", "varName": "X"})
    other = parse("a")
    assert places.get(id(other)) is None
    assert places.get(id(other), "?") == "?"
    assert id(other) not in places

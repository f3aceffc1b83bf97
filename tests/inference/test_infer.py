"""Does every node get a type, a parent and a place in the order?  And which types do expressions have?"""

from __future__ import annotations

import sys

import pytest
from hypothesis import given

from checking import around, table
from pqltools import parse
from pqltools.checks.runner import check_tree
from pqltools.inference.infer import infer
from pqltools.inference.typing import Typing
from pqltools.limits import HIGHEST_DEPTH, MAX_DEPTH
from pqltools.syntax.ast import (
    Expr,
    FieldLookup,
    FunctionCall,
    Lambda,
    Let,
    ListLiteral,
    Node,
    ParameterReference,
    Property,
    VariableDeclaration,
    VariableReference,
)
from pqltools.syntax.walk import children, walk
from pqltools.types.model import (
    ANY,
    BOOLEAN,
    DATE,
    DOUBLE,
    INTEGER,
    NULL,
    STRING,
    TIMESTAMP,
    ArrayType,
    MapType,
    ObjectType,
    TupleType,
)
from pqltools.xdm.standard import standard
from strategies import expressions, json_only_expressions

PROFILE = standard().profile
#: Nodes that are no expressions have no type.
PARTS = ("Property", "VariableDeclaration", "TimeWindow", "TimeQualification", "ElementCount", "ChainElement")


def inferred(text: str) -> Typing:
    return infer(parse(text), PROFILE)


def check_facts(tree: Expr) -> None:
    typing = infer(tree, PROFILE)
    nodes = [*walk(tree)]
    assert [*map(id, typing.nodes)] == [*map(id, nodes)]
    assert {*typing.types} == {id(node) for node in nodes if type(node).__name__ not in PARTS}
    assert id(tree) not in typing.parents
    for node in nodes:
        for child in children(node):
            assert typing.parents[id(child)] is node


@given(expressions())
def test_every_node_is_typed_once_and_knows_its_parent(tree: Expr) -> None:
    check_facts(tree)


@given(json_only_expressions())
def test_trees_of_the_wire_form_too(tree: Expr) -> None:
    check_facts(tree)


@given(json_only_expressions())
def test_any_tree_is_checked_without_an_exception(tree: Expr) -> None:
    for diagnostic in check_tree(tree, None, around(), table()):
        assert diagnostic.message


def nest(kind: str, depth: int) -> Expr:
    tree: Expr = FieldLookup(ParameterReference(1), "a")
    while depth > 3:
        match kind:
            case "call":
                tree = FunctionCall("not", (tree,))
            case "list":
                tree = ListLiteral((tree,))
            case "field":
                tree = FieldLookup(tree, "a")
            case "let":
                tree = Let("X", tree, VariableReference("X"))
            case _:
                tree = Lambda(("X",), tree)
        depth -= 1
    return tree


@pytest.mark.parametrize("kind", ["call", "list", "field", "let", "lambda"])
def test_the_deepest_tree_fits_on_an_ordinary_stack(kind: str) -> None:
    assert sys.getrecursionlimit() <= 1000
    check_facts(nest(kind, HIGHEST_DEPTH))


@pytest.mark.parametrize(
    "text",
    [
        "not(" * 150 + "a" + ")" * 150,
        "xs[" * 60 + "a = 1" + "]" * 60,
        "exists X from (" * 40 + "xs" + ") where X.a" * 40,
        "[" * 150 + "]" * 150,
        "if(a, " * 150 + "a" + ", b)" * 150,
    ],
    ids=["not", "filters", "quantifiers", "lists", "if"],
)
def test_deep_texts_are_checked(text: str) -> None:
    tree = parse(text, max_depth=HIGHEST_DEPTH)
    assert len([*walk(tree)]) > 60
    check_tree(tree, text, around(), table())


def test_a_node_in_two_places_is_checked_in_both() -> None:
    field = FieldLookup(FieldLookup(ParameterReference(1), "person"), "gender")
    tree = FunctionCall("or", (FunctionCall("=", (field, field)), FunctionCall("!=", (field, field))))
    found = check_tree(tree, None, around(), table("PQL302"))
    assert [diagnostic.code for diagnostic in found] == ["PQL302", "PQL302"]
    assert MAX_DEPTH <= HIGHEST_DEPTH


SCALARS = {
    '"a"': STRING,
    "1": INTEGER,
    "1.5": DOUBLE,
    "true": BOOLEAN,
    "null": NULL,
    "now": TIMESTAMP,
    "today": DATE,
    "date(2024, 2, 29)": DATE,
    "1 + 2": INTEGER,
    "1 + 2.0": DOUBLE,
    "1 / 2": DOUBLE,
    "a = b": BOOLEAN,
    "a and b": BOOLEAN,
    "person.birthYear": INTEGER,
    "person.birthDate": DATE,
    "$1.homeAddress.city": STRING,
    "profile.homeAddress.city": STRING,
    "`xdm:homeAddress`.city": STRING,
    "(P) => P.homeAddress.city": STRING,
    "(P, Q) => Q.homeAddress.city": ANY,
    "$2.homeAddress.city": ANY,
    "noSuchField.city": ANY,
    "xEvent.count()": INTEGER,
    "xEvent.head().timestamp": TIMESTAMP,
    "xEvent[eventType = null].head().eventType": STRING,
    "xEvent.max(timestamp)": TIMESTAMP,
    "sum X.commerce.order.priceTotal over X from xEvent": DOUBLE,
    "max if(X.timestamp = Y.timestamp, X.eventType, Y.eventType) over X from xEvent, Y from xEvent": STRING,
    "let D = person.birthDate in D": DATE,
    "if(a, 1, 2.5)": DOUBLE,
    'if(a, 1, "b")': ANY,
    "exists X from xEvent where X.eventType": BOOLEAN,
    "timestamp occurs today": BOOLEAN,
    "CHAIN(xEvent, timestamp, [A: WHAT(eventType) WHEN(today) COUNT(2)])": BOOLEAN,
    'segmentMembership["ups"]["a"]["status"]': STRING,
    'segmentMembership.get("ups").get("a").lastQualificationTime': TIMESTAMP,
    'identityMap.get("ECID").head().id': STRING,
    "@{model}.x": ANY,
    "unknownFunction(a)": ANY,
    '{"a": 1}.a': INTEGER,
    '{"a": 1}.b': ANY,
    "null.a": NULL,
}


@pytest.mark.parametrize("text", SCALARS)
def test_type_of(text: str) -> None:
    tree = parse(text)
    assert infer(tree, PROFILE).type(tree) is SCALARS[text]


COMPOUNDS = {
    "[1, 2]": ArrayType(INTEGER),
    "[]": ArrayType(ANY),
    '[1, "a"]': ArrayType(ANY),
    "xEvent.eventType": ArrayType(STRING),
    "xEvent.productListItems.SKU": ArrayType(STRING),
    "xEvent.map(timestamp)": ArrayType(TIMESTAMP),
    'xEvent[eventType = "x"].eventType': ArrayType(STRING),
    "select X from xEvent.timestamp": ArrayType(TIMESTAMP),
    "select X from xEvent.timestamp, Y from xEvent.eventType": ArrayType(TupleType((TIMESTAMP, STRING))),
    "xEvent.groupBy(eventType).map((K, G) => mapEntry(K, G.count()))": MapType(INTEGER),
    "identityMap.keys()": ArrayType(STRING),
}


@pytest.mark.parametrize("text", COMPOUNDS)
def test_type_with_parts(text: str) -> None:
    tree = parse(text)
    assert infer(tree, PROFILE).type(tree) == COMPOUNDS[text]


def test_objects_keep_their_fields() -> None:
    tree = parse("xEvent.head().commerce")
    found = infer(tree, PROFILE).type(tree)
    assert isinstance(found, ObjectType)
    assert found.member("order") is not None


CONDITIONS = {
    "a and b": ["a", "b", "a and b"],
    "if(a, b, c) = 1": ["a", "if(a, b, c) = 1"],
    "if(a, b, c)": ["a", "b", "c", "if(a, b, c)"],
    "xs[a].count(b = 1) > 2": ["a", "b = 1", "xs[a].count(b = 1) > 2"],
    "xs.map(a) = 1": ["xs.map(a) = 1"],
    "let X = a in not X": ["X", "let X = a in not X", "not X"],
    "exists X from xs where X.a": ["X.a", "exists X from xs where X.a"],
    "CHAIN(xEvent, timestamp, [A: WHAT(a) WHERE(b)])": ["CHAIN(xEvent, timestamp, [A: WHAT(a) WHERE(b)])", "a", "b"],
    "(P) => P.a": ["(P) => P.a", "P.a"],
}


@pytest.mark.parametrize("text", CONDITIONS)
def test_boolean_positions(text: str) -> None:
    tree = parse(text)
    conditions = infer(tree, PROFILE).conditions
    found = [text[node.span[0] : node.span[1]] for node in walk(tree) if id(node) in conditions and node.span]
    assert sorted(found) == sorted(CONDITIONS[text])


def part(text: str, kind: type[Node]) -> tuple[Typing, Node]:
    tree = parse(text)
    return infer(tree, PROFILE), next(node for node in walk(tree) if isinstance(node, kind))


def test_a_field_that_is_missing_is_noted_once() -> None:
    typing, node = part("homeAddress.contry", FieldLookup)
    assert [*typing.missing] == [id(node)]
    typing, _ = part("homeAddress.contry.code.name", FieldLookup)
    assert len(typing.missing) == 1


def test_a_dot_on_a_map_is_noted() -> None:
    typing, node = part("identityMap.ECID", FieldLookup)
    assert typing.map_dots == {id(node)}


def test_variables_are_visible_to_their_right_only() -> None:
    tree = parse("(let X = 1 in X) + X")
    typing = infer(tree, PROFILE)
    assert isinstance(tree, FunctionCall)
    assert typing.type(tree.arguments[0]) is INTEGER
    assert typing.type(tree.arguments[1]) is ANY


def test_clauses_and_properties_are_no_expressions() -> None:
    typing, clause = part("exists X from xs where X.a", VariableDeclaration)
    assert id(clause) not in typing.types
    assert typing.type(clause) is ANY
    typing, pair = part('{"a": 1}', Property)
    assert isinstance(typing.parents[id(pair)], Node)

"""Do references still mean the same when item scopes get names?"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from formats.json_trees import ORDERS, Tree
from pqltools.diagnostics import PQLError
from pqltools.formats import json_names
from pqltools.formats.pql_json import from_json, to_json
from pqltools.syntax.ast import (
    Chain,
    ChainElement,
    ElementCount,
    Expr,
    FunctionCall,
    ItemLambda,
    ItemReference,
    Lambda,
    Let,
    ObjectLiteral,
    Occurs,
    Opaque,
    ParameterReference,
    Property,
    Quantification,
    Select,
    TimeWindow,
    VariableDeclaration,
    VariableReference,
)

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

NAMES = st.sampled_from(["x", "y", "v0", "v1", "v2"])
HINTS = st.one_of(st.none(), NAMES)
PROFILE = ParameterReference(1)


@st.composite
def trees(draw: DrawFn, budget: int = 4, items: int = 0) -> Expr:
    """Binders of all kinds in each other, with few names, and references to anything."""

    def below(more: int = 0) -> Expr:
        return draw(trees(budget - 1, items + more))

    def scope() -> ItemLambda:
        return ItemLambda(below(1), draw(HINTS))

    def declarations() -> tuple[VariableDeclaration, ...]:
        names = draw(st.lists(NAMES, min_size=1, max_size=2))
        return tuple(VariableDeclaration(name, below(), below() if draw(st.booleans()) else None) for name in names)

    def element() -> ChainElement:
        when = TimeWindow("after", below()) if draw(st.booleans()) else None
        count = ElementCount(">=", below()) if draw(st.booleans()) else None
        where = scope() if draw(st.booleans()) else None
        return ChainElement(draw(NAMES), draw(st.booleans()), scope(), where, when, count)

    kind = draw(st.integers(0, 12)) if budget else draw(st.integers(0, 2))
    if kind == 0 or (kind == 1 and not items):
        return VariableReference(draw(NAMES))
    if kind <= 2:
        return ItemReference(draw(st.integers(0, items - 1))) if items else PROFILE
    if kind <= 6:
        return FunctionCall("map", (below(), scope()))
    if kind == 7:
        return Lambda(tuple(draw(st.lists(NAMES, min_size=1, max_size=2))), below())
    if kind == 8:
        return Select(declarations()) if draw(st.booleans()) else Quantification("one", declarations())
    if kind == 9:
        return Let(draw(NAMES), below(), below())
    if kind == 10:
        return Chain(below(), scope(), tuple(element() for _ in range(draw(st.integers(1, 3)))))
    if kind == 11:
        return Occurs(below(), TimeWindow("between", below(), below()))
    return FunctionCall("and", (below(), ObjectLiteral((Property("p", below()),)), below()))


def scoped(body: Expr, name: str | None = None) -> FunctionCall:
    """An item scope round `body`."""
    return FunctionCall("map", (PROFILE, ItemLambda(body, name)))


@given(trees())
@example(scoped(scoped(FunctionCall("=", (ItemReference(0), ItemReference(1))), "x"), "x"))
@example(scoped(Lambda(("x",), ItemReference(0)), "x"))
@example(scoped(VariableReference("x"), "x"))
@example(scoped(scoped(scoped(ItemReference(2), "v0")), None))
@example(Lambda(("v0", "v1"), scoped(scoped(FunctionCall("and", (ItemReference(0), VariableReference("v0")))))))
def test_a_tree_means_the_same_when_it_is_read_again(tree: Expr) -> None:
    written = to_json(tree)
    read = from_json(written)
    assert read == tree
    assert to_json(read) == written
    assert from_json(to_json(tree, dialect="A")) == tree


def names_of(expr: Expr) -> list[str]:
    """The names of the item scopes, in the order of the text."""
    found: list[str] = []

    def look(value: object) -> None:
        if isinstance(value, dict):
            found.extend(value.get("varNames", ()))
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            look(inner)

    look(to_json(expr))
    return found


def both(*items: Expr) -> FunctionCall:
    return FunctionCall("and", items)


ITEM, OUTER, FREE_X = ItemReference(0), ItemReference(1), VariableReference("x")
NAMED: dict[str, tuple[Expr, list[str]]] = {
    "new names count the scopes": (scoped(scoped(ITEM)), ["v0", "v1"]),
    "neighbours have the same name": (both(scoped(ITEM), scoped(ITEM)), ["v0", "v0"]),
    "new names skip names in use": (both(VariableReference("v0"), scoped(scoped(ITEM))), ["v1", "v2"]),
    "new names skip remembered ones": (scoped(scoped(both(ITEM, OUTER), "v0")), ["v1", "v0"]),
    "a remembered name is kept": (scoped(ITEM, "G"), ["G"]),
    "it may hide an item that is not used": (scoped(scoped(ITEM, "x"), "x"), ["x", "x"]),
    "it may hide a variable that is not used": (Let("x", PROFILE, scoped(ITEM, "x")), ["x"]),
    "it may be hidden where it is not used": (scoped(both(ITEM, Let("x", PROFILE, FREE_X)), "x"), ["x"]),
    "a variable in between captures": (scoped(Let("x", PROFILE, ITEM), "x"), ["v0"]),
    "a selected variable captures in its condition": (
        scoped(Select((VariableDeclaration("x", PROFILE, ITEM),)), "x"),
        ["v0"],
    ),
    "a selected variable captures no source": (scoped(Select((VariableDeclaration("x", ITEM, FREE_X),)), "x"), ["x"]),
    "a variable from outside would be captured": (Let("x", PROFILE, scoped(FREE_X, "x")), ["v0"]),
    "an unbound variable would be captured": (scoped(scoped(both(OUTER, FREE_X), "x"), "x"), ["v0", "v1"]),
    "an item that is used would be hidden": (scoped(scoped(both(ITEM, OUTER), "x"), "x"), ["x", "v1"]),
    "an item far out would be hidden": (scoped(scoped(scoped(ItemReference(2), "x")), "x"), ["x", "v1", "v2"]),
    "an earlier element captures": (
        scoped(
            Chain(
                PROFILE,
                ItemLambda(ITEM, "e"),
                (
                    ChainElement("x", False, ItemLambda(OUTER, "e")),
                    ChainElement("y", False, ItemLambda(OUTER, "e")),
                ),
            ),
            "x",
        ),
        ["v0", "e", "e", "e"],
    ),
    "an element captures nothing in itself": (
        scoped(Chain(PROFILE, ItemLambda(OUTER, "e"), (ChainElement("x", False, ItemLambda(OUTER, "e")),)), "x"),
        ["x", "e", "e"],
    ),
}


@pytest.mark.parametrize(("tree", "names"), NAMED.values(), ids=NAMED)
def test_names_are_kept_unless_they_would_be_wrong(tree: Expr, names: list[str]) -> None:
    assert names_of(tree) == names
    assert from_json(to_json(tree)) == tree


def test_a_subtree_that_stands_twice_is_named_twice() -> None:
    shared = scoped(both(ITEM, FREE_X), "x")
    tree = both(shared, scoped(shared, "x"), Lambda(("x",), shared))
    assert names_of(tree) == ["v0", "v0", "v1", "x", "v0"]
    assert from_json(to_json(tree)) == tree


GAP = Opaque("gap", '{"nodeType":"gap","of":{"nodeType":"varRef","varName":"v0"}}')


def test_new_names_skip_strings_in_opaque_nodes() -> None:
    assert names_of(scoped(GAP)) == ["v1"]


def test_a_name_that_an_opaque_node_may_use_is_kept() -> None:
    assert names_of(scoped(both(ITEM, GAP), "v0")) == ["v0"]


def test_a_name_that_an_opaque_node_may_use_is_not_changed() -> None:
    tree = scoped(both(VariableReference("v0"), GAP), "v0")
    with pytest.raises(PQLError) as caught:
        to_json(tree)
    assert str(caught.value) == (
        "PQL036 the name `v0` is taken, and cannot be changed in an opaque node that may use it"
    )


def test_no_kind_of_node_is_overlooked() -> None:
    leaves = {cls for cls in get_args(Expr) if cls not in json_names._STEPS}
    assert {cls.__name__ for cls in leaves} == {
        *("StringLiteral", "IntegerLiteral", "DoubleLiteral", "BooleanLiteral", "NullLiteral", "TimestampLiteral"),
        *("ParameterReference", "ModelReference", "Hole"),
    }


def test_the_form_of_aggregates_keeps_its_name() -> None:
    select = Select((VariableDeclaration("V", ORDERS),))
    tree = FunctionCall("sum", (select, ItemLambda(FunctionCall("*", (ITEM, ITEM)), "V")))
    expected: Tree = {"nodeType": "varRef", "varName": "V"}
    assert to_json(tree)["params"][1]["body"]["params"] == [expected, expected]

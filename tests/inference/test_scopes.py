"""Which variables and items are in scope at a place?"""

from __future__ import annotations

import pytest
from hypothesis import given

from pqltools import parse
from pqltools.inference.scopes import scope_at
from pqltools.syntax.ast import Expr, FieldLookup, ItemReference, Node, VariableReference
from pqltools.syntax.walk import children, walk
from strategies import expressions


def parents_of(tree: Expr) -> dict[int, Node]:
    return {id(child): node for node in walk(tree) for child in children(node)}


@pytest.mark.parametrize(
    ("text", "names", "items"),
    [
        ("HERE", set(), ()),
        ("select X from HERE where X.a", set(), ()),
        ("select X from xs where HERE", {"X"}, ()),
        ("select X from xs, Y from HERE where Y.a", {"X"}, ()),
        ("select X from xs where X.a, Y from ys where HERE", {"X", "Y"}, ()),
        ("select X from xs where HERE, Y from ys where Y.a", {"X"}, ()),
        ("(select X from xs) and HERE", set(), ()),
        ("let A = HERE in A", set(), ()),
        ("let A = 1 in HERE", {"A"}, ()),
        ("(A, B) => HERE", {"A", "B"}, ()),
        ("xs[HERE]", set(), (None,)),
        ("xs.map((X) => ys[HERE])", {"X"}, ("X", None)),
        ("sum HERE over X from xs", {"X"}, ("X",)),
        ("sum HERE + Y.a over X from xs, Y from ys", {"X", "Y"}, ()),
        ("CHAIN(HERE, timestamp, [A: WHAT(a)])", set(), ()),
        ("CHAIN(xs, timestamp, [A: WHAT(a), B: WHAT(HERE), C: WHAT(c)])", {"A"}, (None,)),
        ("CHAIN(xs, timestamp, [A: WHAT(a), B: WHAT(b) WHEN(after HERE)])", {"A"}, ()),
    ],
)
def test_examples(text: str, names: set[str], items: tuple[str | None, ...]) -> None:
    tree = parse(text)
    node = next(node for node in walk(tree) if isinstance(node, FieldLookup) and node.name == "HERE")
    scope = scope_at(node, parents_of(tree), as_written=True)
    assert (set(scope.names), scope.items) == (names, items)
    assert set(scope_at(node, parents_of(tree), as_written=False).items) <= {None}


@given(expressions())
def test_whatever_is_referred_to_is_in_scope(tree: Expr) -> None:
    parents = parents_of(tree)
    for node in walk(tree):
        if isinstance(node, VariableReference):
            assert node.name in scope_at(node, parents, as_written=False).names
        if isinstance(node, ItemReference):
            assert node.distance < len(scope_at(node, parents, as_written=False).items)

"""What does a changed copy of a tree share with the tree?"""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pqltools import parse
from pqltools.checks.rewriting import rewrite
from pqltools.syntax.ast import Expr, FunctionCall, IntegerLiteral, NullLiteral
from pqltools.syntax.walk import children, walk
from strategies import expressions

NEW = NullLiteral(spelling="mark")


@given(st.data(), expressions())
def test_one_node_is_replaced_and_the_others_are_kept(data: st.DataObject, tree: Expr) -> None:
    nodes = list(walk(tree))
    old: Any = data.draw(st.sampled_from(nodes))
    changed = rewrite(tree, {id(old): NEW})
    assert NEW in (changed, *walk(changed))
    inside = {id(node) for node in walk(old)}
    kept = {id(node) for node in walk(changed)}
    for node in nodes:
        if id(node) not in inside and old not in walk(node):
            assert id(node) in kept


def test_nothing_to_replace_gives_the_same_tree() -> None:
    tree = parse("a = 1 and xs[b = 2]")
    assert rewrite(tree, {}) is tree
    assert rewrite(tree, {id(parse("a")): NEW}) is tree


def test_several_at_once() -> None:
    tree = parse("f(1, 2, 3)")
    assert isinstance(tree, FunctionCall)
    first, _, last = tree.arguments
    changed = rewrite(tree, {id(first): IntegerLiteral(5), id(last): IntegerLiteral(6)})
    assert changed == parse("f(5, 2, 6)")
    assert list(children(changed))[1] is tree.arguments[1]

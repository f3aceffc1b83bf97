"""Is every expression described, in one way, and does no other one have the same description?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from description.mutations import mutants
from pqltools import PQLError
from pqltools.description.describe import describe
from pqltools.syntax.ast import FunctionCall, Opaque
from pqltools.syntax.walk import walk
from strategies import expressions, json_only_expressions
from typed_expressions import SCHEMA, conditions

if TYPE_CHECKING:
    from pqltools.syntax.ast import Expr


@given(expressions(40))
def test_every_expression_has_a_description(tree: Expr) -> None:
    text = describe(tree)
    assert text == describe(tree)
    lines = text.split("\n")
    if len(lines) == 1:
        assert text.endswith(".")
    else:
        assert lines[0].endswith(":")
        assert all(line.lstrip(" ").startswith("- ") for line in lines[1:])


@given(json_only_expressions())
def test_only_what_nobody_knows_is_refused(tree: Expr) -> None:
    try:
        describe(tree)
    except PQLError as refused:
        assert {problem.code for problem in refused.diagnostics} == {"PQL035"}
        assert any(isinstance(node, Opaque) for node in walk(tree))


@given(expressions(30), st.data())
@settings(max_examples=600)
def test_what_means_something_else_is_described_in_other_words(tree: Expr, data: st.DataObject) -> None:
    found = mutants(tree)
    other = data.draw(st.sampled_from(found)) if found else FunctionCall("not", (tree,))
    assert describe(other) != describe(tree)


@given(conditions(30), st.data())
@settings(max_examples=600)
def test_that_also_holds_with_types(tree: Expr, data: st.DataObject) -> None:
    other = data.draw(st.sampled_from(mutants(tree)))
    assert describe(other, SCHEMA) != describe(tree, SCHEMA)

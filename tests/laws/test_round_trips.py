"""Does a tree survive being written and read?  In text at any width, in pql/json, and from one to the other."""

from __future__ import annotations

import json
from typing import Literal

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from pqltools import PQLError, from_json, parse, to_json, to_json_bytes, to_text
from pqltools.syntax.ast import Expr
from strategies import expressions, json_only_expressions


def assert_same(left: Expr, right: Expr) -> None:
    """Equal, and not only as Python has it: 0.0 is not -0.0 here, and 1 not true."""
    assert left == right
    assert repr(left) == repr(right)


def is_writable(tree: Expr) -> bool:
    """Whether no name has to make way for one that an opaque node may use; such trees are refused, and never read."""
    try:
        to_json_bytes(tree)
    except PQLError as refused:
        assert {problem.code for problem in refused.diagnostics} == {"PQL036"}
        return False
    return True


WIRE = json_only_expressions().filter(is_writable)


@given(expressions(), st.sampled_from([None, 1, 20, 88]))
def test_text_comes_back(tree: Expr, width: int | None) -> None:
    assert_same(parse(to_text(tree, width=width)), tree)


@given(expressions())
def test_one_tree_has_one_text(tree: Expr) -> None:
    """What was read prints as what it was read from: spelling hints and spans leave no trace."""
    text = to_text(tree)
    assert to_text(parse(text)) == text


@given(expressions())
def test_text_goes_through_json(tree: Expr) -> None:
    read = parse(to_text(tree))
    assert_same(from_json(to_json(read)), tree)
    assert_same(parse(to_text(from_json(to_json_bytes(read)))), tree)


@given(WIRE, st.sampled_from([None, "A", "B"]))
def test_json_comes_back(tree: Expr, dialect: Literal["A", "B"] | None) -> None:
    assert_same(from_json(to_json(tree, dialect=dialect)), tree)
    assert_same(from_json(to_json_bytes(tree, dialect=dialect)), tree)


@given(WIRE, st.sampled_from([None, "A", "B"]))
def test_bytes_and_objects_are_the_same_json(tree: Expr, dialect: Literal["A", "B"] | None) -> None:
    written = json.dumps(to_json(tree, dialect=dialect), ensure_ascii=False)
    assert json.dumps(json.loads(to_json_bytes(tree, dialect=dialect)), ensure_ascii=False) == written


@given(WIRE, st.sampled_from([None, "A", "B"]))
def test_json_is_written_again_as_it_was_read(tree: Expr, dialect: Literal["A", "B"] | None) -> None:
    written = to_json_bytes(tree, dialect=dialect)
    assert to_json_bytes(from_json(written)) == written


@given(json_only_expressions())
def test_what_prints_reads_as_the_same(tree: Expr) -> None:
    """Trees of the wire form have a text that means the same, or are refused."""
    try:
        text = to_text(tree)
    except PQLError as refused:
        event("refused")
        assert {problem.code for problem in refused.diagnostics} <= {"PQL035", "PQL036"}
    else:
        assert_same(parse(text), tree)


@pytest.mark.parametrize("value", ["\ud800", "a\udfff", "\udc00\ud800"])
def test_lone_surrogates_come_back(value: str) -> None:
    tree = from_json(json.dumps({"nodeType": "literal", "literalType": "String", "value": value}))
    assert from_json(to_json_bytes(tree)) == tree
    assert parse(to_text(tree)) == tree

"""Does the checker tell right from wrong?  No error against what is well typed, and nothing bad behind its "clean"."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from checking import check, check_wire, codes_of
from evaluable import evaluable_expressions
from pqltools import from_json, parse, to_json, to_text
from pqltools.evaluation import compile, compile_value
from pqltools.inference.infer import infer
from pqltools.syntax.ast import Expr, FieldLookup
from pqltools.syntax.walk import walk
from pqltools.types.model import ANY
from profiles import NOW, profiles
from typed_expressions import PROFILE, SCHEMA, conditions


@given(conditions())
def test_what_is_well_typed_is_not_accused(expr: Expr) -> None:
    text = to_text(expr)
    found = check(text, schema=SCHEMA)
    wrong = [diagnostic for diagnostic in found if diagnostic.code < "PQL300" and diagnostic.severity == "error"]
    assert not wrong, f"{text}: {wrong[0]}"


@given(conditions())
def test_every_field_is_found(expr: Expr) -> None:
    tree = parse(to_text(expr))
    typing = infer(tree, PROFILE)
    assert not typing.missing
    for node in walk(tree):
        if isinstance(node, FieldLookup):
            assert typing.type(node) is not ANY, to_text(tree)


@given(conditions())
def test_text_and_tree_get_the_same_verdict(expr: Expr) -> None:
    text = to_text(expr)
    wire = from_json(to_json(parse(text)))
    # Parentheses and prefixes are a matter of the text alone.
    of_text = [code for code in codes_of(check(text, schema=SCHEMA)) if code < "PQL400"]
    of_tree = [code for code in codes_of(check_wire(wire, schema=SCHEMA)) if code < "PQL400"]
    assert sorted(of_text) == sorted(of_tree)


@given(conditions(), profiles())
def test_clean_means_that_evaluation_raises_no_type_error(expr: Expr, profile: dict[str, Any]) -> None:
    text = to_text(expr)
    if not [found for found in check(text, schema=SCHEMA) if found.severity == "error"]:
        assert compile(parse(text), SCHEMA, now=NOW)(profile) in (True, False)


@given(evaluable_expressions(), profiles())
def test_clean_means_that_it_can_be_evaluated(expr: Expr, profile: dict[str, Any]) -> None:
    tree = parse(to_text(expr))
    if not [found for found in check_wire(tree, schema=SCHEMA) if found.severity == "error"]:
        compile_value(tree, SCHEMA, now=NOW)(profile)

"""Are the examples of the functions true?  They parse, print, have the type that they claim, and are evaluated."""

from __future__ import annotations

from typing import Any

import pytest

from pqltools import from_json, parse, to_json, to_text
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.naive.walker import Walker
from pqltools.evaluation.program import prepare
from pqltools.evaluation.values import as_json
from pqltools.functions.entry import NOW
from pqltools.functions.registry import Example, Function, functions
from pqltools.inference.infer import infer
from pqltools.syntax.ast import Chain, FunctionCall, Occurs, Quantification
from pqltools.syntax.operators import QUANTIFIER_KEYWORDS
from pqltools.syntax.walk import walk
from pqltools.types.model import ANY
from pqltools.types.time import iso_instant
from sample_types import type_of

EXAMPLES = [
    pytest.param(entry, example, id=f"{entry.name}: {example.expression}")
    for entry in functions()
    for example in entry.examples
]
each = pytest.mark.parametrize(("entry", "example"), EXAMPLES)


@each
def test_it_parses_and_comes_back(entry: Function, example: Example) -> None:
    tree = parse(example.expression)
    assert parse(to_text(tree)) == tree
    assert from_json(to_json(tree)) == tree


@each
def test_it_is_written_as_it_would_be_printed(entry: Function, example: Example) -> None:
    other = {"filter", "stringCompare"}  # show that there is another way to write it
    assert entry.name in other or to_text(parse(example.expression)) == example.expression


@each
def test_it_shows_the_function(entry: Function, example: Example) -> None:
    names = set()
    for node in walk(parse(example.expression)):
        match node:
            case FunctionCall(function=name):
                names.add(name)
            case Occurs():
                names.add("occurs")
            case Chain():
                names.add("chain")
            case Quantification():
                names.add(QUANTIFIER_KEYWORDS[node.quantifier])
    assert entry.name in names


@each
def test_it_has_the_type_that_it_claims(entry: Function, example: Example) -> None:
    tree = parse(example.expression)
    typing = infer(tree, type_of(example.profile))
    assert str(typing.type(tree)) == example.type
    assert [binding.problems for binding in typing.calls.values() if binding.problems] == []


@each
def test_its_value_is_of_that_type(entry: Function, example: Example) -> None:
    assert fits(example.value, example.type)


def fits(value: Any, type: str) -> bool:
    """Whether a JSON value is one of a type as it is printed. Doubles may be written as integers."""
    if value is None or type == str(ANY):
        return True
    kind, _, inner = type.partition(" of ")
    match value:
        case list():
            return kind == "Array" and all(fits(item, inner) for item in value)
        case dict():
            return kind == "Map" and all(fits(item, inner) for item in value.values())
        case int() if not isinstance(value, bool):
            return type in ("Integer", "Double")
        case _:
            return type == str(type_of(value))


@each
def test_it_has_the_value_that_it_claims(entry: Function, example: Example) -> None:
    now = iso_instant(NOW)
    assert now is not None
    program = prepare(example.expression, now=now)
    profile = dict(example.profile)
    for value in (compile_program(program, as_condition=False)(profile), Walker(program, [profile]).result()):
        found = as_json(value)
        assert found == example.value
        # Python takes true for 1.
        assert isinstance(found, bool) is isinstance(example.value, bool)

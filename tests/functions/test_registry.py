"""Is the registry whole, and does it agree with the tables of the syntax?"""

from __future__ import annotations

from itertools import pairwise

import pytest

from pqltools.functions.registry import Function, function, functions
from pqltools.syntax.operators import AGGREGATES, BINARY, FUNCTION_STYLE, ITEM_FUNCTIONS, KNOWN_FUNCTIONS
from pqltools.types.shapes import PerItem
from pqltools.types.signature import parse_signature

#: Adobe's words for the groups, as the pages of its documentation are named.
CATEGORIES = {
    "Boolean",
    "Comparison",
    "String",
    "Array, list, and set",
    "Filter",
    "Logical quantifiers",
    "Map",
    "Object",
    "Aggregation",
    "Arithmetic",
    "Date and time",
    "Miscellaneous",
}
#: Forms of their own, which are described like functions.
FORMS = {"occurs", "chain"}

each = pytest.mark.parametrize("entry", functions(), ids=[entry.name for entry in functions()])


def test_registry_and_syntax_know_the_same_functions() -> None:
    assert {entry.name for entry in functions()} == KNOWN_FUNCTIONS | FORMS
    assert len(functions()) == len({entry.name for entry in functions()})


def test_functions_are_found_by_name_and_case_matters() -> None:
    assert all(function(entry.name) is entry for entry in functions())
    assert function("startswith") is None
    assert function("") is None


def test_what_is_evaluated_per_item_is_so_in_both_tables() -> None:
    per_item = {
        entry.name: [isinstance(parameter.type, PerItem) for parameter in entry.signature.parameters].index(True)
        for entry in functions()
        if any(isinstance(parameter.type, PerItem) for parameter in entry.signature.parameters)
    }
    assert per_item == dict.fromkeys((*ITEM_FUNCTIONS, "chain"), 1)


def test_operators_are_marked() -> None:
    marked = {entry.name for entry in functions() if entry.operator}
    assert marked == {*BINARY, "not", "matches", "occurs"}
    assert not marked & FUNCTION_STYLE


def test_operators_take_as_many_operands_as_they_have_sides() -> None:
    for name in BINARY:
        entry = function(name)
        assert entry is not None
        assert entry.signature.maximum == (None if name in ("and", "or") else 2)


def test_every_aggregate_can_do_without_its_second_argument() -> None:
    for name in AGGREGATES:
        entry = function(name)
        assert entry is not None
        assert (entry.signature.minimum, entry.signature.maximum) == (1, 2)


@each
def test_entry_is_complete(entry: Function) -> None:
    assert entry.category in CATEGORIES
    assert len(entry.examples) >= 2
    assert entry.summary.endswith(".")
    assert entry.docs == entry.docs.strip()
    assert "  " not in entry.docs


@each
def test_signature_is_written_as_it_prints(entry: Function) -> None:
    assert str(entry.signature) == entry.sentence
    assert parse_signature(entry.sentence).name == entry.name


def test_every_category_has_entries_that_stand_together() -> None:
    order = [entry.category for entry in functions()]
    assert {*order} == CATEGORIES
    assert [*dict.fromkeys(order)] == [category for at, category in enumerate(order) if category not in order[:at]]
    assert sum(a != b for a, b in pairwise(order)) == len(CATEGORIES) - 1

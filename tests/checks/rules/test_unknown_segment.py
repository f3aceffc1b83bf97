"""PQL110: is the definition that `inSegment` names among the given ones?"""

from __future__ import annotations

import pytest

from checking import check, check_wire, fix
from pqltools import from_json, parse, to_json
from pqltools.checks.surroundings import Segment

VIP, LAPSED = "3d0ae1b6-7a5d-4f5e-9ef4-3a0e7a0a54a1", "c94a3c26-0a7f-4b62-8a4e-f1b5f2f1d1a8"
SEGMENTS = {VIP: Segment(VIP, "VIP", "published"), LAPSED: Segment(LAPSED, "Lapsed customers", "published")}


def test_says_nothing_where_no_definitions_were_given() -> None:
    assert not check('inSegment("x")', "PQL110")
    assert not check('inSegment("x")', "PQL110", segments=None)


def test_known_ids_are_known() -> None:
    assert not check(f'inSegment("{VIP}") and not inSegment("{LAPSED}")', "PQL110", segments=SEGMENTS)


def test_no_definition_is_known_among_none() -> None:
    (found,) = check('inSegment("x")', "PQL110", segments={})
    assert (found.message, found.help, found.fixes) == ("none of the given definitions has the id `x`", None, ())
    assert found.severity == "warning"


def test_points_at_the_id() -> None:
    text = 'person.name.firstName = "A" and inSegment("x")'
    (found,) = check(text, "PQL110", segments=SEGMENTS)
    assert found.span is not None
    assert text[slice(*found.span)] == '"x"'


def test_a_typing_mistake_is_seen() -> None:
    wrong = VIP[:-1] + "0"
    (found,) = check(f'inSegment("{wrong}")', "PQL110", segments=SEGMENTS)
    assert found.help == f"did you mean `{VIP}`?"
    assert not found.fixes[0].safe
    assert fix(f'inSegment("{wrong}")', "PQL110", segments=SEGMENTS) == f'inSegment("{VIP}")'


def test_another_id_is_not_taken_for_a_mistyped_one() -> None:
    (found,) = check('inSegment("0d6e3a55-2c7b-4ad1-b1f0-7b8f8f0c9e3d")', "PQL110", segments=SEGMENTS)
    assert found.help is None


def test_a_name_in_the_place_of_the_id() -> None:
    (found,) = check('inSegment("Lapsed customers")', "PQL110", segments=SEGMENTS)
    assert found.message == "`Lapsed customers` is the name of a definition; `inSegment` takes its id"
    assert found.help == f"its id is `{LAPSED}`"
    assert fix('inSegment("Lapsed customers")', "PQL110", segments=SEGMENTS) == f'inSegment("{LAPSED}")'


def test_a_name_that_several_have_is_not_decided() -> None:
    segments = {id: Segment(id, "Twin") for id in "abcd"}
    (found,) = check('inSegment("Twin")', "PQL110", segments=segments)
    assert found.help == "its id is `a` or `b` or `c`"
    assert not found.fixes


@pytest.mark.parametrize("text", ["inSegment()", "inSegment(3)", "inSegment(person.name.firstName)", "inSegment(x, y)"])
def test_calls_without_an_id_are_of_no_concern(text: str) -> None:
    assert not check(text, "PQL110", segments=SEGMENTS)


def test_trees_have_the_same_fix_as_nodes() -> None:
    tree = from_json(to_json(parse('inSegment("VIP") and a = 1')))
    (found,) = check_wire(tree, "PQL110", segments=SEGMENTS)
    ((old, new),) = found.fixes[0].nodes
    assert (old.value, new.value) == ("VIP", VIP)


def test_ids_of_any_length_fit_the_message() -> None:
    (found,) = check(f'inSegment("{"é" * 10_000}")', "PQL110", segments=SEGMENTS)
    assert len(found.message) < 150

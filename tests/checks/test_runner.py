"""Is everything said once, in order, and nothing that follows from an error that was reported?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from checking import around, check, check_wire, codes_of, table
from counted_work import growth
from pqltools import from_json, parse, to_json
from pqltools.checks.registry import Table, all_rules
from pqltools.checks.runner import check_tree
from pqltools.syntax.ast import FieldLookup, FunctionCall, ParameterReference

SUSPICIONS = Table(rule for rule in all_rules() if "PQL200" < rule.code < "PQL400")


def test_findings_are_in_the_order_of_the_text() -> None:
    text = 'a != true or b = null or homeAddress.city.startswith("x") or a = a'
    found = check(text)
    spans = [diagnostic.span for diagnostic in found]
    assert len(found) > 3
    assert spans == sorted(spans)  # type: ignore[type-var]


def test_what_follows_from_an_error_is_not_said() -> None:
    # `not(a != "x")` alone is suspicious; here a part of it is wrong anyway.
    assert codes_of(check('not(a.foo() != "x")', "PQL201", "PQL305")) == ["PQL201"]
    assert codes_of(check('not(a.foo() != "x")', "PQL305")) == ["PQL305"]


def test_a_warning_hides_nothing() -> None:
    text = 'not(person.birthYear != "x")'
    assert codes_of(check(text, "PQL204", "PQL305")) == ["PQL305", "PQL204"]


def test_an_error_elsewhere_hides_nothing() -> None:
    assert codes_of(check("a.foo() or b = b", "PQL201", "PQL302")) == ["PQL201", "PQL302"]


def test_the_same_finding_at_two_places_of_a_tree_is_two() -> None:
    tree = from_json(to_json(parse("a = a or (b and a = a)")))
    assert codes_of(check_wire(tree, "PQL302")) == ["PQL302", "PQL302"]


def test_a_tree_without_rules_has_no_findings() -> None:
    assert check("a = a", "PQL000") == []


def test_a_shared_part_is_looked_at_in_each_place() -> None:
    field = FieldLookup(ParameterReference(1), "a")
    test = FunctionCall("=", (field, field))
    found = check_tree(FunctionCall("or", (test, FunctionCall("not", (test,)))), None, around(), table("PQL302"))
    assert codes_of(found) == ["PQL302", "PQL302"]


@pytest.mark.parametrize(
    "part",
    [
        'a != "x{}"',
        "f{0} != {0}",
        "not(f{0} = g{0})",
        'homeAddress.city.equals("x{}", false)',
        "(a = {0} or person.birthYear = {0})",
        "xEvent[timestamp occurs <= {} days before now]",
    ],
)
@pytest.mark.parametrize("operator", [" and ", " or "])
def test_operands_are_not_compared_with_all_others(part: str, operator: str) -> None:
    def work_for(count: int) -> Callable[[], object]:
        text = operator.join([part.format(number) for number in range(count)])
        return partial(check_tree, parse(text), text, around(), SUSPICIONS)

    assert growth(work_for, 500, 4) < 5

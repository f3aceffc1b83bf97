"""Which names are variables that nothing binds?"""

from __future__ import annotations

import pytest

from checking import check, check_wire
from pqltools import from_json

CODE = "PQL107"


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("X.timestamp occurs today", "`X` is bound nowhere", 0),
        ("Order1.commerce.order and Order1.a = 1", "`Order1` is bound nowhere", 0),
        ("(select X from xEvent) and X.timestamp occurs today", "`X` is not visible here", 27),
        ("(select x from xEvent) and x = 1", "`x` is not visible here", 27),
        ("select X from Y.productListItems where X.SKU = 1", "`Y` is bound nowhere", 14),
        ("xEvent[X.timestamp occurs today]", "`X` is bound nowhere", 7),
    ],
)
def test_found(text: str, message: str, place: int) -> None:
    (problem,) = check(text, CODE)
    assert (problem.message, problem.span and problem.span[0]) == (message, place)
    assert not check(text, "PQL101")


@pytest.mark.parametrize(
    "text",
    [
        "select X from xEvent where X.timestamp occurs today",
        # Fields, if unknown ones.
        "Person.gender = 1",
        "orders.price = 1",
        "SKU = 1",
        "profile.X.a = 1",
        "homeAddress.X.a = 1",
        "_Acme.x = 1",
    ],
)
def test_not_found(text: str) -> None:
    assert not check(text, CODE)


def test_only_trees_can_refer_to_nothing() -> None:
    reference = {"nodeType": "varRef", "varName": "X"}
    (problem,) = check_wire(from_json({"nodeType": "fieldLookup", "fieldName": "a", "object": reference}), CODE)
    assert (problem.message, problem.severity) == ("`X` is bound nowhere", "error")

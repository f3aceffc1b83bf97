"""Which variables hide others?"""

from __future__ import annotations

import pytest

from checking import check, check_wire
from pqltools import from_json, parse, to_json

CODE = "PQL106"


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("select X from xEvent, X from xEvent", [22]),
        ("select X from xEvent where exists X from X.productListItems where X.SKU = 1", [34]),
        ("let A = 1 in let A = 2 in A = 3", [17]),
        ("(X) => (X) => X.a", [8]),
        ("xEvent.map((X) => X.productListItems.map((X) => X.SKU))", [42]),
        ("select X from xEvent where (sum X.priceTotal over X from X.productListItems) > 1", [50]),
        ("chain(xEvent, timestamp, [A: WHAT(a), A: WHAT(b)])", [38]),
        ("select X from xEvent where chain(xEvent, timestamp, [X: WHAT(a)])", [53]),
    ],
)
def test_found(text: str, places: list[int]) -> None:
    found = check(text, CODE)
    assert [problem.span for problem in found] == [(place, place + 1) for place in places]


@pytest.mark.parametrize(
    "text",
    [
        "(select X from xEvent) and (select X from xEvent)",
        "sum X.commerce.order.priceTotal over X from xEvent",
        "sum X.a + Y.a over X from xEvent, Y from xEvent",
        "exists X from (select X from xEvent)",
        "let A = (let A = 1 in A) in A",
        "xEvent[productListItems[SKU = 1]]",
        "select person from xEvent",
    ],
)
def test_not_found(text: str) -> None:
    assert not check(text, CODE)


def test_names_of_items_do_not_count_in_trees() -> None:
    tree = from_json(to_json(parse("xEvent[productListItems[SKU = 1]]")))
    assert not check_wire(tree, CODE)

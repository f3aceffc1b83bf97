"""Which variables are bound in vain?"""

from __future__ import annotations

import pytest

from checking import check, fix

CODE = "PQL105"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("select X from xEvent where person.gender = 1", ["X"]),
        ("exists X from xEvent where person.gender = 1", ["X"]),
        ("select X from xEvent where X.eventType, Y from xEvent where X._id", ["Y"]),
        ("(sum 1 over X from xEvent where person.gender = 1) > 2", ["X"]),
        ("let A = 1 in person.gender = 2", ["A"]),
        ("xEvent.map((X) => 1)", ["X"]),
        ("(Profile) => 1", ["Profile"]),
        ("identityMap.map((K, V) => 1)", ["K"]),
    ],
)
def test_found(text: str, names: list[str]) -> None:
    found = check(text, CODE)
    assert [problem.message.split("`")[1] for problem in found] == names


@pytest.mark.parametrize(
    "text",
    [
        "select X from xEvent",
        "exists X from xEvent",
        "select X from xEvent, Y from X.productListItems where Y.SKU = 1",
        "select X from xEvent where X.eventType = 1, Y from X.productListItems where Y",
        "select X from xEvent where person.gender = 1, Y from X.productListItems",
        "sum X.commerce.order.priceTotal over X from xEvent",
        "(sum X.commerce.order.priceTotal over X from xEvent where person.gender = 1) > 2",
        "(sum X.commerce.order.priceTotal over X from xEvent where person.gender = 1, Y from X.productListItems) > 2",
        "let A = 1 in person.birthYear = A",
        "xEvent.map((X) => X.eventType)",
        "xEvent.filter((X) => X.productListItems.exists(SKU = X.eventType))",
        "identityMap.map((K, V) => V.count())",
        "(Profile, Other) => Profile.person.gender = 1",
        "xEvent[$1.person.gender = 1]",
        "chain(xEvent, timestamp, [A: WHAT(eventType = 1), B: WHAT(eventType = 2)])",
        # The unknown field is reported, with the variable in front of it.
        "select X from xEvent where eventType = 1",
        "xEvent.filter((X) => eventType = 1)",
    ],
)
def test_not_found(text: str) -> None:
    assert not check(text, CODE)


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("let A = 1 in person.gender = 2", "person.gender = 2"),
        (
            "person.gender = 1 or (let A = 1 in homeAddress or workAddress)",
            "person.gender = 1 or (homeAddress or workAddress)",
        ),
        ("(let A = 1 in person.gender) = 2", "person.gender = 2"),
    ],
)
def test_fix(text: str, fixed: str) -> None:
    assert fix(text, CODE, unsafe=False) == fixed

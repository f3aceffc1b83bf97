"""Which counts ask for existence, and how is that written?"""

from __future__ import annotations

import pytest

from checking import check, fix

CODE = "PQL401"


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("xEvent.count() > 0", "xEvent.exists()"),
        ("xEvent.count() >= 1", "xEvent.exists()"),
        ("count(xEvent) != 0.0", "xEvent.exists()"),
        ("0 < xEvent.count()", "xEvent.exists()"),
        ("1 <= xEvent.count()", "xEvent.exists()"),
        ("xEvent.count() = 0", "not xEvent.exists()"),
        ("xEvent.count() < 1", "not xEvent.exists()"),
        ("0 >= xEvent.count()", "not xEvent.exists()"),
        ("xEvent[a /* b */ = 1].count() > 0", "xEvent.exists(a /* b */ = 1)"),
        ("xEvent[a][b].count() > 0", "xEvent[a].exists(b)"),
        ("xEvent.count(a = 1) > 0", "xEvent.exists(a = 1)"),
        ("xEvent.filter((X) => X.a).count() > 0", "xEvent.exists((X) => X.a)"),
        ("(select X from xEvent where X.a).count() > 0", "exists X from xEvent where X.a"),
        ("(select X from xEvent, Y from X.a).count() = 0", "not (exists X from xEvent, Y from X.a)"),
        ("not (xEvent.count() > 0)", "not xEvent.exists()"),
        ("a and (select X from xEvent).count() > 0 and b", "a and (exists X from xEvent) and b"),
        ("identityMap.count() > 0", "identityMap.exists()"),
        ("xEvent.distinct().count() > 0", "xEvent.distinct().exists()"),
    ],
)
def test_safe_fix(text: str, fixed: str) -> None:
    assert check(text, CODE)
    assert fix(text, CODE, unsafe=False) == fixed


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        # What is no array in the schema may hold anything.
        ("_acme.orders.count() > 0", "_acme.orders.exists()"),
        ("_acme.orders[a = 1].count() > 0", "_acme.orders.exists(a = 1)"),
        # The item would have to be put into the condition.
        ("(count X.a over X from xEvent) > 0", "(count X.a over X from xEvent) > 0"),
    ],
)
def test_other_fix(text: str, fixed: str) -> None:
    assert check(text, CODE)
    assert fix(text, CODE, unsafe=False) == text
    assert fix(text, CODE) == fixed


@pytest.mark.parametrize(
    "text",
    ["xEvent.count() > 1", "xEvent.count() >= 0", "xEvent.count() = 1", "xEvent.count() > a", "xEvent.sum(a) > 0"],
)
def test_not_found(text: str) -> None:
    assert not check(text, CODE)

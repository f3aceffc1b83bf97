"""Which conditions on one field exclude each other, or let everything through?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checking import check, codes_of
from counted_work import growth

#: What fires, with a word of its message and its severity.
FIRES = {
    "person.birthYear > 1990 and person.birthYear < 1980": ("never hold together", "warning"),
    "person.birthYear > 5 and person.birthYear < 6": ("never hold together", "warning"),
    "1990 < person.birthYear and 1980 > person.birthYear": ("never hold together", "warning"),
    'homeAddress.city = "a" and homeAddress.city = "b"': ("never hold together", "warning"),
    'homeAddress.city = "a" and homeAddress.city in ["b", "c"]': ("never hold together", "warning"),
    'homeAddress.city in ["a"] and homeAddress.city notIn ["a"]': ("never hold together", "warning"),
    'homeAddress.city.equals("a", false) and homeAddress.city.equals("B", false)': ("never hold together", "warning"),
    'homeAddress.city.startsWith("a") and homeAddress.city = "b"': ("never hold together", "warning"),
    'homeAddress.city < "a" and homeAddress.city > "b"': ("never hold together", "warning"),
    'homeAddress.city.isNull() and homeAddress.city = "b"': ("never hold together", "warning"),
    "homeAddress.city.isNull() and homeAddress.city.isNotNull()": ("never hold together", "warning"),
    '(homeAddress.city = "a" or homeAddress.city = "b") and homeAddress.city = "c"': ("never hold together", "warning"),
    'homeAddress.city = "a" and b and homeAddress.city = "b"': ("never hold together", "warning"),
    'homeAddress.city = "a" and (b and homeAddress.city = "b")': ("never hold together", "warning"),
    "personalEmail.primary = true and personalEmail.primary = false": ("never hold together", "warning"),
    "personalEmail.primary != true and personalEmail.primary != false": ("never hold together", "warning"),
    "person.birthDate > date(2000, 1, 1) and person.birthDate < date(1990, 1, 1)": ("never hold together", "warning"),
    "person.birthDate = date(2000, 1, 1) and person.birthDate > date(2000, 1, 1)": ("never hold together", "warning"),
    'xEvent[timestamp > "2024-01-02T00:00:00Z" and timestamp < "2024-01-01T00:00:00Z"]': (
        "never hold together",
        "warning",
    ),
    'xEvent[eventType = "a" and eventType = "b"]': ("never hold together", "warning"),
    "xEvent.count() > 3 and xEvent.count() < 4": ("never hold together", "warning"),
    "xEvent.sum(commerce.order.priceTotal) > 5.5 and xEvent.sum(commerce.order.priceTotal) < 5.4": (
        "never hold together",
        "warning",
    ),
    "a > 5 and a < 3": ("only if `a` is an array", "information"),
    'homeAddress.city != "a" or homeAddress.city != "b"': ("every value", "warning"),
    "person.birthYear > 5 or person.birthYear < 10": ("every value", "warning"),
    "homeAddress.city.isNull() or homeAddress.city.isNotNull()": ("every value", "warning"),
    'not(homeAddress.city = "a") or not(homeAddress.city = "b")': ("every value", "warning"),
    'a != "x" or a != "y"': ("every value", "warning"),
    'not(a = "x") or not(a = "y")': ("every value", "information"),
}
SILENT = [
    "person.birthYear > 1980 and person.birthYear < 1990",
    'homeAddress.city = "a" or homeAddress.city = "b"',
    'homeAddress.city = "a" and workAddress.city = "b"',
    'xEvent.eventType = "a" and xEvent.eventType = "b"',
    'xEvent[eventType = "a"] and xEvent[eventType = "b"]',
    "xEvent.sum(commerce.order.priceTotal) > 5.4 and xEvent.sum(commerce.order.priceTotal) < 5.5",
    'homeAddress.city != "a" and homeAddress.city != "b"',
    'homeAddress.city.isNull() or homeAddress.city != "a"',
    'homeAddress.city = "a" and homeAddress.city.equals("b", false)',
    'homeAddress.city.contains("a") and homeAddress.city = "b"',
    'homeAddress.city.equals("ä", false) and homeAddress.city.equals("Ä", false)',
    'homeAddress.city = "2020" and homeAddress.city = "2021"',
    'person.birthYear = 5 and person.birthYear = "6"',
    'a = 1 and a = "b"',
    'exists X from xEvent, Y from xEvent where X.eventType = "a" and Y.eventType = "b"',
    "person.birthDate >= date(2000, 1, 1) and person.birthDate <= date(2000, 1, 1)",
    "xEvent[timestamp occurs last month and timestamp occurs this month]",
    "a and b",
    "and(a)",
]


@pytest.mark.parametrize("text", FIRES)
def test_fires(text: str) -> None:
    found = check(text, "PQL304")
    word, severity = FIRES[text]
    assert len(found) == 1, found
    assert word in found[0].message
    assert found[0].severity == severity
    assert found[0].span is not None


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(text: str) -> None:
    assert codes_of(check(text, "PQL304")) == []


def test_operands_are_not_compared_with_all_others() -> None:
    def work_for(count: int) -> Callable[[], None]:
        text = " and ".join(f"person.birthYear != {number}" for number in range(count))

        def work() -> None:
            assert codes_of(check(text, "PQL304")) == []

        return work

    assert growth(work_for, 250, 4) < 5


def test_the_other_condition_is_shown() -> None:
    text = 'homeAddress.city = "a" and homeAddress.city = "b"'
    (found,) = check(text, "PQL304")
    assert found.span == (27, 49)
    assert [related.span for related in found.related] == [(0, 22)]

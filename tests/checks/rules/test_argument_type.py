"""Which arguments are of a type that the function cannot take?"""

from __future__ import annotations

import pytest

from checking import check, codes_of

#: What fires, with a word of its message and its severity.
FIRES = {
    'person.name.startsWith("J")': ("`person.name` is an object", "warning"),
    "xEvent.sum(eventType)": ("`eventType` is a string, not a number", "warning"),
    "inSegment(17)": ("`17` is an integer, not a string", "error"),
    '"a".startsWith("b", 1)': ("`1` is an integer", "error"),
    "person.birthYear.getMonth()": ("is an integer", "warning"),
    "person.birthYear.head()": ("is an integer", "warning"),
    '"a" + 1 = 2': ('`"a"` is a string', "error"),
    'homeAddress.city.intersects(["a"])': ("is a string", "warning"),
    'date("2024", 1, 1)': ('`"2024"` is a string', "error"),
}
SILENT = [
    'person.name.firstName.startsWith("J")',
    'unknownField.startsWith("J")',
    'xEvent.eventType.startsWith("a")',
    "xEvent.sum(commerce.order.priceTotal)",
    "person.birthDate.getMonth()",
    'segmentMembership["ups"]["x"]["status"]',
    "homeAddress.postalCode.contains(12)",
    'null.startsWith("a")',
    'person.name = "Kim"',
]


@pytest.mark.parametrize("text", FIRES)
def test_fires(text: str) -> None:
    found = check(text, "PQL203")
    word, severity = FIRES[text]
    assert len(found) == 1, found
    assert word in found[0].message
    assert found[0].severity == severity
    assert found[0].span is not None


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(text: str) -> None:
    assert codes_of(check(text, "PQL203")) == []

"""Which values can never be compared?"""

from __future__ import annotations

import pytest

from checking import check, codes_of

#: What fires, with a word of its message and its severity.
FIRES = {
    'person.birthYear = "the eighties"': ("does not read as one", "warning"),
    'person.name = "Kim"': ("is an object", "warning"),
    'person.name.equals("Kim")': ("is an object", "warning"),
    'xEvent[timestamp > "soon"]': ("does not read as one", "warning"),
    "personalEmail.primary = 1": ("is a boolean", "warning"),
    'personalEmail.primary = "yes"': ("does not read as one", "warning"),
    'person.birthDate = "x"': ("does not read as one", "warning"),
    'homeAddress.city = ["a"]': ("is an array of strings", "warning"),
    'person.birthYear in [1985, "x"]': ("does not read as one", "warning"),
    "person.birthYear in [true]": ("is a boolean", "warning"),
    '"abc" = person.birthYear': ("does not read as one", "warning"),
    "person.birthYear < person.birthDate": ("is a date", "warning"),
    "1 = true": ("is a boolean", "error"),
    '1 = "a"': ("does not read as one", "error"),
    "homeAddress.city = true": ("is a boolean", "warning"),
    "homeAddress = 5": ("is an object", "warning"),
    'currentYear() = "soon"': ("does not read as one", "error"),
    "xEvent.eventType = true": ("is an array of strings", "warning"),
}
SILENT = [
    'person.birthYear = "1985"',
    "person.birthYear = 1985.0",
    "homeAddress.city = 5",
    'xEvent[timestamp > "2024-01-01T00:00:00Z"]',
    "xEvent[timestamp > 1700000000000]",
    'personalEmail.primary = "true"',
    "person.birthDate = now",
    "now > person.birthDate",
    "unknownField = 5",
    "person.birthYear = unknownField",
    "homeAddress = workAddress",
    'xEvent.eventType = "a"',
    'homeAddress.city in ["a", "b"]',
    "homeAddress.city in xEvent.eventType",
    "homeAddress.city = null",
    "[1, 2] = [1]",
    '"2024-01-01" < person.birthDate',
    "homeAddress.city != workAddress.city",
]


@pytest.mark.parametrize("text", FIRES)
def test_fires(text: str) -> None:
    found = check(text, "PQL204")
    word, severity = FIRES[text]
    assert len(found) == 1, found
    assert word in found[0].message
    assert found[0].severity == severity
    assert found[0].span is not None


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(text: str) -> None:
    assert codes_of(check(text, "PQL204")) == []

"""Which numbers are in quotes?"""

from __future__ import annotations

import pytest

from checking import check, codes_of, fix

#: What fires, with a word of its message and its severity.
FIRES = {
    'person.birthYear = "1985"': ("is a number", "warning"),
    'person.birthYear in ["1", "2", 3]': ("is a number", "warning"),
    'currentYear() = "2026"': ("is a number", "warning"),
    'xEvent.sum(commerce.order.priceTotal) > "10.5"': ("is a number", "warning"),
    'person.birthYear.equals("1985")': ("is a number", "warning"),
}
SILENT = [
    "person.birthYear = 1985",
    'homeAddress.postalCode = "1985"',
    'person.birthYear = "x"',
    'unknownField = "5"',
    'person.birthYear = "99999999999999999999"',
    'person.birthYear = "1E999"',
    "homeAddress.city = person.birthYear",
]
#: What the fixes make of it, and whether they are safe.
FIXED = {
    'person.birthYear = "1985"': ("person.birthYear = 1985", True),
    'person.birthYear in ["1", "-2", 3]': ("person.birthYear in [1, -2, 3]", True),
    'person.birthYear = "1.5"': ("person.birthYear = 1.5", True),
    'person.birthYear.equals("1985")': ("person.birthYear.equals(1985)", True),
}


@pytest.mark.parametrize("text", FIRES)
def test_fires(text: str) -> None:
    found = check(text, "PQL206")
    word, severity = FIRES[text]
    assert len(found) == 1, found
    assert word in found[0].message
    assert found[0].severity == severity
    assert found[0].span is not None


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(text: str) -> None:
    assert codes_of(check(text, "PQL206")) == []


@pytest.mark.parametrize("text", FIXED)
def test_fix(text: str) -> None:
    result, safe = FIXED[text]
    assert fix(text, "PQL206") == result
    assert fix(text, "PQL206", unsafe=False) == (result if safe else text)

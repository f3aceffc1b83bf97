"""Which conditions on a field follow from another one?"""

from __future__ import annotations

import pytest

from checking import check, codes_of, fix

#: What fires, with a word of its message and its severity.
FIRES = {
    "person.birthYear > 5 and person.birthYear > 3": ("> 3` adds nothing", "warning"),
    "person.birthYear > 3 and person.birthYear > 5": ("> 3` adds nothing", "warning"),
    "person.birthYear > 3 or person.birthYear > 5": ("> 5` adds nothing", "warning"),
    "person.birthYear > 3 and person.birthYear >= 4": (">= 4` adds nothing", "warning"),
    'homeAddress.city = "a" and homeAddress.city != "b"': ('!= "b"` adds nothing', "warning"),
    'homeAddress.city = "a" or homeAddress.city in ["a", "b"]': ('= "a"` adds nothing', "warning"),
    'homeAddress.city.startsWith("a") and homeAddress.city.startsWith("ab")': ('("a")` adds nothing', "warning"),
    "a > 5 and a > 3": ("adds nothing", "warning"),
}
SILENT = [
    "person.birthYear > 5 and person.birthYear < 9",
    'homeAddress.city.isNotNull() and homeAddress.city = "a"',
    'homeAddress.city.isNull() or not(homeAddress.city = "a")',
    'homeAddress.city = "a" and homeAddress.city = "a"',
    "person.birthYear > 5 and person.birthYear < 3",
    'homeAddress.city = "a" or homeAddress.city.equals("a", false)',
    'homeAddress.city.isNotNull() and homeAddress.city = "A" and homeAddress.city.equals("a", false)',
    "xEvent[timestamp occurs today and timestamp occurs this week]",
    "a and b",
]
#: What the fixes make of it, and whether they are safe.
FIXED = {
    "person.birthYear > 5 and person.birthYear > 3": ("person.birthYear > 5", True),
    "person.birthYear > 3 or person.birthYear > 5 or a": ("person.birthYear > 3 or a", True),
    "a > 5 and a > 3": ("a > 5 and a > 3", False),
}


@pytest.mark.parametrize("text", FIRES)
def test_fires(text: str) -> None:
    found = check(text, "PQL312")
    word, severity = FIRES[text]
    assert len(found) == 1, found
    assert word in found[0].message
    assert found[0].severity == severity
    assert found[0].span is not None


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(text: str) -> None:
    assert codes_of(check(text, "PQL312")) == []


@pytest.mark.parametrize("text", FIXED)
def test_fix(text: str) -> None:
    result, safe = FIXED[text]
    assert fix(text, "PQL312") == result
    assert fix(text, "PQL312", unsafe=False) == (result if safe else text)

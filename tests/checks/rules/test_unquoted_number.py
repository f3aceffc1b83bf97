"""Which texts are compared with a number?"""

from __future__ import annotations

import pytest

from checking import check, codes_of, fix

#: What fires, with a word of its message and its severity.
FIRES = {
    "homeAddress.postalCode = 20095": ("is a string", "warning"),
    "homeAddress.postalCode > 20000": ("is a string", "warning"),
    "homeAddress.postalCode.equals(5)": ("is a string", "warning"),
    "homeAddress.postalCode = 1.5": ("is a string", "warning"),
}
SILENT = [
    'homeAddress.postalCode = "20095"',
    "person.birthYear = 5",
    "unknownField = 5",
    "homeAddress.postalCode = person.birthYear",
    "homeAddress.postalCode.startsWith(20)",
]
#: What the fixes make of it, and whether they are safe.
FIXED = {
    "homeAddress.postalCode = 20095": ('homeAddress.postalCode = "20095"', True),
    "homeAddress.postalCode != -5": ('homeAddress.postalCode != "-5"', True),
    "homeAddress.postalCode > 20000": ("homeAddress.postalCode > 20000", True),
}


@pytest.mark.parametrize("text", FIRES)
def test_fires(text: str) -> None:
    found = check(text, "PQL212")
    word, severity = FIRES[text]
    assert len(found) == 1, found
    assert word in found[0].message
    assert found[0].severity == severity
    assert found[0].span is not None


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(text: str) -> None:
    assert codes_of(check(text, "PQL212")) == []


@pytest.mark.parametrize("text", FIXED)
def test_fix(text: str) -> None:
    result, safe = FIXED[text]
    assert fix(text, "PQL212") == result
    assert fix(text, "PQL212", unsafe=False) == (result if safe else text)

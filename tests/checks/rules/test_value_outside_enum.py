"""Which values can a field never have?"""

from __future__ import annotations

import pytest

from checking import check, codes_of, fix

#: What fires, with a word of its message and its severity.
FIRES = {
    'person.gender = "Male"': ('`"Male"` is none of the values', "warning"),
    'person.gender in ["female", "divers"]': ('`"divers"`', "warning"),
    'person.gender != "x"': ('`"x"`', "warning"),
    '"Male" = person.gender': ('`"Male"`', "warning"),
    'person.gender.equals("mael", false)': ('`"mael"`', "warning"),
    'person.gender.notEqualTo("Male")': ('`"Male"`', "warning"),
    'xEvent.productListItems.SKU = "x" and person.gender = "M"': ('`"M"`', "warning"),
}
SILENT = [
    'person.gender = "male"',
    'person.gender.equals("MALE", false)',
    'person.gender in ["female", "non_specific"]',
    "person.gender = homeAddress.city",
    'homeAddress.city = "x"',
    'person.gender.startsWith("m")',
    "person.gender = 5",
    'unknownField = "x"',
]
#: What the fixes make of it, and whether they are safe.
FIXED = {
    'person.gender = "Male"': ('person.gender = "male"', False),
    'person.gender in ["FEMALE", "divers"]': ('person.gender in ["female", "divers"]', False),
}


@pytest.mark.parametrize("text", FIRES)
def test_fires(text: str) -> None:
    found = check(text, "PQL205")
    word, severity = FIRES[text]
    assert len(found) == 1, found
    assert word in found[0].message
    assert found[0].severity == severity
    assert found[0].span is not None


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(text: str) -> None:
    assert codes_of(check(text, "PQL205")) == []


@pytest.mark.parametrize("text", FIXED)
def test_fix(text: str) -> None:
    result, safe = FIXED[text]
    assert fix(text, "PQL205") == result
    assert fix(text, "PQL205", unsafe=False) == (result if safe else text)


@pytest.mark.parametrize(
    ("value", "help"),
    [("mael", 'did you mean `"male"`?'), ("MALE", 'did you mean `"male"`?'), ("5", "the values are")],
)
def test_help(value: str, help: str) -> None:
    (found,) = check(f'person.gender = "{value}"', "PQL205")
    assert found.help is not None
    assert found.help.startswith(help)

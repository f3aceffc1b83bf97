"""Which lists of one item are comparisons?"""

from __future__ import annotations

import pytest

from checking import check, fix

CODE = "PQL402"


@pytest.mark.parametrize(
    ("text", "safe", "fixed"),
    [
        ("person.gender in ['female']", True, "person.gender = 'female'"),
        ("person.gender in ('female')", True, "person.gender = 'female'"),
        ("person.gender.in(['female'])", True, "person.gender = 'female'"),
        ("not in(person.gender, ['female'])", True, "not person.gender = 'female'"),
        ("person.birthYear notIn [1980.0]", True, "person.birthYear != 1980.0"),
        ("person.birthYear in [currentYear()]", True, "person.birthYear = currentYear()"),
        ("person.gender in /* a */ ['female']", True, "/* a */ person.gender = 'female'"),
        # Of unknown type, or of another one.
        ("_acme.x in ['a']", False, "_acme.x = 'a'"),
        ("person.birthYear in ['1980']", False, "person.birthYear = '1980'"),
    ],
)
def test_fix(text: str, safe: bool, fixed: str) -> None:
    assert len(check(text, CODE)) == 1
    assert fix(text, CODE, unsafe=not safe) == fixed
    assert safe or fix(text, CODE, unsafe=False) == text


@pytest.mark.parametrize(
    "text",
    [
        "person.gender in ['female', 'male']",
        "person.gender in []",
        "person.gender in person.name",
        "person.gender in [null]",
        "person.gender in [_acme.x]",
        "xEvent.eventType in ['a']",
        "person.gender in 'female'",
    ],
)
def test_not_found(text: str) -> None:
    assert not check(text, CODE)

"""What stands where a time should?"""

from __future__ import annotations

import pytest

from checking import check, codes_of

#: What fires, with a word of its message and its severity.
FIRES = {
    "person.birthYear occurs this year": ("is an integer", "warning"),
    "homeAddress.city occurs today": ("is a string", "warning"),
    "true occurs today": ("is a boolean", "error"),
    "person.name occurs today": ("is an object", "warning"),
    "person.birthDate occurs after person.name": ("is an object", "warning"),
    "person.birthDate occurs after true": ("is a boolean", "error"),
    'person.birthDate occurs before "soon"': ("no ISO 8601", "error"),
    'person.birthDate occurs before "2023-02-30"': ("no ISO 8601", "error"),
    'person.birthDate occurs between date(2020, 1, 1) and "x"': ("no ISO 8601", "error"),
    "exists A from xEvent, B from xEvent where B.timestamp occurs after A": ("is an object", "warning"),
    'CHAIN(xEvent, timestamp, [A: WHAT(a) WHEN(after "x")])': ("no ISO 8601", "error"),
}
SILENT = [
    "person.birthDate occurs today",
    "xEvent[timestamp occurs today]",
    "xEvent.timestamp occurs today",
    "unknownField occurs today",
    'person.birthDate occurs before "2024-01-01T00:00:00Z"',
    "person.birthDate occurs before 1700000000000",
    "person.birthDate occurs after xEvent.head().timestamp",
    "CHAIN(xEvent, timestamp, [A: WHAT(a), B: WHAT(b) WHEN(after A)])",
    "null occurs today",
    "now occurs today",
    "person.birthDate occurs before homeAddress.city",
]


@pytest.mark.parametrize("text", FIRES)
def test_fires(text: str) -> None:
    found = check(text, "PQL209")
    word, severity = FIRES[text]
    assert len(found) == 1, found
    assert word in found[0].message
    assert found[0].severity == severity
    assert found[0].span is not None


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(text: str) -> None:
    assert codes_of(check(text, "PQL209")) == []

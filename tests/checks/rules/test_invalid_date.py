"""Which dates does the calendar lack?"""

from __future__ import annotations

import pytest

from checking import check, codes_of

#: What fires, with a word of its message and its severity.
FIRES = {
    "date(2023, 2, 30)": ("February 2023 has no day 30", "error"),
    "date(2023, 2, 29)": ("February 2023 has no day 29", "error"),
    "date(2023, 13, 1)": ("no month 13", "error"),
    "date(2023, 0, 1)": ("no month 0", "error"),
    "date(2023, 4, 31)": ("April 2023 has no day 31", "error"),
    "date(0, 1, 1)": ("no year 0", "error"),
    "date(31, 12, 2024)": ("no day 2024", "error"),
    "date(currentYear(), 2, 30)": ("February has no day 30", "error"),
    "date(currentYear(), currentMonth(), 32)": ("a month has no day 32", "error"),
    "date(2023, 1, -1)": ("no day -1", "error"),
}
SILENT = [
    "date(2024, 2, 29)",
    "date(currentYear(), 2, 29)",
    "date(currentYear() - 1, 10, 1)",
    "date(a, b, c)",
    "date(2024, 1)",
    "date(9999, 12, 31)",
]


@pytest.mark.parametrize("text", FIRES)
def test_fires(text: str) -> None:
    found = check(text, "PQL211")
    word, severity = FIRES[text]
    assert len(found) == 1, found
    assert word in found[0].message
    assert found[0].severity == severity
    assert found[0].span is not None


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(text: str) -> None:
    assert codes_of(check(text, "PQL211")) == []

"""Which calls have too few or too many arguments?"""

from __future__ import annotations

import pytest

from checking import check, codes_of

#: What fires, with a word of its message and its severity.
FIRES = {
    "a.startsWith()": ("needs a string (`prefix`)", "error"),
    'a.startsWith("x", true, 1)': ("at most 3 arguments, not 4", "error"),
    "xEvent.topN(timestamp)": ("needs an integer (`n`)", "error"),
    "currentYear(1)": ("takes no arguments", "error"),
    "if(a, b)": ("needs", "error"),
    "date(2024, 1)": ("needs", "error"),
    "a.isNull(b)": ("takes 1 argument, not 2", "error"),
}
SILENT = [
    'a.startsWith("x")',
    'a.startsWith("x", false)',
    "xEvent.count()",
    "xEvent.count(a)",
    "currentYear()",
    "unknownFunction(a, b, c)",
    "a and b and c",
]


@pytest.mark.parametrize("text", FIRES)
def test_fires(text: str) -> None:
    found = check(text, "PQL202")
    word, severity = FIRES[text]
    assert len(found) == 1, found
    assert word in found[0].message
    assert found[0].severity == severity
    assert found[0].span is not None


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(text: str) -> None:
    assert codes_of(check(text, "PQL202")) == []

"""Before which comparisons does `not` let null through unexpectedly?"""

from __future__ import annotations

import pytest

from checking import check, codes_of, fix

#: What fires, with a word of its message and its severity.
FIRES = {
    "not(a != b)": ("is null", "warning"),
    'not(a.doesNotContain("x"))': ("is null", "warning"),
    "not(a notIn [1, 2])": ("is null", "warning"),
    '!(a.notEqualTo("x", false))': ("is null", "warning"),
    "not(a = b)": ("`a` or `b` is null", "information"),
    "not(a.equals(b, false))": ("`a` or `b` is null", "information"),
}
SILENT = [
    'not(a = "x")',
    "not(a in [1, 2])",
    "a != b",
    "not(a and b)",
    "not(a > b)",
    "not(a != b) and a.isNotNull()",
    "not(a = b) or b.isNull()",
    "not(a = b) and a",
    "not a",
]
#: What the fixes make of it, and whether they are safe.
FIXED = {
    "not(a != b)": ("a = b", False),
    'c and not(a.doesNotContain("x", false))': ('c and a.contains("x", false)', False),
    "not(a = b)": ("not(a = b)", False),
}


@pytest.mark.parametrize("text", FIRES)
def test_fires(text: str) -> None:
    found = check(text, "PQL305")
    word, severity = FIRES[text]
    assert len(found) == 1, found
    assert word in found[0].message
    assert found[0].severity == severity
    assert found[0].span is not None


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(text: str) -> None:
    assert codes_of(check(text, "PQL305")) == []


@pytest.mark.parametrize("text", FIXED)
def test_fix(text: str) -> None:
    result, safe = FIXED[text]
    assert fix(text, "PQL305") == result
    assert fix(text, "PQL305", unsafe=False) == (result if safe else text)

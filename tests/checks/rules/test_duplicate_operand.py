"""Which operands say what another one says?"""

from __future__ import annotations

import pytest

from checking import check, codes_of, fix

#: What fires, with a word of its message and its severity.
FIRES = {
    "a or b or a": ("twice", "warning"),
    "a and a": ("twice", "warning"),
    "(a or b) or a": ("twice", "warning"),
    "a or (b or (c or a))": ("twice", "warning"),
    "a or (a and b)": ("adds nothing", "warning"),
    "(a or b) and a": ("adds nothing", "warning"),
    "(a and b) or (c and b and a)": ("adds nothing", "warning"),
    "(a and b) or (b and a)": ("adds nothing", "warning"),
    "a or b or c or d or e or f or g or h or i or j or k or l or m or d": ("twice", "warning"),
}
SILENT = [
    "a or b",
    "a and (b or c)",
    "a or not a",
    "(a or b) and (a or c)",
    "(a and b) or (a and c)",
    "a = 1 or a = 2",
    "xs[a] or a",
    "and(a)",
    "xs.count(a) = 1 or xs.count(b) = 1",
]
#: What the fixes make of it, and whether they are safe.
FIXED = {
    "a or b or a": ("a or b", True),
    "a and a": ("a", True),
    "(a or b) or a": ("a or b", True),
    "b and (a or b)": ("b", True),
    "(a or a) and b": ("a and b", True),
    "a.map(b and b)": ("a.map(b and b)", True),
    "a = 1 /* first */ or a = 1 or b": ("a = 1 /* first */ or b", True),
}


@pytest.mark.parametrize("text", FIRES)
def test_fires(text: str) -> None:
    found = check(text, "PQL303")
    word, severity = FIRES[text]
    assert len(found) == 1, found
    assert word in found[0].message
    assert found[0].severity == severity
    assert found[0].span is not None


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(text: str) -> None:
    assert codes_of(check(text, "PQL303")) == []


@pytest.mark.parametrize("text", FIXED)
def test_fix(text: str) -> None:
    result, safe = FIXED[text]
    assert fix(text, "PQL303") == result
    assert fix(text, "PQL303", unsafe=False) == (result if safe else text)

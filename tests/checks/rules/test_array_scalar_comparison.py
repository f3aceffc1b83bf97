"""Where is an array compared with a single value?"""

from __future__ import annotations

import pytest

from checking import check, codes_of, fix

#: What fires, with a word of its message and its severity.
FIRES = {
    "xEvent.commerce.cartAbandons.value > 0": ("for some item", "warning"),
    'xEvent.eventType != "a"': ("some item differs", "warning"),
    'xEvent.eventType.doesNotContain("a")': ("some item differs", "warning"),
    'xEvent.eventType in ["a"]': ("for some item", "warning"),
    "xEvent.timestamp occurs today": ("for some item", "warning"),
    'xEvent[productListItems.SKU = "a"]': ("for some item", "warning"),
    "[1, 2] = 1": ("for some item", "warning"),
    'xEvent.productListItems.SKU != "a"': ("some item differs", "warning"),
}
SILENT = [
    'xEvent.head().eventType = "a"',
    'xEvent.eventType = ["a"]',
    'xEvent.eventType.includes("a")',
    '"a" in xEvent.eventType',
    "xEvent.count() > 3",
    "unknownField = 5",
    "xEvent.eventType = unknownField",
    "identityMap = 5",
]
#: What the fixes make of it, and whether they are safe.
FIXED = {
    "xEvent.commerce.cartAbandons.value > 0": ("exists X from xEvent where X.commerce.cartAbandons.value > 0", False),
    'a and xEvent.eventType.startsWith("a") and b': (
        'a and (exists X from xEvent where X.eventType.startsWith("a")) and b',
        False,
    ),
    'exists X from xEvent where X.productListItems.SKU = "a"': (
        'exists X from xEvent where exists Y from X.productListItems where Y.SKU = "a"',
        False,
    ),
    'xEvent.productListItems.SKU = "a"': ('exists X from xEvent, Y from X.productListItems where Y.SKU = "a"', False),
    "a and not [[1], [2]] = 1": ("a and not [[1], [2]] = 1", False),
    'xEvent.eventType != "a"': ('xEvent.eventType != "a"', False),
    "[1, 2] = 1": ("exists X from [1, 2] where X = 1", False),
}


@pytest.mark.parametrize("text", FIRES)
def test_fires(text: str) -> None:
    found = check(text, "PQL207")
    word, severity = FIRES[text]
    assert len(found) == 1, found
    assert word in found[0].message
    assert found[0].severity == severity
    assert found[0].span is not None


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(text: str) -> None:
    assert codes_of(check(text, "PQL207")) == []


@pytest.mark.parametrize("text", FIXED)
def test_fix(text: str) -> None:
    result, safe = FIXED[text]
    assert fix(text, "PQL207") == result
    assert fix(text, "PQL207", unsafe=False) == (result if safe else text)

"""What is compared with itself?"""

from __future__ import annotations

import pytest

from checking import check, codes_of, fix

#: What fires, with a word of its message and its severity.
FIRES = {
    "a = a": ("with itself", "warning"),
    "a != a": ("with itself", "warning"),
    "a.b.equals(a.b, false)": ("with itself", "warning"),
    "$1.a < profile.a": ("with itself", "warning"),
    "xEvent[eventType = eventType]": ("with itself", "warning"),
    "xEvent[commerce.order.priceTotal > this.commerce.order.priceTotal]": ("with itself", "warning"),
    "xs.count() = xs.count()": ("with itself", "warning"),
    "a.contains(a)": ("with itself", "warning"),
    "exists X from xEvent where X.timestamp occurs before X.timestamp": ("measured from itself", "warning"),
    "a occurs between a and now": ("measured from itself", "warning"),
}
SILENT = [
    "a = b",
    "1 = 1",
    "null = null",
    "xEvent[eventType = ^eventType]",
    "exists X from xs, Y from xs where X.a = Y.a",
    "a - a = 0",
    "a occurs before b",
    "a.b = a.`xdm:b`",
    "a()",
]
#: What the fixes make of it, and whether they are safe.
FIXED = {
    "homeAddress.city = homeAddress.city": ("homeAddress.city.isNotNull()", True),
    "a = a and b": ("a.isNotNull() and b", False),
    "homeAddress.city != homeAddress.city": ("homeAddress.city != homeAddress.city", False),
}


@pytest.mark.parametrize("text", FIRES)
def test_fires(text: str) -> None:
    found = check(text, "PQL302")
    word, severity = FIRES[text]
    assert len(found) == 1, found
    assert word in found[0].message
    assert found[0].severity == severity
    assert found[0].span is not None


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(text: str) -> None:
    assert codes_of(check(text, "PQL302")) == []


@pytest.mark.parametrize("text", FIXED)
def test_fix(text: str) -> None:
    result, safe = FIXED[text]
    assert fix(text, "PQL302") == result
    assert fix(text, "PQL302", unsafe=False) == (result if safe else text)

"""Which negative tests leave out more than they seem to?"""

from __future__ import annotations

import pytest

from checking import check, codes_of

#: What fires, with a word of its message and its severity.
FIRES = {
    'a != "x"': ("`a` is null", "information"),
    'a.b.notEqualTo("x", false)': ("`a.b` is null", "information"),
    'a.doesNotContain("x") or b': ("`a` is null", "information"),
    "a notIn [1, 2]": ("`a` is null", "information"),
    'a != "x" and a != "y"': ("`a` is null", "information"),
    'inSegment("s") or a != 1': ("`a` is null", "information"),
    "a != true": ("`a` is null", "warning"),
    "a != false and b = 1": ("`a` is null", "warning"),
}
SILENT = [
    'not(a = "x")',
    "a != b",
    'a != ""',
    "a != null",
    'not(a != "x")',
    'xEvent[eventType != "x"]',
    'exists X from xEvent where X.eventType != "x"',
    'a != "x" and a.isNotNull()',
    'a != "x" or a.isNull()',
    'a.startsWith("a") and a != "ab"',
    'b = 1 and a != "x"',
    "if(a != 1, a, b) = 2 and a.isNotNull()",
    "a != true and a",
    'xEvent.eventType != "x"',
    'mapEntry("k", a != 1)',
    "a > 5 and a != 7",
]


@pytest.mark.parametrize("text", FIRES)
def test_fires(text: str) -> None:
    found = check(text, "PQL306")
    word, severity = FIRES[text]
    assert len(found) == 1, found
    assert word in found[0].message
    assert found[0].severity == severity
    assert found[0].span is not None


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(text: str) -> None:
    assert codes_of(check(text, "PQL306")) == []

"""Which names are no functions, and what was meant?"""

from __future__ import annotations

import pytest

from checking import check, codes_of, fix

#: What fires, with a word of its message and its severity.
FIRES = {
    'a.startswith("x")': ("unknown function `startswith`", "error"),
    'a.upperCase() = "X"': ("personalization", "error"),
    "foo(a)": ("unknown function `foo`", "error"),
    'a.containz("x")': ("`containz`", "error"),
    "Count(xs)": ("`Count`", "error"),
    "and(a, b) and foo()": ("`foo`", "error"),
    "xs.avg()": ("`avg`", "error"),
}
SILENT = [
    'a.startsWith("x")',
    "chain(xEvent, timestamp, [A: WHAT(a)])",
    'a.equals("x")',
    "in(a, [1])",
    'stringCompare("=", a, "b")',
    'modelInstances("x")',
    'mapEntry("a", 1)',
    "not a",
    "-a > 1",
    'm["k"]',
]
#: What the fixes make of it, and whether they are safe.
FIXED = {
    'a.startswith("x", false)': ('a.startsWith("x", false)', False),
    'startswith(a, "x")': ('a.startsWith("x")', False),
    "foo(a)": ("foo(a)", False),
}


@pytest.mark.parametrize("text", FIRES)
def test_fires(text: str) -> None:
    found = check(text, "PQL201")
    word, severity = FIRES[text]
    assert len(found) == 1, found
    assert word in found[0].message
    assert found[0].severity == severity
    assert found[0].span is not None


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(text: str) -> None:
    assert codes_of(check(text, "PQL201")) == []


@pytest.mark.parametrize("text", FIXED)
def test_fix(text: str) -> None:
    result, safe = FIXED[text]
    assert fix(text, "PQL201") == result
    assert fix(text, "PQL201", unsafe=False) == (result if safe else text)


@pytest.mark.parametrize(
    ("text", "help"),
    [("a.containz(1)", "did you mean `contains`?"), ("a.isnull()", "did you mean `isNull`?"), ("zzz(a)", None)],
)
def test_help(text: str, help: str | None) -> None:
    (found,) = check(text, "PQL201")
    assert found.help == help

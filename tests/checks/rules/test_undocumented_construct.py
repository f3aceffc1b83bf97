"""Which constructs are not in the documents?"""

from __future__ import annotations

import pytest

from checking import check, codes_of
from pqltools.checks.surroundings import Segment

#: What fires, with a word of its message and its severity.
FIRES = {
    "if(a, 1, null)": ("`null`", "information"),
    'X.timestamp occurs before "2025-06-01T00:00:00Z"': ("string as a time", "information"),
    "X.timestamp occurs <= 3 days from now": ("both sides", "information"),
    "CHAIN(xEvent, timestamp, [A: WHAT(a) COUNT(= 3)])": ("COUNT", "information"),
    "CHAIN(xEvent, timestamp, [A: WHAT(a), B: NOT WHAT(b)])": ("negated element", "information"),
    "CHAIN(xEvent, timestamp, [A: WHAT(a), B: WHAT(b) WHEN(<= 2 days after A)])": ("another element", "information"),
    "CHAIN(xEvent, timestamp, [A: WHAT(a), B: WHAT(b = A.b)])": ("earlier element", "information"),
    'a.regexGroup("@(.*)")': ("regexGroup", "information"),
    "if(a, null, null)": ("`null`", "information"),
}
SILENT = [
    "a = 1 // why",
    'a = "// no comment"',
    "a = null",
    'a.regexGroup("@(.*)", 1)',
    "CHAIN(xEvent, timestamp, [A: WHAT(a) COUNT(3) WHEN(today)])",
    "xs[this = 1]",
    'a in ("a", "b")',
    "a and null",
]


@pytest.mark.parametrize("text", FIRES)
def test_fires(text: str) -> None:
    found = check(text, "PQL311")
    word, severity = FIRES[text]
    assert len(found) == 1, found
    assert word in found[0].message
    assert found[0].severity == severity
    assert found[0].span is not None


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(text: str) -> None:
    assert codes_of(check(text, "PQL311")) == []


def test_each_construct_is_told_of_once_and_all_of_them_are() -> None:
    text = "CHAIN(xEvent, timestamp, [A: NOT WHAT(a), B: NOT WHAT(b), C: WHAT(c) COUNT(= 1)]) // so"
    assert len(check(text, "PQL311", segment=Segment("x"))) == 3


@pytest.mark.parametrize("text", ["a = 1 // why", "/* why */ a = 1 /* because */"])
def test_comments_matter_in_definitions(text: str) -> None:
    found = check(text, "PQL311", segment=Segment("x"))
    assert [(each.message, each.severity) for each in found] == [("a comment is not documented", "information")]

"""Which regular expressions are refused, and where in the text?"""

from __future__ import annotations

import pytest

from checking import check, check_wire, codes_of
from pqltools import from_json, parse, to_json

#: What fires: the place in the text, a word of the message, the severity.
FIRES = {
    r'a.matches("[a-z+@")': ("[", "never closed", "error"),
    r'a matches "(a"': ("(", "never closed", "error"),
    r'matches(a, "*")': ("*", "nothing before", "error"),
    r'a.regexGroup("(a))", 1) = "x"': (")", "closes nothing", "error"),
    r'a.matches("\\p{Greek}+")': (r"\\p{Greek}", "no character property `Greek`", "error"),
    r'a.matches("\"\u00e9\\y")': (r"\\y", "no escape of Java", "error"),
    r'a.matches("@\y")': (r"\y", "no escape of Java", "error"),
    r'a.matches("\ud83d\ude00(")': ("(", "never closed", "error"),
    r"a.matches('\\')": (r"\\", "escapes nothing", "error"),
    r'a.matches("^(?!b)")': ("(?!b)", "lookahead cannot be run in linear time", "information"),
    r'a.matches("(?<=a)b")': ("(?<=a)", "lookbehind cannot be run in linear time", "information"),
    r'a.matches("(a)\\1")': (r"\\1", "what a group has matched cannot be run in linear time", "information"),
    r'a.matches("a$b")': ("$", "cannot be run in linear time", "information"),
    r'a.regexGroup("(a|b$)", 1) = "x"': ("$", "cannot be run in linear time", "information"),
    r'a.matches("(?=a)\\b{g}")': (r"\\b{g}", "`\\b{g}` cannot be run here", "warning"),
    r'a.matches("(?<=(?>a|ab))c")': ("(?>a|ab)", "an atomic group in a lookbehind cannot be run here", "warning"),
    r'a.regexGroup("(?<=(a|bc))d", 1) = "x"': ("(a|bc)", "of several lengths cannot be run here", "warning"),
}
SILENT = [
    r'a.matches("(?i)^John")',
    r'a.matches("^J.*n$")',
    r'a.matches("(a|b$)")',
    r'a.regexGroup("@(\\w+)", 1) = "x"',
    r'a.regexGroup("@(\w+)", 1) = "x"',
    r'a.matches("")',
    "a.matches(b)",
    "a.matches(1)",
    "matches(a)",
    'a.contains("(")',
    'a like "%(%"',
    'a.frobnicate("(")',
]


@pytest.mark.parametrize("text", FIRES)
def test_fires(text: str) -> None:
    found = check(text, "PQL208")
    place, word, severity = FIRES[text]
    assert len(found) == 1, found
    assert found[0].span is not None
    assert text[slice(*found[0].span)] == place
    assert word in found[0].message
    assert found[0].severity == severity


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(text: str) -> None:
    assert codes_of(check(text, "PQL208")) == []


def test_a_group_that_nobody_asks_for_does_not_matter() -> None:
    assert [found.severity for found in check('a.matches("(?<=(a|bc))d")', "PQL208")] == ["information"]


def test_every_part_that_is_slower_is_told() -> None:
    text = r'a.matches("^(?!b)(?=c)a++")'
    spans = [diagnostic.span for diagnostic in check(text, "PQL208")]
    assert [text[slice(*span)] for span in spans if span] == ["(?!b)", "(?=c)", "a++"]


def test_a_tree_has_no_text_and_is_told_as_a_whole() -> None:
    found = check_wire(from_json(to_json(parse(r'a.matches("(")'))), "PQL208")
    assert [(diagnostic.code, diagnostic.span) for diagnostic in found] == [("PQL208", None)]

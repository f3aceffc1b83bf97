"""Which regular expressions may take very long, and is the cure told?"""

from __future__ import annotations

import pytest

from checking import check, codes_of

#: What fires: the place in the text, and words of message and help.
FIRES = {
    r'a.matches("(a+)+$")': ("(a+)+", "a run of `a`", "write `a+`"),
    r'a.matches("^(?:\\w*)*!")': (r"(?:\\w*)*", "a run of `a`", r"write `\w*`"),
    r'a.matches("^(\\w+/?)+$")': (r"(\\w+/?)+", "a run of `a`", "something that must be there"),
    r'a.matches("(a|ab|b)*$")': ("(a|ab|b)*", "the same text", "something that must be there"),
    r'a.matches("\\s*\\s*$")': (r"\\s*\\s*", "a run of spaces in many ways: the work grows with the cube", "join"),
    r'a.matches("^(.*),(.*),(.*),(.*)$")': (".*),(.*),(.*),(.*", "the fourth power", "join"),
    r'a.matches("(.*?,){11}P")': ("(.*?,){11}", "the 6th power", "join"),
    r'a.regexGroup("x(\t+)+y", 1) = "b"': (r"(\t+)+", r"a run of `\u0009`", "write"),
    r'a.matches("(?=(a+)+b)")': ("(a+)+", "a run of `a`", "write `a+`"),
}
SILENT = [
    r'a.matches("(?i)^John")',
    r'a.matches("^[\\w.+-]+@[\\w-]+\\.[\\w.-]+$")',
    r'a.matches("(a+)+")',
    r'a.matches("(a++)+$")',
    r'a.matches("(a+)+$(")',
    "a.matches(b)",
    'a.contains("(a+)+$")',
]


@pytest.mark.parametrize("text", FIRES)
def test_fires(text: str) -> None:
    found = check(text, "PQL308")
    place, message, help = FIRES[text]
    assert len(found) == 1, found
    assert found[0].span is not None
    assert text[slice(*found[0].span)] == place
    assert message in found[0].message
    assert help in (found[0].help or "")
    assert found[0].severity == "warning"


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(text: str) -> None:
    assert codes_of(check(text, "PQL308")) == []

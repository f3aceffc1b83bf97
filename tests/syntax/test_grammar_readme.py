"""Does grammar/README.md list every diagnostic code, and does what it says of the grammar hold?"""

from __future__ import annotations

import re
from pathlib import Path

from pqltools import parse
from pqltools.diagnostics import CODES

README = (Path(__file__).parents[2] / "grammar" / "README.md").read_text(encoding="utf-8")


def test_codes_are_listed() -> None:
    rows = re.findall(r"^\| (PQL\d+) \| (\S+) \| (.+) \|$", README, re.MULTILINE)
    # The codes of rules, which have a page of their own, join when the rules are imported.
    codes = {code: names for code, names in CODES.items() if code < "PQL100"}
    assert rows == [(code, name, text.replace("|", "\\|")) for code, (name, text) in codes.items()]


def test_equal_trees_of_the_tables() -> None:
    pairs = [
        ("profile.x", "$1.x"),
        ("$1.x", "x"),
        ("xs[^a = 1]", "xs[^.a = 1]"),
        ("xs[^`a` = 1]", "xs[^a = 1]"),
        ("xs.map((G) => G.a)", "xs.map(a)"),
        ("sum V from xs", "sum V over V from xs"),
        ("exists X from xs : X.a", "exists X from xs where X.a"),
        ("- 5", "-5"),
        ("chain(xs, t, [C: COUNT(5) WHAT(a)])", "chain(xs, t, [C:WHAT(a) COUNT(>= 5)])"),
        ('"\\ud83d\\ude00"', '"😀"'),
    ]
    for left, right in pairs:
        assert parse(left) == parse(right)

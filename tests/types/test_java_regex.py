"""Is found what Java finds?  Cases with Java's answers, for the slower engine and, where it can, for RE2."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import regex

from pqltools.evaluation.regexes import search
from pqltools.types.patterns import bounded_pattern

FILE = Path(__file__).with_name("java_regex.toml")
CASES: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["case"]
#: Where we differ.
A_MISTAKE_OF_JAVA = {
    ("(?!(a)b)ac", "abac"),  # the group holds what an attempt that failed has matched
    ("(?iu)ß", "ẞ"),  # in a longer pattern, and the other way round, they are the same
}
CORNERS_OF_RE2 = {
    ("(a|)+", "aa"),  # a turn that matches nothing
    ("\\r$", "\r\n"),  # see `translation`
}


def test_there_are_cases() -> None:
    assert len(CASES) > 300


def answer(match: Any) -> dict[str, Any]:
    """As the cases write it."""
    if match is None:
        return {}
    groups = [False if group is None else group for group in match.groups()]
    return {"at": match.start(), "found": [match.group(0), *groups]}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['pattern']} in {case['text'][:20]!r}")
def test_what_java_finds(case: dict[str, Any]) -> None:
    written, text = case["pattern"], case["text"]
    if (written, text) in A_MISTAKE_OF_JAVA:
        return
    translated = bounded_pattern(written, groups=True)
    assert translated is not None
    expected = {key: case[key] for key in ("at", "found") if key in case}
    assert answer(regex.compile(translated).search(text)) == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['pattern']} in {case['text'][:20]!r}")
def test_what_an_evaluation_finds(case: dict[str, Any]) -> None:
    written, text, found = case["pattern"], case["text"], case.get("found", [None])
    if (written, text) in A_MISTAKE_OF_JAVA | CORNERS_OF_RE2:
        return
    assert (search(written, text) is not None) == ("at" in case)
    for group, expected in enumerate(found):
        assert search(written, text, group) == (None if expected is False else expected)
    assert search(written, text, len(found)) is None

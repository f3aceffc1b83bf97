"""What is said about regular expressions?  Laws for any text, then what Java makes of them, then the translation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from backtracker import Backtracker, TooManySteps
from pqltools.types.patterns import pattern
from pqltools.types.regex.parser import parse
from regexes import PIECES, patterns, simple

if TYPE_CHECKING:
    from pqltools.types.patterns import Pattern


def faults(found: Pattern) -> list[tuple[int, int]]:
    """All places that are spoken of."""
    invalid = [found.invalid.span] if found.invalid else []
    return invalid + [fault.span for fault in (*found.unsupported, *found.slower)] + [risk.span for risk in found.risks]


def check_answer(text: str) -> None:
    for groups in (True, False):
        found = pattern(text, groups=groups)
        assert all(0 <= start <= end <= len(text) for start, end in faults(found))
        assert (found.re2 is found.bounded is None) == bool(found.invalid or found.unsupported)
        assert (found.bounded is not None) == bool(found.slower)


@given(st.one_of(PIECES, st.text(), st.text(alphabet="a(|)*+?[]\\{1,}")))
def test_any_text_gets_an_answer_with_places_inside(text: str) -> None:
    check_answer(text)


@given(patterns())
def test_every_valid_pattern_is_read(text: str) -> None:
    assert pattern(text).invalid is None
    check_answer(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 4_000,
        "[" * 4_000,
        "(?:" * 200 + "a" + ")" * 200,
        "(a" * 70 + ")*" * 70 + "$",
        "a" * 1_000_000,
        "a|" * 2_000,
        "a*" * 2_000 + "b",
        "(?:" + "|".join(f"word{i}" for i in range(500)) + ")*$",
        "(((((a{9}){9}){9}){9}){9})*$",
        "a{1000000000}",
        "[" + "a-z" * 1_600 + "]*b",
        "\\Q" + "(" * 4_000,
        "\0" * 1000,
        "\ud800(",
    ],
    ids=lambda text: f"{text[:12]!r} {len(text)}",
)
def test_large_deep_and_odd_patterns_get_an_answer(text: str) -> None:
    check_answer(text)


def test_answers_are_remembered() -> None:
    assert pattern("^a+$") is pattern("^a+$")
    assert pattern("(a)$") != pattern("(a)$", groups=True)


#: What OpenJDK 17 and 25 refuse, with the place that is shown and a word of the message.
INVALID = {
    "[a-z": ("[", "never closed"),
    "[]": ("[", "never closed"),
    "[^]": ("[", "never closed"),
    "[[]": ("[", "never closed"),
    "[&&]": ("[&&", "between two sets"),
    "[b-a]": ("b-a", "backwards"),
    "[a-\\d]": ("a-\\d", "cannot end one"),
    "(a": ("(", "never closed"),
    "a)b": (")", "closes nothing"),
    "*a": ("*", "nothing before `*`"),
    "a**": ("*", "nothing before `*`"),
    "a+*": ("*", "nothing before"),
    "(?i)*": ("*", "nothing before"),
    "a|+": ("+", "nothing before"),
    "a{": ("{", "followed by a number"),
    "a{,3}": ("{", "followed by a number"),
    "a{2": ("{2", "not closed"),
    "a{3,2}": ("{3,2}", "no range"),
    "a{99999999999}": ("{99999999999}", "no range"),
    "a\\": ("\\", "escapes nothing"),
    "\\y": ("\\y", "no escape"),
    "\\E": ("\\E", "no escape"),
    "[\\b]": ("\\b", "no escape"),
    "[\\1]": ("\\1", "no escape"),
    "\\08": ("\\0", "octal"),
    "\\x4g": ("\\x", "hexadecimal"),
    "\\x{110000}": ("\\x{110000}", "hexadecimal"),
    "\\u12": ("\\u", "hexadecimal"),
    "\\c": ("\\c", "control character"),
    "\\p{Greek}": ("\\p{Greek}", "no character property `Greek`"),
    "\\p{alpha}": ("\\p{alpha}", "no character property"),
    "\\p{": ("\\p{", "`}` is missing"),
    "\\p{}": ("\\p{}", "no character property"),
    "\\k<x>": ("\\k<x>", "no group `x`"),
    "(?<n>a)(?<n>b)": ("(?<n>", "group `n` already"),
    "(?<1>a)": ("(?<1>", "name of a group"),
    "(?<n": ("(?<n", "name of a group"),
    "(?P<n>a)": ("(?P", "begins no group"),
    "(?#a)": ("(?#", "begins no group"),
    "(?y)": ("(?y", "begins no group"),
    "(?": ("(?", "begins no group"),
    "(?<=(ab)*)c": ("(?<=(ab)*)", "greatest length"),
    "\\N{no such thing": ("\\N{no such thing", "`}` is missing"),
}
#: What they take, though it looks wrong.
VALID = [
    *"""[]a] [^]a] [a-] [-a] [a^] [&] [a&b] [&&a] [a[^b]] [a-z&&[^b]] a{2}{3} {2} ^* \\b+ (?=a)* () (|) a|| } ] a} (?i)
(?-) (?i-s:a) (?idmsuxU)a \\1 \\Q[\\E* \\Q \\Qa [\\Q]\\E] \\0377 \\x{1F600} \\cA \\. \\_ \\é \\pL \\p{IsL}
\\p{IsGreek} \\p{InGreek} \\p{sc=Grek} \\p{L1} \\p{javaMirrored} \\R \\X \\h \\v [\\v-a] (?<n>a)\\k<n>
(?<=a{1,3})b (?<=a+)b a++ a*? a{2,}+ (?>a) \\u0061 \\uD83D\\uDE00 (a)(?<b1>b)\\12 [a&&&b] $^
\\z\\Z\\A\\G""".split(),
    "(?x:a#\n)",
    "\\N{DIGIT ONE}",
]


@pytest.mark.parametrize("text", INVALID)
def test_what_java_refuses(text: str) -> None:
    found = pattern(text)
    place, word = INVALID[text]
    assert found.invalid is not None
    assert word in found.invalid.message
    assert text[found.invalid.span[0] : found.invalid.span[1]] == place
    assert found.risks == found.unsupported == ()


@pytest.mark.parametrize("text", VALID)
def test_what_java_takes(text: str) -> None:
    assert pattern(text).invalid is None


SLOWER = {
    "(?=a)b": ("(?=a)", "lookahead"),
    "a(?!b)": ("(?!b)", "lookahead"),
    "(?<=a)b": ("(?<=a)", "lookbehind"),
    "(a)\\1": ("\\1", "what a group has matched"),
    "(?<n>a)\\k<n>": ("\\k<n>", "what a group has matched"),
    "a++b": ("a++", "possessive"),
    "(?>a)b": ("(?>a)", "atomic"),
    "a$b": ("$", "not at the end"),
    "(a$)*": ("$", "not at the end"),
    "(?m)^a": ("^", "(?m)"),
    "(?dm)a$": ("$", "(?m)"),
    "\\Ba": ("\\B", "\\B"),
    "\\R": ("\\R", "\\R"),
    "\\X": ("\\X", "\\X"),
    "(?U)\\w": ("\\w", "with `(?U)`"),
    "\\p{IsAlphabetic}": ("\\p{IsAlphabetic}", "`Alphabetic`"),
    "[\\p{L}&&[^a]]": ("[\\p{L}&&[^a]]", "combines"),
    "a{1001}": ("a{1001}", "1,000 repetitions"),
    "(a{50}){50}": ("a{50}", "1,000 repetitions"),
    "\\uD800": ("\\uD800", "surrogate"),
}
UNSUPPORTED = {
    "(?=a)\\p{InGreek}": ("\\p{InGreek}", "`InGreek`"),
    "(?i)\\p{Lu}": ("\\p{Lu}", "`Lu` with `(?i)`"),
    "(?i)\\p{IsUppercase}": ("\\p{IsUppercase}", "`Uppercase` with `(?i)`"),
    "[\\p{L}&&[^\\p{InGreek}]]": ("[\\p{L}&&[^\\p{InGreek}]]", "`InGreek`"),
    "(?c)a": ("(?c)", "canonical"),
    "\\b{g}": ("\\b{g}", "\\b{g}"),
    "a{20001}": ("a{20001}", "20,000 parts"),
    "(?:(?:ab){200}){200}": ("(?:ab){200}", "20,000 parts"),
    "(?<=(?>a|ab))c": ("(?>a|ab)", "atomic group in a lookbehind"),
    "(?<=a{1,2}+)c": ("a{1,2}+", "possessive repetition in a lookbehind"),
    "(?<=\\X)c": ("\\X", "\\X` in a lookbehind"),
    "(?<=(a|bc))d\\1": ("(a|bc)", "several lengths"),
    "(?:a|(b\\1))": ("\\1", "stands in"),
    "(?i)(a)\\1(?u)\\1": ("\\1", "in two ways"),
    "(?:" * 90 + "a" + ")" * 90: ("(", "nested more than"),
}


def test_what_is_nested_too_deep_for_the_slower_engine() -> None:
    deep = pattern("(?>" * 49 + "a" + ")*+" * 49).bounded
    assert deep is not None
    assert regex.search(deep, "a")
    (fault,) = pattern("(?>" * 60 + "a" + ")*+" * 60).unsupported
    assert "nested more than 100 deep" in fault.message


@pytest.mark.parametrize("quantifier", ["+", "++", "{1,3}", "{2,}", "{3}"])
def test_nested_repetitions_are_counted_as_they_are_written_out(quantifier: str) -> None:
    fault, *_ = pattern("(?=a)" + "(?:" * 40 + "a" + f"){quantifier}" * 40).unsupported
    assert "more than 20,000 parts" in fault.message
    found = pattern("(?=a)" + "(?:" * 7 + "a" + f"){quantifier}" * 7).bounded
    assert found is not None
    regex.compile(found)


@pytest.mark.parametrize("text", SLOWER)
def test_what_takes_the_slower_engine(text: str) -> None:
    found = pattern(text)
    place, word = SLOWER[text]
    assert found.invalid is None
    assert found.re2 is None
    assert found.bounded is not None
    assert found.unsupported == ()
    assert len(found.slower) == 1
    fault = found.slower[0]
    assert word in fault.message
    assert text[fault.span[0] : fault.span[1]] == place


@pytest.mark.parametrize("text", UNSUPPORTED)
def test_what_cannot_be_run(text: str) -> None:
    found = pattern(text)
    place, word = UNSUPPORTED[text]
    assert found.invalid is None
    assert found.re2 is found.bounded is None
    assert found.slower == ()
    assert len(found.unsupported) == 1
    fault = found.unsupported[0]
    assert word in fault.message
    assert text[fault.span[0] : fault.span[1]] == place


def test_a_captured_end_is_quick_where_no_group_is_wanted() -> None:
    assert pattern("(a|b$)").re2 is not None
    assert pattern("(a|b$)", groups=True).re2 is None
    assert pattern("(a)|b$", groups=True).re2 is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("J.hn", r"J[\x00-\x09\x0b-\x0c\x0e-\x84\x86-‧" "\u202a-\ud7ff\ue000-\U0010ffff]hn"),
        ("(?i)k1", r"[Kk]1"),
        ("(?iu)[^k]", "[\\x00-JL-jl-\u2129\u212b-\ud7ff\ue000-\U0010ffff]"),
        ("(?s).", "[\\x00-\ud7ff\ue000-\U0010ffff]"),
        (r"^a\z", r"\Aa\z"),
        (r"[a-z&&[^m-w]]+?", r"[a-lx-z]+?"),
        (r"\s\p{L}[^\p{Lu}]", r"[\x09-\x0d\ ][\p{L}][^\p{Lu}]"),
        (r"(?:(a))(?<n>b)", r"(?:(a))(b)"),
        (r"\Q.*\E{2}", r"\.\*{2}"),
        (r"[a&&b]", "[^\\x00-\U0010ffff]"),
        (r"(?d)$", r"\n?\z"),
        ("(?x) a b # c", "ab"),
    ],
)
def test_translations(text: str, expected: str) -> None:
    assert pattern(text, groups=True).re2 == expected


@settings(deadline=None)
@given(
    simple(), st.lists(st.text(alphabet="abAB01 _-,.é\n\r\u2028K", max_size=6), min_size=1, max_size=8), st.booleans()
)
def test_translation_finds_what_java_finds(text: str, subjects: list[str], to_the_end: bool) -> None:
    """Python's `re` runs the translation here, whose syntax is the same but for the end."""
    whole = f"{text}$" if to_the_end else text
    found = pattern(whole)
    if found.re2 is None:
        return
    compiled = re.compile(found.re2.replace("\\z", "\\Z"))
    for subject in subjects:
        try:
            expected = Backtracker(subject).search(parse(whole))
        except TooManySteps:
            continue
        if not ("\r\n" in subject and to_the_end):  # see `translation` for the corner
            assert bool(compiled.search(subject)) == expected, subject

"""Is it true what is said about slow patterns?  Counted steps of a backtracking search, on texts that grow."""

from __future__ import annotations

from itertools import pairwise, product
from math import log
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backtracker import steps
from pqltools.types.patterns import pattern
from pqltools.types.regex.graphs import components, reachable
from pqltools.types.regex.parser import parse
from regexes import loops

if TYPE_CHECKING:
    from pqltools.types.regex.nodes import Expression

#: A pattern, what is told as exponential, and a piece to repeat with an end that does not match.
EXPONENTIAL = {
    "(a+)+$": ("(a+)+", "a", "!"),
    "(a*)*b": ("(a*)*", "a", "!"),
    "(a|a)*b": ("(a|a)*", "a", "!"),
    "(a|aa)+$": ("(a|aa)+", "a", "!"),
    "(a|ab|b)*$": ("(a|ab|b)*", "ab", "!"),
    "(a?a?)*b": ("(a?a?)*", "a", "!"),
    "(x+x+)+y": ("(x+x+)+", "x", "!"),
    "(.*)*x": ("(.*)*", "a", "!"),
    "^(\\w+\\s?)*$": ("(\\w+\\s?)*", "a", "!"),
    "^([a-z0-9.-]+)+\\.com$": ("([a-z0-9.-]+)+", "a", "!"),
    "(?i)^(a|A)*$": ("(a|A)*", "a", "!"),
    "^(\\s*,\\s*)*$": ("(\\s*,\\s*)*", ", ", "!"),
    "(\\w{1,20}\\s?){1,20}$": ("(\\w{1,20}\\s?){1,20}", "a", "!"),
    "((ab)*)*c": ("((ab)*)*", "ab", "!"),
    "(?:(a+)+b)?c": ("(a+)+", "a", "!"),
    "(?=(a+)+b)a": ("(a+)+", "a", "!"),
    "(?>(a+)+b)c": ("(a+)+", "a", "!"),
    "^(([a-z])+.)+[A-Z]([a-z])+$": ("(([a-z])+.)+", "a", "!"),
    "(a+?)+?$": ("(a+?)+?", "a", "!"),
    "((a|b)+|c)+$": ("((a|b)+|c)+", "ab", "!"),
}
#: A pattern, what is told as polynomial, its power, and a character to repeat.
POLYNOMIAL = {
    "\\s*\\s*$": ("\\s*\\s*", 3, " "),
    ".*.*=": (".*.*", 3, "a"),
    "\\w+\\d+$": ("\\w+\\d+", 3, "0"),
    "\\w+\\.?\\w+@": ("\\w+\\.?\\w+", 3, "a"),
    "^a*a*a*b": ("a*a*a*", 3, "a"),
    "^(.*),(.*),(.*),(.*)$": (".*),(.*),(.*),(.*", 4, ","),
    "(.*?,){11}P": ("(.*?,){11}", 6, ","),
}
#: Patterns of which nothing is said: they are quick, or slow by the square of the text's length.
QUICK = """^J.*n$ (?i)^john (a+)+ (a*)* ((a+)+|b)? (a++)+$ ((?>a+))+$ .*foo.*bar ^.*@.*\\..*$ .*@.*\\.com$ a*b (a|b)*c
(foo|fob)*$ ^[\\w.+-]+@[\\w-]+\\.[\\w.-]+$ [\\w.+-]+@[\\w-]+\\.[\\w.-]+
^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$ ^(\\d{20})*$ ^(\\d{3}-)*x$ ^(\\w+\\s)*\\w*$ ^\\w+\\d+$
^(foo|bar)+$ (ab|ac)*$ x*y*z*$ ^\\s*\\s*x (\\r?\\n)*$ [^,]*,[^,]*,[^,]*$ ^(ab|b)*$ ^(\\d{1,3}\\.){3}\\d{1,3}$
"(?:[^"\\\\]|\\\\.)*" ^\\s+|\\s+$ (?:a{2})*b (a|)*b (?:(?:a|b)c)*d \\bfoo\\b.*$ ^(\\+\\d{1,3})?[\\d\\s-]{6,}$
[A-Z]{1,2}\\d[A-Z\\d]?\\s*\\d[A-Z]{2} https?://[^/\\s]+/.* (?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.|$)){4}""".split()


@pytest.mark.parametrize("text", EXPONENTIAL)
def test_each_further_piece_multiplies_the_steps(text: str) -> None:
    part, piece, end = EXPONENTIAL[text]
    risk, *others = pattern(text).risks
    assert not others
    assert (risk.kind, text[risk.span[0] : risk.span[1]], risk.power) == ("exponential", part, None)
    assert risk.char is None or len(piece) > 1 or risk.char in "a0x"
    tree = parse(text)
    most = 60_000
    counts = [steps(tree, piece * times + end, most) for times in (4, 6, 8, 10)]
    assert all(more >= min(most, 1.9 * fewer) for fewer, more in pairwise(counts)), counts


@pytest.mark.parametrize("text", POLYNOMIAL)
def test_the_steps_grow_by_a_power(text: str) -> None:
    part, power, char = POLYNOMIAL[text]
    risk, *others = pattern(text).risks
    assert not others
    assert (risk.kind, text[risk.span[0] : risk.span[1]], risk.power) == ("polynomial", part, power)
    tree = parse(text)
    few, many = (steps(tree, char * length + "\n!", 150_000) for length in (12, 24))
    # Twice the text takes 2 to the power times the steps in the end; the beginning is slower.
    assert many >= min(150_000, few * 2 ** (power - 0.8)), (few, many)


@pytest.mark.parametrize("text", QUICK)
def test_nothing_is_said_of_ordinary_patterns(text: str) -> None:
    found = pattern(text)
    assert found.invalid is None
    assert found.risks == ()
    tree = parse(text)
    for piece in ("a", "0", ",", " ", ".", "a.", "ab", "-", "foo", "a ", "\n", '\\"'):
        length = 60 // len(piece)
        assert steps(tree, piece * length + "!", 40_000) < 40_000, piece


@pytest.mark.parametrize("text", ["(a+)+b" + "c" * 400, "(" + "|".join(f"a{i}" for i in range(200)) + ")+$"])
def test_too_large_patterns_are_left_alone(text: str) -> None:
    assert pattern(text).risks == ()


STARTS = ["".join(letters) for length in range(1, 7) for letters in product("ab", repeat=length)]
PIECES = STARTS[:14]
_MOST = 40_000


def is_exponential(tree: Expression, piece: str, end: str) -> bool:
    """Whether each further piece multiplies the steps, as far as a hundred thousand of them show it.

    Of a power each further piece adds a smaller share than the one before; twice as far on it is about half of it.
    """
    counts: list[int] = []
    while len(counts) < 8 and (not counts or counts[-1] < 3 * _MOST):
        counts.append(steps(tree, piece * (3 * len(counts) + 3) + end, 3 * _MOST))
    counts.pop()  # it may have been cut off
    growth = [log(more / fewer) for fewer, more in pairwise(counts)]
    return len(growth) < 3 or growth[-1] > 0.75 * max(growth[len(growth) // 2 - 1], 0.05)


@pytest.mark.parametrize("text", EXPONENTIAL)
def test_exponential_growth_is_seen(text: str) -> None:
    _, piece, end = EXPONENTIAL[text]
    assert is_exponential(parse(text), piece, end)


@pytest.mark.parametrize("text", [*[*POLYNOMIAL][:-1], "(?:a|a)(?:a)*(?:a)*(?:a)*!"])
def test_powers_are_not_taken_for_exponential(text: str) -> None:
    char = POLYNOMIAL[text][2] if text in POLYNOMIAL else "a"
    assert not is_exponential(parse(text), char, "\n?")


@settings(deadline=None)
@given(loops(), st.sampled_from(["!", "$", ""]))
def test_patterns_of_which_nothing_is_said_are_not_exponential(text: str, end: str) -> None:
    whole = text + end
    if any(risk.kind == "exponential" for risk in pattern(whole).risks):
        return
    tree = parse(whole)
    for piece in PIECES:
        if steps(tree, piece * (18 // len(piece)) + "?", _MOST) == _MOST:
            assert not is_exponential(tree, piece, "?"), piece


@settings(deadline=None)
@given(loops(), st.sampled_from(["!", "$"]))
def test_what_is_told_as_exponential_is(text: str, end: str) -> None:
    whole = text + end
    if all(risk.kind != "exponential" for risk in pattern(whole).risks):
        return
    tree = parse(whole)
    # What leads to the loop, and what it repeats, is short or stands in the pattern as it is.
    letters = "".join(letter for letter in text if letter in "ab")
    starts = dict.fromkeys(["", *STARTS, *(letters[:length] for length in range(len(letters)))])
    pumps = (f"{start}{piece * max(24 // len(piece), 16)}?" for start in starts for piece in STARTS)
    assert any(steps(tree, pump, _MOST) == _MOST for pump in pumps), whole


@given(st.dictionaries(st.integers(0, 6), st.lists(st.integers(0, 6), max_size=3), max_size=7))
def test_components_are_the_nodes_that_reach_one_another(edges: dict[int, list[int]]) -> None:
    def reaches(one: int, other: int) -> bool:
        return other in reachable(edges, edges.get(one, ()))

    nodes = {*edges, *(target for targets in edges.values() for target in targets)}
    expected = {frozenset(b for b in nodes if reaches(a, b) and reaches(b, a)) for a in nodes if reaches(a, a)}
    assert {frozenset(component) for component in components(edges)} == expected

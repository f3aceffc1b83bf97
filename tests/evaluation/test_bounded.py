"""Does a search always end, and what happens to a profile whose search does not in time?"""

from __future__ import annotations

import pickle
import subprocess
import sys
from contextlib import suppress
from typing import Any

import pytest

from pqltools import PQLError
from pqltools.evaluation import EvaluationTimeout, bounded, compile, compile_value, evaluate
from pqltools.evaluation.naive.walker import Walker
from pqltools.evaluation.program import prepare
from pqltools.evaluation.regexes import compiled, search

MEGABYTE = 1_000_000
#: Patterns that RE2 cannot run, with texts that take Java hours.
CATASTROPHES = {
    r"(a|a)*$(?=b)": "a" * 50 + "x",
    r"(a|aa)+$(?<!x)": "a" * 60 + "x",
    r"(?=(a+)+[bd])c": "a" * 50 + "c",
    r"(?=(?:a|[ab])*[bd]$)[ac]": "a" * 50 + "c",
    r"(?!(?:a|[ab])*[bd]$)(?:a|[ac])*[df]": "a" * 50 + "c",
    r"(?<=[bx](?:a|[ac]){0,60})[df](?<!(?:a|aa){1,60}[bd])": "a" * 60 + "d",
    r"(?>(?:a|[ac])*[bd])(?=e)": "a" * 50 + "c",
    r"(?:(?:a|[ac])*[bd])++[ef]": "a" * 50 + "c",
    r"^(a*)(a*)(a*)(a*)(a*)\1\2\3\4\5$": "a" * 501 + "c",
    r"(.*)\1(.*)\2(.*)\3$": "abcdefgh" * 1_000 + "x",
    r"(x+x+)+y(?=z)": "x" * 5_000 + "w",
    r"(?m)^(?:[a-z]+ ?)+$(?=1)": "word " * 100 + "!",
    r"(?i)((?:k|K)+)+\1[bc]": "k" * 60,
}


@pytest.mark.parametrize("regex", CATASTROPHES)
def test_a_catastrophe_ends_within_the_limit(regex: str) -> None:
    text = CATASTROPHES[regex]
    assert isinstance(compiled(regex, groups=False), bounded.BoundedPattern)
    try:
        assert search(regex, text) in (None, "")
    except EvaluationTimeout as error:
        assert "was given up after 0.1 seconds" in str(error)


def test_some_of_them_do_run_into_the_limit() -> None:
    with pytest.raises(EvaluationTimeout):
        search(r"(x+x+)+y(?=z)|(a|a)*$", "x" * 5_000 + "a" * 50 + "w")


@pytest.mark.parametrize(
    "regex",
    [
        r"a(?=b)",
        r"(?=.*z)a",
        r"(?<=b)a",
        r"(?:a|b)*(?=[cd])",
        r"(a|b)*+c",
        r"(?:.|\s)*?z(?=a)",
        r"(\w+)\1z",
        r"(?m)^a$",
        r"(?U)\ba",
        r"[\p{L}&&[^c]]+z(?=a)",
        r"(?>a+b?)+c",
    ],
)
def test_a_megabyte_ends(regex: str) -> None:
    for text in ("a" * MEGABYTE, "ab" * (MEGABYTE // 2)):
        with suppress(EvaluationTimeout):
            search(regex, text)


def both(expression: str, profile: dict[str, Any]) -> list[Any]:
    """What the compiled function and the walker say, errors included."""
    answers: list[Any] = []
    program = prepare(expression, now=0)
    function, walker = compile_value(expression, now=0), Walker(program, [profile], {})
    for evaluator in ("compiled", "naive"):
        try:
            answers.append(function(profile) if evaluator == "compiled" else walker.result())
        except EvaluationTimeout as error:
            answers.append(str(error))
    return answers


SLOW = r'personalEmail.address.matches("(x+x+)+y(?=z)")'


def test_both_evaluators_raise_it() -> None:
    expected = "PQL074 the search for `(x+x+)+y(?=z)` was given up after 0.1 seconds"
    assert both(SLOW, {"personalEmail": {"address": "x" * 5_000 + "ay"}}) == [expected, expected]
    group = SLOW.replace("matches", "regexGroup") + ' = "x"'
    assert both(group, {"personalEmail": {"address": "x" * 5_000 + "ay"}}) == [expected, expected]
    named = 'stringCompare("matches", personalEmail.address, "(x+x+)+y(?=z)")'
    assert both(named, {"personalEmail": {"address": "x" * 5_000 + "ay"}}) == [expected, expected]


def test_the_next_profile_has_its_answer() -> None:
    predicate = compile(SLOW)
    with pytest.raises(EvaluationTimeout):
        predicate({"personalEmail": {"address": "x" * 5_000 + "ay"}})
    assert predicate({"personalEmail": {"address": "xxxyz"}})
    assert not predicate({"personalEmail": {"address": "xxxy"}})
    assert not predicate({})


def test_the_error_is_data() -> None:
    with pytest.raises(PQLError) as caught:
        evaluate(SLOW, {"personalEmail": {"address": "x" * 5_000 + "ay"}})
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "PQL074"
    assert diagnostic.name == "search-given-up"
    assert diagnostic.help is not None
    copy = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(copy, EvaluationTimeout)
    assert copy.diagnostics == caught.value.diagnostics


def test_the_limit_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    predicate = compile(SLOW)
    monkeypatch.setattr(bounded, "TIME_LIMIT", 0.02)
    with pytest.raises(EvaluationTimeout, match=r"given up after 0\.02 seconds"):
        predicate({"personalEmail": {"address": "x" * 5_000 + "ay"}})


def test_what_neither_engine_can_run_is_an_error_before_the_run() -> None:
    with pytest.raises(PQLError, match="the property `InGreek` in the regular expression cannot be run here"):
        compile(r'a.matches("(?=a)\\p{InGreek}")')
    with pytest.raises(PQLError, match="the regular expression is invalid"):
        compile(r'a.matches("(?=a")')


def test_a_pattern_from_the_profile() -> None:
    assert evaluate("a.matches(b)", {"a": "xaa", "b": "(a)\\1"}) is True
    assert evaluate("a.regexGroup(b, 1)", {"a": "xaa", "b": "(a)\\1"}) == "a"
    assert evaluate("a.matches(b)", {"a": "xaa", "b": "(?=a)\\b{g}"}) is False


def test_odd_texts() -> None:
    assert search("(?=a)", "") is None
    assert search("(?=)", "") == ""
    assert search("(?=(\\uD83D))", "a\ud83db", 1) == "\ud83d"
    assert search("(.)\\1", "\ud83d\ud83d", 0) == "\ud83d\ud83d"
    assert search("(?s)(?=(.))", "\0", 1) == "\0"
    assert search("(?=(a))", "a", 2) is None
    assert search("(?=(a))", "a", -1) is None


def test_the_end_of_a_line_is_not_part_of_what_is_found() -> None:
    assert search("a$", "a\r\n", 0) == "a"
    assert search("a\\s*$", "a\r\n", 0) == "a\r\n"
    assert search("(?s).*$", "a\n", 0) == "a\n"


def test_what_is_too_large_for_re2_takes_the_other_engine() -> None:
    regex = "[\\p{L}\\p{N}]{1000}"
    assert isinstance(compiled(regex, groups=False), bounded.BoundedPattern)
    assert search(regex, "é" * 1000) == ""
    assert search(regex, "é" * 999) is None


def test_the_engine_is_imported_when_a_pattern_needs_it() -> None:
    program = (
        "import sys; from pqltools.evaluation import evaluate;"
        """evaluate('a.matches("^b+$")', {"a": "b"}); assert "regex" not in sys.modules;"""
        """evaluate('a.matches("(?=b)")', {"a": "b"}); assert "regex" in sys.modules"""
    )
    subprocess.run([sys.executable, "-c", program], check=True)

"""Does an expression that is being edited get what it would get if it were checked anew?  After every edit."""

from __future__ import annotations

import json
import random
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counted_work import calls_of
from pqltools.diagnostics import Diagnostic
from pqltools.formats.pql_text import to_text
from pqltools.workspace.expressions import Checker, Known
from pqltools.workspace.given import GivenSegment
from pqltools.workspace.live import Live
from pqltools.workspace.selection import Selection
from pqltools.xdm.standard import standard
from typed_expressions import conditions

CHECKER = Checker(Selection(), Known(standard(), 1_768_435_200_000))
STREAMING = Checker(Selection(), Known(standard(), 1_768_435_200_000, "streaming"))

#: What clauses are made of; some stand beside others that say the same, the opposite, or something impossible.
CLAUSES = [
    'homeAddress.countryCode = "US"',
    'homeAddress.countryCode != "US"',
    "person.birthYear > 1990",
    "person.birthYear < 1980",
    "not (person.birthYear > 1990)",
    'person.gender.notEqualTo("male", false)',
    "person.gender.isNull()",
    "loyalty.tier = 1",
    'C1.name = "x"',
    "true",
    "((person.birthYear = 1))",
    '(homeAddress.city = "a" or (homeAddress.city = "b" and person.birthYear = 2))',
    '(homeAddress.city = "a" and person.birthYear = 2)',
    'xEvent.exists(eventType = "x" and timestamp occurs <= 3 days before now)',
    "xEvent.count(commerce.purchases.value > 1) > 2",
    "(exists E from xEvent where E.eventType = null)",
    'chain(xEvent, timestamp, [A: WHAT(eventType = "a"), B: NOT WHAT(eventType = "b") WHEN(<= 3 days after A)])',
    "homeAddress.city = 'b\\q'",
    "$1.person.birthYear = 3 // noqa: PQL405",
    'homeAddress.city = "😀" /* why */',
    "`and` = 1",
    "person.birthYear = (5",
    'homeAddress.city = "open',
]
#: What is typed, besides single characters.
TYPED = [
    *"()\"[]{}'`. ,=!/\n\r😀“^$",
    "/*",
    "*/",
    "// noqa\n",
    " and ",
    " or ",
    "not ",
    "xs.exists(",
    "select X from xs where ",
]
TYPED += [f" and {clause}" for clause in CLAUSES] + [f"{clause} or " for clause in CLAUSES]


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Clauses with some joining words and layout."""
    kinds = st.sampled_from(CLAUSES) | conditions(budget=4).map(to_text)
    parts = draw(st.lists(kinds, min_size=1, max_size=7))
    words = st.sampled_from([" and ", " and ", " or ", "\nand ", "\r\nOR\n", " and\n  "])
    return parts[0] + "".join(draw(words) + part for part in parts[1:])


@st.composite
def edits(draw: st.DrawFn, most: int = 6) -> list[str]:
    """The states of a text that is being edited."""
    text = draw(texts())
    states = [text]
    for _ in range(draw(st.integers(1, most))):
        at = draw(st.integers(0, len(text)))
        gone = draw(st.sampled_from([0, 0, 0, 1, 1, 2, 7, 40]))
        come = draw(st.sampled_from(["", *TYPED])) if gone else draw(st.sampled_from(TYPED))
        before, text = text, text[:at] + come + text[at + gone :]
        states.append(text)
        if draw(st.booleans()):
            text = before
            states.append(text)
    return states


def same_after_each(states: list[str], checker: Checker = CHECKER, segment: GivenSegment | None = None) -> list[bool]:
    """Compare with the full check after each edit; whether each was checked as a whole."""
    live = Live(checker, segment=segment, shortest=0, fewest=1)
    whole = []
    for text in states:
        found, wanted = live.update(text), checker.check("pql/text", text, segment=segment)
        assert [*map(all_of, found.diagnostics)] == [*map(all_of, wanted.diagnostics)], text
        assert found.suppressed == wanted.suppressed
        assert found.tree == wanted.tree
        start, end = live.clause_at(len(text) // 2)
        assert 0 <= start <= end <= len(text)
        whole.append(found.whole)
    return whole


def all_of(it: Diagnostic) -> tuple[object, ...]:
    """What has to be the same: the fields that take part in equality."""
    return it.code, it.message, it.span, it.severity, it.help, it.related, it.fixes, it.path


@given(edits())
@settings(max_examples=150)
def test_live_is_the_full_check(states: list[str]) -> None:
    same_after_each(states)


@given(edits(3))
@settings(max_examples=60)
def test_with_a_method_and_a_definition(states: list[str]) -> None:
    segment = GivenSegment.of({"id": "s", "expression": {"type": "PQL", "format": "pql/text", "value": ""}}, None)
    same_after_each(states, STREAMING, segment)


@pytest.mark.nightly
@given(st.data())
@settings(max_examples=20)
def test_long_sessions(data: st.DataObject) -> None:
    same_after_each(data.draw(edits(most=500)))


def corpus() -> list[str]:
    """Valid texts of the corpus."""
    import tomllib

    found: list[str] = []
    for path in sorted((Path(__file__).parents[1] / "corpus").glob("*.toml")):
        for value in tomllib.loads(path.read_text(encoding="utf-8")).values():
            if isinstance(value, list):
                found += [
                    case["text"] for case in value if isinstance(case, dict) and isinstance(case.get("text"), str)
                ]
    return found


def test_corpus_texts_as_clauses() -> None:
    """Each is put between others, taken out by and by, and joined with what comes next."""
    chance = random.Random(7)
    all_texts = [text for text in corpus() if len(text) < 300]
    assert len(all_texts) > 50
    for _ in range(60):
        parts = [
            f"({chance.choice(all_texts)})" if chance.random() < 0.7 else chance.choice(all_texts) for _ in range(5)
        ]
        text = " and ".join(parts)
        states = [text]
        for _ in range(4):
            at = chance.randrange(len(text))
            states.append(text[:at] + chance.choice(TYPED) + text[at + chance.randrange(3) :])
        same_after_each(states)


def test_edits_in_a_clause_are_not_checked_as_a_whole() -> None:
    """Typing a clause to its end, through everything that is half open."""
    clauses = [f'homeAddress.city = "c{n}"' for n in range(30)]
    before, after = "\nand ".join(clauses[:15]) + "\nand ", "\nand " + "\nand ".join(clauses[15:])
    typed = 'xEvent.exists(eventType = "a (b" and timestamp occurs <= 3 days before now)'
    states = [before + typed[:end] + after for end in range(len(typed) + 1)]
    whole = same_after_each(states)
    assert sum(whole) <= 3, [
        state[len(before) : -len(after)] for state, is_whole in zip(states, whole, strict=True) if is_whole
    ]


def test_clause_at() -> None:
    live = Live(CHECKER, shortest=0, fewest=1)
    text = "a = 1 and xs.exists(b and c) or d = (2"
    live.update(text)
    found = {text[slice(*live.clause_at(at))] for at in range(len(text) + 1)}
    assert found == {"a = 1 ", " xs.exists(b and c) ", " d = (2"}
    live.update("")
    assert live.clause_at(0) == (0, 0)
    assert live.clause_at(99) == (0, 0)


def test_analysis_stays_true() -> None:
    """What was handed out does not move with the text."""
    live = Live(CHECKER, shortest=0, fewest=1)
    text = " and ".join(CLAUSES[:4])
    first = live.update(text)
    spans = [it.span for it in first.diagnostics]
    tree = first.tree
    live.update("person.birthYear = 7 and " + text)
    assert [it.span for it in first.diagnostics] == spans
    assert first.tree is tree
    assert tree is not None
    assert tree.span == (0, len(text))


def test_memory_is_bounded() -> None:
    live = Live(CHECKER)
    clauses = " and ".join(f'homeAddress.city = "c{n}"' for n in range(100))
    live.update(clauses)
    size = len(live._whole.typing.types)
    for number in range(250):
        live.update(f"person.birthYear = {number} and {clauses}")
    assert len(live._whole.typing.types) < size + 20
    assert len(live._old) <= 200


def test_one_keystroke_among_hundreds_of_clauses_is_cheap() -> None:
    """It is a small part of the work of a full check; `tests/benchmarks/live.py` has the times."""
    clause = '(homeAddress.city = "c{}" or xEvent.exists(eventType = "e" and timestamp occurs <= {} days before now))'
    text = "\nand ".join(clause.format(n, n) for n in range(200))
    live = Live(CHECKER)
    live.update(text)

    at = text.index('"c5') + 3
    states = [f"{text[:at]}{'x' * n}{text[at:]}" for n in range(1, 10)]
    CHECKER.check("pql/text", text)
    full = calls_of(partial(CHECKER.check, "pql/text", states[-1]))
    assert max(calls_of(partial(live.update, state)) for state in states) < full / 15


def test_odd_texts() -> None:
    for text in [
        "",
        " ",
        "and",
        "or or",
        "(" * 5000,
        "a and " * 3000,
        '"' * 99,
        "// noqa",
        "\ud800 and a",
        json.dumps([]),
    ]:
        same_after_each([text, text + ")", text + " and a", text])

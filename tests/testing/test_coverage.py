"""Does coverage count the conditions, and what the tests have seen of them?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from evaluable import evaluable_expressions
from pqltools.evaluation.program import prepare
from pqltools.formats.pql_json import to_json
from pqltools.syntax.ast import Expr
from pqltools.testing.coverage import Coverage, Covered, conditions, percent
from pqltools.testing.fragments import text_of
from profiles import wild_profiles
from testing_files import NOW, read, read_data, run


def texts(expression: str) -> list[str]:
    program = prepare(expression, now=NOW)
    return [text_of(node, program) for node in conditions(program)]


def covered(data: Any, folder: Path | None = None) -> tuple[Covered, ...]:
    coverage = Coverage()
    run(read_data(data, folder), coverage)
    return coverage.report()


def test_what_the_conditions_are() -> None:
    assert texts("a = 1") == ["a = 1"]
    assert texts("a and not b or c") == ["a and not b or c", "a and not b", "a", "not b", "b", "c"]
    assert texts("if(a, b, c) = 1") == ["if(a, b, c) = 1", "a"]
    assert texts("xs[this.y = 1 and z].count() > 0")[1:] == ["y = 1 and z", "y = 1", "z"]
    assert texts("exists X from xs where X.a and X.b") == [
        "exists X from xs where X.a and X.b",
        "X.a and X.b",
        "X.a",
        "X.b",
    ]
    chain = "CHAIN(xEvent, timestamp, [A: WHAT(a) WHERE(b) WHEN(<= 1 day before now), B: WHAT(c = A.d)])"
    assert texts(chain)[1:] == ["a", "b", "<= 1 day before now", "c = A.d"]
    assert texts("let x = a in x and b") == ["let x = a in x and b", "x and b", "x", "b"]


def test_constants_do_not_count() -> None:
    assert texts("a and true and 1 = 1 and now occurs today") == ["a and true and 1 = 1 and now occurs today", "a"]
    assert texts('inSegment("x") or false') == ['inSegment("x") or false', 'inSegment("x")']


def test_what_was_seen() -> None:
    tests = [{"expression": "a = 1 and b = 2", "qualifies": False, "profile": {"a": 1, "b": 3}}]
    (found,) = covered({"tests": tests})
    assert (found.seen, found.possible, found.title) == (3, 6, "a.test.json:1")
    assert [(gap.text, gap.missing) for gap in found.gaps] == [
        ("a = 1 and b = 2", (True,)), ("a = 1", (False,)), ("b = 2", (True,))
    ]  # fmt: skip
    assert [(gap.line, gap.column) for gap in found.gaps] == [(1, 28), (1, 28), (1, 38)]


def test_what_was_not_reached_is_missing_twice() -> None:
    (found,) = covered({"tests": [{"expression": "a and b", "qualifies": False}]})
    assert [gap.missing for gap in found.gaps] == [(True,), (True,), (True, False)]


def test_the_tests_of_a_definition_add_up(tmp_path: Path) -> None:
    (tmp_path / "a.pql").write_text("// a comment\na = 1 and\n  xs.exists(this > 1)")
    tests = [
        {"profile": {"a": 1, "xs": [1, 2]}, "qualifies": True},
        {"profile": {"a": 2}, "qualifies": False, "now": "2020-01-01"},
        {"profile": {"a": 1, "xs": []}, "qualifies": False, "segments": {"x": True}},
    ]
    (found,) = covered({"definition": "a.pql", "tests": tests}, tmp_path)
    assert (found.seen, found.possible, found.gaps) == (8, 8, ())
    (found,) = covered({"definition": "a.pql", "tests": tests[:2]}, tmp_path)
    assert [(gap.line, gap.column, gap.text) for gap in found.gaps] == [(3, 3, "xs.exists(this > 1)")]


def test_the_whole_counts_where_it_is_asked_for() -> None:
    (found,) = covered({"expression": "a = 1", "tests": [{"qualifies": False}]})
    assert (found.seen, found.possible) == (1, 2)
    assert covered({"expression": "a = 1", "tests": [{"value": False}, {"diagnostics": []}]}) == ()
    (found,) = covered({"expression": "xs[this > 1].count()", "tests": [{"profile": {"xs": [1, 2]}, "value": 1}]})
    assert (found.seen, found.possible) == (2, 2)


def test_trees_have_the_place_of_the_whole(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(to_json(prepare("a and b").tree)))
    (found,) = covered({"definition": "a.json", "tests": [{"qualifies": False}]}, tmp_path)
    assert {(gap.line, gap.column) for gap in found.gaps} == {(1, 1)}


def test_windows_of_sequences_are_seen() -> None:
    text = """
expression: 'CHAIN(xEvent, timestamp, [A: WHAT(x) WHEN(<= 1 day before now)])'
now: 2024-03-15
tests:
  - {profile: {xEvent: [{x: 1, timestamp: 2024-03-14T12:00:00Z}]}, qualifies: true}
  - {profile: {xEvent: [{x: 1, timestamp: 2024-03-01T12:00:00Z}, {timestamp: 2024-03-14}]}, qualifies: false}
"""
    coverage = Coverage()
    assert [result.status for result in run(read(text), coverage)] == ["passed", "passed"]
    assert [(each.seen, each.possible) for each in coverage.report()] == [(6, 6)]


def test_percent() -> None:
    assert percent([]) == 100
    assert percent([Covered("a", "a", 1, 2, ()), Covered("b", "b", 2, 2, ())]) == 75


@given(evaluable_expressions(), st.lists(wild_profiles(), max_size=4), st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_coverage_grows_with_the_tests_in_any_order(tree: Expr, profiles: list[Any], random: Any) -> None:
    program = prepare(tree, now=NOW)
    suite = read("expression: a = 1\ntests: [{qualifies: true}]")
    subject = suite.tests[0].subject
    assert subject is not None

    def seen(profiles: list[Any]) -> tuple[int, int]:
        coverage = Coverage()
        for profile in profiles:
            coverage.add(subject, program, profile, {}, as_condition=True)
        return sum(each.seen for each in coverage.report()), sum(each.possible for each in coverage.report())

    counts = [seen(profiles[:length]) for length in range(1, len(profiles) + 1)]
    assert [number for number, _ in counts] == sorted(number for number, _ in counts)
    assert all(number <= possible for number, possible in counts)
    assert len({possible for _, possible in counts}) <= 1
    shuffled = [*profiles]
    random.shuffle(shuffled)
    assert seen(shuffled) == seen(profiles)

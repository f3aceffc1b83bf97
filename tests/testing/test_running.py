"""Does a test come out as it should, and does a failure say why?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pqltools.data.decoding import as_decoded
from pqltools.evaluation import evaluate
from pqltools.evaluation.explaining.drawing import Style
from pqltools.testing import running
from pqltools.testing.comparing import difference
from pqltools.testing.coverage import Coverage
from pqltools.testing.texts import drawn, explained
from profiles import profiles
from testing_files import NOW, read, read_data, run, statuses

CONDITIONS = ["a = 1", "a > 1", "b.c", "a = 1 and b.c", "not (a = 1)", "count(xs) > 1", "xs.exists(this > 2)"]


def one(**test: Any) -> Any:
    """The result of a single test."""
    (result,) = run(read_data({"tests": [test]}))
    return result


def because(result: Any) -> list[str]:
    """What is said below `because`."""
    lines = explained(result, Style())
    return [line[2:] for line in lines[lines.index("because") + 1 :]]


def test_passed_and_failed() -> None:
    assert one(expression="a = 1", profile={"a": 1}, qualifies=True).status == "passed"
    failed = one(expression="a = 1", profile={"a": 2}, qualifies=True)
    assert (failed.status, failed.got) == ("failed", False)
    assert because(failed) == ["✗ a = 1 — a is 2"]


def test_values() -> None:
    orders = {"orders": [{"total": 20}, {"total": 5.5}]}
    for expression, value in {
        "orders.sum(total)": 25.5,
        "orders.count()": 2.0,
        "orders.map(total)": [20, 5.5],
        "orders.head()": {"total": 20.0},
        "now": "2024-03-15T10:30:00Z",
        "today": "2024-03-15",
        "nothing": None,
        "orders.exists(total > 6)": True,
    }.items():
        result = one(expression=expression, profile=orders, value=value)
        assert result.status == "passed", (expression, result.got)


def test_what_is_the_same() -> None:
    same: list[tuple[Any, Any]] = [
        (1, 1.0), (0.3, 0.1 + 0.2), ({"a": 1, "b": [2]}, {"b": [2.0], "a": 1}), ([], []), (None, None), ("x", "x")
    ]  # fmt: skip
    assert [difference(*pair) for pair in same] == [None] * len(same)
    different: dict[str, tuple[Any, Any]] = {
        "$": (True, 1),
        "$[1]": ([1, 2], [1, "2"]),
        "$[2]": ([1, 2, 3], [1, 2]),
        "$.a": ({"a": 1}, {}),
        "$.b.c[0]": ({"a": 1, "b": {"c": [0]}}, {"a": 1, "b": {"c": [False]}}),
    }
    for path, pair in different.items():
        assert difference(*pair) == path
        assert difference(*reversed(pair)) == path
    assert difference(10**400, 1.5) == "$"


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(), st.lists))
def test_everything_is_the_same_as_itself(value: Any) -> None:
    assert difference(value, value) is None
    assert difference(value, json.loads(json.dumps(value))) is None


def test_diagnostics() -> None:
    bad = "person.gender = person.gender"
    assert one(expression=bad, diagnostics=["self-comparison"]).status == "passed"
    assert one(expression=bad, diagnostics=["PQL302"]).status == "passed"
    failed = one(expression=bad, diagnostics=[])
    assert (failed.status, failed.got) == ("failed", ("PQL302",))
    assert [found.code for found in failed.diagnostics] == ["PQL302"]
    assert failed.diagnostics[0].source.name == "a.test.json"
    assert one(expression="a ==", diagnostics=["PQL001", "PQL004"]).status == "passed"


def test_diagnostics_are_those_of_one_definition(tmp_path: Path) -> None:
    def definition(name: str, text: str) -> dict[str, Any]:
        return {"name": name, "expression": {"type": "PQL", "format": "pql/text", "value": text}}

    bad, fine = "person.gender = person.gender", 'person.gender = "male"'
    (tmp_path / "page.json").write_text(json.dumps([definition("bad", bad), definition("fine", fine)]))
    (tmp_path / "lines.jsonl").write_text(
        "\n".join([json.dumps(definition("bad", bad)), json.dumps(definition("fine", fine))])
    )
    tests = [
        {"definition": {"file": file, "name": name}, "diagnostics": codes}
        for file in ("page.json", "lines.jsonl")
        for name, codes in (("bad", ["PQL302"]), ("fine", []))
    ]
    assert statuses(read_data({"tests": tests}, tmp_path)) == ["passed"] * 4


def test_the_configuration_of_the_definition_holds_for_diagnostics(tmp_path: Path) -> None:
    (tmp_path / "a.pql").write_text("person.gender = person.gender")
    config = tmp_path / "pqltools.toml"
    test = {"definition": "a.pql", "tests": [{"diagnostics": []}]}
    for text, status in (
        ("ignore = ['PQL3']", "passed"), ("", "failed"), ("ignroe = []", "error"), ("exclude = ['a.pql']", "error")
    ):  # fmt: skip
        config.write_text(text)
        (result,) = run(read_data(test, tmp_path))
        assert result.status == status


def test_the_clock() -> None:
    text = """
expression: a occurs <= 1 day before now
profile: {a: 2024-03-15T00:00:00Z}
tests:
  - {qualifies: true}
  - {now: 2024-03-17, qualifies: false}
  - {now: 2024-03-14, qualifies: false}
"""
    assert statuses(read(text)) == ["passed"] * 3
    assert [result.status for result in run(read(text), now=0)] == ["failed", "passed", "passed"]
    assert [result.now for result in run(read(text))] == [NOW, 1710633600000, 1710374400000]


def test_segments() -> None:
    text = """
expression: inSegment("a") and not inSegment("b")
segments:
  a: {expression: x = 1}
  b: false
tests:
  - {with: {x: 1}, qualifies: true}
  - {with: {x: 2}, qualifies: false}
  - {with: {x: 1}, segments: {b: true}, qualifies: false}
  - {with: {x: 1}, segments: {b: {expression: inSegment("a")}}, qualifies: false}
  - {with: {segmentMembership.ups.c: {status: realized}}, expression: inSegment("c"), qualifies: true}
"""
    assert statuses(read(text)) == ["passed"] * 5


def test_segments_of_the_file_and_of_the_configuration(tmp_path: Path) -> None:
    def definition(id: str, text: str) -> dict[str, Any]:
        return {"id": id, "expression": {"type": "PQL", "format": "pql/text", "value": text}}

    (tmp_path / "page.json").write_text(
        json.dumps([definition("main", 'inSegment("near") and inSegment("far")'), definition("near", "x = 1")])
    )
    (tmp_path / "others.json").write_text(json.dumps([definition("far", "y = 1"), definition("near", "x = 2")]))
    (tmp_path / "pqltools.toml").write_text("segments = ['others.json']")
    test = {
        "definition": {"file": "page.json", "id": "main"},
        "tests": [
            {"profile": {"x": 1, "y": 1}, "qualifies": True},
            {"profile": {"x": 2, "y": 1}, "qualifies": False},
            {"profile": {"x": 1, "y": 2}, "qualifies": False},
            {"profile": {"x": 1, "y": 2}, "segments": {"far": True}, "qualifies": True},
        ],
    }
    assert statuses(read_data(test, tmp_path)) == ["passed"] * 4
    (tmp_path / "pqltools.toml").write_text("segments = ['none.json']")
    assert {result.status for result in run(read_data(test, tmp_path))} == {"error"}


def test_what_cannot_be_evaluated_is_told_where_it_stands() -> None:
    text = """
tests:
  - {expression: nonsense(a), qualifies: true}
  - {expression: 'a ==', qualifies: true}
  - {expression: inSegment("s"), segments: {s: {expression: nonsense(b)}}, qualifies: true}
  - {expression: inSegment("s"), segments: {s: {expression: b ==}}, qualifies: true}
  - {expression: inSegment("s"), segments: {s: {expression: inSegment("s")}}, qualifies: true}
  - {expression: b = 1, segments: {s: {expression: b ==}}, qualifies: false}
"""
    results = run(read(text))
    assert [result.status for result in results] == ["error"] * 5 + ["passed"]
    marked = []
    for result in results[:5]:
        diagnostic = result.diagnostics[0]
        assert diagnostic.source is not None
        assert diagnostic.span is not None
        marked.append(diagnostic.source.text[slice(*diagnostic.span)])
    assert marked == ["nonsense(a)", "==", "nonsense(b)", "==", 'inSegment("s")']
    assert "circle" in results[4].diagnostics[0].message


def test_the_schema_of_the_file(tmp_path: Path) -> None:
    text = """
tenant: acme
schema: {schema}
expression: _acme.since < now
tests:
  - {{with: {{_acme.since: 1710000000000}}, qualifies: true}}
"""
    examples = Path(__file__).parents[2] / "examples" / "schemas"
    assert statuses(read(text.format(schema=examples))) == ["passed"]
    (tmp_path / "bad.json").write_text("{")
    results = run(read(text.format(schema=tmp_path / "bad.json")))
    assert [(result.status, result.diagnostics[0].code) for result in results] == [("error", "PQL030")]
    assert [result.status for result in run(read(text.format(schema=tmp_path / "bad.json")), schemas=(str(examples),))]


def test_a_mistake_of_ours_stops_one_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PQL_TRACEBACK", raising=False)

    def failing(expected: Any, got: Any) -> str | None:
        if expected == 2:
            raise ZeroDivisionError("oh")
        return difference(expected, got)

    monkeypatch.setattr(running, "difference", failing)
    suite = read("expression: a\nprofile: {a: 1}\ntests: [{value: 1}, {value: 2}, {value: 1}]")
    results = run(suite)
    assert [result.status for result in results] == ["passed", "error", "passed"]
    (problem,) = results[1].diagnostics
    assert (problem.code, problem.message) == ("PQL078", "the test stopped: ZeroDivisionError: oh")
    monkeypatch.setenv("PQL_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        run(suite)


def test_interrupting_is_no_mistake_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "difference", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(read("expression: a\ntests: [{qualifies: true}]"))


def test_why() -> None:
    result = one(
        expression='a = 1 and xs[this > 1].count() > 2 and city = "Bath"',
        profile={"a": 1, "xs": [1, 2, 3], "city": "Bath"},
        qualifies=True,
    )
    assert because(result) == [
        "✗ all of these 3 conditions",
        "  ✓ a = 1 — a is 1",
        "  ✗ xs[this > 1].count() > 2 — the count is 2; holds for 2 of 3 items",
        "    ✓ item 2 of 3: 2 — this is 2",
        "    ✓ item 3 of 3: 3 — this is 3",
        "    ✗ item 1 of 3: 1 — this is 1",
        '  · not evaluated: city = "Bath"',
    ]


def test_why_ends() -> None:
    many = " or ".join(f"a = {n}" for n in range(500))
    lines = because(one(expression=many, profile={"a": -1}, qualifies=True))
    assert (len(lines), lines[-1]) == (51, "… and 451 more lines")


def test_a_failure_that_a_null_decides_says_so() -> None:
    result = one(expression="not a = 1", qualifies=False)
    assert "got       qualifies (decided by a null)" in explained(result, Style())


def test_sequences_are_explained_and_covered_however_many_events_there_are() -> None:
    chain = ", ".join(f'C{n}: WHAT(eventType = "a")' for n in range(12))
    events = [{"eventType": "a", "timestamp": n * 1000} for n in range(3000)] + [{"eventType": "b", "timestamp": 0}]
    coverage = Coverage()
    test = {"expression": f"CHAIN(xEvent, timestamp, [{chain}])", "profile": {"xEvent": events}, "qualifies": False}
    (result,) = run(read_data({"tests": [test]}), coverage)
    assert because(result)[0].startswith("✓ CHAIN(")
    assert [(each.seen, each.possible) for each in coverage.report()] == [(25, 26)]


def test_what_a_failure_says() -> None:
    result = one(expression="xs", profile={"xs": [1, {"b": 2}]}, value=[1, {"b": 3}], name="a test")
    assert (
        drawn(result)
        == """\
a.test.json:1 a test
  a.test.json:1 at 2024-03-15T10:30:00Z
  expected  [1, {"b": 3}]
  got       [1, {"b": 2}]
  at        $[1].b
  because
    • xs has 2 items"""
    )


# Laws.

VALUES = st.sampled_from([0, 1, 2, True, False, None, "x"])
PROFILES = st.fixed_dictionaries(
    {"a": VALUES, "b": st.fixed_dictionaries({"c": VALUES}), "xs": st.lists(st.integers(0, 3), max_size=3)}
)
TESTS = st.fixed_dictionaries(
    {"expression": st.sampled_from(CONDITIONS), "profile": PROFILES, "qualifies": st.booleans()}
)


@given(st.lists(TESTS, min_size=1, max_size=5), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_tests_does_not_matter(tests: list[Any], random: Any) -> None:
    named = [{**test, "name": str(number)} for number, test in enumerate(tests)]
    shuffled = [*named]
    random.shuffle(shuffled)

    def outcome(tests: list[Any]) -> dict[str, Any]:
        return {
            result.test.name: (result.status, result.got, result.explanation)
            for result in run(read_data({"tests": tests}))
        }

    assert outcome(named) == outcome(shuffled)


@given(
    st.sampled_from(CONDITIONS),
    PROFILES,
    st.lists(
        st.fixed_dictionaries(
            {"qualifies": st.booleans()},
            optional={
                "profile": PROFILES,
                "with": st.dictionaries(st.sampled_from(["a", "b.c", "xs[0]"]), VALUES),
                "now": st.sampled_from(["2024-01-01", "2025-01-01T00:00:00Z"]),
            },
        ),
        min_size=1,
        max_size=4,
    ),
)
@settings(max_examples=60)
def test_a_table_is_its_rows_written_out(expression: str, profile: Any, rows: list[Any]) -> None:
    table = {"expression": expression, "profile": profile, "with": {"d": 1}, "cases": rows}
    written = [{**table, **row, "with": {**table["with"], **row.get("with", {})}} for row in rows]
    for each in written:
        del each["cases"]

    def outcome(tests: list[Any]) -> list[Any]:
        return [
            (result.status, result.got, result.explanation, result.now) for result in run(read_data({"tests": tests}))
        ]

    assert outcome([table]) == outcome(written)


@given(profiles(), st.sampled_from(["label", "size + 1", "tags", "orders", "home", "at"]))
@settings(max_examples=60)
def test_a_value_test_passes_for_what_evaluation_gives(profile: Any, expression: str) -> None:
    value = evaluate(expression, as_decoded(profile), now=NOW)
    (result,) = run(read_data({"tests": [{"expression": expression, "profile": profile, "value": value}]}))
    assert result.status == "passed"

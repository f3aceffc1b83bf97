"""Are many definitions at once what each of them is alone, whatever stands at the fields that are looked up?"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.fused.job import compile_job
from pqltools.evaluation.naive.comparisons import is_true
from pqltools.evaluation.naive.walker import Walker
from pqltools.evaluation.nulls import decided_by_null
from pqltools.evaluation.program import Program, prepare
from pqltools.evaluation.unknowns import unknown_program
from pqltools.xdm.standard import standard

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
NOW = 1_710_498_600_000
SCHEMA = standard()
#: What may stand where a text is expected, and alone decides nothing.
ODD: tuple[Any, ...] = (None, 0, 1, 1.0, -1, True, False, "", "0", "1", "1.0", "true", "false", "null", [], {}, [[]])
ODD_LISTS: tuple[Any, ...] = (["a"], ["A", None], [["a"]], [1, "a"], [None], [{"a": 1}], {"a": "a"}, ["a", "b"], 1e400)


def holds(program: Program, arguments: list[Any]) -> bool:
    """What the walker says."""
    return is_true(Walker(program, arguments).result())


def agree(
    texts: list[str], profiles: list[Any], *, plain_names: bool = False, segments: dict[str, str] | None = None
) -> list[list[int]]:
    """The answers of the job, which are those of the predicates and, for objects, of the walker."""
    programs = [prepare(text, SCHEMA, now=NOW, segments=segments) for text in texts]
    job = compile_job(programs, plain_names=plain_names)
    predicates = [compile_program(program, as_condition=True) for program in programs]
    answers = []
    for profile in profiles:
        found = job(profile)
        assert found == [index for index, predicate in enumerate(predicates) if predicate(profile)], profile
        for index, program in enumerate(programs if isinstance(profile, dict) else ()):
            assert holds(program, [profile]) is (index in found), (texts[index], profile)
        answers.append(found)
    # What one profile leaves behind is nothing to the next.
    assert [job(profile) for profile in profiles] == answers
    return answers


def filled(values: list[str], template: str) -> list[str]:
    return [template.replace("?", f'"{value}"') for value in values]


VALUES = ["a", "b", "A", "ä", "Ä", "ß", "SS", "İ", "1", "true", "null", "1.0", " a", ""]
FOUND = [*ODD, *ODD_LISTS, *VALUES, "i̇", "ss", "b "]


# Keys.


@pytest.mark.parametrize(
    "template",
    ["f = ?", "f.equals(?, true)", "f.equals(?, false)", "? = f", 'f in [?, "x"]', "f in [?, 1]", "f = ? and g = 1"],
)
@pytest.mark.parametrize("path", ["f", "o.f", "o.p.f"])
def test_keys_of_the_profile(template: str, path: str) -> None:
    profiles: list[Any] = []
    for value in FOUND:
        profile: Any = value
        for name in reversed(path.split(".")):
            profile = {name: profile}
        profiles.append({**profile, "g": 1})
    first = path.split(".")[0]
    profiles += [
        {first: odd} for odd in (*ODD, [{"f": "a"}, {"f": "b"}, {"p": {"f": "a"}}, None, 3, {"p": [{"f": "A"}]}])
    ]
    agree(
        filled(VALUES, template.replace("f", path, 1) if template[0] == "f" else template.replace("f", path)), profiles
    )


@pytest.mark.parametrize(
    "template",
    [
        "xEvent.exists(f = ?)",
        "xEvent.exists(f = ? and g > 1)",
        "xEvent.exists(f.equals(?, false))",
        "xEvent[f = ?].count() > 1",
        "xEvent[f = ?].count() = 0",
        "xEvent[f = ?].count() >= 1",
        'xEvent[f in [?, "q"]].sum(g) > 3',
        "xEvent[f = ?].sum(g) = 0",
        "xEvent[f = ?].average(g) > 1",
        "xEvent[f = ?].max(g) = 2",
        "(select E from xEvent where E.f = ? and E.g > 1).exists()",
        "not xEvent.exists(f = ?)",
        "xEvent[f = ?].exists(g = 2)",
        "xEvent.exists(o.f = ? or f = ?)",
        "xEvent.exists(items.exists(f = ?))",
        "xEvent.exists(items.exists(f = ? and g = 2))",
        'xEvent.exists(items.exists(f.equals(?, false)) and f = "a")',
        "xEvent.exists(items.f = ?)",
    ],
)
def test_keys_of_items(template: str) -> None:
    events = [{"f": value, "g": 2, "items": [{"f": value, "g": 2}, {"f": "a"}]} for value in FOUND]
    profiles: list[Any] = [{"xEvent": [event]} for event in events]
    profiles += [{"xEvent": [event, {"f": "a", "g": 1}, event]} for event in events]
    profiles += [{"xEvent": [{"f": "a", "items": value}, {"o": {"f": value}}]} for value in FOUND]
    profiles += [
        {"xEvent": value} for value in (*FOUND, [None, 3, "a", [], {"f": "a", "g": 4}, [{"f": "b", "g": 2}], True])
    ]
    agree(filled(VALUES, template), profiles)


def test_more_values_than_code_is_written_for() -> None:
    """Beyond 64 the values are looked up in a table of functions."""
    values = [f"kind-{number}" for number in range(150)]
    texts = filled(values, "xEvent.exists(eventType = ? and g > 1)") + filled(
        values, "xEvent[eventType = ?].count() > 1"
    )
    texts += filled([value.upper() for value in values], "xEvent.exists(eventType.equals(?, false))")
    odd_kinds: tuple[Any, ...] = (None, 3, "other", ["kind-7", "kind-8"], {}, True)
    profiles = [
        {
            "xEvent": [
                {"eventType": value, "g": 2},
                {"eventType": value.upper()},
                {"eventType": value},
                {"eventType": odd},
            ]
        }
        for value in values[::10]
        for odd in odd_kinds
    ]
    answers = agree(texts, profiles)
    assert answers[0] == [0, 150, 300]
    # As many values of one key of the profile.
    assert agree(filled(values, "f = ?"), [{"f": value} for value in values]) == [[index] for index in range(150)]


def test_values_in_both_ways() -> None:
    texts = [
        'f = "a"',
        'f = "A"',
        'f.equals("a", false)',
        'f.equals("A", false)',
        'f in ["a", "A", "a"]',
        'f in ["b", "A"]',
    ]
    found = agree(texts, [{"f": value} for value in ("a", "A", "b", "c", 1, None)])
    assert found == [[0, 2, 3, 4], [1, 2, 3, 4, 5], [5], [], [], []]


def test_what_looks_like_numbers_and_booleans() -> None:
    texts = [
        'f = "1"',
        'f = "01"',
        'f = "1.0"',
        'f = "true"',
        'f = "false"',
        'f = "1e0"',
        'f = "a"',
        'f = "b"',
        "f = 1",
    ]
    agree(texts, [{"f": value} for value in FOUND])
    agree([f"xEvent.exists({text})" for text in texts], [{"xEvent": [{"f": value}]} for value in FOUND])


# Counts, sums and chains.


@pytest.mark.parametrize("symbol", ["=", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("what", ["xEvent[k = 1].count()", "xEvent[k = 1].sum(g)", "xEvent.count()", "xEvent.sum(g)"])
def test_counts_and_sums(symbol: str, what: str) -> None:
    texts = [f"{what} {symbol} {number}" for number in (-1, 0, 1, 2, 2.5)] + [
        f"1 {symbol} {what}",
        f"g {symbol} {what}",
    ]
    lists: Any = ([], [1], [1, 1], [2, None, 3], ["1", True, 2], [-1], [1, -1], [[1, 2]], [10**400, 1], [1e308, 1e308])
    profiles: list[Any] = [{"g": 1, "xEvent": [{"k": 1, "g": value} for value in values]} for values in lists]
    profiles += [{"xEvent": [{"k": 2, "g": 1}]}, {}, {"xEvent": None}, {"xEvent": {"k": 1, "g": 1}}, {"xEvent": "x"}]
    agree(texts, profiles)


def test_a_number_is_a_condition() -> None:
    texts = [
        "xEvent.count()",
        'xEvent[f = "a"].count()',
        "xEvent.sum(g)",
        "not xEvent.count()",
        "xEvent.count() and f = 1",
    ]
    agree(texts, [{}, {"xEvent": []}, {"xEvent": [{"f": "a", "g": 0}], "f": 1}, {"xEvent": [{"g": -1}]}])


def test_chains() -> None:
    texts = [
        'CHAIN(xEvent, timestamp, [A: WHAT(eventType = "a")])',
        'CHAIN(xEvent, timestamp, [A: WHAT(eventType.equals("A", false))])',
        'CHAIN(xEvent, timestamp, [A: WHAT(eventType = "a") WHEN(<= 3 days before now)])',
        'CHAIN(xEvent, timestamp, [A: WHAT(eventType = "a"), B: WHAT(eventType = "b") WHEN(<= 2 days after A)])',
        'not CHAIN(xEvent, timestamp, [A: WHAT(eventType = "b" and timestamp occurs <= 9 days before now)])',
    ]
    times = [
        "2024-03-15T10:30:00Z",
        "2024-03-13T00:00:00Z",
        "2024-03-01T00:00:00+02:00",
        "2024-02-31T00:00:00Z",
        "no time",
    ]
    times += ["2024-03-14", "2024-03-14T25:00:00Z", "2024-03-14T10:30:00.123456Z"]
    odd: list[Any] = [*times, NOW, NOW - 1, None, True, [times[0], times[2]], ["no", times[1]], {}, 1e18, -(10**30)]
    profiles = [
        {"xEvent": [{"eventType": kind, "timestamp": time}, {"eventType": "b", "timestamp": other}]}
        for kind in ("a", "A", None, ["a"])
        for time in odd
        for other in odd[:3]
    ]
    agree(texts, profiles)


def test_arrays_of_times() -> None:
    days = (1, 2, 3, 7, 30)
    texts = [f"xEvent.exists(timestamp occurs <= {day} days before now)" for day in days]
    texts += [f'xEvent[eventType = "a" and timestamp occurs > {day} days before now].count() > 1' for day in days]
    texts += [f"xEvent.exists(timestamp occurs = {day} days before now)" for day in days]
    times = ["2024-03-15T10:30:00Z", "2024-03-08T10:30:00Z", "2024-01-01T00:00:00Z", "2024-03-12", NOW, None, "x", 3.5]
    lists: list[Any] = [*times, times, times[:2], times[1:3], [times[:2]], [], [None], {"a": times[0]}]
    agree(texts, [{"xEvent": [{"timestamp": value, "eventType": "a"}] * 2} for value in lists])


# Items that are no objects, and profiles that are none.


def test_items_that_are_no_objects() -> None:
    texts = [
        'xs.exists(this = "a")',
        "xs.exists(this > 1)",
        'xs[this = "a"].count() > 1',
        "xs.count() > 2",
        "xs.sum() > 2",
    ]
    texts += ['xs.exists(f = "a")', 'xs.exists(f = "b")', 'xs.exists(f = "c")', "xs.exists()", "not xs.exists()"]
    valid = [text for text in texts if _is_valid(text)]
    assert len(valid) >= 6
    agree(valid, [{"xs": value} for value in (*FOUND, [1, 2, "a", "a", None, {"f": "a"}, [{"f": "b"}], True])])


def _is_valid(text: str) -> bool:
    try:
        prepare(text, SCHEMA, now=NOW)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("plain_names", [False, True])
def test_profiles_that_are_none(plain_names: bool) -> None:
    texts = ['f = "a"', 'f = "b"', 'f = "c"', "f.isNull()", "xEvent.count() = 0", 'xEvent.exists(f = "a")']
    agree(texts, [{}, [], [{"f": "a"}], None, "a", 3, True, {"f": "a"}], plain_names=plain_names)


def test_standard_names() -> None:
    texts = ['f = "a"', 'f = "b"', 'f = "c"', 'xEvent.exists(f = "a")', 'xEvent[f = "b"].count() = 1']
    agree(texts, [{"xdm:f": "a"}, {"xdm:xEvent": [{"xdm:f": "a"}, {"f": "b"}]}, {"timeSeriesEvents": [{"f": "b"}]}])


def test_nothing_to_do() -> None:
    assert compile_job([])({}) == []
    assert agree(["true", "false"], [{}, None]) == [[0], [0]]


# Segments, and what nulls decide.

SEGMENTS = {
    "a": 'f = "a" or xEvent.exists(eventType = "a")',
    "b": 'inSegment("a") and xEvent[eventType = "b" and g > 1].count() > 0',
    "c": 'not inSegment("b")',
}
REFERRING = [
    'inSegment("a")',
    'inSegment("b")',
    'inSegment("c")',
    'inSegment("z")',
    "inSegment(f)",
    'f = "a" and inSegment("b")',
]
DATA: list[Any] = [
    {"f": f, "xEvent": events, "segmentMembership": {"ups": {"z": {"status": status}, "a": {"status": "realized"}}}}
    for f in ("a", "b", "z", None, 3)
    for events in ([], None, [{"eventType": "a"}, {"eventType": "b", "g": 2}], [{"eventType": "b"}, {"g": 1}])
    for status in ("realized", "exited")
]


def test_given_segments() -> None:
    agree(REFERRING, DATA, segments=SEGMENTS)


def test_what_nulls_decide() -> None:
    texts = [
        *REFERRING,
        *filled(["a", "b", "c"], "f = ?"),
        *filled(["a", "b"], "xEvent.exists(eventType = ? and g > 1)"),
    ]
    programs = [prepare(text, SCHEMA, now=NOW, segments=SEGMENTS) for text in texts]
    job = compile_job([*programs, *[unknown_program(program, SCHEMA.profile) for program in programs]])
    for profile in DATA:
        found = job(profile)
        count = len(programs)
        wanted = [index for index, program in enumerate(programs) if decided_by_null(program, [profile])]
        assert [index - count for index in found if index >= count] == wanted, profile
        assert [index for index in found if index < count] == [
            index for index, program in enumerate(programs) if holds(program, [profile])
        ]


# All at once.


def test_three_hundred_definitions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    for name in ("race", "sample_data"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    jobs = runpy.run_path(str(BENCHMARKS / "jobs.py"))
    programs = [prepare(text, now=jobs["NOW"]) for text in jobs["definitions"](300)]
    predicates = [compile_program(program, as_condition=True) for program in programs]
    data = jobs["profiles"](200)
    job, plain = compile_job(programs), compile_job(programs, plain_names=True)
    held = 0
    for profile in data:
        wanted = [index for index, predicate in enumerate(predicates) if predicate(profile)]
        assert job(profile) == plain(profile) == wanted
        held += len(wanted)
    assert held > 500

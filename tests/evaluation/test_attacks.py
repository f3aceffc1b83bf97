"""Can data stop an evaluation, or make it crawl?  Compiled functions never raise; their work grows as the data does."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from counted_work import calls_of
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.fused.job import compile_job
from pqltools.evaluation.program import Program, prepare
from pqltools.evaluation.runtime.comparisons import truth

NOW = 1_709_208_000_000
DEPTH = 10_000

#: Every function and form over the fields `a` and `b`.
EXPRESSIONS = (
    *[f"a {symbol} b" for symbol in ("=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "in", "notIn", "like")],
    *[f"a {symbol} 1" for symbol in ("=", "<", "in", "+")],
    *['a = "x"', 'a < "2024-01-01T00:00:00Z"', 'a in ["x", 1, true]', "a = [1]", "a = now", "a and b or not a", "-a"],
    *[f"a.{test}(b)" for test in ("startsWith", "endsWith", "contains", "doesNotContain", "equals", "notEqualTo")],
    *[f'a.{test}("ß", false)' for test in ("startsWith", "doesNotEndWith", "contains", "equals", "notEqualTo")],
    *['a.matches("(x+x+)+y")', 'a.regexGroup("(x+)$")', 'a like "%a%b%_"', "a matches b", "a.regexGroup(b)"],
    *[f"a.{name}(b)" for name in ("intersects", "intersection", "subsetOf", "supersetOf", "includes", "get")],
    *[f"a.{name}()" for name in ("distinct", "head", "keys", "values", "count", "sum", "average", "min", "max")],
    *[f"a.{name}()" for name in ("exists", "isNull", "isNotNull", "getYear", "getMonth", "getDayOfMonth")],
    *["a.topN(this, 2)", "a.bottomN(x, 2)", "a.groupBy(x)", "a.map(x)", "a[x]", "a.count(x)", "a.sum(x)", "a.x.x"],
    *["a.map((K, V) => mapEntry(K, V))", "mapEntry(a, b)", "date(a, b, 1)", "if(a, a, b)", "[a, b]", "a.topN(x, b)"],
    *[
        "select X from a where X.x",
        "select X from a, Y from X.x",
        "forall X from a where X",
        "one X from a",
        "a[this = b]",
    ],
    *["a occurs today", "a occurs before b", "a occurs <= 3 months before now", "a occurs between b and now"],
    *["chain(a, x, [C: WHAT(true)])", "chain(a, x, [C: WHAT(x) COUNT(2), N: NOT WHAT(this = ^b), D: WHAT(x = C.x)])"],
    *["inSegment(a)", 'inSegment("id")', 'stringCompare("<", a, b)', "stringCompare(a, b, b)", "let V = a in V = b"],
    *['identityMap["a"]', "identityMap.get(a)", "a = b and a.x = b.x and a.sum(x) = a.average(x)"],
)
PROGRAMS = [prepare(text, now=NOW) for text in EXPRESSIONS]


def nested(make: Callable[[Any], Any], inner: Any = 1) -> Any:
    for _ in range(DEPTH):
        inner = make(inner)
    return inner


#: Values as they come out of JSON, and what no JSON should hold.
VALUES: dict[str, Callable[[], Any]] = {
    "deep lists": lambda: nested(lambda inner: [inner]),
    "deep objects": lambda: nested(lambda inner: {"x": inner}),
    "deep mixture": lambda: nested(lambda inner: [{"x": [inner, 1]}]),
    "wide and deep": lambda: [nested(lambda inner: [inner], "x"), *["x"] * 1000],
    "a long string": lambda: "x" * 2**20,
    "a long number": lambda: "1" * 2**20,
    "a huge integer": lambda: 10**6000,
    "an integer beyond 64 bits": lambda: 2**63,
    "not a number": lambda: float("nan"),
    "infinite": lambda: [float("inf"), float("-inf"), float("nan"), None],
    "half a surrogate pair": lambda: "\ud800\udc00\ud800",
    "surrogates": lambda: ["\udfff", {"\ud800": "\ud800", "x": "\ud800"}],
    "duplicate keys": lambda: json.loads('{"x": 1, "x": {"x": 2}, "xdm:x": 3}'),
    "wrong types": lambda: [
        1,
        "x",
        True,
        None,
        1.5,
        {},
        [],
        {"x": []},
        {"x": {"x": 1}},
        {"x": "2024-02-29"},
        {"x": 10**400},
    ],
    "a map": lambda: {"x": 1, "y": [2], "": None, "UPS": {"id": {"status": "realized"}}},
    "times": lambda: [
        {"x": text} for text in ("2024-02-29T12:00:00Z", "9999-12-31", "0000-01-01", 2**63 - 1, -(2**63), 1e300)
    ],
    "nothing": lambda: None,
    "a boolean": lambda: True,
}


@pytest.mark.parametrize("other", ["the same", "nothing", "wrong types", "a long string"])
@pytest.mark.parametrize("name", VALUES)
def test_no_profile_raises(name: str, other: str) -> None:
    value = VALUES[name]()
    profile = {
        **{"a": value, "b": value if other == "the same" else VALUES[other](), "x": value, "xEvent": value},
        **{"identityMap": value, "segmentMembership": value},
    }
    expected = []
    for index, (value_of, predicate) in enumerate(_compiled()):
        holds = predicate(profile)
        assert holds is truth(value_of(profile)), EXPRESSIONS[index]
        expected += [index] * holds
    assert _job()(profile) == expected


@pytest.mark.parametrize("profile", [None, [], "x", 1, True, [[{}]], {1: 2, None: 3}, {"a": {1: 2}, "b": {None: []}}])
def test_no_other_thing_raises(profile: Any) -> None:
    for _, predicate in _compiled():
        predicate(profile)
    _job()(profile)


_CACHE: list[Any] = []


def _compiled() -> list[tuple[Any, Any]]:
    if not _CACHE:
        _CACHE.append([(_value(program), compile_program(program, as_condition=True)) for program in PROGRAMS])
        _CACHE.append(compile_job(PROGRAMS))
    found: list[tuple[Any, Any]] = _CACHE[0]
    return found


def _job() -> Any:
    _compiled()
    return _CACHE[1]


def _value(program: Program) -> Any:
    return compile_program(program, as_condition=False)


def events(count: int) -> dict[str, Any]:
    found = [{"x": number * 7919 % 1000, "timestamp": number, "k": f"k{number % 7}"} for number in range(count)]
    return {"a": found, "b": [event["x"] for event in found], "xEvent": found}


#: Two variables look at all pairs, as they say; so do comparisons within a filter, and chains that look back.
PAIRS = ("Y from", "[this = b]", "C.x")
LINEAR = [index for index, text in enumerate(EXPRESSIONS) if not any(part in text for part in PAIRS)]


def test_work_grows_as_the_data_does() -> None:
    small, large = events(500), events(2000)
    for index in LINEAR:
        value_of, _ = _compiled()[index]
        few, many = (calls_of(partial(value_of, profile)) for profile in (small, large))
        assert many <= 6 * few + 200, EXPRESSIONS[index]
    job = compile_job([PROGRAMS[index] for index in LINEAR])
    assert calls_of(partial(job, large)) <= 6 * calls_of(partial(job, small))


def test_many_events() -> None:
    profile = events(100_000)
    elements = 'A: WHAT(k = "k1"), N: NOT WHAT(k = "k9"), B: WHAT(k = "k2") COUNT(9), C: WHAT(k = "k3")'
    text = f"chain(xEvent, timestamp, [{elements}])"
    program = prepare(text, now=NOW)
    assert compile_program(program, as_condition=True)(profile) is True
    assert compile_job([program, *PROGRAMS[:3]])(profile)[:1] == [0]

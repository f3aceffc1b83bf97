"""Does an explanation tell the truth?  The evaluator's value, the items and events that decide, at any size."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counted_work import growth
from evaluable import evaluable_expressions
from pqltools import PQLError, to_text
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.explain import Explanation, Limits, explain, explain_program
from pqltools.evaluation.explaining.data import explanation_data
from pqltools.evaluation.explaining.drawing import Style, drawn
from pqltools.evaluation.explaining.wording import described, identified, value_text
from pqltools.evaluation.nulls import decided_by_null
from pqltools.evaluation.program import prepare
from pqltools.evaluation.values import Instant, as_json
from pqltools.syntax.ast import Expr
from pqltools.types.time import iso_instant
from profiles import NOW, profiles, wild_profiles
from typed_expressions import SCHEMA, conditions

MODELS = {"offers": [{"price": 2.5, "label": "a"}, {"price": None}]}
TIME = iso_instant("2024-03-15T10:30:00Z")


def everything(explanation: Explanation) -> Iterator[Explanation]:
    yield explanation
    for child in explanation.children:
        yield from everything(child)


@given(
    conditions() | evaluable_expressions(),
    st.lists(profiles() | wild_profiles(), min_size=1, max_size=2),
    st.sampled_from([Limits(), Limits(items=1), Limits(items=100, skipped=True)]),
)
def test_agrees_with_the_evaluator(expr: Expr, found: list[Any], limits: Limits) -> None:
    program = prepare(expr, SCHEMA, now=NOW)
    value, predicate = compile_program(program, as_condition=False), compile_program(program, as_condition=True)
    for profile in found:
        told = explain_program(program, [profile, 3], MODELS, limits=limits)
        assert repr(as_json(told.value)) == repr(as_json(value(profile, (3,), MODELS))), to_text(expr)
        assert told.holds is predicate(profile, (3,), MODELS), to_text(expr)
        assert told.unknown is decided_by_null(program, [profile, 3], MODELS), to_text(expr)
        json.dumps(explanation_data(told), allow_nan=False)
        assert all(line.isprintable() for line in drawn(told, Style()))


@given(conditions(), profiles())
def test_parts_combine_to_the_whole(expr: Expr, profile: Any) -> None:
    """What is told of the operands of a connective is what makes its own truth."""
    program = prepare(expr, SCHEMA, now=NOW)
    for part in everything(explain_program(program, [profile], limits=Limits(items=100))):
        held = [child.holds for child in part.children if child.evaluated]
        name = getattr(part.node, "function", None)
        if part.kind == "expression" and name in ("and", "or", "not") and held:
            assert part.value is {"and": all(held), "or": any(held), "not": not all(held)}[name]


def told(text: str, profile: Any, limits: Limits | None = None, width: int = 100, **options: Any) -> str:
    program = prepare(text, now=TIME, **options)
    return "\n".join(drawn(explain_program(program, [profile], limits=limits, text=text), Style(width)))


EVENTS = [
    {"_id": "a", "timestamp": "2024-03-10T00:00:00Z", "eventType": "view", "n": 1},
    {"_id": "b", "timestamp": "2024-01-10T00:00:00Z", "eventType": "buy", "n": "12"},
    {"_id": "c", "timestamp": "2024-03-12T00:00:00Z", "eventType": "view"},
]
PROFILE: dict[str, Any] = {"a": 1, "text": "x", "xEvent": EVENTS, "empty": None}


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ('homeAddress.city = "x"', "? homeAddress.city = \"x\" — the profile has no `homeAddress`"),
        ("a.b.c = 1", "`a` is 1, which has no fields"),
        ("empty = 1", "`empty` is null"),
        ("nothing != 1", "`!=` is false because the left side is null"),
        ('a = "1"', 'converted: the string "1" to 1'),
        ('a = "one"', 'the string "one" is no number'),
        ("text.contains(5)", 'converted: the number 5 to "5"'),
        ('xEvent.eventType = "buy"', 'holds for the item 2 of 3: "buy"'),
        ('xEvent.eventType = "other"', "holds for none of 3 items"),
        (
            'xEvent.head().timestamp occurs <= 30 days before now',
            "now is 2024-03-15T10:30:00Z: the window is 2024-02-14T10:30:00Z to 2024-03-15T10:30:00Z",
        ),
        ('"2024-01-01T00:00:00Z" occurs today', "too early; now is 2024-03-15T10:30:00Z: the window is 2024-03-15"),
        ('"2024-04-01T00:00:00Z" occurs before date(2024, 3, 1)', "that is too late; the window is before 2024-03-01"),
        ("false and a = 1", "· not evaluated: a = 1"),
        ("if(a = 1, true, text = 5)", "· not evaluated: else text = 5"),
        ("text", 'it is "x"; what is there holds'),
        ('exists E from xEvent where E.eventType = "buy"', "holds for 1 of 3 events\n  ✓ event 2 of 3"),
        ('exists E from xEvent where E.eventType = "buy"', "… and 2 more events: it holds for none of them"),
        ('forall E from xEvent where E.eventType = "view"', "✗ event 2 of 3"),
        ("xEvent.sum(n) > 1", "the sum is 1; 1 of 3 events have no value"),
        ("orders.exists(a = 1)", "the profile has no `orders`, so there are no items"),
        ('inSegment("known")', "✓ definition a = 1 — a is 1"),
        ('inSegment("unknown")', "the profile has no membership of this segment, and its definition was not given"),
        ("not nothing = 1", "? not — so this counts as true"),
    ],
)  # fmt: skip
def test_what_is_told(text: str, phrase: str) -> None:
    assert phrase in told(text, PROFILE, width=300, segments={"known": "a = 1"})


def test_chain_that_holds_names_its_events() -> None:
    found = told('chain(xEvent, timestamp, [A: WHAT(eventType = "buy"), N: NOT WHAT(n = 5), B: WHAT(n = 1)])', PROFILE)
    assert '✓ A: WHAT(eventType = "buy") — event 2 of 3: 2024-01-10T00:00:00Z, buy, b' in found
    assert "✓ N: NOT WHAT(n = 5) — no such events between 2024-01-10T00:00:00Z and 2024-03-10T00:00:00Z" in found
    assert "✓ B: WHAT(n = 1) — event 1 of 3: 2024-03-10T00:00:00Z, view, a" in found


def test_chain_that_does_not_hold_tells_what_stopped_it() -> None:
    view = 'A: WHAT(eventType = "view") WHERE(n = 1) WHEN(<= 30 days before now)'
    text = f'chain(xEvent, timestamp, [{view}, B: WHAT(eventType = "buy"), C: WHAT(true)])'
    lines = told(text, PROFILE).splitlines()
    assert '  ✗ B: WHAT(eventType = "buy")' in lines
    assert "    ✓ WHAT — passed by 1 of 3 events" in lines
    assert "    ✗ after the event of the element before, 2024-03-10T00:00:00Z — passed by none of 1 event" in lines
    assert "  · not evaluated: C: WHAT(true)" in lines
    assert "    ✗ COUNT(>= 2) — there are 1" in told("chain(xEvent, timestamp, [A: WHAT(n = 1) COUNT(2)])", PROFILE)


def test_items_that_decide_come_first_and_the_rest_is_counted() -> None:
    profile = {"xs": [{"n": n} for n in range(100)]}
    lines = told("xs.count(n > 97) > 5", profile, Limits(items=4)).splitlines()
    assert [line.split(" of ")[0].strip() for line in lines[1:]] == [
        "✓ item 99", "✓ item 100", "✗ item 1", "✗ item 2", "… and 96 more items: it holds for none",
    ]  # fmt: skip


def test_everything_is_told_on_request() -> None:
    found = told("false and a = 1", PROFILE, Limits(skipped=True))
    assert "✓ a = 1 — a is 1; the answer does not depend on this" in found


def test_segments_in_segments() -> None:
    found = told('inSegment("one")', PROFILE, segments={"one": 'not inSegment("two")', "two": "a = 2"})
    assert "✗ definition a = 2 — a is 1" in found


# Any size, any depth.


def test_deep_data_and_deep_expressions() -> None:
    deep: Any = "end"
    for level in range(10_000):
        deep = [deep] if level % 2 else {"label": deep}
    assert told("xs = xs and xs.label = 1", {"xs": deep})
    assert told("not " * 190 + "a", {"a": deep})
    assert told("xs.exists(" * 90 + "a" + ")" * 90, {"xs": [{"xs": [{"xs": [{}] * 3}] * 3}] * 3})


def test_items_of_events_are_called_events() -> None:
    profile = {"xEvent": [{"timestamp": 5}], "xs": [{}]}
    assert "the event has no `n`" in told("xEvent.exists(n > 1)", profile)
    assert "the event has no `n`" in told("chain(xEvent, timestamp, [A: WHAT(n > 1)])", profile)
    assert "the item has no `n`" in told("xEvent.exists(xs.exists(n > 1))", {"xEvent": [{"xs": [{}]}]})
    found = told("chain(xEvent, timestamp, [A: WHAT(n > 1)])", profile).splitlines()
    assert [line.lstrip()[0] for line in found if line] == ["?"] * 5


def test_one_call_for_programs() -> None:
    found = explain("xs.exists(n > $2)", {"xs": [{"n": 2}, {"n": None}]}, parameters=(2,))
    assert (found.holds, found.unknown) == (False, True)
    assert str(found).startswith("? xs.exists(n > $2) — holds for none of 2 items\n  ? item 2 of 2")
    with pytest.raises(PQLError):
        explain("nonsense(a)", {})


def test_work_grows_as_the_events_do() -> None:
    def work_for(count: int) -> Callable[[], None]:
        days = [f"2024-03-{number % 28 + 1:02}T00:00:00Z" for number in range(count)]
        events = [{"timestamp": day, "n": number, "text": "y"} for number, day in enumerate(days)]
        profile = {"text": "x" * 1_000_000, "xEvent": events}
        elements = f"A: WHAT(n > {count - 28}), B: WHAT(n < 5), C: WHAT(n < 0)"

        def work() -> None:
            found = told('text like "%y%" or xEvent.count(n > 5 and timestamp occurs before today) < 3', profile)
            assert len(found) < 3_000
            found = told(f"chain(xEvent, timestamp, [{elements}])", profile)
            assert f"passed by none of {count} events" in found

        return work

    assert growth(work_for, 28 * 20, 4) < 6
    work_for(28 * 1_000)()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        ([1, "a", {"b": True}], '[1, "a", {"b": true}]'),
        ("x" * 100, '"xxxxxxxx…'),
        ([list(range(1000))] * 1000, "[[0, 1, 2…"),
        (Instant(0), "1970-01-0…"),
        (float("nan"), "NaN"),
        (10**500, "Infinity"),
        ({"a\x1b": "\x1b[2J"}, '{"a\\u001b…'),
    ],
)
def test_values_in_a_few_characters(value: Any, text: str) -> None:
    assert value_text(value, 21 if text.endswith("}]") else 10) == text


def test_items_are_told_by_what_people_know_them_by() -> None:
    assert (
        identified({"eventType": "buy", "xdm:timestamp": "2024", "name": {"a": 1}, "id": 5, "x": 1}) == "2024, buy, 5"
    )
    assert identified({"x": 1}) == ""
    assert identified(({"id": 1}, {"id": 2})) == "1 + 2"
    assert described([1, 2, 3, 4]) == "has 4 items: [1, 2, 3, 4]"
    assert described([{}]) == "has 1 item"

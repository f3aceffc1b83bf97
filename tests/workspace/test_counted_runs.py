"""Do runs that only count find what other runs find?  Where they decode less, whatever is in the lines."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools.data.lines import Block
from pqltools.evaluation.lazy import lazy_arrays
from pqltools.workspace.definitions import inline_definition
from pqltools.workspace.runs import Evaluation
from pqltools.xdm.standard import standard

NOW = 1_767_225_600_000
BOUGHT = (
    'xEvent.exists(eventType = "a" and timestamp occurs <= 30 days before now '
    'and productListItems.exists(SKU = "x" and quantity > 1))'
)
LAZY = [
    BOUGHT,
    f"not {BOUGHT}",
    'xEvent.exists(eventType != "a" and productListItems.exists(quantity.isNull() or quantity = 2))',
    'xEvent.exists(eventType = "a" or productListItems.exists(SKU in ["x", "y"]))',
]
#: Not compared with what is decoded when, which is up to the compiler.
NEITHER = ['xEvent.exists(eventType != "a" and not productListItems.exists(quantity.isNull() or quantity = 2))']
#: Here the products are looked at in other ways, or always.
EAGER = [
    'xEvent.exists(productListItems.exists(SKU = "x") and eventType = "a")',
    'xEvent.exists(eventType = "a" and productListItems.SKU = "x")',
    'xEvent.exists(eventType = "a" and productListItems.exists(SKU = "x")) and count(xEvent.productListItems) > 2',
    '(sum P.quantity over P from xEvent.productListItems where P.SKU = "x") > 2',
    'xEvent.productListItems.exists(SKU = "x")',
    '(exists E from xEvent where E.eventType = "a" and E.productListItems.exists(SKU = "x"))',
]
#: Conditions of all other kinds for which there is a quick job.
QUICK = [
    'person.name.firstName = "x" and _acme.tier in ["x", 2] or _id = "x"',
    "count(xEvent) > 1 and sum(xEvent.productListItems.quantity) >= 2",
    '(count E from xEvent where E.eventType = "a") = 1 or min(xEvent.productListItems.quantity) < 2',
    '(exists E from xEvent, F from xEvent where E.eventType = "a" and F.timestamp > E.timestamp)',
    'chain(xEvent, timestamp, [A: WHAT(eventType = "a"), B: WHAT(eventType = "b") WHEN(<= 9 days after A)])',
    'xEvent[eventType = "a"].productListItems[quantity > 1].count() > 0',
    'xEvent.exists(not (productListItems.SKU in ["x", "y"])) and not (_acme.tier.isNull())',
    '(forall E from xEvent where E.eventType.isNotNull()) and _acme.things.exists(name like "%x%")',
    '_acme.things.exists(id = "x") or _acme.things.count() = 2 or person.isNotNull() and person.name.isNull()',
    'xEvent.exists(timestamp occurs > 10 days before now) and xEvent.eventType != "b"',
]
#: Conditions that need more than fields and items.
ORDINARY = [
    "count(distinct(xEvent)) > 1",
    'topN(xEvent, timestamp, 1).exists(eventType = "a")',
    'head(xEvent).eventType = "a"',
    "person = $1.person",
    'identityMap.email.exists(id = "x")',
    'identityMap.exists(id = "x")',
    "max(xEvent) > 1",
    "values(identityMap).count() > 0",
]

leaves = st.sampled_from(["x", "y", "X", 1, 2, 2.5, None, True, "2025-12-20T10:00:00Z", {}, {"SKU": "x"}, [], ["x", 2]])
items = st.fixed_dictionaries({}, optional={"SKU": leaves, "quantity": leaves, "xdm:SKU": leaves, "other": leaves})
products = st.lists(items | leaves, max_size=3) | items | leaves | st.lists(st.lists(items, max_size=2), max_size=2)
times = st.sampled_from(["2025-12-20T10:00:00Z", "2025-01-01T00:00:00Z", 1_766_000_000_000, None, "soon"])
events = st.fixed_dictionaries(
    {"eventType": st.sampled_from(["a", "b", None])},
    optional={"timestamp": times, "productListItems": products, "xdm:productListItems": products},
)
profiles = st.fixed_dictionaries(
    {},
    optional={
        "xEvent": st.lists(events | leaves, max_size=4) | events | st.lists(st.lists(events, max_size=2), max_size=2),
        "timeSeriesEvents": st.lists(events, max_size=2),
        "person": st.sampled_from([{"name": "ä"}, "é", {"name": {"firstName": "x"}}, {"name": [{"firstName": "x"}]}]),
        "_acme": st.fixed_dictionaries({}, optional={"tier": leaves, "things": products, "xdm:tier": leaves}),
        "acme:tier": leaves,
        "https://ns.adobe.com/acme/tier": leaves,
        "_id": leaves,
        "@id": leaves,
        "identityMap": st.fixed_dictionaries({}, optional={"email": products, "EMAIL": products}),
    },
)
lines = profiles.map(lambda data: json.dumps(data, ensure_ascii=False)) | st.sampled_from(
    ["", "{", "[]", '{"xEvent": [{"eventType": "a", "timestamp": "2025-12-20T10:00:00Z", "productListItems": [}]}']
)


def numbers(evaluation: Evaluation, text: str) -> Any:
    part = evaluation.block(Block(text.encode()), "x.ndjson", wrapped=False)
    tally = part.tally
    return tally.profiles, tally.bad_lines, tally.qualified, tally.unknown, tally.failed, part.bad


def evaluation(texts: list[str], wants: str) -> Evaluation:
    return Evaluation([inline_definition(text, standard(), NOW) for text in texts], standard(), wants=wants)


def lazily(*texts: str) -> frozenset[str]:
    """What stays undecoded until it is asked for."""
    quick = evaluation([*texts], "none").quick
    return frozenset() if quick is None else quick.lazy


EVERY = (*LAZY, *NEITHER, *EAGER, *QUICK, *ORDINARY)
PAIRS = [[text] for text in EVERY] + [LAZY[:2], [LAZY[0], EAGER[1]], [*LAZY, *EAGER], [*LAZY, *QUICK]]
BOTH = [(evaluation(texts, "none"), evaluation(texts, "all")) for texts in PAIRS]


@given(st.lists(lines, max_size=6), st.integers(0, len(PAIRS) - 1))
def test_numbers_are_those_of_runs_with_answers(found: list[str], index: int) -> None:
    counting, answering = BOTH[index]
    text = "\n".join(found)
    assert numbers(counting, text) == numbers(answering, text)


@pytest.mark.parametrize("text", LAZY)
def test_products_stay_bytes_until_they_are_asked_for(text: str) -> None:
    program = inline_definition(text, standard(), NOW).program
    assert lazy_arrays([program]) == {"productListItems"}
    assert lazily(text) == {"productListItems"}


@pytest.mark.parametrize("text", EAGER)
def test_what_is_asked_otherwise_is_decoded(text: str) -> None:
    assert not lazily(text)


@pytest.mark.parametrize("text", QUICK)
def test_most_conditions_are_quick(text: str) -> None:
    assert evaluation([text], "none").quick is not None


@pytest.mark.parametrize("text", ORDINARY)
def test_what_needs_whole_objects_is_not(text: str) -> None:
    assert evaluation([text], "none").quick is None


def test_what_many_ask_for_is_decoded_once() -> None:
    assert not lazily(*[BOUGHT.replace('"x"', f'"x{number}"') for number in range(5)])


def test_data_that_are_never_quick_are_decoded_at_once() -> None:
    counting, answering = evaluation([BOUGHT], "none"), evaluation([BOUGHT], "all")
    line = json.dumps({"xEvent": [[{"eventType": "a", "timestamp": "2025-12-20T10:00:00Z"}]], "timeSeriesEvents": []})
    text = "\n".join([line] * 30)
    for _ in range(6):
        assert numbers(counting, text) == numbers(answering, text)

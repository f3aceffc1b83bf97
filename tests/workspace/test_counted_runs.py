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
        "person": st.sampled_from([{"name": "ä"}, "é"]),
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


PAIRS = [[text] for text in (*LAZY, *NEITHER, *EAGER)] + [LAZY[:2], [LAZY[0], EAGER[1]], [*LAZY, *EAGER]]
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
    assert [*evaluation([text], "none").conditions.lazy] == ["productListItems"]


@pytest.mark.parametrize("text", EAGER)
def test_what_is_asked_otherwise_is_decoded(text: str) -> None:
    assert not evaluation([text], "none").conditions.lazy


def test_what_many_ask_for_is_decoded_once() -> None:
    assert not evaluation([BOUGHT.replace('"x"', f'"x{number}"') for number in range(5)], "none").conditions.lazy


def test_data_that_are_never_quick_are_decoded_at_once() -> None:
    counting, answering = evaluation([BOUGHT], "none"), evaluation([BOUGHT], "all")
    line = json.dumps({"xEvent": [[{"eventType": "a", "timestamp": "2025-12-20T10:00:00Z"}]], "timeSeriesEvents": []})
    text = "\n".join([line] * 30)
    for _ in range(6):
        assert numbers(counting, text) == numbers(answering, text)

"""Each rule of merging by an example, for what the laws meet seldom."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from pqltools.segmentation.profiles.merging import merged_fragments
from pqltools.segmentation.profiles.sources import Form
from pqltools.segmentation.profiles.store import ProfileStore
from pqltools.segmentation.scope import Scope
from pqltools.types.time import DAY

Write = Callable[[Iterable[Any]], str]


@pytest.mark.parametrize(
    ("old", "new", "merged"),
    [
        ({"a": 1}, {"a": None}, {"a": 1}),
        ({}, {"a": None}, {"a": None}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}}, {"a": {"b": 3, "c": 2}}),
        ({"a": {"b": 1}}, {"a": {}}, {"a": {"b": 1}}),
        ({"a": {"b": 1}}, {"a": 5}, {"a": 5}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        (
            {"identityMap": {"E": [{"id": "x"}, {"id": "y"}]}},
            {"identityMap": {"E": [{"id": "x", "primary": True}, {"id": "z"}]}},
            {"identityMap": {"E": [{"id": "x", "primary": True}, {"id": "y"}, {"id": "z"}]}},
        ),
        (
            {"segmentMembership": {"ups": {"s": {"status": "exited", "version": "1"}, "t": {}}}},
            {"segmentMembership": {"ups": {"s": {"status": "realized"}}}},
            {"segmentMembership": {"ups": {"s": {"status": "realized"}, "t": {}}}},
        ),
    ],
)
def test_fields(old: dict[str, Any], new: dict[str, Any], merged: dict[str, Any]) -> None:
    assert merged_fragments([old, new]) == merged


def test_depth_is_no_matter() -> None:
    deep: Any = 1
    for _ in range(50_000):
        deep = {"a": deep}
    other = {"b": 2}
    found = merged_fragments([deep, other])
    assert found["b"] == 2


def test_events_of_several_batches(store: ProfileStore, scope: Scope, written: Write) -> None:
    def event(id: str, day: int, number: int) -> dict[str, Any]:
        return {"_id": id, "timestamp": f"2024-01-0{day}T00:00:00Z", "n": number, "relatedEntityId": "ann"}

    def numbers() -> list[int]:
        ((line,),) = [block.data.splitlines() for block in store.merged(scope)]
        return [each["n"] for each in json.loads(line)["xEvent"]]

    form = Form(events=True)
    # Within one batch the later one of the same id and time counts.
    store.load(scope, "e", [written([event("a", 1, 1), event("b", 2, 2), event("a", 1, 3)])], form)
    assert numbers() == [3, 2]
    store.load(scope, "e", [written([event("c", 4, 4), event("a", 3, 5)])], form)
    assert numbers() == [3, 2, 5, 4]
    # The same event again, at the very end of what is there.
    store.load(scope, "e", [written([event("c", 4, 6)])], form)
    assert numbers() == [3, 2, 5, 6]


def test_exits_are_remembered_for_thirty_days(store: ProfileStore, scope: Scope, written: Write) -> None:
    store.load(scope, "p", [written([{"_id": "ann"}])])
    store.apply_memberships(scope, "in", 0, {"s": [1]})
    store.apply_memberships(scope, "out", DAY, {"s": []})
    store.apply_memberships(scope, "kept", 31 * DAY, {"s": []})
    assert store.members(scope, "s") == {"exited": 1}
    store.apply_memberships(scope, "gone", 31 * DAY + 1, {"s": []})
    assert store.members(scope, "s") == {}

"""Are the responses of the Profile Access API taken apart, and told from instances?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from pqltools.data.responses import entities, is_response
from pqltools.data.values import NotData, decode_object

CHILD = {"relatedEntityId": "x1", "entityId": "e1", "timestamp": 5, "entity": {"eventType": "a"}}


def test_profiles() -> None:
    response = {"x1": {"entityId": "x1", "identityGraph": ["x1", "x2", 3], "entity": {"a": 1}}, "y": {"entity": {}}}
    first, second = entities(json.dumps(response, indent=1).encode())
    assert decode_object(first.data) == {"a": 1}
    assert (first.key, first.id, first.graph, first.related) == ("x1", "x1", ("x1", "x2"), None)
    assert (second.key, second.id, second.graph) == ("y", None, ())


@pytest.mark.parametrize("wrap", [{"children": [CHILD]}, {"x9": {"children": [CHILD], "_page": {}}}, CHILD])
def test_events(wrap: dict[str, Any]) -> None:
    (event,) = entities(json.dumps(wrap).encode())
    assert (event.related, event.id, event.timestamp) == ("x1", "e1", 5)
    assert decode_object(event.dated()) == {"timestamp": 5, "_id": "e1", "eventType": "a"}


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (b" { } ", {"timestamp": 5, "_id": "e"}),
        (b'{"timestamp":7}', {"timestamp": 7, "_id": "e"}),
        (b'{ "a":[] }', {"timestamp": 5, "_id": "e", "a": []}),
    ],
)
def test_what_an_event_says_itself_counts(inside: bytes, expected: dict[str, Any]) -> None:
    (event,) = entities(b'{"children":[{"entityId":"e","timestamp":5,"entity":%b}]}' % inside)
    assert decode_object(event.dated()) == expected


def test_nothing_to_add() -> None:
    (event,) = entities(b'{"x":{"entity":{"a":1}}}')
    assert event.dated() == b'{"a":1}'


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"x": {"entity": {}}}, True),
        ({"entity": {}, "entityId": "x"}, True),
        ({"x": {"children": []}}, True),
        ({"children": [], "_page": {}}, True),
        ({"children": [CHILD]}, True),
        ({}, False),
        ({"person": {"name": 1}}, False),
        ({"x": {"entity": {}}, "person": {}}, False),
        ({"entity": "x"}, False),
        ({"children": [{"name": "Ann"}]}, False),
        ({"children": [], "name": 1}, False),
        ({"x": {"entity": []}}, False),
    ],
)
def test_responses_and_instances(value: dict[str, Any], expected: bool) -> None:
    assert is_response(value) is expected


@pytest.mark.parametrize(
    "raw",
    [b"{", b"[]", b'{"x":1}', b'{"x":{"a":1}}', b'{"children":1}', b'{"children":[1]}', b'{"children":[{}]}', b"\xff"],
)
def test_what_is_none(raw: bytes) -> None:
    with pytest.raises(NotData):
        list(entities(raw))

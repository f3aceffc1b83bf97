"""Do instances in both families of names become the same?  Laws, then Adobe's own shapes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from data.instances import aimed, is_json, plain, wild
from pqltools.data.names import compatible, data_steps, may_hold_standard_names
from pqltools.data.values import decode_object
from pqltools.types.model import INTEGER, ArrayType, MapType, PlainObject


@given(wild)
def test_twice_is_once_and_the_input_stays(raw: bytes) -> None:
    data = decode_object(raw)
    before = json.dumps(data)
    once = compatible(data)
    assert json.dumps(data) == before
    assert compatible(once) is once


def test_a_uri_below_a_uri_is_read_at_once() -> None:
    uri = "http://ns.adobe.com//experience/analytics/"
    once = compatible({uri: {uri: None}})
    assert once == {"_experience": {"analytics": {"_experience": {"analytics": None}}}}
    assert compatible(once) is once


@given(wild | aimed(("_tenant", "fields", "other")).filter(is_json))
def test_the_quick_test_misses_nothing(raw: bytes) -> None:
    data = decode_object(raw)
    assert may_hold_standard_names(raw) or compatible(data) is data


@given(plain)
def test_names_in_compatibility_mode_stay_and_are_seen_at_once(raw: bytes) -> None:
    data = decode_object(raw)
    assert compatible(data) is data
    assert not may_hold_standard_names(raw.replace(b'"@a"', b"1").replace(b"\\u0041", b"\\u0026\\u00e9"))


URI = "https://ns.adobe.com/experience"


@pytest.mark.parametrize(
    ("standard", "expected"),
    [
        ({"xdm:person": {"xdm:birth-year": 1}}, {"person": {"birthYear": 1}}),
        ({"@id": "a", "xdm:x": [{"@type": "b"}, [{"@id": 1}]]}, {"_id": "a", "x": [{"_type": "b"}, [{"_id": 1}]]}),
        ({"repo:createDate": 1, "a": 2, "repo:modifyDate": 3}, {"_repo": {"createDate": 1, "modifyDate": 3}, "a": 2}),
        ({"_repo": {"a": 1}, "repo:b": 2, "xdm:_repo": {"c": 3}}, {"_repo": {"a": 1, "b": 2, "c": 3}}),
        ({f"{URI}/a/b": {f"{URI}/a/c": {f"{URI}/a/d": 1}}}, {"_experience": {"a": {"b": {"c": {"d": 1}}}}}),
        ({f"{URI}/a/b": {"xdm:x": {f"{URI}/a/c": 1}}}, {"_experience": {"a": {"b": {"x": {"c": 1}}}}}),
        ({"https://ns.adobe.com/xdm/channels/direct-mail": 1}, {"_channels": {"directMail": 1}}),
        ({"https://ns.thirdparty.com/color": 1}, {"_ns": {"thirdparty": {"com": {"color": 1}}}}),
        ({"xdm:a": {"b": 1, "c": [2]}, "a": {"b": 3}}, {"a": {"b": 3, "c": [2]}}),
        ({"a-:b": 1, "c.:d": 2, "e_:f": 3}, {"_a-": {"b": 1}, "_c.": {"d": 2}, "_e_": {"f": 3}}),
        ({"a": 1, "xdm:a": {"b": 1}}, {"a": {"b": 1}}),
        ({"_tenant": 1, "tenant:a": 2}, {"_tenant": {"a": 2}}),
        ({"xdm:identityMap": {"xdm:x": [{"xdm:id": 1}]}}, {"identityMap": {"xdm:x": [{"id": 1}]}}),
        (
            {"segmentMembership": {"u:p": {"a:b": {"xdm:status": 1, "xdm:p": {"x:y": 1}}}}},
            {"segmentMembership": {"u:p": {"a:b": {"status": 1, "p": {"_x": {"y": 1}}}}}},
        ),
    ],
)
def test_standard_names(standard: dict[str, Any], expected: dict[str, Any]) -> None:
    assert compatible(standard) == expected
    assert may_hold_standard_names(json.dumps(standard).encode())
    assert may_hold_standard_names(json.dumps(standard, indent=1).replace("/", "\\/").encode())


@pytest.mark.parametrize(
    "key", ["https://person", "https://ns.adobe.com/xdm/person", "id:5", "type:a", "store1:5", "10:30"]
)
def test_keys_that_are_data(key: str) -> None:
    assert data_steps(key) == (key,)
    assert compatible({key: 1, "xdm:a": 2}) == {key: 1, "a": 2}


def test_maps_of_a_schema() -> None:
    type = PlainObject({"m": ArrayType(MapType(PlainObject({"n": MapType(INTEGER)})))})
    data = {"xdm:m": [{"x:y": {"xdm:n": {"a:b": 1}, "xdm:o": {"a:b": 2}}}]}
    assert compatible(data, type) == {"m": [{"x:y": {"n": {"a:b": 1}, "o": {"_a": {"b": 2}}}}]}


def test_values_are_no_names() -> None:
    line = b'{"url":"https://ns.adobe.com/a/b","t":"2024-01-01T10:00:00Z","u":"urn:x:y", "q":"a:\\"b","e":"\\u00e9"}'
    assert not may_hold_standard_names(line)


def test_depth() -> None:
    data: Any = 1
    for _ in range(100_000):
        data = {"xdm:a": [data]}
    data = compatible(data)
    for _ in range(100_000):
        (data,) = data["a"]
    assert data == 1

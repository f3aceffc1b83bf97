"""Does a projection find what is there?  The law, with wild data; and the lines that it leaves to the full decoder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.instances import PLAIN, aimed, found, is_json, outline, spoiled, wild
from pqltools.data import projection as module
from pqltools.data.decoding import decode_all
from pqltools.data.projection import event_paths, projection
from pqltools.data.values import NotData
from pqltools.types.model import ANY, INTEGER, STRING, ArrayType, MapType, PlainObject
from pqltools.xdm.standard import standard

if TYPE_CHECKING:
    from pqltools.data.values import Decode
    from pqltools.types.model import Type

OWN = PlainObject({"person": MapType(PlainObject({"name": STRING})), "other": ArrayType(MapType(INTEGER))})
TYPES: list[Type] = [ANY, standard().profile, OWN]
PATHS: list[list[tuple[str, ...]]] = [
    [("person", "name", "firstName"), ("homeAddress", "countryCode")],
    [("person",), ("person", "birthYear"), ("_id",)],
    [("xEvent", "eventType"), ("xEvent", "timestamp"), ("xEvent", "productListItems", "SKU")],
    [("timeSeriesEvents", "commerce", "order", "priceTotal")],
    [("xEvent", "commerce", "order")],
    [("identityMap", "*", "id"), ("identityMap", "ECID", "primary")],
    [("segmentMembership", "ups", "*", "status")],
    [("*", "name")],
    [("_repo", "createDate"), ("_repo",)],
    [("_repo", "createDate")],
    [("_tenant", "fields", "other"), ("person", "birthYear")],
    [("_experience", "analytics", "customDimensions")],
    [("_channels", "directMail", "status"), ("xEvent",)],
    [("a:b",), ("@context", "id"), ("store1:5",)],
    [("other", "name"), ("person", "xdm:name")],
    [("entityId",), ("personID",)],
]
some_paths = st.one_of(
    st.sampled_from(PATHS),
    st.lists(st.lists(st.sampled_from([*PLAIN, "*"]), min_size=1, max_size=4).map(tuple), min_size=1, max_size=4),
)


def result(decode: Decode, raw: bytes, paths: list[tuple[str, ...]]) -> Any:
    """What is found, told apart as JSON tells it apart (``1``, ``1.0`` and ``true`` are equal in Python)."""
    try:
        data = decode(raw)
    except NotData:
        return "bad"
    # The other name of `xEvent` is gone.
    return [
        repr(found(data, (("xEvent",) if path[0] == "timeSeriesEvents" else path[:1]) + path[1:])) for path in paths
    ]


@given(some_paths, st.sampled_from(TYPES), st.data(), st.booleans())
def test_a_path_finds_the_same(paths: list[tuple[str, ...]], type: Type, data: st.DataObject, patient: bool) -> None:
    raw = data.draw(st.one_of(wild, spoiled, *[aimed(path) for path in paths] * 2))
    decode = projection(paths, type)
    if not patient:
        expect_objects(decode)
    assert result(decode, raw, paths) == result(decode_all(type), raw, paths)


def expect_objects(decode: Decode) -> None:
    for _ in range(module._PATIENCE):
        decode(b'{"_id":{}}')


@given(st.sampled_from(TYPES), st.one_of(wild, aimed(("xEvent", "commerce", "order"))).filter(is_json))
def test_presence_is_the_same(type: Type, raw: bytes) -> None:
    path = ("xEvent", "commerce")
    projected = projection([("xEvent", "commerce", "order")], type, present=[path])(raw)
    assert outline(found(projected, path)) == outline(found(decode_all(type)(raw), path))


def test_no_more_than_is_used() -> None:
    decode = projection([("person", "name"), ("xEvent", "order", "price")], standard().profile)
    raw = b'{"_id":"a","z":{"b":1},"person":{"name":null,"age":5},"xEvent":[{"order":[{"price":1,"x":2}]},7]}'
    assert decode(raw) == {"_id": "a", "person": {"name": None}, "xEvent": [{"order": [{"price": 1}]}, 7]}


def test_events_alone() -> None:
    paths = [("xEvent", "commerce", "order"), ("person", "name"), ("timeSeriesEvents", "timestamp")]
    assert event_paths(paths) == [("commerce", "order"), ("timestamp",)]
    decode = projection(event_paths(paths), standard().event)
    assert decode(b'{"timestamp":1,"x":2,"xdm:timestamp":3}')["timestamp"] == 3
    assert decode(b'{"timestamp":1,"x":2}') == {"timestamp": 1}


@pytest.mark.parametrize("depth", [300, 10_000, 3_000_000])
@pytest.mark.parametrize("name", ["person", "other", "xEvent"])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"person":', "}"), ('{"xdm:a":', "}")])
def test_depth_gives_a_value_or_a_reason(depth: int, name: str, opening: str, closing: str) -> None:
    raw = f'{{"{name}":{opening * depth}1{closing * depth}}}'.encode()
    for decode in (projection([("person", "person"), ("xEvent",)]), decode_all()):
        try:
            assert decode(raw).__class__ is dict
        except NotData as problem:
            assert "nested too deep" in str(problem)
            assert depth > 300


def test_a_path_may_be_long_and_a_name_anything() -> None:
    path = tuple(f"f{number}" for number in range(300))
    decode = projection([path, ("\ud800",), ("",), ("from", "class")])
    assert decode(b'{"f0":{"f1":{"x":1}},"":2,"from":{"class":3,"x":4}}') == {
        "f0": {"f1": {}},
        "": 2,
        "from": {"class": 3},
    }


def test_all_of_a_profile() -> None:
    assert projection([()])(b'{"xdm:a":{"b":1}}') == {"a": {"b": 1}}


CASES: list[tuple[str, tuple[str, ...]]] = [
    ('{"xdm:other":{"name":1}}', ("*", "name")),
    ('{"repo:createDate":{"name":1}}', ("*", "*")),
    ('{"homeAddress":{"xdm:other":{"name":1}}}', ("homeAddress", "*", "name")),
    ('{"homeAddress":{"repo:a":{"name":1}}}', ("homeAddress", "*", "*", "name")),
    ('{"@tenant":{"fields":1}}', ("_tenant", "fields")),
    ('{"xdm:@tenant":{"fields":1}}', ("_tenant", "fields")),
    ('{"ten\\u0061nt:fields":1}', ("_tenant", "fields")),
    ('{"tenant\\u003afields":1}', ("_tenant", "fields")),
    ('{"https:\\/\\/ns.adobe.com\\/tenant\\/fields":{"a":1}}', ("_tenant", "fields", "a")),
    ('{"\\u0040context":{"id":1}}', ("_context", "id")),
    ('{"person":{"\\u0040id":1,"b\\u003ac":2}}', ("person",)),
    ('{"person":{"birthYear":{"repo:a":1}}}', ("person", "birthYear")),
    ('{"person":[[[{"xdm:birthYear":1}]]]}', ("person", "birthYear")),
    ('{"person":{"birthYear":[[[{"xdm:a":1}]]]}}', ("person", "birthYear")),
    ('{"person":{"birthYear":1},"xdm:person":{"birthYear":2}}', ("person", "birthYear")),
    ('{"person":{"birthYear":1},"person":{}}', ("person", "birthYear")),
    ('{"person":{"birthYear":1},"person":7}', ("person", "birthYear")),
    ('{"person":{"birthYear":1e400},"z":1e400}', ("person", "birthYear")),
    ('{"person":{"birthYear":1},"z":-1e400}', ("person", "birthYear")),
    (f'{{"person":{{"birthYear":{"9" * 5000}}}}}', ("person", "birthYear")),
    ('{"person":{"birthYear":123456789012345678901234567890}}', ("person", "birthYear")),
    ('{"person":{"birthYear":1},"z":"\udcff"}', ("person", "birthYear")),
    ('{"person":{"birthYear":1},"\udcff":1}', ("person", "birthYear")),
    ('{"person":{"birthYear":1e999},"z":"\\ud800"}', ("person", "birthYear")),
    ('{"person":{"birthYear":1},"z":"\\ud800"}', ("person", "birthYear")),
    ('{"person":{"birthYear":1},"z":NaN}', ("person", "birthYear")),
    ('{"person":{"birthYear":1}} {}', ("person", "birthYear")),
    ('{"xEvent":{"a":1},"timeSeriesEvents":[{"a":2}]}', ("xEvent", "a")),
    ('{"xEvent":null,"timeSeriesEvents":{"a":2}}', ("xEvent", "a")),
    ('{"xdm:identityMap":{"xdm:a":[{"xdm:id":1}]}}', ("identityMap", "*", "id")),
]


@pytest.mark.parametrize(("text", "path"), CASES)
@pytest.mark.parametrize("type", TYPES, ids=["nothing known", "standard", "own"])
def test_cases(text: str, path: tuple[str, ...], type: Type) -> None:
    raw = text.encode("utf-8", "surrogateescape")
    assert result(projection([path], type), raw, [path]) == result(decode_all(type), raw, [path])


def test_what_wrong_and_large_values_are() -> None:
    decode = projection([("n",)])
    assert decode(b'{"n":18446744073709551616}') == {"n": 2**64}
    assert decode(b'{"n":1e400}') == decode_all()(b'{"n":-1e400}') == {"n": None}
    assert decode(b'{"n":1,"n":2}') == {"n": 2}
    for wrong in (b'{"n":NaN}', b'{"m":Infinity}', b'{"m":"\\ud800"}', b'{"m":"\xff"}', b"[]", b"1", b"", b"{}{}"):
        with pytest.raises(NotData) as caught:
            decode(wrong)
        with pytest.raises(NotData, match=re.escape(str(caught.value))):
            decode_all()(wrong)

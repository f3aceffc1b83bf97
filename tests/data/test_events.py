"""Do events come to their profiles, all of them and no others?"""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.instances import plain, wild
from pqltools.data.decoding import decode_all
from pqltools.data.events import Counts, Events
from pqltools.data.identities import event_identities, profile_id, profile_identities
from pqltools.data.inputs import open_input
from pqltools.data.lines import Block
from pqltools.data.profiles import Profile, profiles_in, read_profiles
from pqltools.data.projection import projection

Write = Callable[[str, list[Any]], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def run(name: str, rows: list[Any]) -> str:
        path = tmp_path / name
        texts = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        path.write_text("\n".join(texts), encoding="utf-8")
        return str(path)

    return run


def joined(write: Write, profiles: list[Any], events: list[Any]) -> tuple[list[Any], Counts]:
    """The events of each profile, and where they went."""
    held = Events(decode_all())
    held.read(open_input(write("events", events)))
    input = open_input(write("profiles", profiles))
    got = [found.data.get("xEvent") for found in read_profiles(input, decode_all(), held) if isinstance(found, Profile)]
    return [[event.get("n") for event in found or ()] for found in got], held.counts()


def of(*ids: str, **more: Any) -> dict[str, Any]:
    """An instance with these identities, written ``namespace:id``; a `!` makes one the primary one."""
    map: dict[str, Any] = {}
    for text in ids:
        namespace, id = text.rstrip("!").split(":")
        map.setdefault(namespace, []).append({"id": id, **({"primary": True} if text.endswith("!") else {})})
    return {"identityMap": map, **more}


identities = st.lists(st.sampled_from(["ECID:1", "ecid:2", "Email:1", "email:2", "ECID:3", "x:1!"]), max_size=3)


@given(st.lists(identities, max_size=5), st.lists(identities, max_size=6))
def test_an_event_comes_to_whoever_has_one_of_its_identities(profiles: Any, events: Any) -> None:
    held = Events(decode_all())
    for number, ids in enumerate(events):
        held._bad += len(held._block(Block(json.dumps(of(*ids, n=number)).encode()), "f", False, 10**6))
    got = []
    for ids in profiles:
        found = profiles_in(Block(json.dumps(of(*ids)).encode()), "f", decode_all(), held)
        (profile,) = found
        assert isinstance(profile, Profile)
        got.append([event["n"] for event in profile.data.get("xEvent", ())])
    bare = [{id.lower().rstrip("!") for id in ids} for ids in events]
    assert got == [
        [number for number, theirs in enumerate(bare) if theirs & {id.lower().rstrip("!") for id in ids}]
        for ids in profiles
    ]
    times = [sum(number in found for found in got) for number in range(len(events))]
    expected = Counts(
        sum(t > 0 for t in times), sum(t > 1 for t in times), times.count(0), sum(not e for e in events), 0
    )
    assert held.counts() == expected


@given(st.one_of(wild, plain))
def test_nothing_wild_breaks_a_join(raw: bytes) -> None:
    data = decode_all()(raw)
    event_identities(data)
    found = profile_identities(data, None, "x")
    assert all(namespace == namespace.lower() and id for namespace, id in found)
    held = Events(decode_all())
    assert held._block(Block(raw), "f", False, 10**6) == []
    (profile,) = profiles_in(Block(raw), "f", projection([("person", "name"), ("identityMap", "ECID", "id")]), held)
    (whole,) = profiles_in(Block(raw), "f", decode_all())
    assert isinstance(profile, Profile)
    assert isinstance(whole, Profile)
    assert profile.id == whole.id == profile_id(data)


@given(st.one_of(wild, plain))
def test_a_projection_has_the_same_identities(raw: bytes) -> None:
    assert profile_identities(projection((), identities=True)(raw)) == profile_identities(decode_all()(raw))


def test_inline_events_come_first(write: Write) -> None:
    profile = of("ECID:1", xEvent=[{"n": 0}], timeSeriesEvents=[{"n": 1}])
    assert joined(write, [profile], [of("ecid:1", n=2), of("ECID:1", n=3)])[0] == [[0, 1, 2, 3]]


def test_counts(write: Write) -> None:
    events = [of("E:1", n=1), of("E:2", n=2), {"n": 3}, "[1]", of("E:1", "E:3", n=4)]
    assert joined(write, [of("e:1"), of("e:3")], events) == ([[1, 4], [4]], Counts(2, 1, 2, 1, 1))


def test_other_identities(write: Write) -> None:
    user = {"_experience": {"emailid": {"id": "a@b", "namespace": {"code": "Email"}}, "mcid": {"id": "7"}}}
    events = [
        {"endUserIDs": user, "n": 1},
        {"relatedEntityId": "p2", "n": 2},
        {"entityId": "p3", "n": 3},
        {"entityId": "p3", "n": 4, **of("E:4")},
        {"identities": [{"id": "5", "namespace": {"code": "ECID"}}], "n": 5},
        {"_id": "p3", "n": 6},
        {"xdm:identityMap": {"E": [{"xdm:id": "4"}]}, "n": 7},
        {"identityMap": {"E": [{"id": 4}, {"id": ""}, 7], "F": "x"}, "n": 8},
    ]
    profiles = [of("email:a@b"), of("MCID:7"), {"_id": "p2"}, {"personID": "p3"}, of("e:4"), of("ecid:5")]
    got, counts = joined(write, profiles, events)
    assert got == [[1], [1], [2], [3], [4, 7], [5]]
    assert counts == Counts(6, 1, 2, 2, 0)


def test_responses(write: Write) -> None:
    profiles = [{"x1": {"entityId": "x1", "identityGraph": ["x1", "x2"], "entity": {"a": 1}}}]
    child = {"relatedEntityId": "x2", "entityId": "e", "timestamp": 5, "entity": {"n": 1}}
    events = [{"children": [child]}, {"x1": {"children": [{"entity": {"n": 2}}]}}, {"children": [child, {"n": 3}]}]
    assert joined(write, profiles, events) == ([[1, 2]], Counts(2, 0, 0, 0, 1))


def test_processes_add_up(write: Write) -> None:
    one, two = (Events(decode_all()) for _ in range(2))
    path = write("events", [of("E:1"), of("E:2"), of("E:1", "E:2"), of("E:3")])
    assert one.read(open_input(path)) == two.read(open_input(path)) == []
    one.of([("e", "1")])
    two.of([("e", "2")])
    one.merge(two.taken)
    assert one.counts() == Counts(3, 1, 1, 0, 0)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"entityId": "a", "_id": "b", "personID": "c"}, "a"),
        ({"entityId": 5, "_id": "b", "personID": "c"}, "b"),
        ({"_id": "", "personID": "c", **of("E:1")}, "c"),
        (of("E:1", "F:2!"), "2"),
        (of("E:1", "F:2"), "1"),
        ({"a": 1}, None),
    ],
)
def test_the_id_of_a_profile(data: dict[str, Any], expected: str | None) -> None:
    block = Block(json.dumps(data).encode())
    for decode in (decode_all(), projection([("a",)])):
        (profile,) = profiles_in(block, "f", decode)
        assert isinstance(profile, Profile)
        assert profile.id == profile_id(data) == expected


def test_memory_stays_near_the_size_of_the_file(write: Write) -> None:
    rows = [of(f"ECID:{number // 5:020}", n="x" * 400) for number in range(20_000)]
    path = write("events", rows)
    size = Path(path).stat().st_size
    held = Events(decode_all())
    input = open_input(path)
    tracemalloc.start()
    try:
        held.read(input)
        del input
        now, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert now < 1.5 * size

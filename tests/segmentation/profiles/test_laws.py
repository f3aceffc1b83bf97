"""What the store gives back is what a model of a few lines says, whatever came in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pqltools.evaluation.membership import updated
from pqltools.segmentation.profiles.model import LATEST, Filter, Policy
from pqltools.segmentation.profiles.sources import Form
from pqltools.segmentation.profiles.store import ProfileStore
from pqltools.segmentation.scope import Scope
from pqltools.types.time import DAY, instant_text

START = 1_700_000_000_000
Write = Callable[[Iterable[Any]], str]
NewScope = Callable[[], Scope]
#: One store serves all examples, each in a scope of its own.
lawful = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
at_length = settings(lawful, max_examples=300)

people = st.sampled_from("abcd")
leaves = st.none() | st.integers(0, 3) | st.text('xé\n😀"\\', max_size=2) | st.lists(st.integers(0, 2), max_size=2)
fields = st.recursive(leaves, lambda inner: st.dictionaries(st.sampled_from("pqr"), inner, max_size=3), max_leaves=6)
times = st.integers(0, 5).map(lambda day: START + day * DAY)
identities = st.lists(st.sampled_from(["1", "2"]).map(lambda id: {"id": id}), max_size=2)
memberships = st.dictionaries(
    st.sampled_from(["s1", "s2"]),
    st.fixed_dictionaries({"status": st.sampled_from(["realized", "exited"])}, optional={"x": st.integers(0, 1)}),
    max_size=2,
)
events = st.fixed_dictionaries(
    {"v": st.integers(0, 9)},
    optional={"_id": st.sampled_from(["e1", "e2", "e3"]), "timestamp": times.map(instant_text)},
)


@st.composite
def fragments(draw: st.DrawFn) -> dict[str, Any]:
    """A fragment of one of a few people."""
    found: dict[str, Any] = {"identityMap": {"Email": [{"id": draw(people), "primary": True}]}}
    found.update(draw(st.dictionaries(st.sampled_from("fg"), fields, max_size=2)))
    if draw(st.booleans()):
        found["identityMap"]["ECID"] = draw(identities)
    if draw(st.booleans()):
        found["extSourceSystemAudit"] = {"lastUpdatedDate": instant_text(draw(times))}
    if draw(st.booleans()):
        found["segmentMembership"] = {"ups": draw(memberships)}
    if draw(st.booleans()):
        found["xEvent"] = draw(st.lists(events, max_size=3))
    return found


@st.composite
def single_events(draw: st.DrawFn) -> dict[str, Any]:
    """An event of one of a few people."""
    return {"identityMap": {"Email": [{"id": draw(people), "primary": True}]}, **draw(events)}


#: Dataset, whether they are events, and the records.
batches = st.lists(
    st.tuples(st.sampled_from("AB"), st.just(False), st.lists(fragments(), max_size=4))
    | st.tuples(st.sampled_from("AB"), st.just(True), st.lists(single_events(), max_size=4)),
    max_size=5,
)


def merge(old: dict[str, Any], new: dict[str, Any], path: tuple[str, ...] = ()) -> None:
    """The documented rule, by recursion."""
    for key, value in new.items():
        there = old.get(key)
        if value is None:
            old.setdefault(key, None)
        elif len(path) == 2 and path[0] == "segmentMembership":
            old[key] = value
        elif isinstance(value, dict) and isinstance(there, dict):
            merge(there, value, (*path, key))
        elif path == ("identityMap",) and isinstance(there, list):
            ids = {item["id"]: item for item in there}
            old[key] = list({**ids, **{item["id"]: item for item in value}}.values())
        else:
            old[key] = json.loads(json.dumps(value))


def model(loads: list[tuple[str, bool, list[dict[str, Any]]]], order: list[str] | None) -> dict[str, Any]:
    """The profiles by their ids."""
    parts: dict[str, list[tuple[Any, ...]]] = {}
    found: dict[str, list[dict[str, Any]]] = {}
    for number, (dataset, are_events, records) in enumerate(loads):
        for record in records:
            id = record["identityMap"]["Email"][0]["id"]
            if are_events:
                found.setdefault(id, []).append(record)
                continue
            own = record.get("xEvent", [])
            found.setdefault(id, []).extend(sorted(own, key=lambda event: event.get("timestamp", "")))
            audit = record.get("extSourceSystemAudit")
            time = audit["lastUpdatedDate"] if audit else instant_text(START + number * DAY)
            if order is None or dataset in order:
                rank = 0 if order is None else -order.index(dataset)
                parts.setdefault(id, []).append(
                    (rank, time, number, {k: v for k, v in record.items() if k != "xEvent"})
                )
    profiles: dict[str, Any] = {}
    for id in {**found, **parts}:
        profile: dict[str, Any] = {}
        for *_, record in sorted(parts.get(id, []), key=lambda part: part[:3]):
            merge(profile, json.loads(json.dumps(record)))
        history = united(found.get(id, []))
        if not parts.get(id) and not history:
            continue
        if not parts.get(id):
            profile = {"identityMap": {"email": [{"id": id, "primary": True}]}}
        profiles[id] = {**profile, "xEvent": history} if history else profile
    return profiles


def united(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Events by time; of those with the same id and time the last."""
    known: dict[Any, dict[str, Any]] = {}
    for number, event in enumerate(history):
        key = (event["_id"], event.get("timestamp")) if "_id" in event else number
        known.pop(key, None)
        known[key] = event
    return sorted(known.values(), key=lambda event: event.get("timestamp", ""))


def loaded(store: ProfileStore, scope: Scope, written: Write, loads: list[tuple[str, bool, list[Any]]]) -> None:
    """Load batches, one a day."""
    for name in "AB":
        store.ensure_dataset(scope, name, f"id-{name}")
    for number, (dataset, are_events, records) in enumerate(loads):
        store.load(scope, dataset, [written(records)], Form(are_events), ingested=START + number * DAY)


def read(blocks: Iterable[Any]) -> dict[str, Any]:
    """The profiles of blocks by their ids; no number stands twice."""
    found: dict[str, Any] = {}
    pids: set[int] = set()
    for block in blocks:
        lines = block.data.splitlines()
        assert len(lines) == len(block.pids)
        assert pids.isdisjoint(block.pids)
        pids.update(block.pids)
        for line in lines:
            profile = json.loads(line)
            held = profile["identityMap"]
            found[(held.get("Email") or held.get("email"))[0]["id"]] = profile
    return found


def check_merged(
    store: ProfileStore, written: Write, new_scope: NewScope, loads: list[Any], order: list[str] | None
) -> None:
    scope = new_scope()
    loaded(store, scope, written, loads)
    policy = LATEST if order is None else Policy(tuple(f"id-{name}" for name in order))
    expected = model(loads, order)
    assert read(store.merged(scope, policy)) == expected
    without = {id: {k: v for k, v in each.items() if k != "xEvent"} for id, each in expected.items()}
    assert read(store.merged(scope, policy, with_events=False)) == without
    for id in "abcd":
        assert store.profile(scope, "EMAIL", id, policy) == expected.get(id)
    full = read(store.rows(scope, policy, Filter(empty_profiles=True)))
    assert full == expected
    with_record = {id: each for id, each in expected.items() if "Email" in each["identityMap"]}
    assert read(store.rows(scope, policy, Filter())) == with_record


#: For each segment that is evaluated who qualifies, and for whom it fails; days since the last job; legacy or not.
jobs = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(["s1", "s2"]), st.tuples(st.sets(people), st.sets(people)), max_size=2),
        st.sampled_from([1, 15, 31]),
        st.booleans(),
    ),
    max_size=5,
)


def check_memberships(store: ProfileStore, written: Write, new_scope: NewScope, runs: list[Any]) -> None:
    scope = new_scope()
    store.load(scope, "A", [written({"_id": id} for id in "abcd")])
    pids = {id: number for number, id in enumerate("abcd", 1)}
    expected: dict[str, dict[str, Any]] = {id: {} for id in pids}
    now = START
    for number, (found, days, legacy) in enumerate(runs):
        now += days * DAY
        results = {id: [pids[who] for who in sorted(inside)] for id, (inside, _) in found.items()}
        # Who is in both qualifies, for then there is an answer.
        unknown = {id: [pids[who] for who in sorted(failed)] for id, (_, failed) in found.items()}
        applied = store.apply_memberships(scope, f"job-{number}", now, results, unknown=unknown, legacy=legacy)
        for who in pids:
            answers = {
                id: who in inside for id, (inside, failed) in found.items() if who in inside or who not in failed
            }
            expected[who] = updated(expected[who], answers, now=now, legacy=legacy)
        for segment in found:
            counts: dict[str, int] = {}
            for who in pids:
                status = expected[who].get("ups", {}).get(segment, {}).get("status")
                if status:
                    counts[status] = counts.get(status, 0) + 1
            assert applied.by_status[segment] == counts == store.members(scope, segment)
            members = counts.get("realized", 0) + counts.get("existing", 0)
            assert applied.by_namespace[segment] == ({"": members} if members else {})
    for who in pids:
        profile = store.profile(scope, "", who)
        assert profile is not None
        assert profile.get("segmentMembership", {}).get("ups", {}) == expected[who].get("ups", {})


@lawful
@given(batches, batches)
def test_scopes_see_nothing_of_each_other(
    store: ProfileStore, written: Write, new_scope: NewScope, first: list[Any], second: list[Any]
) -> None:
    one = new_scope()
    other = Scope(one.org, "dev")
    loaded(store, one, written, first)
    loaded(store, other, written, second)
    store.apply_memberships(other, "job", START, {"s9": [1, 2, 3, 4]})
    assert read(store.merged(one, with_memberships=True)) == model(first, None)
    assert read(store.merged(other)) == model(second, None)
    assert store.members(one, "s9") == {}
    assert {batch.id for batch in store.batches(one)}.isdisjoint(batch.id for batch in store.batches(other))


given_batches = given(batches, st.sampled_from([None, ["A"], ["B", "A"], []]))
test_merged_profiles_are_those_of_the_model = lawful(given_batches(check_merged))
test_merged_at_length = pytest.mark.nightly(at_length(given_batches(check_merged)))
test_memberships_are_those_of_one_profile_after_the_other = lawful(given(jobs)(check_memberships))
test_memberships_at_length = pytest.mark.nightly(at_length(given(jobs)(check_memberships)))

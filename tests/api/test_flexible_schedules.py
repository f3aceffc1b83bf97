"""Do the calls of flexible schedules add, remove and find segments, and run a schedule by hand?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pqltools.api.app import build
from pqltools.segmentation.clock import ManualClock
from pqltools.segmentation.options import Limits, Options
from pqltools.segmentation.scope import Scope
from pqltools.segmentation.service import Service
from service_clients import BASE, DEFINITIONS, POLICIES, PROFILE, definition, headers

SCHEDULES = f"{BASE}/config/schedules"
ADD, REMOVE, MAP, TRIGGER = (
    f"{SCHEDULES}/{name}" for name in ("add-audiences", "remove-audiences", "audience-map", "trigger")
)
START = 1_710_460_800_000  # 2024-03-15T00:00:00Z
HOUR = 3_600_000
DAY = 24 * HOUR


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def client(tmp_path: Path, clock: ManualClock) -> Iterator[TestClient]:
    options = Options(limits=Limits(schedules=4, merge_policies=20, scheduled_segments=3))
    with Service(str(tmp_path), clock, options) as service:
        service.firing.close()  # tests fire themselves
        yield TestClient(build(service), headers=headers(), raise_server_exceptions=False)


def service_of(client: TestClient) -> Service:
    service: Service = client.app.state.service  # type: ignore[attr-defined]
    return service


def define(client: TestClient, name: str, value: str = "a = 1", **members: Any) -> str:
    answer = client.post(DEFINITIONS, json=definition(name, value, **members))
    assert answer.status_code == 200, answer.text
    id: str = answer.json()["id"]
    return id


def schedule(client: TestClient, *segments: str, **members: Any) -> str:
    body = {
        "name": "VIP ☃",
        "type": "batch_segmentation",
        "properties": {"segments": [*segments]},
        "schedule": "0 0 2 * * ?",
    }
    answer = client.post(SCHEDULES, json=body | members)
    assert answer.status_code == 200, answer.text
    id: str = answer.json()["id"]
    return id


def named(client: TestClient, id: str) -> Any:
    return client.get(f"{SCHEDULES}/{id}").json()["properties"]["segments"]


def jobs(client: TestClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"{BASE}/segment/jobs?sort=creationTime:asc").json()["children"]
    return found


STREAMING: dict[str, Any] = {"evaluationInfo": {"continuous": {"enabled": True}}}


def test_segments_are_added(client: TestClient) -> None:
    first, second = define(client, "a"), define(client, "b")
    streaming = define(client, "c", 'person.gender = "female"', **STREAMING)
    id = schedule(client, first)
    answer = client.post(ADD, json={"id": id, "segments": [second, first, streaming, "😀", second]})
    assert answer.status_code == 200
    assert answer.json() == {
        "added": [second],
        "existing": [first],
        "invalid": [streaming, "😀"],
        "segmentCount": {"previous": 1, "current": 2, "diff": 1},
    }
    assert named(client, id) == [first, second]


def test_segments_are_removed(client: TestClient) -> None:
    first, second, third = (define(client, name) for name in "abc")
    id = schedule(client, first, second)
    for address in (REMOVE, f"{REMOVE}/"):  # the second time there is nothing to do
        answer = client.post(address, json={"id": id, "segments": [second, third, "nobody"]})
        assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "removed": [],
        "existing": [second, third],
        "invalid": ["nobody"],
        "segmentCount": {"previous": 1, "current": 1, "diff": 0},
    }
    assert named(client, id) == [first]


def test_the_last_segment_is_not_removed(client: TestClient) -> None:
    first = define(client, "a")
    id = schedule(client, first)
    answer = client.post(REMOVE, json={"id": id, "segments": [first]})
    assert answer.status_code == 400
    assert "delete the schedule" in answer.json()["diagnostics"][0]["help"]
    assert named(client, id) == [first]


def test_a_segment_that_has_become_a_streaming_one_can_be_removed(client: TestClient) -> None:
    women = 'person.gender = "female"'
    first, second = define(client, "a", women), define(client, "b")
    id = schedule(client, first, second)
    client.patch(f"{DEFINITIONS}/{first}", json=definition("a", women, **STREAMING))
    assert client.post(REMOVE, json={"id": id, "segments": [first]}).json()["removed"] == [first]


def test_a_schedule_of_all_segments_names_none(client: TestClient) -> None:
    first, id = define(client, "a"), schedule(client, "*")
    for address in (ADD, REMOVE):
        answer = client.post(address, json={"id": id, "segments": [first]})
        assert (answer.status_code, answer.json()["diagnostics"][0]["path"]) == (400, "$.id")
    assert client.post(MAP, json={"segments": [first]}).json() == {"audienceMap": {first: []}, "schedules": {}}


def test_schedules_are_found_by_segment(client: TestClient) -> None:
    first, second = define(client, "a"), define(client, "b")
    one, two = schedule(client, first), schedule(client, first, second, schedule="0 0 2 ? * MON")
    found = client.post(MAP, json={"segments": [first, "nobody"]}).json()
    assert found["audienceMap"] == {first: [one, two], "nobody": []}
    assert found["schedules"] == {
        one: {"name": "VIP ☃", "schedule": "0 0 2 * * ?", "frequency": "daily"},
        two: {"name": "VIP ☃", "schedule": "0 0 2 ? * MON", "frequency": "weekly"},
    }
    assert client.post(MAP, json={"segments": [second]}).json()["audienceMap"] == {second: [two]}


def test_a_schedule_is_run_by_hand_with_what_its_segments_refer_to(client: TestClient, clock: ManualClock) -> None:
    first = define(client, "a")
    second = define(client, "b", f'inSegment("{first}")')
    third = define(client, "c", f'inSegment("{second}")')
    define(client, "another")
    id = schedule(client, third)
    answer = client.post(TRIGGER, json={"id": id})
    assert (answer.status_code, answer.content) == (200, b"")
    (job,) = jobs(client)
    assert [each["segmentId"] for each in job["segments"]] == [third, second, first]
    assert (job["source"], job["requestId"]) == ("scheduler", f"{id}-{START}")
    assert job["properties"] == {"scheduleId": id, "runId": str(START)}


def test_a_run_by_hand_does_not_put_the_next_one_off(client: TestClient, clock: ManualClock) -> None:
    id = schedule(client, define(client, "a"), state="active")
    client.post(TRIGGER, json={"id": id})
    clock.advance(2 * HOUR)
    assert len(service_of(client).firing.fire_due()) == 1


@pytest.mark.parametrize(
    ("address", "body", "path"),
    [
        (ADD, {"id": "x"}, "$.segments"),
        (ADD, {"id": "x", "segments": []}, "$.segments"),
        (REMOVE, {"id": "x", "segments": [5]}, "$.segments[0]"),
        (REMOVE, {"segments": ["x"]}, "$.id"),
        (MAP, {"segments": "x"}, "$.segments"),
        (MAP, {"segments": ["x"], "id": "x"}, "$.id"),
        (TRIGGER, {"id": "x", "segments": ["x"]}, "$.segments"),
        (TRIGGER, [], "$"),
    ],
)
def test_wrong_bodies(client: TestClient, address: str, body: Any, path: str) -> None:
    answer = client.post(address, json=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["diagnostics"][0]["path"] == path


def test_there_is_no_such_schedule(client: TestClient) -> None:
    for address in (ADD, REMOVE, TRIGGER):
        body: dict[str, Any] = {"id": "nobody"} | ({} if address == TRIGGER else {"segments": ["x"]})
        assert client.post(address, json=body).status_code == 404


def test_a_schedule_names_so_many_segments(client: TestClient) -> None:
    ids = [define(client, name) for name in "abcd"]
    id = schedule(client, *ids[:3])
    answer = client.post(ADD, json={"id": id, "segments": ids[3:]})
    assert answer.status_code == 400
    assert "3 segments at most" in answer.json()["title"]


def test_streaming_segments_stay_on_the_schedule_of_all(client: TestClient) -> None:
    streaming = define(client, "c", 'person.gender = "female"', **STREAMING)
    properties = {"segments": [streaming]}
    body = {"name": "n", "type": "batch_segmentation", "properties": properties, "schedule": "0 0 2 * * ?"}
    answer = client.post(SCHEDULES, json=body)
    assert answer.status_code == 400
    assert "no batch segment" in answer.json()["title"]


def test_a_segment_that_is_archived_does_not_keep_the_others_from_their_run(client: TestClient) -> None:
    first, second = define(client, "a"), define(client, "b")
    id = schedule(client, first, second)
    for segment in (first, second):
        change = [{"op": "add", "path": "/lifecycleState", "value": "archived"}]
        assert client.patch(f"{BASE}/audiences/{segment}", json=change).status_code == 200
        answer = client.post(TRIGGER, json={"id": id})
    assert "none of the segments" in answer.json()["title"]
    assert [[each["segmentId"] for each in job["segments"]] for job in jobs(client)] == [[second]]


def test_a_schedule_with_a_streaming_segment_is_not_turned_off(client: TestClient) -> None:
    id = schedule(client, "*", state="active")
    streaming = define(client, "c", 'person.gender = "female"', **STREAMING)
    off = [{"op": "replace", "path": "/state", "value": "inactive"}]
    answer = client.patch(f"{SCHEDULES}/{id}", json=off)
    assert answer.status_code == 400
    assert streaming in answer.json()["title"]
    assert client.get(f"{SCHEDULES}/{id}").json()["state"] == "active"
    other = [{"op": "replace", "path": "/schedule", "value": "0 0 5 * * ?"}]
    assert client.patch(f"{SCHEDULES}/{id}", json=other).status_code == 204
    client.delete(f"{DEFINITIONS}/{streaming}")
    assert client.patch(f"{SCHEDULES}/{id}", json=off).status_code == 204


def test_scheduled_evaluation_takes_five_merge_policies(client: TestClient, clock: ManualClock) -> None:
    id = schedule(client, "*", state="active")
    for name in "abcde":
        policy = {"name": name, "schema": PROFILE, "attributeMerge": {"type": "timestampOrdered"}}
        last = client.post(POLICIES, json=policy).json()["id"]
    clock.advance(2 * HOUR)
    service = service_of(client)
    assert service.firing.fire_due() == []
    ((_, job, problem),) = service.schedules.fires(Scope("ACME@AdobeOrg"), id)
    assert job is None
    assert "6 merge policies" in str(problem)
    on = [{"op": "add", "path": "/state", "value": "active"}]
    client.patch(f"{SCHEDULES}/{id}", json=[{"op": "add", "path": "/state", "value": "inactive"}])
    answer = client.patch(f"{SCHEDULES}/{id}", json=on)
    assert answer.status_code == 400
    assert "6 merge policies" in answer.json()["title"]
    client.delete(f"{POLICIES}/{last}")
    assert client.patch(f"{SCHEDULES}/{id}", json=on).status_code == 204

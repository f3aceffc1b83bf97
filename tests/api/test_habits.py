"""Are the habits of published clients borne?  What aepp and Postman send, without them."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from job_clients import FOUNDATION, load
from service_clients import BASE, DEFINITIONS, FEMALE, POLICIES, PROFILE, definition

EVENTS = {"schema.name": "_xdm.context.experienceevent", "relatedEntityId": "p1@example.com"}
DAY = 86_400_000
FIRST = 1_704_103_200_000  # 2024-01-01T10:00:00Z


def test_parameters_that_are_given_again(client: TestClient) -> None:
    assert client.get(f"{DEFINITIONS}?limit=2&limit=2&limit=").json()["page"]["limit"] == 2
    wrong = client.get(f"{DEFINITIONS}?limit=2&limit=3")
    assert wrong.status_code == 400
    assert wrong.json()["title"] == "limit: the parameter has 2 values"


def test_slash_behind_a_list(client: TestClient) -> None:
    union = {"id": "https://ns.adobe.com/xdm/context/profile__union"}
    assert (
        client.post(f"{FOUNDATION}/catalog/dataSets/", json={"name": "Export", "schemaRef": union}).status_code == 201
    )
    assert client.get(f"{BASE}/export/jobs/").json()["records"] == []
    assert client.get(f"{DEFINITIONS}/").json()["segments"] == []
    # A slash that belongs to an id is none behind a list.
    assert client.get(f"{DEFINITIONS}/%2F").status_code == 404
    assert client.get(f"{DEFINITIONS}//").status_code == 404


def test_slash_opens_no_way_around_the_headers(client: TestClient) -> None:
    for name in ("authorization", "x-api-key", "x-gw-ims-org-id", "x-sandbox-name"):
        found = client.get(f"{DEFINITIONS}/", headers={name: ""})
        assert found.status_code in (400, 403), name


def test_pages_of_merge_policies_by_their_links(client: TestClient) -> None:
    for number in range(3):
        body = {"name": f"p{number}", "schema": PROFILE, "attributeMerge": {"type": "timestampOrdered"}}
        assert client.post(POLICIES, json=body).status_code == 200
    names: list[str] = []
    address = f"{POLICIES}?limit=2"
    while address:
        page = client.get(address).json()
        names += [each["name"] for each in page["children"]]
        link = page["_links"]["next"].get("href", "")
        address = link.replace("@/config/mergePolicies", POLICIES)
    assert len(names) == len({*names}) == 4


def test_preview_with_a_graph_is_made_without_and_says_so(client: TestClient) -> None:
    made = client.post(f"{BASE}/preview", json={"predicateExpression": FEMALE, "graphType": "pdg"})
    assert made.status_code == 201
    (warning,) = made.json()["diagnostics"]
    assert (warning["severity"], warning["path"]) == ("warning", "$.graphType")
    assert "diagnostics" not in client.post(f"{BASE}/preview", json={"predicateExpression": FEMALE}).json()


def test_datasets_have_what_clients_read(client: TestClient) -> None:
    load(client, 1)
    load(client, 1, "experienceevent", _id="e", timestamp="2024-01-01T00:00:00Z")
    found = client.get(f"{FOUNDATION}/catalog/dataSets").json().values()
    shown = {each["name"]: (each["classification"]["dataBehavior"], each["tags"]["adobe/pqs/table"]) for each in found}
    assert shown == {
        "people profile__union": ("record", ["people_profile__union"]),
        "people experienceevent": ("time-series", ["people_experienceevent"]),
    }


@pytest.fixture
def events(client: TestClient) -> TestClient:
    """A sandbox in which a profile has an event a day, and one of no time."""
    found = [
        {"_id": f"e{number}", "eventType": "web.visits", "timestamp": f"2024-01-{number + 1:02}T10:00:00Z"}
        for number in range(12)
    ]
    load(client, 2, xEvent=[*found, {"_id": "never"}])
    return client


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["never", *(f"e{number}" for number in range(12))]),
        ({"startTime": FIRST + DAY, "endTime": FIRST + 3 * DAY}, ["e1", "e2"]),
        ({"startTime": FIRST + 10 * DAY}, ["e10", "e11"]),
        ({"endTime": FIRST + 1}, ["e0"]),
        ({"startTime": FIRST + 99 * DAY}, []),
        ({"start": 11}, ["e10", "e11"]),
        ({"offsets": 11}, ["e10", "e11"]),
    ],
)
def test_events_of_a_time(events: TestClient, query: dict[str, Any], expected: list[str]) -> None:
    found = events.get(f"{BASE}/access/entities", params={**EVENTS, **query})
    assert [each["entityId"] for each in found.json()["children"]] == expected


def test_pages_of_events_by_their_links(events: TestClient) -> None:
    ids: list[str] = []
    query = {**EVENTS, "limit": "5"}
    while True:
        page = events.get(f"{BASE}/access/entities", params=query).json()
        ids += [each["entityId"] for each in page["children"]]
        link = page["_links"]["next"]["href"]
        if not link:
            break
        query["offsets"] = link.partition("offsets=")[2].partition("&")[0]
    assert len(ids) == len({*ids}) == 13


def test_definitions_of_streaming_as_python_writes_true(client: TestClient) -> None:
    methods = {"batch": {"enabled": False}, "continuous": {"enabled": True}, "synchronous": {"enabled": False}}
    live = client.post(DEFINITIONS, json=definition("live", evaluationInfo=methods)).json()["id"]
    client.post(DEFINITIONS, json=definition("nightly"))
    found = client.get(f"{DEFINITIONS}?evaluationInfo.continuous.enabled=True").json()
    assert [each["id"] for each in found["segments"]] == [live]

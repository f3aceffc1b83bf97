"""Do schedules answer as the documents say?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pqltools.api.app import build
from pqltools.segmentation.options import Limits, Options
from pqltools.segmentation.schedules import Fire
from pqltools.segmentation.scope import Scope
from pqltools.segmentation.service import Service
from service_clients import BASE, headers

SCHEDULES = f"{BASE}/config/schedules"
SCHEMA = {"name": "_xdm.context.profile"}
BODY = {
    "name": "profile-default",
    "type": "batch_segmentation",
    "properties": {"segments": ["*"]},
    "schedule": "0 0 1 * * ?",
}


def create(client: TestClient, **members: Any) -> dict[str, Any]:
    answer = client.post(SCHEDULES, json=BODY | members)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_life(client: TestClient) -> None:
    made = create(client)
    assert made["state"] == "inactive"
    assert made["frequency"] == "daily"
    assert made["sandbox"]["sandboxName"].startswith("test-")
    assert {key: made[key] for key in BODY} == BODY
    address = f"{SCHEDULES}/{made['id']}"
    assert client.get(address).json() == made
    listed = client.get(SCHEDULES).json()
    assert listed == {"_page": {"totalCount": 1, "pageSize": 1}, "children": [made], "_links": {"next": {}}}
    changed = client.patch(address, json=[{"op": "add", "path": "/state", "value": "active"}])
    assert (changed.status_code, changed.content) == (204, b"")
    assert client.get(address).json()["state"] == "active"
    change = [{"op": "replace", "path": "/schedule", "value": "0 30 3 ? * MON"}]
    assert client.patch(address, json=change).status_code == 204
    found = client.get(address).json()
    assert (found["schedule"], found["frequency"]) == ("0 30 3 ? * MON", "weekly")
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404
    assert client.delete(address).status_code == 404
    assert client.patch(address, json=change).status_code == 404


def test_what_was_got_can_be_sent_back(client: TestClient) -> None:
    made = create(client)
    client.delete(f"{SCHEDULES}/{made['id']}")
    assert client.post(SCHEDULES, json=made).status_code == 200


def test_second_is_refused(client: TestClient) -> None:
    create(client)
    answer = client.post(SCHEDULES, json=BODY)
    assert answer.status_code == 400
    assert "--limit schedules=N" in answer.json()["diagnostics"][0]["help"]


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"schedule": "0 0 1 * *"}, "$.schedule"),
        ({"schedule": 5}, "$.schedule"),
        ({"type": "batch"}, "$.type"),
        ({"state": "on"}, "$.state"),
        ({"properties": []}, "$.properties"),
        ({"properties": {"segments": "*"}}, "$.properties.segments"),
        ({"name": ""}, "$.name"),
        ({"shedule": ""}, "$.shedule"),
    ],
)
def test_wrong_bodies(client: TestClient, members: dict[str, Any], path: str) -> None:
    answer = client.post(SCHEDULES, json=BODY | members)
    assert answer.status_code == 400
    assert answer.json()["diagnostics"][0]["path"] == path


@pytest.mark.parametrize(
    "operations",
    [
        [],
        {},
        [{"op": "remove", "path": "/state"}],
        [{"op": "test", "path": "/state", "value": "inactive"}],
        [{"op": "add", "path": "/state", "value": "on"}],
        [{"op": "add", "path": "/state", "value": None}],
        [{"op": "add", "path": "/state"}],
        [{"op": "move", "path": "/state", "from": "/name"}],
        [{"op": "copy", "path": "/state", "from": "/name"}],
        [{"op": "add", "path": "/schedule", "value": "0 * 1 * * ?"}],
        [{"op": "add", "path": "/colour", "value": "red"}],
        [{"op": "replace", "path": "/id", "value": "other"}],
        [{"op": "replace", "path": "/type", "value": "export"}],
        [{"op": "replace", "path": "", "value": []}],
        [{"op": "add", "path": "state", "value": "active"}],
    ],
)
def test_wrong_patches(client: TestClient, operations: Any) -> None:
    made = create(client)
    assert client.patch(f"{SCHEDULES}/{made['id']}", json=operations).status_code == 400
    assert client.get(f"{SCHEDULES}/{made['id']}").json() == made


def test_update_by_post_is_of_another_era(client: TestClient, tmp_path: Path) -> None:
    change = [{"op": "add", "path": "/state", "value": "active"}]
    answer = client.post(f"{SCHEDULES}/{create(client)['id']}", json=change)
    assert answer.status_code == 405
    options = Options(doc_era=frozenset(("schedule-update-post",)), limits=Limits(schedules=3))
    with Service(str(tmp_path), options=options) as service:
        old = TestClient(build(service), headers=headers())
        ids = [create(old, name=name)["id"] for name in "abc"]
        assert old.post(f"{SCHEDULES}/{ids[0]}", json=change).status_code == 204
        assert old.get(f"{SCHEDULES}/{ids[0]}").json()["state"] == "active"
        page = old.get(SCHEDULES, params={"limit": 2, "start": ""}).json()
        assert page["_page"] == {"totalCount": 3, "pageSize": 2, "next": "2"}
        rest = old.get(SCHEDULES, params={"limit": 2, "start": page["_page"]["next"]}).json()
        assert [each["id"] for each in page["children"] + rest["children"]] == ids


def test_an_export_is_scheduled(client: TestClient) -> None:
    union = {"schemaRef": {"id": "https://ns.adobe.com/xdm/context/profile__union", "contentType": "x"}}
    made = client.post("/data/foundation/catalog/dataSets", json={"name": "Exports", **union})
    assert made.status_code == 201, made.text
    dataset = made.json()[0].rpartition("/")[2]
    export = {"destination": {"datasetId": dataset}, "schema": {"name": "_xdm.context.profile"}}
    found = create(client, type="export", properties=export)
    assert found["properties"] == export
    service = client.app.state.service  # type: ignore[attr-defined]
    scope = Scope("ACME@AdobeOrg", client.headers["x-sandbox-name"])
    fire = Fire(found["id"], 86_400_000, export)
    starter = service.schedules.starters["export"]
    with service.metadata.write() as connection:
        job = starter.create_in(connection, scope, fire)
    starter.begin(scope, job)
    assert client.get(f"{BASE}/export/jobs/{job}").json()["requestId"] == f"{found['id']}-86400000"


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ({}, "$.properties.destination"),
        (
            {"destination": {"datasetId": "x"}, "schema": {"name": "_xdm.context.profile"}},
            "$.properties.destination.datasetId",
        ),
        ({"destination": {"datasetId": 1}, "schema": {"name": "a"}}, "$.properties.destination.datasetId"),
    ],
)
def test_wrong_exports(client: TestClient, properties: dict[str, Any], path: str) -> None:
    answer = client.post(SCHEDULES, json=BODY | {"type": "export", "properties": properties})
    assert answer.status_code == 400
    assert answer.json()["title"].startswith(path)
    assert answer.json()["diagnostics"][0]["path"] == path

"""Is one profile shown as it is, with its memberships, its events and where it comes from?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from job_clients import JOBS, define, finished
from pqltools.segmentation.scope import Scope
from pqltools.segmentation.service import Service
from service_clients import BASE, POLICIES, PROFILE, headers

ENTITIES = f"{BASE}/access/entities"
EVENTS = {"schema.name": "_xdm.context.experienceevent", "relatedSchema.name": "_xdm.context.profile"}


def fragment(id: str, namespace: str = "email", **members: Any) -> dict[str, Any]:
    return {"identityMap": {namespace: [{"id": id, "primary": True}]}, **members}


RECORDS = {
    "crm": [
        fragment("ä@x.org", person={"gender": "female", "birthYear": 1990}),
        fragment("both", homeAddress={"countryCode": "DE"}),
        fragment("both", "phone"),
    ],
    "web": [
        fragment(
            "ä@x.org",
            person={"birthYear": 1991},
            xEvent=[
                {"_id": f"e{day}", "eventType": "a", "timestamp": f"2024-01-0{day}T00:00:00Z"} for day in range(1, 6)
            ],
        ),
    ],
}


@pytest.fixture(scope="module")
def loaded(app: FastAPI, tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    folder = tmp_path_factory.mktemp("files")
    service: Service = app.state.service
    for name, records in RECORDS.items():
        path = folder / f"{name}.ndjson"
        path.write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
        service.profiles.load(Scope("ACME@AdobeOrg", "entities"), name, [str(path)])
    return TestClient(app, headers=headers(sandbox="entities"), raise_server_exceptions=False)


def dataset(client: TestClient, name: str) -> str:
    (id,) = client.get("/data/foundation/catalog/dataSets", params={"name": name}).json()
    return str(id)


def entity(client: TestClient, **query: Any) -> dict[str, Any]:
    answer = client.get(ENTITIES, params=query)
    assert answer.status_code == 200, answer.text
    ((key, found),) = answer.json().items()
    assert key == f"{found['entityIdNS']['code']}:{found['entityId']}"
    shown: dict[str, Any] = found
    return shown


def test_a_profile_of_several_fragments(loaded: TestClient) -> None:
    found = entity(loaded, entityId="ä@x.org", entityIdNS="email", **{"schema.name": "_xdm.context.profile"})
    assert found["entity"]["person"] == {"gender": "female", "birthYear": 1991}
    assert found["sources"] == [dataset(loaded, "crm"), dataset(loaded, "web")]
    assert found["mergePolicy"] == {"id": "timestampOrdered-none-mp"}
    assert "xEvent" not in found["entity"]


def test_under_another_merge_policy(loaded: TestClient) -> None:
    merge = {"type": "dataSetPrecedence", "order": [dataset(loaded, "crm")]}
    policy = loaded.post(POLICIES, json={"name": "crm", "schema": PROFILE, "attributeMerge": merge}).json()["id"]
    found = entity(loaded, entityId="ä@x.org", entityIdNS="EMAIL", mergePolicyId=policy)
    assert found["entity"]["person"] == {"gender": "female", "birthYear": 1990}
    assert found["sources"] == [dataset(loaded, "crm")]
    assert found["mergePolicy"] == {"id": policy}


def test_only_some_fields(loaded: TestClient) -> None:
    found = entity(loaded, entityId="ä@x.org", fields="person.gender,nothing")
    assert found["entity"] == {"person": {"gender": "female"}}


def test_memberships(loaded: TestClient) -> None:
    women = define(loaded)
    job = finished(loaded, loaded.post(JOBS, json=[{"segmentId": women}]).json()["id"])
    assert job["status"] == "SUCCEEDED"
    found = entity(loaded, entityId="ä@x.org", fields="segmentMembership")["entity"]["segmentMembership"]["ups"]
    assert found[women]["status"] == "realized"
    assert "segmentMembership" not in entity(loaded, entityId="both", entityIdNS="phone")["entity"]


def test_events_in_pages(loaded: TestClient) -> None:
    query = EVENTS | {"relatedEntityId": "ä@x.org", "relatedEntityIdNS": "email", "limit": "2", "fields": "_id"}
    first = loaded.get(ENTITIES, params=query).json()
    ids, page = [], first
    while True:
        ids += [each["entityId"] for each in page["children"]]
        address = page["_links"]["next"]["href"]
        if not address:
            break
        page = loaded.get(f"{BASE}{address}").json()
    assert ids == [f"e{day}" for day in range(1, 6)]
    assert first["_page"] == {"orderby": "timestamp", "start": "0", "count": 2, "next": "2"}
    assert first["children"][0]["entity"] == {"_id": "e1"}
    assert first["children"][0]["relatedEntityId"] == "ä@x.org"


WRONG: dict[str, tuple[dict[str, str], int, str | None]] = {
    "no id": ({"entityId": ""}, 400, "entityId"),
    "nobody": ({"entityId": "nobody", "entityIdNS": "email"}, 404, None),
    "emoji": ({"entityId": "😀", "entityIdNS": "😀"}, 404, None),
    "two namespaces": ({"entityId": "both"}, 400, "entityId"),
    "schema": ({"schema.name": "x", "entityId": "both"}, 400, "schema.name"),
    "related schema": ({"relatedSchema.name": "x", "entityId": "both"}, 400, "relatedSchema.name"),
    "policy": ({"entityId": "both", "entityIdNS": "email", "mergePolicyId": "x"}, 400, "mergePolicyId"),
    "fields": ({"entityId": "both", "entityIdNS": "email", "fields": ".."}, 400, "fields"),
    "events of nobody": ({"schema.name": "_xdm.context.experienceevent", "entityId": "both"}, 400, "relatedEntityId"),
    "limit": ({"entityId": "both", "limit": "0"}, 400, "limit"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_requests(loaded: TestClient, case: str) -> None:
    query, status, path = WRONG[case]
    answer = loaded.get(ENTITIES, params=query)
    assert answer.status_code == status, answer.text
    if path is not None:
        assert answer.json()["diagnostics"][0]["path"] == path


def test_others_do_not_see_it(loaded: TestClient, client: TestClient) -> None:
    assert client.get(ENTITIES, params={"entityId": "ä@x.org", "entityIdNS": "email"}).status_code == 404

"""Are segments that were made elsewhere found by namespace and by their words?"""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from service_clients import AUDIENCES, BASE, DEFINITIONS, definition

NAMESPACES, ENTITIES, TAXONOMY = (f"{BASE}/search/{name}" for name in ("namespaces", "entities", "taxonomy"))
SCHEMA = {"schema.name": "_xdm.context.segmentdefinition"}


@pytest.fixture
def filled(client: TestClient) -> TestClient:
    for name, namespace, members in (
        ("Heavy equipment", "AAMSegments", {"sourceId": "s ☃", "description": "Buyers"}),
        ("Light equipment", "AAMSegments", {"audienceId": "own"}),
        ("Traits of cars", "AAMTraits", {}),
        ("Gone", "AAMTraits", {"lifecycleState": "inactive"}),
    ):
        body = {"name": name, "type": "ExternalSegment", "namespace": namespace, **members}
        assert client.post(AUDIENCES, json=body).status_code == 200
    client.post(DEFINITIONS, json=definition("Equipment of ours", "a = 1"))
    return client


def got(client: TestClient, address: str, **query: Any) -> dict[str, Any]:
    answer = client.get(address, params=SCHEMA | query, headers={"x-ups-search-version": "1.0"})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert found["status"] == {"message": "Success"}
    return found


def test_namespaces_are_counted(filled: TestClient) -> None:
    found = got(filled, NAMESPACES)
    assert found["namespaces"] == [
        {"namespace": "AAMSegments", "displayName": "AAMSegments", "count": 2},
        {"namespace": "AAMTraits", "displayName": "AAMTraits", "count": 1},
    ]
    assert found["totalCount"] == 2
    assert [each["count"] for each in got(filled, NAMESPACES, s="heavy OR cars")["namespaces"]] == [1, 1]
    assert got(filled, NAMESPACES, s="")["totalCount"] == 2


def test_entities_of_a_namespace(filled: TestClient) -> None:
    found = got(filled, ENTITIES, namespace="aamsegments", s="segmentName:equip*")
    heavy, light = found["entities"]
    assert (heavy["sourceId"], heavy["base64EncodedSourceId"], heavy["description"]) == ("s ☃", "cyDimIM=", "Buyers")
    assert (light["id"], light["sourceId"], light["isFolder"]) == ("own", "own", False)
    assert found["page"] == {"totalCount": 2, "totalPages": 1, "pageOffset": 0, "pageSize": 2}
    assert got(filled, ENTITIES, namespace="AAMSegments", entityId="a folder")["entities"] == []


def test_entities_in_pages(filled: TestClient) -> None:
    pages = [got(filled, ENTITIES, namespace="AAMSegments", limit=1, page=page) for page in range(3)]
    assert [[each["name"] for each in page["entities"]] for page in pages] == [
        ["Heavy equipment"],
        ["Light equipment"],
        [],
    ]
    assert pages[1]["page"] == {"totalCount": 2, "totalPages": 2, "pageOffset": 1, "pageSize": 1}


def test_the_way_to_a_segment(filled: TestClient) -> None:
    found = got(filled, TAXONOMY, namespace="AAMSegments", entityId="own")["taxonomy"]
    assert found == [
        {"id": "own", "base64EncodedSourceId": "b3du", "name": "Light equipment", "parentFolderId": "root"}
    ]
    query = SCHEMA | {"namespace": "AAMSegments", "entityId": "nobody"}
    assert filled.get(TAXONOMY, params=query).status_code == 404


def test_the_other_name_of_the_schema(filled: TestClient) -> None:
    query = {"schemaClass": SCHEMA["schema.name"], "namespace": "AAMTraits"}
    assert len(filled.get(ENTITIES, params=query).json()["entities"]) == 1


WRONG: dict[str, tuple[str, dict[str, str], str]] = {
    "no schema": (NAMESPACES, {}, "schema.name"),
    "another schema": (NAMESPACES, {"schema.name": "x"}, "schema.name"),
    "no namespace": (ENTITIES, SCHEMA | {"namespace": ""}, "namespace"),
    "no entity": (TAXONOMY, SCHEMA | {"namespace": "x"}, "entityId"),
    "limit": (ENTITIES, SCHEMA | {"namespace": "x", "limit": "51"}, "limit"),
    "fuzzy": (ENTITIES, SCHEMA | {"namespace": "x", "s": "blue~1"}, "s"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_requests(client: TestClient, case: str) -> None:
    address, query, path = WRONG[case]
    answer = client.get(address, params=query)
    assert answer.status_code == 400
    assert answer.json()["diagnostics"][0]["path"] == path

"""Do audiences show the same definitions, with a life cycle, and those that were made elsewhere?"""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from service_clients import AUDIENCES, DEFINITIONS, FEMALE, definition


def audience(name: str = "Women", value: str = FEMALE, **members: Any) -> dict[str, Any]:
    return {"name": name, "expression": {"type": "PQL", "format": "pql/text", "value": value}, **members}


def create(client: TestClient, *arguments: Any, **members: Any) -> dict[str, Any]:
    answer = client.post(AUDIENCES, json=audience(*arguments, **members))
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def names(client: TestClient, query: str = "") -> list[str]:
    answer = client.get(f"{AUDIENCES}{query}")
    assert answer.status_code == 200, answer.text
    return sorted(each["name"] for each in answer.json()["children"])


def test_a_definition_is_an_audience_and_the_other_way_round(client: TestClient) -> None:
    segment = client.post(DEFINITIONS, json=definition("first")).json()
    made = create(client, "second", labels=["C1"], namespace="AEPSegments")
    assert names(client) == ["first", "second"]
    shown = client.get(f"{DEFINITIONS}/{made['id']}").json()
    assert shown["expression"] == made["expression"]
    assert "labels" not in shown
    found = client.get(f"{AUDIENCES}/{segment['id']}").json()
    assert (found["audienceId"], found["lifecycleState"]) == (segment["id"], "published")
    assert (found["type"], found["originName"]) == ("SegmentDefinition", "REAL_TIME_CUSTOMER_PROFILE")
    # What only an audience has survives a change of the definition.
    client.patch(f"{DEFINITIONS}/{made['id']}", json=definition("second", "a = 1"))
    assert client.get(f"{AUDIENCES}/{made['id']}").json()["labels"] == ["C1"]


def test_external_audiences_have_no_expression(client: TestClient) -> None:
    answer = client.post(AUDIENCES, json={"name": "e", "type": "ExternalSegment", "namespace": "AAM", "datasetId": "d"})
    made = answer.json()
    assert (made["namespace"], made["datasetId"]) == ("AAM", "d")
    assert client.get(f"{DEFINITIONS}/{made['id']}").status_code == 404
    assert client.get(DEFINITIONS).json()["segments"] == []
    assert client.post(AUDIENCES, json=audience("f", type="ExternalSegment")).status_code == 400
    renamed = client.patch(f"{AUDIENCES}/{made['id']}", json=[{"op": "add", "path": "/name", "value": "new"}])
    assert (renamed.status_code, renamed.json()["name"]) == (200, "new")
    assert client.delete(f"{AUDIENCES}/{made['id']}").status_code == 204


def test_dependents_are_those_that_refer_to_it(client: TestClient) -> None:
    first = create(client)
    second = create(client, "second", f'inSegment("{first["id"]}")')
    assert client.get(f"{AUDIENCES}/{first['id']}").json()["dependents"] == [second["id"]]
    assert second["dependencies"] == [first["id"]]
    refused = client.delete(f"{AUDIENCES}/{first['id']}")
    assert refused.status_code == 400
    assert refused.json()["errors"] == {
        "400": [{"code": "UPAPI-113631-403", "message": "The audience cannot be deleted."}]
    }
    still = [{"op": "add", "path": "/lifecycleState", "value": "inactive"}]
    assert client.patch(f"{AUDIENCES}/{first['id']}", json=still).status_code == 400
    assert client.delete(f"{AUDIENCES}/{second['id']}").status_code == 204
    assert client.patch(f"{AUDIENCES}/{first['id']}", json=still).status_code == 200


def test_life_cycle(client: TestClient) -> None:
    made = create(client, lifecycleState="draft")
    path = f"{AUDIENCES}/{made['id']}"

    def to(state: str) -> int:
        return client.patch(path, json=[{"op": "add", "path": "/lifecycleState", "value": state}]).status_code

    assert to("inactive") == 400
    assert to("published") == 200
    assert to("draft") == 400
    assert to("deleted") == 400
    assert to("nonsense") == 400
    assert to("inactive") == 200
    assert names(client) == []
    assert names(client, f"?property=audienceId=={made['id']}") == ["Women"]
    assert client.put(path, json=audience("New")).json()["lifecycleState"] == "inactive"
    assert to("published") == 200
    assert names(client) == ["New"]


def test_what_an_audience_is_cannot_be_changed(client: TestClient) -> None:
    made = create(client)
    for key, value in (("namespace", "AAM"), ("type", "ExternalSegment"), ("originName", "x"), ("audienceId", "x")):
        answer = client.patch(f"{AUDIENCES}/{made['id']}", json=[{"op": "add", "path": f"/{key}", "value": value}])
        assert answer.status_code == 400, key
    assert client.get(f"{AUDIENCES}/{made['id']}").json() == made


def test_filters(client: TestClient) -> None:
    create(client, "Lovers of 100% wool", description="Sheep")
    create(client, "Lovers of silk", sourceId="s_1")
    client.post(AUDIENCES, json={"name": "Strangers", "type": "ExternalSegment", "description": "SHEEPISH"})
    assert names(client, "?name=LOVERS") == ["Lovers of 100% wool", "Lovers of silk"]
    assert names(client, "?name=0%25") == ["Lovers of 100% wool"]
    create(client, "Ärzte")
    assert names(client, "?name=ÄRZ") == names(client, "?name=ärz") == ["Ärzte"]
    assert names(client, "?description=sheep") == ["Lovers of 100% wool", "Strangers"]
    assert names(client, "?property=sourceId==s_1") == ["Lovers of silk"]
    assert names(client, "?property=sourceId==s%251") == []
    assert names(client, "?property=type==ExternalSegment") == ["Strangers"]
    assert names(client, "?property=type==SegmentDefinition&property=name==silk") == ["Lovers of silk"]
    assert names(client, "?entityType=_xdm.context.account") == []
    assert client.get(f"{AUDIENCES}?property=name=silk").status_code == 400
    assert client.get(f"{AUDIENCES}?property=document==x").status_code == 400


def test_pages_are_numbered(client: TestClient) -> None:
    for name in "abc":
        create(client, name)
    first = client.get(f"{AUDIENCES}?limit=2&sort=name:asc").json()
    assert [each["name"] for each in first["children"]] == ["a", "b"]
    assert (first["_page"]["next"], first["_page"]["totalCount"]) == ("1", 3)
    assert first["_links"]["next"]["href"] == "@/audiences?start=1&limit=2&totalCount=3"
    second = client.get(f"{AUDIENCES}?limit=2&sort=name:asc&start=1").json()
    assert [each["name"] for each in second["children"]] == ["c"]
    assert "next" not in second["_page"]
    assert second["_links"]["next"] == {}


def test_errors_are_those_of_the_documents(client: TestClient) -> None:
    answer = client.get(f"{AUDIENCES}/X", headers={"x-request-id": "r1"})
    assert answer.status_code == 404
    title = "The audience entity X is not found. Use a valid entity and try again."
    assert answer.json() == {
        "requestId": "r1",
        "errors": {"404": [{"code": "UPAPI-113430-404", "message": title}]},
        "type": "https://ns.adobe.com/aep/errors/UPAPI-113430-404",
        "title": title,
        "status": 404,
    }


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"name": "n"}, "$.expression"),
        ({"name": "n", "type": "x"}, "$.type"),
        (audience(lifecycleState="deleted"), "$.lifecycleState"),
        (audience(value="a =="), "$.expression.value"),
        (audience(labels="C1"), "$.labels"),
    ],
)
def test_wrong_audiences_are_refused(client: TestClient, body: Any, path: str) -> None:
    answer = client.post(AUDIENCES, json=body)
    assert answer.status_code == 400
    assert answer.json()["diagnostics"][0]["path"] == path


def test_a_patch_of_what_the_service_sets_is_refused(client: TestClient) -> None:
    made = create(client)
    for member in ("id", "createdBy", "isSystem", "_etag", "updateTime"):
        answer = client.patch(f"{AUDIENCES}/{made['id']}", json=[{"op": "add", "path": f"/{member}", "value": None}])
        assert answer.status_code == 400, member
        assert answer.json()["diagnostics"][0]["path"] == f"$.{member}"

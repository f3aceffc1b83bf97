"""Do merge policies keep to their rules: one default a schema, five a sandbox, none that is in use goes?"""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from service_clients import DEFINITIONS, POLICIES, PROFILE, definition

FIRST = "timestampOrdered-none-mp"


def policy(name: str = "mine", **members: Any) -> dict[str, Any]:
    return {"name": name, "schema": PROFILE, "attributeMerge": {"type": "timestampOrdered"}, **members}


def defaults(client: TestClient) -> list[str]:
    return [each["id"] for each in client.get(f"{POLICIES}?default=true").json()["children"]]


def test_there_is_a_default_from_the_beginning(client: TestClient) -> None:
    found = client.get(POLICIES).json()
    assert found["_page"] == {"totalCount": 1, "count": 1, "pageSize": 1}
    (first,) = found["children"]
    assert first == client.get(f"{POLICIES}/{FIRST}").json()
    assert first["identityGraph"] == {"type": "none"}
    assert first["attributeMerge"] == {"type": "timestampOrdered"}
    assert (first["default"], first["version"], first["isActiveOnEdge"]) == (True, 1, False)


def test_a_new_default_takes_the_place_of_the_old_one(client: TestClient) -> None:
    made = client.post(POLICIES, json=policy(default=True)).json()
    assert defaults(client) == [made["id"]]
    assert client.get(f"{POLICIES}/{FIRST}").json()["version"] == 2
    back = client.patch(f"{POLICIES}/{FIRST}", json=[{"op": "replace", "path": "/default", "value": True}])
    assert back.json()["version"] == 3
    assert defaults(client) == [FIRST]


def test_a_schema_is_never_without_a_default(client: TestClient) -> None:
    for answer in (
        client.patch(f"{POLICIES}/{FIRST}", json=[{"op": "replace", "path": "/default", "value": False}]),
        client.put(f"{POLICIES}/{FIRST}", json=policy()),
        client.put(f"{POLICIES}/{FIRST}", json=policy(default=True) | {"schema": {"name": "other"}}),
        client.delete(f"{POLICIES}/{FIRST}"),
    ):
        assert answer.status_code == 400
        assert "default" in answer.json()["title"]
    assert defaults(client) == [FIRST]


def test_five_in_a_sandbox(client: TestClient) -> None:
    for number in range(4):
        assert client.post(POLICIES, json=policy(str(number))).status_code == 200
    answer = client.post(POLICIES, json=policy("one too many"))
    assert answer.status_code == 400
    assert "5 merge policies" in answer.json()["title"]


def test_lists_in_pages_in_order(client: TestClient) -> None:
    for name in ("b", "a"):
        client.post(POLICIES, json=policy(name))
    page = client.get(f"{POLICIES}?limit=2&orderBy=name").json()
    assert [each["name"] for each in page["children"]] == ["Default Timebased", "a"]
    rest = client.get(f"{POLICIES}?limit=2&orderBy=name&start={page['_page']['next']}").json()
    assert [each["name"] for each in rest["children"]] == ["b"]
    assert "next" not in rest["_page"]
    assert client.get(f"{POLICIES}?orderBy=-name").json()["children"][0]["name"] == "b"
    assert client.get(f"{POLICIES}?attributeMerge.type=dataSetPrecedence").json()["children"] == []


def test_definitions_keep_their_policy(client: TestClient) -> None:
    made = client.post(POLICIES, json=policy()).json()
    segment = client.post(DEFINITIONS, json=definition(mergePolicyId=made["id"])).json()
    answer = client.delete(f"{POLICIES}/{made['id']}")
    assert answer.status_code == 400
    assert segment["id"] in answer.json()["title"]
    client.delete(f"{DEFINITIONS}/{segment['id']}")
    assert client.delete(f"{POLICIES}/{made['id']}").status_code == 200
    assert client.get(f"{POLICIES}/{made['id']}").status_code == 404


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"identityGraph": {"type": "pdg"}}, "$.identityGraph.type"),
        ({"identityGraph": {"type": "x"}}, "$.identityGraph.type"),
        ({"attributeMerge": {"type": "dataSetPrecedence"}}, "$.attributeMerge.order"),
        ({"attributeMerge": {"type": "dataSetPrecedence", "order": [1]}}, "$.attributeMerge.order[0]"),
        ({"attributeMerge": None}, "$.attributeMerge"),
        ({"default": "yes"}, "$.default"),
        ({"schema": {}}, "$.schema.name"),
    ],
)
def test_wrong_policies_are_refused(client: TestClient, members: dict[str, Any], path: str) -> None:
    answer = client.post(POLICIES, json=policy() | members)
    assert answer.status_code == 400, answer.text
    assert answer.json()["diagnostics"][0]["path"] == path


def test_only_datasets_that_there_are_take_part(client: TestClient) -> None:
    made = client.post("/data/foundation/catalog/dataSets", json={"name": "crm"}).json()[0].rpartition("/")[2]
    merge = {"type": "dataSetPrecedence", "order": [made, "nothing"]}
    answer = client.post(POLICIES, json=policy(attributeMerge=merge))
    assert answer.status_code == 400
    body = answer.json()
    assert body["errors"]["400"][0]["code"] == "UPLIB-101554-503"
    assert [each["path"] for each in body["diagnostics"]] == ["$.attributeMerge.order[1]"]
    kept = client.post(POLICIES, json=policy(attributeMerge=merge | {"order": [made]})).json()
    change = [{"op": "add", "path": "/attributeMerge/order/-", "value": "nothing"}]
    assert client.patch(f"{POLICIES}/{kept['id']}", json=change).status_code == 400
    assert client.get(f"{POLICIES}/{kept['id']}").json() == kept


def test_name_that_is_taken(client: TestClient) -> None:
    client.post(POLICIES, json=policy())
    assert client.post(POLICIES, json=policy()).status_code == 422


def test_bulk_get(client: TestClient) -> None:
    answer = client.post(f"{POLICIES}/bulk-get", json={"ids": [{"id": FIRST}, {"id": "x"}]})
    assert answer.status_code == 207
    assert answer.json()["results"][FIRST]["default"] is True
    assert "errors" in answer.json()["results"]["x"]


PATCHES: dict[str, Any] = {
    "no list": {"op": "add"},
    "empty": [],
    "op": [{"op": "put", "path": "/name", "value": 1}],
    "no path": [{"op": "add", "value": 1}],
    "nothing there": [{"op": "replace", "path": "/x/y", "value": 1}],
    "no pointer": [{"op": "add", "path": "name", "value": "x"}],
    "test fails": [{"op": "test", "path": "/name", "value": "x"}],
    "whole": [{"op": "replace", "path": "", "value": [1]}],
    "gone": [{"op": "remove", "path": ""}],
    "wrong result": [{"op": "replace", "path": "/name", "value": 5}],
    "no value": [{"op": "add", "path": "/name"}],
    "no from": [{"op": "copy", "path": "/name"}],
    "index": [{"op": "add", "path": "/attributeMerge/order/7", "value": 1}],
    "doubling": [{"op": "copy", "from": "", "path": "/sandbox"}] * 90,
    "many": [{"op": "test", "path": "/default", "value": True}] * 101,
    "into a string": [{"op": "add", "path": "/name/x", "value": 1}],
    "set by the service": [{"op": "replace", "path": "/version", "value": 9}],
    "emoji": [{"op": "add", "path": "/😀/~2", "value": 1}],
}


@pytest.mark.parametrize("case", PATCHES)
def test_wrong_patches_are_refused_and_change_nothing(client: TestClient, case: str) -> None:
    before = client.get(f"{POLICIES}/{FIRST}").json()
    answer = client.patch(f"{POLICIES}/{FIRST}", json=PATCHES[case])
    assert answer.status_code == 400, answer.text
    assert len(answer.content) < 50_000
    assert client.get(f"{POLICIES}/{FIRST}").json() == before


SAYS = {
    "no slash": ({"op": "add", "path": "name", "value": "x"}, "`/name`"),
    "no value": ({"op": "add", "path": "/name"}, "`add` needs `value`"),
    "no from": ({"op": "move", "path": "/name"}, "`move` needs `from`"),
    "from without a slash": ({"op": "copy", "path": "/name", "from": "id"}, "`/id`"),
    "test": ({"op": "test", "path": "/name", "value": "x"}, "does not hold"),
    "nothing there": ({"op": "remove", "path": "/x"}, "nothing at this path"),
}


@pytest.mark.parametrize("case", SAYS)
def test_a_wrong_patch_says_what_is_wrong(client: TestClient, case: str) -> None:
    operation, words = SAYS[case]
    (found,) = client.patch(f"{POLICIES}/{FIRST}", json=[operation]).json()["diagnostics"]
    assert words in found["message"] + found.get("help", "")
    assert found["path"].startswith("$[0]")


def test_every_operation_of_a_patch(client: TestClient) -> None:
    made = client.post(POLICIES, json=policy()).json()
    operations = [
        {"op": "test", "path": "/name", "value": "mine"},
        {"op": "replace", "path": "/name", "value": "Ünïcode 😀"},
        {"op": "remove", "path": "/isActiveOnEdge"},
        {"op": "add", "path": "/isActiveOnEdge", "value": True},
        {"op": "add", "path": "/attributeMerge/data", "value": {"a": [1]}},
        {"op": "copy", "path": "/attributeMerge/data/b", "from": "/attributeMerge/data/a"},
        {"op": "move", "path": "/attributeMerge/data/c", "from": "/attributeMerge/data/a"},
    ]
    answer = client.patch(f"{POLICIES}/{made['id']}", json=operations)
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert (changed["name"], changed["isActiveOnEdge"], changed["version"]) == ("Ünïcode 😀", True, 2)
    assert changed["attributeMerge"]["data"] == {"b": [1], "c": [1]}

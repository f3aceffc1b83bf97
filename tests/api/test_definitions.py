"""Do definitions and conversion answer as the documents say, and wrong bodies with what would be right?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from pqltools.api.app import build
from pqltools.segmentation.options import Limits, Options
from pqltools.segmentation.service import Service
from service_clients import BASE, CONVERSION, DEFINITIONS, FEMALE, PROFILE, definition, headers

GOLDEN_TEXT = 'workAddress.country = "US"'
GOLDEN_TREE = (
    '{"nodeType":"fnApply","fnName":"=","params":[{"nodeType":"fieldLookup","fieldName":"country","object":'
    '{"nodeType":"fieldLookup","fieldName":"workAddress","object":{"nodeType":"parameterReference","position":1}}},'
    '{"nodeType":"literal","literalType":"String","value":"US"}]}'
)
BOTH_FIELDS = (
    '{"nodeType":"fnApply","fnName":"=","params":[{"nodeType":"fieldLookup","fieldName":"a","object":'
    '{"nodeType":"parameterReference","position":1}},{"nodeType":"fieldLookup","fieldName":"b","object":'
    '{"nodeType":"parameterReference","position":1}}]}'
)


def create(client: TestClient, *arguments: Any, **members: Any) -> dict[str, Any]:
    answer = client.post(DEFINITIONS, json=definition(*arguments, **members))
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def fault(answer: Any, status: int = 400) -> dict[str, Any]:
    """The first diagnostic of a refused request."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["status"] == status
    assert body["errors"][str(status)][0]["message"] == body["title"]
    assert body["type"].startswith("https://ns.adobe.com/aep/errors/UPAPI-")
    first: dict[str, Any] = body["diagnostics"][0]
    return first


# Conversion.


def test_text_becomes_the_tree_of_the_documents_to_the_byte(client: TestClient) -> None:
    answer = client.post(CONVERSION, json=definition("n", GOLDEN_TEXT, description="d"))
    assert answer.status_code == 200
    found = answer.json()
    assert [*found] == ["imsOrgId", "sandbox", "description", "expression"]
    assert found["expression"] == {"type": "PQL", "format": "pql/json", "value": GOLDEN_TREE}
    assert found["description"] == "d"


def test_tree_becomes_the_text_of_the_documents(client: TestClient) -> None:
    answer = client.post(CONVERSION, json=definition("n", GOLDEN_TREE, "pql/json"))
    assert answer.json()["expression"] == {"type": "PQL", "format": "pql/text", "value": GOLDEN_TEXT}


def test_second_tree_of_the_documents(client: TestClient) -> None:
    answer = client.post(CONVERSION, json=definition("n", BOTH_FIELDS, "pql/json"))
    assert answer.json()["expression"]["value"] == "a = b"


def test_conversion_needs_nothing_but_the_expression(client: TestClient) -> None:
    answer = client.post(CONVERSION, json={"imsOrgId": "x", "expression": definition("n", GOLDEN_TEXT)["expression"]})
    assert answer.json()["expression"]["value"] == GOLDEN_TREE


def test_what_has_no_text_is_refused(client: TestClient) -> None:
    answer = client.post(CONVERSION, json=definition("n", '{"nodeType":"mystery"}', "pql/json"))
    assert answer.status_code == 400
    assert "cannot be" in answer.json()["title"] or "wrong" in answer.json()["title"]


# Create and get.


def test_created_definition_has_the_members_of_the_documents(client: TestClient) -> None:
    answer = client.post(DEFINITIONS, json=definition("Women", FEMALE, description="d", ttlInDays=30))
    made = answer.json()
    assert answer.headers["x-location"] == f"{DEFINITIONS}/{made['id']}"
    assert made["imsOrgId"] == "ACME@AdobeOrg"
    assert {*made["sandbox"]} == {"sandboxId", "sandboxName", "type", "default"}
    assert made["profileInstanceId"] == "ups"
    assert made["evaluationInfo"] == {
        "batch": {"enabled": True},
        "continuous": {"enabled": False},
        "synchronous": {"enabled": False},
    }
    assert made["dataGovernancePolicy"] == {"excludeOptOut": True}
    assert made["mergePolicyId"] == "timestampOrdered-none-mp"
    assert made["ttlInDays"] == 30
    assert made["updateTime"] == made["updateEpoch"] * 1000
    assert made["creationTime"] // 1000 == made["updateEpoch"]
    assert client.get(f"{DEFINITIONS}/{made['id']}").json() == made


def test_one_method_of_three_is_enough(client: TestClient) -> None:
    made = create(client, evaluationInfo={"continuous": {"enabled": True}})
    assert [key for key, value in made["evaluationInfo"].items() if value["enabled"]] == ["continuous"]


def test_tree_of_segment_builder_is_kept_and_its_hash_looked_at(client: TestClient) -> None:
    model = {"hash": "1", "children": [{"ß": "😀", "deep": [[[1.5, None, 2**60]]]}]}
    made = create(client, ansibleDataModel=model)
    assert made["ansibleDataModel"] == model
    assert [each["code"] for each in made["diagnostics"]] == ["PQL042"]


def test_suspicious_expression_is_kept_with_a_warning(client: TestClient) -> None:
    made = create(client, "self", "person.gender = person.gender")
    (warning,) = made["diagnostics"]
    assert warning["severity"] == "warning"
    assert warning["path"] == "$.expression.value"
    assert "diagnostics" not in client.get(f"{DEFINITIONS}/{made['id']}").json()


def test_fields_of_a_tenant_are_no_errors_without_a_schema(client: TestClient) -> None:
    made = create(client, "tenant", '_acme.loyalty.level = "gold" and a = b')
    assert {each["severity"] for each in made.get("diagnostics", [])} <= {"warning", "information", "hint"}


def test_name_is_taken_once_in_a_sandbox(client: TestClient) -> None:
    first = create(client)
    found = fault(client.post(DEFINITIONS, json=definition()), 422)
    assert first["id"] in found["help"]
    assert "PATCH" in found["help"]
    second = create(client, "other")
    fault(client.patch(f"{DEFINITIONS}/{second['id']}", json=definition()), 422)
    assert client.patch(f"{DEFINITIONS}/{first['id']}", json=definition()).status_code == 200


def test_wrong_expression_is_refused_with_place_and_cure(client: TestClient) -> None:
    found = fault(client.post(DEFINITIONS, json=definition("n", 'a = 1 and\r\n"😀" == b')))
    assert found["code"] == "PQL004"
    assert found["path"] == "$.expression.value"
    assert found["start"] == {"line": 2, "column": 5, "offset": 15}
    assert "=" in found["help"]


WRONG: dict[str, tuple[Any, str, str]] = {
    "empty": ({}, "$.name", "missing"),
    "name": (definition() | {"name": 7}, "$.name", "`7`, not a string"),
    "empty name": (definition(""), "$.name", "at least 1"),
    "no format": (definition() | {"expression": {"value": "a"}}, "$.expression.format", "missing"),
    "format": (definition(format="pql/txt"), "$.expression.format", "`pql/txt`"),
    "value": (
        definition() | {"expression": {"format": "pql/json", "value": {"a": 1}}},
        "$.expression.value",
        "object",
    ),
    "mismatch": (definition(value=GOLDEN_TEXT, format="pql/json"), "$.expression.value", "not JSON"),
    "tree as text": (definition(value=GOLDEN_TREE), "$.expression.value", "tree"),
    "type": (
        definition() | {"expression": {"type": "ARL", "format": "pql/text", "value": "a"}},
        "$.expression.type",
        "ARL",
    ),
    "schema": (definition() | {"schema": {}}, "$.schema", "says which"),
    "other schema": (definition() | {"schema": {"name": "_xdm.context.account"}}, "$.schema.name", "account"),
    "switch": (
        definition(evaluationInfo={"batch": {"enabled": "true"}}),
        "$.evaluationInfo.batch.enabled",
        "not `true`",
    ),
    "method": (definition(evaluationInfo={"streaming": {"enabled": True}}), "$.evaluationInfo.streaming", "not known"),
    "policy": (definition(mergePolicyId="nope"), "$.mergePolicyId", "nope"),
    "segment": (definition(value='inSegment("nope")'), "$.expression.value", "nope"),
    "open quote": (definition(value='a = "b'), "$.expression.value", "closed"),
    "nothing": (definition(value=""), "$.expression.value", "expression"),
    "unknown function": (definition(value="foo(a)"), "$.expression.value", "foo"),
    "deep": (definition(value="(" * 5000 + "a" + ")" * 5000), "$.expression.value", "deep"),
    "list": ([definition()], "$", "a list, not an object"),
    "string": ("x", "$", "`x`, not an object"),
    "number": (7, "$", "not an object"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_body_is_refused_with_the_path_of_the_fault(client: TestClient, case: str) -> None:
    body, path, words = WRONG[case]
    found = fault(client.post(DEFINITIONS, json=body))
    assert found["path"] == path
    assert words in found["message"]
    assert client.get(DEFINITIONS).json()["page"]["totalCount"] == 0


def test_unknown_member_is_refused_with_the_one_that_was_meant(client: TestClient) -> None:
    body = definition(mergePolicyID="x")
    found = fault(client.post(DEFINITIONS, json=body))
    assert found == {
        "message": "`mergePolicyID` is not known here",
        "path": "$.mergePolicyID",
        "help": "did you mean `mergePolicyId`?",
    }


RAW = {
    "half": b'{"name": "a"',
    "nan": b'{"name": "a", "payloadSchema": NaN}',
    "surrogate": b'{"name": "\\ud800"}',
    "not utf-8": b'{"name": "\xff"}',
    "deep": b'{"ansibleDataModel":' + b'{"a":' * 300 + b"1" + b"}" * 301,
    "endless": b"[" * 100_000,
    "huge number": b'{"ttlInDays": ' + b"9" * 6000 + b"}",
    "beyond double": b'{"payloadSchema": 1e999}',
    "utf-16": "{}".encode("utf-16"),
}


@pytest.mark.parametrize("case", RAW)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_what_is_no_json_is_refused(client: TestClient, case: str, method: str) -> None:
    path = DEFINITIONS if method == "POST" else f"{DEFINITIONS}/x"
    answer = client.request(method, path, content=RAW[case], headers={"content-type": "application/json"})
    fault(answer)


def test_lenient_service_keeps_what_it_does_not_know(tmp_path: Any) -> None:
    with Service(str(tmp_path), options=Options(strict=False)) as service:
        client = TestClient(build(service), headers=headers())
        made = create(client, somethingNew={"a": 1})
        assert client.get(f"{DEFINITIONS}/{made['id']}").json()["somethingNew"] == {"a": 1}
        assert client.post(DEFINITIONS, json=definition("n", extra=1) | {"name": 1}).status_code == 400


# Lists.


def test_list_has_the_shape_of_the_documents(client: TestClient) -> None:
    made = [create(client, name)["id"] for name in "abc"]
    found = client.get(DEFINITIONS, params={"limit": 2}).json()
    assert [*found] == ["segments", "page", "link"]
    assert found["page"] == {
        "totalCount": 3,
        "totalPages": 2,
        "sortField": "creationTime",
        "sort": "desc",
        "pageSize": 2,
        "limit": 2,
    }
    assert {each["id"] for each in found["segments"]} < {*made}
    assert client.get(DEFINITIONS, params={"limit": 2, "page": 2}).json()["segments"] == []


def test_empty_list(client: TestClient) -> None:
    found = client.get(DEFINITIONS).json()
    assert found["segments"] == []
    assert found["page"]["totalPages"] == 0


def test_blank_parameters_count_as_absent(client: TestClient) -> None:
    create(client)
    blank = client.get(f"{DEFINITIONS}?start=&limit=&page=&sort=&evaluationInfo.batch.enabled=%20")
    assert blank.json() == client.get(DEFINITIONS).json()


def test_sorting_by_several_attributes(client: TestClient) -> None:
    for name in ("b", "c", "a"):
        create(client, name)

    def names(sort: str) -> list[str]:
        return [each["name"] for each in client.get(DEFINITIONS, params={"sort": sort}).json()["segments"]]

    assert names("name:asc") == ["a", "b", "c"]
    assert names("updateEpoch:asc,name:desc")[0] in "cba"
    assert names("name") == ["c", "b", "a"]
    assert names("creationTime:asc")[0] == "b"


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("limit=101", "limit"),
        ("limit=0", "limit"),
        ("limit=x", "limit"),
        ("start=-1", "start"),
        ("page=99999999999999999999", "page"),
        ("sort=nmae:asc", "sort"),
        ("sort=name:up", "sort"),
        ("sort=,", "sort"),
        ("evaluationInfo.batch.enabled=perhaps", "evaluationInfo.batch.enabled"),
    ],
)
def test_wrong_parameter_is_refused(client: TestClient, query: str, path: str) -> None:
    assert fault(client.get(f"{DEFINITIONS}?{query}"))["path"] == path


def test_list_of_streaming_definitions(client: TestClient) -> None:
    create(client, "batch")
    create(client, "streaming", evaluationInfo={"continuous": {"enabled": True}})
    found = client.get(f"{DEFINITIONS}?evaluationInfo.continuous.enabled=true").json()
    assert [each["name"] for each in found["segments"]] == ["streaming"]
    assert found["page"]["totalCount"] == 1


# Several at once.


def test_bulk_get(client: TestClient) -> None:
    made = create(client)
    answer = client.post(f"{DEFINITIONS}/bulk-get", json={"ids": [{"id": made["id"]}, {"id": "nope"}]})
    assert answer.status_code == 207
    results = answer.json()["results"]
    assert results[made["id"]] == made
    assert results["nope"]["errors"] == {"404": [{"code": "404", "message": "Not found."}]}
    assert results["nope"]["requestId"] == answer.headers["x-request-id"]


def test_bulk_get_of_nothing_known_or_too_much(client: TestClient) -> None:
    unknown = client.post(f"{DEFINITIONS}/bulk-get", json={"ids": [{"id": "a"}, {"id": "b"}]})
    assert (unknown.status_code, unknown.json()["title"]) == (404, "The entity a,b is not found.")
    for count in (0, 101):
        answer = client.post(f"{DEFINITIONS}/bulk-get", json={"ids": [{"id": str(each)} for each in range(count)]})
        assert answer.status_code == 400
        assert "UPAPI-113015-400" in answer.json()["type"]


# Change and delete.


def test_patch_replaces_the_whole(client: TestClient) -> None:
    made = create(client, description="d", evaluationInfo={"continuous": {"enabled": True}})
    answer = client.patch(f"{DEFINITIONS}/{made['id']}", json=definition("New", "a = 1", creationTime=5, id=made["id"]))
    changed = answer.json()
    assert answer.headers["x-location"].endswith(made["id"])
    assert "description" not in changed
    assert changed["evaluationInfo"]["batch"]["enabled"]
    assert changed["creationTime"] == made["creationTime"]
    assert client.get(f"{DEFINITIONS}/{made['id']}").json() == {
        key: value for key, value in changed.items() if key != "diagnostics"
    }


def test_patch_sent_back_as_it_came_changes_nothing(client: TestClient) -> None:
    made = create(client, description="d", payloadSchema="string")
    changed = client.patch(f"{DEFINITIONS}/{made['id']}", json=made).json()
    assert {**changed, "updateEpoch": 0, "updateTime": 0} == {**made, "updateEpoch": 0, "updateTime": 0}


def test_patch_of_another_id_or_by_json_patch_is_refused(client: TestClient) -> None:
    made = create(client)
    assert fault(client.patch(f"{DEFINITIONS}/{made['id']}", json=definition(id="other")))["path"] == "$.id"
    operations = [{"op": "replace", "path": "/name", "value": "x"}]
    assert "list" in fault(client.patch(f"{DEFINITIONS}/{made['id']}", json=operations))["message"]


def test_unknown_id_is_not_found(client: TestClient) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        body = definition() if method == "PATCH" else None
        for id in ("nope", "x" * 3000, "%00", "%F0%9F%98%80", "a%2Fb"):
            answer = client.request(method, f"{DEFINITIONS}/{id}", json=body)
            assert answer.status_code == 404, (method, id, answer.text)


def test_delete_answers_nothing_and_then_it_is_gone(client: TestClient) -> None:
    made = create(client)
    answer = client.delete(f"{DEFINITIONS}/{made['id']}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert client.get(f"{DEFINITIONS}/{made['id']}").status_code == 404
    assert client.delete(f"{DEFINITIONS}/{made['id']}").status_code == 404


def test_definition_to_which_others_refer_stays(client: TestClient) -> None:
    first = create(client)
    second = create(client, "second", f'inSegment("{first["id"]}")')
    answer = client.delete(f"{DEFINITIONS}/{first['id']}")
    assert fault(answer)["id"] == second["id"]
    assert "UPAPI-113631-403" in answer.json()["type"]
    client.delete(f"{DEFINITIONS}/{second['id']}")
    assert client.delete(f"{DEFINITIONS}/{first['id']}").status_code == 200


def test_definitions_do_not_become_a_cycle(client: TestClient) -> None:
    first = create(client)
    second = create(client, "second", f'inSegment("{first["id"]}")')
    for id in (first["id"], second["id"]):
        body = definition("Women", f'inSegment("{id}")')
        assert fault(client.patch(f"{DEFINITIONS}/{first['id']}", json=body))["code"] == "PQL111"


def test_name_in_place_of_an_id_is_explained(client: TestClient) -> None:
    first = create(client)
    assert first["id"] in fault(client.post(DEFINITIONS, json=definition("n", 'inSegment("Women")')))["help"]


# Older behaviours, and limits.


def test_older_behaviours(tmp_path: Any) -> None:
    era = frozenset(("duplicate-names", "definition-delete-message"))
    with Service(str(tmp_path), options=Options(era, limits=Limits(page=3))) as service:
        client = TestClient(build(service), headers=headers())
        first, second = create(client), create(client)
        assert first["name"] == second["name"]
        assert client.delete(f"{DEFINITIONS}/{first['id']}").json()["status"] is True
        assert client.get(f"{DEFINITIONS}?limit=4").status_code == 400
        assert client.get(DEFINITIONS).json()["page"]["limit"] == 3


def test_schema_of_the_service_decides_about_fields(tmp_path: Any) -> None:
    schema = {"type": "object", "title": "Own", "properties": {"height": {"type": "integer", "meta:xdmType": "int"}}}
    (tmp_path / "schema.json").write_text(json.dumps(schema))
    with Service(str(tmp_path / "data"), options=Options(schema=(str(tmp_path / "schema.json"),))) as service:
        client = TestClient(build(service), headers=headers())
        assert create(client, "tall", "height > 180")
        assert "heigth" in fault(client.post(DEFINITIONS, json=definition("typo", "heigth > 180")))["message"]


def test_method_and_address_that_are_not_there(client: TestClient) -> None:
    assert client.put(DEFINITIONS, json={}).status_code == 405
    assert client.put(DEFINITIONS, json={}).headers["allow"] == "GET, HEAD, POST"
    assert client.post(f"{DEFINITIONS}/x", json={}).headers["allow"] == "DELETE, GET, HEAD, PATCH"
    assert client.get(f"{BASE}/segment/nothing").status_code == 404
    assert PROFILE["name"] not in client.get(f"{BASE}/nothing").text

"""Do all resources keep the rules that they have in common: headers, parameters, bodies, errors?"""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from job_clients import JOBS
from service_clients import BASE, CONVERSION, DEFINITIONS, definition

EXPORTS = f"{BASE}/export/jobs"
LISTS = {"definitions": DEFINITIONS, "jobs": JOBS, "exports": EXPORTS}
JSON = {"content-type": "application/json"}
NO_TYPE = "A valid content-type must be specified"


# Methods and addresses.


@pytest.mark.parametrize("address", [*LISTS.values(), "/health"])
def test_head_answers_what_get_does_without_its_body(client: TestClient, address: str) -> None:
    got, head = client.get(address), client.head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"] != "0"


def test_head_of_what_is_not_there(client: TestClient) -> None:
    assert client.head(f"{DEFINITIONS}/nope").status_code == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("address", LISTS.values())
def test_unknown_method_is_told_those_that_are_known(client: TestClient, method: str, address: str) -> None:
    answer = client.request(method, address, headers=JSON)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")
    assert answer.json()["status"] == 405


@pytest.mark.parametrize(
    "address", ["/data", "/data/other/x", "/nothing", "/nothing/", BASE, f"{BASE}/segment/nothing"]
)
def test_unknown_address_is_not_found(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.json()["title"]) == (404, "There is no such resource.")


IDS = ("%2e%2e", "%00", "%ff", "%0d%0aX:y", "%F0%9F%98%80", "x" * 3000, "9" * 5000, "*", "'", "%25")


@pytest.mark.parametrize("id", IDS, ids=range(len(IDS)))
@pytest.mark.parametrize("address", LISTS.values())
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_strange_id_is_an_id_that_is_not_known(client: TestClient, address: str, id: str, method: str) -> None:
    answer = client.request(method, f"{address}/{id}")
    assert answer.status_code == (400 if address == EXPORTS else 404)
    assert answer.json()["requestId"] == answer.headers["x-request-id"]


def test_percent_encoded_id_is_the_same_id(client: TestClient) -> None:
    id = client.post(DEFINITIONS, json=definition()).json()["id"]
    assert client.get(f"{DEFINITIONS}/{id.replace('-', '%2D')}").json()["id"] == id


def test_address_of_what_is_new_can_be_asked(client: TestClient) -> None:
    made = client.post(DEFINITIONS, json=definition())
    assert client.get(made.headers["x-location"]).json() == made.json()


# Parameters.


@pytest.mark.parametrize(
    ("address", "query"),
    [
        (JOBS, "start=&limit=&status=&sort=&property=&snapshot.name="),
        (JOBS, "status=,&property=%20"),
        (EXPORTS, "limit=&offset=&status="),
        (DEFINITIONS, "start&limit&evaluationInfo.synchronous.enabled"),
    ],
)
def test_blank_parameter_counts_as_absent(client: TestClient, address: str, query: str) -> None:
    assert client.get(f"{address}?{query}").json() == client.get(address).json()


@pytest.mark.parametrize("address", LISTS.values())
def test_unknown_parameter_is_named_in_a_header(client: TestClient, address: str) -> None:
    answer = client.get(f"{address}?limt=3")
    assert answer.status_code == 200
    assert answer.headers["x-pql-warning"] == "'limt' is not known here, did you mean `limit`?"
    assert "x-pql-warning" not in client.get(f"{address}?limit=3").headers


def test_header_holds_no_line_of_the_client(client: TestClient) -> None:
    answer = client.get(f"{DEFINITIONS}?%0d%0aSet-Cookie:=1&%F0%9F%98%80=1")
    assert answer.headers["x-pql-warning"].isascii()
    assert "set-cookie" not in answer.headers


def test_filter_of_another_resource_is_let_pass(client: TestClient) -> None:
    client.post(DEFINITIONS, json=definition())
    answer = client.get(f"{DEFINITIONS}?start=0&limit=10&property=state==enabled")
    assert answer.json()["page"]["totalCount"] == 1
    assert "property" in answer.headers["x-pql-warning"]


@pytest.mark.parametrize("address", [*LISTS.values()])
@pytest.mark.parametrize("query", ["limit=1&limit=2", "limit=1.5", "limit=1e1", "limit=-1", "limit=%D9%A1"])
def test_parameter_that_is_no_number_is_refused(client: TestClient, address: str, query: str) -> None:
    answer = client.get(f"{address}?{query}")
    assert answer.status_code == 400
    assert answer.json()["diagnostics"][0]["path"] == "limit"


# Bodies.


@pytest.mark.parametrize("address", [*LISTS.values(), CONVERSION, f"{DEFINITIONS}/bulk-get", f"{JOBS}/bulk-get"])
@pytest.mark.parametrize("content", [b"", b"{}"])
def test_post_without_a_content_type_is_refused_as_the_gateway_does(
    client: TestClient, address: str, content: bytes
) -> None:
    answer = client.post(address, content=content)
    assert (answer.status_code, answer.json()["detail"]) == (400, NO_TYPE)


@pytest.mark.parametrize("kind", ["application/xml", "text/json", "application/x-www-form-urlencoded", "json"])
def test_other_content_type_is_refused(client: TestClient, kind: str) -> None:
    assert client.post(DEFINITIONS, content=b"{}", headers={"content-type": kind}).json()["detail"] == NO_TYPE


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.adobe+json"])
def test_content_type_of_json_is_taken(client: TestClient, kind: str) -> None:
    content = json.dumps(definition()).encode()
    assert client.post(DEFINITIONS, content=content, headers={"content-type": kind}).status_code == 200


@pytest.mark.parametrize("address", [*LISTS.values(), CONVERSION])
def test_body_that_is_not_there_is_said_to_be_missing(client: TestClient, address: str) -> None:
    assert "no body" in client.post(address, headers=JSON).json()["title"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_body_that_nobody_reads_is_let_pass(client: TestClient, method: str) -> None:
    made = client.post(DEFINITIONS, json=definition()).json()
    answer = client.request(method, f"{DEFINITIONS}/{made['id']}", content=b"garbage", headers=JSON)
    assert answer.status_code == 200


def test_compressed_body_is_refused_with_the_reason(client: TestClient) -> None:
    sent = gzip.compress(json.dumps(definition()).encode())
    answer = client.post(DEFINITIONS, content=sent, headers={**JSON, "content-encoding": "gzip"})
    assert answer.status_code == 415
    assert "'gzip'" in answer.json()["title"]


def test_body_in_another_charset_is_refused_with_the_cure(client: TestClient) -> None:
    sent = json.dumps(definition("ü"), ensure_ascii=False).encode("latin-1")
    answer = client.post(DEFINITIONS, content=sent, headers={"content-type": "application/json; charset=iso-8859-1"})
    assert answer.status_code == 400
    assert "no UTF-8" in answer.json()["title"]
    assert "codec" not in answer.text


@pytest.mark.parametrize(
    ("address", "body", "name"),
    [
        (DEFINITIONS, b'{"name": "a", "name": "b"}', "name"),
        (DEFINITIONS, b'{"ansibleDataModel": [{"hash": 1, "hash": 1}]}', "hash"),
        (JOBS, b'[{"segmentId": "a", "segmentId": "b"}]', "segmentId"),
    ],
)
def test_member_that_stands_twice_is_refused(client: TestClient, address: str, body: bytes, name: str) -> None:
    answer = client.post(address, content=body, headers=JSON)
    assert answer.status_code == 400
    assert answer.json()["diagnostics"][0]["path"] == f"$..{name}"


def test_member_that_stands_twice_among_many_is_found(client: TestClient) -> None:
    names = [f'"m{number}":0' for number in range(200_000)]
    # With the square of their number it would be a quarter of an hour.
    answer = client.post(DEFINITIONS, content=f"{{{','.join([*names, names[-1]])}}}", headers=JSON)
    assert answer.json()["diagnostics"][0]["path"] == "$..m199999"


BROKEN = (b"NaN", b'{"a":' * 100_000, b"[" * 100_000, b'"\\ud800"', b"\xff", b"{", b"{}{}")


@pytest.mark.parametrize("address", [*LISTS.values(), CONVERSION])
@pytest.mark.parametrize("body", BROKEN, ids=range(len(BROKEN)))
def test_broken_body_is_refused_everywhere(client: TestClient, address: str, body: bytes) -> None:
    answer = client.post(address, content=body, headers=JSON)
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("UPAPI-900400-400")


def test_body_of_ten_megabytes_is_refused(client: TestClient) -> None:
    answer = client.post(DEFINITIONS, json=definition("n", 'a = "' + "x" * 10_000_000 + '"'))
    assert answer.status_code == 413


# What is wrong, and what is right.


@pytest.mark.parametrize(
    ("address", "body", "path", "help"),
    [
        (DEFINITIONS, {}, "$.name", None),
        (DEFINITIONS, definition() | {"schema": "profile"}, "$.schema", "it is an object with `name`"),
        (DEFINITIONS, definition() | {"expression": "a"}, "$.expression", "it is an object with `format`, `value`"),
        (CONVERSION, {}, "$.expression", "it is an object with `format`, `value`"),
        (f"{DEFINITIONS}/bulk-get", {"ids": ["a"]}, "$.ids[0]", "it is an object with `id`"),
        (f"{JOBS}/bulk-get", {"ids": ["a"]}, "$.ids[0]", "it is an object with `id`"),
        (DEFINITIONS, definition(evaluationInfo={"edge": {}}), "$.evaluationInfo.edge", "`synchronous`"),
        (DEFINITIONS, definition(evaluationInfo={"batch": True}), "$.evaluationInfo.batch", "`enabled`"),
    ],
)
def test_wrong_object_is_told_its_members(
    client: TestClient, address: str, body: Any, path: str, help: str | None
) -> None:
    answer = client.post(address, json=body)
    assert answer.status_code == 400
    first = answer.json()["diagnostics"][0]
    assert first["path"] == path
    assert (help or "") in first.get("help", "")


def test_string_is_told_from_what_it_says(client: TestClient) -> None:
    answer = client.post(DEFINITIONS, json=definition(evaluationInfo={"batch": {"enabled": "true"}}))
    assert answer.json()["diagnostics"][0]["message"] == "`enabled` is the string `true`, not `true` or `false`"


def test_error_is_the_same_in_all_its_places(client: TestClient) -> None:
    answer = client.get(f"{DEFINITIONS}/nope", headers={"x-request-id": "r1"})
    title = "The segment definition nope is not found. Use a valid id and try again."
    assert answer.json() == {
        "requestId": "r1",
        "errors": {"404": [{"code": "UPAPI-900404-404", "message": title}]},
        "type": "https://ns.adobe.com/aep/errors/UPAPI-900404-404",
        "title": title,
        "status": 404,
    }

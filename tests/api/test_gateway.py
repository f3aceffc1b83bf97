"""Who gets in, how much at once, and what does the operator see?"""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from pqltools.api.app import build
from pqltools.api.faults import read_fault
from pqltools.api.observing import JsonLines
from pqltools.api.options import ApiOptions
from pqltools.segmentation.clock import ManualClock
from pqltools.segmentation.service import Service
from service_clients import BASE, DEFINITIONS, definition, headers


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with Service(str(tmp_path_factory.mktemp("own")), ManualClock(1_700_000_000_000)) as service:
        yield service


def client_of(service: Service, **options: Any) -> TestClient:
    return TestClient(build(service, ApiOptions(**options)), headers=headers(), raise_server_exceptions=False)


REFUSED = {
    "no token": ({"authorization": ""}, 403, "403010", "Oauth token is missing."),
    "no bearer": ({"authorization": "Basic x"}, 401, "401013", "Oauth token is not valid"),
    "no key": ({"x-api-key": ""}, 403, "403000", "Api Key is required"),
    "no org": ({"x-gw-ims-org-id": ""}, 400, "400003", "Missing header"),
    "no sandbox": ({"x-sandbox-name": ""}, 400, "400003", "Missing header x-sandbox-name"),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_missing_headers_are_refused_as_the_gateway_does(app: FastAPI, case: str, method: str) -> None:
    given, status, code, message = REFUSED[case]
    sent = {**headers(), **given}
    blank = TestClient(app).request(method, DEFINITIONS, headers=sent)
    absent = TestClient(app).request(
        method, DEFINITIONS, headers={name: value for name, value in sent.items() if value}
    )
    for answer in (blank, absent):
        assert (answer.status_code, answer.json()) == (status, {"error_code": code, "message": message})
        assert answer.headers["x-request-id"]


def test_sandbox_names_are_lower_case(client: TestClient) -> None:
    for name in ("Prod", "a b", "-a", "x" * 300, "../x"):
        assert client.get(DEFINITIONS, headers={"x-sandbox-name": name}).status_code == 400


def test_body_without_its_type(client: TestClient) -> None:
    for kind in ("", "text/plain"):
        answer = client.post(DEFINITIONS, content=b"{}", headers={"content-type": kind})
        assert answer.status_code == 400
        assert answer.json() == {
            "type": "/placeholder/type/uri",
            "status": 400,
            "title": "BadRequestError",
            "detail": "A valid content-type must be specified",
        }


def test_token_key_and_organisation_that_are_wanted(own: Service) -> None:
    client = client_of(own, token="secret", api_keys=("key", "two"), orgs=("ACME@AdobeOrg",))
    right = headers(token="secret")
    assert client.get(DEFINITIONS, headers=right).status_code == 200
    for name, value, code in (
        ("authorization", "Bearer Secret", "401013"),
        ("authorization", "Bearer secre\u00fc".encode(), "401013"),
        ("x-api-key", "three", "403003"),
        ("x-gw-ims-org-id", "Other@AdobeOrg", "403025"),
    ):
        sent: Any = {**right, name: value}
        answer = client.get(DEFINITIONS, headers=sent)
        assert answer.json()["error_code"] == code
    bare = TestClient(client.app)
    assert bare.get("/metrics").status_code == 403
    assert bare.get("/openapi.json").status_code == 403
    assert bare.get("/health").status_code == 200


def test_only_the_names_of_this_machine(own: Service) -> None:
    client = client_of(own, hosts=frozenset(("localhost", "127.0.0.1", "[::1]")))
    for host, status in (("localhost:8470", 200), ("127.0.0.1", 200), ("[::1]:1", 200), ("evil.example", 403)):
        assert client.get(DEFINITIONS, headers={"host": host}).status_code == status


def test_no_other_origin_is_let_in(client: TestClient) -> None:
    asked = {"origin": "https://evil.example", "access-control-request-method": "GET"}
    answer = client.options(DEFINITIONS, headers=asked)
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert answer.status_code == 405


def test_request_id_is_echoed(client: TestClient) -> None:
    answer = client.get(f"{DEFINITIONS}/x", headers={"x-request-id": "abc-1"})
    assert answer.headers["x-request-id"] == answer.json()["requestId"] == "abc-1"
    for strange in ("a b", "x" * 200, "é"):
        sent: Any = {"x-request-id": strange.encode("latin-1")}
        given = client.get(f"{DEFINITIONS}/x", headers=sent)
        assert len(given.headers["x-request-id"]) == 36
        assert given.headers["x-request-id"] == given.json()["requestId"]


def test_faults_that_are_asked_for(client: TestClient) -> None:
    limited = client.get(DEFINITIONS, headers={"x-pql-fault": "429;retry-after=7"})
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "7")
    assert client.get(DEFINITIONS, headers={"x-pql-fault": "503"}).status_code == 503
    assert client.get(DEFINITIONS, headers={"x-pql-fault": "slow=20, 503@0"}).status_code == 200
    wrong = client.get(DEFINITIONS, headers={"x-pql-fault": "teapot"})
    assert wrong.status_code == 400
    assert "429, 503, slow" in wrong.json()["title"]
    assert client.get("/health", headers={"x-pql-fault": "503"}).status_code == 200


def test_faults_for_a_share_of_all_requests(own: Service) -> None:
    client = client_of(own, faults=(read_fault("503@0.3"),), seed=1)
    failed = sum(client.get(DEFINITIONS).status_code == 503 for _ in range(200))
    assert 30 < failed < 90


def test_body_that_is_too_large(own: Service) -> None:
    client = client_of(own, max_body=2000)
    assert client.post(DEFINITIONS, json=definition("n", description="x" * 1000)).status_code == 200
    said = client.post(DEFINITIONS, json=definition("m", description="x" * 3000))
    streamed = client.post(
        DEFINITIONS,
        content=iter([b'{"name": "', b"x" * 3000, b'"}']),
        headers={"content-type": "application/json"},
    )
    for answer in (said, streamed):
        assert answer.status_code == 413
        assert "2000 bytes" in answer.json()["title"]


def test_more_requests_than_the_server_may_work_on(own: Service) -> None:
    answer = client_of(own, max_requests=0).get(DEFINITIONS)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


def test_health_and_metrics(own: Service) -> None:
    client = client_of(own)
    client.get(f"{DEFINITIONS}/4711")
    assert client.get("/health").json()["status"] == "ok"
    page = client.get("/metrics")
    assert page.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'method="GET",route="/segment/definitions/{id}",status="404"} 1.0' in page.text
    assert "4711" not in page.text


def test_log_holds_no_ids_and_no_data(own: Service, caplog: pytest.LogCaptureFixture) -> None:
    client = client_of(own)
    with caplog.at_level(logging.INFO, "pqltools.api"):
        client.post(f"{DEFINITIONS}?secret=4711", json=definition("Secret", 'personalEmail.address = "a@b.c"'))
        client.get(f"{DEFINITIONS}/4711", headers={"x-request-id": "r1"})
    lines = [JsonLines().format(record) for record in caplog.records]
    last = json.loads(lines[-1])
    assert last["event"] == "request"
    assert (last["requestId"], last["status"], last["route"]) == ("r1", 404, "/segment/definitions/{id}")
    assert not [line for line in lines if "4711" in line or "Secret" in line or "a@b.c" in line]


def test_mistake_of_ours_is_reported_without_data(own: Service, caplog: pytest.LogCaptureFixture) -> None:
    app = build(own)

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("a@b.c in /home/user")

    answer = TestClient(app, raise_server_exceptions=False).get("/broken", headers={"x-request-id": "r1"})
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] == answer.json()["requestId"] == "r1"
    assert "a@b.c" not in answer.text
    ours = [JsonLines().format(record) for record in caplog.records if record.name == "pqltools.api"]
    assert any("RuntimeError" in line and "broken" in line for line in ours)
    assert not any("a@b.c" in line for line in ours)


def test_clock_that_is_moved(own: Service, client: TestClient) -> None:
    moved = client_of(own)
    now = moved.get("/clock").json()["now"]
    assert moved.put("/clock", json={"advance": 1500}).json() == {"now": now + 1500}
    assert moved.put("/clock", json={"now": "2024-01-01T00:00:00Z"}).json() == {"now": 1_704_067_200_000}
    made = moved.post(DEFINITIONS, json=definition("at midnight")).json()
    assert made["creationTime"] == 1_704_067_200_000
    for wrong in ({"now": "2023-01-01T00:00:00Z"}, {"now": "yesterday"}, {"advance": -1}, {"adv": 1}):
        assert moved.put("/clock", json=wrong).status_code == 400
    assert client.put("/clock", json={"advance": 1}).status_code == 404


def test_organisations_and_sandboxes_do_not_see_each_other(own: Service) -> None:
    client = client_of(own)
    made = client.post(DEFINITIONS, json=definition("mine")).json()
    for other in (headers(org="OTHER@AdobeOrg"), headers(sandbox="dev"), headers(org="acme@AdobeOrg")):
        assert client.get(f"{DEFINITIONS}/{made['id']}", headers=other).status_code == 404
        assert client.delete(f"{DEFINITIONS}/{made['id']}", headers=other).status_code == 404
        assert client.get(DEFINITIONS, headers=other).json()["page"]["totalCount"] == 0
        reference = definition("r", f'inSegment("{made["id"]}")')
        assert client.post(DEFINITIONS, json=reference, headers=other).status_code == 400
        assert client.post(DEFINITIONS, json=definition("mine"), headers=other).status_code == 200
        client.get(f"{BASE}/audiences", headers=other)

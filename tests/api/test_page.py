"""Is the page at ``/`` whole, closed against what is not its own, and told the truth?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pqltools.api.app import build
from pqltools.api.options import ApiOptions
from pqltools.api.page import FILES, FOLDER
from pqltools.segmentation.scope import Scope
from pqltools.segmentation.service import Service
from service_clients import DEFINITIONS, definition, headers

CHECK, STATE = "/page/check", "/page/state"


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_files_are_served_with_a_policy(client: TestClient, file: object) -> None:
    path, name, type = file.path, file.name, file.type  # type: ignore[attr-defined]
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == type
    assert answer.content == (FOLDER / name).read_bytes()
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_every_file_is_served() -> None:
    there = {path.name for path in FOLDER.iterdir() if path.suffix != ".py" and path.is_file()}
    assert there == {file.name for file in FILES}


def test_nothing_is_from_elsewhere_and_nothing_inline() -> None:
    for file in FILES:
        text = (FOLDER / file.name).read_text(encoding="utf-8")
        # Names that look like addresses, of which nothing is fetched.
        for name in ("http://www.w3.org/2000/svg", "https://ns.adobe.com/xdm/context/"):
            text = text.replace(name, "")
        assert re.findall(r"(?:https?:)?//[\w.-]+\.\w+", text) == []
        assert "innerHTML" not in text
    page = (FOLDER / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"<style|<script(?! type=\"module\" src=)|\son\w+=|\sstyle=", page) == []


def test_page_needs_no_token_but_what_it_asks_for_does(tmp_path: Path) -> None:
    with Service(str(tmp_path)) as service:
        client = TestClient(build(service, ApiOptions(token="secret")))
        assert [client.get(file.path).status_code for file in FILES] == [200] * len(FILES)
        assert client.get(STATE, headers=headers(token="wrong")).status_code == 401
        assert client.post(CHECK, json={"value": "a = b"}, headers=headers(token="wrong")).status_code == 401
        assert client.get(STATE, headers=headers(token="secret")).status_code == 200


def test_what_the_page_asks_for_is_no_part_of_the_api(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert not [path for path in paths if path.startswith("/page") or path == "/"]


def test_check_of_a_right_expression(client: TestClient) -> None:
    found = client.post(CHECK, json={"value": 'person.gender = "female"'}).json()
    assert found["valid"] is True
    assert found["diagnostics"] == []
    assert found["other"]["format"] == "pql/json"
    assert found["description"] == '`person.gender` is "female".'
    back = client.post(CHECK, json=found["other"]).json()
    assert back["other"] == {"format": "pql/text", "value": 'person.gender = "female"'}


def test_check_of_a_wrong_expression_says_where(client: TestClient) -> None:
    found = client.post(CHECK, json={"value": '😀 = "x" and ('}).json()
    assert found["valid"] is False
    assert found["other"] is None
    assert all({"message", "start", "end"} <= {*each} for each in found["diagnostics"])


def test_check_of_a_suspicious_expression(client: TestClient) -> None:
    found = client.post(CHECK, json={"value": "not (not (homeAddress.city.isNotNull()))"}).json()
    assert found["valid"] is True
    assert found["diagnostics"]
    assert found["description"]


def test_segments_are_called_by_their_names(client: TestClient) -> None:
    id = client.post(DEFINITIONS, json=definition("Women")).json()["id"]
    found = client.post(CHECK, json={"value": f'inSegment("{id}")'}).json()
    assert found["valid"] is True
    assert "Women" in found["description"]
    missing = client.post(CHECK, json={"value": 'inSegment("nobody")'}).json()
    assert missing["valid"] is False
    assert missing["other"] is not None


ODD = ["", " ", "'", '"', "(" * 3000, "a.b" * 5000, "\r\n\r\n", "\x00", "a = 'x' or " * 300 + "b = 1", "{", "😀" * 500]


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("format", ["pql/text", "pql/json"])
def test_check_of_anything(client: TestClient, value: str, format: str) -> None:
    answer = client.post(CHECK, json={"value": value, "format": format})
    assert answer.status_code == 200
    found = answer.json()
    assert found["valid"] or found["diagnostics"]


@pytest.mark.parametrize("body", [{}, {"value": 1}, {"value": "a = b", "format": "sql"}, [], {"valeu": ""}])
def test_check_of_wrong_bodies(client: TestClient, body: object) -> None:
    assert client.post(CHECK, json=body).status_code == 400


def test_state_of_some_of_many_definitions(client: TestClient) -> None:
    for name in ("Ärzte", "ärztinnen", "100%"):
        client.post(DEFINITIONS, json=definition(name, "a = 1"))
    found = client.get(STATE, params={"name": "ÄRZT", "limit": 1}).json()
    assert [each["name"] for each in found["definitions"]] == ["ärztinnen"]
    assert (found["definitionCount"], found["all"]) == (2, 3)
    assert client.get(STATE, params={"name": ""}).json()["definitionCount"] == 3
    assert client.get(STATE, params={"name": "0%"}).json()["definitionCount"] == 1
    assert client.get(STATE, params={"limit": 5000}).status_code == 400


def test_state(client: TestClient, tmp_path: Path) -> None:
    service = client.app.state.service  # type: ignore[attr-defined]
    sandbox = client.headers["x-sandbox-name"]
    file = tmp_path / "people.ndjson"
    file.write_text('{"identityMap":{"email":[{"id":"a","primary":true}]},"person":{"gender":"female"}}\nno JSON\n')
    service.profiles.load(Scope("ACME@AdobeOrg", sandbox), "people", [str(file)])
    id = client.post(DEFINITIONS, json=definition("Women")).json()["id"]
    before = client.get(STATE).json()
    assert before["definitionCount"] == 1
    assert before["definitions"][0]["size"] is None
    assert before["definitions"][0]["methods"] == ["batch"]
    assert before["profiles"] == {"email": 1}
    assert [(each["dataset"], each["profiles"], each["bad"]) for each in before["batches"]] == [("people", 1, 1)]
    assert before["jobs"] == []
    service.profiles.apply_memberships(Scope("ACME@AdobeOrg", sandbox), "job", service.clock.now(), {id: [1]})
    assert client.get(STATE).json()["definitions"][0]["size"] == 1
    service.profiles.apply_memberships(Scope("ACME@AdobeOrg", sandbox), "job2", service.clock.now(), {id: []})
    assert client.get(STATE).json()["definitions"][0]["size"] == 0

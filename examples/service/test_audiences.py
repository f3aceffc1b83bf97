"""Tests of audiences against `pql serve`, as a project may have them. Run them with `pytest examples/service`."""

import json
import subprocess
import urllib.request

import pytest

HEADERS = {
    "Authorization": "Bearer token",
    "x-api-key": "key",
    "x-gw-ims-org-id": "ACME@AdobeOrg",
    "x-sandbox-name": "prod",
    "Content-Type": "application/json",
}


@pytest.fixture(scope="session")
def service(tmp_path_factory):
    """The address of a Segmentation Service that is there for these tests alone; its time stands still."""
    data = tmp_path_factory.mktemp("aep")
    command = ["pql", "serve", "--data", data, "--port", "0", "--clock", "2024-03-15T10:30:00Z"]
    with (
        open(data / "log", "w") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as server,
    ):
        # It says where it is when it is ready.
        url = server.stdout.readline().removeprefix("pql serve: ").strip()
        assert url, (data / "log").read_text()
        yield url
        server.terminate()


def ask(url, body=None):
    """What the service answers."""
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, HEADERS)) as answer:
        return json.load(answer)


def test_definition_comes_back_as_it_was_sent(service):
    expression = {"type": "PQL", "format": "pql/text", "value": 'homeAddress.countryCode = "US"'}
    body = {"name": "Americans", "expression": expression, "schema": {"name": "_xdm.context.profile"}}
    made = ask(f"{service}/data/core/ups/segment/definitions", body)
    assert made["expression"] == expression
    assert made["creationTime"] == 1710498600000


def test_many_definitions_take_several_pages(service):
    found = ask(f"{service}/data/core/ups/segment/definitions?limit=1")
    assert len(found["segments"]) == 1
    assert found["page"]["totalPages"] == found["page"]["totalCount"]

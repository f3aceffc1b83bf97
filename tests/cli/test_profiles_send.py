"""Does `pql profiles load --url` load into a running server what it loads into a directory, and say what went wrong?"""

from __future__ import annotations

import http.server
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import httpx2
import pytest

from running import Pql
from service_clients import BASE, Server, headers, running

FOUNDATION = "/data/foundation"
MAPPING = """
identity: {column: email, namespace: Email}
columns:
  email: personalEmail.address
  born: {path: person.birthYear, type: integer}
"""
ROWS = "email,born\nann@example.com,1990\nbob@example.com,old\nzoë@example.com,1980\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("served") / "data", "--token", "s3cret") as found:
        yield found


def entity(server: Server, sandbox: str, **query: str) -> dict[str, object]:
    found = httpx2.get(
        f"{server.url}{BASE}/access/entities", params=query, headers=headers(sandbox=sandbox, token="s3cret")
    )
    assert found.status_code == 200, found.text
    (shown,) = found.json().values()
    profile: dict[str, object] = shown["entity"]
    return profile


def test_directory_in_use_is_refused_with_the_way_over_http(pql: Pql, server: Server, tmp_path: Path) -> None:
    assert isinstance(server.process.args, list)
    data = str(server.process.args[server.process.args.index("--data") + 1])
    (tmp_path / "p.ndjson").write_text('{"_id": "ann"}')
    ran = pql("profiles", "load", tmp_path / "p.ndjson", "--dataset", "CRM", "--data", data)
    assert ran.status == 1
    assert f"{data} is in use by another pql (process {server.process.pid})" in ran.err
    assert f"add --url {server.url} in place of --data" in ran.err
    ran = pql("profiles", "list", "--data", data)
    assert ran.status == 1
    assert f"{server.url}/data/foundation/catalog/batches" in ran.err


def test_all_forms(pql: Pql, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PQL_SERVE_TOKEN", "s3cret")
    where = ("--url", server.url, "--sandbox", "forms")
    (tmp_path / "crm.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "crm.yaml").write_text(MAPPING)
    ran = pql("profiles", "load", tmp_path / "crm.csv", "--mapping", tmp_path / "crm.yaml", "--dataset", "CRM", *where)
    assert ran.status == 0, ran.err
    assert ran.out.splitlines()[1].split()[2:] == ["2", "0", "1"]
    assert "crm.csv PQL071 warning: line 3: column `born`: `old` is no integer" in ran.err
    found = entity(server, "forms", entityId="zoë@example.com", entityIdNS="email")
    assert found["person"] == {"birthYear": 1980}
    events = '{"relatedEntityId":"ann","timestamp":"2024-01-01T00:00:00Z"}\n[]\n'
    ran = pql("profiles", "load", "-", "--events", "--dataset", "Web", *where, "--output-format", "json", input=events)
    said = json.loads(ran.out)
    assert [(batch["file"], batch["events"], batch["bad"]) for batch in said["batches"]] == [("-", 1, 1)]
    assert [problem["code"] for problem in said["problems"]] == ["PQL072"]
    (tmp_path / "a name 😀.json").write_text('[{"crm": {"key": 7}}]')
    ran = pql("profiles", "load", tmp_path / "a name 😀.json", "--identity", "CRM=crm.key", "--dataset", "CRM", *where)
    assert ran.status == 0, ran.err
    assert entity(server, "forms", entityId="7", entityIdNS="crm") == {"crm": {"key": 7}}
    listed = httpx2.get(
        f"{server.url}{FOUNDATION}/catalog/dataSets", headers=headers(sandbox="forms", token="s3cret")
    ).json()
    assert sorted(each["name"] for each in listed.values()) == ["CRM", "Web"]
    # A dataset may be named by its id, and events may go where profiles went.
    (id,) = [id for id, each in listed.items() if each["name"] == "CRM"]
    ran = pql("profiles", "load", "-", "--events", "--dataset", id, *where, input=events)
    assert ran.out.splitlines()[1].split()[2:] == ["0", "1", "1"]


def test_one_bad_file_costs_no_other(pql: Pql, server: Server, tmp_path: Path) -> None:
    (tmp_path / "good.ndjson").write_text('{"_id": "ann"}')
    (tmp_path / "bad.parquet").write_bytes(b"PAR1nonsense")
    (tmp_path / "bad.csv").write_text(ROWS, encoding="utf-8")
    files = [tmp_path / name for name in ("nowhere", "bad.parquet", "bad.csv", "good.ndjson")]
    where = ("--url", server.url, "--sandbox", "bad", "--token", "s3cret")
    ran = pql("profiles", "load", *files, tmp_path, "--dataset", "CRM", *where)
    assert ran.status == 1
    for words in ("there is no such file", "Parquet", "a CSV file needs a mapping", "this is a folder"):
        assert words in ran.err
    assert [line.split()[2] for line in ran.out.splitlines()[1:]] == ["1"]
    batches = httpx2.get(
        f"{server.url}{FOUNDATION}/catalog/batches", headers=headers(sandbox="bad", token="s3cret")
    ).json()
    assert len(batches) == 1


def test_servers_that_cannot_be_used(pql: Pql, server: Server, tmp_path: Path) -> None:
    (tmp_path / "p.ndjson").write_text('{"_id": "ann"}')
    load = ("profiles", "load", tmp_path / "p.ndjson", "--dataset", "CRM", "--url")
    ran = pql(*load, server.url)
    assert (ran.status, "answers 401" in ran.err, "say with --token" in ran.err) == (1, True, True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        ran = pql(*load, f"http://127.0.0.1:{free.getsockname()[1]}")
    assert ran.status == 1
    assert "no server answers at http://127.0.0.1:" in ran.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--url", "127.0.0.1:8470"], "no address"),
        (["--url", "ftp://x"], "no address"),
        (["--url", "http://x:99999"], "no address"),
        (["--url", "http://x", "--data", "d"], "--data does not go with --url"),
        (["--url", "http://x", "--batch", "b"], "--batch does not go with --url"),
        (["--url", "http://x", "--schema", "s"], "--schema does not go with --url"),
        (["--token", "x"], "--token goes with --url"),
    ],
)
def test_wrong_use(pql: Pql, arguments: list[str], words: str) -> None:
    ran = pql("profiles", "load", "-", "--dataset", "CRM", *arguments)
    assert ran.status == 2
    assert words in ran.err


def test_readings_that_are_wrong(server: Server) -> None:
    with httpx2.Client(base_url=server.url, headers=headers(sandbox="readings", token="s3cret")) as client:
        made = client.post(f"{FOUNDATION}/catalog/dataSets", json={"name": "CRM"}).json()[0].rpartition("/")[2]
        for reading, path in (
            ({"mapping": {"columns": {"a": {"path": "x", "type": "int"}}}}, "$.reading.mapping.columns.a.type"),
            ({"mapping": {}}, "$.reading.mapping.columns"),
            ({"identity": {"namespace": "Email", "path": ""}}, "$.reading.identity.path"),
            ({"event": True}, "$.reading.event"),
        ):
            answer = client.post(f"{FOUNDATION}/import/batches", json={"datasetId": made, "reading": reading})
            assert answer.status_code == 400, answer.text
            assert path in answer.text


class Busy(http.server.BaseHTTPRequestHandler):
    """A server that takes files, and then has no time to load them."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self._answer(200, {"dataset": {}})

    def do_PUT(self) -> None:
        while self.rfile.readline() != b"0\r\n":
            pass
        self.rfile.readline()
        self._answer(200, {})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.asked.append(self.path)
        self._answer(503 if "COMPLETE" in self.path else 200, {"id": "b", "title": "Busy."})

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _answer(self, status: int, body: dict[str, object]) -> None:
        data = (
            json.dumps(body).encode() if self.path != "/page/data/foundation/catalog/dataSets?name=CRM" else b"<html>"
        )
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def test_batch_that_cannot_be_completed_is_given_up(pql: Pql, tmp_path: Path) -> None:
    (tmp_path / "p.ndjson").write_text('{"_id": "ann"}')
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Busy) as busy:
        threading.Thread(target=busy.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{busy.server_address[1]}"
        ran = pql("profiles", "load", tmp_path / "p.ndjson", "--dataset", "CRM", "--url", url)
        assert (ran.status, ran.err) == (1, f"pql profiles: the server at {url} answers 503: Busy.\n")
        assert [path.rpartition("batches")[2] for path in Busy.asked] == ["", "/b?action=COMPLETE", "/b?action=ABORT"]
        ran = pql("profiles", "load", tmp_path / "p.ndjson", "--dataset", "CRM", "--url", f"{url}/page")
        assert (ran.status, ran.err) == (1, f"pql profiles: what answers at {url}/page is no `pql serve`\n")
        busy.shutdown()

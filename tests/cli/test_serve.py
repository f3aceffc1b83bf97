"""Does the real server start, answer, stop, and keep everything that it has acknowledged, however it ends?"""

from __future__ import annotations

import json
import multiprocessing
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from pqltools.api import serving
from pqltools.api.options import ApiOptions
from pqltools.api.serving import serve
from pqltools.cli.serve import run
from pqltools.segmentation.directory import default_directory
from pqltools.segmentation.engines import choosing
from pqltools.segmentation.options import Options
from service_clients import DEFINITIONS, definition, headers, running

windows = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")


def pql(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pqltools", "serve", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_developers_have_what_the_server_needs() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    assert {*project["project"]["optional-dependencies"]["service"]} <= {*project["dependency-groups"]["dev"]}


def test_help_says_how_to_call_it() -> None:
    done = pql("--help")
    assert done.returncode == 0
    for words in ("x-gw-ims-org-id", "--doc-era", "existing-status", "/openapi.json", "curl"):
        assert words in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--host", "0.0.0.0"], "--token"),
        (["--port", "70000"], "no port"),
        (["--doc-era", "1999"], "no era"),
        (["--fault", "418"], "no fault"),
        (["--limit", "pages=3"], "no limit"),
        (["--clock", "now"], "no instant"),
        (["--request-timeout", "0"], "no number of seconds"),
        (["--max-connections", "no"], "no number"),
        (["--token", "a b "], "--token"),
        (["--engine", "postgres"], "'postgres' is no engine; there are auto, memory, duckdb, spark"),
        (["--master", "local[2]"], "--master is for --engine spark"),
        (["--host", "no.such.host.invalid", "--token", "x"], "no.such.host.invalid"),
    ],
)
def test_wrong_use_is_explained(tmp_path: Path, arguments: list[str], words: str) -> None:
    done = pql("--data", str(tmp_path), *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_engine_without_its_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(choosing, "missing_library", lambda: "sqlglot")
    with pytest.raises(SystemExit) as end:
        run(["--data", str(tmp_path), "--engine", "duckdb"])
    assert end.value.code == 2
    assert "duckdb needs sqlglot: pip install 'pqltools[service]'" in capsys.readouterr().err


@pytest.mark.parametrize("missing", ["pyspark", "java"])
def test_spark_without_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(choosing, "find_spec", lambda name: None if name == missing else object())
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(SystemExit) as end:
        run(["--data", str(tmp_path), "--engine", "spark"])
    assert end.value.code == 2
    cure = {
        "pyspark": "spark needs pyspark: pip install 'pqltools[spark]'",
        "java": "spark needs Java: install Java 17",
    }
    assert cure[missing] in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "engine", "master"),
    [
        ([], "auto", None),
        *((["--engine", name], name, None) for name in choosing.NAMES),
        (["--engine", "spark", "--master", "yarn"], "spark", "yarn"),
    ],
)
def test_engine_reaches_the_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], engine: str, master: str | None
) -> None:
    monkeypatch.setattr(choosing, "missing_for_spark", lambda: None)
    served: list[Any] = []

    def note(*given: Any) -> int:
        served.append(given)
        return 0

    monkeypatch.setattr(serving, "serve", note)
    assert run(["--data", str(tmp_path), *arguments]) == 0
    ((data, _, _, _, options, *_),) = served
    assert (data, options.engine, options.master) == (str(tmp_path), engine, master)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other folders")
@pytest.mark.parametrize(
    ("environment", "folder"),
    [({}, ".local/share"), ({"XDG_DATA_HOME": ""}, ".local/share"), ({"XDG_DATA_HOME": "HOME/own 😀"}, "own 😀")],
)
def test_data_is_in_the_folder_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], folder: str
) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, value in environment.items():
        monkeypatch.setenv(name, value.replace("HOME", str(tmp_path)))
    wanted = tmp_path / folder / "pqltools" / "service"
    assert default_directory() == str(wanted)
    command = [sys.executable, "-m", "pqltools", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("pql serve: http")
        assert (wanted / "metadata.sqlite").is_file()
        process.kill()


def test_schema_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "schema.json").write_text("[1]")
    done = pql("--data", str(tmp_path / "data"), "--schema", str(tmp_path / "schema.json"), "--port", "0")
    assert done.returncode == 1
    assert "schema" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_its_libraries_it_says_what_to_install() -> None:
    script = """
import sys
for name in ("fastapi", "sqlalchemy"):
    sys.modules[name] = None
from pqltools.cli import main
sys.exit(main(["serve"]))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'pqltools[service]'" in done.stderr


@windows
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_server_answers_and_stops_when_it_is_told(tmp_path: Path, sign: signal.Signals) -> None:
    with running(tmp_path / "data", "--log-level", "info") as server:
        with httpx2.Client(base_url=server.url, headers=headers()) as client:
            made = client.post(DEFINITIONS, json=definition("Secret 😀"))
            assert made.status_code == 200
            assert str(tmp_path) not in made.text
            deep = client.post(DEFINITIONS, json=definition("deep", "not " * 190 + "a"))
            assert deep.status_code == 200, deep.text
        second = pql("--data", str(tmp_path / "data"), "--port", "0")
        assert second.returncode == 1
        assert f"in use by another pql (process {server.process.pid})" in second.stderr
        server.process.send_signal(sign)
        assert server.end() == 0
    log = [json.loads(line) for line in server.log if line.startswith("{")]
    assert [line["status"] for line in log if line["event"] == "request"] == [200, 200]
    assert "Secret" not in "".join(server.log)
    assert "Traceback" not in "".join(server.log)
    with running(tmp_path / "data") as again:
        found = httpx2.get(f"{again.url}{DEFINITIONS}", headers=headers()).json()
        assert found["page"]["totalCount"] == 2


def test_port_that_is_taken(tmp_path: Path) -> None:
    with running(tmp_path / "one") as server:
        done = pql("--data", str(tmp_path / "two"), "--port", server.url.rpartition(":")[2])
        assert done.returncode == 2
        assert "in use" in done.stderr


class Writer(threading.Thread):
    """Replaces one definition again and again, and remembers what was acknowledged and what was asked for last."""

    def __init__(self, url: str, id: str, start: int) -> None:
        super().__init__()
        self.url = url
        self.id = id
        self.acknowledged = self.asked = start
        self.wrong: str | None = None

    def run(self) -> None:
        with httpx2.Client(base_url=self.url, headers=headers(), timeout=60, verify=False) as client:
            while True:
                self.asked = self.acknowledged + 1
                body = definition(
                    f"n {self.id}", description=str(self.asked), payloadSchema="x" * random.randrange(5000)
                )
                try:
                    answer = client.patch(f"{DEFINITIONS}/{self.id}", json=body)
                except httpx2.TransportError:
                    return
                if answer.status_code != 200:
                    self.wrong = answer.text
                    return
                self.acknowledged = self.asked


@contextmanager
def forked(data: Path) -> Iterator[tuple[Any, str]]:
    """The server in a process that has its libraries already, for tests that start many; killed at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pqltools.api.serving"])
    arguments = (str(data), "127.0.0.1", port, None, Options(), ApiOptions(), "warning")
    process = context.Process(target=serve, args=arguments)
    process.start()
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.join()


def first_list(client: httpx2.Client) -> list[dict[str, Any]]:
    """The definitions, as soon as the server answers."""
    while True:
        try:
            found: list[dict[str, Any]] = client.get(DEFINITIONS).json()["segments"]
        except httpx2.ConnectError:
            time.sleep(0.01)
        else:
            return found


def kill_while_writing(data: Path, times: int) -> None:
    """Kill the server at random moments; when it starts again, all that it has acknowledged must be there."""
    dice = random.Random(times)
    state: dict[str, int] = {}
    writers: list[Writer] = []
    written = 0
    for _ in range(times + 1):
        with (
            forked(data) as (process, url),
            httpx2.Client(base_url=url, headers=headers(), timeout=60, verify=False) as client,
        ):
            found = first_list(client)
            assert {each["id"] for each in found} == {*state}
            if not found:
                bodies = [definition(str(number), description="0") for number in range(3)]
                found = [client.post(DEFINITIONS, json=body).json() for body in bodies]
            state = {each["id"]: int(each["description"]) for each in found}
            for writer in writers:
                assert writer.acknowledged <= state[writer.id] <= writer.asked
            writers = [Writer(url, id, number) for id, number in state.items()]
            for writer in writers:
                writer.start()
            while not any(writer.acknowledged > state[writer.id] or writer.wrong for writer in writers):
                time.sleep(0.005)
            time.sleep(dice.uniform(0, 0.1))
            process.kill()
            for writer in writers:
                writer.join()
                assert writer.wrong is None
        written += sum(writer.acknowledged - state[writer.id] for writer in writers)
    assert written > times


@windows
def test_killed_server_has_everything_that_it_acknowledged(tmp_path: Path) -> None:
    kill_while_writing(tmp_path / "data", 10)


@windows
@pytest.mark.nightly
def test_server_killed_a_hundred_times(tmp_path: Path) -> None:
    kill_while_writing(tmp_path / "data", 100)

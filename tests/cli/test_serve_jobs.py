"""Does a server that is killed while it works lose what it has acknowledged, or leave half of a result?"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from job_clients import FOUNDATION, JOBS
from pqltools.segmentation.profiles.model import LATEST, Filter
from pqltools.segmentation.profiles.store import FOLDER, ProfileStore
from service_clients import BASE, DEFINITIONS, definition, headers, running
from service_data import SCOPE, profile, wait

PROFILES = 1000
GENDERS = ("female", "male")
EXPORTS = f"{BASE}/export/jobs"


class State:
    """What has been acknowledged."""

    def __init__(self) -> None:
        self.segment = ""
        self.dataset = ""
        self.gender = 0
        self.definitions = 1
        self.batches: list[str] = []
        self.jobs: list[str] = []
        self.exports: list[int] = []


def test_kill_while_jobs_and_exports_run(tmp_path: Path) -> None:
    kill_and_look(tmp_path, 10)


@pytest.mark.nightly
def test_kill_a_hundred_times(tmp_path: Path) -> None:
    kill_and_look(tmp_path, 100)


def kill_and_look(folder: Path, times: int) -> None:
    data, state, dice = folder / "data", State(), random.Random(times)
    with running(data) as server, client_of(server) as client:
        prepare(client, state)
    ended: dict[str, set[str]] = {"job": set(), "export": set()}
    for number in range(times + 1):
        look_at_store(data, state)
        with running(data) as server, client_of(server) as client:
            look(client, state, ended, data)
            if number == times:
                break
            work(client, state)
            if number % 5 == 4:  # however slow the machine is, not all are interrupted
                wait(lambda: client.get(f"{JOBS}/{state.jobs[-1]}").json())
                wait(lambda: client.get(f"{EXPORTS}/{state.exports[-1]}").json())
            else:
                time.sleep(dice.random())
            server.process.kill()
    # Some were interrupted, and some were not.
    assert ended["job"] <= {"SUCCEEDED", "FAILED"}
    assert "SUCCEEDED" in ended["job"]
    assert "SUCCEEDED" in ended["export"]
    if times >= 100:
        assert "FAILED" in ended["job"] | ended["export"]


def test_kill_while_columns_are_made(tmp_path: Path) -> None:
    kill_while_columns_are_made(tmp_path, 2)


@pytest.mark.nightly
def test_kill_often_while_columns_are_made(tmp_path: Path) -> None:
    kill_while_columns_are_made(tmp_path, 50)


def kill_while_columns_are_made(folder: Path, times: int) -> None:
    """Of a half of a store nothing is left at the next start, and what it was made for can be made anew."""
    data, columns, state, dice = folder / "data", folder / "data" / "columns", State(), random.Random(times)
    last, interrupted = "", 0
    for number in range(times + 1):
        with running(data, "--engine", "duckdb") as server, client_of(server) as client:
            assert [*columns.glob("new-*")] == []
            if number == 0:
                prepare(client, state)
            else:
                job = client.get(f"{JOBS}/{last}").json()
                assert job["status"] == "SUCCEEDED" or "stopped while the job ran" in job["errors"][0]["msg"]
                for _ in range(2):  # that makes columns, and reads them
                    job = client.post(JOBS, json=[{"segmentId": state.segment}]).json()
                    done = wait(lambda id=job["id"]: client.get(f"{JOBS}/{id}").json())
                    assert done["metrics"]["segmentedProfileCounter"] == {state.segment: PROFILES // 2}
                assert len([*columns.iterdir()]) == 1
                load(client, state, [profile(0)])  # those columns are no longer of use
            if number == times:
                break
            known = {*columns.glob("*")}
            last = client.post(JOBS, json=[{"segmentId": state.segment}]).json()["id"]
            patience = time.monotonic() + 60
            while {*columns.glob("*")} == known:
                assert time.monotonic() < patience
                time.sleep(0.001)
            time.sleep(dice.random() * 0.6 if number else 0)  # at least once they are not made
            server.process.kill()
            server.process.wait()
            interrupted += bool([*columns.glob("new-*")])
        look_at_store(data, state)
    assert interrupted


def client_of(server: Any) -> httpx2.Client:
    return httpx2.Client(base_url=server.url, headers=headers(), timeout=60)


def prepare(client: httpx2.Client, state: State) -> None:
    made = client.post(f"{FOUNDATION}/catalog/dataSets", json={"name": "out"})
    state.dataset = made.json()[0].rpartition("/")[2]
    load(client, state, [profile(number) for number in range(PROFILES)])
    state.segment = client.post(DEFINITIONS, json=body(0)).json()["id"]


def body(gender: int) -> dict[str, Any]:
    return definition("flip", f'person.gender = "{GENDERS[gender]}"')


def load(client: httpx2.Client, state: State, records: list[dict[str, Any]]) -> None:
    id = client.post(f"{FOUNDATION}/import/batches", json={"datasetId": state.dataset}).json()["id"]
    lines = "".join(json.dumps(each) + "\n" for each in records).encode()
    address = f"{FOUNDATION}/import/batches/{id}"
    octets = {"content-type": "application/octet-stream"}
    put = client.put(f"{address}/datasets/{state.dataset}/files/a.ndjson", content=lines, headers=octets)
    assert put.status_code == 200, put.text
    assert client.post(f"{address}?action=COMPLETE").status_code == 200
    state.batches.append(id)


def work(client: httpx2.Client, state: State) -> None:
    """Turn the segment round, load something, and have it evaluated and exported; wait for nothing."""
    state.gender = 1 - state.gender
    assert client.patch(f"{DEFINITIONS}/{state.segment}", json=body(state.gender)).status_code == 200
    assert client.post(DEFINITIONS, json=definition(f"d{state.definitions}")).status_code == 200
    state.definitions += 1
    load(client, state, [profile(0)])
    job = client.post(JOBS, json=[{"segmentId": state.segment}])
    assert job.status_code == 200, job.text
    state.jobs.append(job.json()["id"])
    asked = {
        "destination": {"datasetId": state.dataset},
        "schema": {"name": "_xdm.context.profile"},
        "fields": "person.gender",
        "filter": {"segments": [{"segmentId": state.segment}]},
    }
    export = client.post(EXPORTS, json=asked)
    assert export.status_code == 200, export.text
    state.exports.append(export.json()["id"])


def look_at_store(data: Path, state: State) -> None:
    """The members are all of one gender: those of one job."""
    with ProfileStore(str(data / FOLDER)) as store:
        filter = Filter(segments=((state.segment, ("realized",)),), events=False)
        found = [json.loads(line) for block in store.rows(SCOPE, LATEST, filter) for line in block.data.splitlines()]
        assert len({each["person"]["gender"] for each in found}) <= 1
        assert len(found) in (0, PROFILES // 2)
        assert {*state.batches} <= {batch.id for batch in store.batches(SCOPE)}


def batches_of(client: httpx2.Client, dataset: str) -> dict[str, dict[str, Any]]:
    """All batches of a dataset, page by page."""
    found: dict[str, dict[str, Any]] = {}
    while True:
        asked: dict[str, str | int] = {"dataSet": dataset, "limit": 100, "start": len(found)}
        page = client.get(f"{FOUNDATION}/catalog/batches", params=asked).json()
        found |= page
        if len(page) < 100:
            return found


def folders_of(data: Path) -> set[str]:
    """The batches of which there are files."""
    exports = data / "exports"
    return {path.name for path in exports.iterdir()} - {"aside"} if exports.exists() else set()


def look(client: httpx2.Client, state: State, ended: dict[str, set[str]], data: Path) -> None:
    """All that was acknowledged is there, and what was interrupted has ended."""
    assert client.get(DEFINITIONS).json()["page"]["totalCount"] == state.definitions
    found = client.get(f"{DEFINITIONS}/{state.segment}").json()["expression"]["value"]
    assert GENDERS[state.gender] in found
    for job in state.jobs:
        done = wait(lambda job=job: client.get(f"{JOBS}/{job}").json())
        ended["job"].add(done["status"])
        assert done["status"] == "SUCCEEDED" or done["errors"]
    for export in state.exports:
        done = wait(lambda export=export: client.get(f"{EXPORTS}/{export}").json())
        ended["export"].add(done["status"])
        assert done["status"] == "SUCCEEDED" or done["errors"]
    batches = batches_of(client, state.dataset)
    written = {id: batch for id, batch in batches.items() if "outputRecordCount" in batch["metrics"]}
    counting = [id for id, batch in written.items() if batch["status"] == "success"]
    assert len(counting) == bool(written)
    # What an export replaces is removed when it is seen by nobody any more, a moment after the export has ended.
    patience = time.monotonic() + 20
    while (folders := folders_of(data)) != {*counting} and time.monotonic() < patience:
        time.sleep(0.05)
    assert folders == {*counting}
    for id in counting:
        assert written[id]["metrics"]["outputRecordCount"] in (0, PROFILES // 2)
    state.jobs, state.exports = state.jobs[-2:], state.exports[-2:]


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")

"""How long does a segment job take on the real server?  100 definitions, from POST to SUCCEEDED, and the memory of it.

And how soon is a job cancelled, and an export of all profiles?

python tests/benchmarks/service_jobs.py [PROFILES [DEFINITIONS [ENGINE]]]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import httpx2
from jobs import definitions
from profile_store import write
from sample_data import NOW

from pqltools.segmentation.profiles.store import FOLDER, ProfileStore
from pqltools.segmentation.scope import Scope

sys.path.insert(0, str(Path(__file__).parents[1]))
from service_clients import BASE, DEFINITIONS, PROFILE, definition, headers, running

JOBS = f"{BASE}/segment/jobs"
EXPORTS = f"{BASE}/export/jobs"
_ENDS = ("SUCCEEDED", "FAILED", "CANCELLED")


class Memory(threading.Thread):
    """Watches the most memory that a process and all that come of it have at a time, in MB."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.most = 0.0
        self.parts: list[int] = []

    def run(self) -> None:
        """Look, again and again."""
        while True:
            parts = [_resident(pid) // 1024 for pid in (self.pid, *_children(self.pid))]
            if sum(parts) > self.most:
                self.most, self.parts = sum(parts), parts
            sleep(0.05)


def _resident(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            started = [*map(int, tasks.read_text(encoding="ascii").split())]
        except OSError:
            continue
        found += started
        for each in started:
            found += _children(each)
    return found


def main(count: int, number: int, engine: str) -> None:
    """Print times and memory, and compare the numbers of members with those of the memberships."""
    with tempfile.TemporaryDirectory() as folder:
        path, data = Path(folder) / "profiles.ndjson", Path(folder) / "data"
        write(path, count)
        with ProfileStore(str(data / FOLDER)) as store:
            batch = store.load(Scope("ACME@AdobeOrg"), "bench", [str(path)])
        print(f"{count:,} profiles, {batch.events:,} events, {path.stat().st_size / 1e6:.0f} MB")
        with running(data, "--clock", _instant(), "--engine", engine) as server:
            memory = Memory(server.process.pid)
            memory.start()
            with httpx2.Client(base_url=server.url, headers=headers(), timeout=60) as client:
                for index, text in enumerate(definitions(number)):
                    made = client.post(DEFINITIONS, json=definition(f"segment {index}", text))
                    assert made.status_code == 200, made.text
                for _ in range(3):
                    seconds = _measure(client, number)
                for share in (0.2, 0.5, 0.9):
                    _cancel(client, JOBS, [{"segmentId": "*"}], seconds * share)
                export = _export_body(client)
                seconds = _export(client, export)
                for share in (0.2, 0.5, 0.9):
                    _cancel(client, EXPORTS, export, seconds * share)
            print(f"at most {memory.most:.0f} MB in all processes {memory.parts}")


def _measure(client: httpx2.Client, number: int) -> float:
    start = perf_counter()
    made = client.post(JOBS, json=[{"segmentId": "*"}])
    assert made.status_code == 200, made.text
    answered = perf_counter()
    job: dict[str, Any] = made.json()
    slowest = 0.0
    while job["status"] not in ("SUCCEEDED", "FAILED", "CANCELLED"):
        sleep(0.05)
        asked = perf_counter()
        job = client.get(f"{JOBS}/{job['id']}").json()
        slowest = max(slowest, perf_counter() - asked)
    seconds = perf_counter() - start
    assert job["status"] == "SUCCEEDED", job["errors"]
    counter = job["metrics"]["segmentedProfileCounter"]
    assert len(counter) == number
    print(
        f"{seconds:6.2f} s from POST (answered in {answered - start:.3f} s) to SUCCEEDED, {sum(counter.values()):,} "
        f"memberships; the slowest look at it took {slowest * 1000:.0f} ms"
    )
    return seconds


def _cancel(client: httpx2.Client, address: str, body: Any, after: float) -> None:
    job = client.post(address, json=body).json()
    sleep(after)
    start = perf_counter()
    client.delete(f"{address}/{job['id']}")
    while job["status"] not in _ENDS:
        sleep(0.01)
        job = client.get(f"{address}/{job['id']}").json()
    kind = address.rpartition("ups/")[2]
    print(f"{perf_counter() - start:6.2f} s from DELETE to {job['status']}, of {kind}, {after:.1f} s after POST")


def _export_body(client: httpx2.Client) -> dict[str, Any]:
    union = {"id": "https://ns.adobe.com/xdm/context/profile__union"}
    made = client.post("/data/foundation/catalog/dataSets", json={"name": "export", "schemaRef": union})
    assert made.status_code == 201, made.text
    dataset = made.json()[0].removeprefix("@/dataSets/")
    return {"schema": PROFILE, "destination": {"datasetId": dataset, "segmentPerBatch": False}}


def _export(client: httpx2.Client, body: dict[str, Any]) -> float:
    start = perf_counter()
    made = client.post(EXPORTS, json=body)
    assert made.status_code == 200, made.text
    job = made.json()
    while job["status"] not in _ENDS:
        sleep(0.05)
        job = client.get(f"{EXPORTS}/{job['id']}").json()
    assert job["status"] == "SUCCEEDED", job
    seconds = perf_counter() - start
    print(f"{seconds:6.2f} s from POST to SUCCEEDED, export of all profiles")
    return seconds


def _instant() -> str:
    from pqltools.types.time import instant_text

    return instant_text(NOW)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("profiles", nargs="?", type=int, default=100_000)
    parser.add_argument("definitions", nargs="?", type=int, default=100)
    parser.add_argument("engine", nargs="?", default="auto")
    given = parser.parse_args()
    main(given.profiles, given.definitions, given.engine)

"""Does a schedule fire once, whenever the server is killed?  The real server, under SIGKILL at random moments."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from service_clients import BASE, DEFINITIONS, definition, headers, running

DAY = 86_400_000
START = 1_710_460_800_000  # 2024-03-15T00:00:00Z
SCHEDULE = {
    "name": "nightly",
    "type": "batch_segmentation",
    "properties": {"segments": ["*"]},
    "schedule": "0 0 1 * * ?",
    "state": "active",
}


def instant(milliseconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(milliseconds / 1000))


@contextlib.contextmanager
def served(path: Path, now: int) -> Iterator[httpx.Client]:
    with (
        running(path, "--clock", instant(now)) as server,
        httpx.Client(base_url=server.url, headers=headers(), timeout=60) as client,
    ):
        yield client


def fire_and_kill(path: Path, rounds: int, seed: int) -> None:
    dice = random.Random(seed)
    now = START
    with (
        running(path, "--clock", instant(now)) as server,
        httpx.Client(base_url=server.url, headers=headers()) as client,
    ):
        assert client.post(DEFINITIONS, json=definition()).status_code == 200
        id = client.post(f"{BASE}/config/schedules", json=SCHEDULE).json()["id"]
    for _ in range(rounds):
        with running(path, "--clock", instant(now)) as server:
            now += DAY
            timer = threading.Timer(dice.random() * 0.3, server.process.kill)
            timer.start()
            with (
                contextlib.suppress(httpx.TransportError),
                httpx.Client(base_url=server.url, headers=headers(), timeout=60) as client,
            ):
                client.put("/clock", json={"now": instant(now)})
            timer.join()
    with (
        running(path, "--clock", instant(now)) as server,
        httpx.Client(base_url=server.url, headers=headers()) as client,
    ):
        end = time.monotonic() + 120
        expected = f"{id}-{now - DAY + 3_600_000}"
        while time.monotonic() < end:
            jobs = client.get(f"{BASE}/segment/jobs", params={"limit": 100}).json()["children"]
            ended = all(job["status"] in ("SUCCEEDED", "FAILED") for job in jobs)
            if ended and any(job["requestId"] == expected for job in jobs):
                break
            time.sleep(0.05)
        fired = [job["requestId"] for job in jobs]
        assert ended
        assert expected in fired
        # Days may have been missed, but none has fired twice, and none at another time.
        assert len({*fired}) == len(fired) <= rounds
        assert {*fired} <= {f"{id}-{START + day * DAY + 3_600_000}" for day in range(rounds)}


def test_killed_while_it_fires(tmp_path: Path) -> None:
    fire_and_kill(tmp_path, 1, 1)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(4))
def test_killed_while_it_fires_many_times(tmp_path: Path, seed: int) -> None:
    fire_and_kill(tmp_path, 25, seed)

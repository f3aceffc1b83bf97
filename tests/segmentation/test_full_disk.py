"""What does the service say when the disk is full, does it lose nothing, and go on when there is room again?"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from disks import SmallDisk, small_disk
from pqltools.segmentation.engines.engine import Blocks, Found, Task
from pqltools.segmentation.engines.memory import MemoryEngine
from pqltools.segmentation.pages import Page
from pqltools.segmentation.problems import Problem
from pqltools.segmentation.service import Service
from pqltools.segmentation.stopping import Stop
from service_clients import FEMALE, definition
from service_data import SCOPE, define, exported, finished, load

FULL = (507, "UPAPI-900508-507")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", 48) as found:
        yield found


@pytest.fixture
def service(disk: SmallDisk) -> Iterator[Service]:
    with Service(str(disk.path / "data")) as found:
        yield found
        disk.relieve()


def told(do: Callable[[], object]) -> None:
    """It is refused, because the disk is full, without a path."""
    with pytest.raises(Problem, match=r"full|no space left") as caught:
        do()
    assert (caught.value.status, caught.value.code) == FULL
    assert "/" not in caught.value.title


def test_definitions(disk: SmallDisk, service: Service) -> None:
    def write(number: int) -> str:
        return define(service, f"d{number}", "a = 1", description="x" * 100_000)

    kept = [write(0)]
    disk.fill()
    # What has been given to the database before it may still use.
    told(lambda: kept.extend(map(write, range(1, 1000))))
    for change in (
        lambda: service.definitions.replace(SCOPE, kept[0], definition("other", description="x" * 200_000)),
        lambda: service.previews.create(SCOPE, definition("p", " or ".join(["a = 1"] * 2000))["expression"]),
    ):
        told(change)
    rows, total = service.definitions.rows(SCOPE, Page(0, 100), {})
    assert total == len(kept)
    disk.relieve()
    kept.append(write(1000))
    rows, total = service.definitions.rows(SCOPE, Page(0, 1000), {})
    assert {row["id"] for row in rows} == {*kept}
    assert service.definitions.get(SCOPE, kept[0])["name"] == "d0"


def noisy(count: int) -> bytes:
    """Profiles that cannot be compressed."""
    random = Random(1)
    records = ({"_id": str(number), "noise": random.randbytes(500).hex()} for number in range(count))
    return b"".join(json.dumps(each).encode() + b"\n" for each in records)


def test_batches(disk: SmallDisk, service: Service) -> None:
    dataset = service.datasets.create(SCOPE, {"name": "in"})
    batch = service.imports.open(SCOPE, dataset)["id"]
    data = noisy(5000)
    service.imports.put_file(SCOPE, batch, dataset, "a.ndjson", [data])
    disk.fill()
    told(lambda: service.imports.put_file(SCOPE, batch, dataset, "b.ndjson", [data]))
    told(lambda: service.imports.put_file(SCOPE, batch, dataset, "a.ndjson", [data]))
    for _ in range(2):
        told(lambda: service.imports.complete(SCOPE, batch))
        assert service.imports.get(SCOPE, batch)["status"] == "loading"
        assert service.profiles.counts(SCOPE) == {}
    disk.relieve()
    done = service.imports.complete(SCOPE, batch)
    assert (done["status"], done["metrics"]["profiles"]) == ("success", 5000)
    assert service.profiles.counts(SCOPE) == {"": 5000}


class Filling:
    """An engine that finds the disk full when it has the answers."""

    def __init__(self, disk: SmallDisk) -> None:
        self.disk = disk

    def run(self, task: Task, blocks: Blocks, stop: Stop, progress: Callable[[int, int], None]) -> Found:
        found = MemoryEngine().run(task, blocks, stop, progress)
        self.disk.fill()
        return found


def relieved_later(disk: SmallDisk) -> None:
    """Make room after a second in which the job has to get along with none."""
    threading.Timer(1, disk.relieve).start()


def test_jobs(disk: SmallDisk, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(service, tmp_path, 4000)
    women = define(service, "women", FEMALE)
    assert finished(service, service.jobs.create(SCOPE, [women])["id"])["status"] == "SUCCEEDED"
    before = service.profiles.members(SCOPE, women)
    service.definitions.replace(SCOPE, women, definition("men", 'person.gender = "male"'))
    apply = service.profiles.apply_memberships

    def refused(*arguments: Any, **more: Any) -> Any:
        try:
            return apply(*arguments, **more)
        finally:
            relieved_later(disk)

    monkeypatch.setattr(service.profiles, "apply_memberships", refused)
    monkeypatch.setattr(service.jobs, "_engine", Filling(disk))
    done = finished(service, service.jobs.create(SCOPE, [women])["id"])
    assert (done["status"], len(done["errors"])) == ("FAILED", 1)
    assert done["errors"][0]["msg"] == "The disk is full: nothing of this was stored."
    assert service.profiles.members(SCOPE, women) == before
    monkeypatch.undo()
    again = finished(service, service.jobs.create(SCOPE, [women])["id"])
    assert again["metrics"]["segmentedProfileByStatusCounter"] == {women: {"realized": 2000, "exited": 2000}}


def test_exports(disk: SmallDisk, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(service, tmp_path, 2000)
    out = service.datasets.create(SCOPE, {"name": "out"})
    body = {"destination": {"datasetId": out}}
    first = exported(service, service.exports.create(SCOPE, body)["id"])
    assert first["status"] == "SUCCEEDED"
    rows, remove = service.profiles.rows, service.export_files.remove

    def filling(*arguments: Any) -> Iterator[Any]:
        disk.fill()
        yield from rows(*arguments)

    def removed(*arguments: Any) -> None:
        remove(*arguments)
        relieved_later(disk)

    monkeypatch.setattr(service.profiles, "rows", filling)
    monkeypatch.setattr(service.export_files, "remove", removed)
    done = exported(service, service.exports.create(SCOPE, body)["id"])
    assert (done["status"], len(done["errors"])) == ("FAILED", 1)
    assert "the disk is full" in done["errors"][0]["msg"]
    batch = first["destination"]["batchId"]
    assert [each["id"] for each in service.exports.batches(SCOPE, out)] == [batch]
    assert {path.name for path in Path(service.directory.file("exports")).iterdir()} == {batch, "aside"}
    monkeypatch.undo()
    again = exported(service, service.exports.create(SCOPE, body)["id"])
    assert again["metrics"]["totalExportedProfileCounter"] == 2000

"""Does cancelling take effect at once, whatever a job is at, and leave the memberships and batches of before?

Times are generous: that they are below a second on a machine that does nothing else is measured, not tested.
"""

from __future__ import annotations

import threading
import time
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pqltools.segmentation.engines.engine import Blocks, Found, Task
from pqltools.segmentation.engines.memory import MemoryEngine
from pqltools.segmentation.job_documents import FINAL
from pqltools.segmentation.profiles.model import MergedBlock
from pqltools.segmentation.profiles.store import ProfileStore
from pqltools.segmentation.service import Service
from pqltools.segmentation.stopping import Stop, Stopped
from service_data import SCOPE, define, exported, finished, load

COUNT = 8_000
GENEROUS = 60


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service")
    with Service(str(folder / "data")) as found:
        load(found, folder, COUNT)
        for number in range(30):
            define(found, f"s{number}", f"person.birthYear > {1950 + number} or xEvent.count() > {number}")
        yield found


def quickly(get: Callable[[], str]) -> None:
    """It is cancelled soon."""
    start = time.monotonic()
    while get() not in FINAL:
        assert time.monotonic() - start < GENEROUS
        time.sleep(0.01)
    assert get() == "CANCELLED"


def sizes(service: Service) -> dict[str, int]:
    return service.profiles.sizes(SCOPE)


class Telling:
    """An engine that tells somebody when so many profiles were evaluated."""

    def __init__(self, profiles: float, tell: Callable[[], None]) -> None:
        self.profiles = profiles
        self.tell = tell

    def run(self, task: Task, blocks: Blocks, stop: Stop, progress: Callable[[int, int], None]) -> Found:
        def told(done: int, matched: int) -> None:
            progress(done, matched)
            if done >= self.profiles:
                self.tell()

        told(0, 0)
        return MemoryEngine().run(task, blocks, stop, told)


@pytest.mark.parametrize("share", [0, 0.3, 1])
def test_job_while_it_evaluates(service: Service, share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    before, reached = sizes(service), threading.Event()
    monkeypatch.setattr(service.jobs, "_engine", Telling(share * COUNT, reached.set))
    with service.profiles._database.writing:  # it shall not be quicker than the test
        job = service.jobs.create(SCOPE, None)["id"]
        assert reached.wait(120)
        service.jobs.cancel(SCOPE, job)
        quickly(lambda: service.jobs.get(SCOPE, job)["status"])
    assert sizes(service) == before


def test_job_that_waits_to_write(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    before, reached = sizes(service), threading.Event()
    monkeypatch.setattr(service.jobs, "_engine", Telling(COUNT, reached.set))
    with service.profiles._database.writing:  # as while a large load is stored
        job = service.jobs.create(SCOPE, None)["id"]
        assert reached.wait(120)
        time.sleep(0.3)
        service.jobs.cancel(SCOPE, job)
        quickly(lambda: service.jobs.get(SCOPE, job)["status"])
    assert sizes(service) == before
    assert finished(service, service.jobs.create(SCOPE, None)["id"])["status"] == "SUCCEEDED"
    assert len(sizes(service)) == 30


@pytest.mark.parametrize("blocks", [0, 1])
def test_export(service: Service, monkeypatch: pytest.MonkeyPatch, blocks: int) -> None:
    out = service.datasets.create(SCOPE, {"name": "out"})
    body = {"destination": {"datasetId": out}, "additionalFields": {"eventList": {"fields": ""}}}
    first = exported(service, service.exports.create(SCOPE, body)["id"])
    batch = first["destination"]["batchId"]
    rows, reached, go = service.profiles.rows, threading.Event(), threading.Event()

    def slow_rows(*arguments: Any) -> Iterator[MergedBlock]:
        """So many blocks are written, and no more before it is cancelled."""
        every = rows(*arguments)
        for _ in range(blocks):
            yield next(every)
        reached.set()
        assert go.wait(GENEROUS)
        yield from every

    monkeypatch.setattr(service.profiles, "rows", slow_rows)
    job = service.exports.create(SCOPE, body)["id"]
    assert reached.wait(GENEROUS)
    service.exports.cancel(SCOPE, job)
    go.set()
    quickly(lambda: service.exports.get(SCOPE, job)["status"])
    assert service.exports.get(SCOPE, job)["destination"]["batchId"] == ""
    assert [each["id"] for each in service.exports.batches(SCOPE, out) if each["status"] == "success"] == [batch]


def test_job_whose_results_are_being_stored(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is too late then: half of it is stored already, and the other half follows."""
    decide, decided, go = service.jobs._life.decide, threading.Event(), threading.Event()

    def slow_decide(*arguments: Any) -> None:
        decide(*arguments)
        decided.set()
        assert go.wait(GENEROUS)

    monkeypatch.setattr(service.jobs._life, "decide", slow_decide)
    id = define(service, "late", "person.birthYear > 1980")
    job = service.jobs.create(SCOPE, [id])["id"]
    assert decided.wait(GENEROUS)
    service.jobs.cancel(SCOPE, job)
    try:
        assert service.jobs.get(SCOPE, job)["status"] == "PROCESSING"
    finally:
        go.set()
    done = finished(service, job)
    assert done["status"] == "SUCCEEDED"
    assert done["metrics"]["segmentedProfileCounter"] == {id: sizes(service)[id]}
    service.jobs.cancel(SCOPE, job)
    assert service.jobs.get(SCOPE, job) == done
    assert not service.jobs._life._decided
    service.definitions.delete(SCOPE, id)


def test_database_is_interrupted(tmp_path: Path) -> None:
    with ProfileStore(str(tmp_path / "store")) as store:
        store.apply_memberships(SCOPE, "one", 1, {"s0": [1, 2]})
        stop = Stop()
        results = {f"s{number}": array("q", range(300_000)) for number in range(10)}
        threading.Timer(0.05, stop.request).start()
        with pytest.raises(Stopped):
            store.apply_memberships(SCOPE, "two", 2, results, before_commit=lambda _: stop.check(), stop=stop)
        assert store.members(SCOPE, "s0") == {"realized": 2}
        assert not store.is_applied(SCOPE, "two")
        store.apply_memberships(SCOPE, "three", 3, {"s1": [3]})
        assert store.members(SCOPE, "s1") == {"realized": 1}

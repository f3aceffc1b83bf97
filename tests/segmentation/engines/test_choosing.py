"""Which engine takes a job, what is kept for the next one, and what happens when that cannot be made or used?"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from disks import small_disk
from pqltools.segmentation.clock import ManualClock
from pqltools.segmentation.engines import choosing, kept
from pqltools.segmentation.engines.engine import Origin, Task
from pqltools.segmentation.engines.kept import KeptStores, Place
from pqltools.segmentation.options import Options
from pqltools.segmentation.profiles.model import LATEST
from pqltools.segmentation.service import Service
from service_clients import FEMALE
from service_data import SCOPE, define, finished, load, wait


def served(data: Path, engine: str) -> Service:
    return Service(str(data), ManualClock(1_700_000_000_000), Options(engine=engine))


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Iterator[list[dict[str, Any]]]:
    """What the log says of engines."""
    found: list[dict[str, Any]] = []

    class Taking(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.getMessage() == "engine":
                found.append(vars(record)["data"])

    handler, logger = Taking(), logging.getLogger("pqltools.segmentation")
    logger.addHandler(handler)
    caplog.set_level(logging.INFO, logger.name)
    yield found
    logger.removeHandler(handler)


def run(service: Service) -> dict[str, Any]:
    job = finished(service, service.jobs.create(SCOPE, None)["id"])
    assert job["status"] == "SUCCEEDED"
    counter: dict[str, Any] = job["metrics"]["segmentedProfileCounter"]
    return counter


def test_auto_waits_until_it_pays(tmp_path: Path, said: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "PROFILES", 50)
    with served(tmp_path / "data", "auto") as service:
        assert said == [{"engine": "auto"}]
        load(service, tmp_path, 60)
        id = define(service, "women", FEMALE)
        assert [run(service) for _ in range(4)] == [{id: 30}] * 4
        load(service, tmp_path, 100)
        assert run(service) == {id: 50}
    jobs = said[1:]
    assert [each["engine"] for each in jobs] == ["memory", "memory", "duckdb", "duckdb", "memory"]
    assert jobs[2]["because"] == "2 jobs had the same profiles, which are put into columns"
    assert jobs[3]["because"] == "the profiles are in columns, as they are now"
    assert jobs[0]["because"] == jobs[4]["because"]
    assert all({"job", "definitions", "milliseconds"} <= {*each} for each in jobs)


def test_columns_outlive_the_server_and_go_when_profiles_change(tmp_path: Path, said: list[dict[str, Any]]) -> None:
    columns = tmp_path / "data" / "columns"
    with served(tmp_path / "data", "duckdb") as service:
        load(service, tmp_path, 20)
        id = define(service, "women", FEMALE)
        run(service)
    (first,) = columns.iterdir()
    half = columns / "new-half"
    half.mkdir()
    with served(tmp_path / "data", "auto") as service:
        assert not half.exists()
        assert run(service) == {id: 10}
        made = service.previews.create(SCOPE, {"type": "PQL", "format": "pql/text", "value": FEMALE})
        wait(
            lambda: {"status": service.previews.estimate(SCOPE, made["previewId"])["state"]},
            frozenset(["RESULT_READY"]),
        )
        assert [each["engine"] for each in said] == ["duckdb", "duckdb", "auto", "duckdb", "duckdb"]
        assert said[-1]["preview"] == made["previewId"]
    with served(tmp_path / "data", "duckdb") as service:
        load(service, tmp_path, 30)
        assert run(service) == {id: 15}
    (second,) = columns.iterdir()
    assert first != second


def test_broken_columns_cost_no_job(tmp_path: Path, said: list[dict[str, Any]]) -> None:
    with served(tmp_path / "data", "duckdb") as service:
        load(service, tmp_path, 20)
        id = define(service, "women", FEMALE)
        run(service)
        (folder,) = (tmp_path / "data" / "columns").iterdir()
        (folder / "store.duckdb").write_bytes(b"nothing")
        assert run(service) == {id: 10}
        assert said[-1]["engine"] == "memory"
        assert not folder.exists()
        assert run(service) == {id: 10}
        assert said[-1]["engine"] == "duckdb"


def test_no_room_for_columns(tmp_path: Path, said: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "PROFILES", 5)
    monkeypatch.setattr(choosing, "JOBS", 0)
    with small_disk(tmp_path / "disk", 48) as disk:
        columns = disk.path / "columns"
        for engine in ("duckdb", "auto"):
            with served(tmp_path / engine, engine) as service:
                service.engine._kept = KeptStores(str(columns))
                load(service, tmp_path, 20)
                id = define(service, "women", FEMALE)
                place = place_of_all(service)
                service.engine._seen = {place.key: (place.version, 1, 20)}
                disk.fill()
                job = finished(service, service.jobs.create(SCOPE, None)["id"])
                if engine == "auto":
                    assert job["metrics"]["segmentedProfileCounter"] == {id: 10}
                    assert "disk" in said[-2]["problem"]
                else:
                    assert job["status"] == "FAILED"
                    assert "the evaluation failed: the disk is full" in job["errors"][0]["msg"]
                    assert service.profiles.members(SCOPE, id) == {}
                disk.relieve()
                assert not columns.exists() or [*columns.iterdir()] == []


def place_of_all(service: Service) -> Place:
    found = kept.place_of(Task((), 0, origin=Origin(SCOPE, LATEST, service.profiles.version(SCOPE))))
    assert found is not None
    return found


def test_cancelled_while_columns_are_made(tmp_path: Path) -> None:
    with served(tmp_path / "data", "duckdb") as service:
        load(service, tmp_path, 20_000)
        define(service, "women", FEMALE)
        columns = tmp_path / "data" / "columns"
        id = service.jobs.create(SCOPE, None)["id"]
        while not [*columns.glob("new-*/profiles.ndjson")]:
            time.sleep(0.01)
        start = time.monotonic()
        service.jobs.cancel(SCOPE, id)
        assert finished(service, id)["status"] == "CANCELLED"
        assert time.monotonic() - start < 1
        assert [*columns.iterdir()] == []


def test_stores_are_bounded_and_stay_while_they_are_used(tmp_path: Path) -> None:
    stores = KeptStores(str(tmp_path / "columns"))

    def make(place: Place) -> None:
        with stores.making(place) as folder:
            Path(folder, "about.json").write_text("{}")

    old, new = Place("0" * 32, "1" * 32), Place("0" * 32, "2" * 32)
    make(old)
    with stores.using(old) as folder:
        assert folder is not None
        make(new)
        assert Path(folder).is_dir()
    make(new)
    assert (stores.has(old), stores.has(new)) == (False, True)
    for number in range(kept.MOST):
        make(Place(f"{number + 1:032x}", "0" * 32))
    assert not stores.has(new)
    assert len([*(tmp_path / "columns").iterdir()]) == kept.MOST
    with suppress(ZeroDivisionError), stores.making(old) as folder:
        Path(folder, "about.json").write_text("{}")
        raise ZeroDivisionError
    assert not stores.has(old)
    threads = [threading.Thread(target=make, args=(old,)) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert stores.has(old)
    shutil.rmtree(tmp_path / "columns")
    with stores.using(old) as folder:
        assert folder is None

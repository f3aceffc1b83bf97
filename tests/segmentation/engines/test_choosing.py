"""Which engine takes a job, what is kept for the next one, and what happens when that cannot be made or used?"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from disks import small_disk
from pqltools.segmentation.clock import ManualClock
from pqltools.segmentation.engines import choosing, kept
from pqltools.segmentation.engines.choosing import Seen
from pqltools.segmentation.engines.columnar import ColumnarEngine
from pqltools.segmentation.engines.engine import EngineFailure, Origin, Task
from pqltools.segmentation.engines.kept import KeptStores, Place
from pqltools.segmentation.options import Options
from pqltools.segmentation.profiles.model import LATEST
from pqltools.segmentation.service import Service
from service_clients import FEMALE, PROFILE
from service_data import SCOPE, define, finished, load, wait

#: Seconds. That cancelling takes less than one on a machine that does nothing else is measured, not tested.
GENEROUS = 60


def until(holds: Callable[[], bool]) -> None:
    """It comes to hold."""
    start = time.monotonic()
    while not holds():
        assert time.monotonic() - start < GENEROUS
        time.sleep(0.01)


def served(data: Path, engine: str) -> Service:
    return Service(str(data), ManualClock(1_700_000_000_000), Options(engine=engine))


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
    # Without the lines that the store was made of.
    assert {each.name for each in first.iterdir()} == {
        "about.json",
        "numbers",
        "places",
        "refused.ndjson",
        "store.duckdb",
    }
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


def test_columns_that_break_twice_are_not_made_again(tmp_path: Path, said: list[dict[str, Any]]) -> None:
    with served(tmp_path / "data", "duckdb") as service:
        load(service, tmp_path, 20)
        id = define(service, "women", FEMALE)
        columns = tmp_path / "data" / "columns"
        for _ in range(2):
            assert run(service) == {id: 10}
            assert said[-1]["engine"] == "duckdb"
            (folder,) = columns.iterdir()
            (folder / "store.duckdb").write_bytes(b"nothing")
            assert run(service) == {id: 10}
            assert said[-1]["engine"] == "memory"
        assert run(service) == {id: 10}
        assert said[-1]["engine"] == "memory"
        assert said[-1]["because"].startswith("the columns were of no use: ")
        assert [*columns.iterdir()] == []
        load(service, tmp_path, 30)  # these are others
        assert run(service) == {id: 15}
        assert said[-1]["engine"] == "duckdb"


def test_columns_that_cannot_be_made_are_not_tried_again(
    tmp_path: Path, said: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "PROFILES", 50)
    build, tried = ColumnarEngine.run_building, 0

    def fail(*_: object) -> None:
        nonlocal tried
        tried += 1
        raise EngineFailure("there was not enough memory")

    monkeypatch.setattr(ColumnarEngine, "run_building", fail)
    with served(tmp_path / "data", "auto") as service:
        load(service, tmp_path, 60)
        id = define(service, "women", FEMALE)
        assert [run(service) for _ in range(5)] == [{id: 30}] * 5
        assert tried == 1
        told = [each["because"] for each in said if "because" in each]
        assert told[2:] == ["no columns were made: there was not enough memory"] * 3
        load(service, tmp_path, 100)
        assert [run(service) for _ in range(4)] == [{id: 50}] * 4
        assert tried == 2
    monkeypatch.setattr(ColumnarEngine, "run_building", build)
    with served(tmp_path / "data", "auto") as service:
        assert [run(service) for _ in range(3)] == [{id: 50}] * 3
        assert said[-1]["engine"] == "duckdb"


def test_auto_counts_a_job_once(tmp_path: Path, said: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "PROFILES", 50)
    with served(tmp_path / "data", "auto") as service:
        load(service, tmp_path, 60)
        # The same way to merge, three times.
        define(service, "women", FEMALE)
        for number in range(2):
            policy = {"name": f"policy {number}", "schema": PROFILE, "attributeMerge": {"type": "timestampOrdered"}}
            other = service.merge_policies.create(SCOPE, policy)
            define(service, f"women {number}", f"{FEMALE} or person.birthYear = {number}", mergePolicyId=other["id"])
        for _ in range(3):
            assert {*run(service).values()} == {30}
        jobs = [each["engine"] for each in said if "job" in each]
        assert jobs == ["memory"] * 6 + ["duckdb"] * 3


@pytest.mark.parametrize(
    ("expressions", "because"),
    [
        (['favourite.colour = "red"', "person.shoeSize > 40"], "the schema has no type for a field"),
        (['favourite.colour = "red"', 'inSegment("elsewhere")'], "no definition can be evaluated in columns"),
    ],
)
def test_who_evaluates_is_told_as_it_was(
    tmp_path: Path, said: list[dict[str, Any]], expressions: list[str], because: str
) -> None:
    with served(tmp_path / "data", "duckdb") as service:
        load(service, tmp_path, 20)
        elsewhere = define(service, "elsewhere", FEMALE)
        texts = [text.replace("elsewhere", elsewhere) for text in expressions]
        ids = [define(service, f"{number}", text) for number, text in enumerate(texts)]
        columns = tmp_path / "data" / "columns"
        for is_kept in (False, True):
            done = service.jobs.create(SCOPE, ids)["id"]
            assert finished(service, done)["status"] == "SUCCEEDED"
            assert (said[-1]["engine"], said[-1]["because"]) == ("memory", because)
            assert sum(said[-1]["byMemory"].values()) == 2
            assert bool([*columns.glob("*")]) == is_kept
            assert finished(service, service.jobs.create(SCOPE, [elsewhere])["id"])["status"] == "SUCCEEDED"
            assert said[-1]["engine"] == "duckdb"
            assert "byMemory" not in said[-1]


def test_columns_that_are_unusable_are_told(tmp_path: Path, said: list[dict[str, Any]]) -> None:
    with served(tmp_path / "data", "duckdb") as service:
        id = define(service, "women", FEMALE)
        for _ in range(2):
            assert run(service) == {id: 0}
            assert (said[-1]["engine"], said[-1]["because"]) == ("memory", "there are no profiles")


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
                service.engine._seen = {place.key: Seen(place.version, profiles=20)}
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
        until(lambda: bool([*columns.glob("new-*/profiles.ndjson")]))
        start = time.monotonic()
        service.jobs.cancel(SCOPE, id)
        assert finished(service, id)["status"] == "CANCELLED"
        assert time.monotonic() - start < GENEROUS
        assert [*columns.iterdir()] == []


def test_stores_are_bounded_and_stay_while_they_are_used(tmp_path: Path) -> None:
    stores = KeptStores(str(tmp_path / "columns"))

    def has(place: Place) -> bool:
        return (tmp_path / "columns" / place.name).is_dir()

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
    assert (has(old), has(new)) == (False, True)
    for number in range(kept.MOST):
        make(Place(f"{number + 1:032x}", "0" * 32))
    assert not has(new)
    assert len([*(tmp_path / "columns").iterdir()]) == kept.MOST
    with suppress(ZeroDivisionError), stores.making(old) as folder:
        Path(folder, "about.json").write_text("{}")
        raise ZeroDivisionError
    assert not has(old)
    threads = [threading.Thread(target=make, args=(old,)) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert has(old)
    shutil.rmtree(tmp_path / "columns")
    with stores.using(old) as folder:
        assert folder is None

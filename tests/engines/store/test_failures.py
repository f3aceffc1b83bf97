"""What is left of a store when a load is killed, two are at once, the disk is full, or the file is no store?"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from disks import read_only, small_disk
from pqltools.diagnostics import PQLError
from pqltools.engines.store.loading import load
from pqltools.engines.store.store import FILE, open_store
from pqltools.xdm.standard import standard

PROFILE = standard().profile


def people(path: Path, count: int, name: str = "p") -> Path:
    event = {"timestamp": "2024-01-01T00:00:00.000Z", "productListItems": [{"SKU": "a"}, {"SKU": "b"}]}
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            file.write(json.dumps({"_id": f"{name}{number}", "xEvent": [event, event]}) + "\n")
    return path


def put(folder: Path, file: Path) -> None:
    with open_store(str(folder), write=True, threads=1) as store:
        load(store, [str(file)], PROFILE)


def rows(folder: Path) -> dict[str, int]:
    """How many rows there are in each table, counted."""
    with open_store(str(folder)) as store:
        counts: dict[str, int] = {}
        for table in store.tables():
            (row,) = store.connection.execute(f'SELECT count(*) FROM "{table.name}"').fetchall()
            counts[table.name] = row[0]
        assert counts == dict(store.rows)
        return counts


def pql(*arguments: object, **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pqltools", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def is_writing(store: Path, *, into_store: bool) -> bool:
    """Whether a load has gone so far."""
    if not into_store:
        return any(store.glob("load-*/*/clean-*"))
    return (store / f"{FILE}.wal").exists() or any(store.glob("load-*/stage.duckdb"))


@pytest.mark.parametrize("into_store", [False, True], ids=["reading", "writing"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["kill", "interrupt"])
def test_a_load_that_is_stopped(tmp_path: Path, how: signal.Signals, into_store: bool) -> None:
    store = tmp_path / "store"
    put(store, people(tmp_path / "a.ndjson", 10))
    before = rows(store)
    large = people(tmp_path / "b.ndjson", 60_000)
    process = pql("store", "load", store, large, "--jobs", 1)
    while process.poll() is None and not is_writing(store, into_store=into_store):
        time.sleep(0.002)
    process.send_signal(how)
    _, err = process.communicate()
    there = rows(store)
    # All or nothing; all if the signal came when everything was written.
    assert there in (before, {"profiles": 60_000, "xEvent": 120_000, "xEvent.productListItems": 240_000})
    if how == signal.SIGINT and process.returncode != 0:
        done = "the store is as it was" if there == before else "the profiles are loaded"
        assert (process.returncode, err) == (130, f"pql store: interrupted; {done}\n")
        assert {path.name for path in store.iterdir()} == {FILE}
    put(store, people(tmp_path / "c.ndjson", 5, "q"))
    assert rows(store)["profiles"] == there["profiles"] + 5
    # What the one that was killed left behind is gone.
    assert {path.name for path in store.iterdir()} == {FILE}


def test_an_interrupted_first_load_leaves_nothing(tmp_path: Path) -> None:
    large = people(tmp_path / "b.ndjson", 60_000)
    process = pql("store", "load", tmp_path / "store", large, "--jobs", 2)
    while process.poll() is None and not is_writing(tmp_path / "store", into_store=False):
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert (process.returncode, "Traceback" in err) == (130, False), err
    assert not (tmp_path / "store").exists()


class Held:
    """Another process that has a store open until the end of the block."""

    def __init__(self, folder: Path, *, write: bool) -> None:
        code = (
            "import sys; from pqltools.engines.store.store import open_store\n"
            f"with open_store({str(folder)!r}, write={write}) as store:\n"
            "    print(store.profiles, flush=True); sys.stdin.read()"
        )
        command = [sys.executable, "-c", code]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.profiles = int(self.process.stdout.readline())

    def __enter__(self) -> Held:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate("")


def test_two_loads_at_once(tmp_path: Path) -> None:
    store, file = tmp_path / "store", people(tmp_path / "a.ndjson", 10)
    put(store, file)
    with Held(store, write=True) as other:
        with pytest.raises(PQLError, match=f"it is in use by process {other.process.pid}"):
            put(store, file)
        with pytest.raises(PQLError, match=f"it is in use by process {other.process.pid}"):
            rows(store)
    put(store, file)
    assert rows(store)["profiles"] == 10


def test_readers_keep_a_load_waiting_and_not_each_other(tmp_path: Path) -> None:
    store, file = tmp_path / "store", people(tmp_path / "a.ndjson", 10)
    put(store, file)
    with Held(store, write=False) as reader:
        assert reader.profiles == 10
        assert rows(store)["profiles"] == 10
        with pytest.raises(PQLError, match="it is in use by process"):
            put(store, file)
    put(store, people(tmp_path / "b.ndjson", 12))
    assert rows(store)["profiles"] == 12


def test_many_loads_by_many_processes(tmp_path: Path) -> None:
    """Each gets in or is told that another one is there; what got in is whole."""
    store = tmp_path / "store"
    put(store, people(tmp_path / "a.ndjson", 1))
    processes = [pql("store", "load", store, people(tmp_path / f"{n}.ndjson", 500, f"{n}-")) for n in range(4)]
    done = 0
    for process in processes:
        _, err = process.communicate()
        assert process.returncode == 0 or "it is in use by process" in err, err
        done += process.returncode == 0
    assert done >= 1
    assert rows(store) == {
        "profiles": 1 + 500 * done,
        "xEvent": 2 + 1000 * done,
        "xEvent.productListItems": 4 + 2000 * done,
    }


def test_a_store_of_another_version(tmp_path: Path) -> None:
    store, file = tmp_path / "store", people(tmp_path / "a.ndjson", 3)
    put(store, file)
    for format in (0, 99, "2"):
        with duckdb.connect(store / FILE) as connection:
            connection.execute("UPDATE \"#store\" SET value = ? WHERE key = 'format'", [json.dumps(format)])
        for use in (rows, lambda store: put(store, file)):
            with pytest.raises(PQLError, match="it was written by another version of pqltools; load it again"):
                use(store)


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"x" * 100_000, b"SQLite format 3\0" + bytes(5000)],
    ids=["empty", "short", "long", "other"],
)
def test_a_file_that_is_no_store(tmp_path: Path, content: bytes) -> None:
    store = tmp_path / "store"
    store.mkdir()
    (store / FILE).write_bytes(content)
    with pytest.raises(PQLError, match="it is damaged, or no store"):
        rows(store)
    with pytest.raises(PQLError, match="it is damaged, or no store"):
        put(store, people(tmp_path / "a.ndjson", 3))
    assert (store / FILE).read_bytes() == content


def test_a_database_of_others(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    with duckdb.connect(tmp_path / "store" / FILE) as connection:
        connection.execute("CREATE TABLE profiles AS SELECT 1 AS x")
    for use in (rows, lambda store: put(store, people(tmp_path / "a.ndjson", 3))):
        with pytest.raises(PQLError, match="there are tables in it, and it is no store"):
            use(tmp_path / "store")


@pytest.mark.parametrize("at", [0.02, 0.3, 0.6, 0.9])
def test_a_damaged_store(tmp_path: Path, at: float) -> None:
    store, file = tmp_path / "store", people(tmp_path / "a.ndjson", 3000)
    put(store, file)
    whole = (store / FILE).read_bytes()
    start = int(len(whole) * at)
    (store / FILE).write_bytes(whole[:start] + os.urandom(20_000) + whole[start + 20_000 :])
    result = pql("job", "run", "-e", 'xEvent.productListItems.exists(SKU = "a")', "--profiles", store)
    out, err = result.communicate()
    assert "Traceback" not in err
    assert "internal error" not in err
    assert (result.returncode == 0 and "3,000" in out) or (result.returncode == 1 and "PQL044" in err), err


def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    file = people(tmp_path / "a.ndjson", 3)
    put(disk / "store", file)
    with read_only(disk):
        assert rows(disk / "store")["profiles"] == 3
        for name in ("store", "new"):
            with pytest.raises(PQLError) as problem:
                put(disk / name, file)
            assert problem.value.diagnostics[0].message in (
                "it may not be written",
                "Read-only file system",
                "Permission denied",
            )


@pytest.mark.parametrize("room", [0, 1, 6])
def test_a_disk_that_is_full(tmp_path: Path, room: int) -> None:
    """In the middle of cleaning, of staging, or of writing."""
    large = people(tmp_path / "a.ndjson", 60_000)
    with small_disk(tmp_path / "disk", 40) as disk:
        store = disk.path / "store"
        put(store, people(tmp_path / "b.ndjson", 10))
        ballast = disk.path / "ballast"
        ballast.write_bytes(bytes(room * 2**20))
        disk.fill()
        ballast.unlink()
        result = pql("store", "load", store, large, "--jobs", 2)
        out, err = result.communicate()
        assert (result.returncode, out) == (1, "")
        assert "PQL044 the disk is full; nothing was loaded" in err
        disk.relieve()
        assert rows(store)["profiles"] == 10
        put(store, people(tmp_path / "c.ndjson", 12))
        assert rows(store)["profiles"] == 12


def test_threads_that_read_one_store(tmp_path: Path) -> None:
    store = tmp_path / "store"
    put(store, people(tmp_path / "a.ndjson", 10))
    found: list[dict[str, int]] = []
    together = threading.Barrier(4)

    def read() -> None:
        with open_store(str(store)) as opened:
            together.wait()
            found.append(dict(opened.rows))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [rows(store)] * 4

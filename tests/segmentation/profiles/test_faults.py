"""What is left when the process is killed, or the disk is full?  All that was acknowledged, and nothing by halves."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from random import Random

import pytest

from disks import read_only
from pqltools.segmentation.problems import Problem
from pqltools.segmentation.profiles import database as database_module
from pqltools.segmentation.profiles.model import LATEST, Applied
from pqltools.segmentation.profiles.store import ProfileStore
from pqltools.segmentation.scope import Scope

ROOT = Path(__file__).parents[3]
SCOPE = Scope("FAULTS@AdobeOrg")
PROFILES = 40
#: Loads batches and applies jobs until it is killed, and says what is done. Job n makes members of the first n % 50.
WRITER = """
import json, sys
from pqltools.segmentation.profiles.store import ProfileStore
from pqltools.segmentation.scope import Scope

folder, round, first = sys.argv[1], sys.argv[2], int(sys.argv[3])
scope = Scope("FAULTS@AdobeOrg")
path = f"{folder}.{round}.ndjson"
with ProfileStore(folder) as store:
    print("ready", flush=True)
    for number in range(10_000):
        with open(path, "w") as file:
            for index in range(40):
                event = {"_id": str(index), "timestamp": "2024-01-01T00:00:00Z", "text": "x" * 500}
                file.write(json.dumps({"_id": f"{round}-{number}-{index}", "xEvent": [event, event]}) + "\\n")
        store.load(scope, "all", [path], batch=f"{round}-{number}")
        print(f"batch {round}-{number}", flush=True)
        job = first + number
        store.apply_memberships(scope, f"job-{job}", job, {"s": range(1, job % 50 + 1), "t": range(1, job % 50 + 1)})
        print(f"job {job}", flush=True)
"""


def started(*arguments: object, script: str = WRITER) -> subprocess.Popen[str]:
    """A process that runs the script on this source tree."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )


def killed(folder: Path, round: int, first: int, random: Random) -> list[str]:
    """What a writer acknowledged until it was killed."""
    process = started(folder, round, first)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    # Now and then something is done before, however slow the machine is.
    said = [process.stdout.readline().rstrip("\n")] if round % 5 == 0 else []
    time.sleep(random.random() * 0.5)
    process.kill()
    said += process.stdout.read().split("\n")[:-1]  # the last line may be a part of one
    process.wait()
    process.stdout.close()
    return said


def check(folder: Path, said: list[str]) -> int:
    """The number of the next job, if all is as it must be."""
    with ProfileStore(str(folder)) as store:
        batches = store.batches(SCOPE)
        ids = {batch.id for batch in batches}
        assert {line.split()[1] for line in said if line.startswith("batch")} <= ids
        assert all((batch.profiles, batch.events, batch.bad) == (PROFILES, PROFILES * 1, 0) for batch in batches)
        lines = [line for block in store.merged(SCOPE) for line in block.data.splitlines()]
        assert len(lines) == PROFILES * len(batches) == sum(store.counts(SCOPE).values())
        assert all(line.count(b'"timestamp"') == 1 for line in lines)
        jobs = [int(line.split()[1]) for line in said if line.startswith("job")]
        assert all(store.is_applied(SCOPE, f"job-{job}") for job in jobs)
        last = max(jobs, default=-1)
        while store.is_applied(SCOPE, f"job-{last + 1}"):  # done, and not yet acknowledged
            last += 1
        for segment in "st":
            assert store.members(SCOPE, segment).get("realized", 0) == (last % 50 if last >= 0 else 0)
        return last + 1


def kill_again_and_again(folder: Path, times: int, seed: int) -> None:
    """Kill writers, one after the other, on one store."""
    random = Random(seed)
    said: list[str] = []
    first = 0
    for round in range(times):
        said += killed(folder, round, first, random)
        first = check(folder, said)
    assert said  # something was done in between


def test_kills_lose_nothing_and_leave_no_halves(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path / "store", 10, seed=1)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(10))
def test_many_kills(tmp_path: Path, seed: int) -> None:
    kill_again_and_again(tmp_path / "store", 10, seed)


FULL = """
import json, resource, sys
from pqltools.segmentation.problems import Problem
from pqltools.segmentation.profiles.store import ProfileStore
from pqltools.segmentation.scope import Scope

folder, large, small = sys.argv[1:]
scope = Scope("FAULTS@AdobeOrg")
with ProfileStore(folder) as store:
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, resource.RLIM_INFINITY))
    for _ in range(2):
        try:
            store.load(scope, "all", [large], batch="large")
            print("loaded")
        except Problem as problem:
            print(problem.status, problem.title)
    print(sum(store.counts(scope).values()))
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(store.load(scope, "all", [small], batch="after").profiles)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="files have no limit of size there")
def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    folder, large, small = tmp_path / "store", tmp_path / "large", tmp_path / "small"
    small.write_text("".join(f'{{"_id":"s{index}"}}\n' for index in range(10)))
    random = Random(1)
    with large.open("w") as file:
        for index in range(20_000):
            file.write(f'{{"_id":"{index}","noise":"{random.randbytes(200).hex()}"}}\n')
    with ProfileStore(str(folder)) as store:
        store.load(SCOPE, "all", [str(small)], batch="before")
    process = started(folder, large, small, script=FULL)
    out, _ = process.communicate(timeout=300)
    refusal = "507 The disk is full: nothing of this was stored."
    assert out.splitlines() == [refusal, refusal, "10", "10"]
    with ProfileStore(str(folder)) as store:
        assert [batch.id for batch in store.batches(SCOPE)] == ["before", "after"]
        assert sum(len(block.pids) for block in store.merged(SCOPE, LATEST)) == 10


def test_a_folder_is_for_one_process_and_once(tmp_path: Path) -> None:
    with ProfileStore(str(tmp_path / "store")):
        with pytest.raises(Problem, match="in use by this process"):
            ProfileStore(str(tmp_path / "store"))
        script = "import sys; from pqltools.segmentation.profiles.store import ProfileStore; ProfileStore(sys.argv[1])"
        process = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / "store")],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert f"in use by process {os.getpid()}" in process.stderr


def test_what_is_no_store_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Problem, match="cannot be made"):
        ProfileStore(str(tmp_path / "file"))
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "profiles.duckdb").write_text("this is no database" * 1000)
    with pytest.raises(Problem, match="is none of this program"):
        ProfileStore(str(tmp_path / "store"))


@pytest.mark.parametrize("is_there", [False, True])
def test_a_read_only_folder_is_told(tmp_path: Path, is_there: bool) -> None:
    folder = tmp_path / "disk" / "store"
    folder.mkdir(parents=True)
    if is_there:
        with ProfileStore(str(folder)) as store:
            store.ensure_dataset(SCOPE, "kept")
    with read_only(tmp_path / "disk"), pytest.raises(Problem, match="may not be written"):
        ProfileStore(str(folder))
    with ProfileStore(str(folder)) as store:
        assert [each.name for each in store.datasets(SCOPE)] == ["kept"] * is_there


def test_a_store_that_cannot_be_opened_again_is_tried_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ProfileStore(str(tmp_path / "store")) as store:
        store.ensure_dataset(SCOPE, "kept")
        database = store._database

        def refused() -> None:
            raise Problem(507, "", "The disk is full")

        monkeypatch.setattr(database, "_opened", refused)
        database._reopen()  # as after an error that DuckDB cannot get over
        with pytest.raises(Problem, match="full"):
            store.datasets(SCOPE)
        monkeypatch.undo()
        assert [each.name for each in store.datasets(SCOPE)] == ["kept"]


def test_many_sandboxes_need_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "one.ndjson"
    file.write_text('{"_id":"a","xEvent":[{"_id":"e"}]}\n')
    with ProfileStore(str(tmp_path / "store"), memory="32MB") as store:
        for number in range(60):
            scope = Scope(f"ORG{number}@AdobeOrg")
            store.load(scope, "people", [str(file)])
            for job in range(3):
                store.apply_memberships(scope, f"job-{job}", job, {"s": [1], "t": [1]})
        assert store.members(Scope("ORG0@AdobeOrg"), "s") == {"realized": 1}


def test_who_writes_and_who_opens_the_store_again_do_not_wait_for_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "_REOPENING", 0.2)
    with ProfileStore(str(tmp_path / "store")) as store:
        store.ensure_dataset(SCOPE, "kept")
        # As jobs hold the store when they write to the metadata, and others the metadata when they read datasets.
        metadata, writes = threading.Lock(), threading.Event()

        def before_commit(_: Applied) -> None:
            writes.set()
            with metadata:
                pass

        job = threading.Thread(
            target=store.apply_memberships, args=(SCOPE, "job", 1, {"s": [1]}), kwargs={"before_commit": before_commit}
        )
        with metadata:
            job.start()
            writes.wait()
            store._database._is_lost = True
            with pytest.raises(Problem, match="opened again"):
                store.datasets(SCOPE)
        job.join()
        assert [each.name for each in store.datasets(SCOPE)] == ["kept"]
        assert store.is_applied(SCOPE, "job")

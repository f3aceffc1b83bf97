"""How fast is the store of profiles?  Loading, merged reading, a job with its memberships, and the memory of it all.

python tests/benchmarks/profile_store.py [PROFILES]
"""

from __future__ import annotations

import resource
import sys
import tempfile
from array import array
from pathlib import Path
from random import Random
from time import perf_counter

import msgspec
from jobs import definitions
from sample_data import NOW, profiles

from pqltools.data.projection import projection
from pqltools.evaluation.fused.job import compile_job
from pqltools.evaluation.program import prepare
from pqltools.segmentation.profiles.store import ProfileStore
from pqltools.segmentation.scope import Scope
from pqltools.workspace.definitions import used_paths
from pqltools.workspace.quick_jobs import quick_job
from pqltools.xdm.standard import standard

SCOPE = Scope("BENCH@AdobeOrg")
#: Of the events of a sample profile, so that one with its events has 1.7 kB on average.
_EVENTS = 7


def write(path: Path, count: int) -> None:
    """Write so many profiles with their events."""
    encode = msgspec.json.encode
    with path.open("wb") as file:
        done = 0
        while done < count:
            for profile in profiles(min(10_000, count - done)):
                number = int(profile["_id"].rpartition("-")[2]) + done
                profile["_id"] = f"profile-{number}"
                del profile["xEvent"][_EVENTS:]
                file.write(encode(profile) + b"\n")
            done += 10_000


def peak() -> float:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(count: int = 100_000) -> None:
    """Print times, rates and memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "profiles.ndjson"
        write(path, count)
        size = path.stat().st_size / 1e6
        print(f"{count:,} profiles, {size:.0f} MB, {size * 1000 / count:.2f} kB each")
        with ProfileStore(f"{folder}/store") as store:
            _load(store, path, size)
            _merged(store)
            found = _job(store)
            _apply(store, found)
            _apply_many(store, count)
        stored = sum(file.stat().st_size for file in Path(folder, "store").iterdir() if file.is_file()) / 1e6
        print(f"on disk {stored:.0f} MB, at most {peak():.0f} MB of memory")


def _load(store: ProfileStore, path: Path, size: float) -> None:
    start = perf_counter()
    batch = store.load(SCOPE, "bench", [str(path)])
    seconds = perf_counter() - start
    print(f"load         {seconds:6.2f} s  {size / seconds:5.0f} MB/s, {batch.events:,} events, {peak():.0f} MB")


def _merged(store: ProfileStore) -> None:
    for _ in range(2):
        start = perf_counter()
        size = sum(len(block.data) for block in store.merged(SCOPE)) / 1e6
        seconds = perf_counter() - start
        print(f"merged       {seconds:6.2f} s  {size / seconds:5.0f} MB/s, {peak():.0f} MB")


def _job(store: ProfileStore) -> dict[str, array[int]]:
    start = perf_counter()
    schema = standard()
    programs = [prepare(text, schema, now=NOW) for text in definitions(100)]
    paths = used_paths(programs, schema)
    assert paths is not None
    quick = quick_job(programs, paths, schema.profile)
    if quick is None:
        decode, job = projection(paths, schema.profile), compile_job(programs, plain_names=True)
    else:
        decode, job = quick.decode, quick.job
    found = [array("q") for _ in programs]
    compiled = perf_counter()
    for block in store.merged(SCOPE):
        for pid, line in zip(block.pids, block.data.splitlines(), strict=True):
            for index in job(decode(line)):
                found[index].append(pid)
    end = perf_counter()
    total = sum(map(len, found))
    print(f"job of 100   {end - start:6.2f} s  {compiled - start:.2f} s to compile, {total:,} members, {peak():.0f} MB")
    return {f"segment-{index}": pids for index, pids in enumerate(found)}


def _apply(store: ProfileStore, found: dict[str, array[int]]) -> None:
    start = perf_counter()
    store.apply_memberships(SCOPE, "job", NOW, found)
    print(f"its results  {perf_counter() - start:6.2f} s")


def _apply_many(store: ProfileStore, count: int) -> None:
    random = Random(1)
    for number in range(3):
        found = {
            f"tenth-{segment}": array("q", sorted(random.sample(range(1, count + 1), count // 10)))
            for segment in range(100)
        }
        start = perf_counter()
        store.apply_memberships(SCOPE, f"tenth-{number}", NOW + number, found, legacy=number == 2)
        print(
            f"100 segments {perf_counter() - start:6.2f} s  a tenth of all in each, job {number + 1}, {peak():.0f} MB"
        )
    start = perf_counter()
    size = sum(len(block.data) for block in store.merged(SCOPE, with_memberships=True)) / 1e6
    print(f"with all memberships {perf_counter() - start:.2f} s, {size:.0f} MB, {peak():.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)

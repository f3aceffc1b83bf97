"""How long do 50 clients wait that read and write at once, while a job over 100,000 profiles runs?  On the real server.

python tests/benchmarks/service_load.py [SECONDS [PROFILES [CLIENTS]]]

Every client asks about three times a second; see `load_clients`. The clients run in this process, the server in one of
its own, and the evaluation in one that the server starts: all of them share the processors.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from jobs import definitions
from profile_store import write
from sample_data import NOW

from pqltools.segmentation.profiles.store import FOLDER, ProfileStore
from pqltools.segmentation.scope import Scope
from pqltools.types.time import instant_text

sys.path.insert(0, str(Path(__file__).parents[1]))
from load_clients import READS, WRITES, Outcome, load, percentile
from service_clients import running

_DEFINITIONS = 100


def fill(data: Path, count: int) -> None:
    """Make a data directory with so many profiles."""
    path = data.with_suffix(".ndjson")
    write(path, count)
    with ProfileStore(str(data / FOLDER)) as store:
        store.load(Scope("ACME@AdobeOrg"), "bench", [str(path)])
    path.unlink()


def measure(data: Path, seconds: float, count: int, clients: int) -> Outcome:
    """Put the load on a server over this directory, and print what came of it."""
    with running(data, "--clock", instant_text(NOW)) as server:
        before, own = _spent(server.process.pid), time.process_time()
        outcome = load(
            server.url, clients=clients, seconds=seconds, expressions=definitions(_DEFINITIONS), profiles=count
        )
        used, own = _spent(server.process.pid) - before, time.process_time() - own
    every = outcome.of([*READS, *WRITES])
    jobs = ", ".join(f"{each:.1f}" for each in outcome.jobs)
    print(
        f"{clients} clients for {seconds:g} s on {os.cpu_count()} processors: {len(every) / seconds:.0f} requests a "
        f"second, {len(outcome.errors)} errors, {len(outcome.jobs)} jobs over {count:,} profiles "
        f"({jobs} s), one ran {100 * outcome.busy / outcome.looks:.0f} % of the time"
    )
    print(f"processor time: server {used:.1f} s (its evaluations apart), clients {own:.1f} s")
    print(f"{'':12}{'number':>8}{'p50':>8}{'p95':>8}{'p99':>8}{'most':>8}  ms")
    for name, kinds in {"reads": [*READS], "writes": [*WRITES], **{kind: [kind] for kind in outcome.times}}.items():
        times = outcome.of(kinds)
        if times:
            row = "".join(f"{percentile(times, percent) * 1000:8.1f}" for percent in (50, 95, 99))
            print(f"{name:12}{len(times):8}{row}{times[-1] * 1000:8.1f}")
    for error in outcome.errors[:5]:
        print(error)
    return outcome


def _spent(pid: int) -> float:
    """Seconds of the processors that a process has had, without its children; 0 where nobody says."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(seconds: int = 60, count: int = 100_000, clients: int = 50) -> None:
    """Print times and errors."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        fill(data, count)
        measure(data, seconds, count, clients)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

"""How fast is Spark on this machine, where does the time go, and how does it grow?  Three definitions, nested Parquet.

python tests/benchmarks/spark.py [PROFILES ...] [--folder DIR]

The definitions of `run.py` as one job in local[2], warm, the median of three. The share outside Python is that of the
processor time of the JVM in all that was used. With `--folder` what was made there before is used again.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from columnar_data import nested_files, write_nested
from run import DEFINITIONS, NOW

from pqltools.engines.engine import OWN
from pqltools.engines.spark import SparkEngine
from pqltools.workspace.definitions import inline_definition
from pqltools.xdm.standard import standard

_ROUNDS = 3
#: Before Java has compiled what the first rounds use.
_WARMING = 5
#: In /proc/PID/stat, behind the name: the time of a process and of its children that have ended, of user and system.
_TIMES = slice(11, 15)
_TICKS = 100


def processor_seconds() -> tuple[float, float]:
    """What Python, here and in workers below, and all other processes below this one have used so far."""
    of_python = of_others = 0.0
    parents, used = {}, {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            name, rest = (place / "stat").read_text().rsplit(")", 1)
        except OSError:
            continue
        fields = rest.split()
        parents[place.name] = fields[1]
        used[place.name] = name.partition("(")[2], sum(map(int, fields[_TIMES])) / _TICKS
    own = str(Path("/proc/self").resolve().name)
    for pid, (name, seconds) in used.items():
        above = parents.get(pid)
        while above is not None and above != own:
            above = parents.get(above)
        if above == own and pid != own:
            if name.startswith("python"):
                of_python += seconds
            else:
                of_others += seconds
    return process_time() + of_python, of_others


def measure(engine: SparkEngine, warming: int) -> tuple[float, float, tuple[int, ...]]:
    """Seconds a run, the share of processor time outside Python, and how many qualify."""
    schema = standard()
    definitions = [inline_definition(text, schema, NOW) for text in DEFINITIONS]
    assert all(way.kind == OWN for way in engine.plan(definitions).ways)
    taken, shares = [], []
    counts: tuple[int, ...] = ()
    for number in range(-warming, _ROUNDS):
        before, start = processor_seconds(), perf_counter()
        counts = engine.run(engine.plan(definitions)).counts
        seconds, after = perf_counter() - start, processor_seconds()
        if number >= 0:
            python, others = (now - then for now, then in zip(after, before, strict=True))
            taken.append(seconds)
            shares.append(others / (python + others))
    return median(taken), median(shares), counts


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("profiles", nargs="*", type=int, default=[100_000, 1_000_000, 3_000_000])
    parser.add_argument("--folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(options.folder or made)
        first: tuple[int, float] | None = None
        session = None
        for count in options.profiles:
            path = str(folder / f"nested{count}.parquet")
            files = nested_files(path, count)
            if not all(Path(file).exists() for file in files):
                write_nested(path, count)
            engine = SparkEngine(files, session=session, master=None if session else "local[2]")
            session = engine.session
            seconds, share, counts = measure(engine, _WARMING if first is None else 1)
            grown = ""
            if first is not None:
                grown = f"  {count / first[0]:4.0f} x the profiles, {seconds / first[1]:5.2f} x the time"
            first = first or (count, seconds)
            print(f"{count:>10,} profiles  {seconds:6.2f} s  {share:6.1%} outside Python  {counts}{grown}", flush=True)
        if session is not None:
            session.stop()


if __name__ == "__main__":
    main()

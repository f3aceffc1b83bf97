"""How fast are many profiles searched in a store?  Beside SQL that was written by hand, over the same profiles.

python tests/benchmarks/columnar.py [PROFILES] [--folder DIR] [--memory SIZE] [--load]

The three definitions of `run.py`, 50 and 1,000 of `jobs.py`, and what one more costs. Times are medians of three, warm.
`--load` loads lines of JSON too. With `--folder` what was made there before is used again.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import duckdb
import jobs
import pyarrow.parquet
from columnar_data import nested_files, write_nested
from run import DEFINITIONS, NOW

from pqltools.engines.duckdb.engine import DuckDBEngine
from pqltools.engines.engine import OWN
from pqltools.engines.store.loading import load
from pqltools.engines.store.parquet import write_lines
from pqltools.engines.store.store import Store, open_store
from pqltools.workspace.definitions import inline_definition
from pqltools.xdm.standard import standard

_ROUNDS = 3
_WINDOW = "TIMESTAMP '2026-01-01' - INTERVAL {} DAY AND TIMESTAMP '2026-01-01'"
#: The three definitions over nested rows, with lambdas, as one would write them.
_NESTED = (
    """"homeAddress"."countryCode" = 'US' AND person."birthYear" <= 1990 AND loyalty.tier IN ('gold', 'platinum')""",
    f"""len(list_filter("xEvent", lambda e: e."eventType" = 'commerce.purchases' AND e.timestamp BETWEEN
    {_WINDOW.format(30)} AND len(list_filter(e."productListItems", lambda i: i."SKU" = 'SKU-17')) > 0)) > 0""",
    f"""list_sum(list_transform(list_filter("xEvent", lambda e: e.timestamp BETWEEN {_WINDOW.format(90)}),
    lambda e: e.commerce."order"."priceTotal")) > 500""",
)
#: The same over tables.
_FLAT = (
    f"SELECT n FROM flat_profiles WHERE {_NESTED[0]}",
    f"""SELECT DISTINCT n FROM flat_items WHERE "eventType" = 'commerce.purchases' AND "SKU" = 'SKU-17'
    AND timestamp BETWEEN {_WINDOW.format(30)}""",
    f"""SELECT n FROM flat_events WHERE timestamp BETWEEN {_WINDOW.format(90)} GROUP BY n HAVING sum(price) > 500""",
)
_FLATTENING = (
    """CREATE TABLE flat_profiles AS SELECT CAST(substr(_id, 2) AS UINTEGER) AS n, * EXCLUDE ("xEvent") FROM nested""",
    """CREATE TABLE flat_events AS SELECT n, e."eventType" AS "eventType", e.timestamp AS timestamp,
    e.commerce."order"."priceTotal" AS price FROM (SELECT CAST(substr(_id, 2) AS UINTEGER) AS n, unnest("xEvent") AS e
    FROM nested) ORDER BY timestamp""",
    """CREATE TABLE flat_items AS SELECT n, t AS timestamp, k AS "eventType", i."SKU" AS "SKU" FROM (
    SELECT n, e.timestamp AS t, e."eventType" AS k, unnest(e."productListItems") AS i FROM (
    SELECT CAST(substr(_id, 2) AS UINTEGER) AS n, unnest("xEvent") AS e FROM nested)) ORDER BY timestamp""",
)
_NEEDED = [
    "homeAddress.countryCode",
    "person.birthYear",
    "loyalty.tier",
    *[
        f"xEvent.list.element.{name}"
        for name in ("eventType", "timestamp", "commerce.order.priceTotal", "productListItems.list.element.SKU")
    ],
]


def warm(work: Callable[[], object]) -> float:
    """The median of three runs after one that does not count, in seconds."""
    work()
    times = []
    for _ in range(_ROUNDS):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return median(times)


def peak() -> float:
    """The most memory that this process has had, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def say(what: str, seconds: float, more: str = "") -> None:
    """Print one line."""
    print(f"  {what:58} {seconds:8.2f} s  {more}", flush=True)


def job(store: Store, texts: list[str]) -> Callable[[], tuple[int, ...]]:
    """A job that finds the members of all definitions: planned and run."""
    schema = standard()
    definitions = [inline_definition(text, schema, NOW) for text in texts]

    def work() -> tuple[int, ...]:
        engine = DuckDBEngine(store, schema)
        plan = engine.plan(definitions)
        assert all(way.kind == OWN for way in plan.ways)
        members = [0] * len(definitions)

        def take(index: int, ids: Any) -> None:
            members[index] = len(ids)

        counts = engine.run(plan, take).counts
        assert [*counts] == members
        return counts

    return work


def yardsticks(files: list[str], store: Store) -> None:
    """Print what others take for the three definitions."""
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        connection.execute(f"CREATE VIEW nested AS FROM read_parquet({files})")
        nested = f"SELECT {', '.join(f'count(*) FILTER ({test})' for test in _NESTED)} FROM nested"
        wanted = connection.execute(nested).fetchone()
        say("read the columns that are needed, with pyarrow", warm(lambda: [_read(file) for file in files]))
        lambdas = "SQL by hand over nested Parquet, lambdas over lists"
        by_hand = warm(lambda: connection.execute(nested).fetchone())
        say(lambdas, by_hand)
        for sql in _FLATTENING:
            connection.execute(sql)
        flat = warm(lambda: [connection.execute(sql).fetchnumpy() for sql in _FLAT])
        say("SQL by hand over flattened tables", flat)
        found = tuple(len(connection.execute(sql).fetchall()) for sql in _FLAT)
    work = job(store, [*DEFINITIONS])
    seconds = warm(work)
    assert wanted == found == work(), "all have found the same"
    say("pqltools, 3 definitions", seconds, f"{by_hand / seconds:.1f} times as fast as with lambdas")


def _read(file: str) -> object:
    with pyarrow.parquet.ParquetFile(file) as opened:
        return opened.read(columns=_NEEDED)


def growth(store: Store, most: int) -> None:
    """Print what many definitions take, and one more."""
    texts = jobs.definitions(most)
    before, last = 0, 0.0
    for count in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000):
        if count <= most:
            seconds = warm(job(store, texts[:count]))
            more = (seconds - last) / (count - before) * 1000
            say(f"pqltools, {count:,} definitions", seconds, f"{more:7.1f} ms for one more, {peak():.1f} GB at most")
            before, last = count, seconds


def main() -> None:
    """Print the times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("profiles", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--folder", help="where files are kept; a temporary folder if there is none")
    parser.add_argument("--memory", default="6GB", help="for DuckDB")
    parser.add_argument("--most", type=int, default=1000, help="definitions")
    parser.add_argument("--load", action="store_true", help="load up to a million from lines of JSON too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as scratch:
        folder = Path(options.folder or scratch)
        files = nested_files(str(folder / f"nested{options.profiles}.parquet"), options.profiles)
        if not all(Path(file).is_file() for file in files):
            write_nested(files[0], options.profiles)
        if options.load and len(files) == 1:
            _load_lines(folder, files, options)
        _search(folder / f"store{options.profiles}", files, options)


def _load_lines(folder: Path, files: list[str], options: argparse.Namespace) -> None:
    lines = folder / f"lines{options.profiles}.ndjson"
    if not lines.is_file():
        with duckdb.connect() as connection:
            write_lines(connection, files[0], str(lines))
    _load(folder / "from-lines", [str(lines)], options)


def _load(path: Path, files: list[str], options: argparse.Namespace) -> None:
    shutil.rmtree(path, ignore_errors=True)
    size = sum(Path(file).stat().st_size for file in files) / 1e6
    start = perf_counter()
    with open_store(str(path), write=True, memory=options.memory, threads=2) as store:
        loaded = load(store, files, standard().profile, jobs=2)
        seconds = perf_counter() - start
        assert (loaded.profiles, loaded.refused) == (options.profiles, ())
    kind = Path(files[0]).suffix
    say(f"load {size:,.0f} MB of {kind}", seconds, f"{size / seconds:.0f} MB/s, {peak():.1f} GB at most")


def _search(path: Path, files: list[str], options: argparse.Namespace) -> None:
    if not path.is_dir():
        _load(path, files, options)
    with open_store(str(path), memory=options.memory, threads=2) as store:
        rows = ", ".join(f"{count:,} {name}" for name, count in store.rows.items())
        print(f"{rows}; {options.memory} for DuckDB", flush=True)
        if options.profiles <= 1_000_000:
            yardsticks(files, store)
        else:
            say("pqltools, 3 definitions", warm(job(store, [*DEFINITIONS])), f"{peak():.1f} GB at most")
        growth(store, options.most)


if __name__ == "__main__":
    main()

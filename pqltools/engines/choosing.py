"""Which engine is to do it?  The one that was named, or the one that suits where the profiles are; and why."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager

from pqltools.data.compression import is_parquet
from pqltools.diagnostics import error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pqltools.engines.engine import Engine
    from pqltools.engines.spark.writing import SparkWriting
    from pqltools.engines.writing import Writing
    from pqltools.workspace.definitions import Definition
    from pqltools.xdm.schema import Schema

NAMES = ("auto", "memory", "duckdb", "spark")
_REMOTE = re.compile(r"table:|[A-Za-z][A-Za-z0-9+.-]*://")
#: From so many definitions on it pays to load files of profiles into columns for one run.
_MANY = 200


@contextmanager
def engine_for(
    name: str,
    profiles: Sequence[str],
    schema: Schema,
    *,
    definitions: int = 1,
    jobs: int = 1,
    memory: str | None = None,
    loads: bool = True,
    events: Sequence[str] = (),
    id: str | None = None,
    master: str | None = None,
) -> Iterator[tuple[Engine, str]]:
    """An engine for profiles in files or in a store, and why it was chosen, "" if it was asked for.

    DuckDB over files loads them into a store for the time of the run; without `loads` that is an error. `events` are
    files or tables of events, which are joined to the profiles by their identities; `id`, the column with the id of a
    profile, and `master` are for Spark.
    Raises `PQLError`.
    """
    from pqltools.engines.store.store import is_store

    paths = [*profiles, *events]
    name, because = chosen(name, paths, definitions=definitions, on_spark=bool(id or master))
    if name == "spark":
        from pqltools.engines.spark.engine import SparkEngine

        with SparkEngine(profiles, schema, events=events or None, id=id, master=master, memory=memory) as on_spark:
            yield on_spark, because
        return
    check_options(id, master)
    stores = [path for path in profiles if is_store(path)]
    if stores and len(profiles) > 1:
        raise error("PQL044", f"`{stores[0]}` is a store, and is evaluated alone", (0, 0))
    if stores and events:
        message = "events are joined to the profiles of files; those of a store are in it"
        raise error("PQL044", message, (0, 0), help=f"load them: pql store load {stores[0]} --events {events[0]}")
    if name == "memory":
        check_memory(paths)
        from pqltools.engines.memory import MemoryEngine

        yield MemoryEngine(profiles, schema, events=events, jobs=jobs), because
        return
    with _store_of(stores, profiles, events, schema, jobs, memory, loads=loads) as engine:
        yield engine, because


def needs_columns(path: str) -> bool:
    """Whether a path is that of a store or of Parquet, which memory does not read."""
    from pqltools.engines.store.store import is_store

    return is_parquet(path) or is_store(path)


def check_options(id: str | None, master: str | None) -> None:
    """Raise `PQLError` for options that are for Spark alone, where it is not Spark."""
    for option, given in (("id", id), ("master", master)):
        if given:
            raise error("PQL044", f"--{option} is for Spark", (0, 0), help="add --engine spark")


def check_memory(paths: Sequence[str]) -> None:
    """Raise `PQLError` for what memory does not read."""
    for path in filter(needs_columns, paths):
        message = f"`{path}` is {'Parquet' if is_parquet(path) else 'a store'}, which `duckdb` reads"
        raise error("PQL044", message, (0, 0), help="leave out --engine memory, or name files of JSON")


def chosen(name: str, paths: Sequence[str], *, definitions: int = 1, on_spark: bool = False) -> tuple[str, str]:
    """The name of the engine, and why it was chosen, "" if it was asked for. `on_spark`: only Spark can do it."""
    from pqltools.engines.store.store import is_store

    if name != "auto":
        return name, ""
    if on_spark:
        return "spark", "an option is for Spark alone"
    for path in paths:
        if _REMOTE.match(path) or os.path.isdir(os.path.join(path, "_delta_log")):  # noqa: PTH112, PTH118
            return "spark", f"`{path}` is nothing that the others read"
    if any(is_store(path) for path in paths):
        return "duckdb", "the profiles are in a store"
    columnar = next((path for path in paths if is_parquet(path)), None)
    if columnar is not None:
        return "duckdb", f"`{columnar}` is Parquet"
    if definitions < _MANY:
        return "memory", "one run over files costs less than to load them; `pql store load` pays from the second run on"
    return "duckdb", f"for {definitions:,} definitions it pays to load the files first"


@contextmanager
def _store_of(
    stores: list[str],
    profiles: Sequence[str],
    events: Sequence[str],
    schema: Schema,
    jobs: int,
    memory: str | None,
    *,
    loads: bool,
) -> Iterator[Engine]:
    import tempfile

    from pqltools.engines.duckdb.engine import DuckDBEngine
    from pqltools.engines.store.loading import load
    from pqltools.engines.store.store import open_store

    if stores:
        with open_store(stores[0], memory=memory) as store:
            yield DuckDBEngine(store, schema)
        return
    for path in profiles:
        if path != "-" and os.path.isdir(path):  # noqa: PTH112
            raise error(
                "PQL044", f"there is no store in the folder `{path}`", (0, 0), help="make one with `pql store load`"
            )
    if not loads:
        raise error("PQL044", "these are files, and no store", (0, 0), help="load them with `pql store load` first")
    with tempfile.TemporaryDirectory(prefix="pql-") as folder, open_store(folder, write=True, memory=memory) as store:
        loaded = load(store, list(profiles), schema.profile, events=events, jobs=jobs, merge=False)
        engine = DuckDBEngine(store, schema)
        engine.refused = loaded.refused
        yield engine


def writing_for(
    name: str, out: str | None, definitions: Sequence[Definition], *, overwrite: bool
) -> Writing | SparkWriting:
    """Who writes what an engine finds to a folder, None for nowhere."""
    if name == "spark":
        from pqltools.engines.spark.writing import SparkWriting

        return SparkWriting(out, overwrite=overwrite)
    from pqltools.engines.writing import Writing

    return Writing(out, definitions, overwrite=overwrite)

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
    events: Sequence[str] | None = None,
    id: str | None = None,
    master: str | None = None,
) -> Iterator[tuple[Engine, str]]:
    """An engine for profiles in files or in a store, and why it was chosen, "" if it was asked for.

    DuckDB over files loads them into a store for the time of the run; without `loads` that is an error. `events`, a
    table of their own, `id`, the column with the id of a profile, and `master` are for Spark.
    Raises `PQLError`.
    """
    from pqltools.engines.store.store import is_store

    name, because = chosen(name, profiles, definitions=definitions, on_spark=bool(events or id or master))
    if name == "spark":
        from pqltools.engines.spark.engine import SparkEngine

        with SparkEngine(profiles, schema, events=events, id=id, master=master, memory=memory) as on_spark:
            yield on_spark, because
        return
    for option, given in (("events", events), ("id", id), ("master", master)):
        if given:
            raise error("PQL044", f"--{option} is for Spark", (0, 0), help="add --engine spark")
    stores = [path for path in profiles if is_store(path)]
    if stores and len(profiles) > 1:
        raise error("PQL044", f"`{stores[0]}` is a store, and is evaluated alone", (0, 0))
    columnar = next((path for path in profiles if is_parquet(path)), None)
    if name == "memory":
        if stores or columnar:
            message = f"`{columnar or stores[0]}` is {'Parquet' if columnar else 'a store'}, which `duckdb` reads"
            raise error("PQL044", message, (0, 0), help="leave out --engine memory, or name files of JSON")
        from pqltools.engines.memory import MemoryEngine

        yield MemoryEngine(profiles, schema, jobs=jobs), because
        return
    with _store_of(stores, profiles, schema, jobs, memory, loads=loads) as engine:
        yield engine, because


def chosen(name: str, profiles: Sequence[str], *, definitions: int = 1, on_spark: bool = False) -> tuple[str, str]:
    """The name of the engine, and why it was chosen, "" if it was asked for. `on_spark`: only Spark can do it."""
    from pqltools.engines.store.store import is_store

    if name != "auto":
        return name, ""
    if on_spark:
        return "spark", "an option is for Spark alone"
    for path in profiles:
        if _REMOTE.match(path) or os.path.isdir(os.path.join(path, "_delta_log")):  # noqa: PTH112, PTH118
            return "spark", f"`{path}` is nothing that the others read"
    if any(is_store(path) for path in profiles):
        return "duckdb", "the profiles are in a store"
    columnar = next((path for path in profiles if is_parquet(path)), None)
    if columnar is not None:
        return "duckdb", f"`{columnar}` is Parquet"
    if definitions < _MANY:
        return "memory", "one run over files costs less than to load them; `pql store load` pays from the second run on"
    return "duckdb", f"for {definitions:,} definitions it pays to load the files first"


@contextmanager
def _store_of(
    stores: list[str], profiles: Sequence[str], schema: Schema, jobs: int, memory: str | None, *, loads: bool
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
        loaded = load(store, list(profiles), schema.profile, jobs=jobs, merge=False)
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

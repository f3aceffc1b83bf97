"""Which engine is to do it?  The one that was named, or the one that suits where the profiles are; and why."""

from __future__ import annotations

import os
from contextlib import contextmanager

from pqltools.diagnostics import error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pqltools.engines.engine import Engine
    from pqltools.xdm.schema import Schema

NAMES = ("auto", "memory", "duckdb")
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
) -> Iterator[tuple[Engine, str]]:
    """An engine for profiles in files or in a store, and why it was chosen, "" if it was asked for.

    DuckDB over files loads them into a store for the time of the run; without `loads` that is an error.
    Raises `PQLError`.
    """
    from pqltools.engines.store.store import is_store

    stores = [path for path in profiles if is_store(path)]
    if stores and len(profiles) > 1:
        raise error("PQL044", f"`{stores[0]}` is a store, and is evaluated alone", (0, 0))
    because = ""
    if name == "auto":
        name, because = _chosen(bool(stores), definitions)
    if name == "memory":
        if stores:
            message = f"`{stores[0]}` is a store, which the engine `duckdb` reads"
            raise error("PQL044", message, (0, 0), help="leave out --engine memory, or name the files themselves")
        from pqltools.engines.memory import MemoryEngine

        yield MemoryEngine(profiles, schema, jobs=jobs), because
        return
    with _store_of(stores, profiles, schema, jobs, memory, loads=loads) as engine:
        yield engine, because


def _chosen(in_store: bool, definitions: int) -> tuple[str, str]:
    if in_store:
        return "duckdb", "the profiles are in a store"
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

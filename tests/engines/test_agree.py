"""Does the engine over a store give the answers of memory?  On generated expressions and profiles, many in a store."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pqltools import to_text
from pqltools.data.decoding import decode_all
from pqltools.engines.duckdb.engine import DuckDBEngine
from pqltools.engines.store.fitting import Fitting
from pqltools.engines.store.loading import load
from pqltools.engines.store.store import open_store
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.program import prepare
from pqltools.syntax.ast import Expr
from pqltools.workspace.definitions import Definition
from pqltools.xdm.schema import Schema
from profiles import NOW, profiles
from typed_expressions import SCHEMA, conditions


def found_in_store(
    folder: Path, exprs: list[Expr], data: list[dict[str, Any]], schema: Schema = SCHEMA
) -> tuple[list[set[str]], set[str], list[str]]:
    """The ids of the members of each definition, the ids that were refused, and how each was evaluated."""
    file = folder / "profiles.ndjson"
    file.write_text("".join(json.dumps({"_id": f"p{n}", **each}) + "\n" for n, each in enumerate(data)), "utf-8")
    definitions = [Definition(to_text(expr), None, prepare(expr, schema, now=NOW)) for expr in exprs]
    with open_store(str(folder / "store"), write=True, threads=1) as store:
        loaded = load(store, [str(file)], schema.profile)
        engine = DuckDBEngine(store, schema)
        members: dict[int, set[str]] = {}
        plan = engine.plan(definitions)
        result = engine.run(plan, lambda index, ids: members.update({index: set(ids.to_pylist())}))
    assert [len(members[index]) for index in range(len(exprs))] == [*result.counts]
    refused = {f"p{each.line - 1}" for each in loaded.refused}
    return [members[index] for index in range(len(exprs))], refused, [way.kind for way in plan.ways]


def check(exprs: list[Expr], data: list[dict[str, Any]], schema: Schema = SCHEMA) -> list[str]:
    with TemporaryDirectory() as folder:
        found, refused, ways = found_in_store(Path(folder), exprs, data, schema)
    decode = decode_all(schema.profile)
    kept: dict[str, Any] = {}
    for number, each in enumerate(data):
        if f"p{number}" not in refused:
            # A number of a field of doubles is a double in the store, however it was written.
            kept[f"p{number}"] = Fitting(schema.profile).profile(decode(json.dumps(each).encode()))
    for expr, members, way in zip(exprs, found, ways, strict=True):
        predicate = compile_program(prepare(expr, schema, now=NOW), as_condition=True)
        wanted = {name for name, each in kept.items() if predicate(each)}
        assert members == wanted, (way, to_text(expr), [kept[name] for name in members ^ wanted][:1])
    return ways


#: Expressions and profiles of one store.
BATCHES = st.lists(conditions(), min_size=15, max_size=25), st.lists(profiles(), min_size=15, max_size=25)


#: To shrink a batch that fails takes minutes, and the assertion names one expression and one profile anyway.
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


@settings(max_examples=12, deadline=None, suppress_health_check=[*HealthCheck], phases=_PHASES)
@given(*BATCHES)
def test_as_in_memory(exprs: list[Expr], data: list[dict[str, Any]]) -> None:
    check(exprs, data)

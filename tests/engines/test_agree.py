"""Does the engine over a store give the answers of memory?  On generated expressions and profiles, many in a store."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import example_queries
import nested_events
from corpus_profiles import NEEDS_CORPUS, made, trees
from evaluable import evaluable_expressions
from pqltools import PQLError, parse, to_text
from pqltools.data.decoding import decode_all
from pqltools.engines.duckdb.engine import DuckDBEngine
from pqltools.engines.store.fitting import Fitting
from pqltools.engines.store.loading import load
from pqltools.engines.store.store import open_store
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.program import prepare
from pqltools.sql.tables import table_columns
from pqltools.syntax.ast import Expr
from pqltools.workspace.definitions import Definition, used_paths
from pqltools.xdm.schema import Schema
from pqltools.xdm.standard import standard
from profiles import NOW, profiles
from sql_conditions import sql_conditions
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


def batches(
    expressions: st.SearchStrategy[Expr], data: st.SearchStrategy[dict[str, Any]], schema: Schema = SCHEMA
) -> Callable[[], None]:
    """The law for expressions and profiles that are drawn, some of both in a store."""

    # To shrink a batch that fails takes minutes, and the assertion names one expression and one profile anyway.
    @settings(
        max_examples=settings.get_profile(settings.get_current_profile_name()).max_examples // 100,
        suppress_health_check=[*HealthCheck],
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
    )
    @given(st.lists(expressions, min_size=15, max_size=25), st.lists(data, min_size=15, max_size=25))
    def law(exprs: list[Expr], data: list[dict[str, Any]]) -> None:
        check(exprs, data, schema)

    return law


def is_evaluable(expr: Expr, schema: Schema = SCHEMA) -> bool:
    try:
        prepare(expr, schema, now=NOW)
    except PQLError:
        return False
    return True


test_conditions = batches(conditions(), profiles())
test_conditions_with_sql = batches(sql_conditions(2), profiles())
test_whatever_can_be_evaluated = batches(evaluable_expressions().filter(is_evaluable), profiles())
test_events_and_their_items = batches(
    nested_events.expressions().map(parse), nested_events.profiles(), nested_events.SCHEMA
)


@NEEDS_CORPUS
def test_the_corpus() -> None:
    schema, random = standard(), Random(11)
    usable = [tree for tree in trees() if is_evaluable(tree, schema)]
    ways: list[str] = []
    for start in range(0, len(usable), 16):
        some = usable[start : start + 16]
        columns = table_columns(schema.profile, used_paths([prepare(tree, schema, now=NOW) for tree in some], schema))
        ways += check(some, [_loadable(made(tree, columns, random)) for tree in some for _ in range(2)], schema)
    assert len(ways) >= 400
    assert ways.count("engine") >= 100


def _loadable(value: Any) -> Any:
    """A value without the fields of the standard schema that differ from others in nothing but case."""
    if isinstance(value, list):
        return [_loadable(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _loadable(inner) for name, inner in value.items() if not name.startswith("POI")}


def test_the_examples(tmp_path: Path) -> None:
    file = tmp_path / "profiles.ndjson"
    file.write_text("".join(json.dumps(each) + "\n" for each in example_queries.profiles()), "utf-8")
    titles, members = example_queries.EXAMPLES, dict[str, set[str]]()
    with open_store(str(tmp_path / "store"), write=True) as store:
        assert not load(store, [str(file)], example_queries.SCHEMA.profile).refused
        engine = DuckDBEngine(store, example_queries.SCHEMA)
        plan = engine.plan([*example_queries.definitions().values()])
        engine.run(plan, lambda index, ids: members.update({titles[index]: {*ids.to_pylist()}}))
    assert members == example_queries.found_by_eval()

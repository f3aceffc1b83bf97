"""Does the engine over a store give the answers of memory?  On generated expressions and profiles, many in a store."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import example_queries
import nested_events
from corpus_profiles import NEEDS_CORPUS, made, trees
from evaluable import evaluable_expressions
from pqltools import PQLError, parse, to_text
from pqltools.data.decoding import decode_all
from pqltools.engines.duckdb.engine import DuckDBEngine
from pqltools.engines.duckdb.missing import check_fields
from pqltools.engines.duckdb.parts import Leaf
from pqltools.engines.duckdb.running import Passes
from pqltools.engines.duckdb.standing_alone import store_query
from pqltools.engines.engine import OWN
from pqltools.engines.store.fitting import Fitting
from pqltools.engines.store.loading import load
from pqltools.engines.store.store import open_store
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.program import prepare
from pqltools.sql.refusal import NotInSQL
from pqltools.sql.tables import table_columns
from pqltools.syntax.ast import Expr
from pqltools.types.model import ArrayType, MapType, ObjectType
from pqltools.workspace.definitions import Definition, iterates_objects, used_paths, with_segments
from pqltools.xdm.schema import Schema
from pqltools.xdm.standard import standard
from profiles import NOW, profiles
from sql_conditions import sql_conditions
from typed_expressions import SCHEMA, conditions

if TYPE_CHECKING:
    from pqltools.types.model import Type


def found_in_store(
    folder: Path, exprs: list[Expr], data: list[dict[str, Any]], schema: Schema = SCHEMA
) -> tuple[list[set[str]], set[str], list[str]]:
    """The ids of the members of each definition, the ids that were refused, and how each was evaluated."""
    file = folder / "profiles.ndjson"
    file.write_text("".join(json.dumps({**each, "_id": f"p{n}"}) + "\n" for n, each in enumerate(data)), "utf-8")
    definitions = [Definition(to_text(expr), None, prepare(expr, schema, now=NOW)) for expr in exprs]
    with open_store(str(folder / "store"), write=True, threads=1) as store:
        loaded = load(store, [str(file)], schema.profile)
        engine = DuckDBEngine(store, schema)
        members: dict[int, set[str]] = {}
        asked = [index for index, each in enumerate(definitions) if takes(engine, each)]
        plan = engine.plan([definitions[index] for index in asked])
        result = engine.run(plan, lambda index, ids: members.update({asked[index]: set(ids.to_pylist())}))
        for index, way in zip(asked, plan.ways, strict=True):
            if way.kind == OWN:
                try:
                    query = store_query(store, schema, definitions[index]).sql("duckdb")
                except NotInSQL as problem:
                    # Engines join what one query has inside, where DuckDB does not take everything.
                    assert "subqueries in lambda expressions" in str(problem), to_text(exprs[index])
                    continue
                alone = {id for (id,) in store.connection.execute(query).fetchall()}
                assert alone == members[index], (to_text(exprs[index]), query)
    assert [len(members[index]) for index in asked] == [*result.counts]
    refused = {f"p{each.line - 1}" for each in loaded.refused}
    ways = {index: way.kind for index, way in zip(asked, plan.ways, strict=True)}
    every = range(len(exprs))
    return [members.get(index, set()) for index in every], refused, [ways.get(index, REFUSED) for index in every]


#: How a definition is evaluated that the engine refuses.
REFUSED = "refused"


def takes(engine: DuckDBEngine, definition: Definition) -> bool:
    """Whether a definition does without the one field that no schema here declares, the id."""
    try:
        check_fields(engine.store, engine.schema, [definition])
    except PQLError as problem:
        assert {each.message for each in problem.diagnostics} == {_ID_LEFT_OUT}
        return False
    return True


_ID_LEFT_OUT = "`_id` was left out of the store, as the schema did not declare it or its type"


def without_nulls(value: Any, type: Type) -> Any:
    """A value without fields of objects that are null."""
    if isinstance(value, list):
        assert isinstance(type, ArrayType)
        return [without_nulls(inner, type.item) for inner in value]
    if not isinstance(value, dict):
        return value
    if isinstance(type, MapType):
        return {key: without_nulls(inner, type.value) for key, inner in value.items()}
    assert isinstance(type, ObjectType)
    members = {name: type.member(name) for name in value}
    return {
        name: without_nulls(inner, member.type)
        for (name, inner), member in zip(value.items(), members.values(), strict=True)
        if inner is not None and member is not None
    }


def check(exprs: list[Expr], data: list[dict[str, Any]], schema: Schema = SCHEMA) -> list[str]:
    with TemporaryDirectory() as folder:
        found, refused, ways = found_in_store(Path(folder), exprs, data, schema)
    decode = decode_all(schema.profile)
    kept: dict[str, Any] = {}
    for number, each in enumerate(data):
        if f"p{number}" not in refused:
            # A number of a field of doubles is a double in the store, however it was written.
            kept[f"p{number}"] = Fitting(schema.profile).profile(
                decode(json.dumps({**each, "_id": f"p{number}"}).encode())
            )
    for expr, members, way in zip(exprs, found, ways, strict=True):
        if way == REFUSED:
            continue
        program = prepare(expr, schema, now=NOW)
        predicate = compile_program(program, as_condition=True)
        # Whether a field that is null was there is not known in a store.
        asked = (
            {name: without_nulls(each, schema.profile) for name, each in kept.items()}
            if any(map(iterates_objects, with_segments([program])))
            else kept
        )
        wanted = {name for name, each in asked.items() if predicate(each)}
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


def test_items_of_all_events_are_added_up_in_the_order_of_the_arrays() -> None:
    items = [[1e16, 1.0], [-1e16], [], [0.5, 1e16], [-1e16, 3.0]]
    events = [
        # The later an event stands, the earlier it was.
        {"timestamp": f"2024-02-{20 - number:02}T00:00:00Z", "productListItems": [{"priceTotal": each} for each in of]}
        for number, of in enumerate(items)
    ]
    sums = (
        "xEvent.productListItems.sum(priceTotal)",
        "sum(xEvent.productListItems.priceTotal)",
        "(select P from xEvent.productListItems).sum(priceTotal)",
        "xEvent.sum(productListItems.sum(priceTotal))",
    )
    texts = [f"{each} = {number}" for each in sums for number in (0, 1, 2, 3, 3.5, 4, 5)]
    data = [{"xEvent": events[:most]} for most in range(1, 6)] + [{"xEvent": events[::-1]}]
    assert "engine" in check([parse(text) for text in texts], data, standard())


def test_tests_of_texts_that_hold_for_null() -> None:
    """Tests of a column of few texts are made for these, and null is none of them."""
    texts = [
        '(label like "a%") <= false',
        'label.startsWith("a") = false',
        'not (label.startsWith("a"))',
        'orders.exists(label.startsWith("a") = false)',
        'orders[label.contains("b") != true].count() = 1',
    ]
    rows: list[dict[str, Any]] = [
        {},
        {"label": "ab", "orders": [{}, {"label": "b"}]},
        {"label": "b", "orders": [{"label": "ab"}, None]},
    ]
    assert set(check([parse(text) for text in texts], rows)) == {"engine"}


def test_objects_as_arrays() -> None:
    """Their items are the values of the fields that are there."""
    texts = [
        "exists V from xEvent where isNull(V.size), W from V where W",
        "home.count() = 1",
        "home.exists(this = 1)",
        "isNull(home.size) and home.count() > 0",
        "1 in home",
        "2 notIn home",
        "home.count() = 1 or notes.count() = 1",
        "exists W from home where isNull(W.size)",
    ]
    rows: list[dict[str, Any]] = [
        {"home": {}, "xEvent": [{}]},
        {"notes": {"a": None}, "home": {"price": 1}, "xEvent": [{"price": 1}, None]},
        {"home": {"size": 1, "price": 2}, "xEvent": [{"size": 1}]},
        {"xEvent": [{"tags": []}], "home": None, "notes": {"a": None}},
    ]
    assert set(check([parse(text) for text in texts], rows)) == {"memory"}


@NEEDS_CORPUS
def test_the_corpus() -> None:
    schema, random = standard(), Random(11)
    # Some ask for all fields of a profile, of which there are too many to be made up.
    usable = [
        tree for tree in trees() if is_evaluable(tree, schema) and not iterates_objects(prepare(tree, schema, now=NOW))
    ]
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


def test_a_failure_of_duckdb_costs_no_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find = Passes.find

    def failing(self: Passes, leaves: Iterable[Leaf]) -> None:
        some = [*leaves]
        if any("price" in leaf.sql for leaf in some):
            raise duckdb.ConversionException("Conversion Error: of a price")
        find(self, some)

    monkeypatch.setattr(Passes, "find", failing)
    texts = ["size = 1", "price = 1", "open or price = 2", "open"]
    check([parse(text) for text in texts], [{"size": 1}, {"price": 1.0}, {"price": 2.0, "open": True}])
    with open_store(str(tmp_path), write=True) as store:
        (tmp_path / "a.ndjson").write_text('{"price": 1, "size": 1}')
        load(store, [str(tmp_path / "a.ndjson")], SCHEMA.profile)
        engine = DuckDBEngine(store, SCHEMA)
        result = engine.run(engine.plan([Definition(text, None, prepare(text, SCHEMA)) for text in texts[:2]]))
    assert result.counts == (1, 1)
    assert result.problems == ("`price = 1` was evaluated in memory, as DuckDB failed: Conversion Error: of a price",)

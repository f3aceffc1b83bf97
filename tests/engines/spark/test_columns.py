"""Are columns of tables what JSON would have, and is refused what no column can be?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pqltools import PQLError
from pqltools.engines.engine import MEMORY, OWN
from pqltools.engines.spark import SparkEngine
from profiles import NOW
from spark_sessions import MARKS

pytestmark = MARKS

#: What makes the compiled evaluator find it.
BESIDE = " and not (homeAddress = workAddress)"


def ids(engine: SparkEngine, definitions: dict[str, str]) -> dict[str, set[str]]:
    """The members, in SQL and by the compiled evaluator, which must be the same."""
    beside = {f"{name}, beside": text + BESIDE for name, text in definitions.items()}
    plan = engine.plan({**definitions, **beside}, now=NOW)
    assert {way.title: way.kind for way in plan.ways} == {
        **dict.fromkeys(definitions, OWN),
        **dict.fromkeys(beside, MEMORY),
    }
    found: dict[str, set[str]] = {name: set() for name in (*definitions, *beside)}
    for row in engine.memberships(plan).collect():
        found[row.definition].add(row.profile)
    assert {name: found[f"{name}, beside"] for name in definitions} == {name: found[name] for name in definitions}
    return {name: found[name] for name in definitions}


@pytest.mark.parametrize("kind", ["DOUBLE", "FLOAT"])
def test_numbers_that_are_none(kind: str, session: Any) -> None:
    of_order = f"STRUCT<priceTotal {kind}>"
    of_event = f"STRUCT<commerce STRUCT<`order` {of_order}>>"
    rows = [(name, ("Bath",), [(((float(name),),),)]) for name in ("nan", "inf", "-inf", "1", "-1")]
    frame = session.createDataFrame(rows, f"_id STRING, homeAddress STRUCT<city STRING>, xEvent ARRAY<{of_event}>")
    total = "commerce.order.priceTotal"
    definitions = {
        "there": f"xEvent.exists(isNotNull({total}))",
        "big": f"xEvent.exists({total} > 0)",
        "small": f"xEvent.exists({total} < 0)",
        "sum": f"xEvent.sum({total}) = 0",
        "max": f"isNotNull(xEvent.max({total}))",
    }
    wanted = {"there": {"1", "-1"}, "big": {"1"}, "small": {"-1"}, "sum": {"nan", "inf", "-inf"}, "max": {"1", "-1"}}
    assert ids(SparkEngine(frame, session=session), definitions) == wanted


@pytest.mark.parametrize("kind", ["TIMESTAMP", "TIMESTAMP_NTZ"])
def test_instants_have_milliseconds(kind: str, session: Any) -> None:
    times = {"a": "2024-02-20 09:00:00.000999", "b": "1960-02-20 09:00:00.000001", "c": "2024-02-20 09:00:00.001"}
    zone = "" if kind == "TIMESTAMP_NTZ" else "Z"
    rows = [
        f"SELECT '{name}' AS _id, NAMED_STRUCT('city', 'Bath') AS homeAddress, "
        f"ARRAY(NAMED_STRUCT('timestamp', CAST('{time}{zone}' AS {kind}))) AS xEvent"
        for name, time in times.items()
    ]
    engine = SparkEngine(session.sql(" UNION ALL ".join(rows)), session=session)
    definitions = {
        "same": 'xEvent.exists(timestamp = "2024-02-20T09:00:00Z")',
        "later": 'xEvent.exists(timestamp > "2024-02-20T09:00:00Z")',
        "old": 'xEvent.exists(timestamp = "1960-02-20T09:00:00Z")',
    }
    assert ids(engine, definitions) == {"same": {"a"}, "later": {"c"}, "old": {"b"}}


CITY = 'homeAddress.city = "Bath"'
VARIANTS = [
    ("STRUCT('Bath' AS city)", "profiles", None),
    ("STRUCT(PARSE_JSON('7') AS city)", "profiles", "CAST(homeAddress.city AS STRING)"),
    ("PARSE_JSON('{}')", "profiles", "make it a struct"),
    ("STRUCT('Bath' AS city, PARSE_JSON('7') AS region)", "profiles", None),
    ("STRUCT('Bath' AS city, PARSE_JSON('7') AS unheardOf)", "profiles", None),
]


@pytest.mark.parametrize(("home", "what", "cure"), VARIANTS)
def test_variants_are_no_columns(home: str, what: str, cure: str | None, session: Any) -> None:
    engine = SparkEngine(session.sql(f"SELECT 'a' AS _id, {home} AS homeAddress"), session=session)
    if cure is None:
        assert engine.run(engine.plan({"town": CITY})).counts == (1,)
    else:
        assert cure in refused(engine, CITY, f"the {what} do not fit: `homeAddress")
    if "PARSE_JSON" in home:
        # The compiled evaluator would look at all there is in it.
        refused(engine, f"{CITY}{BESIDE}", "is variant, and the schema wants")


def test_variants_among_events(session: Any) -> None:
    events = session.sql("SELECT 'a' AS relatedEntityId, PARSE_JSON('7') AS eventType")
    profiles = session.sql("SELECT 'a' AS _id, STRUCT('Bath' AS city) AS homeAddress")
    engine = SparkEngine(profiles, events=events, session=session)
    for text in ('xEvent.exists(eventType = "buy")', f'xEvent.exists(eventType = "buy"){BESIDE}'):
        assert "CAST(eventType AS STRING)" in refused(engine, text, "the events do not fit: `eventType` is variant")
    assert engine.run(engine.plan({"town": CITY})).counts == (1,)


def refused(engine: SparkEngine, text: str, message: str) -> str:
    """What is told to help."""
    with pytest.raises(PQLError) as caught:
        engine.plan({"it": text})
    assert message in caught.value.diagnostics[0].message
    return caught.value.diagnostics[0].help or ""


def written(people: list[dict[str, Any]], kind: str, folder: Path, session: Any) -> str:
    """The path of profiles as lines of JSON, or as Parquet."""
    lines, parquet = str(folder / "people.ndjson"), str(folder / "people")
    Path(lines).write_text("".join(json.dumps(each) + "\n" for each in people), "utf-8")
    if kind == "lines":
        return lines
    session.read.json(lines).write.parquet(parquet)
    return parquet


@pytest.mark.parametrize("kind", ["lines", "parquet"])
def test_of_what_is_only_counted_one_field_is_read(kind: str, tmp_path: Path, session: Any) -> None:
    events = [{"_id": "e", "timestamp": "2024-02-20T09:00:00Z", "eventType": "a"}]
    people: list[dict[str, Any]] = [
        {"_id": "none"},
        {"_id": "empty", "xEvent": [], "person": {}},
        {"_id": "one", "xEvent": events, "person": {"birthYear": 1980}},
        {"_id": "three", "xEvent": [*events, {"_id": "f"}, {}], "person": {"name": {"firstName": "Zoë"}}},
    ]
    engine = SparkEngine(written(people, kind, tmp_path, session), session=session)
    definitions = {"events": "xEvent.count() >= 1", "several": "count(xEvent) > 2", "person": "isNotNull(person)"}
    (read,) = engine.plan(definitions).passes
    assert sorted(name.partition(".")[0] for name in read.columns) == ["person", "xEvent"]
    assert ids(engine, definitions) == {
        "events": {"one", "three"},
        "several": {"three"},
        "person": {"empty", "one", "three"},
    }


@pytest.mark.parametrize("kind", ["lines", "parquet"])
def test_objects_are_compared_with_all_their_fields(kind: str, tmp_path: Path, session: Any) -> None:
    def event(*items: dict[str, Any], **order: Any) -> dict[str, Any]:
        return {"timestamp": "2024-02-20T09:00:00Z", "productListItems": [*items], "commerce": {"order": order}}

    people: list[dict[str, Any]] = [
        {"_id": "homes", "homeAddress": {"city": "Bath"}, "workAddress": {"city": "Rome"}},
        {"_id": "home", "homeAddress": {"city": "Bath"}, "workAddress": {"city": "Bath"}},
        {"_id": "orders", "xEvent": [event(priceTotal=1.0), event(priceTotal=2.0)]},
        {"_id": "items", "xEvent": [event({"SKU": "a", "quantity": 1}, {"SKU": "a", "quantity": 2}, priceTotal=1.0)]},
        {"_id": "same", "xEvent": [event({"SKU": "a"}, {"SKU": "a"}, priceTotal=1.0)]},
    ]
    engine = SparkEngine(written(people, kind, tmp_path, session), session=session)
    plan = engine.plan(
        {
            "addresses": "distinct([homeAddress, workAddress]).count() > 1",
            "orders": "xEvent.commerce.order.distinct().count() > 1",
            "items": "distinct(xEvent.productListItems).count() > 1",
        },
        now=NOW,
    )
    assert OWN in [way.kind for way in plan.ways]
    found: dict[str, set[str]] = {}
    for row in engine.memberships(plan).collect():
        found.setdefault(row.definition, set()).add(row.profile)
    assert found == {"addresses": {"homes"}, "orders": {"orders"}, "items": {"items"}}

"""Does Spark find the same in Parquet, in lines and in a table of events of its own, and is what it writes whole?"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from pqltools import PQLError
from pqltools.engines.engine import MEMORY, OWN
from pqltools.engines.memory import MemoryEngine
from pqltools.engines.spark import SparkEngine
from pqltools.engines.writing import Writing, counts_data
from pqltools.workspace.definitions import inline_definition
from pqltools.xdm.standard import standard
from profiles import NOW
from spark_sessions import MARKS

pytestmark = MARKS

DEFINITIONS = {
    "town": 'homeAddress.city = "Bath 🛁"',
    "buyers": 'xEvent.exists(eventType = "buy" and timestamp occurs <= 30 days before now)',
    "big": "xEvent.sum(commerce.order.priceTotal) > 10",
    # Comparisons of whole objects have no SQL.
    "moved": "not (homeAddress = workAddress) and isNotNull(homeAddress)",
}
WANTED = {"town": {"a"}, "buyers": {"a", "c"}, "big": {"a", "b"}, "moved": {"a", "b"}}


def event(kind: str, time: str, total: float | None = None) -> dict[str, Any]:
    order = None if total is None else {"order": {"priceTotal": total}}
    return {"eventType": kind, "timestamp": time, "commerce": order}


EVENTS = {
    "a": [event("buy", "2024-02-20T09:00:00Z", 7.5), event("buy", "2020-01-01T00:00:00Z", 4.0)],
    "b": [event("view", "2024-02-20T09:00:00Z", 11.0)],
    "c": [event("buy", "2024-02-01T00:00:00+02:00")],
    "d": [],
}
HOMES = {"a": {"city": "Bath 🛁"}, "b": {"city": "Oslo"}, "c": None, "d": None}


def profile(name: str, *, nested: bool = True) -> dict[str, Any]:
    return {"_id": name, "homeAddress": HOMES[name], **({"xEvent": EVENTS[name]} if nested else {})}


def lines(path: Path, rows: list[Any]) -> str:
    path.write_text(
        "".join(json.dumps({k: v for k, v in row.items() if v is not None}) + "\n" for row in rows), "utf-8"
    )
    return str(path)


def parquet(path: Path, rows: list[Any], session: Any) -> str:
    """The rows with instants, as Spark itself writes them."""
    source = lines(path.with_suffix(".ndjson"), rows)
    home = "homeAddress STRUCT<city STRING>"
    of_event = "eventType STRING, timestamp TIMESTAMP, commerce STRUCT<`order` STRUCT<priceTotal FLOAT>>"
    nested = any("xEvent" in row for row in rows)
    events = f"xEvent ARRAY<STRUCT<{of_event}>>" if nested else ""
    fields = ["_id STRING", home, events] if "_id" in rows[0] else [of_event, "relatedEntityId STRING"]
    session.read.schema(", ".join(filter(None, fields))).json(source).write.parquet(str(path))
    return str(path)


def found(session: Any, profiles: Any, events: Any = None) -> tuple[dict[str, set[str]], Any, Any]:
    engine = SparkEngine(profiles, events=events, session=session)
    plan = engine.plan(DEFINITIONS, now=NOW)
    members: dict[str, set[str]] = {}
    names = [*DEFINITIONS]
    result = engine.run(plan, lambda index, ids: members.update({names[index]: set(ids.to_pylist())}))
    assert [len(members[name]) for name in names] == [*result.counts]
    return members, plan, result


def test_nested_parquet(session: Any, tmp_path: Path) -> None:
    path = parquet(tmp_path / "profiles", [profile(name) for name in "abcd"], session)
    members, plan, result = found(session, path)
    assert members == WANTED
    assert (result.profiles, result.failed, result.problems) == (4, (0, 0, 0, 0), ())
    assert [way.kind for way in plan.ways] == [OWN, OWN, OWN, MEMORY]
    assert "cannot be said in SQL" in plan.ways[3].reason
    assert any("mapInArrow" in note for note in plan.notes)
    (only,) = plan.passes
    assert "xEvent.commerce.order.priceTotal" in only.columns
    assert "xEvent.commerce.order.priceTotal" not in plan.notes[-1]


def test_only_used_leaves_are_read(session: Any, tmp_path: Path) -> None:
    path = parquet(tmp_path / "profiles", [profile(name) for name in "abcd"], session)
    engine = SparkEngine(path, session=session)
    frame = engine.memberships(engine.plan({"town": DEFINITIONS["town"]}, now=NOW))
    text = frame._jdf.queryExecution().executedPlan().toString()
    assert "ReadSchema: struct<_id:string,homeAddress:struct<city:string>>" in text


def test_lines_in_several_files(session: Any, tmp_path: Path) -> None:
    one = lines(tmp_path / "one.ndjson", [profile("a"), profile("b"), {"_id": "x", "homeAddress": 7}])
    other = lines(tmp_path / "other.jsonl", [profile("c"), profile("d")])
    with Path(other).open("a", encoding="utf-8") as file:
        file.write('{"_id": "half\r\n\r\n')
    members, _, result = found(session, [one, other])
    assert members == WANTED
    assert result.profiles == 4
    assert result.problems == ("2 lines of the profiles left out: no JSON, or not as the schema has it",)


@pytest.mark.parametrize("prefix", ["", "file:", "file://"])
def test_a_folder_of_lines(prefix: str, session: Any, tmp_path: Path) -> None:
    folder = tmp_path / "of lines"
    folder.mkdir()
    for name in "abcd":
        lines(folder / f"part-{name}.json", [profile(name)])
    (folder / "_SUCCESS").touch()
    members, plan, _ = found(session, f"{prefix}{folder}")
    assert members == WANTED
    assert [each.table for each in plan.passes] == [f"{prefix}{folder} (JSON lines)"]


@pytest.mark.parametrize("form", ["parquet", "lines"])
def test_a_table_of_events(form: str, session: Any, tmp_path: Path) -> None:
    rows = [{**each, "relatedEntityId": name} for name, events in EVENTS.items() for each in events]
    rows.append({**event("buy", "2024-02-20T09:00:00Z", 99.0), "relatedEntityId": "nobody"})
    people = [profile(name, nested=False) for name in "abcd"]
    if form == "parquet":
        given = parquet(tmp_path / "people", people, session), parquet(tmp_path / "events", rows, session)
    else:
        given = lines(tmp_path / "people.ndjson", people), lines(tmp_path / "events.ndjson", rows)
    members, plan, _ = found(session, *given)
    assert members == WANTED
    assert [each.table for each in plan.passes] == [
        f"{given[0]} ({'Parquet' if form == 'parquet' else 'JSON lines'})",
        f"{given[1]} ({'Parquet' if form == 'parquet' else 'JSON lines'})",
    ]


def test_what_is_written(session: Any, tmp_path: Path) -> None:
    rows = [profile(name) for name in "abcd"]
    path = lines(tmp_path / "profiles.ndjson", [*rows, {"_id": "x", "homeAddress": 7}])
    out = tmp_path / "out"
    engine = SparkEngine(path, session=session)
    plan = engine.plan(DEFINITIONS, now=NOW)
    engine.write(plan, str(out))
    table = pyarrow.parquet.read_table(out / "memberships.parquet").to_pylist()
    members: dict[str, set[str]] = {name: set() for name in DEFINITIONS}
    for row in table:
        members[row["definition"]].add(row["profile"])
    assert members == WANTED
    assert len(table) == sum(map(len, WANTED.values()))
    counts = json.loads((out / "counts.json").read_text("utf-8"))
    assert [row["qualified"] for row in counts["definitions"]] == [1, 2, 2, 2]
    assert counts["profiles"] == 4
    refused = [json.loads(line) for part in (out / "quarantine.ndjson").glob("part-*") for line in part.open()]
    assert [row["reason"] for row in refused] == [
        "a value of another kind than the schema has, such as a number for an object"
    ]
    with pytest.raises(PQLError, match="there is something already"):
        engine.write(plan, str(out))
    engine.write(plan, str(out), overwrite=True)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out", "profiles.ndjson"]


def test_nothing_is_left_of_a_run_that_fails(session: Any, tmp_path: Path) -> None:
    folder = tmp_path / "profiles"
    folder.mkdir()
    pyarrow.parquet.write_table(pa.table({"_id": ["a"], "homeAddress": [{"city": "Bath 🛁"}]}), folder / "a.parquet")
    engine = SparkEngine(str(folder), session=session)
    plan = engine.plan({"town": DEFINITIONS["town"]})
    (folder / "a.parquet").write_bytes(b"PAR1 and no more PAR1")
    out = tmp_path / "out"
    out.mkdir()
    (out / "counts.json").write_text("old", "utf-8")
    with pytest.raises(PQLError, match="Spark gave up"):
        engine.write(plan, str(out), overwrite=True)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out", "profiles"]
    assert [(each.name, each.read_text("utf-8")) for each in out.iterdir()] == [("counts.json", "old")]


def test_nothing_is_replaced_but_what_a_job_wrote(session: Any, tmp_path: Path) -> None:
    folder, out = tmp_path / "profiles", tmp_path / "out"
    folder.mkdir()
    path = lines(folder / "profiles.ndjson", [profile("a"), {"_id": "x", "homeAddress": 7}])
    engine = SparkEngine(path, session=session)
    plan = engine.plan({"town": DEFINITIONS["town"]})
    for other in (str(folder), f"file://{folder}", path):
        with pytest.raises(PQLError, match="something else than memberships, which --overwrite does not replace"):
            engine.write(plan, other, overwrite=True)
        assert [each.name for each in folder.iterdir()] == ["profiles.ndjson"]
    engine.write(plan, str(out))
    names = {each.name for each in out.iterdir()}
    assert {"memberships.parquet", "counts.json", "quarantine.ndjson"} <= names
    engine.write(plan, str(out), overwrite=True)
    # The other engines replace what Spark has written, too.
    definitions = plan.work.definitions
    memory = MemoryEngine([path], engine.schema)
    with Writing(str(out), definitions, overwrite=True) as writing:
        planned = memory.plan(definitions)
        writing.finish(counts_data(definitions, planned, writing.run(memory, planned)))
    assert sorted(each.name for each in out.iterdir()) == ["counts.json", "memberships.parquet"]
    engine.write(plan, str(out), overwrite=True)
    assert {each.name for each in out.iterdir()} == names
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out", "profiles"]


def test_the_quarantine_has_the_lines_that_were_left_out(session: Any, tmp_path: Path) -> None:
    rows = [
        {"customer": "1", "identityMap": 5, "homeAddress": {"city": "Bath 🛁"}},
        {"customer": "2", "homeAddress": 7},
    ]
    engine = SparkEngine(lines(tmp_path / "profiles.ndjson", rows), id="customer", session=session)
    result = engine.write(engine.plan({"town": DEFINITIONS["town"]}), str(tmp_path / "out"))
    # Identities are not looked at, and so may be what they like.
    assert (result.profiles, result.counts, result.refused) == (1, (1,), 1)
    parts = (tmp_path / "out" / "quarantine.ndjson").glob("part-*")
    refused = [json.loads(line)["line"] for part in parts for line in part.open()]
    assert refused == [json.dumps(rows[1])]
    assert json.loads((tmp_path / "out" / "counts.json").read_text("utf-8"))["refused"] == 1


def test_events_that_are_left_out_count(session: Any, tmp_path: Path) -> None:
    people = lines(tmp_path / "people.ndjson", [{"_id": "a"}, {"_id": "b", "homeAddress": 7}])
    rows = [{"relatedEntityId": "a", "eventType": "buy"}, {"relatedEntityId": "a", "eventType": 7}]
    engine = SparkEngine(people, events=lines(tmp_path / "events.ndjson", rows), session=session)
    plan = engine.plan({"buyers": 'xEvent.exists(eventType = "buy")', "town": DEFINITIONS["town"]})
    result = engine.run(plan)
    assert (result.profiles, result.counts, result.refused) == (1, (1, 0), 2)
    assert counts_data(plan.work.definitions, plan, result)["refused"] == 2


def test_twins_are_counted_apart(session: Any, tmp_path: Path) -> None:
    path = lines(tmp_path / "profiles.ndjson", [profile(name) for name in "abcd"])
    texts = ('homeAddress.city = "Oslo"', "isNotNull(homeAddress)")
    definitions = [inline_definition(text, standard(), NOW) for text in texts]
    engine = SparkEngine(path, session=session)
    assert engine.write(engine.plan(definitions), str(tmp_path / "out")).counts == (1, 2)


def test_each_definition_has_its_own_now(session: Any, tmp_path: Path) -> None:
    path = lines(tmp_path / "profiles.ndjson", [profile(name) for name in "abcd"])
    text = "not (homeAddress = workAddress) and xEvent.exists(timestamp occurs <= 30 days before now)"
    for days in ((0, 1000), (1000, 0)):
        definitions = [inline_definition(text, standard(), NOW + each * 86_400_000) for each in days]
        engine = SparkEngine(path, session=session)
        plan = engine.plan(definitions)
        assert [way.kind for way in plan.ways] == [MEMORY, MEMORY]
        assert engine.run(plan).counts == tuple(0 if each else 3 for each in days)


BAD = [
    ("wide STRING", "homeAddress STRING", "`homeAddress` is string, and the schema wants"),
    ("_id STRING", "homeAddress STRUCT<city INT>", "`homeAddress.city` is int, and the schema wants String"),
    ("_id STRING", "xEvent ARRAY<STRUCT<timestamp STRING>>", "`xEvent.timestamp` is string"),
]


@pytest.mark.parametrize(("id", "column", "message"), BAD)
def test_columns_of_other_types(id: str, column: str, message: str, session: Any) -> None:
    frame = session.createDataFrame([], f"{id}, {column}")
    with pytest.raises(PQLError) as caught:
        SparkEngine(frame, session=session).plan(DEFINITIONS)
    assert any(message in each.message for each in caught.value.diagnostics)
    assert all(each.help for each in caught.value.diagnostics)


def test_columns_that_are_not_there_are_told(session: Any) -> None:
    frame = session.createDataFrame([("a",)], "_id STRING")
    engine = SparkEngine(frame, session=session)
    plan = engine.plan({"town": DEFINITIONS["town"]})
    assert plan.notes == ("not there, and so null: homeAddress",)
    assert engine.run(plan).counts == (0,)


def test_integers_in_lines_as_doubles(session: Any, tmp_path: Path) -> None:
    good = (2**53 + 2, -(2**63), 2**62, -1, 0)
    numbers = [*good, 2**53 + 1, 2**63 - 1, -(2**63) + 1]
    rows = [{"_id": str(n), "xEvent": [{"commerce": {"order": {"priceTotal": n}}}]} for n in numbers]
    engine = SparkEngine(lines(tmp_path / "some.ndjson", rows), session=session)
    found = engine.memberships(engine.plan({"some": "isNotNull(xEvent.head().commerce.order.priceTotal)"}))
    assert {row.profile for row in found.collect()} == {str(n) for n in good}


def test_times_in_lines_beyond_all_years(session: Any, tmp_path: Path) -> None:
    rows = [{"_id": str(ms), "xEvent": [{"timestamp": ms}]} for ms in (2**63 - 1, -(2**63), 10**30, NOW)]
    engine = SparkEngine(lines(tmp_path / "some.ndjson", rows), session=session)
    result = engine.run(engine.plan({"some": "xEvent.exists(timestamp occurs <= 1 day before now)"}, now=NOW))
    assert (result.profiles, result.counts) == (1, (1,))


def test_conditions_are_evaluated_once(session: Any) -> None:
    """Spark would put a filter with all conditions below those, if nothing kept it from that."""
    frame = session.createDataFrame([("a", [("buy",)])], "_id STRING, xEvent ARRAY<STRUCT<eventType STRING>>")
    engine = SparkEngine(frame, session=session)
    found = engine.memberships(engine.plan({"one": 'xEvent.exists(eventType = "buy")'}))
    assert found._jdf.queryExecution().optimizedPlan().toString().count("exists(xEvent") == 1
    assert [row.profile for row in found.collect()] == ["a"]


def test_no_rows(session: Any, tmp_path: Path) -> None:
    engine = SparkEngine(lines(tmp_path / "none.ndjson", []), session=session)
    result = engine.write(engine.plan(DEFINITIONS, now=NOW), str(tmp_path / "out"))
    assert (result.profiles, result.counts) == (0, (0, 0, 0, 0))


def problem(session: Any, profiles: Any, events: Any = None, **options: Any) -> tuple[str, str]:
    with pytest.raises(PQLError) as caught:
        SparkEngine(profiles, events=events, session=session, **options).plan(DEFINITIONS)
    return caught.value.diagnostics[0].message, caught.value.diagnostics[0].help or ""


def test_what_cannot_be_read(session: Any, tmp_path: Path) -> None:
    assert "the profiles cannot be read from `/there/is/none`" in problem(session, "/there/is/none")[0]
    assert "cannot be read" in problem(session, "table:nowhere")[0]
    assert "cannot be read" in problem(session, str(tmp_path))[0]
    assert "standard input" in problem(session, "-")[0]
    assert "cannot be read" in problem(session, "nofs://x/y")[0]
    (tmp_path / "delta" / "_delta_log").mkdir(parents=True)
    message, help = problem(session, str(tmp_path / "delta"))
    assert "is a Delta table, which this session cannot read" in message
    assert "spark-defaults.conf" in help
    (tmp_path / "broken.parquet").write_bytes(b"no parquet")
    assert "cannot be read" in problem(session, str(tmp_path / "broken.parquet"))[0]
    one = lines(tmp_path / "one.ndjson", [profile("a")])
    assert "are to be of one kind" in problem(session, [one, str(tmp_path / "delta")])[0]
    frame = session.createDataFrame([("a",)], "city STRING")
    assert "no column `customer` that could be an id" in problem(session, frame, id="customer")[0]
    assert "no identities by which" in problem(session, frame, one)[0]
    assert "there is a session at" in problem(None, frame, master="local[7]")[0]


def test_where_nothing_can_be_written(session: Any, tmp_path: Path) -> None:
    engine = SparkEngine(lines(tmp_path / "one.ndjson", [profile("a")]), session=session)
    plan = engine.plan({"town": DEFINITIONS["town"]})
    for out in ("nofs://x/y", str(tmp_path / "one.ndjson" / "out"), "hdfs://"):
        with pytest.raises(PQLError, match="it cannot be written"):
            engine.write(plan, out)


def test_a_session_of_others_is_left_running(session: Any, tmp_path: Path) -> None:
    """Whether there is one is not asked by thread: each has an active session of its own."""
    path = lines(tmp_path / "one.ndjson", [profile("a")])

    def count() -> tuple[int, ...]:
        with SparkEngine(path) as engine:
            return engine.run(engine.plan({"town": DEFINITIONS["town"]})).counts

    with ThreadPoolExecutor(1) as other:
        assert other.submit(count).result() == (1,)
    assert session.sql("SELECT 1").count() == 1


def test_a_plan_makes_no_query(session: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = session.createDataFrame([("a",)], "_id STRING")
    engine = SparkEngine(frame, session=session)
    with monkeypatch.context() as patch:
        patch.setattr(type(frame), "observe", None)
        plan = engine.plan(DEFINITIONS)
    assert engine.run(plan).profiles == 1


def test_what_is_too_long_for_spark(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = session.createDataFrame([("a", ("Bath 🛁",))], "_id STRING, homeAddress STRUCT<city STRING>")
    engine = SparkEngine(frame, session=session)
    cities = " or ".join(f'homeAddress.city = "{number}" or homeAddress.country = "x"' for number in range(3))
    definitions = {"town": DEFINITIONS["town"], "long": f"{DEFINITIONS['town']} or {cities}"}
    monkeypatch.setattr("pqltools.engines.spark.building._LONGEST", 100)
    plan = engine.plan(definitions)
    assert [way.kind for way in plan.ways] == [OWN, MEMORY]
    assert "characters, too many for Spark" in plan.ways[1].reason
    assert engine.run(plan).counts == (1, 1)

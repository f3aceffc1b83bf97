"""Are events the same under both of their names, wherever they come from and whichever names definitions use?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pqltools import PQLError
from pqltools.engines.engine import MEMORY, OWN
from pqltools.engines.spark import SparkEngine
from spark_sessions import MARKS

pytestmark = MARKS

IN_SQL = {
    "bought": 'xEvent.exists(eventType = "buy")',
    "made": 'timeSeriesEvents.exists(producedBy = "self")',
    "both": 'xEvent.exists(producedBy = "self") and timeSeriesEvents.exists(eventType = "buy")',
}
#: The same where the compiled evaluator is asked.
IN_MEMORY = {f"{name}, beside": f"{text} and not (homeAddress = workAddress)" for name, text in IN_SQL.items()}
EVENT = {"eventType": "buy", "producedBy": "self"}
HOME = {"homeAddress": {"city": "Bath"}}


def lines(path: Path, rows: list[Any]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return str(path)


def ids(engine: SparkEngine, definitions: dict[str, str]) -> dict[str, set[str]]:
    plan = engine.plan(definitions)
    assert [way.kind for way in plan.ways] == [MEMORY if name in IN_MEMORY else OWN for name in definitions]
    assert "null: " not in " ".join(note for note in plan.notes if "Event" in note)
    found: dict[str, set[str]] = {name: set() for name in definitions}
    for row in engine.memberships(plan).collect():
        found[row.definition].add(row.profile)
    return found


@pytest.mark.parametrize("form", ["lines", "parquet"])
@pytest.mark.parametrize("names", [("xEvent", "timeSeriesEvents"), ("timeSeriesEvents",)])
def test_names_of_columns(form: str, names: tuple[str, ...], session: Any, tmp_path: Path) -> None:
    path = lines(tmp_path / "some.ndjson", [{"_id": name, **HOME, name: [EVENT]} for name in names])
    if form == "parquet":
        session.read.json(path).write.parquet(str(tmp_path / "some"))
        path = str(tmp_path / "some")
    engine = SparkEngine(path, session=session)
    together = {**IN_SQL, **IN_MEMORY}
    assert ids(engine, together) == {name: set(names) for name in together}
    for name, text in {"bought": IN_SQL["bought"], "bought, beside": IN_MEMORY["bought, beside"]}.items():
        assert ids(engine, {name: text}) == {name: set(names)}


def test_events_of_their_own_table(session: Any, tmp_path: Path) -> None:
    rows = [{"_id": "a", **HOME}, {"_id": "b", **HOME, "timeSeriesEvents": [EVENT]}, {"_id": "c", **HOME}]
    events = lines(tmp_path / "events.ndjson", [{**EVENT, "relatedEntityId": "a"}])
    engine = SparkEngine(lines(tmp_path / "some.ndjson", rows), events=events, session=session)
    for definitions in ({**IN_SQL, **IN_MEMORY}, {"made": IN_SQL["made"]}):
        assert ids(engine, definitions) == {name: {"a", "b"} for name in definitions}


def test_types_of_the_other_column(session: Any) -> None:
    frame = session.createDataFrame([], "_id STRING, timeSeriesEvents ARRAY<STRUCT<eventType INT>>")
    with pytest.raises(PQLError, match=r"`timeSeriesEvents\.eventType` is int"):
        SparkEngine(frame, session=session).plan({"bought": IN_SQL["bought"]})

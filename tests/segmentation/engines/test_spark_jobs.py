"""Do jobs on Spark find what memory finds, say what is wrong, and leave nothing?"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pqltools.segmentation.clock import ManualClock
from pqltools.segmentation.engines.columnar import OnSpark
from pqltools.segmentation.engines.engine import EngineFailure, Needs, Subject, Task
from pqltools.segmentation.engines.memory import MemoryEngine
from pqltools.segmentation.options import Options
from pqltools.segmentation.profiles.model import MergedBlock
from pqltools.segmentation.profiles.store import ProfileStore
from pqltools.segmentation.service import Service
from pqltools.segmentation.stopping import Stop, Stopped
from service_clients import FEMALE
from service_data import SCOPE, define, finished, load
from service_tasks import same, task_for
from spark_sessions import MARKS

pytestmark = MARKS


def ignored(_: int, __: int) -> None:
    """Nobody wants to know how far it is."""


def test_service_data(store: ProfileStore, tmp_path: Path) -> None:
    # Spark takes paths for patterns, in which these characters have a meaning.
    folder = tmp_path / "data [1] {a,b}*?" / "spark"
    engine = OnSpark(str(folder), "local[2]")
    store.apply_memberships(SCOPE, "earlier", 1, {"stored-before": [1, 2, 5]})
    task = task_for(store)
    told: list[tuple[int, int]] = []

    def blocks(needs: Needs) -> Iterator[MergedBlock]:
        return store.merged(SCOPE, with_events=needs.events, with_memberships=needs.memberships)

    wanted = MemoryEngine().run(task, blocks, Stop(), ignored)
    found = engine.run(task, blocks, Stop(), lambda read, matched: told.append((read, matched)))
    same(found.found, wanted)
    assert len(wanted.problems) == 3
    assert told[-1] == (wanted.profiles, len(wanted.qualifies["women"]))
    assert found.by_memory["memberships change with every job"] == 2
    assert sum(found.by_memory.values()) < len(wanted.qualifies)
    assert [*folder.iterdir()] == []


@pytest.mark.parametrize(
    "blocks", [[], [MergedBlock(b"{}\n{ }\n", array("q", [7, 3]))]], ids=["no profiles", "empty profiles"]
)
def test_next_to_nothing(tmp_path: Path, blocks: list[MergedBlock]) -> None:
    task = Task(
        (Subject("a", "pql/text", "person.gender.isNull()"), Subject("b", "pql/text", "person.birthYear > 1")), 0
    )
    wanted = MemoryEngine().run(task, lambda _: iter(blocks), Stop(), ignored)
    found = OnSpark(str(tmp_path / "spark"), "local[1]").run(task, lambda _: iter(blocks), Stop(), ignored)
    same(found.found, wanted)
    assert found.by_memory == {}
    assert [*wanted.qualifies["a"]] == [pid for block in blocks for pid in block.pids]


def test_nobody_at_the_master(tmp_path: Path) -> None:
    task = Task((Subject("a", "pql/text", "person.birthYear > 1"),), 0)
    engine = OnSpark(str(tmp_path / "spark"), "spark://127.0.0.1:1")
    with pytest.raises(EngineFailure, match="there is no Spark at `spark://127"):
        engine.run(task, lambda _: iter(()), Stop(), ignored)
    assert [*(tmp_path / "spark").iterdir()] == []


def test_stopped(tmp_path: Path) -> None:
    stop = Stop()

    def blocks(_: Needs) -> Iterator[MergedBlock]:
        yield MergedBlock(b'{"person":{"birthYear":1980}}\n', array("q", [1]))
        stop.request()
        yield MergedBlock(b'{"person":{"birthYear":1990}}\n', array("q", [2]))

    task = Task((Subject("a", "pql/text", "person.birthYear > 1"),), 0)
    with pytest.raises(Stopped):
        OnSpark(str(tmp_path / "spark"), "local[1]").run(task, blocks, stop, ignored)
    assert [*(tmp_path / "spark").iterdir()] == []


def test_in_the_service(tmp_path: Path, said: list[dict[str, Any]]) -> None:
    options = Options(engine="spark", master="local[2]")
    with Service(str(tmp_path / "data"), ManualClock(1_700_000_000_000), options) as service:
        load(service, tmp_path, 20)
        id = define(service, "women", FEMALE)
        job = finished(service, service.jobs.create(SCOPE, None)["id"])
    assert job["status"] == "SUCCEEDED"
    assert job["metrics"]["segmentedProfileCounter"] == {id: 10}
    assert [each["engine"] for each in said] == ["spark", "spark"]
    assert (said[1]["because"], said[1]["definitions"]) == ("it was asked for", 1)

"""Does DuckDB in columns find what memory finds, with the same failures, for whatever is in the profiles?"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pqltools import to_text
from pqltools.segmentation.engines import evaluating, in_columns
from pqltools.segmentation.engines.columnar import ColumnarEngine
from pqltools.segmentation.engines.engine import Found, Needs, Subject, Task
from pqltools.segmentation.engines.kept import KeptStores, place_of
from pqltools.segmentation.engines.memory import MemoryEngine
from pqltools.segmentation.profiles.model import MergedBlock
from pqltools.segmentation.profiles.store import ProfileStore
from pqltools.segmentation.stopping import Stop
from pqltools.syntax.ast import Expr
from profiles import NOW, profiles
from service_data import SCOPE, profile
from service_tasks import Pipe, loaded, same, task_for
from typed_expressions import SCHEMA, conditions


def blocks_of(data: list[dict[str, Any]]) -> list[MergedBlock]:
    """Two blocks, with numbers that are not dense and not in order."""
    lines = [json.dumps(each).encode() + b"\n" for each in data]
    numbers = [3 * (len(data) - place) for place in range(len(data))]
    middle = len(data) // 3
    return [
        MergedBlock(b"".join(lines[part]), array("q", numbers[part]))
        for part in (slice(0, middle), slice(middle, None))
        if lines[part]
    ]


@settings(
    max_examples=settings.get_profile(settings.get_current_profile_name()).max_examples // 50,
    deadline=None,
    suppress_health_check=[*HealthCheck],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    st.lists(conditions(), min_size=8, max_size=15),
    st.lists(
        profiles() | st.just({"person": 1}) | st.just({"xEvent": [{"timestamp": "now"}]}), min_size=6, max_size=15
    ),
)
def test_law(exprs: list[Expr], data: list[dict[str, Any]]) -> None:
    subjects = [Subject(f"s{n}", "pql/text", to_text(expr)) for n, expr in enumerate(exprs)]
    subjects += [Subject("both", "pql/text", 'inSegment("s0") or inSegment("s1")')]
    subjects += [Subject("other", "pql/text", 'inSegment("elsewhere") and inSegment("s1")')]
    task = Task(tuple(subjects), NOW, known={"elsewhere": array("q", range(0, 30, 2))}, broken={})

    def by(work: Any, argument: Any) -> Any:
        pipe = Pipe(blocks_of(data))
        work(pipe, argument)
        assert not pipe.problem
        return pipe.sent[-1]

    with (
        TemporaryDirectory() as folder,
        patch.object(evaluating, "schema_of", lambda *_: SCHEMA),
        patch.object(in_columns, "schema_of", lambda *_: SCHEMA),
    ):
        wanted = by(evaluating.evaluate, task)
        for builds in (True, False):
            found, _ = by(in_columns.evaluate_in_columns, in_columns.Work(task, folder, builds))
            same(found, wanted)


BY_MEMORY = {
    "a regular expression that RE2 does not run for duckdb cannot be said in SQL": 1,
    "memberships change with every job": 2,
    "the schema has no type for a field": 3,
}


def more(store: ProfileStore, folder: Path) -> None:
    """A second load: fields of known profiles, events, and new profiles of which nothing else is known."""
    records = [{**profile(number + 1), "identityMap": profile(number)["identityMap"]} for number in range(0, 60, 7)]
    loaded(store, folder, "corrections", records)
    loaded(store, folder, "late", [{**profile(number), "homeAddress": {"city": "Ulm"}} for number in range(58, 70)])


def test_service_data(store: ProfileStore, tmp_path: Path) -> None:
    engine = ColumnarEngine(KeptStores(str(tmp_path / "columns")))
    store.apply_memberships(SCOPE, "earlier", 1, {"stored-before": [1, 2, 5]})
    first: Found | None = None
    told: list[tuple[int, int]] = []

    def progress(read: int, matched: int) -> None:
        told.append((read, matched))

    def blocks(needs: Needs) -> Iterator[MergedBlock]:
        return store.merged(SCOPE, with_events=needs.events, with_memberships=needs.memberships)

    for number in range(2):
        task = task_for(store)
        place = place_of(task)
        assert place is not None
        rest = blocks, Stop(), progress
        wanted = MemoryEngine().run(task, *rest)
        assert engine.run_kept(place, task, *rest) is None
        built = engine.run_building(place, task, *rest)
        same(built.found, wanted)
        assert told[-1] == (wanted.profiles, len(wanted.qualifies["women"]))
        assert built.by_memory == BY_MEMORY
        store.apply_memberships(SCOPE, f"job {number}", 2, {"stored-before": [number, 8, 9]})
        wanted = MemoryEngine().run(task, *rest)
        kept = engine.run_kept(place, task, *rest)
        assert kept is not None
        same(kept.found, wanted)
        assert {*wanted.qualifies["stored"]} == {number, 8, 9} - {0}
        assert len(wanted.problems) == 3
        assert first != wanted
        first = wanted
        more(store, tmp_path)


def test_kept_store_needs_no_blocks(store: ProfileStore, tmp_path: Path) -> None:
    engine = ColumnarEngine(KeptStores(str(tmp_path / "columns")))
    task = task_for(store)
    names = ("buyers", "counted", "text")
    task = Task(tuple(each for each in task.subjects if each.id in names), task.now, origin=task.origin)
    place = place_of(task)
    assert place is not None

    def none(_: Needs) -> Iterator[MergedBlock]:
        raise AssertionError

    def all(needs: Needs) -> Iterator[MergedBlock]:
        return store.merged(SCOPE, with_events=needs.events)

    built = engine.run_building(place, task, all, Stop(), lambda *_: None)
    kept = engine.run_kept(place, task, none, Stop(), lambda *_: None)
    assert kept == built
    assert built.by_memory == {}

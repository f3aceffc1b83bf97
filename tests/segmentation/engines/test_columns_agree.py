"""Does DuckDB in columns find what memory finds, with the same failures, for whatever is in the profiles?"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pqltools import to_text
from pqltools.segmentation.engines import evaluating, in_columns
from pqltools.segmentation.engines.columnar import ColumnarEngine
from pqltools.segmentation.engines.engine import Found, Needs, Origin, Subject, Task
from pqltools.segmentation.engines.kept import KeptStores, place_of
from pqltools.segmentation.engines.memory import MemoryEngine
from pqltools.segmentation.profiles.model import LATEST, MergedBlock, Policy
from pqltools.segmentation.profiles.store import ProfileStore
from pqltools.segmentation.stopping import Stop
from pqltools.syntax.ast import Expr
from profiles import NOW, profiles
from service_data import SCOPE, profile
from typed_expressions import SCHEMA, conditions


class Pipe:
    """A channel without another process: it has all blocks, and keeps what is sent."""

    def __init__(self, blocks: list[MergedBlock]) -> None:
        self._blocks = blocks
        self.sent: list[Any] = []
        self.problem = ""

    def receive(self) -> None:
        return None

    def blocks(self) -> Iterator[MergedBlock]:
        return iter(self._blocks if self.sent and isinstance(self.sent[0], Needs) else [])

    def send(self, value: object) -> None:
        self.sent.append(value)

    def fail(self, reason: str) -> None:
        self.problem = reason


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


def same(found: Found, wanted: Found) -> None:
    assert found.qualifies == wanted.qualifies
    assert found == wanted
    assert [*found.unknown] == [*wanted.unknown]


DEFINITIONS = {
    "women": 'person.gender = "female"',
    "old": "person.birthYear < 1960",
    "buyers": 'xEvent.exists(eventType = "commerce.purchases" and timestamp occurs <= 30 days before now)',
    "counted": "xEvent.count() >= 2",
    "sum": "(sum X.commerce.order.priceTotal over X from xEvent) > 100",
    "chain": 'CHAIN(xEvent, timestamp, [A: WHAT(eventType = "commerce.purchases")])',
    "both": 'inSegment("women") and homeAddress.countryCode = "US"',
    "deep": 'inSegment("both") and not inSegment("old")',
    "member": 'inSegment("elsewhere") and person.gender = "female"',
    "stored": 'inSegment("stored-before")',
    "undeclared": 'favourite.colour = "red"',
    "by undeclared": 'inSegment("undeclared") or inSegment("old")',
    "above": 'person.shoeSize > 40 or person.gender = "male"',
    "map": 'identityMap.email.exists(id.contains("1@"))',
    "text": 'person.name.firstName.startsWith("zoë 1", false)',
    "lookaround": 'person.name.firstName matches "(?!Zoë 1).*"',
    "present": "person.isNotNull() and homeAddress.city.isNull()",
    "syntax": "person.gender = ",
    "bad reference": 'inSegment("syntax")',
    "broken reference": 'inSegment("broken")',
}
BY_MEMORY = {
    "a regular expression that RE2 does not run for duckdb cannot be said in SQL": 1,
    "memberships change with every job": 2,
    "the schema has no type for a field": 3,
}


def loaded(store: ProfileStore, folder: Path, name: str, records: list[dict[str, Any]]) -> None:
    path = folder / f"{name}.ndjson"
    path.write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
    store.load(SCOPE, name, [str(path)])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ProfileStore]:
    """Profiles of which some do not follow the schema, some have events of two loads, and some nothing else."""
    people = [profile(number) for number in range(60)]
    for number in (3, 4, 31):
        people[number]["person"] = {"gender": "female", "birthYear": "long ago"}
    people[7]["homeAddress"] = "Bath"
    people[8] |= {"favourite": {"colour": "red"}}
    people[9]["person"]["shoeSize"] = 44
    people[11] |= {"person.gender": "a name with a dot", "Person": {"gender": "none"}}
    people[12]["xEvent"] = [{"_id": "x", "timestamp": 1_700_000_000_000, "commerce": {"order": {"priceTotal": 60}}}]
    people[13]["xEvent"] = [{"_id": "y", "timestamp": "2023-11-01T00:00:00Z", "eventType": ["commerce.purchases"]}]
    with ProfileStore(str(tmp_path / "store")) as found:
        loaded(found, tmp_path, "people", people)
        yield found


def more(store: ProfileStore, folder: Path) -> None:
    """A second load: fields of known profiles, events, and new profiles of which nothing else is known."""
    records = [{**profile(number + 1), "identityMap": profile(number)["identityMap"]} for number in range(0, 60, 7)]
    loaded(store, folder, "corrections", records)
    loaded(store, folder, "late", [{**profile(number), "homeAddress": {"city": "Ulm"}} for number in range(58, 70)])


def task_for(store: ProfileStore, policy: Policy = LATEST, **members: Any) -> Task:
    subjects = tuple(Subject(id, "pql/text", text) for id, text in DEFINITIONS.items())
    return Task(
        subjects,
        1_700_000_000_000,
        known={"elsewhere": array("q", range(0, 60, 3))},
        broken={"broken": "nobody knows"},
        origin=Origin(SCOPE, policy, store.version(SCOPE)),
        **members,
    )


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

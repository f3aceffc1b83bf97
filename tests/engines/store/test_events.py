"""Do events in files of their own find their profiles, as `pql eval --events` finds them, at once or load by load?"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pqltools.diagnostics import PQLError
from pqltools.engines.store.loading import Loaded, load
from pqltools.engines.store.store import Store, open_store
from pqltools.types.model import ObjectType
from pqltools.workspace.definitions import inline_definition
from pqltools.workspace.runs import Evaluation, run
from pqltools.xdm.standard import standard

SCHEMA = standard()
NOW = 1_767_225_600_000
IDS = st.sampled_from("abc")
NAMESPACES = st.sampled_from(("ECID", "ecid", "Email"))
IDENTITY_MAPS = st.dictionaries(
    NAMESPACES,
    st.lists(st.fixed_dictionaries({"id": IDS | st.just("")}, optional={"primary": st.booleans()}), max_size=2),
)
OWN_EVENTS = st.lists(st.fixed_dictionaries({"eventType": st.just("own")}), max_size=2)
PROFILES = st.fixed_dictionaries(
    {},
    optional={
        "personID": IDS,
        "identityMap": IDENTITY_MAPS,
        "identities": st.lists(st.fixed_dictionaries({"id": IDS}, optional={"namespace": st.just({"code": "ECID"})})),
        "xEvent": OWN_EVENTS,
    },
)
EVENTS = st.fixed_dictionaries(
    {"eventType": st.sampled_from(("x", "y"))},
    optional={
        "identityMap": IDENTITY_MAPS,
        "relatedEntityId": IDS,
        "entityId": IDS,
        "endUserIDs": st.just({"_experience": {"ecid": {"id": "a", "namespace": {"code": "ECID"}}}}),
        "productListItems": st.lists(st.fixed_dictionaries({"SKU": IDS}), max_size=2),
    },
)


def write(path: Path, records: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(each) + "\n" for each in records), "utf-8")
    return str(path)


def events_of(store: Store) -> dict[int, list[tuple[Any, ...]]]:
    """The types of the events of each profile and the SKUs of their items, in their order, by its number."""
    run = store.connection.execute
    found: dict[int, list[tuple[Any, ...]]] = {pid: [] for (pid,) in run('SELECT "#pid" FROM profiles').fetchall()}
    names = {table.name for table in store.tables()}
    if "xEvent" not in names:
        return found
    items: dict[int, list[Any]] = {}
    if "xEvent.productListItems" in names:
        columns = '"#parent", "SKU"' if "SKU" in _columns(store, "xEvent.productListItems") else '"#parent", NULL'
        for parent, sku in run(f'SELECT {columns} FROM "xEvent.productListItems" ORDER BY "#parent", "#no"').fetchall():
            items.setdefault(parent, []).append(sku)
    there = _columns(store, "xEvent")
    row = '"#row"' if "#row" in there else "NULL"
    type_column = '"eventType"' if "eventType" in there else "NULL"
    for pid, number, type, row_number in run(
        f'SELECT "#pid", "#no", {type_column}, {row} FROM "xEvent" ORDER BY "#pid", "#no"'
    ).fetchall():
        found[pid].append((type, *items.get(row_number, ())))
        assert number == len(found[pid])
    lengths = dict(run('SELECT "#pid", coalesce("#length:xEvent", 0) FROM profiles').fetchall())
    assert lengths == {pid: len(events) for pid, events in found.items()}
    return found


def _columns(store: Store, table: str) -> set[str]:
    return {row[0] for row in store.connection.execute(f'DESCRIBE "{table}"').fetchall()}


def wanted(folder: Path, profiles: list[dict[str, Any]], events: list[dict[str, Any]]) -> list[int]:
    """How many events each profile has for `pql eval --events`."""
    counts = [0] * len(profiles)
    texts = [f"xEvent.count() >= {number}" for number in range(1, 20)]
    definitions = [inline_definition(text, SCHEMA, NOW) for text in texts]
    evaluation = Evaluation(definitions, SCHEMA, wants="qualify", joins=True)
    evaluation.read_events([write(folder / "e.ndjson", events)])
    for part in run(evaluation, [write(folder / "p.ndjson", profiles)]):
        for answer in part.answers:
            counts[answer.line - 1] = len(answer.qualifies)
    return counts


#: To shrink what fails takes minutes, and the examples are small.
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


@settings(max_examples=25, deadline=None, phases=_PHASES)
@given(st.lists(PROFILES, min_size=1, max_size=5), st.lists(EVENTS, max_size=6), st.integers(0, 6), st.booleans())
def test_the_same_as_for_files(
    profiles: list[dict[str, Any]], events: list[dict[str, Any]], later: int, together: bool
) -> None:
    with TemporaryDirectory() as name, open_store(f"{name}/store", write=True, threads=1) as store:
        folder = Path(name)
        people = write(folder / "profiles.ndjson", profiles)
        first, second = events[later:], events[:later]
        if together:
            first = events
        load(store, [people], SCHEMA.profile, events=[write(folder / "1.ndjson", first)], merge=False)
        if not together:
            load(store, [], SCHEMA.profile, events=[write(folder / "2.ndjson", second)])
        found = events_of(store)
        assert [len(each) for _, each in sorted(found.items())] == wanted(
            folder, profiles, first + second if not together else events
        )


def loaded(
    folder: Path, *loads: tuple[list[dict[str, Any]], list[dict[str, Any]], bool]
) -> tuple[Loaded, dict[Any, Any]]:
    """What the last of loads of profiles and events told, and the events of each profile by its id."""
    with open_store(str(folder / "store"), write=True, threads=1) as store:
        for number, (profiles, events, keep) in enumerate(loads):
            files = [write(folder / f"{number}.ndjson", profiles)] if profiles else []
            others = [write(folder / f"{number}-events.ndjson", events)] if events else []
            told = load(store, files, SCHEMA.profile, events=others, keep_events=keep)
        found = events_of(store)
        ids = dict(store.connection.execute('SELECT "#pid", "#id" FROM profiles').fetchall())
    return told, {ids[pid]: events for pid, events in found.items()}


def event(who: str, type: str, *skus: str) -> dict[str, Any]:
    items = {"productListItems": [{"SKU": sku} for sku in skus]} if skus else {}
    return {"identityMap": {"ECID": [{"id": who}]}, "eventType": type, **items}


def person(id: str, **more: Any) -> dict[str, Any]:
    return {"_id": id, "identityMap": {"ECID": [{"id": id.upper()}]}, **more}


def test_in_the_order_of_files_and_loads(tmp_path: Path) -> None:
    told, found = loaded(
        tmp_path,
        (
            [person("a", xEvent=[{"eventType": "own"}]), person("b")],
            [event("A", "1", "s", "t"), event("B", "2")],
            False,
        ),
        ([], [event("A", "3"), event("C", "4"), event("A", "5", "u")], False),
        ([person("c")], [event("C", "6"), event("A", "7")], False),
    )
    assert found == {"a": [("own",), ("1", "s", "t"), ("3",), ("5", "u"), ("7",)], "b": [("2",)], "c": [("6",)]}
    assert (told.joined.events, told.joined.orphans) == (2, 0)


def test_orphans_are_told(tmp_path: Path) -> None:
    told, found = loaded(tmp_path, ([person("a")], [event("Z", "1"), {"eventType": "2"}, event("A", "3")], False))
    assert found == {"a": [("3",)]}
    assert (told.joined.events, told.joined.orphans) == (1, 2)


@pytest.mark.parametrize(
    ("keep", "again", "left"),
    [
        (True, person("a"), ["1", "2", "3"]),
        (True, person("a", xEvent=None), ["1", "2", "3"]),
        (True, person("a", xEvent=[]), ["3"]),
        (True, person("a", xEvent=[{"eventType": "new"}]), ["new", "3"]),
        (False, person("a"), ["3"]),
    ],
)
def test_events_of_replaced_profiles(keep: bool, again: dict[str, Any], left: list[str], tmp_path: Path) -> None:
    told, found = loaded(
        tmp_path,
        ([person("a"), person("b")], [event("A", "1", "s"), event("A", "2"), event("B", "b")], False),
        ([again], [event("A", "3")], keep),
    )
    assert told.replaced == 1
    assert [each[0] for each in found["a"]] == left
    assert found["b"] == [("b",)]
    assert not keep or "1" not in left or found["a"][0] == ("1", "s")


def test_nothing_to_keep(tmp_path: Path) -> None:
    told, found = loaded(
        tmp_path, ([person("a")], [], True), ([person("a")], [], True), ([person("a")], [event("A", "1")], True)
    )
    assert told.replaced == 1
    assert found == {"a": [("1",)]}


def test_events_are_kept_within_a_load(tmp_path: Path) -> None:
    """As if the profiles came one by one."""
    people = [
        *[person("a", xEvent=[{"eventType": "1"}]), person("b"), person("a", xEvent=[{"eventType": "2"}]), person("a")],
        *[person("b", xEvent=[{"eventType": "3"}]), person("b", xEvent=[])],
    ]
    events = [event("A", "4", "s")]
    for folder, loads in (("at once", [people]), ("one by one", [[each] for each in people])):
        (tmp_path / folder).mkdir()
        _, found = loaded(tmp_path / folder, *[(each, [], True) for each in loads], ([], events, True))
        assert found == {"a": [("2",), ("4", "s")], "b": []}
        _, found = loaded(tmp_path / folder, ([person("a"), person("b")], [], True))
        assert found == {"a": [("2",), ("4", "s")], "b": []}


def test_no_events_that_are_kept_are_none(tmp_path: Path) -> None:
    loaded(tmp_path, ([person("a"), person("b", xEvent=[])], [], True), ([person("a"), person("b")], [], True))
    with open_store(str(tmp_path / "store")) as store:
        lengths = store.connection.execute('SELECT "#id", "#length:xEvent" FROM profiles ORDER BY 1').fetchall()
    assert lengths == [("a", None), ("b", 0)]


def test_identities_of_a_replaced_profile_are_forgotten(tmp_path: Path) -> None:
    moved = {"_id": "a", "identityMap": {"ECID": [{"id": "OTHER"}]}}
    _, found = loaded(
        tmp_path, ([person("a")], [], False), ([moved], [], False), ([], [event("A", "1"), event("OTHER", "2")], False)
    )
    assert found == {"a": [("2",)]}


def test_bad_events_are_in_quarantine(tmp_path: Path) -> None:
    bad = tmp_path / "bad.ndjson"
    bad.write_text('{"eventType": 5, "identityMap": {"ECID": [{"id": "A"}]}}\nnonsense\n')
    with open_store(str(tmp_path / "store"), write=True) as store:
        told = load(store, [write(tmp_path / "p.ndjson", [person("a")])], SCHEMA.profile, events=[str(bad)])
    assert [(each.file, each.line) for each in told.refused] == [(str(bad), 1), (str(bad), 2)]
    assert "`eventType`" in told.refused[0].reason
    assert len((tmp_path / "store" / "quarantine.ndjson").read_text().splitlines()) == 2


def test_a_schema_without_events(tmp_path: Path) -> None:
    type = SCHEMA.profile.member("person")
    assert type is not None
    assert isinstance(type.type, ObjectType)
    with open_store(str(tmp_path / "store"), write=True) as store, pytest.raises(PQLError, match="has no events"):
        load(store, [], type.type, events=[write(tmp_path / "e.ndjson", [event("A", "1")])])

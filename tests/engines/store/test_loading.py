"""What comes into a store, what is refused and why, and what does a second load change?"""

from __future__ import annotations

import bz2
import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest
import zstandard

from pqltools.data.lines import MAX_LINE
from pqltools.diagnostics import PQLError
from pqltools.engines.duckdb.engine import DuckDBEngine
from pqltools.engines.store import cleaning
from pqltools.engines.store.loading import Loaded, load
from pqltools.engines.store.rebuilding import lines
from pqltools.engines.store.store import open_store
from pqltools.evaluation.program import prepare
from pqltools.types.model import STRING, TIMESTAMP, ArrayType, MapType, ObjectType, PlainObject
from pqltools.types.time import DAY, instant_text
from pqltools.workspace.definitions import Definition
from pqltools.xdm.schema import Schema
from pqltools.xdm.standard import standard
from profiles import NOW

PROFILE = standard().profile
ANN = {"_id": "ann", "person": {"birthYear": 1984, "name": {"firstName": "Ann"}}}
BEN = {"_id": "ben", "loyalty": {"points": 2.5}, "xEvent": [{"timestamp": "2024-01-01T00:00:00.000Z"}, {}]}


def put(folder: Path, *files: Path | str, jobs: int = 1, merge: bool = True, profile: ObjectType = PROFILE) -> Loaded:
    with open_store(str(folder), write=True, threads=1) as store:
        return load(store, [str(file) for file in files], profile, jobs=jobs, merge=merge)


def written(path: Path, *lines: Any) -> Path:
    path.write_bytes(
        b"".join((each if isinstance(each, bytes) else json.dumps(each).encode()) + b"\n" for each in lines)
    )
    return path


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_nulls(inner) for name, inner in value.items() if inner is not None}
    return [without_nulls(inner) for inner in value] if isinstance(value, list) else value


def contents(folder: Path) -> list[dict[str, Any]]:
    """The profiles of a store with all that is there of them, without what is null."""
    with open_store(str(folder)) as store:
        return [without_nulls(json.loads(line)) for _, line in store.connection.execute(lines(store, None)).fetchall()]


def found(folder: Path, text: str) -> set[str]:
    """The ids of those who qualify."""
    with open_store(str(folder)) as store:
        members: set[str] = set()
        engine = DuckDBEngine(store, standard())
        definition = Definition(text, None, prepare(text, standard(), now=NOW))
        engine.run(engine.plan([definition]), lambda _, ids: members.update(ids.to_pylist()))
        return members


def as_array(data: list[Any]) -> bytes:
    return json.dumps(data, indent=1).encode()


def as_lines(data: list[Any]) -> bytes:
    return b"\r\n".join(json.dumps(each).encode() for each in data)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.ndjson", as_lines([ANN, BEN])),
        ("a.ndjson", b"\xef\xbb\xbf\n\n" + as_lines([ANN, BEN]) + b"\n\n"),
        ("a.json", as_array([ANN, BEN])),
        ("a.ndjson.gz", gzip.compress(as_lines([ANN, BEN]))),
        ("a.json.gz", gzip.compress(as_array([ANN, BEN]))),
        ("a.ndjson.zst", zstandard.compress(as_lines([ANN, BEN]))),
        ("no ending at all ' \" 😀", as_lines([ANN, BEN])),
    ],
)
def test_files_of_any_form(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    loaded = put(tmp_path / "store", tmp_path / name)
    assert (loaded.profiles, loaded.refused, loaded.left_out) == (2, (), ())
    assert contents(tmp_path / "store") == [ANN, BEN]


def test_one_object(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(BEN, indent=2), "utf-8")
    put(tmp_path / "store", tmp_path / "a.json")
    assert contents(tmp_path / "store") == [BEN]


def test_several_files(tmp_path: Path) -> None:
    one, two = written(tmp_path / "1.ndjson", ANN, b"x"), written(tmp_path / "2.ndjson", b"", b"y", BEN)
    loaded = put(tmp_path / "store", one, two)
    assert contents(tmp_path / "store") == [ANN, BEN]
    assert [(Path(each.file).name, each.line, each.text) for each in loaded.refused] == [
        ("1.ndjson", 2, "x"),
        ("2.ndjson", 2, "y"),
    ]


def test_several_processes_load_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "_SHARE", 5_000)
    made = random.Random(3)
    data: list[Any] = []
    for number in range(1500):
        born: Any = made.choice([1990, 1990, None, "1990"])
        each = {"_id": f"p{made.randrange(1000)}", "person": {"birthYear": born}, f"x{number % 7}": 1}
        data.append(b"{" if made.random() < 0.02 else each)
    plain = written(tmp_path / "a.ndjson", *data)
    packed = tmp_path / "b.ndjson.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes().replace(b"p1", b"q1")))
    one, two = (put(tmp_path / f"{jobs}", plain, packed, jobs=jobs) for jobs in (1, 2))
    assert len(one.refused) > 100
    assert one == two
    assert contents(tmp_path / "1") == contents(tmp_path / "2")
    first = (tmp_path / "1" / "quarantine.ndjson").read_bytes()
    assert first == (tmp_path / "2" / "quarantine.ndjson").read_bytes()


REFUSED: list[tuple[bytes, str]] = [
    (b"x", "this is not JSON"),
    (b'{"_id": "a"', "this is not JSON"),
    (b'{"_id": "a"} {"_id": "b"}', "this is not JSON"),
    (b"[1]", "this is an array, not an object"),
    (b'"a"', "this is a string, not an object"),
    (b"null", "this is null, not an object"),
    (b'{"_id": "\xe9"}', "UTF-8"),
    (b'{"_id": 1}', "`_id` is a number, and the schema has a string"),
    (b'{"person": {"birthYear": "1990"}}', "`person.birthYear` is a string, and the schema has an integer"),
    (b'{"person": {"birthYear": 1990.5}}', "`person.birthYear` is a number, and the schema has an integer"),
    (b'{"person": {"birthYear": true}}', "`person.birthYear` is a boolean, and the schema has an integer"),
    (b'{"person": {"birthYear": 9223372036854775808}}', "`person.birthYear` is an integer of more than 64 bits"),
    (b'{"person": []}', "`person` is an array, and the schema has an object"),
    (b'{"person": {"birthDate": "2023-02-29"}}', "`person.birthDate` is no date: '2023-02-29'"),
    (b'{"loyalty": {"points": "2"}}', "`loyalty.points` is a string, and the schema has a number"),
    (b'{"loyalty": {"points": 9007199254740993}}', "`loyalty.points` is an integer that a double cannot hold exactly"),
    (b'{"xEvent": [{}, {"timestamp": "2024-13-01T00:00:00Z"}]}', "`xEvent[1].timestamp` is no timestamp"),
    (b'{"xEvent": [{"timestamp": "2024-01-01T00:00:60Z"}]}', "`xEvent[0].timestamp` is no timestamp"),
    (b'{"xEvent": [{"timestamp": 1e300}]}', "`xEvent[0].timestamp` is a number, and the schema has a timestamp"),
    (b'{"xEvent": [1]}', "`xEvent[0]` is a number, and the schema has an object"),
    (b'{"identityMap": {"E-mail": {}}}', "`identityMap.E-mail` is an object, and the schema has an array"),
    (b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deep"),
    (b'{"x": "' + b"x" * MAX_LINE + b'"}', "the line has more than 67,108,864 bytes"),
]


@pytest.mark.parametrize(("line", "reason"), REFUSED, ids=[reason[:40] for _, reason in REFUSED])
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_lines_that_are_refused(tmp_path: Path, line: bytes, reason: str, packed: bool) -> None:
    file = written(tmp_path / "a.ndjson", ANN, line, BEN)
    if packed:
        file.write_bytes(gzip.compress(file.read_bytes(), 1))
    (refused,) = put(tmp_path / "store", file).refused
    assert refused.line == 2
    assert reason in refused.reason
    assert contents(tmp_path / "store") == [ANN, BEN]
    (kept,) = (tmp_path / "store" / "quarantine.ndjson").read_text("utf-8").splitlines()
    assert {name: json.loads(kept)[name] for name in ("file", "line", "reason")} == {
        "file": refused.file,
        "line": 2,
        "reason": refused.reason,
    }


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (b'{"_id": "a", "_id": "b"}', {"_id": "b"}),
        (b'{"person": {"birthYear": 1}, "person": {"birthYear": 2}}', {"person": {"birthYear": 2}}),
        (b'{"person": {"birthYear": 1, "birthYear": 1e3}}', {"person": {"birthYear": 1000}}),
        (b'{"identityMap": {"E": [], "E": [{"id": "1"}]}}', {"identityMap": {"E": [{"id": "1"}]}}),
        (b'{"xEvent": [{"eventType": "a", "eventType": "b"}]}', {"xEvent": [{"eventType": "b"}]}),
        (b'{"_id": "a", "#id": "b", "#pid": 3}', {"_id": "a"}),
        (b'{"_id": "a\\u0000\\ud83d\\ude00"}', {"_id": "a\0😀"}),
        (b'{"loyalty": {"points": -0.0}}', {"loyalty": {"points": -0.0}}),
        (b'{"person": {"birthYear": -9223372036854775808}}', {"person": {"birthYear": -(2**63)}}),
        (
            b'{"xEvent": [{"timestamp": "2024-01-01T00:00:00.1234567+05:30"}]}',
            {"xEvent": [{"timestamp": "2023-12-31T18:30:00.123Z"}]},
        ),
        (b'{"xEvent": [{"timestamp": 0}]}', {"xEvent": [{"timestamp": "1970-01-01T00:00:00.000Z"}]}),
        (b"{}", {}),
    ],
)
def test_lines_that_are_unusual(tmp_path: Path, line: bytes, wanted: Any) -> None:
    loaded = put(tmp_path / "store", written(tmp_path / "a.ndjson", ANN, line, BEN))
    assert not loaded.refused
    assert contents(tmp_path / "store") == [ANN, wanted, BEN]


def test_what_is_not_declared_is_named(tmp_path: Path) -> None:
    file = written(tmp_path / "a.ndjson", {**ANN, "x": {"y": 1}}, {"xEvent": [{"z": None}], "person": {"y z": []}})
    assert put(tmp_path / "store", file).left_out == ("person.y z", "x", "xEvent.z")
    assert contents(tmp_path / "store") == [ANN, {"xEvent": [{}], "person": {}}]


def test_many_names_that_are_not_declared(tmp_path: Path) -> None:
    people = [{**ANN, "_id": f"p{number}", f"x{number}": 1, "person": {f'"{number}\\': 1}} for number in range(5000)]
    loaded = put(tmp_path / "store", written(tmp_path / "a.ndjson", *people))
    assert (loaded.profiles, loaded.refused) == (5000, ())
    assert 1000 <= len(loaded.left_out) <= 2000


def test_packed_data_that_end_too_early(tmp_path: Path) -> None:
    packed = gzip.compress(as_lines([{"_id": f"p{number}"} for number in range(9999)]))
    (tmp_path / "a.ndjson.gz").write_bytes(packed[: len(packed) // 2])
    loaded = put(tmp_path / "store", tmp_path / "a.ndjson.gz")
    assert 1000 < loaded.profiles < 9999
    (refused,) = loaded.refused
    assert (refused.line, "end too early" in refused.reason) == (loaded.profiles + 1, True)


def test_nothing_to_load(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "empty.gz").write_bytes(gzip.compress(b""))
    written(tmp_path / "blank", b"", b"  ")
    (tmp_path / "none.json").write_text("[]")
    loaded = put(tmp_path / "store", *(tmp_path / name for name in ("empty", "empty.gz", "blank", "none.json")))
    assert (loaded.profiles, loaded.refused) == (0, ())
    assert found(tmp_path / "store", "true") == set()
    put(tmp_path / "store", written(tmp_path / "a.ndjson", ANN))
    assert found(tmp_path / "store", "person.birthYear = 1984") == {"ann"}


# Loads into a store with profiles.


def test_ids_replace(tmp_path: Path) -> None:
    store = tmp_path / "store"
    put(store, written(tmp_path / "a.ndjson", ANN, BEN, {"loyalty": {}}, {"loyalty": {}}))
    new = {"_id": "ben", "xEvent": [{"eventType": "x"}]}
    loaded = put(store, written(tmp_path / "b.ndjson", {"_id": "ben"}, new, {"loyalty": {}}))
    assert (loaded.profiles, loaded.replaced) == (3, 2)
    assert contents(store) == [ANN, {"loyalty": {}}, {"loyalty": {}}, new, {"loyalty": {}}]
    with open_store(str(store)) as opened:
        assert (opened.profiles, opened.rows["xEvent"]) == (5, 1)
    assert found(store, "xEvent.count() = 1") == {"ben"}
    assert found(store, "xEvent.count() = 2") == set()


def test_without_merging_all_are_kept(tmp_path: Path) -> None:
    file = written(tmp_path / "a.ndjson", ANN, ANN)
    for _ in range(2):
        assert put(tmp_path / "store", file, merge=False).replaced == 0
    assert contents(tmp_path / "store") == [ANN] * 4


def test_new_columns_appear(tmp_path: Path) -> None:
    store = tmp_path / "store"
    rich = {
        "_id": "cat",
        "person": {"name": {"lastName": "C"}, "birthDate": "2000-02-29"},
        "homeAddress": {"city": "Bath"},
        "identityMap": {"E": [{"id": "1"}]},
        "xEvent": [{"productListItems": [{"SKU": "a"}, None], "commerce": {"order": {"priceTotal": 3.0}}}, None],
    }
    for number, each in enumerate((ANN, BEN, rich)):
        put(store, written(tmp_path / f"{number}.ndjson", each))
    assert contents(store) == [ANN, BEN, rich]
    assert found(store, 'xEvent.productListItems.exists(SKU = "a")') == {"cat"}
    assert found(store, "isNull(homeAddress)") == {"ann", "ben"}
    assert found(store, "xEvent.count() = 2") == {"ben", "cat"}


def test_many_loads_are_as_one(tmp_path: Path) -> None:
    made = random.Random(5)
    data: list[dict[str, Any]] = []
    for _ in range(200):
        each: dict[str, Any] = {"_id": f"p{made.randrange(80)}"}
        if made.random() < 0.5:
            each["person"] = {"birthYear": made.randrange(1950, 2010)}
        if made.random() < 0.5:
            items = [{"SKU": made.choice("ab"), "priceTotal": made.random()} for _ in range(made.randrange(3))]
            times = [
                instant_text(NOW - made.randrange(90) * DAY).replace("Z", ".000Z") for _ in range(made.randrange(4))
            ]
            each["xEvent"] = [{"timestamp": time, "productListItems": items} for time in times]
        data.append(each)
    put(tmp_path / "one", written(tmp_path / "all.ndjson", *data))
    for start in range(0, 200, 40):
        put(tmp_path / "many", written(tmp_path / "part.ndjson", *data[start : start + 40]))
    by_id = [{each["_id"]: each for each in contents(tmp_path / name)} for name in ("one", "many")]
    assert by_id[0] == by_id[1] == {each["_id"]: each for each in data}
    for text in (
        "person.birthYear > 1980",
        "xEvent.exists(timestamp occurs <= 30 days before now)",
        "xEvent.productListItems.sum(priceTotal) > 1",
        'xEvent[productListItems.exists(SKU = "a")].count() >= 2',
    ):
        assert found(tmp_path / "one", text) == found(tmp_path / "many", text) != set()


def test_a_schema_that_contradicts_the_store(tmp_path: Path) -> None:
    store, other = tmp_path / "store", PlainObject({"_id": STRING, "loyalty": TIMESTAMP})
    put(store, written(tmp_path / "a.ndjson", BEN))
    with pytest.raises(PQLError, match="the store was loaded with another schema"):
        put(store, written(tmp_path / "b.ndjson", {"loyalty": 1}), profile=other)
    assert contents(store) == [BEN]


@pytest.mark.parametrize("at_once", [True, False])
def test_fields_that_differ_in_case(tmp_path: Path, at_once: bool) -> None:
    profile = PlainObject({"_id": STRING, "home": PlainObject({"city": STRING, "City": STRING})})
    lines = [{"_id": "a", "home": {"city": "x"}}, {"_id": "b", "home": {"City": "y"}}]
    store = tmp_path / "store"
    if not at_once:
        put(store, written(tmp_path / "a.ndjson", lines[0]), profile=profile)
    with pytest.raises(PQLError, match="fields that differ in nothing but case: `city` and `City`"):
        put(store, written(tmp_path / "b.ndjson", *lines), profile=profile)
    assert store.exists() != at_once
    if not at_once:
        assert contents(store) == lines[:1]


def test_names_that_are_hard_to_write(tmp_path: Path) -> None:
    names = ['a"b', "a'b", "a.b", "select", "é😀", "a b", "#", "x" * 500]
    inner = PlainObject(dict.fromkeys(names, STRING))
    profile = PlainObject({"_id": STRING, **dict.fromkeys(names, ArrayType(inner)), "map": MapType(inner)})
    values = {name: name for name in names}
    items = [values, None, {}]
    data = {"_id": "a", **dict.fromkeys(names, items), "map": dict.fromkeys(names, values)}
    put(tmp_path / "store", written(tmp_path / "a.ndjson", data), profile=profile)
    assert contents(tmp_path / "store") == [data]


def test_a_file_that_cannot_be_read_leaves_the_store(tmp_path: Path) -> None:
    store = tmp_path / "store"
    put(store, written(tmp_path / "a.ndjson", ANN))
    (tmp_path / "utf-16.ndjson").write_text(json.dumps(BEN), "utf-16")
    (tmp_path / "bad.bz2").write_bytes(bz2.compress(as_lines([BEN])))
    before = {path.name for path in store.iterdir()}
    for name in ("missing.ndjson", "bad.bz2", "utf-16.ndjson", "."):
        with pytest.raises(PQLError):
            put(store, written(tmp_path / "b.ndjson", BEN), tmp_path / name)
        assert contents(store) == [ANN]
        assert {path.name for path in store.iterdir()} == before


def test_a_new_store_that_gets_nothing_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    for name, is_kept in (("new", False), ("there", True)):
        with pytest.raises(PQLError):
            put(tmp_path / name, tmp_path / "missing.ndjson")
        assert (tmp_path / name).exists() is is_kept
    assert [*(tmp_path / "there").iterdir()] == []


def test_the_schema_of_a_query_may_be_another(tmp_path: Path) -> None:
    put(tmp_path / "store", written(tmp_path / "a.ndjson", ANN))
    schema = Schema(PlainObject({"person": PlainObject({"birthYear": STRING})}), PlainObject({}), "another schema")
    with open_store(str(tmp_path / "store")) as store:
        engine = DuckDBEngine(store, schema)
        plan = engine.plan([Definition("x", None, prepare('person.birthYear = "1984"', schema, now=NOW))])
        assert [way.kind for way in plan.ways] == ["memory"]
        assert "has another type in the store" in plan.ways[0].reason


def test_fields_that_are_called_as_our_columns(tmp_path: Path) -> None:
    people = [{"_id": "a", "#ids": 5}, {"_id": "b", "#ids": 5}, {"_id": "c", "#id": "x"}, {"_id": "d", "#id": "x"}]
    put(tmp_path / "store", written(tmp_path / "a.ndjson", *people))
    with open_store(str(tmp_path / "store")) as store:
        assert store.connection.execute('SELECT "#id" FROM profiles ORDER BY 1').fetchall() == [*zip("abcd")]

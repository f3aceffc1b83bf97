"""Which files can be loaded, and what is refused of them, with its line and reason?"""

from __future__ import annotations

import datetime
import decimal
import gzip
import json
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from pqltools.diagnostics import PQLError
from pqltools.segmentation.problems import Problem
from pqltools.segmentation.profiles.mapping import Mapping, read_mapping
from pqltools.segmentation.profiles.model import LATEST, Filter
from pqltools.segmentation.profiles.records import IdentityField
from pqltools.segmentation.profiles.sources import Form
from pqltools.segmentation.profiles.store import ProfileStore
from pqltools.segmentation.scope import Scope

Write = Callable[[Iterable[Any]], str]
ANN = {"_id": "ann", "person": {"birthYear": 1990}}


def lines(store: ProfileStore, scope: Scope) -> list[dict[str, Any]]:
    """All profiles."""
    return [json.loads(line) for block in store.merged(scope) for line in block.data.splitlines()]


def refused(store: ProfileStore, scope: Scope, path: Path | str, form: Form = Form()) -> list[tuple[int, str]]:  # noqa: B008
    """Lines and reasons of what is refused of a file."""
    found: list[tuple[int, str]] = []
    batch = store.load(scope, "d", [str(path)], form, refused=lambda bad: found.append((bad.line, bad.reason)))
    assert batch.bad == len(found)
    assert [(bad.line, bad.reason) for bad in store.batch(scope, batch.id)[1]] == found
    return found


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("lines", json.dumps(ANN).encode() + b"\r\n\n"),
        ("array", json.dumps([ANN], indent=1).encode()),
        ("object", json.dumps(ANN, indent=1).encode()),
        ("gzip", gzip.compress(json.dumps(ANN).encode(), mtime=0)),
        ("zstd", zstandard.compress(json.dumps(ANN).encode())),
        ("standard", b'{"@id":"ann","xdm:person":{"xdm:birthYear":1990}}'),
        ("response", json.dumps({"x": {"entityId": "x", "entity": ANN}}).encode()),
        ("twice", b'{"_id":"bob","_id":"ann","person":{"birthYear":1990}}'),
    ],
)
def test_json_in_all_its_forms(store: ProfileStore, scope: Scope, tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert store.load(scope, "d", [str(path)]).profiles == 1
    assert lines(store, scope) == [ANN]


def test_bad_records_are_refused_with_reasons(store: ProfileStore, scope: Scope, tmp_path: Path) -> None:
    path = tmp_path / "bad"
    deep = b'{"_id":"deep","a":' + b"[" * 5000 + b"]" * 5000 + b"}"
    rows = [
        b'{"_id":"good"}',
        b'{"_id":',
        b"[1]",
        b'{"x":1}',
        b'{"_id":"e","xEvent":5}',
        b'{"_id":"e","xEvent":[5]}',
        b'{"_id":"\xff"}',
        b'{"_id":"\\ud800"}',
        b'{"_id":7}',
        deep,
        b'{"_id":"one more","n":1e999,"i":123456789012345678901234567890}',
    ]
    path.write_bytes(b"\n".join(rows))
    found = refused(store, scope, path)
    assert [line for line, _ in found] == [2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert found[2][1] == "there is no identity: neither `identityMap` nor an id"
    assert found[3][1] == "`xEvent` is no array of events"
    assert "nested too deep" in found[-1][1]
    assert lines(store, scope) == [{"_id": "good"}, {"_id": "one more", "n": None, "i": 123456789012345678901234567890}]


def test_empty_files_and_files_of_nothing_good(store: ProfileStore, scope: Scope, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    assert store.load(scope, "d", [str(empty)]).status == "success"
    assert list(store.merged(scope)) == []
    bad = tmp_path / "bad"
    bad.write_bytes(b'{"x":1}\n{"y":2}\n')
    assert store.load(scope, "d", [str(bad)]).status == "failed"
    with pytest.raises(PQLError, match="no such file"):
        store.load(scope, "d", [str(tmp_path / "nowhere")])
    assert len(store.batches(scope)) == 2


def test_a_batch_comes_once(store: ProfileStore, scope: Scope, written: Write) -> None:
    path = written([ANN])
    store.load(scope, "d", [path], batch="b")
    with pytest.raises(Problem, match="a batch with the id b already"):
        store.load(scope, "d", [path], batch="b")
    assert store.load(Scope(scope.org, "dev"), "d", [path], batch="b").profiles == 1
    assert len(store.batches(scope)) == 1


def test_events_find_their_profile(store: ProfileStore, scope: Scope, written: Write) -> None:
    person = {"identityMap": {"ECID": [{"id": "9"}], "Email": [{"id": "a@x", "primary": True}]}}
    store.load(scope, "p", [written([{**person, "xEvent": [{"n": 2, "timestamp": "2024-01-02T00:00:00.5+01:00"}]}])])
    late = {
        "_id": "e3",
        "n": 3,
        "timestamp": 1_704_300_000_000,
        "endUserIDs": {"x": {"id": "a@x", "namespace": {"code": "EMAIL"}}},
    }
    early = {"n": 1, "timestamp": "2024-01-01", "identityMap": {"email": [{"id": "a@x"}]}}
    stranger = {"n": 4, "identityMap": {"ECID": [{"id": "9"}]}}
    batch = store.load(scope, "e", [written([late, early, stranger, {"n": 5}, late])], Form(events=True))
    assert (batch.profiles, batch.events, batch.bad) == (0, 4, 1)
    found = {profile["identityMap"].get("Email", [{"id": "?"}])[0]["id"]: profile for profile in lines(store, scope)}
    assert [event["n"] for event in found["a@x"]["xEvent"]] == [1, 2, 3]
    # Identities are not linked: who is known by another one is another profile.
    assert found["?"] == {"identityMap": {"ecid": [{"id": "9", "primary": True}]}, "xEvent": [stranger]}
    assert store.counts(scope) == {"email": 1, "ecid": 1}


def test_a_field_may_be_the_identity(store: ProfileStore, scope: Scope, written: Write) -> None:
    form = Form(identity=IdentityField("CRM", ("_acme", "id")))
    found = refused(store, scope, written([{"_acme": {"id": 5}}, {"_acme": {"id": "x"}, "_id": "y"}, ANN]), form)
    assert found == [(3, "there is no identity: `_acme.id` is missing or no text")]
    assert store.counts(scope) == {"crm": 2}


def test_over_the_wire(store: ProfileStore, scope: Scope) -> None:
    batch = store.load_pieces(scope, "d", [b'{"_id":', b'"a"}\n{"_id":"b"}'], batch="wire")
    assert (batch.id, batch.profiles) == ("wire", 2)


# CSV and Parquet.


def mapping(tmp_path: Path, text: str, name: str = "m.yaml") -> Mapping:
    """The mapping in a file with this text."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    return read_mapping(str(tmp_path / name))


MAPPING = """
identity: {column: mail, namespace: Email}
columns:
  born: {path: xdm:person.xdm:birthYear, type: integer}
  points: {path: loyalty.points, type: number}
  vip: {path: _acme.vip, type: boolean}
  seen: {path: _acme.seen, type: timestamp}
  day: {path: _acme.day, type: date}
  tags: {path: _acme.tags, separator: "|"}
  more: {path: _acme.more, type: json}
  name: person.name.firstName
empty: ["", "NULL"]
"""


def test_csv_by_a_mapping(store: ProfileStore, scope: Scope, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(
        "\ufeffmail,born,points,vip,seen,day,tags,more,name,unused\r\n"
        'a@x,1990,1.5,yes,2024-01-01 10:00:00Z,2024-01-01,a|b,"{""k"":[1]}","Ann ""😀"",\r\nsecond line",x\r\n'
        "b@x,NULL,,,,,,,Bob\r\n"
        "c@x,19x0,,,,,,,\r\n"
        ",1,,,,,,,\r\n"
        "d@x,1,2,3,4,5,6,7,8,9,10\r\n"
        "e@x,,nan,,,,,,\r\n".encode()
    )
    found = refused(store, scope, path, Form(mapping=mapping(tmp_path, MAPPING)))
    assert found == [
        (5, "column `born`: `19x0` is no integer"),
        (6, "there is no identity: column `mail` is empty"),
        (7, "the row has 11 cells and the header 10"),
        (8, "column `points`: `nan` is no number"),
    ]
    ann, bob = lines(store, scope)
    assert ann == {
        "identityMap": {"Email": [{"id": "a@x", "primary": True}]},
        "person": {"birthYear": 1990, "name": {"firstName": 'Ann "😀",\r\nsecond line'}},
        "loyalty": {"points": 1.5},
        "_acme": {
            "vip": True,
            "seen": "2024-01-01T10:00:00Z",
            "day": "2024-01-01",
            "tags": ["a", "b"],
            "more": {"k": [1]},
        },
    }
    assert bob == {"identityMap": {"Email": [{"id": "b@x", "primary": True}]}, "person": {"name": {"firstName": "Bob"}}}


def test_csv_without_a_mapping_or_a_column(store: ProfileStore, scope: Scope, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(PQLError, match="a CSV file needs a mapping"):
        store.load(scope, "d", [str(path)])
    with pytest.raises(PQLError, match="the file has no column `c`"):
        store.load(scope, "d", [str(path)], Form(mapping=mapping(tmp_path, "columns: {a: _id, c: x}")))
    path.write_text("")
    with pytest.raises(PQLError, match="the file has no header"):
        store.load(scope, "d", [str(path)], Form(mapping=mapping(tmp_path, "columns: {a: _id}")))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("[1]", "this is a list, not a mapping with `columns`"),
        ("columns: {}", "`columns` is missing or empty"),
        ("columns: {a: 5}", "column `a` is a number, not the path of a field"),
        ("columns: {a: {type: string}}", "column `a` needs the `path` of a field"),
        ("columns: {a: {path: x, type: intger}}", "`intger` is no type of a column"),
        ("columns: {a: x}\ncolums: 1", "a mapping has no key `colums` here"),
        ("columns: {a: x}\nidentity: {column: a}", "`identity` needs a `namespace`, a text"),
        ("columns: {a: x}\nidentity: a", "`identity` is a string, not a mapping with `column` and `namespace`"),
        ("columns: {a: x}\ndelimiter: ab", "a delimiter is one character, and neither a quote nor a line end"),
        ("columns: {a: x}\nempty: [NULL]", "`empty` is a list of the texts that stand for no value"),
        ("columns: {a: x", "expected"),
    ],
)
def test_faults_of_mappings_have_places(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(PQLError) as caught:
        mapping(tmp_path, text)
    fault = caught.value.diagnostics[0]
    assert message in fault.message
    assert fault.span is not None
    assert fault.source is not None
    assert fault.source.name.endswith("m.yaml")


def test_mappings_may_be_json(tmp_path: Path) -> None:
    found = mapping(tmp_path, '{"columns": {"a": "_id"}, "delimiter": ";"}', "m.json")
    assert found.record({"a": "x"}) == {"_id": "x"}
    with pytest.raises(PQLError, match="twice"):
        mapping(tmp_path, '{"columns": {"a": "_id"}, "columns": {"a": "x"}}', "m.json")


def test_parquet_with_nested_columns(store: ProfileStore, scope: Scope, tmp_path: Path) -> None:
    instant = datetime.datetime(2024, 1, 1, 12, tzinfo=datetime.UTC)
    row = {
        "_id": "ann",
        "xdm:person": {"xdm:birthYear": 1990, "xdm:name": None},
        "map": [("k", 1)],
        "seen": instant,
        "day": datetime.date(2024, 1, 1),
        "price": decimal.Decimal("1.50"),
        "nan": float("nan"),
        "xEvent": [{"timestamp": instant, "n": 1}],
    }
    person = pa.struct([("xdm:birthYear", pa.int32()), ("xdm:name", pa.string())])
    schema = pa.schema(
        [
            ("_id", pa.string()),
            ("xdm:person", person),
            ("map", pa.map_(pa.string(), pa.int64())),
            ("seen", pa.timestamp("ns", "UTC")),
            ("day", pa.date32()),
            ("price", pa.decimal128(5, 2)),
            ("nan", pa.float64()),
            ("xEvent", pa.list_(pa.struct([("timestamp", pa.timestamp("ms", "UTC")), ("n", pa.int8())]))),
        ]
    )
    path = tmp_path / "people"
    pq.write_table(pa.Table.from_pylist([row, {"price": decimal.Decimal(2)}], schema), path)
    assert refused(store, scope, path) == [(2, "there is no identity: neither `identityMap` nor an id")]
    assert lines(store, scope) == [
        {
            "_id": "ann",
            "person": {"birthYear": 1990},
            "map": {"k": 1},
            "seen": "2024-01-01T12:00:00.000Z",
            "day": "2024-01-01",
            "price": 1.5,
            "xEvent": [{"timestamp": "2024-01-01T12:00:00.000Z", "n": 1}],
        }
    ]
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(PQLError, match="the Parquet file cannot be read"):
        store.load(scope, "d", [str(path)])


# What is chosen for an export.


def test_filters(store: ProfileStore, scope: Scope, written: Write) -> None:
    store.load(scope, "p", [written({"_id": id} for id in "abc")], ingested=100)
    event = {"timestamp": "2024-01-01T00:00:00Z"}
    store.load(scope, "e", [written({**event, "relatedEntityId": id} for id in "cd")], Form(events=True), ingested=200)
    store.apply_memberships(scope, "j1", 1000, {"s": [1, 2], "t": [3]})
    store.apply_memberships(scope, "j2", 2000, {"s": [2, 3]}, legacy=True)

    def chosen(**filter: Any) -> list[str]:
        found = store.rows(scope, LATEST, Filter(**filter))
        return sorted(json.loads(line)["_id"] for block in found for line in block.data.splitlines())

    assert chosen() == ["a", "b", "c"]
    assert chosen(empty_profiles=True) == ["a", "b", "c", "d"]
    assert chosen(segments=(("s", ("realized", "existing")),)) == ["b", "c"]
    assert chosen(segments=(("s", ("exited",)), ("t", ("realized",)))) == ["a", "c"]
    assert chosen(segments=()) == []
    assert chosen(segments=(("no such", ("realized",)),)) == []
    assert chosen(segments=(("s", ("realized", "existing")),), qualified_until=1000) == ["b"]
    assert chosen(segments=(("s", ("realized", "existing")),), qualified_from=2000) == ["c"]
    assert chosen(ingested_after=100, empty_profiles=True) == ["c", "d"]
    assert chosen(ingested_after=200) == []
    (block,) = store.rows(scope, LATEST, Filter(events_after=200, ingested_after=100))
    assert "xEvent" not in json.loads(block.data)
    (block,) = store.rows(scope, LATEST, Filter(events_after=100, events_until=200, ingested_after=100))
    assert json.loads(block.data)["xEvent"] == [{**event, "relatedEntityId": "c"}]


def test_deleted_segments_leave_no_memberships(store: ProfileStore, scope: Scope, written: Write) -> None:
    store.load(scope, "p", [written([ANN])])
    store.apply_memberships(scope, "j", 0, {"s": [1], "it's": [1]})
    store.forget_segments(scope, ["it's", "never seen"])
    profile = store.profile(scope, "", "ann")
    assert profile is not None
    assert profile["segmentMembership"]["ups"].keys() == {"s"}
    with pytest.raises(Problem, match="stored already"):
        store.apply_memberships(scope, "j", 0, {})


def test_memberships_of_files_and_of_jobs(store: ProfileStore, scope: Scope, written: Write) -> None:
    held = {"segmentMembership": {"aam": {"x": {"status": "realized"}}, "UPS": {"s": {"status": "exited"}}}}
    store.load(scope, "p", [written([{**ANN, **held}])])
    store.apply_memberships(scope, "j", 0, {"s": [1]})
    profile = store.profile(scope, "", "ann")
    assert profile is not None
    realized = {"lastQualificationTime": "1970-01-01T00:00:00Z", "status": "realized"}
    assert profile["segmentMembership"] == {"aam": {"x": {"status": "realized"}}, "ups": {"s": realized}}


# Many at a time.


def test_threads_load_apply_and_read(store: ProfileStore, scope: Scope, written: Write) -> None:
    """Readers see whole batches and whole jobs, and no number is given out twice."""
    problems: list[BaseException] = []
    stop = threading.Event()

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as problem:
            problems.append(problem)

    def load(name: str) -> None:
        for number in range(4):
            store.load(scope, name, [written({"_id": f"{number}-{index}", name: index} for index in range(30))])

    def apply() -> None:
        for number in range(10):
            inside = range(1, number * 2 + 1)
            store.apply_memberships(scope, f"job-{number}", number, {"s": inside, "t": inside})

    def read() -> None:
        while not stop.is_set():
            count = sum(len(block.pids) for block in store.merged(scope))
            assert count % 30 == 0
            found = [line for block in store.rows(scope, LATEST, Filter()) for line in block.data.splitlines()]
            members = [json.loads(line).get("segmentMembership", {}).get("ups", {}) for line in found]
            assert all(("s" in each) == ("t" in each) for each in members)

    works: list[Callable[[], None]] = [lambda: load("a"), lambda: load("b"), apply]
    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    readers = [threading.Thread(target=guarded, args=(read,)) for _ in range(2)]
    for thread in threads + readers:
        thread.start()
    for thread in threads:
        thread.join()
    stop.set()
    for thread in readers:
        thread.join()
    assert problems == []
    found = lines(store, scope)
    assert len(found) == 120
    assert all(each["a"] == each["b"] for each in found)

"""Do exports hold exactly what qualifies, with nothing but what was asked for, as a whole or not at all?"""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pqltools.segmentation.clock import ManualClock
from pqltools.segmentation.engines import exporting
from pqltools.segmentation.engines.columns import Shape
from pqltools.segmentation.engines.exporting import Writing, pruning
from pqltools.segmentation.options import Limits, Options
from pqltools.segmentation.problems import Problem
from pqltools.segmentation.profiles.records import encoded
from pqltools.segmentation.service import Service
from pqltools.types.time import DAY, instant_text
from service_data import SCOPE, define, exported, finished, load, profile, wait

NOW = 1_700_000_000_000
UNION = {"id": "https://ns.adobe.com/xdm/context/profile__union"}
FEMALE, AMERICAN = 'person.gender = "female"', 'homeAddress.countryCode = "US"'


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with Service(str(tmp_path / "data"), ManualClock(NOW)) as found:
        yield found


def dataset(service: Service) -> str:
    return service.datasets.create(SCOPE, {"name": "out", "schemaRef": UNION})


def body(dataset: str, *segments: Any, **members: Any) -> dict[str, Any]:
    filter = {
        "segments": [each if isinstance(each, dict) else {"segmentId": each} for each in segments],
        **members.pop("filter", {}),
    }
    destination = {"datasetId": dataset, **members.pop("destination", {})}
    return {"filter": filter, "destination": destination, "schema": {"name": "_xdm.context.profile"}, **members}


def run(service: Service, asked: dict[str, Any]) -> dict[str, Any]:
    return exported(service, service.exports.create(SCOPE, asked)["id"])


def rows(service: Service, batch: str) -> list[dict[str, Any]]:
    """What is in the files of a batch, as JSON has it."""
    found = []
    for file in service.exports.batch(SCOPE, batch)["files"]:
        path = service.export_files.file(batch, file["name"])
        assert path.stat().st_size == file["size"]
        found += pq.read_table(path).to_pylist(maps_as_pydicts="strict")
    return sorted((plain(row) for row in found), key=lambda row: json.dumps(row, sort_keys=True))


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return value


def model(profiles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(profiles, key=lambda row: json.dumps(row, sort_keys=True))


def without_events(profile: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in profile.items() if key != "xEvent"}


def test_rows_are_those_that_qualify(service: Service, tmp_path: Path) -> None:
    profiles = load(service, tmp_path, 50)
    women = define(service, "women", FEMALE)
    finished(service, service.jobs.create(SCOPE, [women])["id"])
    asked = body(dataset(service), women, fields="person.name.firstName, homeAddress,identityMap.email.id,_id")
    job = run(service, asked)
    assert (job["status"], job["errors"]) == ("SUCCEEDED", [])
    expected = [
        {
            "identityMap": {"email": [{"id": each["identityMap"]["email"][0]["id"]}]},
            "person": {"name": each["person"]["name"]},
            "homeAddress": each["homeAddress"],
        }
        for each in profiles
        if each["person"]["gender"] == "female"
    ]
    assert rows(service, job["destination"]["batchId"]) == model(expected)
    assert job["metrics"]["totalExportedProfileCounter"] == len(expected)
    assert job["metrics"]["exportedProfileByNamespaceCounter"] == {"email": len(expected)}
    assert "totalTimeInMs" in job["metrics"]["profileExportTime"]


def test_everything_of_everybody(service: Service, tmp_path: Path) -> None:
    profiles = load(service, tmp_path, 30)
    women = define(service, "women", FEMALE)
    finished(service, service.jobs.create(SCOPE, [women])["id"])
    job = run(service, {**body(dataset(service)), "additionalFields": {"eventList": {"fields": ""}}})
    held = {"ups": {women: {"lastQualificationTime": instant_text(NOW), "status": "realized"}}}
    expected = [
        {**each, **({"segmentMembership": held} if each["person"]["gender"] == "female" else {})} for each in profiles
    ]
    assert rows(service, job["destination"]["batchId"]) == model(expected)
    some = run(service, {**body(dataset(service)), "additionalFields": {"eventList": {"fields": "eventType"}}})
    events = [row["xEvent"] for row in rows(service, some["destination"]["batchId"]) if "xEvent" in row]
    assert events == [[{"eventType": "commerce.purchases"}]] * 6
    whole = run(service, {**body(dataset(service)), "additionalFields": {"eventList": {"fields": "xEvent,_id"}}})
    assert rows(service, whole["destination"]["batchId"]) == model(expected)


def test_batch_for_each_segment_and_statuses(service: Service, tmp_path: Path) -> None:
    load(service, tmp_path, 30)
    women, americans = define(service, "women", FEMALE), define(service, "americans", AMERICAN)
    finished(service, service.jobs.create(SCOPE, None)["id"])
    clock = service.clock
    assert isinstance(clock, ManualClock)
    clock.advance(DAY)
    value = service.definitions.get(SCOPE, women)
    value["expression"]["value"] = f"{FEMALE} and {AMERICAN}"
    service.definitions.replace(SCOPE, women, value)
    finished(service, service.jobs.create(SCOPE, None)["id"])
    gone = {"segmentId": women, "segmentNs": "UPS", "status": ["exited"]}
    job = run(service, body(dataset(service), gone, americans, destination={"segmentPerBatch": True}, fields="person"))
    counts = {each["segmentId"]: len(rows(service, each["batchId"])) for each in job["destination"]["batches"]}
    assert counts == {women: 5, americans: 20}
    assert job["metrics"]["totalExportedProfileCounter"] == 25

    def counted(**times: str) -> int:
        filter = {"segmentQualificationTime": times}
        ran = run(service, body(dataset(service), gone, americans, filter=filter, fields="person"))
        found: int = ran["metrics"]["totalExportedProfileCounter"]
        return found

    assert counted(startTime=instant_text(NOW + 1)) == 5
    assert counted(endTime=instant_text(NOW + 1)) == 20
    assert counted(startTime=instant_text(NOW), endTime=instant_text(NOW + 2 * DAY)) == 25


def test_dataset_holds_the_last_export(service: Service, tmp_path: Path) -> None:
    load(service, tmp_path, 20)
    id, women, out = "", define(service, "women", FEMALE), dataset(service)
    seen = []
    for text in (FEMALE, f"{FEMALE} and {AMERICAN}"):
        value = service.definitions.get(SCOPE, women)
        value["expression"]["value"] = text
        service.definitions.replace(SCOPE, women, value)
        job = run(service, body(out, women, evaluationInfo={"segmentation": True}))
        id = job["destination"]["batchId"]
        seen.append((id, len(rows(service, id))))
    assert [count for _, count in seen] == [10, 7]
    old, new = (service.exports.batch(SCOPE, id) for id, _ in seen)
    assert (old["status"], old["files"], new["status"]) == ("inactive", [], "success")
    # Its files go when the job has been told to be done.
    file, end = service.export_files.file(seen[0][0], "part-00000.parquet"), time.monotonic() + 60
    while file.exists():
        assert time.monotonic() < end
        time.sleep(0.01)
    # What is limited to changes adds to it.
    later = service.clock
    assert isinstance(later, ManualClock)
    run(service, body(out, women, filter={"fromIngestTimestamp": instant_text(NOW - 1000)}))
    statuses = [batch["status"] for batch in service.exports.batches(SCOPE, out)]
    assert statuses == ["inactive", "success", "success"]


def test_profiles_with_events_only(service: Service, tmp_path: Path) -> None:
    from pqltools.segmentation.profiles.sources import Form

    load(service, tmp_path, 4)
    event = {
        "_id": "e",
        "timestamp": "2024-01-01T00:00:00Z",
        "identityMap": {"email": [{"id": "new@example.com", "primary": True}]},
    }
    (tmp_path / "e.ndjson").write_text(json.dumps(event))
    service.profiles.load(SCOPE, "events", [str(tmp_path / "e.ndjson")], Form(events=True))
    for empty, count in ((False, 4), (True, 5)):
        job = run(service, {**body(dataset(service)), "filter": {"emptyProfiles": empty}})
        assert len(rows(service, job["destination"]["batchId"])) == count


def test_nobody_qualifies(service: Service, tmp_path: Path) -> None:
    load(service, tmp_path, 4)
    nobody = define(service, "nobody", "false")
    for fields in ("person.birthYear,_id", None, "noSuch.field"):
        job = run(service, body(dataset(service), nobody, **({"fields": fields} if fields else {})))
        assert job["status"] == "SUCCEEDED", job["errors"]
        assert rows(service, job["destination"]["batchId"]) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"destination": {"datasetId": "none"}}, "no dataset"),
        ({"destination": {}}, "datasetId"),
        ({"filter": {"segments": [{"segmentId": "none"}]}}, "no segment definition"),
        ({"filter": {"segments": [{"segmentId": "x", "segmentNs": "AAM"}]}}, "namespace AAM"),
        ({"filter": {"segmentQualificationTime": {"startTime": "2024-01-01T00:00:00Z"}}}, "needs segments"),
        ({"filter": {"fromIngestTimestamp": "yesterday"}}, "no instant"),
        ({"fields": "a..b"}, "no field"),
        ({"fields": ".".join("a" * 30)}, "no field"),
        ({"mergePolicy": {"id": "none"}}, "no merge policy"),
        ({"mergePolicy": {"id": "timestampOrdered-none-mp", "version": 7}}, "another version"),
    ],
)
def test_wrong_requests(service: Service, change: dict[str, Any], words: str) -> None:
    asked = {**body(dataset(service)), **change}
    with pytest.raises(Problem, match=words) as caught:
        service.exports.create(SCOPE, asked)
    assert caught.value.status == 400


def test_batches_for_segments_need_segments(service: Service) -> None:
    with pytest.raises(Problem, match="needs segments"):
        service.exports.create(SCOPE, body(dataset(service), destination={"segmentPerBatch": True}))
    other = service.datasets.create(SCOPE, {"name": "e", "schemaRef": {"id": "x/experienceevent"}})
    with pytest.raises(Problem, match="union schema"):
        service.exports.create(SCOPE, body(other))


def test_cancelling_leaves_nothing(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(service, tmp_path, 10)
    out = dataset(service)
    first = run(service, body(out))
    real = service.profiles.rows

    def endless(*arguments: Any) -> Iterator[Any]:
        while True:
            yield from real(*arguments)

    monkeypatch.setattr(service.profiles, "rows", endless)
    running, waiting = (service.exports.create(SCOPE, body(out))["id"] for _ in range(2))
    wait(lambda: service.exports.get(SCOPE, running), frozenset(["PROCESSING"]))
    time.sleep(0.1)
    for id in (waiting, running):
        service.exports.cancel(SCOPE, id)
        job = exported(service, id)
        assert (job["status"], job["destination"]["batchId"]) == ("CANCELLED", "")
    folders = {path.name for path in Path(service.directory.file("exports")).iterdir()}
    assert folders - {"aside"} == {first["destination"]["batchId"]}
    assert [batch["status"] for batch in service.exports.batches(SCOPE, out)] == ["success"]


def test_crash_is_cleaned_up(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    with Service(data, options=Options(limits=Limits(running_jobs=1))) as service:
        load(service, tmp_path, 10)
        out = dataset(service)
        done = run(service, body(out))
        job = {**done, "id": 2, "status": "PROCESSING"}
        with service.metadata.write() as connection:
            service.exports.table.add(connection, SCOPE, job)
        for name in ("half", "aside/other"):
            folder = Path(service.directory.file("exports")) / name
            folder.mkdir(parents=True)
            (folder / "part-00000.parquet").write_bytes(b"PAR1")
    with Service(data) as service:
        found = service.exports.get(SCOPE, 2)
        assert (found["status"], found["destination"]["batchId"]) == ("FAILED", "")
        assert "make the job anew" in found["errors"][-1]["msg"]
        folders = [path.name for path in Path(service.directory.file("exports")).iterdir()]
        assert folders == [done["destination"]["batchId"]]
        assert len(rows(service, folders[0])) == 10


def test_lists_go_on_behind_a_token(service: Service, tmp_path: Path) -> None:
    out = dataset(service)
    ids = [run(service, body(out))["id"] for _ in range(5)]
    assert ids == [1, 2, 3, 4, 5]
    seen: list[int] = []
    after = None
    more = True
    while more:
        found, more = service.exports.rows(SCOPE, limit=2, after=after)
        seen += [job["id"] for job in found]
        after = (found[-1]["creationTime"], found[-1]["id"])
    assert seen == [5, 4, 3, 2, 1]
    assert service.exports.rows(SCOPE, limit=9, skip=3)[0][0]["id"] == 2
    assert service.exports.rows(SCOPE, limit=9, statuses=["FAILED"]) == ([], False)


_standing = settings.default
assert _standing is not None
FEW = settings(max_examples=_standing.max_examples // 4)
NAMES = st.sampled_from(["a", "b", "ß", "person", "timestamp", "identityMap"])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@FEW
@given(st.lists(st.dictionaries(NAMES, VALUES, max_size=4), max_size=6))
def test_no_value_is_lost(tmp_path_factory: pytest.TempPathFactory, given_rows: list[dict[str, Any]]) -> None:
    folder = tmp_path_factory.mktemp("rows")
    shape = Shape()
    for row in given_rows:
        shape.see(row)
    (folder / "rows").write_bytes(b"".join(encoded(row) + b"\n" for row in given_rows))
    files = exporting._written(shape, folder / "rows", folder)
    found = [row for name, *_ in files for row in pq.read_table(folder / name).to_pylist(maps_as_pydicts="strict")] or [
        {} for _ in given_rows
    ]
    assert len(found) == len(given_rows)
    for row, read in zip(given_rows, found, strict=True):
        assert same(row, read), (row, read)


def same(value: Any, read: Any) -> bool:
    """Whether what was read says the same; objects and arrays may lack what is null or empty."""
    if value is None or value in ({}, []):
        return (
            read in (None, {}, [])
            or (isinstance(read, dict) and all(each is None for each in read.values()))
            or (isinstance(read, str) and json.loads(read) == value)
        )
    if isinstance(value, dict) and isinstance(read, dict):
        return all(same(value.get(key), read.get(key)) for key in {*value, *read})
    if isinstance(value, list) and isinstance(read, list):
        return len(value) == len(read) and all(map(same, value, read))
    if isinstance(value, str):
        return bool(read == value)
    if isinstance(read, str):
        return bool(json.loads(read) == value)
    if read is None:  # nothing but nulls and empty objects below
        return isinstance(value, dict) and all(same(item, None) for item in value.values())
    return bool(read == value)


def test_pruning_keeps_what_is_named() -> None:
    prune = pruning(Writing("", (("person",), ("person", "name"), ("orders", "id")), None))
    data = {"person": {"a": 1}, "orders": [{"id": 1, "x": 2}, {"x": 3}], "other": 4, "xEvent": [{}]}
    assert prune(data) == {"person": {"a": 1}, "orders": [{"id": 1}, {}]}
    assert pruning(Writing("", None, ()))(profile(5)) == profile(5)
    assert pruning(Writing("", None, None))(profile(5)) == without_events(profile(5))

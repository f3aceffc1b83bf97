"""Do export jobs keep the rules of the documents, one by one?"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from job_clients import FOUNDATION, JOBS, define, finished, load
from pqltools.api.app import build
from pqltools.segmentation.options import Options
from pqltools.segmentation.service import Service
from service_clients import BASE, POLICIES, definition, headers
from service_data import wait

EXPORTS = f"{BASE}/export/jobs"
PROFILE = {"name": "_xdm.context.profile"}
UNION = {"id": "https://ns.adobe.com/xdm/context/profile__union"}
INSTANT, LATER = "2024-01-01T00:00:00Z", "2024-01-02T00:00:00+02:00"


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """A service whose jobs wait for ever."""
    with Service(str(tmp_path_factory.mktemp("waiting"))) as service, pytest.MonkeyPatch.context() as patch:
        patch.setattr(service.runner, "submit", lambda *_: None)
        yield build(service)


@pytest.fixture
def idle(waiting: FastAPI) -> TestClient:
    return TestClient(waiting, headers=headers(sandbox=f"test-{uuid.uuid4()}"))


def dataset(client: TestClient, schema: Any = UNION) -> str:
    made = client.post(f"{FOUNDATION}/catalog/dataSets", json={"name": "out", "schemaRef": schema})
    id: str = made.json()[0].removeprefix("@/dataSets/")
    return id


def body(client: TestClient, **members: Any) -> dict[str, Any]:
    return {"destination": {"datasetId": dataset(client)}, "schema": PROFILE, **members}


def post(client: TestClient, **members: Any) -> dict[str, Any]:
    answer = client.post(EXPORTS, json=body(client, **members))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def fault(client: TestClient, **members: Any) -> dict[str, Any]:
    answer = client.post(EXPORTS, json=body(client, **members))
    assert answer.status_code == 400, answer.text
    first: dict[str, Any] = answer.json()["diagnostics"][0]
    return first


# The job.


def test_new_job_has_the_members_of_the_documents(idle: TestClient) -> None:
    out = dataset(idle)
    asked = {"destination": {"datasetId": out}, "schema": PROFILE}
    answer = idle.post(EXPORTS, json=asked, headers={"x-request-id": "r1", "x-profile-instance-id": "other"})
    job = answer.json()
    assert answer.headers["x-location"] == f"{EXPORTS}/1"
    assert job["destination"].pop("batchId")
    made = job["creationTime"]
    assert job == {
        "id": 1,
        "jobType": "BATCH",
        "destination": {"datasetId": out, "segmentPerBatch": False},
        "mergePolicy": {"id": "timestampOrdered-none-mp", "version": 1},
        "filter": {},
        "schema": PROFILE,
        "status": "NEW",
        "imsOrgId": "ACME@AdobeOrg",
        "sandbox": job["sandbox"],
        "profileInstanceId": "other",
        "errors": [],
        "metrics": {"totalTime": {"startTimeInMs": made}},
        "computeGatewayJobId": {},
        "creationTime": made,
        "updateTime": made // 1000 * 1000,
        "updateEpoch": made // 1000,
        "requestId": "r1",
    }


def test_finished_job_has_the_metrics_of_the_documents(client: TestClient) -> None:
    load(client, 20)
    id = define(client)
    finished(client, client.post(JOBS, json=[{"segmentId": id}]).json()["id"])
    filter = {"segments": [{"segmentId": id}], "segmentQualificationTime": {"startTime": INSTANT}}
    number = post(client, filter=filter, fields="person.gender")["id"]
    job = wait(lambda: client.get(f"{EXPORTS}/{number}").json())
    metrics = job["metrics"]
    for name in ("totalTime", "profileExportTime"):
        times = metrics.pop(name)
        assert times["endTimeInMs"] - times["startTimeInMs"] == times["totalTimeInMs"]
    assert metrics == {"totalExportedProfileCounter": 10, "exportedProfileByNamespaceCounter": {"email": 10}}
    assert {*job["computeGatewayJobId"]} == {"exportJob", "pushJob"}


def test_export_evaluates_first_if_it_is_asked_to(client: TestClient) -> None:
    load(client, 4)
    id = define(client)
    filter = {"segments": [{"segmentId": id}]}
    number = post(client, filter=filter, evaluationInfo={"segmentation": True})["id"]
    job = wait(lambda: client.get(f"{EXPORTS}/{number}").json())
    assert (job["status"], job["metrics"]["totalExportedProfileCounter"]) == ("SUCCEEDED", 2)
    assert client.get(JOBS).json()["_page"]["totalCount"] == 1


def test_batch_for_each_segment(idle: TestClient) -> None:
    ids = [define(idle, name) for name in "ab"]
    filter = {"segments": [{"segmentId": ids[0]}, {"segmentId": ids[1], "segmentNs": "UPS", "status": ["exited"]}]}
    job = post(idle, filter=filter, destination={"datasetId": dataset(idle), "segmentPerBatch": True})
    batches = job["destination"]["batches"]
    assert len({each.pop("batchId") for each in batches}) == 2
    assert batches == [
        {"segmentId": ids[0], "segmentNs": "ups", "status": ["realized", "existing"]},
        {"segmentId": ids[1], "segmentNs": "UPS", "status": ["exited"]},
    ]
    assert "batchId" not in job["destination"]


def test_older_name_of_the_dataset_is_read(idle: TestClient) -> None:
    out = dataset(idle)
    assert post(idle, destination={"dataSetId": out})["destination"]["datasetId"] == out
    assert post(idle, destination={"dataSetId": out, "datasetId": out})["destination"]["datasetId"] == out


def test_two_datasets_are_one_too_many(idle: TestClient) -> None:
    found = fault(idle, destination={"datasetId": dataset(idle), "dataSetId": "other"})
    assert found["path"] == "$.destination.dataSetId"


def test_dataset_of_another_schema_is_refused(idle: TestClient) -> None:
    out = dataset(idle, {"id": "https://ns.adobe.com/xdm/context/experienceevent"})
    assert "profile__union" in fault(idle, destination={"datasetId": out})["help"]


# Merge policies.


def test_policy_of_the_segment_is_taken(idle: TestClient) -> None:
    made = {"name": "p", "schema": PROFILE, "attributeMerge": {"type": "timestampOrdered"}}
    policy = idle.post(POLICIES, json=made).json()["id"]
    id = define(idle, "s", mergePolicyId=policy)
    assert post(idle, filter={"segments": [{"segmentId": id}]})["mergePolicy"] == {"id": policy, "version": 1}
    both = {"segments": [{"segmentId": id}, {"segmentId": define(idle, "t")}]}
    assert fault(idle, filter=both)["path"] == "$.mergePolicy"
    assert post(idle, filter=both, mergePolicy={"id": policy})["mergePolicy"] == {"id": policy, "version": 1}


@pytest.mark.parametrize(
    ("policy", "path"),
    [
        ({"id": "nope"}, "$.mergePolicy.id"),
        ({"id": "timestampOrdered-none-mp", "version": 9}, "$.mergePolicy.version"),
        ({"version": "1"}, "$.mergePolicy.version"),
    ],
)
def test_unknown_policy_is_refused_where_it_stands(idle: TestClient, policy: Any, path: str) -> None:
    assert fault(idle, mergePolicy=policy)["path"] == path


# Fields.


@pytest.mark.parametrize("fields", [None, "", " ", ",,", " , "])
def test_blank_fields_are_all_fields(idle: TestClient, fields: str | None) -> None:
    assert "diagnostics" not in post(idle, fields=fields)


KNOWN = "personalEmail.address, person.name.firstName,identityMap.email.id,segmentMembership.ups,_id,identityMap"


def test_known_fields_bring_no_warning(idle: TestClient) -> None:
    events = {"eventList": {"fields": "eventType,xEvent.timestamp,commerce.purchases.value,xEvent"}}
    assert "diagnostics" not in post(idle, fields=KNOWN, additionalFields=events)


@pytest.mark.parametrize(
    ("fields", "help"),
    [
        ("personalEmail.adress", "did you mean `personalEmail.address`?"),
        ("person.nmae", "did you mean `person.name`?"),
        ("identities.id", "did you mean `identityMap.id`?"),
        ("_acme.loyalty", "fields are paths such as `person.name.lastName`"),
        ("xEvent.eventType", "name it in `additionalFields.eventList.fields`"),
    ],
)
def test_unknown_field_is_a_warning_without_a_schema(idle: TestClient, fields: str, help: str) -> None:
    (found,) = post(idle, fields=fields)["diagnostics"]
    assert (found["severity"], found["path"], found["help"]) == ("warning", "$.fields", help)


def test_unknown_field_of_events_is_a_warning_without_a_schema(idle: TestClient) -> None:
    (found,) = post(idle, additionalFields={"eventList": {"fields": "eventTyp"}})["diagnostics"]
    assert found["path"] == "$.additionalFields.eventList.fields"
    assert found["help"] == "did you mean `eventType`?"


def test_unknown_field_is_refused_by_a_schema(tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text('{"type": "object", "title": "Own", "properties": {"height": {"type": "integer"}}}')
    for strict in (True, False):
        options = Options(schema=(str(schema),), strict=strict)
        with Service(str(tmp_path / f"data-{strict}"), options=options) as service:
            client = TestClient(build(service), headers=headers())
            answer = client.post(EXPORTS, json=body(client, fields="heigth, height,identities.id"))
            assert answer.status_code == (400 if strict else 200)
            found = answer.json()["diagnostics"]
            assert found[0]["message"].startswith("`heigth` is not in")
            assert found[0]["help"] == "did you mean `height`?"
            assert len(found) == (1 if strict else 2)  # `identities` stands in a sample of the documents


@pytest.mark.parametrize("fields", ["a..b", ".a", "a b", "a['b']", "a." * 30 + "b", "a\u0000 b", '"a"'])
def test_what_is_no_path_is_refused(idle: TestClient, fields: str) -> None:
    assert fault(idle, fields=fields)["path"] == "$.fields"


# Times.

TIMES = (
    ("filter", "fromIngestTimestamp"),
    ("filter", "segmentQualificationTime", "startTime"),
    ("filter", "segmentQualificationTime", "endTime"),
    ("additionalFields", "eventList", "filter", "fromIngestTimestamp"),
    ("additionalFields", "eventList", "filter", "toIngestTimestamp"),
)


def at(client: TestClient, path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A body with a value at a path; what needs segments has one."""
    found: dict[str, Any] = body(client, filter={"segments": [{"segmentId": define(client)}]})
    inner = found
    for name in path[:-1]:
        inner = inner.setdefault(name, {})
    inner[path[-1]] = value
    return found


@pytest.mark.parametrize("path", TIMES, ids=".".join)
def test_instant_of_rfc_3339_is_taken_alone(idle: TestClient, path: tuple[str, ...]) -> None:
    for number, value in enumerate((INSTANT, LATER, "2024-01-01t00:00:00.123456z")):
        client = TestClient(idle.app, headers=headers(sandbox=f"times-{uuid.uuid4()}"))
        assert client.post(EXPORTS, json=at(client, path, value)).status_code == 200, number


@pytest.mark.parametrize(
    "value", ["", "2024-01-01", "2024-01-01T00:00:00", "2024-13-01T00:00:00Z", "now", "1704067200"]
)
@pytest.mark.parametrize("path", TIMES, ids=".".join)
def test_what_is_no_instant_is_refused(idle: TestClient, path: tuple[str, ...], value: str) -> None:
    answer = idle.post(EXPORTS, json=at(idle, path, value))
    assert answer.status_code == 400
    (found,) = answer.json()["diagnostics"]
    assert found["path"] == "$." + ".".join(path)
    assert "RFC 3339" in found["help"]


def test_end_before_the_start_is_refused(idle: TestClient) -> None:
    segments = [{"segmentId": define(idle)}]
    times = {"startTime": LATER, "endTime": INSTANT}
    found = fault(idle, filter={"segments": segments, "segmentQualificationTime": times})
    assert found["path"] == "$.filter.segmentQualificationTime.endTime"
    ingested = {"fromIngestTimestamp": LATER, "toIngestTimestamp": INSTANT}
    found = fault(idle, additionalFields={"eventList": {"filter": ingested}})
    assert found["path"] == "$.additionalFields.eventList.filter.toIngestTimestamp"


def test_qualification_time_needs_segments(idle: TestClient) -> None:
    found = fault(idle, filter={"segmentQualificationTime": {"startTime": INSTANT}})
    assert found["help"] == "name the segments in `filter.segments`"


# Segments.


def test_segment_that_is_named_twice_has_both_statuses(idle: TestClient) -> None:
    id = define(idle)
    twice = [{"segmentId": id, "status": ["exited"]}, {"segmentId": id, "status": ["realized"]}]
    (found,) = post(idle, filter={"segments": twice})["filter"]["segments"]
    assert found["status"] == ["exited", "realized"]


def test_unknown_segments_are_named(idle: TestClient) -> None:
    answer = idle.post(EXPORTS, json=body(idle, filter={"segments": [{"segmentId": "a"}, {"segmentId": "*"}]}))
    paths = [each["path"] for each in answer.json()["diagnostics"]]
    assert paths == ["$.filter.segments[0].segmentId", "$.filter.segments[1].segmentId"]


@pytest.mark.parametrize(
    ("members", "path", "help"),
    [
        ({"filter": {"segments": [{"id": "a"}]}}, "$.filter.segments[0].segmentId", ""),
        ({"filter": {"segments": ["a"]}}, "$.filter.segments[0]", "`segmentId`"),
        ({"filter": {"emptyprofiles": True}}, "$.filter.emptyprofiles", "`emptyProfiles`"),
        ({"filter": {"emptyProfiles": "true"}}, "$.filter.emptyProfiles", ""),
        ({"additionalFields": {"eventlist": {}}}, "$.additionalFields.eventlist", "`eventList`"),
        ({"destination": {}}, "$.destination.datasetId", "catalog/dataSets"),
        ({"destination": {"datasetId": "nope"}}, "$.destination.datasetId", "catalog/dataSets"),
        ({"destination": "x"}, "$.destination", "`datasetId`"),
        ({"evaluationInfo": {"segmentation": 1}}, "$.evaluationInfo.segmentation", ""),
        ({"schema": {"name": "_xdm.context.experienceevent"}}, "$.schema.name", "_xdm.context.profile"),
        ({"feilds": ""}, "$.feilds", "`fields`"),
    ],
)
def test_wrong_member_is_told_the_right_one(idle: TestClient, members: Any, path: str, help: str) -> None:
    found = fault(idle, **members)
    assert found["path"] == path
    assert help in found.get("help", "")


# Lists.


def test_link_to_the_next_page_keeps_the_status(idle: TestClient) -> None:
    asked = body(idle)
    for _ in range(3):
        idle.post(EXPORTS, json=asked)
    seen: list[int] = []
    link = "/export/jobs/?limit=1&status=new,FAILED"
    while link:
        page = idle.get(f"{BASE}{link}").json()
        seen += [job["id"] for job in page["records"]]
        link = page["link"].get("next", "")
    assert seen == [3, 2, 1]


def test_page_of_the_list_has_the_members_of_the_documents(idle: TestClient) -> None:
    job = post(idle)
    token = f"{job['creationTime']}_1"
    found = idle.get(f"{EXPORTS}?limit=1&offset={token}").json()
    page = {"sortField": "createdTime", "sort": "desc", "pageOffset": token, "pageSize": 0}
    assert found == {"records": [], "page": page, "link": {}}


def test_exports_do_not_count_those_of_other_sandboxes(idle: TestClient) -> None:
    assert post(idle)["id"] == 1
    other = TestClient(idle.app, headers=headers(sandbox=f"other-{uuid.uuid4()}"))
    assert other.get(EXPORTS).json()["records"] == []
    assert other.get(f"{EXPORTS}/1").status_code == 404
    assert post(other)["id"] == 1


@pytest.mark.parametrize("number", ["0", "-1", "2147483648", "9" * 40])
def test_number_that_no_job_has_is_not_found(idle: TestClient, number: str) -> None:
    assert idle.get(f"{EXPORTS}/{number}").status_code == 404
    assert idle.delete(f"{EXPORTS}/{number}").status_code == 404


@pytest.mark.parametrize("id", ["abc", "1.5", "%D9%A3", "1e3"])
def test_id_of_an_export_is_a_number(idle: TestClient, id: str) -> None:
    assert "integer" in idle.get(f"{EXPORTS}/{id}").json()["title"]


# Cancelling.


def test_export_that_waits_is_cancelled(idle: TestClient) -> None:
    post(idle)
    answer = idle.delete(f"{EXPORTS}/1")
    assert answer.json() == {"status": True, "message": "Export job has been marked for cancelling"}
    assert idle.get(f"{EXPORTS}/1").json()["status"] in ("CANCELLING", "CANCELLED")
    assert idle.delete(f"{EXPORTS}/1").status_code == 200


# What older documents say.


def test_older_behaviours(tmp_path: Path) -> None:
    era = ("dataset-id-spelling", "dataset-write-time", "export-delete-empty", "export-from-timestamp")
    with Service(str(tmp_path), options=Options(doc_era=frozenset((*era, "conversion-definition")))) as service:
        client = TestClient(build(service), headers=headers())
        out = dataset(client)
        asked = {"destination": {"datasetId": out}, "schema": PROFILE, "filter": {"fromTimestamp": INSTANT}}
        made = client.post(EXPORTS, json=asked).json()
        job = wait(lambda: client.get(f"{EXPORTS}/1").json())
        for each in (made, job, client.get(EXPORTS).json()["records"][0]):
            assert each["destination"]["dataSetId"] == out
            assert "datasetId" not in each["destination"]
            assert each["filter"] == {"fromIngestTimestamp": INSTANT}
        assert {*job["metrics"]["aCPDatasetWriteTime"]} == {"startTimeInMs", "endTimeInMs", "totalTimeInMs"}
        gone = client.delete(f"{EXPORTS}/1")
        assert (gone.status_code, gone.content) == (204, b"")
        found = client.post(f"{BASE}/segment/conversion", json=definition("Women")).json()
        assert (found["name"], found["schema"]) == ("Women", PROFILE)
        assert found["expression"]["format"] == "pql/json"


def test_name_of_one_document_is_told_that_of_the_others(idle: TestClient) -> None:
    found = fault(idle, filter={"fromTimestamp": INSTANT})
    assert (found["path"], found["help"]) == ("$.filter.fromTimestamp", "did you mean `fromIngestTimestamp`?")

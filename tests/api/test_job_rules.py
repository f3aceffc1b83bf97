"""Do segment jobs keep the rules of the documents, one by one?"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from job_clients import JOBS, define, finished, load
from pqltools.api.app import build
from pqltools.segmentation.options import Limits, Options
from pqltools.segmentation.service import Service
from service_clients import DEFINITIONS, POLICIES, headers

PROFILE = {"name": "_xdm.context.profile"}
POLICY = {"id": "timestampOrdered-none-mp", "version": 1}


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """A service whose jobs wait for ever."""
    with Service(str(tmp_path_factory.mktemp("waiting"))) as service, pytest.MonkeyPatch.context() as patch:
        patch.setattr(service.runner, "submit", lambda *_: None)
        yield build(service)


@pytest.fixture
def idle(waiting: FastAPI) -> TestClient:
    return TestClient(waiting, headers=headers(sandbox=f"test-{uuid.uuid4()}"))


def post(client: TestClient, body: Any, **arguments: Any) -> dict[str, Any]:
    answer = client.post(JOBS, json=body, **arguments)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


# The job.


def test_new_job_has_the_members_of_the_documents(idle: TestClient) -> None:
    id = define(idle)
    job = post(idle, [{"segmentId": id}], headers={"x-request-id": "r1"})
    started = job["metrics"]["totalTime"]["startTimeInMs"]
    expression = {"type": "PQL", "format": "pql/text", "value": 'person.gender = "female"'}
    segment = {"id": id, "expression": expression, "mergePolicyId": POLICY["id"], "mergePolicy": POLICY}
    href = f"/segment/jobs/{job['id']}"
    assert uuid.UUID(job["id"])
    assert job == {
        "id": job["id"],
        "imsOrgId": "ACME@AdobeOrg",
        "sandbox": job["sandbox"],
        "profileInstanceId": "ups",
        "source": "api",
        "status": "NEW",
        "segments": [{"segmentId": id, "segment": segment}],
        "metrics": {"totalTime": {"startTimeInMs": started}, "profileSegmentationTime": {}},
        "schema": PROFILE,
        "requestId": "r1",
        "errors": [],
        "_links": {"cancel": {"href": href, "method": "DELETE"}, "checkStatus": {"href": href, "method": "GET"}},
        "creationTime": started,
        "updateTime": started // 1000 * 1000,
        "updateEpoch": started // 1000,
    }


def test_finished_job_has_the_metrics_of_the_documents(client: TestClient) -> None:
    load(client, 20)
    women, nobody = define(client), define(client, "nobody", value='person.gender = "none"')
    job = finished(client, post(client, [{"segmentId": women}, {"segmentId": nobody}])["id"])
    metrics = job["metrics"]
    for name in ("totalTime", "profileSegmentationTime"):
        times = metrics.pop(name)
        assert times["endTimeInMs"] - times["startTimeInMs"] == times["totalTimeInMs"]
    assert metrics == {
        "totalProfiles": 20,
        "totalProfilesByMergePolicy": {POLICY["id"]: 20},
        "segmentedProfileCounter": {women: 10, nobody: 0},
        "segmentedProfileByNamespaceCounter": {women: {"email": 10}, nobody: {}},
        "segmentedProfileByStatusCounter": {
            women: {"realized": 10, "exited": 0},
            nobody: {"realized": 0, "exited": 0},
        },
    }
    assert uuid.UUID(job["batchId"])
    assert isinstance(job["computeJobId"], int)
    assert isinstance(job["computeGatewayJobId"], str)


def test_header_names_the_profile_instance(idle: TestClient) -> None:
    job = post(idle, [{"segmentId": define(idle)}], headers={"x-profile-instance-id": "other"})
    assert job["profileInstanceId"] == "other"


def test_job_of_several_merge_policies(idle: TestClient) -> None:
    body = {"name": "p2", "schema": PROFILE, "attributeMerge": {"type": "timestampOrdered"}}
    policy = idle.post(POLICIES, json=body).json()["id"]
    ids = [define(idle), define(idle, "second", mergePolicyId=policy)]
    job = post(idle, [{"segmentId": id} for id in ids])
    assert [each["segment"]["mergePolicyId"] for each in job["segments"]] == [POLICY["id"], policy]


def test_segment_that_is_named_twice_is_evaluated_once(idle: TestClient) -> None:
    id = define(idle)
    assert len(post(idle, [{"segmentId": id}, {"segmentId": id}])["segments"]) == 1


def test_more_than_the_listed_segments_show_as_a_star(tmp_path: Path) -> None:
    with Service(str(tmp_path), options=Options(limits=Limits(listed_segments=1))) as service:
        client = TestClient(build(service), headers=headers())
        ids = [define(client, name) for name in "ab"]
        assert len(post(client, [{"segmentId": ids[0]}])["segments"]) == 1
        job = post(client, [{"segmentId": id} for id in ids])
        assert job["segments"] == [{"segmentId": "*"}]
        assert {*finished(client, job["id"])["metrics"]["segmentedProfileCounter"]} == {*ids}


def test_definition_that_is_deleted_meanwhile_costs_the_others_nothing(client: TestClient) -> None:
    load(client, 4)
    id, other = define(client), define(client, "other")
    job = post(client, [{"segmentId": id}, {"segmentId": other}])
    assert client.delete(f"{DEFINITIONS}/{id}").status_code == 200
    done = finished(client, job["id"])
    assert done["status"] == "SUCCEEDED"
    # It may have been evaluated before it was deleted.
    assert {each["segmentId"] for each in done["errors"]} <= {id}
    assert other in done["metrics"]["segmentedProfileCounter"]
    everything = finished(client, post(client, [{"segmentId": "*"}])["id"])
    assert {*everything["metrics"]["segmentedProfileCounter"]} == {other}


# Limits.


def test_definitions_of_one_job_are_limited(tmp_path: Path) -> None:
    with Service(str(tmp_path), options=Options(limits=Limits(job_segments=2))) as service:
        client = TestClient(build(service), headers=headers())
        ids = [define(client, name) for name in "abc"]
        answer = client.post(JOBS, json=[{"segmentId": id} for id in ids])
        assert answer.status_code == 400
        assert "3 segments, but a job takes 2" in answer.json()["title"]
        assert "job-segments" in answer.json()["diagnostics"][0]["help"]
        assert len(post(client, [{"segmentId": "*"}])["segments"]) == 3


def test_jobs_that_wait_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Service(str(tmp_path), options=Options(limits=Limits(pending_jobs=1))) as service:
        monkeypatch.setattr(service.runner, "submit", lambda *_: None)
        client = TestClient(build(service), headers=headers())
        body = [{"segmentId": define(client)}]
        post(client, body)
        answer = client.post(JOBS, json=body)
        assert (answer.status_code, answer.json()["status"]) == (429, 429)
        assert int(answer.headers["retry-after"]) > 0
        assert client.post(JOBS, json=body, headers={"x-sandbox-name": "other"}).status_code == 400  # not 429


# Lists.


def test_link_to_the_next_page_keeps_filters_and_order(idle: TestClient) -> None:
    id = define(idle)
    made = [post(idle, [{"segmentId": id}])["id"] for _ in range(3)]
    query = f"?limit=1&status=NEW&sort=creationTime:asc&property=source==api&property=segments~segmentId=={id}"
    seen: list[str] = []
    while query:
        page = idle.get(f"{JOBS}{query}").json()
        seen += [job["id"] for job in page["children"]]
        href = page["_links"]["next"].get("href", "")
        query = f"?{urlsplit(href).query}" if href else ""
    assert seen == made
    second = dict(parse_qsl(urlsplit(idle.get(f"{JOBS}?limit=1&status=NEW").json()["_links"]["next"]["href"]).query))
    assert second == {"start": "1", "limit": "1", "status": "NEW"}


@pytest.mark.parametrize(
    "written",
    [
        "source==api",
        "status==NEW",
        "schema.name==_xdm.context.profile",
        "sandbox.default==false",
        "segments~segmentId=={id}",
        "segments~segment.mergePolicyId==timestampOrdered-none-mp",
        "segments~segment.mergePolicy.version==1",
        " source == api ",
    ],
)
def test_property_is_a_path_with_its_value(idle: TestClient, written: str) -> None:
    id = define(idle)
    post(idle, [{"segmentId": id}])
    for text, count in ((written.format(id=id), 1), (written.format(id=id) + "0", 0)):
        assert len(idle.get(JOBS, params={"property": text}).json()["children"]) == count, text


@pytest.mark.parametrize("written", ["source=api", "==x", "a b==c", "segments~==x", "a..b==1", "a'--==1", "$.a==1"])
def test_property_that_cannot_be_read_is_told_its_form(client: TestClient, written: str) -> None:
    answer = client.get(JOBS, params={"property": written})
    assert answer.status_code == 400
    assert "`path==value`" in answer.json()["diagnostics"][0]["help"]


def test_too_many_properties_are_refused(client: TestClient) -> None:
    query = "&".join(["property=source==api"] * 11)
    assert "10 times at most" in client.get(f"{JOBS}?{query}").json()["title"]
    assert client.get(f"{JOBS}?{query.partition('&')[2]}").status_code == 200


@pytest.mark.parametrize("status", ["NEW", "QUEUED", "PROCESSING", "SUCCEEDED", "FAILED", "CANCELLING", "CANCELLED"])
def test_list_is_filtered_by_each_status(idle: TestClient, status: str) -> None:
    post(idle, [{"segmentId": define(idle)}])
    found = idle.get(f"{JOBS}?status={status.lower()}").json()["children"]
    assert len(found) == (status == "NEW")


def test_unknown_status_is_told_those_that_there_are(client: TestClient) -> None:
    (found,) = client.get(f"{JOBS}?status=NEW,DONE").json()["diagnostics"]
    assert found["help"] == "it is one of NEW, QUEUED, PROCESSING, SUCCEEDED, FAILED, CANCELLING, CANCELLED"


@pytest.mark.parametrize("sort", ["creationTime:asc", "updateTime:desc", "status", "id:asc", "updateEpoch:asc"])
def test_list_may_be_sorted(client: TestClient, sort: str) -> None:
    assert client.get(f"{JOBS}?sort={sort}").status_code == 200


# Cancelling.


def test_job_that_waits_is_cancelled(idle: TestClient) -> None:
    job = post(idle, [{"segmentId": define(idle)}])
    answer = idle.delete(f"{JOBS}/{job['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert idle.get(f"{JOBS}/{job['id']}").json()["status"] in ("CANCELLING", "CANCELLED")
    assert idle.delete(f"{JOBS}/{job['id']}").status_code == 204


# Wrong bodies.


def test_every_wrong_segment_is_named(client: TestClient) -> None:
    found = client.post(JOBS, json=[{"segmentId": "a"}, {"segmentId": "b"}]).json()["diagnostics"]
    assert [each["path"] for each in found] == ["$[0].segmentId", "$[1].segmentId"]


def test_wrong_segment_of_an_object_is_named_where_it_stands(client: TestClient) -> None:
    found = client.post(JOBS, json={"schema": PROFILE, "segments": [{"segmentId": "a"}]}).json()
    assert found["title"] == "$.segments[0].segmentId: there is no segment definition a"


@pytest.mark.parametrize("id", ["", "x" * 257, None, 7, ["a"], {"id": "a"}, True])
def test_what_is_no_id_is_refused(client: TestClient, id: Any) -> None:
    answer = client.post(JOBS, json=[{"segmentId": id}])
    assert answer.status_code == 400
    assert re.match(r"\$\[0\]\.segmentId", answer.json()["title"])

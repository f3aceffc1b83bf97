"""Do previews and estimates answer as the documents say, with the truth about the profiles of the store?"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from pqltools.api.app import build
from pqltools.segmentation.clock import ManualClock
from pqltools.segmentation.options import Limits, Options
from pqltools.segmentation.profiles.model import MergedBlock
from pqltools.segmentation.profiles.store import Snapshot
from pqltools.segmentation.scope import Scope
from pqltools.segmentation.service import Service
from service_clients import BASE, DEFINITIONS, definition, headers

PREVIEW, ESTIMATE = f"{BASE}/preview", f"{BASE}/estimate"
COUNT = 300
ORG = "ACME@AdobeOrg"


def load(service: Service, path: Path, sandbox: str, count: int = COUNT) -> None:
    """Profiles of which every third is of a woman; every tenth has no email but a loyalty number."""
    lines = []
    for number in range(count):
        namespace = "loyal" if number % 10 == 0 else "email"
        lines.append(
            json.dumps(
                {
                    "identityMap": {namespace: [{"id": f"p{number:05}", "primary": True}]},
                    "person": {"gender": "male" if number % 3 else "female"},
                    "birth": number,
                }
            )
        )
    file = path / f"{sandbox}.ndjson"
    file.write_text("\n".join(lines), encoding="utf-8")
    service.profiles.load(Scope(ORG, sandbox), "people", [str(file)])


@pytest.fixture(scope="module")
def loaded(app: FastAPI, tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    load(app.state.service, tmp_path_factory.mktemp("files"), "previews")
    return TestClient(app, headers=headers(sandbox="previews"))


def begin(client: TestClient, expression: str = 'person.gender = "female"', **members: Any) -> str:
    body = {"predicateExpression": expression, "predicateType": "pql/text", "graphType": "none"} | members
    answer = client.post(PREVIEW, json=body)
    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert found["state"] == "RUNNING"
    assert answer.headers["x-location"].endswith(f"/preview/{found['previewId']}")
    id: str = found["previewId"]
    padded = base64.urlsafe_b64decode(id + "=" * (-len(id) % 4)).decode()
    assert padded == f"0:{found['previewQueryId']}:{found['previewExecutionId']}"
    return id


def ready(client: TestClient, id: str) -> dict[str, Any]:
    """The estimate, once it is no longer running."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        found: dict[str, Any] = client.get(f"{ESTIMATE}/{id}").json()
        if found["state"] != "RUNNING":
            return found
        assert found["estimatedSize"] == 0
        time.sleep(0.02)
    raise AssertionError("the preview does not end")


def test_the_truth_about_all_profiles(loaded: TestClient) -> None:
    id = begin(loaded)
    found = ready(loaded, id)
    assert found["state"] == "RESULT_READY"
    assert found["estimatedSize"] == found["profilesMatchedSoFar"] == 100
    assert found["numRowsToRead"] == found["totalRows"] == found["profilesReadSoFar"] == COUNT
    assert (found["standardError"], found["confidenceInterval"]) == (0, "95%")
    assert found["confidenceBounds"] == {"lower": 100, "upper": 100}
    assert found["estimatedNamespaceDistribution"] == [
        {"namespaceId": "email", "profilesMatchedSoFar": 90},
        {"namespaceId": "loyal", "profilesMatchedSoFar": 10},
    ]
    assert found["error"] == {"description": "", "traceback": ""}
    assert found["_links"] == {"preview": f"{PREVIEW}/{id}"}


def test_pages_of_results(loaded: TestClient) -> None:
    id = begin(loaded)
    ready(loaded, id)
    whole = loaded.get(f"{PREVIEW}/{id}").json()
    assert whole["page"] == {"offset": 0, "size": 100}
    assert (whole["links"]["next"], whole["links"]["prev"]) == ("", "")
    pages, address = [], f"{PREVIEW}/{id}?limit=30"
    while address:
        page = loaded.get(address).json()
        pages += page["results"]
        address = page["links"]["next"]
    assert pages == whole["results"]
    ((_, entity),) = pages[0].items()
    assert entity["endCustomerIds"] == {"loyal": {"id": "p00000"}}
    assert entity["_href"].endswith("entityId=p00000&entityIdNS=loyal")
    assert loaded.get(f"{PREVIEW}/{id}?limit=1001").status_code == 400


def test_json_is_taken_too(loaded: TestClient) -> None:
    tree = loaded.post(f"{BASE}/segment/conversion", json=definition()).json()["expression"]["value"]
    assert ready(loaded, begin(loaded, tree, predicateType="pql/json"))["estimatedSize"] == 100


def test_segments_are_evaluated_with_it(loaded: TestClient) -> None:
    women = loaded.post(DEFINITIONS, json=definition()).json()["id"]
    both = loaded.post(DEFINITIONS, json=definition("Both", f'inSegment("{women}") and birth < 150')).json()["id"]
    assert ready(loaded, begin(loaded, f'inSegment("{both}") and birth >= 30'))["estimatedSize"] == 40


def test_a_sample_where_there_are_many(tmp_path: Path) -> None:
    with Service(str(tmp_path / "data"), options=Options(limits=Limits(sample=100))) as service:
        load(service, tmp_path, "prod", 1000)
        client = TestClient(build(service), headers=headers())
        first, second = ready(client, begin(client)), ready(client, begin(client))
        assert first["numRowsToRead"] == first["profilesReadSoFar"] == 100
        assert first["totalRows"] == 1000
        assert first["estimatedSize"] == first["profilesMatchedSoFar"] * 10
        assert first["standardError"] > 0
        assert first["confidenceBounds"]["lower"] <= 334 <= first["confidenceBounds"]["upper"]
        del first["_links"], second["_links"]
        assert first == second


def test_the_numbers_of_one_that_runs_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Service(str(tmp_path / "data")) as service:
        load(service, tmp_path, "prod")
        client = TestClient(build(service), headers=headers())
        merged, go = Snapshot.merged, threading.Event()

        def one_by_one(*arguments: Any, **more: Any) -> Iterator[MergedBlock]:
            for block in merged(*arguments, **more):
                for place, line in enumerate(block.data.splitlines(keepends=True)):
                    if place == COUNT // 2:
                        go.wait(120)
                    yield MergedBlock(line, block.pids[place : place + 1])

        monkeypatch.setattr(Snapshot, "merged", one_by_one)
        id = begin(client)
        end = time.monotonic() + 120
        while (found := client.get(f"{ESTIMATE}/{id}").json())["profilesReadSoFar"] < COUNT // 3:
            assert time.monotonic() < end
        go.set()
        assert (found["state"], found["estimatedSize"]) == ("RUNNING", 0)
        assert COUNT // 9 <= found["profilesMatchedSoFar"] <= COUNT // 6
        assert (found["numRowsToRead"], found["totalRows"]) == (COUNT, COUNT)
        assert ready(client, id)["profilesMatchedSoFar"] == COUNT // 3


def test_nothing_in_the_store(client: TestClient) -> None:
    found = ready(client, begin(client))
    assert (found["estimatedSize"], found["totalRows"], found["state"]) == (0, 0, "RESULT_READY")


def test_delete(loaded: TestClient) -> None:
    id = begin(loaded)
    deleted = loaded.delete(f"{PREVIEW}/{id}")
    assert deleted.status_code == 200
    assert deleted.json()["status"] is True
    for address in (f"{PREVIEW}/{id}", f"{ESTIMATE}/{id}"):
        assert loaded.get(address).status_code == 404
    assert loaded.delete(f"{PREVIEW}/{id}").status_code == 404


def test_others_do_not_see_it(loaded: TestClient, client: TestClient) -> None:
    id = begin(loaded)
    assert client.get(f"{PREVIEW}/{id}").status_code == 404
    assert client.delete(f"{PREVIEW}/{id}").status_code == 404


def test_early_404(loaded: TestClient) -> None:
    id = begin(loaded)
    fault = {"x-pql-fault": "early-404"}
    answers = [loaded.get(f"{ESTIMATE}/{id}", headers=fault).status_code for _ in range(4)]
    assert answers == [404, 404, 200, 200]


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"graphType": "other"}, "$.graphType"),
        ({"predicateModel": "_xdm.context.experienceevent"}, "$.predicateModel"),
        ({"predicateExpression": "person.gender = "}, "$.predicateExpression"),
        ({"predicateExpression": ""}, "$.predicateExpression"),
        ({"predicateExpression": 'inSegment("nobody")'}, "$.predicateExpression"),
        ({"predicateType": "pql/json"}, "$.predicateExpression"),
        ({"predicateType": "sql"}, "$.predicateType"),
        ({"mergePolicyId": "none"}, "$.mergePolicyId"),
        ({"predicateExpresion": ""}, "$.predicateExpresion"),
    ],
)
def test_wrong_bodies(client: TestClient, members: dict[str, Any], path: str) -> None:
    answer = client.post(PREVIEW, json={"predicateExpression": "a = b"} | members)
    assert answer.status_code == 400, answer.text
    assert answer.json()["diagnostics"][0]["path"] == path


def test_what_is_wrong_is_said_in_the_words_of_the_request(client: TestClient) -> None:
    answer = client.post(PREVIEW, json={"predicateExpression": "a = b", "predicateType": "pql/json"})
    assert "`predicateType` is `pql/json`, but `predicateExpression` is not JSON" in answer.json()["title"]
    assert "expression." not in answer.text


def test_the_model_of_aepp_is_read(client: TestClient) -> None:
    begin(client, predicateModel="_xdm.context.Profile", predicateType="PQL")


def test_an_interrupted_one_begins_anew(tmp_path: Path) -> None:
    with Service(str(tmp_path / "data")) as service:
        load(service, tmp_path, "prod")
        id = begin(TestClient(build(service), headers=headers()))
    # It may have ended before the service was closed; either way it ends now.
    with Service(str(tmp_path / "data")) as service:
        assert ready(TestClient(build(service), headers=headers()), id)["estimatedSize"] == 100


@pytest.fixture
def timed(tmp_path: Path) -> Iterator[tuple[TestClient, ManualClock]]:
    clock = ManualClock(1_710_460_800_000)  # 2024-03-15T00:00:00Z
    with Service(str(tmp_path / "data"), clock) as service:
        load(service, tmp_path, "prod")
        yield TestClient(build(service), headers=headers()), clock


def test_a_schedule_makes_a_job_that_runs(timed: tuple[TestClient, ManualClock]) -> None:
    client, clock = timed
    id = client.post(DEFINITIONS, json=definition()).json()["id"]
    schedule = {
        "name": "nightly",
        "type": "batch_segmentation",
        "properties": {"segments": ["*"]},
        "schedule": "0 0 1 * * ?",
        "state": "active",
    }
    made = client.post(f"{BASE}/config/schedules", json=schedule).json()["id"]
    assert client.get(f"{BASE}/segment/jobs").json()["children"] == []
    clock.advance(3_600_000)
    end = time.monotonic() + 120
    while time.monotonic() < end:
        jobs = client.get(f"{BASE}/segment/jobs").json()["children"]
        if jobs and jobs[0]["status"] == "SUCCEEDED":
            break
        time.sleep(0.02)
    (job,) = jobs
    assert job["source"] == "scheduler"
    assert job["requestId"] == f"{made}-{clock.now()}"
    assert job["properties"] == {"scheduleId": made, "runId": str(clock.now())}
    assert job["metrics"]["segmentedProfileCounter"] == {id: 100}

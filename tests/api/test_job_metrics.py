"""Does an operator see what jobs do, and a client what became of its audience?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from job_clients import FOUNDATION, JOBS, define, finished, load
from pqltools.api.app import build
from pqltools.segmentation.service import Service
from service_clients import AUDIENCES, BASE, PROFILE, headers


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with Service(str(tmp_path)) as service:
        yield TestClient(build(service), headers=headers(), raise_server_exceptions=False)


def numbers(client: TestClient) -> dict[tuple[str, ...], float]:
    """The values of the metrics by name and labels."""
    page = client.get("/metrics").text
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def run(client: TestClient, *ids: str) -> dict[str, Any]:
    made = client.post(JOBS, json=[{"segmentId": id} for id in ids or ("*",)])
    assert made.status_code == 200, made.text
    return finished(client, made.json()["id"])


def export(client: TestClient) -> None:
    dataset = client.post(f"{FOUNDATION}/catalog/dataSets", json={"name": "out"}).json()[0].rpartition("/")[2]
    made = client.post(f"{BASE}/export/jobs", json={"destination": {"datasetId": dataset}, "schema": PROFILE})
    assert made.status_code == 200, made.text
    for _ in range(3000):
        if client.get(f"{BASE}/export/jobs/{made.json()['id']}").json()["status"] == "SUCCEEDED":
            return
        time.sleep(0.02)
    raise AssertionError("the export does not end")


def test_jobs_are_counted_and_timed(client: TestClient) -> None:
    before = numbers(client)
    assert before["pql_jobs", "segment", "SUCCEEDED"] == before["pql_jobs", "export", "NEW"] == 0
    assert before["pql_profiles_evaluated_total",] == 0
    load(client, 10)
    define(client)
    run(client)
    run(client)
    export(client)
    after = numbers(client)
    assert after["pql_jobs", "segment", "SUCCEEDED"] == 2
    assert after["pql_jobs", "export", "SUCCEEDED"] == 1
    assert after["pql_jobs_waiting", "segment"] == 0
    assert after["pql_job_seconds_count", "segment", "SUCCEEDED"] == 2
    assert after["pql_job_seconds_sum", "export", "SUCCEEDED"] > 0
    assert after["pql_profiles_evaluated_total",] == 20
    assert after["pql_profiles_exported_total",] == 10


def test_jobs_that_wait_are_counted(client: TestClient) -> None:
    define(client)
    service: Service = client.app.state.service  # type: ignore[attr-defined]
    service.runner.close()
    for _ in range(3):
        client.post(JOBS, json=[{"segmentId": "*"}])
    assert numbers(client)["pql_jobs_waiting", "segment"] == 3


def test_jobs_are_counted_after_a_restart(tmp_path: Path) -> None:
    with Service(str(tmp_path)) as service:
        client = TestClient(build(service), headers=headers())
        define(client)
        run(client)
    with Service(str(tmp_path)) as service:
        found = numbers(TestClient(build(service), headers=headers()))
    assert found["pql_jobs", "segment", "SUCCEEDED"] == 1
    assert ("pql_job_seconds_count", "segment", "SUCCEEDED") not in found


def test_an_audience_has_the_numbers_of_its_last_job(client: TestClient) -> None:
    load(client, 10)
    women, others = define(client), define(client, "others")
    assert "metrics" not in client.get(f"{AUDIENCES}/{women}").json()
    first = run(client, women)
    job = run(client, women)
    found = client.get(f"{AUDIENCES}/{women}").json()["metrics"]
    assert first["id"] != job["id"] == found["jobId"]
    count = job["metrics"]["segmentedProfileCounter"][women]
    assert found == {
        "type": "export",
        "jobId": job["id"],
        "data": {
            "totalProfiles": count,
            "totalProfilesByNamespace": {"email": count},
            "totalProfilesByStatus": {"realized": count, "existing": 0, "exited": 0},
        },
        "createEpoch": job["creationTime"] // 1000,
        "updateEpoch": job["updateEpoch"],
    }
    assert 0 < count < 10
    assert "metrics" not in client.get(f"{AUDIENCES}/{others}").json()


def test_the_numbers_of_an_audience_can_be_sent_back(client: TestClient) -> None:
    women = define(client)
    run(client, women)
    whole = client.get(f"{AUDIENCES}/{women}").json()
    answer = client.put(f"{AUDIENCES}/{women}", json=whole | {"description": "new"})
    assert answer.status_code == 200, answer.text
    assert client.get(f"{AUDIENCES}/{women}").json()["metrics"] == whole["metrics"]

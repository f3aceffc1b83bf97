"""What do clients see of segment jobs?"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from job_clients import JOBS, define, finished, load
from pqltools.api.app import build
from pqltools.segmentation.options import Options
from pqltools.segmentation.service import Service
from service_clients import BASE, headers


def test_job_from_post_to_memberships(client: TestClient) -> None:
    assert load(client, 20)["metrics"]["profiles"] == 20
    id = define(client)
    made = client.post(JOBS, json=[{"segmentId": id}], headers={"x-request-id": "r-1", "x-profile-instance-id": "ups"})
    assert made.status_code == 200, made.text
    job = made.json()
    assert (job["status"], job["source"], job["requestId"]) == ("NEW", "api", "r-1")
    assert job["_links"]["cancel"] == {"href": f"/segment/jobs/{job['id']}", "method": "DELETE"}
    done = finished(client, job["id"])
    assert done["status"] == "SUCCEEDED"
    assert done["metrics"]["segmentedProfileCounter"] == {id: 10}
    query = {"schema.name": "_xdm.context.profile", "entityId": "p1@example.com", "entityIdNS": "email"}
    (entity,) = client.get(f"{BASE}/access/entities", params=query).json().values()
    assert entity["entity"]["segmentMembership"]["ups"][id]["status"] == "realized"
    fields = client.get(f"{BASE}/access/entities", params={**query, "fields": "person.gender"}).json()
    assert fields["email:p1@example.com"]["entity"] == {"person": {"gender": "female"}}
    events = {
        "schema.name": "_xdm.context.experienceevent",
        "relatedSchema.name": "_xdm.context.profile",
        "relatedEntityId": "p5@example.com",
    }
    found = client.get(f"{BASE}/access/entities", params=events).json()
    assert [child["entityId"] for child in found["children"]] == ["e5"]
    for params, status in (({**query, "entityId": "x"}, 404), ({}, 400)):
        assert client.get(f"{BASE}/access/entities", params=params).status_code == status


@pytest.mark.parametrize(
    "body",
    [{"schema": {"name": "_xdm.context.profile"}, "segments": [{"segmentId": "*"}]}, [{"segmentId": "*"}]],
)
def test_all_segments(client: TestClient, body: Any) -> None:
    ids = {define(client, f"s{number}") for number in range(3)}
    job = finished(client, client.post(JOBS, json=body).json()["id"])
    assert {*job["metrics"]["segmentedProfileCounter"]} == ids


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"segmentIds": ["a"]}, "segmentIds"),
        ({}, "segments"),
        ([], "no segment"),
        (["a"], "no object"),
        ([{}], "segmentId"),
        ([{"segmentId": 1}], "no id"),
        ([{"id": "a"}], "segmentId"),
        ([{"segmentId": "a", "x": 1}], "`x`"),
        ([{"segmentId": "a"}, {"segmentId": "*"}], "alone"),
        ([{"segmentId": "unknown"}], "unknown"),
        ({"segments": [{"segmentId": "*"}], "schema": {"name": "other"}}, "schema"),
        ("a", "array"),
    ],
)
def test_wrong_bodies_say_what_is_right(client: TestClient, body: Any, words: str) -> None:
    found = client.post(JOBS, json=body)
    assert found.status_code == 400
    assert words in found.json()["title"]
    if body != [{"segmentId": "unknown"}] and not isinstance(body, dict):
        assert "segmentId" in found.text
    if isinstance(body, dict) and "schema" not in body:
        assert '[{"segmentId": "…"}, …]' in found.json()["diagnostics"][0]["help"]


def test_lists_are_paged_as_clients_page_them(client: TestClient) -> None:
    id = define(client)
    made = [client.post(JOBS, json=[{"segmentId": id}]).json()["id"] for _ in range(5)]
    for job in made:
        finished(client, job)
    seen: list[str] = []
    start: str | None = "0"
    while start is not None:
        page = client.get(JOBS, params={"start": start, "limit": "2", "status": "", "sort": "creationTime:asc"}).json()
        assert page["_page"]["totalCount"] == 5
        seen += [job["id"] for job in page["children"]]
        start = page["_page"].get("next")
    assert seen == made
    assert page["_links"]["next"] == {}
    assert client.get(JOBS, params={"status": "FAILED"}).json()["children"] == []
    filtered = client.get(JOBS, params={"property": f"segments~segmentId=={id}", "status": "SUCCEEDED"}).json()
    assert filtered["_page"]["totalCount"] == 5
    for wrong in ({"status": "DONE"}, {"property": "x"}, {"sort": "x"}, {"limit": 101}):
        assert client.get(JOBS, params=wrong).status_code == 400
    several = client.post(f"{JOBS}/bulk-get", json={"ids": [{"id": made[0]}, {"id": "none"}]})
    assert several.status_code == 207
    assert several.json()["results"][made[0]]["status"] == "SUCCEEDED"
    assert "404" in several.json()["results"]["none"]["errors"]


@pytest.mark.parametrize(
    ("query", "is_little"), [("limit=5", True), ("limit=5&property=source==api", False), ("", False)]
)
def test_other_clients_do_not_wait_until_all_jobs_are_read(
    app: FastAPI, client: TestClient, monkeypatch: pytest.MonkeyPatch, query: str, is_little: bool
) -> None:
    jobs, seen = app.state.service.jobs, []
    written = jobs.written

    def noting(*given: Any) -> Any:
        seen.append(asyncio._get_running_loop() is not None)
        return written(*given)

    monkeypatch.setattr(jobs, "written", noting)
    assert client.get(f"{JOBS}?{query}").status_code == 200
    assert seen == [is_little]


def test_cancelling(client: TestClient) -> None:
    job = finished(client, client.post(JOBS, json=[{"segmentId": define(client)}]).json()["id"])
    gone = client.delete(f"{JOBS}/{job['id']}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert client.get(f"{JOBS}/{job['id']}").json()["status"] == "SUCCEEDED"
    assert client.delete(f"{JOBS}/none").status_code == 404


def test_older_documents(tmp_path: Any) -> None:
    with Service(
        str(tmp_path), options=Options(doc_era=frozenset(("job-delete-message", "processing-on-create")))
    ) as s:
        client = TestClient(build(s), headers=headers())
        job = client.post(JOBS, json=[{"segmentId": define(client)}]).json()
        assert job["status"] == "PROCESSING"
        gone = client.delete(f"{JOBS}/{job['id']}")
        message = f"Segment job with id '{job['id']}' has been marked for cancelling"
        assert gone.json() == {"status": True, "message": message}


def test_sandboxes_do_not_see_each_other(client: TestClient) -> None:
    job = client.post(JOBS, json=[{"segmentId": define(client)}]).json()["id"]
    other = headers(sandbox="other")
    assert client.get(f"{JOBS}/{job}", headers=other).status_code == 404
    assert client.delete(f"{JOBS}/{job}", headers=other).status_code == 404
    assert client.get(JOBS, headers=other).json()["children"] == []
    finished(client, job)

"""How do tests use the API of jobs?  Data loaded, definitions made, jobs waited for, as clients do it."""

from __future__ import annotations

import json
from typing import Any

from starlette.testclient import TestClient

from service_clients import BASE, DEFINITIONS, definition
from service_data import profile, wait

JOBS = f"{BASE}/segment/jobs"
FOUNDATION = "/data/foundation"


def define(client: TestClient, name: str = "women", **members: Any) -> str:
    made = client.post(DEFINITIONS, json=definition(name, **members))
    assert made.status_code == 200, made.text
    id: str = made.json()["id"]
    return id


def finished(client: TestClient, id: str) -> dict[str, Any]:
    return wait(lambda: client.get(f"{JOBS}/{id}").json())


def load(client: TestClient, count: int, schema: str = "profile__union", **change: Any) -> dict[str, Any]:
    """Load profiles as clients do."""
    made = client.post(
        f"{FOUNDATION}/catalog/dataSets",
        json={"name": f"people {schema}", "schemaRef": {"id": f"https://ns.adobe.com/xdm/context/{schema}"}},
    )
    assert made.status_code == 201, made.text
    dataset = made.json()[0].rpartition("/")[2]
    opened = client.post(f"{FOUNDATION}/import/batches", json={"datasetId": dataset, "inputFormat": {"format": "json"}})
    assert opened.status_code == 201, opened.text
    id = opened.json()["id"]
    lines = "".join(json.dumps({**profile(number), **change}) + "\n" for number in range(count))
    put = client.put(
        f"{FOUNDATION}/import/batches/{id}/datasets/{dataset}/files/people.ndjson",
        content=lines.encode(),
        headers={"content-type": "application/octet-stream"},
    )
    assert put.status_code == 200, put.text
    done = client.post(f"{FOUNDATION}/import/batches/{id}?action=COMPLETE")
    assert done.status_code == 200, done.text
    found: dict[str, Any] = done.json()
    return found

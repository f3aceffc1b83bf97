"""What do clients see of datasets, exports and the files in them?"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from job_clients import FOUNDATION, JOBS, define, finished, load
from service_clients import BASE, headers
from service_data import wait

EXPORTS = f"{BASE}/export/jobs"
UNION = {"id": "https://ns.adobe.com/xdm/context/profile__union", "contentType": "application/vnd.adobe.xed+json"}


def dataset(client: TestClient) -> str:
    made = client.post(f"{FOUNDATION}/catalog/dataSets", json={"name": "out", "schemaRef": UNION})
    assert made.status_code == 201
    id: str = made.json()[0].removeprefix("@/dataSets/")
    return id


def body(client: TestClient, **members: Any) -> dict[str, Any]:
    return {"destination": {"datasetId": dataset(client)}, "schema": {"name": "_xdm.context.profile"}, **members}


def exported(client: TestClient, id: int) -> dict[str, Any]:
    return wait(lambda: client.get(f"{EXPORTS}/{id}").json())


def rows(client: TestClient, batch: str) -> list[dict[str, Any]]:
    """What is in the files, found as clients find them."""
    found: list[dict[str, Any]] = []
    for file in client.get(f"{FOUNDATION}/export/batches/{batch}/files").json()["data"]:
        for part in client.get(file["_links"]["self"]["href"]).json()["data"]:
            loaded = client.get(part["_links"]["self"]["href"])
            assert len(loaded.content) == int(part["length"])
            found += pq.read_table(BytesIO(loaded.content)).to_pylist()
    return found


def test_export_to_rows(client: TestClient) -> None:
    load(client, 20)
    id = define(client)
    finished(client, client.post(JOBS, json=[{"segmentId": id}]).json()["id"])
    filter = {"segments": [{"segmentId": id, "segmentNs": "ups", "status": ["realized"]}]}
    asked = body(
        client, fields="person.gender", filter=filter, mergePolicy={"id": "timestampOrdered-none-mp", "version": 1}
    )
    made = client.post(EXPORTS, json=asked)
    assert made.status_code == 200, made.text
    job = made.json()
    assert (job["id"], job["status"], job["computeGatewayJobId"]) == (1, "NEW", {})
    assert made.headers["x-location"].endswith("/export/jobs/1")
    assert job["destination"]["batchId"]
    done = exported(client, 1)
    assert done["status"] == "SUCCEEDED", done["errors"]
    batch = done["destination"]["batchId"]
    assert rows(client, batch) == [{"person": {"gender": "female"}}] * 10
    (known,) = client.get(f"{FOUNDATION}/catalog/batches/{batch}").json().values()
    assert known["metrics"]["outputRecordCount"] == 10
    assert (
        batch
        in client.get(f"{FOUNDATION}/catalog/batches", params={"dataSet": done["destination"]["datasetId"]}).json()
    )
    for address in (
        f"export/batches/{batch}/files",
        f"export/files/{batch}-1",
        f"export/files/{batch}-1?path=part-00000.parquet",
    ):
        assert client.get(f"{FOUNDATION}/{address}", headers=headers(sandbox="other")).status_code == 404
    for wrong in (f"{batch}-2", f"{batch}-0", "x", "-1", f"{batch}-1?path=../../metadata.sqlite", f"{batch}-²"):
        assert client.get(f"{FOUNDATION}/export/files/{wrong}").status_code == 404, wrong


def test_list_goes_on_behind_tokens(client: TestClient) -> None:
    asked = body(client)
    for _ in range(5):
        exported(client, client.post(EXPORTS, json=asked).json()["id"])
    seen: list[int] = []
    query: str | None = "?limit=2&offset=&status="
    while query:
        page = client.get(f"{EXPORTS}{query}").json()
        seen += [job["id"] for job in page["records"]]
        query = page["link"].get("next", "").removeprefix("/export/jobs/")
    assert seen == [5, 4, 3, 2, 1]
    assert [job["id"] for job in client.get(f"{EXPORTS}/?offset=2&limit=1").json()["records"]] == [3]
    assert client.get(f"{EXPORTS}?status=NEW").json()["records"] == []
    for wrong in ("offset=x", "offset=1_", "status=DONE", "limit=0"):
        assert client.get(f"{EXPORTS}?{wrong}").status_code == 400


def test_cancelling(client: TestClient) -> None:
    exported(client, client.post(EXPORTS, json=body(client)).json()["id"])
    gone = client.delete(f"{EXPORTS}/1")
    assert gone.json() == {"status": True, "message": "Export job has been marked for cancelling"}
    assert client.get(f"{EXPORTS}/1").json()["status"] == "SUCCEEDED"
    assert client.delete(f"{EXPORTS}/2").status_code == 404
    assert client.get(f"{EXPORTS}/x").status_code == 400


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"destination": {}}, "datasetId"),
        ({"schema": {"name": "other"}}, "schema.name"),
        ({"filter": {"segments": [{"segmentId": "a", "status": ["in"]}]}}, "status"),
        ({"filter": {"fromTimestamp": "2024-01-01T00:00:00Z"}}, "fromIngestTimestamp"),
        ({"fields": ["person"]}, "fields"),
    ],
)
def test_wrong_bodies(client: TestClient, change: dict[str, Any], words: str) -> None:
    found = client.post(EXPORTS, json={**body(client), **change})
    assert found.status_code == 400
    assert words in found.text


def test_loading_events_and_bad_records(client: TestClient) -> None:
    event = {"_id": "e", "timestamp": "2024-01-01T00:00:00Z"}
    assert load(client, 1, "experienceevent", **event)["metrics"]["events"] == 1
    made = client.post(f"{FOUNDATION}/import/batches", json={"datasetId": dataset(client)}).json()
    address = f"{FOUNDATION}/import/batches/{made['id']}"
    files = f"{address}/datasets/{made['datasetId']}/files"
    octets = {"content-type": "application/octet-stream"}
    assert client.put(f"{files}/a.json", content=b'{"_id": "x"}\n{"no": 1}\n', headers=octets).status_code == 200
    for name in ("..", ".hidden", "a%2Fb", "a b"):
        assert client.put(f"{files}/{name}", content=b"{}", headers=octets).status_code in (400, 404, 405)
    assert client.put(f"{files}/b.json", content=b"{}").status_code == 400
    assert client.put(f"{address}/datasets/other/files/b", content=b"{}", headers=octets).status_code == 400
    done = client.post(f"{address}?action=COMPLETE").json()
    assert (done["status"], done["metrics"]["profiles"], done["metrics"]["bad"]) == ("success", 1, 1)
    again = client.post(f"{address}?action=COMPLETE")
    assert again.status_code == 409
    (shown,) = client.get(f"{FOUNDATION}/catalog/batches/{made['id']}").json().values()
    assert shown["errors"][0]["line"] == 2
    assert "/" not in shown["errors"][0]["file"]
    broken = client.post(f"{FOUNDATION}/import/batches", json={"datasetId": made["datasetId"]}).json()
    address = f"{FOUNDATION}/import/batches/{broken['id']}"
    files = f"{address}/datasets/{made['datasetId']}/files"
    client.put(f"{files}/a.parquet", content=b"PAR1nonsense", headers=octets)
    failed = client.post(f"{address}?action=COMPLETE")
    assert failed.status_code == 400
    assert "Parquet" in failed.text
    assert "imports" not in failed.text
    assert client.get(address).json()["status"] == "failed"

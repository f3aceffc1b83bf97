"""Does the public client aepp get what it wants?  Its segmentation module against the real server.

aepp is no dependency of the development group, because it brings a hundred others; `pip install aepp` to run this.
"""

from __future__ import annotations

import json
import time
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pqltools.segmentation.profiles.store import FOLDER, ProfileStore
from service_clients import running
from service_data import SCOPE, profile, wait

aepp: Any = pytest.importorskip("aepp", exc_type=ImportError)


def test_segmentation_from_definitions_to_rows(tmp_path: Path) -> None:
    path = tmp_path / "profiles.ndjson"
    path.write_text("".join(json.dumps(profile(number)) + "\n" for number in range(200)), encoding="utf-8")
    with ProfileStore(str(tmp_path / "data" / FOLDER)) as store:
        store.load(SCOPE, "people", [str(path)])
    with running(tmp_path / "data") as server:
        use(server.url)


def use(url: str) -> None:
    catalog, dataaccess, segmentation = map(import_module, ("aepp.catalog", "aepp.dataaccess", "aepp.segmentation"))
    common = configured(url)
    client = segmentation.Segmentation(**common)
    made = [client.createSegment(body(number))["id"] for number in range(120)]
    assert {each["id"] for each in client.getSegments()} == {*made}
    text = {"type": "PQL", "format": "pql/text", "value": 'workAddress.country = "US"'}
    there = client.convertSegmentDef(name="n", expression=text, description="d")["expression"]
    assert there["format"] == "pql/json"
    assert client.convertSegmentDef(name="n", expression=there, description="d")["expression"] == text
    job = client.createJob(made[:30])
    assert job["status"] == "NEW"
    done = wait(lambda: client.getJob(job["id"]))
    assert done["status"] == "SUCCEEDED"
    assert {*done["metrics"]["segmentedProfileCounter"]} == {*made[:30]}
    assert [each["id"] for each in client.getJobs()] == [job["id"]]
    datasets = catalog.Catalog(**common)
    answer = datasets.connector.postData(f"{datasets.endpoint}/dataSets", data={"name": "out"})
    export = client.createExport(
        {
            "fields": "person.gender",
            "filter": {"segments": [{"segmentId": made[0], "segmentNs": "ups", "status": ["realized"]}]},
            "destination": {"datasetId": answer[0].rpartition("/")[2], "segmentPerBatch": False},
            "schema": {"name": "_xdm.context.profile"},
        }
    )
    exported = wait(lambda: client.getExport(export["id"]))
    assert exported["status"] == "SUCCEEDED"
    assert len(client.getExportJobs()) == 1
    access = dataaccess.DataAccess(**common)
    (file,) = access.getBatchFiles(exported["destination"]["batchId"])
    (part,) = access.getFiles(file["dataSetFileId"])["data"]
    content = access.getFiles(file["dataSetFileId"], path=part["name"])
    rows = pq.read_table(BytesIO(content.getvalue())).to_pylist()
    assert rows == [{"person": {"gender": "female"}}] * done["metrics"]["segmentedProfileCounter"][made[0]]


def configured(url: str) -> dict[str, Any]:
    config = aepp.config
    config.endpoints["global"] = url
    config.config_object.update(
        org_id=SCOPE.org,
        client_id="key",
        token="x",
        date_limit=time.time() + 10_000,
        sandbox="prod",
        environment="prod",
        connectionType="oauthV2",
    )
    config.header.update(
        {
            "Authorization": "Bearer x",
            "x-api-key": "key",
            "x-gw-ims-org-id": SCOPE.org,
            "x-sandbox-name": "prod",
        }
    )
    return {"config": config.config_object, "header": config.header}


def body(number: int) -> dict[str, Any]:
    value = f'person.gender = "female" and person.birthYear > {1940 + number % 60}'
    return {
        "name": f"segment {number}",
        "description": "d",
        "expression": {"type": "PQL", "format": "pql/text", "value": value},
        "schema": {"name": "_xdm.context.profile"},
        "ttlInDays": 30,
    }

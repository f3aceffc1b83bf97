"""Does the public client aepp get what it wants?  Its whole segmentation module, and others, against the real server.

aepp is no dependency of the development group, because it brings thirty others, some of them compiled: ``pip install
--group clients``, then ``pytest -m clients``. `PQL_CLIENTS=required` in the environment makes a missing aepp a failure.
"""

from __future__ import annotations

import ast
import inspect
import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx2
import pyarrow.parquet as pq
import pytest

from pages import ROOT, blocks
from pqltools.segmentation.profiles.store import FOLDER, ProfileStore
from pqltools.segmentation.scope import Scope
from service_clients import running
from service_data import SCOPE, profile, wait

pytestmark = pytest.mark.clients
COUNT = 200
WOMEN = 'person.gender = "female"'
#: What of the segmentation module is not called here, and why.
NOT_CALLED = dict.fromkeys(
    "createExtenalAudience getExternalAudienceJob getExternalAudienceStatus runExternalAudienceJob".split(),
    "goes to https://platform.adobe.io whatever is configured",
)
#: A module of aepp, by its name and that of its class, in a sandbox.
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def aepp() -> Any:
    complain = pytest.fail if os.environ.get("PQL_CLIENTS") == "required" else pytest.skip
    try:
        return import_module("aepp")
    except ModuleNotFoundError:
        complain("aepp is not installed: pip install --group clients")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server, with profiles in the sandboxes `prod` and `export`."""
    folder = tmp_path_factory.mktemp("aepp")
    path = folder / "profiles.ndjson"
    path.write_text("".join(json.dumps(profile(number)) + "\n" for number in range(COUNT)), encoding="utf-8")
    (folder / "data").mkdir()
    with ProfileStore(str(folder / "data" / FOLDER)) as store:
        for sandbox in ("prod", "export"):
            store.load(Scope(SCOPE.org, sandbox), "people", [str(path)])
    with running(folder / "data") as server:
        yield server.url


@pytest.fixture(scope="module")
def opened(aepp: Any, url: str) -> Open:
    config = aepp.config
    config.endpoints["global"] = url

    def open_module(module: str, name: str, sandbox: str | None = None) -> Any:
        sandbox = sandbox or f"aepp-{uuid.uuid4()}"
        settings = {
            **config.config_object,
            "org_id": SCOPE.org,
            "client_id": "key",
            "token": "x",
            "date_limit": time.time() + 100_000,
            "sandbox": sandbox,
            "environment": "prod",
            "connectionType": "oauthV2",
        }
        header = {**config.header, "x-api-key": "key", "x-gw-ims-org-id": SCOPE.org, "x-sandbox-name": sandbox}
        return getattr(import_module(f"aepp.{module}"), name)(config=settings, header=header)

    return open_module


@pytest.fixture
def segmentation(opened: Open) -> Any:
    """The segmentation module, in a sandbox of its own."""
    return opened("segmentation", "Segmentation")


def segment(name: str, value: str = WOMEN, **members: Any) -> dict[str, Any]:
    """A definition as aepp wants it."""
    return {
        "name": name,
        "description": "d",
        "expression": {"type": "PQL", "format": "pql/text", "value": value},
        "schema": {"name": "_xdm.context.profile"},
        "ttlInDays": 30,
        **members,
    }


def women(number: int) -> dict[str, Any]:
    return segment(f"segment {number}", f"{WOMEN} and person.birthYear > {1940 + number % 60}")


def title(answer: Any) -> str:
    """What a refusal says. aepp hands it over as it is."""
    assert answer["status"] >= 400, answer
    text: str = answer["title"]
    return text


def test_every_method_is_called_or_named_with_a_reason(aepp: Any) -> None:
    module = import_module("aepp.segmentation").Segmentation
    methods = {name for name, _ in inspect.getmembers(module, inspect.isfunction) if not name.startswith("_")}
    assert len(methods) > 30
    calls = {
        node.func.attr
        for node in ast.walk(ast.parse(Path(__file__).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "segmentation"
    }
    assert methods - calls == {*NOT_CALLED}


def test_definitions_over_several_pages(segmentation: Any) -> None:
    made = [segmentation.createSegment(women(number))["id"] for number in range(210)]
    found = segmentation.getSegments()
    assert len(found) == 210
    assert {each["id"] for each in found} == {*made}
    streaming = {"batch": {"enabled": False}, "continuous": {"enabled": True}, "synchronous": {"enabled": False}}
    live = segmentation.createSegment(segment("live", evaluationInfo=streaming))
    assert len(segmentation.getSegments()) == 211
    # aepp asks for the first page without any filter, and takes it as it is.
    assert live["id"] in {each["id"] for each in segmentation.getSegments(onlyRealTime=True)}


def test_filter_of_streaming_definitions_as_aepp_writes_it(segmentation: Any) -> None:
    streaming = {"batch": {"enabled": False}, "continuous": {"enabled": True}, "synchronous": {"enabled": False}}
    live = segmentation.createSegment(segment("live", evaluationInfo=streaming))
    segmentation.createSegment(segment("nightly"))
    endpoint = f"{segmentation.endpoint}/segment/definitions"
    found = segmentation.getResource(endpoint, params={"limit": 100, "evaluationInfo.continuous.enabled": True})
    assert [each["id"] for each in found["segments"]] == [live["id"]]


def test_one_definition_from_its_making_to_its_end(segmentation: Any) -> None:
    made = segmentation.createSegment(segment("Women"))
    id = made["id"]
    assert made["ttlInDays"] == 30
    assert segmentation.getSegment(id) == made
    changed = segmentation.updateSegment(id, {**segment("Ladies"), "id": id})
    assert (changed["id"], changed["name"], changed["creationTime"]) == (id, "Ladies", made["creationTime"])
    other = segmentation.createSegment(segment("Others", "not (" + WOMEN + ")"))["id"]
    # aepp sends what it is given; the platform wants an object.
    found = segmentation.getMultipleSegments({"ids": [{"id": id}, {"id": other}]})
    assert {each["name"] for each in found.values()} == {"Ladies", "Others"}
    assert segmentation.getMultipleSegments([id, other]) is None
    assert segmentation.deleteSegment(other) == 200
    assert "is not found" in title(segmentation.getSegment(other))
    assert "is not found" in title(segmentation.deleteSegment(other))
    assert [each["id"] for each in segmentation.getSegments()] == [id]


def test_what_is_wrong_is_told(segmentation: Any) -> None:
    assert "`==` is not an operator" in title(segmentation.createSegment(segment("n", "a == 1")))
    segmentation.createSegment(segment("twice"))
    assert segmentation.createSegment(segment("twice"))["status"] == 422
    assert "there is no segment definition nobody" in title(segmentation.createJob(["nobody"]))


def test_conversion_both_ways(segmentation: Any) -> None:
    text = {"type": "PQL", "format": "pql/text", "value": 'workAddress.country = "US"'}
    there = segmentation.convertSegmentDef(name="n", expression=text, description="d")["expression"]
    assert there["format"] == "pql/json"
    assert json.loads(there["value"])["fnName"] == "="
    back = segmentation.convertSegmentDef(name="n", expression=there)
    assert back["expression"] == text


def test_jobs(opened: Open) -> None:
    segmentation = opened("segmentation", "Segmentation", "prod")
    ids = [segmentation.createSegment(women(number))["id"] for number in range(30)]
    job = segmentation.createJob(ids)
    assert job["status"] == "NEW"
    done = wait(lambda: segmentation.getJob(job["id"]))
    assert done["status"] == "SUCCEEDED"
    counts = done["metrics"]["segmentedProfileCounter"]
    assert {*counts} == {*ids}
    assert counts[ids[0]] == COUNT // 2 - sum(
        profile(number)["person"]["birthYear"] <= 1940 for number in range(1, COUNT, 2)
    )
    assert [each["id"] for each in segmentation.getJobs()] == [job["id"]]
    assert segmentation.getJobs(status="FAILED") == []
    second = segmentation.createJob(ids[:1])
    assert segmentation.deleteJob(second["id"]) == 204
    ended = wait(lambda: segmentation.getJob(second["id"]))
    assert ended["status"] in ("CANCELLED", "SUCCEEDED")
    assert len(segmentation.getJobs(limit=100)) == 2
    assert "is not found" in title(segmentation.deleteJob("nobody"))
    profiles = opened("customerprofile", "Profile", "prod")
    assert [*profiles.getEntity(entityId="p1@example.com", entityIdNS="email")] == ["email:p1@example.com"]
    (shown,) = profiles.getEntity(entityId="p1@example.com", entityIdNS="email").values()
    assert shown["entity"]["segmentMembership"]["ups"][ids[0]]["status"] == "realized"


def test_export_to_rows_that_are_read_back(opened: Open) -> None:
    segmentation = opened("segmentation", "Segmentation", "export")
    catalog = opened("catalog", "Catalog", "export")
    access = opened("dataaccess", "DataAccess", "export")
    made = segmentation.createSegment(segment("Women"))["id"]
    job = segmentation.createJob([made])["id"]
    assert wait(lambda: segmentation.getJob(job))["status"] == "SUCCEEDED"
    dataset = catalog.createUnionProfileDataset()[0].rpartition("/")[2]
    body = {
        "fields": "identityMap,person.gender",
        "filter": {"segments": [{"segmentId": made, "segmentNs": "ups", "status": ["realized"]}]},
        "destination": {"datasetId": dataset, "segmentPerBatch": False},
        "schema": {"name": "_xdm.context.profile"},
    }
    exports = [segmentation.createExport(body)["id"] for _ in range(5)]
    done = [wait(lambda id=id: segmentation.getExport(id)) for id in exports]
    assert {each["status"] for each in done} == {"SUCCEEDED"}
    batch = done[-1]["destination"]["batchId"]
    (file,) = access.getBatchFiles(batch)
    (part,) = access.getFiles(file["dataSetFileId"])["data"]
    rows = pq.read_table(access.getFiles(file["dataSetFileId"], path=part["name"])).to_pylist()
    assert len(rows) == done[-1]["metrics"]["totalExportedProfileCounter"] == COUNT // 2
    assert {row["person"]["gender"] for row in rows} == {"female"}
    assert {*catalog.getBatches(dataSet=dataset)} == {each["destination"]["batchId"] for each in done}
    assert catalog.getBatch(batch)[batch]["metrics"]["outputRecordCount"] == COUNT // 2
    # Newest first, over three pages.
    assert [each["id"] for each in segmentation.getExportJobs(limit=2)] == exports[::-1]
    assert len(segmentation.getExportJobs()) == 5
    assert segmentation.getExportJobs(status="FAILED") == []
    assert segmentation.deleteExport(exports[0]) == 200
    assert segmentation.getExport(exports[0])["status"] == "SUCCEEDED"  # it had ended
    assert "is not found" in title(segmentation.getExport(10**6))


def test_schedules(segmentation: Any) -> None:
    template = {**segmentation.SCHEDULE_TEMPLATE, "type": "batch_segmentation"}
    made = segmentation.createSchedule(template)
    assert (made["state"], made["frequency"]) == ("inactive", "daily")
    assert [each["id"] for each in segmentation.getSchedules()] == [made["id"]]
    assert segmentation.updateSchedule(made["id"], [{"op": "add", "path": "/state", "value": "active"}]) is not None
    segmentation.updateScheduledBatchSegmentationJob("0 30 2 * * ?")
    found = segmentation.getSchedule(made["id"])
    assert (found["state"], found["schedule"]) == ("active", "0 30 2 * * ?")
    assert "once a day" in json.dumps(segmentation.updateScheduledBatchSegmentationJob("0 * * * * ?"))
    assert segmentation.deleteSchedule(made["id"]) == 204
    assert segmentation.getSchedules() == []
    assert "is not found" in title(segmentation.getSchedule(made["id"]))


def test_previews_and_estimates(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    segmentation = opened("segmentation", "Segmentation", "prod")
    begun = segmentation.createPreview(WOMEN)
    id = begun["previewId"]
    estimate = ready(lambda: segmentation.getEstimate(id))
    assert estimate["state"] == "RESULT_READY"
    assert estimate["estimatedSize"] == COUNT // 2
    assert len(segmentation.getPreview(id)["results"]) == COUNT // 2
    assert segmentation.deletePreview(id) == 200
    assert "is not found" in title(segmentation.getEstimate(id))
    assert "ends too early" in title(segmentation.createPreview("person.gender ="))

    # Its loop never ends, as no state is both ready and failed: let it ask three times.
    asked: list[float] = []

    def sleep(seconds: float) -> None:
        asked.append(seconds)
        if len(asked) == 3:
            raise TimeoutError

    monkeypatch.setattr(import_module("aepp.segmentation").time, "sleep", sleep)
    with pytest.raises(TimeoutError):
        segmentation.estimateExpression(WOMEN)
    assert asked == [60, 60, 60]


def ready(get: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    for _ in range(3000):
        found = get()
        if found["state"] != "RUNNING":
            return found
        time.sleep(0.02)
    raise AssertionError(found)


def test_audiences(segmentation: Any) -> None:
    template = segmentation.PLATFORM_AUDIENCE_DICT
    made = [segmentation.createAudience({**template, "name": f"People {number}"}) for number in range(7)]
    first = made[0]["id"]
    assert {each["id"] for each in segmentation.getAudiences(limit=3)} == {each["id"] for each in made}
    assert [each["id"] for each in segmentation.getAudiences(name="people 0")] == [first]
    ids = [made[1]["audienceId"]]
    assert [each["audienceId"] for each in segmentation.getAudiences(prop=f"audienceId=={ids[0]}")] == ids
    names = [each["name"] for each in segmentation.getAudiences(sort="name:asc", description="30 DAYS")]
    assert names == sorted(each["name"] for each in made)
    assert segmentation.getAudience(first)["labels"] == ["core/C1"]
    refers = segment("refers", f'inSegment("{first}")')
    both = segmentation.createAudience(refers)
    assert segmentation.extractAudiences(both["id"]) == [first]
    assert "cannot be deleted" in title(segmentation.deleteAudience(first))
    replaced = segmentation.putAudience(both["id"], {**template, "name": "Replaced"})
    assert (replaced["name"], replaced["dependencies"]) == ("Replaced", [])
    tree = {"nodeType": "fieldLookup", "fieldName": "city", "object": {"nodeType": "parameterReference", "position": 1}}
    value = {"nodeType": "fnApply", "fnName": "isNotNull", "params": [tree]}
    expression = {"type": "PQL", "format": "pql/json", "value": json.dumps(value)}
    changed = segmentation.patchAudience(both["id"], [{"op": "add", "path": "/expression", "value": expression}])
    assert changed["expression"]["format"] == "pql/json"
    assert segmentation.extractPaths(both["id"]) == ["city"]
    assert segmentation.deleteAudience(first) == 204
    assert "is not found" in title(segmentation.getAudience(first))


def test_audience_of_a_file_is_refused_with_a_reason(segmentation: Any) -> None:
    """Its template is for another address, which takes files of audiences that were made elsewhere."""
    assert "sourceSpec" in json.dumps(segmentation.createAudience(segmentation.EXTERNAL_AUDIENCE_DICT))


def test_segment_search(segmentation: Any) -> None:
    for name in ("Heavy equipment", "Light equipment"):
        segmentation.createAudience({"name": name, "type": "ExternalSegment", "namespace": "AAMSegments"})
    (found,) = segmentation.searchNamespaces("name:heavy")["namespaces"]
    assert (found["namespace"], found["count"]) == ("AAMSegments", 1)
    assert [each["name"] for each in segmentation.searchEntities("light", namespace="AAMSegments")] == [
        "Light equipment"
    ]
    # aepp goes on while the page is the number of pages.
    assert segmentation.searchEntities("nothing", namespace="AAMSegments") == []


def test_profiles_that_are_loaded_and_looked_at(opened: Open) -> None:
    sandbox = "loaded-by-aepp"
    catalog, ingestion = opened("catalog", "Catalog", sandbox), opened("ingestion", "DataIngestion", sandbox)
    people = catalog.createDataSet(name="CRM", schemaId="https://ns.adobe.com/acme/schemas/people", profileEnabled=True)
    web = catalog.createDataSet(name="Web", schemaId="https://ns.adobe.com/xdm/context/experienceevent")
    datasets = [each.rpartition("/")[2] for each in (people[0], web[0])]
    records = [profile(number) for number in (1, 2)]
    events = [
        {
            "_id": f"e{number}",
            "eventType": "web.visits" if number % 2 else "commerce.purchases",
            "timestamp": f"2024-01-{number + 1:02}T10:00:00Z",
            "identityMap": records[0]["identityMap"],
        }
        for number in range(12)
    ]
    for dataset, data in zip(datasets, (records, events), strict=True):
        batch = ingestion.createBatch(dataset, "json", multiline=True)["id"]
        ingestion.uploadSmallFile(batch, dataset, "records.json", data)
        assert ingestion.uploadSmallFileFinish(batch)["status"] == "success"
        assert catalog.getBatch(batch)[batch]["status"] == "success"
    assert {*catalog.getDataSets()} == {*datasets}
    assert catalog.data.ids == dict(zip(("CRM", "Web"), datasets, strict=True))
    assert catalog.getDataSet(datasets[0])[datasets[0]]["name"] == "CRM"
    assert [*catalog.data.infos["dataBehavior"]] == ["record", "time-series"]

    profiles = opened("customerprofile", "Profile", sandbox)
    who = {"entityId": "p1@example.com", "entityIdNS": "email"}
    (shown,) = profiles.getEntity(**who, fields="person.gender").values()
    assert shown["entity"] == {"person": {"gender": "female"}}
    happened = profiles.getEntityEvents(**who)
    assert [each["entityId"] for each in happened] == [f"e{number}" for number in range(12)]
    # Page by page, each once.
    happened = profiles.getEntityEvents(**who, limit=5)
    assert [each["entityId"] for each in happened] == [f"e{number}" for number in range(12)]
    day = 86_400_000
    first = 1_704_103_200_000  # 2024-01-01T10:00:00Z
    some = profiles.getEntityEvents(**who, startTime=first + day, endTime=first + 3 * day)
    assert [each["entityId"] for each in some] == ["e1", "e2"]


def test_merge_policies(opened: Open) -> None:
    profiles = opened("customerprofile", "Profile")
    assert [each["default"] for each in profiles.getMergePolicies()] == [True]
    policy = {
        "name": "by time",
        "schema": {"name": "_xdm.context.profile"},
        "identityGraph": {"type": "none"},
        "attributeMerge": {"type": "timestampOrdered"},
        "default": False,
    }
    made = profiles.createMergePolicy(policy)
    assert {each["id"] for each in profiles.getMergePolicies(limit=1)} >= {made["id"]}
    assert profiles.getMergePolicy(made["id"])["name"] == "by time"
    changed = profiles.patchMergePolicy(made["id"], [{"op": "add", "path": "/name", "value": "latest"}])
    assert (changed["name"], changed["version"]) == ("latest", made["version"] + 1)
    assert profiles.updateMergePolicy(made["id"], {**policy, "name": "newest"})["name"] == "newest"
    assert profiles.deleteMergePolicy(made["id"]) == 200
    assert "is not found" in title(profiles.getMergePolicy(made["id"]))


def test_exports_by_the_module_of_profiles(opened: Open) -> None:
    catalog, profiles = opened("catalog", "Catalog", "export"), opened("customerprofile", "Profile", "export")
    dataset = catalog.createUnionProfileDataset()[0].rpartition("/")[2]
    made = profiles.createExportJob(
        {"destination": {"datasetId": dataset, "segmentPerBatch": False}, "schema": {"name": "_xdm.context.profile"}}
    )
    done = wait(lambda: profiles.getExportJob(made["id"]))
    assert done["metrics"]["totalExportedProfileCounter"] == COUNT
    assert made["id"] in {each["id"] for each in profiles.getExportJobs()["records"]}
    assert profiles.deleteExportJob(made["id"]) == 200


def test_blank_parameters_as_postman_sends_them(url: str, segmentation: Any) -> None:
    for number in range(3):
        segmentation.createSegment(women(number))
    query = "start=&limit=&page=&sort=&evaluationInfo.batch.enabled="
    found = httpx2.get(f"{url}/data/core/ups/segment/definitions?{query}", headers=segmentation.header).json()
    assert found["page"]["totalCount"] == 3
    for path in ("segment/jobs?snapshot.name=&start=&limit=&status=&sort=", "export/jobs?limit=&offset=&status="):
        assert httpx2.get(f"{url}/data/core/ups/{path}", headers=segmentation.header).status_code == 200


def test_page_says_how_to_configure_it(opened: Open, url: str) -> None:
    made = opened("segmentation", "Segmentation", "prod").createSegment(segment("On the page"))["name"]
    block = blocks(ROOT / "pqltools" / "segmentation" / "README.md", "python")[-1]
    found: dict[str, Any] = {}
    exec(block.replace("http://127.0.0.1:8470", url), found)
    assert made in found["names"]

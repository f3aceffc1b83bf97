"""Does every answer conform to what ``/openapi.json`` says, whatever is sent?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from starlette.testclient import TestClient

from job_clients import FOUNDATION, JOBS
from pqltools.api.app import build
from pqltools.api.options import ApiOptions
from pqltools.segmentation.service import Service
from service_clients import AUDIENCES, BASE, DEFINITIONS, POLICIES, definition, headers

SANDBOX = headers(token="secret")
#: A definition may be well-formed, and its expression wrong; what has been deleted may be asked for again; headers that
#: are given to every request are never left out.
NOT_WANTED = ["positive_data_acceptance", "ensure_resource_availability", "use_after_free", "ignored_auth"]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """One that wants a token, so that a request without it must fail."""
    with Service(str(tmp_path_factory.mktemp("data"))) as service:
        yield build(service, ApiOptions(token="secret"))


@pytest.fixture(scope="module")
def there(app: FastAPI) -> dict[str, str]:
    """The id of something that exists, by the address of its kind."""
    client = TestClient(app, headers=SANDBOX)
    made = client.post(DEFINITIONS, json=definition("Women 😀"))
    policy = client.get(POLICIES).json()["children"][0]
    job = client.post(JOBS, json=[{"segmentId": made.json()["id"]}]).json()
    dataset = client.post(f"{FOUNDATION}/catalog/dataSets", json={"name": "out"}).json()[0].rpartition("/")[2]
    export = {"destination": {"datasetId": dataset}, "schema": {"name": "_xdm.context.profile"}}
    client.post(f"{BASE}/export/jobs", json=export)
    schedule: dict[str, Any] = {"name": "n", "type": "batch_segmentation", "schedule": "0 0 2 * * ?"}
    schedule |= {"properties": {"segments": [made.json()["id"]]}}
    preview = client.post(f"{BASE}/preview", json={"predicateExpression": "a = 1"}).json()["previewId"]
    batch = client.post(f"{FOUNDATION}/import/batches", json={"datasetId": dataset}).json()
    return {
        DEFINITIONS: made.json()["id"],
        AUDIENCES: made.json()["id"],
        POLICIES: policy["id"],
        JOBS: job["id"],
        f"{BASE}/export/jobs": "1",
        f"{FOUNDATION}/catalog/dataSets": dataset,
        f"{FOUNDATION}/import/batches": batch["id"],
        f"{BASE}/config/schedules": client.post(f"{BASE}/config/schedules", json=schedule).json()["id"],
        f"{BASE}/preview": preview,
        f"{BASE}/estimate": preview,
    }


@pytest.mark.parametrize("mode", GenerationMode)
def test_answers_conform_and_nothing_breaks(app: FastAPI, there: dict[str, str], mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, headers=SANDBOX)
    operations: list[Any] = [found.ok() for found in schema.get_all_operations()]  # type: ignore[union-attr]
    assert len(operations) > 20
    for operation in operations:
        try_operation(operation, there, mode)


def try_operation(operation: Any, there: dict[str, str], mode: GenerationMode) -> None:
    """Some requests of all sorts; under `pytest -m nightly` hundreds."""
    kind, _, last = operation.full_path.rpartition("/")
    name = last.strip("{}")
    left_out: Any = CHECKS.get_by_names(NOT_WANTED)

    @settings(max_examples=settings().max_examples // 40, suppress_health_check=[*HealthCheck])
    @given(case=operation.as_strategy(generation_mode=mode))
    def tried(case: Any) -> None:
        if mode is GenerationMode.NEGATIVE:
            # Blank parameters are absent ones to the platform, which is not wrong.
            if any(value in ("", [""]) for value in (case.query or {}).values()):
                return
        # Ids that are made up hardly ever exist, and most of the work is behind those that do.
        elif kind in there and len(str(case.path_parameters.get(name))) % 2:
            case.path_parameters[name] = there[kind]
        # Not as long as a machine may be busy with other things.
        case.call_and_validate(headers=SANDBOX, excluded_checks=left_out, timeout=300)

    try:
        tried()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE  # there is no wrong way to ask for nothing


def test_description_declares_what_the_platform_wants(app: FastAPI) -> None:
    found = TestClient(app, headers=SANDBOX).get("/openapi.json").json()
    post = found["paths"][DEFINITIONS]["post"]
    wanted = {each["name"] for each in post["parameters"] if each["in"] == "header" and each["required"]}
    assert wanted == {"x-api-key", "x-gw-ims-org-id", "x-sandbox-name"}
    assert post["security"] == [{"HTTPBearer": []}]
    assert {"200", "400", "401", "403", "413", "422", "429", "503"} <= {*post["responses"]}
    assert "422" not in found["paths"][DEFINITIONS]["get"]["responses"]
    body = found["components"]["schemas"]["DefinitionBody"]
    assert body["additionalProperties"] is False
    assert {"name", "schema", "expression"} == {*body["required"]}

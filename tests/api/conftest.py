"""An app over a data directory, and a client in a sandbox that no other test has seen."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from pqltools.api.app import build
from pqltools.segmentation.service import Service
from service_clients import headers


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    with Service(str(tmp_path_factory.mktemp("data"))) as service:
        yield build(service)


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    # Sandboxes do not see each other, so each test has one to itself.
    return TestClient(app, headers=headers(sandbox=f"test-{uuid.uuid4()}"), raise_server_exceptions=False)

"""Profiles for the engines of the service."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pqltools.segmentation.profiles.store import ProfileStore
from service_tasks import loaded, odd_people


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ProfileStore]:
    """A store of `odd_people`."""
    with ProfileStore(str(tmp_path / "store")) as found:
        loaded(found, tmp_path, "people", odd_people())
        yield found


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Iterator[list[dict[str, Any]]]:
    """What the log says of engines."""
    found: list[dict[str, Any]] = []

    class Taking(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.getMessage() == "engine":
                found.append(vars(record)["data"])

    handler, logger = Taking(), logging.getLogger("pqltools.segmentation")
    logger.addHandler(handler)
    caplog.set_level(logging.INFO, logger.name)
    yield found
    logger.removeHandler(handler)

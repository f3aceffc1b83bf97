"""A session with settings of its own."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="session")
def session(spark: Any) -> Any:
    """A session under whose settings queries would give other answers."""
    found = spark.newSession()
    found.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    found.conf.set("spark.sql.ansi.enabled", "true")
    found.conf.set("spark.sql.caseSensitive", "false")
    return found

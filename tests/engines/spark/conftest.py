"""One session of Spark for all tests, which takes longer to start than most of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from spark_sessions import started


@pytest.fixture(scope="session")
def engine() -> Iterator[Any]:
    """The engine, on a session whose own settings would give other answers."""
    from pqltools.engines.spark import SparkEngine

    session = started()
    session.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    session.conf.set("spark.sql.ansi.enabled", "true")
    session.conf.set("spark.sql.caseSensitive", "false")
    yield SparkEngine(session)
    session.stop()

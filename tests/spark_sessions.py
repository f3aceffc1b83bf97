"""Is there a Spark here, and how is it started for tests?"""

from __future__ import annotations

import os
import shutil
import sys
from typing import Any

import pytest

REQUIRED = os.environ.get("PQL_SPARK") == "required"


def missing() -> str | None:
    """Why there is no Spark, None if there is one."""
    from importlib.util import find_spec

    if find_spec("pyspark") is None:
        return "pyspark is not installed: pip install --group spark"
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        return "there is no Java: apt-get install openjdk-17-jre-headless"
    return None


#: The marks of a module that needs it. Warnings are pyspark's own.
MARKS = [
    pytest.mark.spark,
    pytest.mark.skipif(not REQUIRED and missing() is not None, reason=missing() or ""),
    pytest.mark.filterwarnings("ignore"),
]


def started() -> Any:
    """A session on this machine that loses no time with what tests do not need."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").appName("pqltools")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.session.timeZone": "UTC",
        # Compiling a query takes longer than running it over a few rows.
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    }.items():
        builder = builder.config(key, value)
    found = builder.getOrCreate()
    found.sparkContext.setLogLevel("OFF")
    return found

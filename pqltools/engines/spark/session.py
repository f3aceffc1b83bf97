"""Which session of Spark does the work, and under which settings?"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager

from pqltools.diagnostics import error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

CODE = "PQL085"
INSTALL = "pip install 'pqltools[spark]'"
JAVA = "install Java 17 or newer, on Debian: apt-get install openjdk-17-jre-headless"
#: Whatever the session has: answers must not depend on it.
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    # What cannot be computed is null, as in PQL.
    "spark.sql.ansi.enabled": "false",
    "spark.sql.caseSensitive": "true",
    # `${...}` in a text of a definition is a text, and so is `\n`.
    "spark.sql.variable.substitute": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.parser.quotedRegexColumnNames": "false",
    "spark.sql.legacy.sizeOfNull": "false",
    "spark.sql.mapKeyDedupPolicy": "LAST_WIN",
}


def start(master: str | None = None) -> SparkSession:
    """A session: the one that is there, else a new one at `master` (all cores of this machine).

    Raises `PQLError` where pyspark, Java or the master are missing.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ModuleNotFoundError as missing:
        raise error(CODE, f"{missing.name} is not installed", help=f"install it with: {INSTALL}") from None
    active = SparkSession.getActiveSession()
    if active is not None and master is None:
        return active
    # The workers have to be this Python, and have what it has.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        return _builder(master or os.environ.get("MASTER") or "local[*]").getOrCreate()
    except PySparkException as problem:
        if "JAVA_GATEWAY" in str(problem.getCondition()):
            raise error(CODE, "Spark does not start: there is no Java that runs it", help=JAVA) from None
        raise error(CODE, f"Spark does not start: {reason(problem)}") from None
    except Exception as problem:  # from py4j: whatever Java has to say
        raise error(CODE, f"Spark does not start at `{master}`: {reason(problem)}") from None


def _builder(master: str) -> SparkSession.Builder:
    from pyspark.sql import SparkSession

    builder: SparkSession.Builder = SparkSession.builder
    builder = builder.appName("pql").master(master).config("spark.ui.showConsoleProgress", "false")
    if master.startswith("local"):
        cores = str(2 * (os.cpu_count() or 1))
        builder = builder.config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", cores)
    return builder


@contextmanager
def settings(session: SparkSession) -> Iterator[None]:
    """Our settings while queries are made; the session has its own again afterwards."""
    before = {name: session.conf.get(name, None) for name in SETTINGS}
    try:
        for name, value in SETTINGS.items():
            session.conf.set(name, value)
        yield
    finally:
        for name, old in before.items():
            if old is None:
                session.conf.unset(name)
            else:
                session.conf.set(name, old)


def reason(problem: Exception) -> str:
    """What Spark has to say, in one line."""
    java = getattr(problem, "java_exception", None)
    text = str(problem) if java is None else str(java.toString())
    line = next((line.strip() for line in text.splitlines() if line.strip()), problem.__class__.__name__)
    return line[:300]

"""Which session of Spark does the work, and under which settings?"""

from __future__ import annotations

import os
import sys
import warnings
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


def start(master: str | None = None, memory: str | None = None) -> tuple[SparkSession, bool]:
    """A session, and whether it is new: the one that is there, else one at `master` (all cores of this machine).

    Raises `PQLError` where pyspark, Java or the master are missing.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ModuleNotFoundError as missing:
        name = (missing.name or "pyspark").partition(".")[0]
        raise error(CODE, f"{name} is not installed", help=f"install it with: {INSTALL}") from None
    running = _running()
    if running is not None:
        if master is not None and master != running:
            raise error(CODE, f"there is a session at `{running}` already, and none can be started at `{master}`")
        return SparkSession.getActiveSession() or SparkSession.builder.getOrCreate(), False
    master = master or os.environ.get("MASTER") or "local[*]"
    _reach(master)
    # What Spark thinks of the release of pandas is of no use to those who want segments.
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"pyspark\.")
    if master.startswith("local"):
        # The workers have to be this Python, and have what it has.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        session = _builder(master, memory).getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        return session, True
    except PySparkException as problem:
        if "JAVA_GATEWAY" in str(problem.getCondition()):
            raise error(CODE, "Spark does not start: there is no Java that runs it", help=JAVA) from None
        raise error(CODE, f"Spark does not start: {reason(problem)}") from None
    except Exception as problem:  # from py4j: whatever Java has to say
        raise error(CODE, f"Spark does not start at `{master}`: {reason(problem)}") from None


def _running() -> str | None:
    """The master at which Spark runs in this process, None if it does not.

    Only threads that have used a session have one that is active; all have what it stands on.
    """
    from pyspark import SparkContext

    context = SparkContext._active_spark_context
    return None if context is None else context.master


def _reach(master: str) -> None:
    """Raise `PQLError` if nobody listens where a master of Spark's own is to be, which Spark notices in a minute."""
    import socket

    if not master.startswith("spark://"):
        return
    why = "no address"
    for place in master.removeprefix("spark://").split(","):
        host, _, port = place.rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=10).close()
        except ValueError:
            why = "it is to be spark://HOST:PORT"
        except OSError as problem:
            why = problem.strerror or str(problem)
        else:
            return
    raise error(CODE, f"there is no Spark at `{master}`: {why}")


def _megabytes(size: str) -> str:
    """The size of memory as Java takes it."""
    import re

    found = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([kmgt]?)i?b?\s*", size, re.IGNORECASE)
    if found is None:
        raise error(CODE, f"`{size}` is no size of memory", help="write it as 6GB")
    of = {"k": 2**-10, "m": 1, "g": 2**10, "t": 2**20}.get(found[2].lower(), 2**-20)
    return f"{max(int(float(found[1]) * of), 1)}m"


def _builder(master: str, memory: str | None) -> SparkSession.Builder:
    from pyspark.sql import SparkSession

    builder: SparkSession.Builder = SparkSession.builder
    builder = builder.appName("pql").master(master).config("spark.ui.showConsoleProgress", "false")
    if memory is not None:
        builder = builder.config("spark.driver.memory", _megabytes(memory))
    if master.startswith("local"):
        # Whatever the network of this machine is, it is not needed.
        builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
        cores = str(2 * (os.cpu_count() or 1))
        logs = f"-Dlog4j2.configurationFile=file:{os.path.join(os.path.dirname(__file__), 'log4j2.properties')}"  # noqa: PTH118, PTH120
        builder = builder.config("spark.driver.extraJavaOptions", logs)
        # What is found comes to the process that everything runs in anyway.
        builder = builder.config("spark.driver.maxResultSize", "0")
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


def failures() -> tuple[type[Exception], ...]:
    """What Spark and Java raise."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return PySparkException, Py4JError

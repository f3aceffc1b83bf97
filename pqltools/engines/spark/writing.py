"""How does a result get to where it is wanted, whole or not at all?  Written beside it, and renamed in the end.

Paths are those of Hadoop: of this machine, ``hdfs://``, ``s3a://``, whatever the session knows.
"""

from __future__ import annotations

from contextlib import contextmanager

from pqltools.diagnostics import error
from pqltools.engines.spark.session import CODE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from pyspark.sql import SparkSession


def exists(session: SparkSession, name: str) -> bool:
    """Whether there is something at a path."""
    path = _path(session, name)
    return bool(_system(session, path).exists(path))


@contextmanager
def staged(session: SparkSession, out: str, *, overwrite: bool) -> Iterator[str]:
    """A path to write to, which is at `out` afterwards; nothing is left of it if something goes wrong.

    Raises `PQLError` if there is something at `out` already, unless that is to be overwritten.
    """
    import uuid

    refuse_existing(session, out, overwrite=overwrite)
    target = _path(session, out.rstrip("/") or out)
    system = _system(session, target)
    target = system.makeQualified(target)
    beside = f".{target.getName()}.{uuid.uuid4().hex[:8]}.part"
    parent = target.getParent()
    stage = _path(session, beside if parent is None else f"{parent.toString().rstrip('/')}/{beside}")
    try:
        yield stage.toString()
        _swap(session, system, stage, target)
    except BaseException:
        system.delete(stage, True)
        raise


def refuse_existing(session: SparkSession, out: str, *, overwrite: bool) -> None:
    """Raise `PQLError` if there is something at `out` that is not to be overwritten."""
    if not overwrite and exists(session, out):
        raise error(CODE, f"there is something at `{out}` already", help="name another path, or add --overwrite")


def _swap(session: SparkSession, system: Any, stage: Any, target: Any) -> None:
    old = None
    if system.exists(target):
        old = _path(session, f"{stage.toString()}.old")
        system.rename(target, old)
    if target.getParent() is not None:
        system.mkdirs(target.getParent())
    if not system.rename(stage, target):
        if old is not None:
            system.rename(old, target)
        raise error(CODE, f"the result cannot be moved to `{target.toString()}`")
    if old is not None:
        system.delete(old, True)


def _path(session: SparkSession, name: str) -> Any:
    java: Any = session.sparkContext._jvm
    return java.org.apache.hadoop.fs.Path(name)


def _system(session: SparkSession, path: Any) -> Any:
    context: Any = session.sparkContext._jsc
    return path.getFileSystem(context.hadoopConfiguration())

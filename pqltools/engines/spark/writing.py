"""How does a result get to where it is wanted, whole or not at all?  Written beside it, and renamed in the end.

Paths are those of Hadoop: of this machine, ``hdfs://``, ``s3a://``, whatever the session knows. The files are those of
`pqltools.engines.writing`, but that Spark writes a folder of Parquet files under the name of one.
"""

from __future__ import annotations

import json

from pqltools.engines.writing import COUNTS, MEMBERSHIPS, QUARANTINE, already_there, check_replaceable, problem_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Self

    from pyspark.sql import SparkSession

    from pqltools.engines.engine import Engine, Plan, Result


def exists(session: SparkSession, name: str) -> bool:
    """Whether there is something at a path."""
    path = _path(session, name)
    return bool(_system(session, path).exists(path))


def names(session: SparkSession, name: str) -> Iterator[str] | None:
    """What is in a folder; None for what is none."""
    path = _path(session, name)
    system = _system(session, path)
    if not system.exists(path) or not system.getFileStatus(path).isDirectory():
        return None
    return (str(each.getPath().getName()) for each in system.listStatus(path))


class SparkWriting:
    """Writes to a folder, if there is to be one. Raises `PQLError` for one that cannot be used."""

    def __init__(self, out: str | None, *, overwrite: bool) -> None:
        self.out = out
        self.overwrite = overwrite
        self._stage: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._stage is not None:
            self._system.delete(self._stage, True)

    def run(self, engine: Engine, plan: Plan) -> Result:
        """Evaluate, and write the memberships beside the folder."""
        from pqltools.engines.spark.engine import SparkEngine
        from pqltools.engines.spark.running import written
        from pqltools.engines.spark.session import settings

        if self.out is None:
            return engine.run(plan)
        assert isinstance(engine, SparkEngine)
        session = self.session = engine.session
        try:
            self._prepare(session, self.out)
        except Exception as problem:  # from Java: a file system that is not there, no right to write
            raise _told(self.out, problem) from None
        stage = self._stage.toString()
        with settings(session):
            return written(session, plan, f"{stage}/{MEMBERSHIPS}", f"{stage}/{QUARANTINE}")

    def _prepare(self, session: SparkSession, out: str) -> None:
        import uuid

        target = _path(session, out.rstrip("/") or out)
        self._system = _system(session, target)
        self._target = target = self._system.makeQualified(target)
        if self._system.exists(target):
            if not self.overwrite:
                raise already_there(out)
            check_replaceable(out, names(session, target.toString()))
        stage = _path(session, f"{target.getParent().toString().rstrip('/')}/.pql-{uuid.uuid4().hex[:12]}")
        self._system.mkdirs(stage)
        self._stage = stage

    def finish(self, counts: dict[str, Any]) -> None:
        """Write the counts, and put the folder in its place."""
        if self.out is None:
            return
        try:
            path = _path(self.session, f"{self._stage.toString()}/{COUNTS}")
            file = self._system.create(path)
            file.write(bytearray(json.dumps(counts, ensure_ascii=False, indent=2).encode("utf-8", "replace")))
            file.close()
            self._swap(self.out)
        except Exception as problem:
            raise _told(self.out, problem) from None

    def _swap(self, out: str) -> None:
        system, target, old = self._system, self._target, None
        if system.exists(target):
            old = _path(self.session, f"{self._stage.toString()}.old")
            # Into a folder that is still there it would be moved.
            if not system.rename(target, old):
                raise problem_at(out, "what is there cannot be moved away")
        if not system.rename(self._stage, target):
            if old is not None:
                system.rename(old, target)
            raise problem_at(out, "the result cannot be moved there")
        self._stage = None
        if old is not None:
            system.delete(old, True)


def _told(out: str, problem: Exception) -> Exception:
    from pqltools.diagnostics import PQLError
    from pqltools.engines.spark.session import reason

    return problem if isinstance(problem, PQLError) else problem_at(out, f"it cannot be written: {reason(problem)}")


def _path(session: SparkSession, name: str) -> Any:
    java: Any = session.sparkContext._jvm
    return java.org.apache.hadoop.fs.Path(name)


def _system(session: SparkSession, path: Any) -> Any:
    context: Any = session.sparkContext._jsc
    return path.getFileSystem(context.hadoopConfiguration())

"""Which engine evaluates a task?  `ChosenEngine`: the one that was asked for, or the one that takes less time.

Each time the log says which one it was, and why.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections.abc import Callable
from importlib.util import find_spec
from time import perf_counter

from pqltools.records import Record, record
from pqltools.segmentation.engines.columnar import Answer, ColumnarEngine, OnSpark
from pqltools.segmentation.engines.engine import Blocks, EngineFailure, Found, Task
from pqltools.segmentation.engines.kept import KeptStores, Place, place_of
from pqltools.segmentation.engines.memory import MemoryEngine
from pqltools.segmentation.stopping import Stop

_LOG = logging.getLogger("pqltools.segmentation")
#: The engines that may be asked for.
NAMES = ("auto", "memory", "duckdb", "spark")
#: What the columns need beyond the other libraries of the service.
_LIBRARIES = ("sqlglot", "numpy")
#: When `auto` makes a store: so many jobs had the same profiles, and so many of them. To make one takes about as much
#: longer than a job in memory as two jobs are quicker with it; for few profiles they are not.
JOBS, PROFILES = 2, 50_000
#: How often a store of the same profiles may turn out to be of no use before no other is made.
_USELESS = 2


@record
class Seen(Record):
    """What is known of profiles as they are in one version: who asked for them, not more than count, and how many.

    `useless` counts the stores that were of no use, and `problem` says why the last was not, or why none was made.
    """

    version: str
    askers: frozenset[tuple[tuple[str, str], ...]] = frozenset()
    profiles: int = 0
    useless: int = 0
    problem: str = ""


def missing_library() -> str | None:
    """The library that `duckdb` needs and that is not installed."""
    return next((name for name in _LIBRARIES if find_spec(name) is None), None)


def missing_for_spark() -> str | None:
    """What `spark` needs and what is not there, with the cure."""
    from pqltools.engines.spark.session import INSTALL, JAVA

    for name in ("pyspark", "pandas", "pyarrow", "sqlglot"):
        if find_spec(name) is None:
            return f"spark needs {name}: {INSTALL}"
    if "JAVA_HOME" not in os.environ and shutil.which("java") is None:
        return f"spark needs Java: {JAVA}"
    return None


class ChosenEngine:
    """Evaluates as `name` says; `spark` is what it takes for that name. Any number of threads may use it."""

    def __init__(self, name: str, kept: KeptStores, spark: OnSpark | None = None) -> None:
        self.name = name
        self._kept = kept
        self._spark = spark if name == "spark" else None
        self._memory = MemoryEngine()
        self._lock = threading.Lock()
        #: By kinds of profiles: what is known of them, in the version that was asked for last.
        self._seen: dict[str, Seen] = {}
        missing = None if name == "memory" else missing_library()
        self._is_alone = name in ("memory", "spark") or missing is not None
        because = f"{missing} is not installed" if missing is not None and name == "auto" else ""
        _log("engine", {"engine": name, **({"memory": because} if because else {})})

    def run(self, task: Task, blocks: Blocks, stop: Stop, progress: Callable[[int, int], None]) -> Found:
        """See `Engine`."""
        start = perf_counter()
        if self._spark is not None and task.origin is not None:
            answer = self._spark.run(task, blocks, stop, progress)
            self._tell(answer, "spark", "it was asked for", task, start)
            return answer.found
        place = None if self._is_alone else place_of(task)
        found: Found | None = None
        if place is not None:
            found = self._in_columns(place, task, blocks, stop, progress, start)
        if found is None:
            found = self._memory.run(task, blocks, stop, progress)
            self._told(task, "memory", self._why_memory(place, task), start)
        if place is not None and task.origin is not None and task.origin.stays:
            with self._lock:
                seen = self._known(place)
                # One job may ask for the same profiles several times: once for each of its merge policies.
                askers = seen.askers if len(seen.askers) >= JOBS else seen.askers | {_asker(task)}
                profiles = max(seen.profiles, found.profiles)
                self._seen[place.key] = Seen(place.version, askers, profiles, seen.useless, seen.problem)
        return found

    def _in_columns(
        self,
        place: Place,
        task: Task,
        blocks: Blocks,
        stop: Stop,
        progress: Callable[[int, int], None],
        start: float,
    ) -> Found | None:
        """The answers of DuckDB; None if memory is to give them."""
        engine = ColumnarEngine(self._kept)
        try:
            because = "the profiles are in columns, as they are now"
            answer = engine.run_kept(place, task, blocks, stop, progress)
        except EngineFailure as failure:
            self._kept.drop(place)
            self._failed(place, task, f"the columns were of no use: {failure}", 1)
            return None
        if answer is None:
            because = self._why_store(place, task)
            if not because:
                return None
            try:
                answer = engine.run_building(place, task, blocks, stop, progress)
            except EngineFailure as failure:
                if self.name != "auto":
                    raise
                self._failed(place, task, f"no columns were made: {failure}", _USELESS)
                return None
        self._tell(answer, "duckdb", because, task, start)
        return answer.found

    def _tell(self, answer: Answer, engine: str, because: str, task: Task, start: float) -> None:
        """Log who it was: memory, where the engine could evaluate none of the definitions."""
        evaluated = len(task.subjects) - len(answer.found.problems)
        if sum(answer.by_memory.values()) >= evaluated:
            reasons = [*answer.by_memory]
            engine = "memory"
            because = reasons[0] if len(reasons) == 1 else "no definition can be evaluated in columns"
        self._told(task, engine, because, start, answer.by_memory)

    def _known(self, place: Place) -> Seen:
        """What is known of the profiles at a place; to be called with the lock."""
        seen = self._seen.get(place.key)
        return seen if seen is not None and seen.version == place.version else Seen(place.version)

    def _failed(self, place: Place, task: Task, problem: str, weight: int) -> None:
        """Remember that a store was of no use, or could not be made: others of these profiles would not fare better."""
        _log("engine", {**(task.asker or {}), "problem": problem}, logging.WARNING)
        with self._lock:
            seen = self._known(place)
            self._seen[place.key] = Seen(place.version, seen.askers, seen.profiles, seen.useless + weight, problem)

    def _why_store(self, place: Place, task: Task) -> str:
        """Why a store is to be made, "" if none is."""
        if task.origin is None or not task.origin.stays:
            return ""
        with self._lock:
            seen = self._known(place)
        if seen.useless >= _USELESS:
            return ""
        if self.name != "auto":
            return "it was asked for, and the profiles are put into columns"
        others = seen.askers - {_asker(task)}
        if len(others) < JOBS or seen.profiles < PROFILES:
            return ""
        return f"{len(others)} jobs had the same profiles, which are put into columns"

    def _why_memory(self, place: Place | None, task: Task) -> str:
        if self.name == "memory":
            return "it was asked for"
        if self.name == "spark":
            return "not all profiles are looked at"
        if self._is_alone:
            return "a library is missing"
        if place is None:
            return "not all profiles are looked at" if task.origin is None else "the schema cannot be read"
        with self._lock:
            problem = self._known(place).problem
        if problem:
            return problem
        if self.name != "auto" or not (task.origin and task.origin.stays):
            return "there are no columns of these profiles"
        return "there are no columns of these profiles, and to make them does not pay yet"

    def _told(
        self, task: Task, engine: str, because: str, start: float, by_memory: dict[str, int] | None = None
    ) -> None:
        data = {**(task.asker or {}), "engine": engine, "because": because, "definitions": len(task.subjects)}
        if by_memory:
            data["byMemory"] = by_memory
        _log("engine", {**data, "milliseconds": round((perf_counter() - start) * 1000)})


def _asker(task: Task) -> tuple[tuple[str, str], ...]:
    return tuple((task.asker or {}).items())


def _log(event: str, data: object, level: int = logging.INFO) -> None:
    _LOG.log(level, event, extra={"data": data})

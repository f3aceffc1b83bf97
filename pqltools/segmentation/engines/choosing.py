"""Which engine evaluates a task?  `ChosenEngine`: the one that was asked for, or the one that takes less time.

Each time the log says which one it was, and why.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from importlib.util import find_spec
from time import perf_counter

from pqltools.segmentation.engines.engine import Blocks, EngineFailure, Found, Task
from pqltools.segmentation.engines.kept import KeptStores, Place, place_of
from pqltools.segmentation.engines.memory import MemoryEngine
from pqltools.segmentation.stopping import Stop

_LOG = logging.getLogger("pqltools.segmentation")
#: The engines that may be asked for.
NAMES = ("auto", "memory", "duckdb")
#: What the columns need beyond the other libraries of the service.
_LIBRARIES = ("sqlglot", "numpy")
#: When `auto` makes a store: so many jobs had the same profiles, and so many of them. To make one takes about as much
#: longer than a job in memory as two jobs are quicker with it; for few profiles they are not.
JOBS, PROFILES = 2, 50_000


def missing_library() -> str | None:
    """The library that `duckdb` needs and that is not installed."""
    return next((name for name in _LIBRARIES if find_spec(name) is None), None)


class ChosenEngine:
    """Evaluates as `name` says. Any number of threads may use it."""

    def __init__(self, name: str, kept: KeptStores) -> None:
        self.name = name
        self._kept = kept
        self._memory = MemoryEngine()
        self._lock = threading.Lock()
        #: By kinds of profiles: as of when they were in the last jobs, how many such jobs, and how many profiles.
        self._seen: dict[str, tuple[str, int, int]] = {}
        missing = None if name == "memory" else missing_library()
        self._is_alone = name == "memory" or missing is not None
        because = f"{missing} is not installed" if missing is not None and name == "auto" else ""
        _log("engine", {"engine": name, **({"memory": because} if because else {})})

    def run(self, task: Task, blocks: Blocks, stop: Stop, progress: Callable[[int, int], None]) -> Found:
        """See `Engine`."""
        start = perf_counter()
        place = None if self._is_alone else place_of(task)
        found: Found | None = None
        if place is not None:
            found = self._in_columns(place, task, blocks, stop, progress, start)
        if found is None:
            found = self._memory.run(task, blocks, stop, progress)
            self._told(task, "memory", self._why_memory(place, task), start)
        if place is not None and task.origin is not None and task.origin.stays:
            with self._lock:
                version, jobs, _ = self._seen.get(place.key, ("", 0, 0))
                self._seen[place.key] = place.version, jobs + 1 if version == place.version else 1, found.profiles
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
        from pqltools.segmentation.engines.columnar import ColumnarEngine

        engine = ColumnarEngine(self._kept)
        try:
            because = "the profiles are in columns, as they are now"
            answer = engine.run_kept(place, task, blocks, stop, progress)
        except EngineFailure as failure:
            self._kept.drop(place)
            _log("engine", {**(task.asker or {}), "problem": f"the columns were of no use: {failure}"}, logging.WARNING)
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
                _log("engine", {**(task.asker or {}), "problem": f"no columns were made: {failure}"}, logging.WARNING)
                return None
        self._told(task, "duckdb", because, start, answer.by_memory)
        return answer.found

    def _why_store(self, place: Place, task: Task) -> str:
        """Why a store is to be made, "" if none is."""
        if task.origin is None or not task.origin.stays:
            return ""
        if self.name != "auto":
            return "it was asked for, and the profiles are put into columns"
        with self._lock:
            version, jobs, profiles = self._seen.get(place.key, ("", 0, 0))
        if version != place.version or jobs < JOBS or profiles < PROFILES:
            return ""
        return f"{jobs} jobs had the same profiles, which are put into columns"

    def _why_memory(self, place: Place | None, task: Task) -> str:
        if self.name == "memory":
            return "it was asked for"
        if self._is_alone:
            return "a library is missing"
        if place is None:
            return "not all profiles are looked at" if task.origin is None else "the schema cannot be read"
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


def _log(event: str, data: object, level: int = logging.INFO) -> None:
    _LOG.log(level, event, extra={"data": data})

"""Which stores of columns are there?  `KeptStores`: one for each way to merge the profiles of a sandbox, or none.

A store is a folder whose name says which profiles it holds, as of which loads, in which schema; when any of these is
another, so is the name. It is made beside the others, and has its name when it is complete. What a crash has left is
removed at the next start.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pqltools import __version__
from pqltools.records import Record, record
from pqltools.segmentation.engines.engine import EngineFailure, Task
from pqltools.segmentation.engines.filling import ABOUT
from pqltools.segmentation.engines.worker import refused

#: The folder of the stores in a data directory.
FOLDER = "columns"
#: Stores that are there at most, of all sandboxes; the one that was not used for the longest time goes first.
MOST = 8
#: Of what is in a folder.
_FORMAT = 1
_NEW = "new-"
_NAME = re.compile(r"[0-9a-f]{32}-[0-9a-f]{32}")


@record
class Place(Record):
    """Where a store stands: which profiles, merged how; and what they and the schema are at present."""

    key: str
    version: str

    @property
    def name(self) -> str:
        """The name of the folder."""
        return f"{self.key}-{self.version}"


def place_of(task: Task) -> Place | None:
    """The place of the store for a task; None if it is not about all profiles, or its schema cannot be read."""
    origin = task.origin
    if origin is None:
        return None
    order = origin.policy.order
    key = _digest(origin.scope.org, origin.scope.sandbox, *(("",) if order is None else ("by", *order)))
    try:
        schema = [content for path in task.schema for content in _contents(Path(path))]
    except OSError:
        return None
    tenant = "" if task.tenant is None else f"={task.tenant}"
    return Place(key, _digest(f"{_FORMAT} {__version__}", origin.version, tenant, *task.schema, *schema))


def _contents(path: Path) -> Iterator[bytes]:
    for file in sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]:
        yield str(file).encode()
        yield file.read_bytes()


def _digest(*parts: str | bytes) -> str:
    found = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        found.update(b"%d:%b" % (len(data), data))
    return found.hexdigest()[:32]


class KeptStores:
    """The stores in a folder, which is this process's own. Any number of threads may use it."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)
        self._lock = threading.Lock()
        self._users: Counter[str] = Counter()
        with suppress(OSError):
            for each in self._folder.iterdir():
                if not _NAME.fullmatch(each.name):
                    shutil.rmtree(each, ignore_errors=True)

    @contextmanager
    def using(self, place: Place) -> Iterator[str | None]:
        """The folder of a store, which stays until the end; None if there is none."""
        path = self._folder / place.name
        with self._lock:
            there = path.is_dir()
            self._users[place.name] += 1
        try:
            if there:
                with suppress(OSError):
                    os.utime(path)
            yield str(path) if there else None
        finally:
            with self._lock:
                self._users[place.name] -= 1

    @contextmanager
    def making(self, place: Place) -> Iterator[str]:
        """A folder to make a store in. If nothing is raised and a store was made, it takes the place of older ones."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            stage = tempfile.mkdtemp(prefix=_NEW, dir=self._folder)
        except OSError as problem:
            raise EngineFailure(refused(problem)) from None
        try:
            yield stage
            if Path(stage, ABOUT).is_file():
                self._keep(Path(stage), place)
        finally:
            shutil.rmtree(stage, ignore_errors=True)

    def drop(self, place: Place) -> None:
        """Remove a store, which is of no use."""
        with self._lock:
            self._remove(self._folder / place.name)

    def _keep(self, stage: Path, place: Place) -> None:
        with self._lock:
            with suppress(OSError):  # another job may have been quicker
                stage.rename(self._folder / place.name)
            others = [each for each in self._folder.iterdir() if _NAME.fullmatch(each.name)]
            for each in [*others]:
                if each.name.startswith(f"{place.key}-") and each.name != place.name:
                    self._remove(each)
                    others.remove(each)
            others.sort(key=lambda each: (each.name == place.name, each.stat().st_mtime))
            for each in others[: max(len(others) - MOST, 0)]:
                self._remove(each)

    def _remove(self, path: Path) -> None:
        """Remove a store that nobody uses; others go later, with the one that is made next."""
        if not self._users[path.name]:
            # Under another name at once: half of a store must not look like one.
            gone = path.with_name(f"{_NEW}{path.name}")
            with suppress(OSError):
                path.rename(gone)
                shutil.rmtree(gone, ignore_errors=True)

"""Under which configuration and schema is a text checked, among which definitions?  One `Folder` a workspace folder.

As for `pql check` the nearest configuration counts. With one that has faults the server goes on as if there were none,
and says what is wrong with it at its own place.
"""

from __future__ import annotations

import os
import time
from threading import RLock

from pqltools.diagnostics import Diagnostic, PQLError
from pqltools.lsp.index import Index
from pqltools.workspace.expressions import Checker
from pqltools.workspace.setup import Options, Workspace


class Folder:
    """A folder that the editor has open, with all that is known of it; without a `path` for files in no folder.

    `now` is the instant of all checks in milliseconds since 1970 UTC, None for the clock.
    """

    def __init__(self, path: str | None, now: int | None = None) -> None:
        self.path = path
        self._lock = RLock()
        self._now = now
        #: Grows when configurations or schemas are read anew.
        self.epoch = 0
        #: What is wrong with configurations and schemas, by the path of the file.
        self.faults: dict[str, list[Diagnostic]] = {}
        self._start()
        self.index = Index(path or os.curdir, self._is_excluded)

    def _start(self) -> None:
        now = int(time.time() * 1000) if self._now is None else self._now
        self.workspace = Workspace(Options(now))
        self._plain = Workspace(Options(now, isolated=True))
        self._told: tuple[int, int] | None = None
        self._known: dict[str, tuple[Checker, Workspace]] = {}

    def reload(self, now: int | None = None) -> None:
        """Read configurations and schemas anew when they are next asked for."""
        with self._lock:
            self._now = now
            self.epoch += 1
            self.faults = {}
            self._start()

    @property
    def generation(self) -> tuple[int, int]:
        """Changes whenever checks may find something else in a text that has not changed."""
        return self.epoch, self.index.generation

    @property
    def outline(self) -> tuple[int, int]:
        """Changes whenever checks may find something else in a text that refers to no definition."""
        return self.epoch, self.index.outline

    def contains(self, path: str) -> bool:
        """Whether a file is in the folder."""
        return self.path is None or path == self.path or path.startswith(self.path.rstrip(os.sep) + os.sep)

    def uses(self, path: str) -> bool:
        """Whether a file is one that was read for a schema, or that a configuration names."""
        with self._lock:
            return path in self.faults or self.workspace.reads(path)

    def at(self, name: str) -> tuple[Checker, Workspace]:
        """The checker and the workspace for a file. The first call for a configuration loads its schema."""
        with self._lock:
            key = os.path.dirname(name)
            found = self._known.get(key)
            if found is None:
                found = self._known[key] = self._find(name)
                self._told = None
            self._tell()
            return found

    def is_prepared(self, name: str) -> bool:
        """Whether `at` has nothing to load."""
        return os.path.dirname(name) in self._known

    def _find(self, name: str) -> tuple[Checker, Workspace]:
        try:
            checker = self.workspace.checker(name)
        except PQLError as problem:
            self._note(problem.diagnostics)
            checker = None
        for report in self.workspace.news():
            self._note(report.diagnostics)
        if checker is not None:
            return checker, self.workspace
        plain = self._plain.checker(name)
        assert plain is not None
        return plain, self._plain

    def _note(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        for diagnostic in diagnostics:
            if diagnostic.source is not None:
                found = self.faults.setdefault(os.path.abspath(diagnostic.source.name), [])
                if diagnostic not in found:
                    found.append(diagnostic)

    def _tell(self) -> None:
        """Tell the checkers of the definitions, if they have changed."""
        if self._told == self.generation:
            return
        self._told = self.generation
        own = self.index.segments()
        for workspace in (self.workspace, self._plain):
            workspace.tell_segments(own, whole=self.index.complete)

    def _is_excluded(self, path: str) -> bool:
        with self._lock:
            return self.workspace.is_excluded(path)

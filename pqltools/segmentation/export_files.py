"""Where are exports kept?  A folder for each batch, written aside, and moved to its place when it is complete.

A batch is visible when the database says so, in the transaction in which the job ends. Folders of which it does not
speak are left behind by a crash, and are removed at the next start.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from pqltools.segmentation.problems import Problem

_ASIDE = "aside"


class ExportFiles:
    """The folders of exports below a folder of the data directory."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def begin(self, batch: str) -> str:
        """An empty folder to write a batch into."""
        found = self._folder / _ASIDE / batch
        with _told():
            shutil.rmtree(found, ignore_errors=True)
            found.mkdir(parents=True)
        return str(found)

    def place(self, batch: str) -> None:
        """Move a batch that is complete to its place, for good."""
        with _told():
            (self._folder / _ASIDE / batch).replace(self._folder / batch)
            self._sync()

    def remove(self, batches: Iterable[str]) -> None:
        """Remove batches, complete or not."""
        for batch in batches:
            shutil.rmtree(self._folder / _ASIDE / batch, ignore_errors=True)
            shutil.rmtree(self._folder / batch, ignore_errors=True)

    def file(self, batch: str, name: str) -> Path:
        """The path of a file that the database knows."""
        return self._folder / batch / name

    def clean(self, known: set[str]) -> None:
        """Remove what does not belong to the known batches."""
        if not self._folder.is_dir():
            return
        for found in self._folder.iterdir():
            if found.name not in known:
                shutil.rmtree(found, ignore_errors=True)

    def _sync(self) -> None:
        if os.name == "posix":
            handle = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


class _told:
    """What the disk refuses, as a `Problem` without paths."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, problem: BaseException | None, trace: object) -> None:
        if isinstance(problem, OSError):
            reason = (problem.strerror or "it cannot be written").lower()
            raise Problem(507, "UPAPI-900508-507", f"The export cannot be written: {reason}.") from None

"""How do tests come by disks that are small, or read-only?  By mounts; skipped where nothing may be mounted.

`PQL_MOUNTS=required` in the environment makes that a failure.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_PIECE = 64 * 1024


class SmallDisk:
    """A disk that can be filled to the last byte, and relieved."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._filler = path / "filler"

    def fill(self) -> None:
        """Leave no room."""
        with self._filler.open("ab", buffering=0) as file:
            for size in (_PIECE, 4096, 1):
                try:
                    while True:
                        file.write(bytes(size))
                except OSError as problem:
                    if problem.errno != errno.ENOSPC:
                        raise

    def relieve(self) -> None:
        """Make room again."""
        self._filler.unlink(missing_ok=True)


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[SmallDisk]:
    """A disk of its own at `path`."""
    path.mkdir()
    if not _mounted("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(path)):
        _complain("nothing may be mounted here")
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


@contextmanager
def read_only(path: Path) -> Iterator[None]:
    """Have nobody write below `path`, not even root, who may do everything to files that are merely protected."""
    if sys.platform != "win32" and os.geteuid() != 0:
        modes = {each: each.stat().st_mode for each in (path, *path.rglob("*"))}
        for each, mode in modes.items():
            each.chmod(mode & ~0o222)
        try:
            yield
        finally:
            for each, mode in modes.items():
                each.chmod(mode)
        return
    if not _mounted("--bind", str(path), str(path)):
        _complain("nothing may be mounted here, and root may write everywhere")
    try:
        if not _mounted("-o", "remount,ro,bind", str(path)):
            _complain("nothing may be mounted read-only here")
        yield
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def _complain(reason: str) -> None:
    complain = pytest.fail if os.environ.get("PQL_MOUNTS") == "required" else pytest.skip
    complain(reason)


def _mounted(*arguments: str) -> bool:
    mount = shutil.which("mount")
    return mount is not None and subprocess.run([mount, *arguments], capture_output=True, check=False).returncode == 0

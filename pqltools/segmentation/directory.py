"""Where does the service keep what it knows?  One directory, which one process at a time may use."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_data_path


class DirectoryProblem(Exception):
    """The directory cannot be used; the message says why, in the user's words."""


class InUse(DirectoryProblem):
    """The directory is another process's; `url` is where that serves, if it does."""

    def __init__(self, message: str, url: str | None) -> None:
        super().__init__(message)
        self.url = url


def default_directory() -> str:
    """The directory for who names none: below the user's data folder."""
    return str(user_data_path("pqltools", appauthor=False) / "service")


class DataDirectory:
    """A directory that is this process's own until it is closed. The lock goes with the process, however that ends."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            raise DirectoryProblem(f"{path} is a file, not a directory") from None
        except OSError as problem:
            raise DirectoryProblem(f"{path} cannot be created: {_reason(problem)}") from None
        self._lock = FileLock(self.path / "lock", timeout=0)
        try:
            self._lock.acquire()
        except Timeout:
            owner, url = self._owner()
            raise InUse(f"{path} is in use by another pql{owner}; stop it, or name another", url) from None
        except OSError as problem:
            raise DirectoryProblem(f"{path} cannot be written: {_reason(problem)}") from None
        try:
            (self.path / "owner").write_text(str(os.getpid()), encoding="ascii")
        except OSError as problem:
            self._lock.release()
            raise DirectoryProblem(f"{path} cannot be written: {_reason(problem)}") from None

    def file(self, name: str) -> str:
        """The path of a file of the directory."""
        return str(self.path / name)

    def announce(self, url: str) -> None:
        """Let those whom this directory is refused know where it is served."""
        with suppress(OSError):  # it is a convenience
            (self.path / "owner").write_text(f"{os.getpid()}\n{url}", encoding="ascii")

    def close(self) -> None:
        """Let others use the directory."""
        self._lock.release()

    def _owner(self) -> tuple[str, str | None]:
        try:
            process, _, url = (self.path / "owner").read_text(encoding="ascii").partition("\n")
            return f" (process {int(process)})", url or None
        except (OSError, ValueError):
            return "", None


def _reason(problem: OSError) -> str:
    return (problem.strerror or str(problem)).lower()

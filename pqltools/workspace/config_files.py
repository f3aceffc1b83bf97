"""Which configuration holds for this file?  The nearest one: in the file's folder, else in the first above it.

In each folder `pqltools.toml` comes before a `pyproject.toml` with a table ``[tool.pqltools]``; one without that table
is passed over. Nothing is inherited from configurations further up, so that one file says all, as with ruff.
"""

from __future__ import annotations

import os
import re

from pqltools.diagnostics import PQLError, error
from pqltools.files import read_source
from pqltools.workspace.config import Config, read_config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.source import Source

_OWN = "pqltools.toml"
_SHARED = "pyproject.toml"
_TABLE = ("tool", "pqltools")
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
#: Bytes of a configuration.
_MAX_SIZE = 2**20
_NOTHING = Config()


class Configurations:
    """The configurations of one run, each read once. `given` is used for all files; `isolated` runs read none."""

    def __init__(self, given: str | None = None, *, isolated: bool = False) -> None:
        self._given = given
        self._isolated = isolated
        #: By folder; a configuration with faults is the error itself, which is raised for the first file only.
        self._known: dict[str, Config | PQLError] = {}
        self._told: set[int] = set()

    def for_file(self, name: str) -> Config | None:
        """The configuration of a file; None if it has faults that have been raised before.

        Raises `PQLError` (PQL060 to PQL063) for one that has faults: a file under it cannot be checked, for half a
        configuration accuses falsely.
        """
        try:
            return self.peek(name)
        except PQLError as problem:
            if id(problem) in self._told:
                return None
            self._told.add(id(problem))
            raise

    def peek(self, name: str) -> Config:
        """The configuration of a file or folder. Raises `PQLError` each time, if it has faults."""
        if self._isolated:
            return _NOTHING
        folder = "" if self._given is not None else os.path.dirname(os.path.abspath(name))  # noqa: PTH100, PTH120
        found = self._known.get(folder)
        if found is None:
            try:
                read = self._nearest(folder) if self._given is None else self._read(self._given, required=True)
                found = read or _NOTHING
            except PQLError as problem:
                found = problem
            self._known[folder] = found
        if isinstance(found, PQLError):
            raise found
        return found

    def _nearest(self, folder: str) -> Config | None:
        for name in (_OWN, _SHARED):
            path = os.path.join(folder, name)  # noqa: PTH118 - pathlib is slow to import
            if os.path.isfile(path):  # noqa: PTH113
                found = self._read(_shown(path), required=name == _OWN)
                if found is not None:
                    return found
        above = os.path.dirname(folder)  # noqa: PTH120
        if above == folder:
            return None
        known = self._known.get(above)
        if known is None:
            try:
                known = self._nearest(above) or _NOTHING
            except PQLError as problem:
                known = problem
            self._known[above] = known
        if isinstance(known, PQLError):
            raise known
        return known

    def _read(self, path: str | None, *, required: bool) -> Config | None:
        """The configuration in a file, None if it is a `pyproject.toml` that has none."""
        assert path is not None
        source = read_source(path, max_size=_MAX_SIZE)
        shared = os.path.basename(path) == _SHARED  # noqa: PTH119
        if shared and "pqltools" not in source.text:
            return self._missing(source) if required else None
        data = _decode(source)
        folder = os.path.dirname(path) or "."  # noqa: PTH120
        if not shared:
            return read_config(data, (), source, folder)
        table: Any = data.get("tool")
        if not isinstance(table, dict) or "pqltools" not in table:
            return self._missing(source) if required else None
        return read_config(table["pqltools"], _TABLE, source, folder)

    def _missing(self, source: Source) -> Config:
        help = "name a `pqltools.toml`, or add the table"
        raise error("PQL060", "there is no table `[tool.pqltools]` in it", (0, 0), help=help, source=source)


def _shown(path: str) -> str:
    """The path as messages show it: from the current folder if it lies in or near it."""
    try:
        short = os.path.relpath(path)
    except ValueError:  # another drive
        return path
    return short if len(short) < len(path) else path


def _decode(source: Source) -> dict[str, Any]:
    """The decoded TOML. Raises `PQLError` (PQL060)."""
    import tomllib

    try:
        # A byte order mark is forgiven; a line that ends in CR LF is one line to the decoder as well.
        return tomllib.loads(source.text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as problem:
        message = str(problem)
        place = _PLACE.search(message)
        at = len(source.text)
        if place is not None:
            message = message[: place.start()]
            if place[1]:
                at = source.offset(int(place[1]), int(place[2]))
        raise error("PQL060", f"this is not TOML: {_lower(message)}", (at, at + 1), source=source) from None
    except RecursionError:
        raise error("PQL060", "the file is nested too deep", (0, 0), source=source) from None


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]

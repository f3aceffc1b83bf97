"""How do blocks of profiles become a store of columns?  Written down as lines, and loaded; what is refused is apart.

Profiles are known by their places in the order of the blocks: the store numbers those that it takes in the same order.
"""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pqltools.diagnostics import PQLError
from pqltools.engines.store.loading import load
from pqltools.engines.store.store import open_store
from pqltools.records import Record, hint, record
from pqltools.segmentation.profiles.model import MergedBlock

if TYPE_CHECKING:
    from pqltools.types.model import ObjectType

#: What DuckDB may use before it spills to disk, and of the processors.
MEMORY_LIMIT, THREADS = "1GB", 2
#: What is known of a folder, written last: without it there is nothing in it.
ABOUT = "about.json"
#: The numbers of the profiles, in the order of the blocks; the lines that the store refused, and their places.
_NUMBERS, _REFUSED, _PLACES = "numbers", "refused.ndjson", "places"
#: The file of the blocks as lines.
LINES = "profiles.ndjson"


@record
class Columns(Record):
    """What is in a folder beside the store; `unusable` says why there is no store.

    `refused` are the lines of the profiles that are not in it, with their places for numbers. `sizes` are the bytes and
    the numbers of profiles of the blocks that were written down in the file `lines`.
    """

    numbers: array[int]
    refused: MergedBlock
    unusable: str = ""
    lines: str = hint(default="")
    sizes: tuple[tuple[int, int], ...] = hint(default=())

    def taken(self) -> Any:
        """The places of the profiles in the store, by their numbers there."""
        import numpy

        is_taken = numpy.ones(len(self.numbers), dtype=bool)
        is_taken[numpy.frombuffer(self.refused.pids, dtype=numpy.int64)] = False
        return numpy.flatnonzero(is_taken).astype(numpy.int64)

    def blocks(self) -> Iterator[MergedBlock]:
        """The blocks once more, as long as the file of them is there: see `filled`."""
        start = 0
        with open(self.lines, "rb") as file:  # noqa: PTH123
            for size, count in self.sizes:
                yield MergedBlock(file.read(size), self.numbers[start : start + count])
                start += count


@contextmanager
def filled(folder: str, blocks: Iterable[MergedBlock], profile: ObjectType) -> Iterator[Columns]:
    """Make a store in an empty folder; until the end the blocks are there once more, as lines, which nobody keeps.

    Raises OSError and `duckdb.Error` if that cannot be done.
    """
    lines = str(Path(folder, LINES))
    try:
        yield _filled(folder, lines, blocks, profile)
    finally:
        Path(lines).unlink(missing_ok=True)


def _filled(folder: str, lines: str, blocks: Iterable[MergedBlock], profile: ObjectType) -> Columns:
    numbers = array("q")
    sizes: list[tuple[int, int]] = []
    with open(lines, "wb") as file:  # noqa: PTH123
        for block in blocks:
            file.write(block.data)
            numbers.extend(block.pids)
            sizes.append((len(block.data), len(block.pids)))
    places, unusable = _loaded(folder, lines, len(numbers), profile)
    refused = lines_at(lines, places)
    columns = Columns(numbers, refused, unusable, lines, tuple(sizes))
    _write(folder, columns)
    return columns


def _loaded(folder: str, lines: str, count: int, profile: ObjectType) -> tuple[array[int], str]:
    """Load the lines; the places of those that were refused, and why the store is of no use, if it is not."""
    if not count:
        return array("q"), "there are no profiles"
    try:
        with open_store(folder, write=True, memory=MEMORY_LIMIT, threads=THREADS) as store:
            loaded = load(store, [lines], profile, merge=False)
            known = store.profiles
    except PQLError as problem:
        return array("q"), problem.diagnostics[0].message
    places = array("q", sorted(each.line - 1 for each in loaded.refused))
    if known + len(places) != count:  # a line that is read as something else than a profile
        return array("q"), "not every line is a profile"
    return places, ""


def lines_at(path: str, places: array[int]) -> MergedBlock:
    """The profiles at places, which are in order, in a file of blocks; their places are their numbers."""
    wanted = frozenset(places)
    if not wanted:
        return MergedBlock(b"", places)
    with open(path, "rb") as file:  # noqa: PTH123
        return MergedBlock(b"".join([line for place, line in enumerate(file) if place in wanted]), places)


def _write(folder: str, columns: Columns) -> None:
    content = {
        _NUMBERS: columns.numbers.tobytes(),
        _REFUSED: columns.refused.data,
        _PLACES: columns.refused.pids.tobytes(),
        ABOUT: json.dumps({"unusable": columns.unusable}).encode(),
    }
    for name, data in content.items():
        with open(Path(folder, name), "wb") as file:  # noqa: PTH123
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


def read(folder: str) -> Columns:
    """What was filled. Raises OSError and ValueError if it cannot be read."""

    def content(name: str) -> bytes:
        return Path(folder, name).read_bytes()

    refused = MergedBlock(content(_REFUSED), array("q", content(_PLACES)))
    return Columns(array("q", content(_NUMBERS)), refused, json.loads(content(ABOUT))["unusable"])

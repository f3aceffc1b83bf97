"""Where does what is loaded come from?  Clean lines and rows of Parquet, file by file, as one table in SQL."""

from __future__ import annotations

import os

from pqltools.data.compression import is_parquet, shown_name
from pqltools.engines.store.cleaning import ID, IDS, Refused, cleaned
from pqltools.engines.store.fitting import merge_seen, seen_shape
from pqltools.engines.store.parquet import Rows, Unfit, check_names, is_unfit, rows_of, unreadable, write_lines
from pqltools.engines.store.projecting import projected_fields
from pqltools.engines.store.shapes import Shape, merged, quoted, sql_type, text_of
from pqltools.engines.store.troubles import is_full

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from duckdb import DuckDBPyConnection

    from pqltools.types.model import ObjectType

    Progress: TypeAlias = Callable[[int], None]

#: The longest line that DuckDB reads, in bytes; longer ones are in quarantine already.
_LONGEST = 256 * 2**20


class Sources:
    """The profiles in files, or `events`: `count` of them, what was `refused`, the fields `seen` (see `Fitting`)."""

    def __init__(
        self,
        connection: DuckDBPyConnection,
        type: ObjectType,
        folder: str,
        jobs: int,
        progress: Progress | None,
        *,
        events: bool = False,
    ) -> None:
        self.connection = connection
        self.type = type
        self.events = events
        self.folder = folder
        self.jobs = jobs
        self.progress = progress
        self.count = 0
        self.refused: list[Refused] = []
        self.seen: dict[str, Any] = {}
        #: In the order of the files: paths of clean lines, and rows.
        self._found: list[list[str] | Rows] = []
        self._folders = 0
        self._is_once = False

    def read(self, names: list[str]) -> None:
        """Look at files. Raises `PQLError` for one that cannot be read."""
        plain: list[str] = []
        for name in names:
            if not is_parquet(name):
                plain.append(name)
                continue
            self._read_lines(plain)
            plain = []
            check_names(name)
            if self.events:  # who the person of an event is, is found in its JSON
                self._found.append(self._written(name))
                continue
            try:
                self._add(rows_of(self.connection, name, self.type))
            except Unfit:
                self._found.append(self._written(name))
        self._read_lines(plain)

    def shape(self) -> Shape:
        """The shape that holds all of them."""
        shape = seen_shape(self.type, self.seen)
        for each in self._found:
            if isinstance(each, Rows):
                shape = merged(shape, each.shape)
        return shape

    def stage(self, table: str, shape: Callable[[Shape], Shape]) -> None:
        """Make a table of them, with the columns of the shape that is found for theirs. Raises `PQLError`."""
        import duckdb

        # What DuckDB does not take is mended when it is met, which costs nothing where it is not: at most rows of
        # Parquet become lines, and these are written anew.
        for mend in (self._mend, self._mend, None):
            try:
                self._create(table, shape(self.shape()))
            except duckdb.Error as problem:
                if mend is None:
                    raise
                mend(problem)
            else:
                return

    def _mend(self, problem: Exception) -> None:
        """Have DuckDB take what it has stopped at, or raise the problem."""
        rows = [each for each in self._found if isinstance(each, Rows)]
        if _repeats(problem) and not self._is_once:
            self._without_repetition()
            self._is_once = True
        elif rows and is_unfit(problem):
            self._rows_as_lines()
        elif rows and not is_full(problem):
            raise unreadable(rows[0].path, problem) from None
        else:
            raise problem

    def _without_repetition(self) -> None:
        """Write clean lines anew with each key once, the last one, as decoding has it."""
        import msgspec

        decode, encode = msgspec.json.Decoder().decode, msgspec.json.Encoder().encode
        for paths in self._found:
            for path in [] if isinstance(paths, Rows) else paths:
                once = f"{path}.once"
                with open(path, "rb") as lines, open(once, "wb") as file:  # noqa: PTH123
                    file.writelines(encode(decode(line)) + b"\n" for line in lines)
                os.replace(once, path)  # noqa: PTH105

    def _create(self, table: str, shape: Shape) -> None:
        self.connection.execute(f"CREATE OR REPLACE TABLE {table} AS {self._sql(shape)}")

    def _sql(self, shape: Shape) -> str:
        columns = {ID: "VARCHAR", IDS: "VARCHAR[]", **{name: sql_type(field) for name, field in shape.fields}}
        parts = [
            _rows_in(each, shape) if isinstance(each, Rows) else _lines_in(each, columns)
            for each in self._found
            if each
        ]
        if parts:
            return " UNION ALL ".join(parts)
        nothing = ", ".join(f"CAST(NULL AS {type}) AS {quoted(name)}" for name, type in columns.items())
        return f"SELECT {nothing} WHERE FALSE"

    def _read_lines(self, names: list[str]) -> None:
        if names:
            self._found.append(self._cleaned(names))

    def _cleaned(self, names: list[str], shown: str | None = None) -> list[str]:
        paths: list[str] = []
        self._folders += 1
        kind = "events" if self.events else "profiles"
        folder = os.path.join(self.folder, f"{kind}-{self._folders}")  # noqa: PTH118
        os.mkdir(folder)  # noqa: PTH102
        for part in cleaned(names, self.type, folder, self.jobs, events=self.events):
            refused = part.refused
            if shown is not None:
                refused = tuple(Refused(shown, each.line, each.reason, each.text) for each in refused)
            self.refused += refused
            merge_seen(self.seen, part.seen)
            if part.profiles:
                paths.append(part.path)
            self._count(part.profiles)
        return paths

    def _add(self, rows: Rows) -> None:
        merge_seen(self.seen, rows.seen)
        self._found.append(rows)
        self._count(rows.count)

    def _count(self, more: int) -> None:
        self.count += more
        if self.progress is not None:
            self.progress(self.count)

    def _written(self, name: str) -> list[str]:
        """The clean lines of a file of Parquet."""
        lines = os.path.join(self.folder, "rows.ndjson")  # noqa: PTH118
        write_lines(self.connection, name, lines)
        try:
            return self._cleaned([lines], shown_name(name))
        finally:
            os.remove(lines)  # noqa: PTH107

    def _rows_as_lines(self) -> None:
        for index, each in enumerate(self._found):
            if isinstance(each, Rows):
                self.count -= each.count
                self._found[index] = self._written(each.path)


def _repeats(problem: Exception) -> bool:
    """Whether DuckDB stopped at an object that has a key twice."""
    text = str(problem)
    return "has duplicate key" in text or "Map keys must be unique" in text


def _rows_in(rows: Rows, shape: Shape) -> str:
    fields = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in projected_fields("", rows.shape, shape))
    columns = f"{quoted(ID)}, {quoted(IDS)}{', ' if fields else ''}{fields}"
    return f"SELECT {columns} FROM ({rows.sql()})"


def _lines_in(paths: list[str], columns: dict[str, str]) -> str:
    written = ", ".join(f"{text_of(name)}: {text_of(type)}" for name, type in columns.items())
    names = ", ".join(f"{quoted(name)}" for name in columns)
    return (
        f"SELECT {names} FROM read_json([{', '.join(map(text_of, paths))}], columns = {{{written}}}, "
        f"format = 'newline_delimited', maximum_object_size = {_LONGEST if _longest_line(paths) > 2**23 else 2**24})"
    )


def _longest_line(paths: list[str]) -> int:
    """An upper bound of the length of the longest line, quickly: that of the largest file if that is small."""
    largest = max(map(os.path.getsize, paths))
    if largest <= 2**23:
        return largest
    longest = 0
    for path in paths:
        with open(path, "rb") as file:  # noqa: PTH123
            longest = max(longest, max(map(len, file), default=0))
    return longest

"""Which records are in a CSV file?  Its rows, by a mapping; a row that does not fit is told with its line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import BytesIO

from pqltools.data.compression import open_bytes, pieces, shown_name
from pqltools.data.lines import BadLine, Block, blocks
from pqltools.data.values import NotData
from pqltools.diagnostics import error
from pqltools.segmentation.profiles.mapping import Mapping
from pqltools.segmentation.profiles.model import Quarantined
from pqltools.segmentation.profiles.records import Fragment
from pqltools.segmentation.profiles.sources import Form, Part
from pqltools.source import Source

_ROWS = 1000


def csv_parts(path: str, form: Form, mapping: Mapping, *, max_line: int) -> Iterator[Part]:
    """The records of a file. Raises `PQLError` for one that cannot be read, or lacks columns."""
    with open_bytes(path) as file:
        lines = _Lines(shown_name(path), blocks(pieces(file), shown_name(path), max_line=max_line))
        delimiter = mapping.delimiter or ("\t" if ".tsv" in path.lower() else ",")
        csv.field_size_limit(max_line)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        rows = _Rows(shown_name(path), reader, lines)
        header = rows.header(mapping)
        found: list[Fragment | Quarantined] = []
        for line, row in rows:
            try:
                if isinstance(row, Quarantined):
                    found.append(row)
                elif len(row) > len(header):
                    raise NotData(f"the row has {len(row)} cells and the header {len(header)}")
                elif row:
                    found.append(form.of(mapping.record(dict(zip(header, row, strict=False)))))
            except NotData as problem:
                found.append(Quarantined(rows.file, line, str(problem)))
            if len(found) >= _ROWS:
                yield lines.take_size(), found
                found = []
        found += [Quarantined(bad.file, bad.line, bad.reason) for bad in lines.bad]
        yield lines.take_size(), found


class _Lines:
    """The lines of blocks as text, for the reader of the standard library."""

    def __init__(self, file: str, found: Iterator[Block | BadLine]) -> None:
        self._file = file
        self.bad: list[BadLine] = []
        self.line = 0
        self._size = 0
        self._lines = self._decoded(found)

    def __iter__(self) -> Iterator[str]:
        return self._lines

    def take_size(self) -> int:
        """The bytes since this was last asked."""
        size, self._size = self._size, 0
        return size

    def _decoded(self, found: Iterator[Block | BadLine]) -> Iterator[str]:
        for block in found:
            if isinstance(block, BadLine):
                self.bad.append(block)
                continue
            self.line = block.line - 1
            for raw in BytesIO(block.data).readlines():
                self.line += 1
                self._size += len(raw)
                try:
                    text = raw.decode()
                except UnicodeDecodeError as problem:
                    self.bad.append(BadLine(self._file, self.line, f"byte 0x{raw[problem.start]:02x} is not UTF-8"))
                    continue
                yield text.removeprefix("\ufeff") if self.line == 1 else text


class _Rows:
    """Rows with the line in which each ends, or what is wrong with it."""

    def __init__(self, file: str, reader: Iterator[list[str]], lines: _Lines) -> None:
        self.file = file
        self._reader = reader
        self._lines = lines

    def header(self, mapping: Mapping) -> list[str]:
        """The names of the columns. Raises `PQLError` if one is missing."""
        source = Source("", self.file)
        try:
            header = next(self._reader, None)
        except csv.Error as problem:
            raise error("PQL044", f"the header cannot be read: {problem}", (0, 0), source=source) from None
        if not header:
            raise error("PQL044", "the file has no header", (0, 0), source=source)
        missing = mapping.missing(header)
        if missing:
            names = ", ".join(f"`{name}`" for name in missing)
            help = f"it has {', '.join(f'`{name}`' for name in header[:30])}"
            raise error("PQL044", f"the file has no column {names}", (0, 0), help=help, source=source)
        return header

    def __iter__(self) -> Iterator[tuple[int, list[str] | Quarantined]]:
        while True:
            try:
                row = next(self._reader, None)
            except csv.Error as problem:
                line = self._lines.line
                yield line, Quarantined(self.file, line, f"this is no row of CSV: {problem}")
                continue
            if row is None:
                return
            yield self._lines.line, row

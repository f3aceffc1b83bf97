"""Which definitions are there in a folder of the workspace, and where?  Kept in memory, file by file.

A file is read once and again when it changes. What an editor has open counts as the editor has it. Trees are parsed
when somebody refers to them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from threading import RLock

from lsprotocol import types

from pqltools.checks.surroundings import Segment
from pqltools.diagnostics import PQLError
from pqltools.files import SUFFIXES, expand, read_source
from pqltools.formats.definition_files import read_file
from pqltools.formats.file_kinds import may_hold_pql
from pqltools.lsp.hosting import Hosted, kind_of, name_span, read, segments_in
from pqltools.lsp.positions import ENCODINGS, Encoding, length
from pqltools.records import Record, hint, record, replace
from pqltools.source import Source, Span
from pqltools.testing.file_names import is_test_file
from pqltools.workspace.given import GivenSegment, definition_of

#: Definition files beyond that are checked when they are opened, and not searched for definitions.
MAX_SIZE = 64 * 2**20


@record
class Place(Record):
    """A place in one line: `columns` are where it begins and ends in each encoding, in the order of `ENCODINGS`."""

    line: int
    columns: tuple[tuple[int, int], ...]

    def range(self, encoding: Encoding) -> types.Range:
        """The same for the client."""
        start, end = self.columns[ENCODINGS.index(encoding)]
        return types.Range(types.Position(self.line, start), types.Position(self.line, end))


@record
class Definition(Record):
    """A definition in a file: what it says of itself, and where its expression stands (offsets in the file)."""

    path: str
    segment: Segment = hint(default=None)
    format: str = "pql/text"
    span: Span = (0, 0)
    #: Line and column from 0, in code points, of the beginning of the definition's expression.
    line: int = 0
    column: int = 0
    #: Where it says what it is called, its id else: what people look for.
    called: Place = hint(default=None)
    #: The ids in its `inSegment` and the places of their strings.
    references: tuple[tuple[str, Span], ...] = hint(default=())

    @property
    def id(self) -> str:
        """The id; the empty string if it has none."""
        return self.segment.id

    @property
    def name(self) -> str | None:
        """What people call it."""
        return self.segment.name


class Index:
    """The definitions of a folder. All methods may be called from any thread."""

    def __init__(self, folder: str, is_excluded: Callable[[str], bool]) -> None:
        self.folder = folder
        #: Whether all files have been read once, so that what is not here is nowhere.
        self.complete = False
        #: Grows with every change of what the definitions are or say.
        self.generation = 0
        #: Grows when the definitions that there are become others, whatever their expressions say.
        self.outline = 0
        self._is_excluded = is_excluded
        self._lock = RLock()
        self._files: dict[str, tuple[Definition, ...]] = {}
        self._stamps: dict[str, tuple[int, int]] = {}
        self._segments: dict[str, Segment] | None = None
        self._by_id: dict[str, list[Definition]] | None = None

    # Asking.

    @property
    def paths(self) -> list[str]:
        """The files that hold PQL, in the order of their names."""
        with self._lock:
            return sorted(self._files)

    def definitions(self) -> Iterator[Definition]:
        """All definitions, in the order of the files."""
        with self._lock:
            files = sorted(self._files.items())
        for _, definitions in files:
            yield from definitions

    def in_file(self, path: str) -> tuple[Definition, ...]:
        """The definitions of one file."""
        with self._lock:
            return self._files.get(path, ())

    def by_id(self, id: str) -> list[Definition]:
        """The definitions with this id; there should be one."""
        with self._lock:
            if self._by_id is None:
                self._by_id = {}
                for definition in self.definitions():
                    self._by_id.setdefault(definition.id, []).append(definition)
            return [*self._by_id.get(id, ())]

    def segments(self) -> Mapping[str, Segment]:
        """The definitions as the checker knows them, by id; of two with the same id the first."""
        with self._lock:
            if self._segments is None:
                self._segments = {}
                for definition in self.definitions():
                    if definition.id:
                        self._segments.setdefault(definition.id, definition.segment)
            return self._segments

    def stamp(self, path: str) -> tuple[int, int] | None:
        """The time and size of a file when it was read."""
        with self._lock:
            return self._stamps.get(path)

    # Keeping up.

    def scan(self) -> Iterator[str]:
        """Read all files, one after the other; each is given back when it has been read, so that one may stop."""
        for path, _ in expand([self.folder], self._is_excluded):
            self.update(path)
            yield path
        with self._lock:
            self.complete = True
            self.generation += 1
            self.outline += 1

    def update(self, path: str) -> bool:
        """Read a file, or notice that it is gone; whether that changes what is known."""
        if not path.endswith(SUFFIXES):
            return False
        stamp = _stamp(path)
        with self._lock:
            if stamp is not None and self._stamps.get(path) == stamp:
                return False
        found = None if stamp is None or stamp[1] > MAX_SIZE else _read(path)
        return self._set(path, found, stamp)

    def update_open(self, path: str, source: Source, expressions: Iterable[Hosted]) -> bool:
        """Take what an editor has open in place of the file; whether that changes what is known."""
        found = tuple([_definition(path, source, hosted) for hosted in expressions])
        return self._set(path, found, None)

    def remove_below(self, path: str) -> bool:
        """Forget a file or all that is in a folder; whether there was something."""
        with self._lock:
            gone = [name for name in self._files if name == path or name.startswith(path + os.sep)]
            changes = [self._set(name, None, None) for name in gone]
        return any(changes)

    def _set(self, path: str, found: tuple[Definition, ...] | None, stamp: tuple[int, int] | None) -> bool:
        with self._lock:
            before = self._files.get(path)
            self._by_id = None
            if stamp is None:
                self._stamps.pop(path, None)
            else:
                self._stamps[path] = stamp
            if found is None:
                self._files.pop(path, None)
            else:
                self._files[path] = found
            if [*map(_said, before or ())] == [*map(_said, found or ())]:
                # The same to everybody else: parsed trees are kept.
                if before is not None and found is not None:
                    self._files[path] = tuple([_with(new, old) for new, old in zip(found, before, strict=True)])
                return False
            self._segments = None
            self.generation += 1
            self.outline += [_said(each)[:-1] for each in before or ()] != [_said(each)[:-1] for each in found or ()]
            return True


def _said(definition: Definition) -> tuple[object, ...]:
    """All that others can see of a definition."""
    segment = definition.segment
    value = segment._embedded.value if isinstance(segment, GivenSegment) and segment._embedded else None
    return segment.id, segment.name, segment.state, segment.method, definition.format, value


def _with(new: Definition, old: Definition) -> Definition:
    return replace(new, segment=old.segment)


def _stamp(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size


def _read(path: str) -> tuple[Definition, ...] | None:
    """The definitions in a file, None if it holds no PQL or cannot be read."""
    if is_test_file(path):
        return None
    try:
        source = read_source(path, max_size=MAX_SIZE)
        if not may_hold_pql(source):
            return None
        file = read_file(source)
    except (PQLError, RecursionError):
        return _read_rest(path)
    return tuple(
        [_definition(path, source, Hosted(embedded, file, 0, n)) for n, embedded in enumerate(file.expressions)]
    )


def _read_rest(path: str) -> tuple[Definition, ...] | None:
    """Of JSON Lines the lines that can be read, of other files nothing."""
    if not path.endswith((".jsonl", ".ndjson")):
        return None
    try:
        source = read_source(path, max_size=MAX_SIZE)
    except PQLError:
        return None
    expressions = read(source, kind_of(source, None), None, ()).expressions
    return tuple([_definition(path, source, hosted) for hosted in expressions])


def _definition(path: str, source: Source, hosted: Hosted) -> Definition:
    around = definition_of(hosted.file, hosted.embedded)
    segment = Segment("") if around is None else GivenSegment.of(around, hosted.embedded)
    line, column = source.line_column(hosted.span[0])
    called = _place(source, name_span(hosted) or hosted.span)
    return Definition(path, segment, hosted.format, hosted.span, line - 1, column - 1, called, segments_in(hosted))


def _place(source: Source, span: Span) -> Place:
    line, column = source.line_column(span[0])
    text = source.line_text(line)
    end = min(len(text), column - 1 + span[1] - span[0])
    columns = [(length(text[: column - 1], encoding), length(text[:end], encoding)) for encoding in ENCODINGS]
    return Place(line - 1, tuple(columns))

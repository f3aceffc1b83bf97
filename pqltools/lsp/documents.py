"""Which texts are open, and what is in them?  Snapshots: a change makes a new one, so that work on the old is safe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from threading import RLock

from lsprotocol import types
from pygls.uris import to_fs_path

from pqltools.lsp.hosting import Hosted, Reading, kind_of, read
from pqltools.lsp.positions import Encoding, Positions, changed
from pqltools.source import Source, Span


class Document:
    """One open text at one version.

    >>> document = Document("file:///a/b.pql", "pql", 1, "person.age = 1", "utf-16")
    >>> document.expressions[0].text
    'person.age = 1'
    """

    def __init__(self, uri: str, language: str | None, version: int, text: str, encoding: Encoding) -> None:
        self.uri = uri
        self.language = language
        self.version = version
        self.path = to_fs_path(uri)
        self.source = Source(text, self.path or uri.rpartition("/")[2] or uri)
        self.positions = Positions(self.source, encoding)
        self._reading: Reading | None = None
        self._before: Reading | None = None
        self._edits: tuple[tuple[Span, int], ...] = ()
        self._lock = RLock()

    @property
    def name(self) -> str:
        """What the file is called: its path, if it has one."""
        return self.source.name

    @property
    def text(self) -> str:
        """The text, equal to the client's."""
        return self.source.text

    @property
    def reading(self) -> Reading:
        """What is in the text, read when first asked for."""
        with self._lock:
            if self._reading is None:
                kind = kind_of(self.source, self.language)
                self._reading = read(self.source, kind, self._before, self._edits)
                self._before, self._edits = None, ()
            return self._reading

    @property
    def expressions(self) -> tuple[Hosted, ...]:
        """The expressions in the text, in its order."""
        return self.reading.expressions

    def at(self, position: types.Position) -> tuple[Hosted, int] | None:
        """The expression at a position, with the offset in its text."""
        offset = self.positions.offset(position)
        for hosted in self.expressions:
            inside = hosted.to_expression(offset)
            if inside is not None:
                return hosted, inside
        return None

    def touched(self, range: types.Range) -> list[Hosted]:
        """The expressions that a range has a part of."""
        span = self.positions.span(range)
        return [hosted for hosted in self.expressions if hosted.touches(span)]

    def range(self, hosted: Hosted, span: Span) -> types.Range:
        """The range for the client of a span of an expression's text."""
        return self.positions.range(hosted.to_host(span))

    def edited(self, changes: Iterable[types.TextDocumentContentChangeEvent], version: int) -> Document:
        """The text after changes of the client."""
        source, encoding = self.source, self.positions.encoding
        edits: list[tuple[Span, int]] = []
        for change in changes:
            source, span, length = changed(source, change, encoding)
            edits.append((span, length))
        after = Document(self.uri, self.language, version, "", encoding)
        after.source = source
        after.positions = Positions(source, encoding)
        with self._lock:
            after._before = self._reading or self._before
            after._edits = (*(() if self._reading is not None else self._edits), *edits)
        return after


class Documents:
    """All open texts, by their URIs."""

    def __init__(self) -> None:
        self._open: dict[str, Document] = {}

    def __iter__(self) -> Iterator[Document]:
        return iter([*self._open.values()])

    def __len__(self) -> int:
        return len(self._open)

    def get(self, uri: str) -> Document | None:
        """The text at its newest version, None if it is not open."""
        return self._open.get(uri)

    def by_path(self, path: str) -> Document | None:
        """The open text of a file."""
        return next((document for document in self if document.path == path), None)

    def put(self, document: Document) -> None:
        """Open a text, or replace it by a newer version."""
        self._open[document.uri] = document

    def close(self, uri: str) -> Document | None:
        """Forget a text."""
        return self._open.pop(uri, None)

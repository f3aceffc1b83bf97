"""How are definitions read from JSON and JSON Lines, and how is a value put back?  One scan finds all their places."""

from __future__ import annotations

import json
import re

from pqltools.diagnostics import Diagnostic, PQLError, Related
from pqltools.formats.definition_places import Spelling
from pqltools.formats.json_locations import locate
from pqltools.formats.json_text import decode
from pqltools.records import TYPE_CHECKING, replace

if TYPE_CHECKING:
    from typing import Any

    from pqltools.formats.json_locations import Path, Place
    from pqltools.source import Source, Span

_LINE = re.compile(r"[^\r\n]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
#: How much deeper than an expression the definition file around it may go.
_AROUND = 8


class JsonDocument:
    """One JSON text in a file, decoded."""

    def __init__(self, source: Source, span: Span, max_depth: int, what: str) -> None:
        self.span = span
        self.text = source.text if span == (0, len(source.text)) else source.text[span[0] : span[1]]
        try:
            self.data, _, repeated = decode(
                self.text, max_depth=max_depth + _AROUND, max_size=len(self.text), what=what
            )
        except PQLError as failure:
            raise PQLError(
                [_moved(diagnostic, source, span[0], max_depth, what) for diagnostic in failure.diagnostics]
            ) from None
        if repeated:
            raise PQLError([_moved(diagnostic, source, span[0], max_depth, what) for diagnostic in repeated])
        self._places: dict[Path, Place] = {}

    def look_up(self, paths: set[Path]) -> None:
        """Find the places of `paths`, in one scan."""
        self._places = locate(self.text, paths)

    def value(self, path: Path) -> Any:
        """The decoded value at `path`, None if there is none."""
        value = self.data
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def place(self, path: Path) -> Span | None:
        """Where the value at `path` stands in the file; it has been looked up."""
        place = self._places.get(path)
        return None if place is None else (place.value[0] + self.span[0], place.value[1] + self.span[0])

    def spelling(self, path: Path) -> Spelling | None:
        """How the value at `path` is written."""
        place = self.place(path)
        if place is None:
            return None
        value = self.value(path)
        raw = self.text[place[0] - self.span[0] : place[1] - self.span[0]]
        return Spelling("json" if isinstance(value, str) else "tree", place[0], raw, value)

    def shared(self, path: Path) -> str | None:
        """JSON has no anchors."""
        return None


def _moved(diagnostic: Diagnostic, source: Source, offset: int, max_depth: int, what: str) -> Diagnostic:
    start, end = diagnostic.span or (0, 0)
    related = tuple(
        Related(other.message, (other.span[0] + offset, other.span[1] + offset)) for other in diagnostic.related
    )
    moved = replace(diagnostic.located(source, (start + offset, end + offset)), related=related)
    if diagnostic.code == "PQL010":
        return replace(moved, message=f"the {what} is nested deeper than {max_depth} levels")
    return moved


def read_json(source: Source, max_depth: int) -> list[JsonDocument]:
    """The document of a JSON file. Raises `PQLError` (PQL010, PQL030, PQL031)."""
    return [JsonDocument(source, (0, len(source.text)), max_depth, "document")]


def read_json_lines(source: Source, max_depth: int) -> list[JsonDocument]:
    """The documents of a file with one on each line; blank lines are skipped. All faults are raised together."""
    documents: list[JsonDocument] = []
    faults: list[Diagnostic] = []
    for line in _LINE.finditer(source.text):
        if not line.group().strip("\ufeff \t"):
            continue
        try:
            documents.append(JsonDocument(source, line.span(), max_depth, "line"))
        except PQLError as failure:
            faults += failure.diagnostics
    if faults:
        raise PQLError(faults)
    return documents


def respell_json(spelling: Spelling, text: str, as_tree: bool) -> str:
    """`text` as it is to stand in place of `spelling`: itself if it is JSON, else a string.

    Characters beyond ASCII are escaped where all of them were.
    """
    if as_tree:
        return text
    old = spelling.value
    escaped = isinstance(old, str) and not old.isascii() and spelling.raw.isascii()
    return json_string(text, escaped)


def json_string(text: str, ascii_only: bool = False) -> str:
    """`text` as a JSON string that UTF-8 can hold."""
    return _SURROGATE.sub(lambda match: f"\\u{ord(match.group()):04x}", json.dumps(text, ensure_ascii=ascii_only))

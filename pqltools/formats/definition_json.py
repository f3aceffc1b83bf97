"""How are definitions read from JSON and JSON Lines, and how is a value put back?  One scan finds all their places."""

from __future__ import annotations

import json
import re

from pqltools.diagnostics import Diagnostic, PQLError, Related
from pqltools.formats.definition_places import Spelling
from pqltools.formats.json_text import decode
from pqltools.records import TYPE_CHECKING, replace

if TYPE_CHECKING:
    from typing import Any

    from pqltools.formats.json_locations import Path
    from pqltools.source import Source, Span

_WHITE = re.compile(r"[ \t\n\r\ufeff]*")
#: Decodes a value, numbers of any size included, and says where it ends.
_DECODER: Any = json.JSONDecoder(parse_int=bool, parse_float=bool)
_SKIP = _DECODER.scan_once
_KEY = _DECODER.parse_string
_LINE = re.compile(r"[^\r\n]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
#: How much deeper than an expression the definition file around it may go.
_AROUND = 8
#: After so many faults the file is probably something else.
_ENOUGH = 20


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
        #: Keys that are there twice; which of them matter depends on what the document holds.
        self.repeated = [_moved(diagnostic, source, span[0], max_depth, what) for diagnostic in repeated]
        self._places: dict[Path, Span] = {}

    def look_up(self, paths: set[Path]) -> None:
        """Find the places of `paths`, in one scan."""
        self._places = _find(self.text, paths)

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
        return None if place is None else (place[0] + self.span[0], place[1] + self.span[0])

    def spelling(self, path: Path) -> Spelling | None:
        """How the value at `path` is written."""
        place = self._places.get(path)
        if place is None:
            return None
        value = self.value(path)
        style = "json" if isinstance(value, str) else "tree"
        return Spelling(style, place[0] + self.span[0], self.text[slice(*place)], value)

    def shared(self, path: Path) -> str | None:
        """JSON has no anchors."""
        return None


def _find(text: str, paths: set[Path]) -> dict[Path, Span]:
    """The places of the values at `paths`, in text that has been decoded without fault.

    Unlike `json_locations.locate`, which knows every token, this lets the decoder, which is written in C, run over all
    that leads to none of the paths: most of a definition is of no interest here.
    """
    trie: dict[Any, Any] = {}
    for path in paths:
        branch = trie
        for step in path:
            branch = branch.setdefault(step, {})
    found: dict[Path, Span] = {}
    begin = _gap(text, 0)
    # Paths have few steps, so that recursion is no danger.
    _walk(text, begin, trie, (), found)
    return {path: found[path] for path in paths if path in found}


def _walk(text: str, begin: int, trie: dict[Any, Any], path: Path, found: dict[Path, Span]) -> int:
    """Note the place of the value that begins at `begin`, and of what is wanted in it; the answer is its end."""
    if not trie or text[begin] not in "{[":
        end: int = _SKIP(text, begin)[1]
        found[path] = begin, end
        return end
    is_object = text[begin] == "{"
    at = _gap(text, begin + 1)
    index = 0
    while text[at] not in "}]":
        step: str | int = index
        if is_object:
            step, at = _KEY(text, at + 1, True)
            at = _gap(text, _gap(text, at) + 1)
        wanted = trie.get(step)
        at = _gap(text, _SKIP(text, at)[1] if wanted is None else _walk(text, at, wanted, (*path, step), found))
        if text[at] == ",":
            at = _gap(text, at + 1)
        index += 1
    found[path] = begin, at + 1
    return at + 1


def _gap(text: str, at: int) -> int:
    """The end of the white space at `at`, and of a byte order mark."""
    match = _WHITE.match(text, at)
    assert match is not None
    return match.end()


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
    """The document of a JSON file. Raises `PQLError` (PQL010, PQL030)."""
    return [JsonDocument(source, (0, len(source.text)), max_depth, "document")]


def read_json_lines(source: Source, max_depth: int) -> list[JsonDocument]:
    """The documents of a file with one on each line; blank lines are skipped. The first faults are raised together."""
    documents: list[JsonDocument] = []
    faults: list[Diagnostic] = []
    for line in _LINE.finditer(source.text):
        if not line.group().strip("\ufeff \t"):
            continue
        try:
            documents.append(JsonDocument(source, line.span(), max_depth, "line"))
        except PQLError as failure:
            faults += failure.diagnostics
        if len(faults) >= _ENOUGH:
            break
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

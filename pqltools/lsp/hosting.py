"""Which expressions does an open text hold, and where?  Read as `pql check` and `pql test` read files.

Texts are read while they are being written, so that half of the time they are broken. What cannot be read is a finding
of the text, and the expressions that it had when it last could be read stay, moved by the edits since then, those that
were edited themselves excepted. Of JSON Lines only the lines that changed are read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pqltools.diagnostics import Diagnostic, PQLError
from pqltools.formats.definition_files import DefinitionFile, Embedded, read_file
from pqltools.formats.file_kinds import kind_of_file
from pqltools.records import Record, hint, record, replace
from pqltools.source import Source, Span
from pqltools.testing.file_names import is_test_file, looks_like_tests
from pqltools.workspace.given import definition_of

if TYPE_CHECKING:
    from pqltools.formats.file_kinds import Kind

#: What clients call the languages of texts that have no name yet.
_LANGUAGES: dict[str, Kind] = {
    "pql": "text",
    "pql-json": "tree",
    "json": "json",
    "jsonc": "json",
    "jsonl": "jsonl",
    "yaml": "yaml",
}


@record
class Hosted(Record):
    """An expression in an open text: as it was read from `file`, whose text begins at `base` in the open one.

    `format` is ``pql/text`` or ``pql/json``; `number` tells it from the others in the text.
    """

    embedded: Embedded
    file: DefinitionFile = hint(default=None)
    base: int = 0
    number: int = 0

    @property
    def format(self) -> str:
        """``pql/text`` or ``pql/json``."""
        return self.embedded.format

    @property
    def text(self) -> str:
        """The text of the expression: PQL, or JSON for ``pql/json``."""
        value = self.embedded.value
        return value if isinstance(value, str) else self.embedded.spelling.raw

    @property
    def span(self) -> Span:
        """Where it stands in the open text, quotes included."""
        return self._moved(self.embedded.span)

    @property
    def definition(self) -> Mapping[str, Any] | None:
        """The definition around it, None around a bare expression and in a test."""
        return definition_of(self.file, self.embedded)

    def to_host(self, span: Span) -> Span:
        """The place in the open text of a span of the expression's text."""
        return self._moved(self.embedded.locate(span))

    def to_expression(self, offset: int) -> int | None:
        """The offset in the expression's text of one in the open text; None outside of it, and where it is not known.

        Inside an escape it is the character that is escaped.
        """
        if not self.contains(offset):
            return None
        at, locate = offset - self.base, self.embedded.locate
        low, high = 0, len(self.text)
        # The first and the last place are the same only if all are: then the parts have no places of their own.
        if high and locate((0, 0)) == locate((high, high)):
            return None
        while low < high:
            middle = (low + high + 1) // 2
            if locate((middle, middle))[0] <= at:
                low = middle
            else:
                high = middle - 1
        return low

    def contains(self, offset: int) -> bool:
        """Whether an offset in the open text is in the expression or at one of its ends, inside of quotes."""
        start, end = self.span
        if self.embedded.spelling.style in ("json", '"', "'"):
            return start < offset < end
        return start <= offset <= end

    def touches(self, span: Span) -> bool:
        """Whether a span of the open text has a part of the expression, or is a place in it."""
        start, end = self.span
        return span[0] <= end and start <= span[1]

    def _moved(self, span: Span) -> Span:
        return span[0] + self.base, span[1] + self.base


def place_of(hosted: Hosted, *path: str) -> Span | None:
    """Where the definition around an expression stands in the open text, or its member at `path`, ``id`` or ``name``.

    None if there is none. It is as old as the reading of the text.
    """
    site = hosted.embedded.site
    if site is None:
        return None
    place = hosted.file.documents[site.document].place((*site.path, *path))
    return None if place is None else (place[0] + hosted.base, place[1] + hosted.base)


def name_span(hosted: Hosted) -> Span | None:
    """Where a definition says what it is called, its id else, without quotes; None if it does not."""
    definition = hosted.definition or {}
    for key in ("name", "id"):
        said = definition.get(key)
        place = place_of(hosted, key) if isinstance(said, str) and said else None
        if place is not None:
            return without_quotes(hosted.file.source.text, place, hosted.base)
    return None


def without_quotes(text: str, span: Span, base: int = 0) -> Span:
    """A scalar without the quotes around it; `text` begins at `base`."""
    start, end = span
    quoted = end - start >= 2 and text[start - base] in "\"'" and text[end - base - 1] == text[start - base]
    return (start + 1, end - 1) if quoted else (start, end)


def segments_in(hosted: Hosted) -> tuple[tuple[str, Span], ...]:
    """The ids in the `inSegment` of an expression, each with the place of its string in the open text."""
    from pqltools.workspace.structure.segments import references

    found = references(hosted.format, hosted.embedded.value, hosted.text)
    return tuple([(id, hosted.to_host(span)) for id, span in found])


@record
class Reading(Record):
    """What is in an open text: its kind, ``test`` for the files of `pql test`, its expressions and what is wrong.

    `diagnostics` have places in the open text. `whole` is False if the text could not be read: the expressions are
    those of earlier then. `lines` are the pieces of JSON Lines, by their text.
    """

    kind: str | None
    expressions: tuple[Hosted, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    whole: bool = True
    lines: Mapping[str, DefinitionFile | PQLError] = hint(default={})


def kind_of(source: Source, language: str | None) -> str | None:
    """The kind of an open text: one of `file_kinds`, ``test``, or None if it holds nothing of ours."""
    if is_test_file(source.name) and looks_like_tests(source.text):
        return "test"
    if "." not in source.name.replace("\\", "/").rpartition("/")[2] and language in _LANGUAGES:
        return _LANGUAGES[language]
    try:
        return kind_of_file(source)
    except PQLError:
        return _LANGUAGES.get(language or "")


def read(source: Source, kind: str | None, before: Reading | None, edits: Iterable[tuple[Span, int]]) -> Reading:
    """What is in a text; `before` and the `edits` since then say what was in it when it was last read."""
    if kind is None:
        return Reading(None)
    try:
        if kind == "test":
            return _read_tests(source)
        if kind == "jsonl":
            return _read_lines(source, before.lines if before is not None else {})
        file = read_file(source, kind)  # type: ignore[arg-type]
    except PQLError as problem:
        return _unreadable(kind, problem, before, edits)
    except RecursionError:
        return Reading(kind, whole=False)
    hosted = tuple([Hosted(embedded, file, 0, number) for number, embedded in enumerate(file.expressions)])
    return Reading(file.kind, hosted, file.diagnostics)


def _unreadable(kind: str, problem: PQLError, before: Reading | None, edits: Iterable[tuple[Span, int]]) -> Reading:
    """The faults, and of the expressions of earlier those that no edit touched."""
    diagnostics = problem.diagnostics
    if {diagnostic.code for diagnostic in diagnostics} == {"PQL040"} and (before is None or not before.expressions):
        # Most JSON and YAML is somebody else's, as for `pql check` in a folder.
        return Reading(kind, whole=False)
    kept = [] if before is None else [*before.expressions]
    for edit in edits:
        kept = [moved for hosted in kept if (moved := _after(hosted, *edit)) is not None]
    return Reading(kind, tuple(kept), diagnostics, whole=False, lines={} if before is None else before.lines)


def _after(hosted: Hosted, span: Span, length: int) -> Hosted | None:
    """An expression after an edit outside of it, None after one that touches it."""
    start, end = hosted.span
    if span[0] >= end:
        return hosted
    if span[1] > start:
        return None
    return replace(hosted, base=hosted.base + length - (span[1] - span[0]))


# JSON Lines.


def _read_lines(source: Source, known: Mapping[str, DefinitionFile | PQLError]) -> Reading:
    lines: dict[str, DefinitionFile | PQLError] = {}
    hosted: list[Hosted] = []
    diagnostics: list[Diagnostic] = []
    starts = [*source.line_starts, len(source.text)]
    for start, end in pairwise(starts):
        text = source.text[start:end].rstrip("\r\n")
        if not text.strip("\ufeff \t"):
            continue
        found = lines.get(text)
        if found is None:
            found = lines[text] = known.get(text) or _read_line(text, source.name)
        if isinstance(found, PQLError):
            diagnostics += [moved(diagnostic, source, start) for diagnostic in found.diagnostics]
            continue
        diagnostics += [moved(diagnostic, source, start) for diagnostic in found.diagnostics]
        hosted += [Hosted(embedded, found, start, len(hosted)) for embedded in found.expressions]
    if not hosted and {diagnostic.code for diagnostic in diagnostics} <= {"PQL040"}:
        diagnostics = []
    whole = not any(isinstance(found, PQLError) for found in lines.values())
    return Reading("jsonl", tuple(hosted), tuple(diagnostics), whole, lines)


def _read_line(text: str, name: str) -> DefinitionFile | PQLError:
    try:
        return read_file(Source(text, name), "jsonl")
    except PQLError as problem:
        return problem


def moved(diagnostic: Diagnostic, source: Source, by: int) -> Diagnostic:
    """A finding in a piece of a text, with its places in the whole text."""
    if by == 0:
        return replace(diagnostic, source=source)

    def at(span: Span) -> Span:
        return span[0] + by, span[1] + by

    fixes = [
        replace(fix, edits=tuple(replace(edit, span=at(edit.span)) for edit in fix.edits)) for fix in diagnostic.fixes
    ]
    related = tuple(replace(other, span=at(other.span)) for other in diagnostic.related)
    span = None if diagnostic.span is None else at(diagnostic.span)
    return replace(diagnostic, span=span, related=related, fixes=tuple(fixes), source=source)


# Tests.


def _read_tests(source: Source) -> Reading:
    """The expressions that stand in a test file itself. Raises `PQLError` if it is no JSON or YAML."""
    from pqltools.testing.documents import decoded
    from pqltools.testing.reading import read_suite
    from pqltools.testing.references import Library

    file = DefinitionFile(source, "json" if source.name.lower().endswith(".json") else "yaml", (), ())
    found = [embedded for document in decoded(source) for embedded in _expressions(document)]
    hosted = tuple([Hosted(embedded, file, 0, number) for number, embedded in enumerate(found)])
    suite = read_suite(source, Library())
    faults = [*suite.problems, *[fault for test in suite.tests for fault in test.faults]]
    own = [fault for fault in faults if fault.source is None or fault.source.name == source.name]
    return Reading("test", hosted, tuple(dict.fromkeys(own)))


def _expressions(document: Any) -> Iterable[Embedded]:
    """The values of the keys `expression`, wherever a test file may have them."""
    from pqltools.formats.json_locations import path_text

    for path, value in _candidates(document.data):
        if not isinstance(value, str | dict):
            continue
        spelling = document.spelling(path)
        if spelling is not None:
            format = "pql/text" if isinstance(value, str) else "pql/json"
            yield Embedded(format, value, path_text(path), spelling.span, None, spelling=spelling)


def _candidates(data: Any) -> Iterable[tuple[tuple[str | int, ...], Any]]:
    levels: list[tuple[tuple[str | int, ...], Any]] = [((), data)]
    for path, level in levels:
        if not isinstance(level, dict):
            continue
        if "expression" in level:
            yield (*path, "expression"), level["expression"]
        segments = level.get("segments")
        if isinstance(segments, dict):
            for id, item in segments.items():
                if isinstance(item, dict) and "expression" in item:
                    yield (*path, "segments", id, "expression"), item["expression"]
        for key in ("tests", "cases"):
            rows = level.get(key)
            if isinstance(rows, list):
                levels += [((*path, key, index), row) for index, row in enumerate(rows)]

"""What becomes of an open text when expressions in it get new values?  Written with the escapes and layout around."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pqltools.diagnostics import Diagnostic, Edit, PQLError
from pqltools.formats.definition_files import DefinitionFile
from pqltools.lsp.documents import Document
from pqltools.lsp.edits import edits_between
from pqltools.lsp.hosting import Hosted
from pqltools.workspace.formatting import formatted, rewritten


def pieces(expressions: Iterable[Hosted]) -> Iterator[tuple[DefinitionFile, int, list[Hosted]]]:
    """The expressions by the piece of the text that they were read from, with the place where it begins."""
    found: dict[tuple[int, int], tuple[DefinitionFile, int, list[Hosted]]] = {}
    for hosted in expressions:
        key = hosted.base, id(hosted.file)
        found.setdefault(key, (hosted.file, hosted.base, []))[2].append(hosted)
    yield from found.values()


def replaced(document: Document, values: Mapping[int, tuple[str, str]]) -> list[Edit]:
    """The edits that give expressions new formats and values, by their `number`. Raises `PQLError` (PQL037)."""
    found: list[Edit] = []
    wanted = [hosted for hosted in document.expressions if hosted.number in values]
    for file, base, group in pieces(wanted):
        new = {_index(hosted): values[hosted.number] for hosted in group}
        text, _ = rewritten(file, new)
        found += _moved(edits_between(file.source.text, text), base)
    return found


def laid_out(document: Document, expressions: Iterable[Hosted]) -> tuple[list[Edit], list[Diagnostic]]:
    """The edits that format expressions as `pql format` does, and why others cannot be formatted.

    Expressions in the files of `pql test` stay: `pql format` does not format those either.
    """
    found: list[Edit] = []
    problems: list[Diagnostic] = []
    if not document.reading.whole or document.reading.kind == "test":
        return [], []
    for file, base, group in pieces(expressions):
        new, faults = formatted(file, only={_index(hosted) for hosted in group})
        problems += faults
        try:
            text, _ = rewritten(file, new)
        except PQLError as problem:
            problems += problem.diagnostics
            continue
        found += _moved(edits_between(file.source.text, text), base)
    return found, problems


def _index(hosted: Hosted) -> int:
    """Which of the expressions of its piece it is."""
    return next(index for index, embedded in enumerate(hosted.file.expressions) if embedded is hosted.embedded)


def _moved(edits: Iterable[Edit], by: int) -> Iterator[Edit]:
    return (Edit((edit.span[0] + by, edit.span[1] + by), edit.text) for edit in edits)

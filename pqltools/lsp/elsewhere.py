"""What stands at a place that is not in the text that was asked about?  Other files, open or not, and definitions."""

from __future__ import annotations

import os
from collections.abc import Iterator

from lsprotocol import types

from pqltools.diagnostics import PQLError
from pqltools.files import read_source
from pqltools.lsp.convert import uri_of
from pqltools.lsp.documents import Document
from pqltools.lsp.hosting import Hosted, name_span, place_of
from pqltools.lsp.index import MAX_SIZE, Definition
from pqltools.lsp.state import State
from pqltools.source import Span


def document_of(state: State, path: str) -> Document | None:
    """A file as the editor has it, else as it is on the disk; None if it cannot be read."""
    found = state.documents.by_path(path)
    if found is not None:
        return found
    try:
        return Document(uri_of(path), None, 0, read_source(path, max_size=MAX_SIZE).text, state.encoding)
    except PQLError:
        return None


def definitions_of(state: State, id: str, near: str | None) -> list[Definition]:
    """The definitions with this id, those in the folder of the file `near` first."""
    first = state.folder(near)
    folders = [first, *[folder for folder in state.folders if folder is not first]]
    return [definition for folder in folders for definition in folder.index.by_id(id)] if id else []


def whole_of(document: Document, hosted: Hosted) -> Span:
    """The definition around an expression, the expression itself if there is none."""
    place = place_of(hosted) if is_current(document) else None
    start, end = place or hosted.span
    length = len(document.text)
    return min(start, length), min(end, length)


def called_of(document: Document, hosted: Hosted) -> Span | None:
    """Where a definition says what it is called."""
    return name_span(hosted) if is_current(document) else None


def is_current(document: Document) -> bool:
    """Whether what was read around the expressions is still there as it was read."""
    return document.reading.whole or document.reading.kind == "jsonl"


def links_to(state: State, definition: Definition) -> Iterator[tuple[str, types.Range, types.Range]]:
    """The URI of the file of a definition, and the ranges of the whole and of its name."""
    document = document_of(state, definition.path)
    if document is None:
        return
    for hosted in document.expressions:
        if (hosted.definition or {}).get("id") == definition.id:
            whole = whole_of(document, hosted)
            name = called_of(document, hosted) or hosted.span
            name = name if whole[0] <= name[0] and name[1] <= whole[1] else whole
            yield document.uri, document.positions.range(whole), document.positions.range(name)


def title_of(hosted: Hosted, document: Document) -> str:
    """What people call the definition or the expression."""
    definition = hosted.definition or {}
    for key in ("name", "id"):
        said = definition.get(key)
        if isinstance(said, str) and said.strip():
            return said
    if hosted.embedded.path == "$":
        return os.path.basename(document.name)
    return hosted.embedded.path.removeprefix("$.").removesuffix(".value")

"""Where do the names in this text lead?  `textDocument/documentLink`: segments to definitions, tests to their files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from lsprotocol import types

from pqltools.diagnostics import PQLError
from pqltools.lsp.convert import uri_of
from pqltools.lsp.documents import Document
from pqltools.lsp.elsewhere import definitions_of
from pqltools.lsp.hosting import without_quotes
from pqltools.lsp.state import State
from pqltools.lsp.under import segments_of


def answer(state: State, params: types.DocumentLinkParams) -> list[types.DocumentLink]:
    """The links. What stands behind a segment is told when somebody points at it."""
    document = state.document(params.text_document.uri)
    return [*_segments(state, document), *_files(document)]


def _segments(state: State, document: Document) -> Iterator[types.DocumentLink]:
    known: dict[str, str | None] = {}
    for hosted in document.expressions:
        for id, span in segments_of(state, document, hosted):
            if id not in known:
                found = definitions_of(state, id, document.path)
                known[id] = f"{uri_of(found[0].path)}#L{found[0].called.line + 1}" if found else None
            target = known[id]
            if target is not None:
                inside = (span[0] + 1, span[1] - 1) if span[1] - span[0] > 2 else span
                data = {"id": id, "near": document.path}
                yield types.DocumentLink(document.range(hosted, inside), target, data=data)


def _files(document: Document) -> Iterator[types.DocumentLink]:
    """The files that a test names."""
    if document.reading.kind != "test" or document.path is None:
        return
    from pqltools.testing.documents import decoded

    try:
        documents = decoded(document.source)
    except (PQLError, RecursionError):
        return
    folder = os.path.dirname(document.path)
    for each in documents:
        for path, name in _strings(each.data):
            file = os.path.join(folder, name)
            if os.path.isfile(file):
                spelling = each.spelling(path)
                if spelling is not None:
                    span = without_quotes(document.text, spelling.span)
                    yield types.DocumentLink(document.positions.range(span), uri_of(file))


def _strings(data: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The strings that may name a file, outside of profiles and what is done to them."""
    pending: list[tuple[tuple[str | int, ...], Any]] = [((), data)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, dict):
            pending += [((*path, key), item) for key, item in value.items() if key not in ("with", "expression")]
        elif isinstance(value, list):
            pending += [((*path, index), item) for index, item in enumerate(value)]
        elif isinstance(value, str) and 0 < len(value) < 500 and "." in value and "\0" not in value:
            yield path, value

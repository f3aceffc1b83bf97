"""Where is this used?  `textDocument/references`: segments in the whole workspace, variables in their expression."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from pqltools.diagnostics import PQLError
from pqltools.files import read_source
from pqltools.lsp.convert import uri_of
from pqltools.lsp.elsewhere import definitions_of, links_to
from pqltools.lsp.index import MAX_SIZE
from pqltools.lsp.positions import Positions
from pqltools.lsp.state import State
from pqltools.lsp.under import defined_at, referred_at, segments_of
from pqltools.source import Span
from pqltools.workspace.structure.same import same_variable


def answer(state: State, params: types.ReferenceParams) -> list[types.Location]:
    """The places, file by file; with the definition or the binder if it is wanted."""
    document = state.document(params.text_document.uri)
    with_own = params.context.include_declaration
    referred = referred_at(state, document, params.position)
    defined = defined_at(document, params.position)
    if referred is not None or defined is not None:
        id = referred[0] if referred is not None else defined[0] if defined is not None else ""
        own = [
            types.Location(uri, name)
            for definition in (definitions_of(state, id, document.path) if with_own else ())
            for uri, _, name in links_to(state, definition)
        ]
        return _unique([*own, *_of_open(state, id), *_of_files(state, id)])
    found = document.at(params.position)
    if found is None or found[0].format != "pql/text":
        return []
    hosted, offset = found
    same = same_variable(hosted.text, offset, state.parts(document))
    places = same.places if same is not None else ()
    return [
        types.Location(document.uri, document.range(hosted, span))
        for span in places
        if with_own or same is None or span != same.binder
    ]


def _of_open(state: State, id: str) -> Iterator[types.Location]:
    for document in state.documents:
        for hosted in document.expressions:
            for other, span in segments_of(state, document, hosted):
                if other == id:
                    yield types.Location(document.uri, document.range(hosted, span))


def _of_files(state: State, id: str) -> Iterator[types.Location]:
    """The uses in files that are not open."""
    open_paths = {document.path for document in state.documents}
    places: dict[str, list[Span]] = {}
    for folder in state.folders:
        for definition in folder.index.definitions():
            if definition.path not in open_paths:
                found = [span for other, span in definition.references if other == id]
                if found:
                    places.setdefault(definition.path, []).extend(found)
    for path, spans in places.items():
        try:
            source = read_source(path, max_size=MAX_SIZE)
        except PQLError:
            continue  # it has just gone
        positions = Positions(source, state.encoding)
        for span in sorted({*spans}):
            yield types.Location(uri_of(path), positions.range(span))


def _unique(found: list[types.Location]) -> list[types.Location]:
    seen = {(each.uri, each.range.start.line, each.range.start.character): each for each in reversed(found)}
    return [each for each in found if seen[each.uri, each.range.start.line, each.range.start.character] is each]

"""What is in this text?  `textDocument/documentSymbol`: its definitions, and what their expressions consist of."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from pqltools.lsp.documents import Document
from pqltools.lsp.elsewhere import called_of, title_of, whole_of
from pqltools.lsp.hosting import Hosted
from pqltools.lsp.state import State
from pqltools.source import Span
from pqltools.workspace.structure.outline import Outline, outline_of_tree

KINDS = {
    "condition": types.SymbolKind.Boolean,
    "group": types.SymbolKind.Namespace,
    "scope": types.SymbolKind.Array,
    "chain": types.SymbolKind.Event,
    "element": types.SymbolKind.Event,
    "variable": types.SymbolKind.Variable,
}
#: Of very many, what editors can show.
MOST = 20_000


def answer(
    state: State, params: types.DocumentSymbolParams
) -> list[types.DocumentSymbol] | list[types.SymbolInformation]:
    """The symbols in levels, or one below the other for clients that know no levels."""
    document = state.document(params.text_document.uri)
    found = _symbols(state, document)
    if state.can("text_document.document_symbol.hierarchical_document_symbol_support"):
        return found
    return [*_flat(found, document.uri, None)]


def _symbols(state: State, document: Document) -> list[types.DocumentSymbol]:
    found: list[types.DocumentSymbol] = []
    count = 0
    for hosted in document.expressions:
        below = _below(state, document, hosted) if count < MOST else []
        count += 1 + len(below)
        found += below if hosted.embedded.path == "$" else [_definition(document, hosted, below)]
    return found


def _definition(document: Document, hosted: Hosted, below: list[types.DocumentSymbol]) -> types.DocumentSymbol:
    whole = whole_of(document, hosted)
    # What an alias of YAML stands for is somewhere else.
    places = (called_of(document, hosted), hosted.span, (whole[0], whole[0]))
    called = next(place for place in places if place and whole[0] <= place[0] <= place[1] <= whole[1])
    title = title_of(hosted, document)
    return types.DocumentSymbol(
        title,
        types.SymbolKind.Class if hosted.definition is not None else types.SymbolKind.Boolean,
        document.positions.range(whole),
        document.positions.range(called),
        _detail(hosted, title),
        children=below,
    )


def _detail(hosted: Hosted, title: str) -> str | None:
    """The id and the method of a definition."""
    from pqltools.checks.eligibility.evaluation_info import read

    definition = hosted.definition
    if definition is None:
        return None
    id, method = definition.get("id"), read(definition.get("evaluationInfo")).method
    return " · ".join([said for said in (id, method) if isinstance(said, str) and said and said != title]) or None


def _below(state: State, document: Document, hosted: Hosted) -> list[types.DocumentSymbol]:
    if hosted.format == "pql/json":
        trees = outline_of_tree(hosted.embedded.value, hosted.text)
        return [_symbol(document, hosted, tree, 0) for tree in trees]
    return [
        _symbol(document, hosted, placed.part.outline, placed.base)
        for placed in state.parts(document).of(hosted.text)
        if placed.part.outline is not None
    ]


def _symbol(document: Document, hosted: Hosted, outline: Outline, base: int) -> types.DocumentSymbol:
    range = document.range(hosted, _moved(outline.span, base))
    below = [_symbol(document, hosted, child, base) for child in outline.children]
    return types.DocumentSymbol(outline.name, KINDS[outline.kind], range, range, children=below or None)


def _moved(span: Span, by: int) -> Span:
    return span[0] + by, span[1] + by


def _flat(symbols: list[types.DocumentSymbol], uri: str, container: str | None) -> Iterator[types.SymbolInformation]:
    for symbol in symbols:
        yield types.SymbolInformation(
            types.Location(uri, symbol.range), symbol.name, symbol.kind, container_name=container
        )
        yield from _flat([*(symbol.children or ())], uri, symbol.name)

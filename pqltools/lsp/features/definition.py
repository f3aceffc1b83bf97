"""Where is this defined?  `textDocument/definition`: segments in their files, variables where they are bound."""

from __future__ import annotations

from lsprotocol import types

from pqltools.lsp.elsewhere import definitions_of, links_to
from pqltools.lsp.state import State
from pqltools.lsp.under import defined_at, referred_at
from pqltools.workspace.structure.same import same_variable


def answer(state: State, params: types.DefinitionParams) -> list[types.LocationLink] | list[types.Location]:
    """The places, with what is shown of them for clients that know links."""
    document = state.document(params.text_document.uri)
    links: list[types.LocationLink] = []
    referred = referred_at(state, document, params.position)
    defined = defined_at(document, params.position)
    found = document.at(params.position)
    if referred is not None:
        id, hosted, span = referred
        links = _links(state, id, document.path, document.range(hosted, span))
    elif defined is not None:
        links = _links(state, defined[0], document.path, document.positions.range(defined[1]))
    elif found is not None and found[0].format == "pql/text":
        hosted, offset = found
        same = same_variable(hosted.text, offset, state.parts(document))
        if same is not None and same.binder is not None:
            binder = document.range(hosted, same.binder)
            under = next(span for span in same.places if span[0] <= offset <= span[1])
            links = [types.LocationLink(document.uri, binder, binder, document.range(hosted, under))]
    if state.can("text_document.definition.link_support"):
        return links
    return [types.Location(link.target_uri, link.target_selection_range) for link in links]


def _links(state: State, id: str, near: str | None, under: types.Range) -> list[types.LocationLink]:
    found = {
        (uri, name.start.line, name.start.character): types.LocationLink(uri, whole, name, under)
        for definition in definitions_of(state, id, near)
        for uri, whole, name in links_to(state, definition)
    }
    return [*found.values()]

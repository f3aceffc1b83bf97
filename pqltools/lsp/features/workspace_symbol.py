"""Which definitions are called something like this?  `workspace/symbol`, by name and id, in all folders."""

from __future__ import annotations

import os
from heapq import nsmallest

from lsprotocol import types

from pqltools.lsp.convert import uri_of
from pqltools.lsp.index import Definition
from pqltools.lsp.state import State
from pqltools.workspace.structure.matching import fit

#: Nobody reads more; with more letters there are fewer.
MOST = 200


def answer(state: State, params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol]:
    """The definitions that fit, the best first; of an empty query all, in the order of the files."""
    query = "".join(params.query.lower().split())
    found: dict[tuple[str, int], tuple[int, int, Definition]] = {}
    for folder in state.folders:
        for definition in folder.index.definitions():
            cost = _cost(query, definition)
            if cost is not None:
                # A folder may be inside of another.
                found.setdefault((definition.path, definition.span[0]), (cost, len(found), definition))
    best = nsmallest(MOST, found.values(), key=lambda each: each[:2])
    return [_symbol(state, definition) for _, _, definition in best]


def _cost(query: str, definition: Definition) -> int | None:
    names = [name for name in (definition.name, definition.id, os.path.basename(definition.path)) if name]
    if not query:
        return 0
    # The file's name only if nothing that the definition says of itself fits.
    costs = [cost for name in names[:-1] if (cost := fit(query, "".join(name.split()))) is not None]
    if costs:
        return min(costs)
    cost = fit(query, names[-1]) if len(names) == 1 else None
    return None if cost is None else cost + 100


def _symbol(state: State, definition: Definition) -> types.WorkspaceSymbol:
    name = definition.name or definition.id or os.path.basename(definition.path)
    about = [said for said in (definition.id, definition.segment.method) if said and said != name]
    location = types.Location(uri_of(definition.path), definition.called.range(state.encoding))
    return types.WorkspaceSymbol(location, name, types.SymbolKind.Class, container_name=" · ".join(about) or None)

"""What stands behind this link?  `documentLink/resolve`: the name, life cycle and method of the segment."""

from __future__ import annotations

from lsprotocol import types

from pqltools.lsp.elsewhere import definitions_of
from pqltools.lsp.state import State


def answer(state: State, params: types.DocumentLink) -> types.DocumentLink:
    """The link with a tooltip."""
    data = params.data if isinstance(params.data, dict) else {}
    id = data.get("id")
    near = data.get("near")
    if not isinstance(id, str):
        return params
    for definition in definitions_of(state, id, near if isinstance(near, str) else None):
        segment = definition.segment
        said = (segment.name, segment.id, segment.state, segment.method)
        params.tooltip = " · ".join(dict.fromkeys([each for each in said if each]))
        break
    return params

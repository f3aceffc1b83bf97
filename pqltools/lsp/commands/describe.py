"""What does this expression say in plain English?  `pql.describe` gives ``{title, text}``."""

from __future__ import annotations

from typing import Any

from pqltools.description.describe import describe
from pqltools.lsp.state import State
from pqltools.lsp.targets import page, target, tree_of
from pqltools.xdm import standard

RUNS = "checking"


def run(state: State, argument: dict[str, Any]) -> dict[str, str]:
    """The description of the expression at ``{uri, position}``."""
    found = target(state, argument)
    tree = tree_of(state, found)
    known = state.checker(found.document).known
    names = {id: segment.name for id, segment in (known.segments or {}).items() if segment.name}
    titled = known.schema.name != standard.NAME
    return page(f"{found.title} in English", describe(tree, known.schema, segments=names, titles=titled))

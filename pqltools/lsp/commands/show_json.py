"""How does this expression look as pql/json?  `pql.showJson` gives ``{title, text}``, laid out for reading."""

from __future__ import annotations

from typing import Any

from pqltools.formats.pql_json import to_json_bytes
from pqltools.lsp.state import State
from pqltools.lsp.targets import page, target, tree_of

RUNS = "checking"


def run(state: State, argument: dict[str, Any]) -> dict[str, str]:
    """The tree of the expression at ``{uri, position}``."""
    found = target(state, argument)
    text = to_json_bytes(tree_of(state, found), pretty=True).decode()
    return page(f"{found.title} as pql/json", text if text.endswith("\n") else text + "\n")

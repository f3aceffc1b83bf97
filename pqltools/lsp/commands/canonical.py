"""How is this expression written canonically?  `pql.canonical` rewrites it so; its comments stay."""

from __future__ import annotations

import asyncio
from typing import Any

from pqltools.lsp.rewrites import apply, canonical_edits
from pqltools.lsp.state import State
from pqltools.lsp.targets import target


async def run(state: State, argument: dict[str, Any]) -> dict[str, bool]:
    """``{applied}``: whether there was something to change in the expression at ``{uri, position}``."""
    found = target(state, argument)
    edits = await asyncio.get_running_loop().run_in_executor(state.checking, canonical_edits, state, found)
    return {"applied": await apply(state, found, edits, "rewrite to canonical text")}

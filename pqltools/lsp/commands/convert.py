"""How does this expression look in the other format?  `pql.convert` rewrites it in its definition.

A file that is one expression says its format by its name: its content would no longer fit, so that it stays as it is
and the other format comes back as a page, to be shown or saved under another name.
"""

from __future__ import annotations

import asyncio
from typing import Any

from pqltools.lsp.rewrites import apply, converted_edits, converted_page, is_bare, other_format
from pqltools.lsp.state import State
from pqltools.lsp.targets import page, target


async def run(state: State, argument: dict[str, Any]) -> dict[str, Any]:
    """``{applied, format}``, or ``{title, text, format}`` for a bare expression at ``{uri, position}``."""
    loop = asyncio.get_running_loop()
    found = target(state, argument)
    to = other_format(found.hosted.format)
    if is_bare(found):
        text = await loop.run_in_executor(state.checking, converted_page, state, found)
        return {**page(f"{found.title} as {to}", text), "format": to}
    edits = await loop.run_in_executor(state.checking, converted_edits, state, found)
    return {"applied": await apply(state, found, edits, f"convert to {to}"), "format": to}

"""How many of the configured sample profiles qualify?  `pql.evaluateSample`, also behind the code lens.

It gives ``{title, text}`` and the numbers: ``profiles``, ``qualified``, ``unknown``, ``failed``, ``badLines``,
``seconds``. What is known is not found out again, unless the argument says ``"anew": true``.
"""

from __future__ import annotations

import asyncio
from typing import Any

from lsprotocol import types

from pqltools.lsp.sampling import asked, in_words
from pqltools.lsp.state import State
from pqltools.lsp.targets import page, target


async def run(state: State, argument: dict[str, Any]) -> dict[str, Any]:
    """The numbers for the expression at ``{uri, position}``."""
    found = target(state, argument)
    question = await asyncio.get_running_loop().run_in_executor(state.checking, asked, state, found)
    answer = await state.sampling.answer(question, found.title, anew=argument.get("anew") is True)
    told = f"{found.title}: {in_words(answer)}"
    if answer.get("outdated"):
        told += "; a sample file has changed in the meantime"
    problems = answer["problems"]
    if problems or answer.get("outdated"):
        # The code lens has room for numbers only.
        first = f"; {problems[0]}" if problems else ""
        params = types.ShowMessageParams(types.MessageType.Warning, told + first)
        state.client.window_show_message(params)
    text = "\n".join([told, f"evaluated in {answer['seconds']:.1f} s", *([""] if problems else []), *problems, ""])
    return {**page(f"{found.title} on the samples", text), **answer}

"""What exactly was sent?  `Sent`: the body as it came, for resources that keep what they do not read."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from typing import Annotated, Any

from fastapi import Depends, Request

from pqltools.api.bodies import is_json
from pqltools.api.models import STRICT
from pqltools.segmentation.problems import invalid


async def _sent(request: Request) -> dict[str, Any]:
    # The gateway has seen that it is JSON, and refuses what is too deep; the models see that it is an object.
    try:
        found = json.loads(await request.body() or b"null")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


async def members_once(request: Request) -> None:
    """Raise `Problem` (400) if an object of the body has a member twice, of which readers take either one."""
    if not STRICT.get() or not is_json(request.headers):
        return
    twice: list[str] = []

    def look(pairs: list[tuple[str, Any]]) -> None:
        if len({name for name, _ in pairs}) < len(pairs):
            twice.append(next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1))

    with suppress(ValueError):  # said by others
        json.loads(await request.body() or b"null", object_pairs_hook=look)
    if twice:
        found = f"an object has the member `{twice[0][:100]}` twice"
        raise invalid(found, path=f"$..{twice[0][:100]}", help="leave out the one that does not count")


Sent = Annotated[dict[str, Any], Depends(_sent)]

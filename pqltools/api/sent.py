"""What exactly was sent?  `Sent`: the body as it came, for resources that keep what they do not read."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import Depends, Request


async def _sent(request: Request) -> dict[str, Any]:
    # The gateway has seen that it is JSON, and refuses what is too deep; the models see that it is an object.
    try:
        found = json.loads(await request.body() or b"null")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


Sent = Annotated[dict[str, Any], Depends(_sent)]

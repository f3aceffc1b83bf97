"""How does an answer become bytes?  `answer`, for resources: JSON with the address of what is new, or nothing."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.responses import Response

BASE = "/data/core/ups"


def answer(content: object, status: int = 200, *, location: str | None = None) -> Response:
    """The content as JSON; `location` is the address of a new resource below the base, for ``X-Location``."""
    headers = {} if location is None else {"X-Location": f"{BASE}{location}"}
    return Response(encoded(content), status, headers, "application/json")


def empty(status: int = 204) -> Response:
    """An answer without a body."""
    return Response(status_code=status)


def encoded(content: object) -> bytes:
    """Compact JSON, as UTF-8."""
    return msgspec.json.encode(content)


def with_warnings(shown: dict[str, Any], warnings: list[dict[str, Any]]) -> dict[str, Any]:
    """What is shown of a definition; its warnings stand in a member of their own, which clients need not know."""
    return {**shown, "diagnostics": warnings} if warnings else shown

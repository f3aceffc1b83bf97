"""How are several things asked for at once?  The ids of a bulk-get, and its answer with status 207."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.responses import Response

from pqltools.api.answers import answer
from pqltools.api.models import BulkGet
from pqltools.segmentation.problems import Problem


def bulk_ids(body: BulkGet, most: int) -> list[str]:
    """The ids, each once. Raises `Problem` (400) for none, or too many."""
    ids = [*dict.fromkeys(entry.id for entry in body.ids)]
    if not 1 <= len(ids) <= most:
        title = f"A bulk-get takes 1 to {most} ids, not {len(ids)}."
        raise Problem(400, "UPAPI-113015-400", title, [{"message": title, "path": "$.ids"}])
    return ids


def bulk_answer(ids: list[str], found: Mapping[str, Any], request: Request) -> Response:
    """What was found, and an error for each id that is not known. Raises `Problem` (404) if none is."""
    if not found:
        raise Problem(404, "UPAPI-113000-404", f"The entity {','.join(ids)} is not found.")
    missing = {"requestId": request.state.request_id, "errors": {"404": [{"code": "404", "message": "Not found."}]}}
    return answer({"results": {id: found.get(id, missing) for id in ids}}, 207)

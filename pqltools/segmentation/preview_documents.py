"""What is kept of a preview, and what does the API show of it?

An id is the base64 of ``<n>:<query id>:<execution>``, as the platform's, in the letters that addresses may have.
"""

from __future__ import annotations

import base64
import secrets
import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from pqltools.segmentation.estimates import estimate
from pqltools.segmentation.merge_policies import PROFILE
from pqltools.segmentation.pages import Page

RUNNING, READY, FAILED = "RUNNING", "RESULT_READY", "FAILED"
BASE = "/data/core/ups"


def new_preview(expression: Mapping[str, Any], policy: str, now: int) -> dict[str, Any]:
    """The document of a preview that begins."""
    query, execution = f"app-{uuid.uuid4()}", secrets.randbelow(2**31 - 1) + 1
    return {
        "id": _encoded(f"0:{query}:{execution}"),
        "query": query,
        "execution": execution,
        "expression": dict(expression),
        "policy": policy,
        "state": RUNNING,
        "created": now,
        "error": "",
        "total": 0,
        "rows": 0,
        "read": 0,
        "matched": 0,
        "namespaces": {},
        "results": [],
    }


def begun(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the API answers to who made it."""
    return {
        "state": document["state"],
        "previewQueryId": document["query"],
        "previewQueryStatus": document["state"],
        "previewId": document["id"],
        "previewExecutionId": document["execution"],
    }


def shown_results(document: Mapping[str, Any], page: Page) -> dict[str, Any]:
    """The profiles that qualify, with a page of those that are kept."""
    found: Sequence[Sequence[str]] = document["results"]
    rows = found[page.offset : page.offset + page.limit]
    links = {"_self": _link(document, page.offset, page.limit), "next": "", "prev": ""}
    if page.offset + len(rows) < len(found):
        links["next"] = _link(document, page.offset + page.limit, page.limit)
    if page.offset:
        links["prev"] = _link(document, max(page.offset - page.limit, 0), page.limit)
    return {
        "results": [_entity(namespace, id) for namespace, id in rows],
        "state": document["state"],
        "links": links,
        "page": {"offset": page.offset, "size": len(rows)},
    }


def shown_estimate(document: Mapping[str, Any], so_far: Mapping[str, int]) -> dict[str, Any]:
    """What is known about the size; `so_far` is what is known of the numbers of one that is running."""
    counts = {**document, **so_far} if document["state"] == RUNNING else document
    # Of one that is running there is no estimate: the profiles that are read first are no sample of all.
    found = estimate(document["matched"], document["rows"], document["total"])
    return {
        "estimatedSize": found.size,
        "numRowsToRead": counts["rows"],
        "totalRows": counts["total"],
        "profilesReadSoFar": counts["read"],
        "profilesMatchedSoFar": counts["matched"],
        "standardError": found.standard_error,
        "confidenceInterval": "95%",
        "confidenceBounds": {"lower": found.lower, "upper": found.upper},
        "estimatedNamespaceDistribution": [
            {"namespaceId": name, "profilesMatchedSoFar": count} for name, count in document["namespaces"].items()
        ],
        "state": document["state"],
        "error": {"description": document["error"], "traceback": ""},
        "_links": {"preview": f"{BASE}/preview/{document['id']}"},
    }


def _entity(namespace: str, id: str) -> dict[str, Any]:
    query = {"schema.name": PROFILE, "entityId": id} | ({"entityIdNS": namespace} if namespace else {})
    ends = {namespace: {"id": id}} if namespace else {}
    entry = {"_href": f"{BASE}/access/entities?{urlencode(query)}", "endCustomerIds": ends}
    return {_encoded(f"{namespace}:{id}") if namespace else id: entry}


def _link(document: Mapping[str, Any], offset: int, limit: int) -> str:
    return f"{BASE}/preview/{document['id']}?offset={offset}&limit={limit}"


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii").rstrip("=")

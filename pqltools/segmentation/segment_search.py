"""Which segments were made elsewhere?  `SegmentSearch` looks through the external audiences of a sandbox.

Decisions: what the platform indexes, segments and traits of other systems, are here the external audiences that were
created with ``/audiences``. They have no folders: all are in `root`. Inactive ones are not found, as lists hide them.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from pqltools.segmentation.metadata.documents import Documents
from pqltools.segmentation.metadata.store import Metadata
from pqltools.segmentation.metadata.tables import DEFINITIONS
from pqltools.segmentation.problems import not_found
from pqltools.segmentation.scope import Scope
from pqltools.segmentation.search_terms import read_search

ROOT = "root"
FIELDS = ("segmentName", "segmentDescription", "segmentId", "folderId", "folderLocation", "parentFolderId")


class SegmentSearch:
    """The search of all sandboxes."""

    def __init__(self, metadata: Metadata) -> None:
        self._metadata = metadata
        self._documents = Documents(DEFINITIONS)

    def namespaces(self, scope: Scope, search: str | None) -> dict[str, int]:
        """How many are found in each namespace, those with the most first."""
        found: dict[str, int] = {}
        for each in self._found(scope, search):
            found[each["namespace"]] = found.get(each["namespace"], 0) + 1
        return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))

    def entities(self, scope: Scope, namespace: str, search: str | None, folder: str | None) -> list[dict[str, Any]]:
        """Those that are found in a namespace, in whatever case it is written, and in a folder."""
        found = [each for each in self._found(scope, search) if each["namespace"].lower() == namespace.lower()]
        return [_entity(each) for each in found if folder in (None, ROOT)]

    def taxonomy(self, scope: Scope, namespace: str, id: str) -> list[dict[str, Any]]:
        """The folders down to one of them, and itself. `Problem` (404) if there is none of this id."""
        for entity in self.entities(scope, namespace, None, None):
            if id in (entity["id"], entity["sourceId"]):
                return [{key: entity[key] for key in ("id", "base64EncodedSourceId", "name", "parentFolderId")}]
        raise not_found("segment", id)

    def _found(self, scope: Scope, search: str | None) -> list[dict[str, Any]]:
        wanted = read_search(search, FIELDS)
        columns = DEFINITIONS.c
        with self._metadata.read() as connection:
            found = self._documents.find(connection, scope, columns.external, columns.state != "inactive")
        whole = [{"audienceId": each["id"], **each["audience"]} for each in found]
        return [each for each in whole if wanted.finds(_fields(each))]


def _fields(audience: Mapping[str, Any]) -> dict[str, str]:
    ids = dict.fromkeys((audience["audienceId"], audience.get("sourceId") or ""))
    texts = (audience["name"], audience.get("description") or "", " ".join(ids), ROOT, ROOT, ROOT)
    return dict(zip(FIELDS, texts, strict=True))


def _entity(audience: Mapping[str, Any]) -> dict[str, Any]:
    source = audience.get("sourceId") or audience["audienceId"]
    found = {
        "id": audience["audienceId"],
        "base64EncodedSourceId": base64.b64encode(source.encode("utf-8", "surrogatepass")).decode("ascii"),
        "sourceId": source,
        "isFolder": False,
        "parentFolderId": ROOT,
        "name": audience["name"],
    }
    return found | ({"description": audience["description"]} if audience.get("description") else {})

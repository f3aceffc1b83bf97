"""Where do data come from, and exports go?  `Datasets`: named, with a schema; those of the command line, too."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from pqltools.segmentation.clock import Clock
from pqltools.segmentation.definition_documents import UNION
from pqltools.segmentation.metadata.documents import Documents
from pqltools.segmentation.metadata.store import Metadata
from pqltools.segmentation.metadata.tables import DATASETS
from pqltools.segmentation.problems import not_found
from pqltools.segmentation.profiles.model import Dataset
from pqltools.segmentation.profiles.store import ProfileStore
from pqltools.segmentation.scope import Scope

_SET = frozenset(("id", "imsOrg", "sandboxId", "created", "updated", "version"))


class Datasets:
    """The datasets of all sandboxes."""

    def __init__(self, metadata: Metadata, clock: Clock, store: ProfileStore) -> None:
        self._metadata = metadata
        self._clock = clock
        self._store = store
        self._documents = Documents(DATASETS)

    def create(self, scope: Scope, body: Mapping[str, Any]) -> str:
        """Add a dataset; its id."""
        id, now = uuid.uuid4().hex[:24], self._clock.now()
        document = {**{key: value for key, value in body.items() if key not in _SET}, "created": now}
        with self._metadata.write() as connection:
            self._documents.add(connection, scope, id, document, name=body["name"], created=now)
        return id

    def get(self, scope: Scope, id: str) -> dict[str, Any]:
        """One dataset; `Problem` (404) if there is none."""
        with self._metadata.read() as connection:
            found = self._documents.get(connection, scope, id)
        if found is None:
            loaded = next((each for each in self._store.datasets(scope) if each.id == id), None)
            if loaded is None:
                raise not_found("dataset", id)
            found = _loaded(loaded)
        return _shown(scope, found)

    def is_there(self, scope: Scope, id: str) -> bool:
        """Whether there is a dataset with this id."""
        with self._metadata.read() as connection:
            if self._documents.get(connection, scope, id) is not None:
                return True
        return any(each.id == id for each in self._store.datasets(scope))

    def rows(self, scope: Scope, *, start: int, limit: int, name: str | None = None) -> dict[str, dict[str, Any]]:
        """Datasets by id, in the order in which they were made; `name` asks for those of that name."""
        where = [] if name is None else [DATASETS.c.name == name]
        with self._metadata.read() as connection:
            made = self._documents.find(connection, scope, *where)
            ids = self.ids(connection, scope, where)
        found = dict(zip(ids, made, strict=True))
        for each in self._store.datasets(scope):
            if name in (None, each.name):
                found.setdefault(each.id, _loaded(each))
        page = [*found.items()][start : start + limit]
        return {id: _shown(scope, document) for id, document in page}

    def ids(self, connection: Any, scope: Scope, where: list[Any]) -> list[str]:
        """The ids of the datasets that were made over HTTP, in their order."""
        from sqlalchemy import select

        query = select(DATASETS.c.id).where(self._documents.within(scope), *where).order_by(DATASETS.c.serial)
        return [*connection.execute(query).scalars()]


def has_events(dataset: Mapping[str, Any]) -> bool:
    """Whether its records are events."""
    return "experienceevent" in str((dataset.get("schemaRef") or {}).get("id", "")).lower()


def is_union(dataset: Mapping[str, Any]) -> bool:
    """Whether exports may go into it."""
    id = (dataset.get("schemaRef") or {}).get("id")
    return id is None or id == UNION


def _loaded(dataset: Dataset) -> dict[str, Any]:
    return {"name": dataset.name, "created": dataset.created}


def _shown(scope: Scope, document: Mapping[str, Any]) -> dict[str, Any]:
    members = scope.members()
    table = re.sub(r"\W+", "_", document["name"]).strip("_").lower()
    behavior = "time-series" if has_events(document) else "record"
    return {
        "name": document["name"],
        "imsOrg": members["imsOrgId"],
        "sandboxId": members["sandbox"]["sandboxId"],
        "version": "1.0.0",
        "classification": {"dataBehavior": behavior, "managedBy": "CUSTOMER"},
        **document,
        "tags": {"adobe/pqs/table": [table], **(document.get("tags") or {})},
        "updated": document["created"],
    }

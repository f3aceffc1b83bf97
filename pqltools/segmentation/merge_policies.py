"""How do fragments of a profile become one?  `MergePolicies`: stored, with exactly one default for each schema."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from pqltools.segmentation.clock import Clock
from pqltools.segmentation.datasets import Datasets
from pqltools.segmentation.metadata.documents import Documents
from pqltools.segmentation.metadata.store import Metadata
from pqltools.segmentation.metadata.tables import DEFINITIONS, MERGE_POLICIES
from pqltools.segmentation.options import Options
from pqltools.segmentation.pages import Page, ordering
from pqltools.segmentation.problems import Problem, detail, exists, invalid, not_found
from pqltools.segmentation.scope import Scope

PROFILE = "_xdm.context.profile"
#: The id of the policy that every sandbox has from the beginning, as in Adobe's samples.
FIRST_POLICY = "timestampOrdered-none-mp"
#: What the service sets, whatever a client sends.
SERVER_SET = frozenset(("id", "imsOrgId", "sandbox", "version", "updateEpoch", "createEpoch"))
_COLUMNS = MERGE_POLICIES.c
_SORTABLE: dict[str, Any] = {
    "name": _COLUMNS.document.op("->>")("$.name"),
    "id": _COLUMNS.id,
    "updateEpoch": _COLUMNS.updated,
    "createdTime": _COLUMNS.serial,
}


class MergePolicies:
    """The merge policies of all sandboxes."""

    def __init__(self, metadata: Metadata, clock: Clock, options: Options, datasets: Datasets) -> None:
        self._metadata = metadata
        self._datasets = datasets
        self._clock = clock
        self._options = options
        self._documents = Documents(MERGE_POLICIES)

    def rows(self, scope: Scope, page: Page, filters: Mapping[str, object]) -> tuple[list[dict[str, Any]], int]:
        """The policies of a page, and how many there are. Filters are dotted paths with the value to be there."""
        where = [_COLUMNS.document.op("->>")(f"$.{path}") == value for path, value in filters.items()]
        self.prepare(scope)
        with self._metadata.read() as connection:
            order = ordering(page, _SORTABLE)
            found = self._documents.find(connection, scope, *where, order=order, offset=page.offset, limit=page.limit)
            return [_shown(scope, each) for each in found], self._documents.count(connection, scope, *where)

    def get(self, scope: Scope, id: str) -> dict[str, Any]:
        """One policy; `Problem` (404) if there is none."""
        self.prepare(scope)
        with self._metadata.read() as connection:
            return _shown(scope, self._one(connection, scope, id))

    def several(self, scope: Scope, ids: list[str]) -> dict[str, dict[str, Any]]:
        """Those of the policies that exist, by id."""
        self.prepare(scope)
        with self._metadata.read() as connection:
            found = self._documents.several(connection, scope, ids)
        return {id: _shown(scope, found[id]) for id in ids if id in found}

    def create(self, scope: Scope, body: Mapping[str, Any]) -> dict[str, Any]:
        """Add a policy. Raises `Problem`: 400 if it is wrong or there are too many, 422 for a name that is taken."""
        self.prepare(scope)
        now = self._clock.now()
        document = _document(body, str(uuid.uuid4()), 1, now)
        self._check_order(scope, document)
        with self._metadata.write() as connection:
            most = self._options.limits.merge_policies
            if self._documents.count(connection, scope) >= most:
                title = f"The sandbox has {most} merge policies, which is the most that it may have."
                raise invalid(title, help="delete one, or raise the limit `merge-policies`")
            self._check_name(connection, scope, document)
            if document["default"]:
                self._dethrone(connection, scope, document, now)
            self._documents.add(connection, scope, document["id"], document, **_columns(document, now), created=now)
        return _shown(scope, document)

    def replace(self, scope: Scope, id: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Put another content into a policy, whose version is one more then. Raises `Problem`."""
        self.prepare(scope)
        now = self._clock.now()
        with self._metadata.write() as connection:
            return self._put(connection, scope, id, body, now)

    def change(self, scope: Scope, id: str, change: Any) -> dict[str, Any]:
        """What `change` makes of a policy, a function from its document to another one. Raises `Problem`."""
        self.prepare(scope)
        with self._metadata.write() as connection:
            changed = change(_shown(scope, self._one(connection, scope, id)))
            return self._put(connection, scope, id, changed, self._clock.now())

    def delete(self, scope: Scope, id: str) -> None:
        """Delete a policy; `Problem` if there is none, or it is a default, or definitions use it."""
        self.prepare(scope)
        with self._metadata.write() as connection:
            policy = self._one(connection, scope, id)
            if policy["default"]:
                help = "make another policy of the schema the default first"
                raise invalid("The default merge policy of a schema cannot be deleted.", help=help)
            within = Documents(DEFINITIONS).within(scope)
            used = connection.execute(
                select(DEFINITIONS.c.id).where(within, DEFINITIONS.c.merge_policy == id).limit(1)
            ).scalar()
            if used is not None:
                title = f"The merge policy cannot be deleted: the segment definition {used} uses it."
                raise invalid(title, help="give its definitions another policy first")
            self._documents.remove(connection, scope, id)

    def resolve(
        self,
        connection: Connection,
        scope: Scope,
        id: str | None,
        schema: str = PROFILE,
        *,
        path: str = "$.mergePolicyId",
    ) -> str:
        """The id of the policy that is meant, for None that of the schema's default. `prepare` the scope before.

        Raises `Problem` (400) if there is no such policy; `path` is where the request names it.
        """
        if id is None:
            query = select(_COLUMNS.id).where(self._documents.within(scope), _COLUMNS.schema == schema)
            found = connection.execute(query.where(_COLUMNS.is_default)).scalar()
            return FIRST_POLICY if found is None else found
        if self._documents.get(connection, scope, id) is None:
            help = "leave it out for the default; GET /config/mergePolicies lists those of the sandbox"
            raise invalid(f"there is no merge policy {id!r}", path=path, help=help)
        return id

    def prepare(self, scope: Scope) -> None:
        """See to it that the sandbox has its first policy."""
        with self._metadata.read() as connection:
            if self._documents.count(connection, scope):
                return
        now = self._clock.now()
        body = {
            "name": "Default Timebased",
            "schema": {"name": PROFILE},
            "identityGraph": {"type": "none"},
            "attributeMerge": {"type": "timestampOrdered"},
            "default": True,
        }
        document = _document(body, FIRST_POLICY, 1, now)
        with self._metadata.write() as connection:
            if not self._documents.count(connection, scope):
                self._documents.add(connection, scope, FIRST_POLICY, document, **_columns(document, now), created=now)

    def _one(self, connection: Connection, scope: Scope, id: str) -> dict[str, Any]:
        found = self._documents.get(connection, scope, id)
        if found is None:
            raise not_found("merge policy", id)
        return found

    def _put(self, connection: Connection, scope: Scope, id: str, body: Mapping[str, Any], now: int) -> dict[str, Any]:
        old = self._one(connection, scope, id)
        document = _document(body, id, old["version"] + 1, now)
        self._check_order(scope, document)
        if old["default"] and not (document["default"] and document["schema"] == old["schema"]):
            help = "set `default` of another policy, and this one is the default no longer"
            raise invalid("A schema always has a default merge policy.", path="$.default", help=help)
        self._check_name(connection, scope, document)
        if document["default"] and not old["default"]:
            self._dethrone(connection, scope, document, now)
        self._documents.replace(connection, scope, id, document, **_columns(document, now))
        return _shown(scope, document)

    def _check_order(self, scope: Scope, document: dict[str, Any]) -> None:
        """Only datasets that there are can take part. Raises `Problem` (400) with the code that Adobe has for it."""
        if document["attributeMerge"]["type"] != "dataSetPrecedence":
            return
        details = []
        for place, id in enumerate(document["attributeMerge"]["order"]):
            if not self._datasets.is_there(scope, id):
                help = "GET /data/foundation/catalog/dataSets lists those of the sandbox"
                path = f"$.attributeMerge.order[{place}]"
                details.append(detail(f"there is no dataset {id[:100]}", path=path, help=help))
        if details:
            raise Problem(400, "UPLIB-101554-503", f"{details[0]['path']}: {details[0]['message']}", details)

    def _check_name(self, connection: Connection, scope: Scope, document: dict[str, Any]) -> None:
        same = _SORTABLE["name"] == document["name"]
        if self._documents.count(connection, scope, same, _COLUMNS.id != document["id"]):
            raise exists("merge policy", document["name"], "choose another name")

    def _dethrone(self, connection: Connection, scope: Scope, heir: dict[str, Any], now: int) -> None:
        """The default so far of the schema is an ordinary policy from now on."""
        schema = heir["schema"]["name"]
        for old in self._documents.find(connection, scope, _COLUMNS.schema == schema, _COLUMNS.is_default):
            changed = {**old, "default": False, "version": old["version"] + 1, "updateEpoch": now // 1000}
            self._documents.replace(connection, scope, old["id"], changed, **_columns(changed, now))


def _document(body: Mapping[str, Any], id: str, version: int, now: int) -> dict[str, Any]:
    """The policy to store. Raises `Problem` (400) for what cannot be merged."""
    graph = body.get("identityGraph") or {"type": "none"}
    if graph["type"] != "none":
        help = "use `none`, by which fragments belong together that have the same identity"
        raise invalid(
            f"the identity graph `{graph['type']}` is not available here", path="$.identityGraph.type", help=help
        )
    merge = body["attributeMerge"]
    if merge["type"] == "dataSetPrecedence" and not merge.get("order"):
        help = "list the ids of the datasets that take part, the most trusted first"
        raise invalid("`dataSetPrecedence` needs an `order`", path="$.attributeMerge.order", help=help)
    return {
        "id": id,
        "name": body["name"],
        "schema": body["schema"],
        "version": version,
        "identityGraph": graph,
        "attributeMerge": merge,
        "isActiveOnEdge": bool(body.get("isActiveOnEdge")),
        "default": bool(body.get("default")),
        "updateEpoch": now // 1000,
    }


def _columns(document: dict[str, Any], now: int) -> dict[str, Any]:
    return {"schema": document["schema"]["name"], "is_default": document["default"], "updated": now}


def _shown(scope: Scope, document: dict[str, Any]) -> dict[str, Any]:
    return {"id": document["id"], "name": document["name"], **scope.members(), **document}

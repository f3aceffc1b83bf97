"""What do modern clients see of definitions?  `Audiences`: the same with a life cycle, and those made elsewhere."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from pqltools.segmentation.audience_metrics import metrics_of
from pqltools.segmentation.clock import Clock
from pqltools.segmentation.definition_documents import SERVER_SET, columns, shown, times
from pqltools.segmentation.definitions import SORTABLE, Definitions
from pqltools.segmentation.metadata.documents import Documents, has_part
from pqltools.segmentation.metadata.store import Metadata
from pqltools.segmentation.metadata.tables import DEFINITIONS
from pqltools.segmentation.options import Options
from pqltools.segmentation.pages import Page, ordering
from pqltools.segmentation.problems import Problem, invalid
from pqltools.segmentation.scope import Scope

EXTERNAL = ("ExternalSegment", "ExternalAudience")
STATES = ("draft", "published", "inactive", "archived")
#: From which state to which an audience may go.
_STEPS = {
    "draft": ("draft", "published"),
    "published": ("published", "inactive", "archived"),
    "inactive": ("inactive", "published", "archived"),
    "archived": ("archived", "inactive", "published"),
}
#: Members of an audience that no definition has.
AUDIENCE_ONLY = frozenset(
    """audienceId namespace type originName lifecycleState createdBy lastModifiedBy labels definedOn tags isSystem
    overridePerformanceWarnings saveSegmentMembership ansibleUiEnabled datasetId sourceId linkedAudienceRef""".split()
)
#: Members that are computed for every answer.
_COMPUTED = SERVER_SET | {"dependents", "dependencies", "_etag", "metrics", "createdBy", "lastModifiedBy", "isSystem"}
_DOCUMENT = DEFINITIONS.c.document


class Audiences:
    """The audiences of all sandboxes. What is returned is what the API shows; `Problem` says why something is not."""

    def __init__(self, metadata: Metadata, clock: Clock, options: Options, definitions: Definitions) -> None:
        self._metadata = metadata
        self._clock = clock
        self._options = options
        self._definitions = definitions
        self._documents = Documents(DEFINITIONS)

    def rows(self, scope: Scope, page: Page, filters: Mapping[str, str]) -> tuple[list[dict[str, Any]], int]:
        """The audiences of a page, and how many there are.

        Filters: `name` and `description` look for a part of the text in any case; others are members with their value.
        Inactive audiences are shown to who asks for them by `audienceId` or `lifecycleState`.
        """
        where: list[Any] = []
        if not {"audienceId", "lifecycleState", "id"} & {*filters}:
            where.append(DEFINITIONS.c.state != "inactive")
        for name, value in filters.items():
            where.append(_condition(name, value))
        order = ordering(page, SORTABLE)
        with self._metadata.read() as connection:
            found = self._documents.find(connection, scope, *where, order=order, offset=page.offset, limit=page.limit)
            rows = [self._shown(connection, scope, each) for each in found]
            return rows, self._documents.count(connection, scope, *where)

    def get(self, scope: Scope, id: str) -> dict[str, Any]:
        """One audience, with its numbers if a job has evaluated it."""
        with self._metadata.read() as connection:
            whole = self._shown(connection, scope, self._one(connection, scope, id))
            metrics = metrics_of(connection, scope, id)
        return whole if metrics is None else {**whole, "metrics": metrics}

    def several(self, scope: Scope, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Those of the audiences that exist, by id."""
        with self._metadata.read() as connection:
            found = self._documents.several(connection, scope, ids)
            return {id: self._shown(connection, scope, found[id]) for id in ids if id in found}

    def create(self, scope: Scope, body: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Add an audience, and its warnings as data."""
        definition, audience = _parts(body)
        audience.setdefault("lifecycleState", "published")
        audience["createdBy"] = audience["lastModifiedBy"] = scope.org
        if audience.get("type") not in EXTERNAL:
            new, warnings = self._definitions.create(scope, definition, audience)
            return self.get(scope, new["id"]), warnings
        id, now = str(uuid.uuid4()), self._clock.now()
        new = _external(id, definition, audience, now, now)
        with self._metadata.write() as connection:
            self._documents.add(connection, scope, id, new, **columns(new), created=now, updated=now)
            return self._shown(connection, scope, new), []

    def replace(self, scope: Scope, id: str, body: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Put another content into an audience."""
        with self._metadata.write() as connection:
            return self._put(connection, scope, id, body)

    def change(
        self, scope: Scope, id: str, change: Callable[[dict[str, Any]], Mapping[str, Any]]
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Put what `change` makes of an audience in its place."""
        with self._metadata.write() as connection:
            whole = self._shown(connection, scope, self._one(connection, scope, id))
            return self._put(connection, scope, id, change(whole))

    def delete(self, scope: Scope, id: str) -> None:
        """Delete an audience; 400 if others refer to it."""
        with self._metadata.read() as connection:
            self._one(connection, scope, id)
        self._definitions.delete(scope, id, external=True)

    def _put(
        self, connection: Connection, scope: Scope, id: str, body: Mapping[str, Any]
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        old = self._one(connection, scope, id)
        definition, audience = _parts(body)
        before = old["audience"]
        audience["createdBy"], audience["lastModifiedBy"] = before.get("createdBy", scope.org), scope.org
        self._check_change(connection, scope, old, audience)
        if "definition" in old:
            new, warnings = self._definitions.put(connection, scope, id, definition, audience)
            return self._shown(connection, scope, new), warnings
        now = self._clock.now()
        new = _external(id, definition, audience, old["created"], now)
        self._documents.replace(connection, scope, id, new, **columns(new), updated=now)
        return self._shown(connection, scope, new), []

    def _check_change(
        self, connection: Connection, scope: Scope, old: dict[str, Any], audience: dict[str, Any]
    ) -> None:
        """What an audience is stays; its life goes on from where it is."""
        whole = _defaults(old)
        for key in ("namespace", "type", "originName", "audienceId"):
            if audience.setdefault(key, whole[key]) != whole[key]:
                raise _refused(f"`{key}` cannot be changed from {whole[key]!r}", f"$.{key}")
        before, after = whole["lifecycleState"], audience.setdefault("lifecycleState", whole["lifecycleState"])
        if after not in _STEPS[before]:
            ways = " or ".join(f"`{step}`" for step in _STEPS[before] if step != before)
            raise _refused(
                f"an audience that is {before} cannot become {after}", "$.lifecycleState", f"it may become {ways}"
            )
        if before == "published" != after and self._definitions.dependents(connection, scope, old["id"]):
            raise _refused("others refer to the audience, which has to stay published", "$.lifecycleState")

    def _one(self, connection: Connection, scope: Scope, id: str) -> dict[str, Any]:
        found = self._documents.get(connection, scope, id)
        if found is None:
            title = f"The audience entity {id} is not found. Use a valid entity and try again."
            raise Problem(404, "UPAPI-113430-404", title)
        return found

    def _shown(self, connection: Connection, scope: Scope, document: dict[str, Any]) -> dict[str, Any]:
        id = document["id"]
        whole = shown(scope, document) if "definition" in document else {"id": id, **scope.members(), **times(document)}
        return {
            **whole,
            **_defaults(document),
            "createEpoch": document["created"] // 1000,
            "isSystem": False,
            "dependencies": self._definitions.dependencies(connection, scope, id),
            "dependents": self._definitions.dependents(connection, scope, id),
            "_etag": f'"{document["updated"]}"',
        }


def _defaults(document: Mapping[str, Any]) -> dict[str, Any]:
    """The members that only an audience has, as every audience has them."""
    audience = document["audience"]
    return {
        "audienceId": document["id"],
        "namespace": "AEPSegments",
        "type": "SegmentDefinition",
        "originName": "REAL_TIME_CUSTOMER_PROFILE",
        "lifecycleState": "published",
        "labels": [],
        **audience,
    }


def _parts(body: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What belongs to the definition, and what only to the audience."""
    given = {key: value for key, value in body.items() if key not in _COMPUTED and value is not None}
    definition = {key: value for key, value in given.items() if key not in AUDIENCE_ONLY}
    audience = {key: value for key, value in given.items() if key in AUDIENCE_ONLY}
    state = audience.get("lifecycleState", "published")
    if state not in STATES:
        help = "delete the audience with DELETE" if state == "deleted" else f"it is one of {', '.join(STATES)}"
        raise _refused(f"`lifecycleState` cannot be set to {state}", "$.lifecycleState", help)
    if audience.get("type", "SegmentDefinition") not in ("SegmentDefinition", *EXTERNAL):
        raise _refused(f"{audience['type']!r} is no type of audience", "$.type", "SegmentDefinition or ExternalSegment")
    if audience.get("type") not in EXTERNAL:
        # Without a schema it is one of profiles: only definitions have to say so.
        definition.setdefault("schema", {"name": "_xdm.context.profile"})
        for key in ("name", "expression"):
            if key not in definition:
                raise invalid(f"an audience of the type SegmentDefinition needs `{key}`", path=f"$.{key}")
    return definition, audience


def _external(
    id: str, definition: Mapping[str, Any], audience: Mapping[str, Any], created: int, now: int
) -> dict[str, Any]:
    """The document of an audience that was made elsewhere."""
    if "expression" in definition:
        raise _refused("an external audience has no expression", "$.expression", "leave it out")
    if not definition.get("name"):
        raise invalid("an audience needs a name", path="$.name")
    whole = {"originName": "CUSTOM_UPLOAD", "namespace": "CustomerUpload", **definition, **audience}
    return {"id": id, "audience": whole, "created": created, "updated": now}


def _condition(name: str, value: str) -> Any:
    if name == "name":
        return has_part(DEFINITIONS.c.name, value)
    member = _member(name)
    if name == "description":
        return has_part(member, value)
    if name in ("audienceId", "id"):
        return (DEFINITIONS.c.id == value) | (_member("audienceId") == value)
    if name == "lifecycleState":
        return DEFINITIONS.c.state == value
    return member == value


_ASSUMED = {"namespace": "AEPSegments", "type": "SegmentDefinition", "originName": "REAL_TIME_CUSTOMER_PROFILE"}


def _member(name: str) -> Any:
    from sqlalchemy import String, func

    part = "audience" if name in AUDIENCE_ONLY else "definition"
    found = _DOCUMENT.op("->>", return_type=String())(f"$.{part}.{name}")
    if part == "definition":  # external audiences have all their members in the other part
        return func.coalesce(found, _DOCUMENT.op("->>", return_type=String())(f"$.audience.{name}"))
    return func.coalesce(found, _ASSUMED[name]) if name in _ASSUMED else found


def _refused(message: str, path: str, help: str | None = None) -> Problem:
    found = {"message": message, "path": path} | ({"help": help} if help else {})
    return Problem(400, "UPAPI-113434-400", message, [found])

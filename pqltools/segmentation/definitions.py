"""Which segments are defined?  `Definitions`: checked when they are written, replaced as a whole, deleted if unused.

What hangs on a definition goes with it: its place in schedules, and the memberships of profiles. Those are in another
store, so a crash may come between; the next start, the next job, or the next that is deleted makes up for it.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select

from pqltools.checks.surroundings import Segment
from pqltools.segmentation.clock import Clock
from pqltools.segmentation.definition_documents import columns, document, given_segment, listed, shown
from pqltools.segmentation.expressions import Expressions
from pqltools.segmentation.merge_policies import MergePolicies
from pqltools.segmentation.metadata.documents import Documents, has_part
from pqltools.segmentation.metadata.store import Metadata
from pqltools.segmentation.metadata.tables import AUDIENCE_METRICS, DEFINITION_REFERENCES, DEFINITIONS
from pqltools.segmentation.options import Options
from pqltools.segmentation.pages import Page, ordering
from pqltools.segmentation.problems import Problem, detail, exists, invalid, not_found
from pqltools.segmentation.profiles.store import ProfileStore
from pqltools.segmentation.scheduled_segments import drop_segment
from pqltools.segmentation.scope import Scope

_LOG = logging.getLogger("pqltools.segmentation")
_COLUMNS = DEFINITIONS.c
_REFERENCES = DEFINITION_REFERENCES.c
#: What lists may be sorted by.
SORTABLE: dict[str, Any] = {
    "creationTime": _COLUMNS.created,
    "updateTime": _COLUMNS.updated,
    "updateEpoch": _COLUMNS.updated,
    "name": _COLUMNS.name,
    "id": _COLUMNS.id,
    # The platform's list has it in its own sample; there is no other id here.
    "internalId": _COLUMNS.id,
}
METHODS = ("batch", "continuous", "synchronous")
#: The ids that an expression refers to, and its warnings as data.
Found = tuple[tuple[str, ...], list[dict[str, Any]]]


class _RefersToOthers(Exception):
    pass


def _refuse(_: Iterable[str]) -> dict[str, Segment]:
    raise _RefersToOthers


class Definitions:
    """The definitions of all sandboxes. What is returned is what the API shows; `Problem` says why something is not."""

    def __init__(
        self,
        metadata: Metadata,
        clock: Clock,
        options: Options,
        expressions: Expressions,
        policies: MergePolicies,
        store: ProfileStore,
    ) -> None:
        self._metadata = metadata
        self._clock = clock
        self._options = options
        self._expressions = expressions
        self._policies = policies
        self._store = store
        self._documents = Documents(DEFINITIONS)

    # Reading.

    def rows(
        self, scope: Scope, page: Page, enabled: Mapping[str, bool], name: str | None = None
    ) -> tuple[list[dict[str, Any]], int]:
        """The definitions of a page, and how many there are.

        `enabled` asks for methods that are on or off, `name` for a part of the name in any case.
        """
        where: list[ColumnElement[bool]] = [
            _COLUMNS.external.is_(False),
            *(_COLUMNS[method].is_(wanted) for method, wanted in enabled.items()),
        ]
        if name is not None:
            where.append(has_part(_COLUMNS.name, name))
        order = ordering(page, SORTABLE)
        with self._metadata.read() as connection:
            found = self._documents.find(connection, scope, *where, order=order, offset=page.offset, limit=page.limit)
            return [listed(scope, each) for each in found], self._documents.count(connection, scope, *where)

    def get(self, scope: Scope, id: str) -> dict[str, Any]:
        """One definition."""
        return shown(scope, self.stored(scope, id))

    def several(self, scope: Scope, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Those of the definitions that exist, by id."""
        with self._metadata.read() as connection:
            found = self._documents.several(connection, scope, ids)
        return {id: shown(scope, found[id]) for id in ids if id in found and "definition" in found[id]}

    def stored(self, scope: Scope, id: str) -> dict[str, Any]:
        """The document of a definition as it is kept; see `definition_documents`."""
        with self._metadata.read() as connection:
            return self.one(connection, scope, id)

    def one(self, connection: Connection, scope: Scope, id: str, *, external: bool = False) -> dict[str, Any]:
        """The document as it is kept; 404 if there is none, or it has no expression and `external` is not wanted."""
        found = self._documents.get(connection, scope, id)
        if found is None or ("definition" not in found and not external):
            raise not_found("segment definition", id)
        return found

    def dependents(self, connection: Connection, scope: Scope, id: str) -> list[str]:
        """The ids of the definitions that refer to this one."""
        within = (_REFERENCES.org == scope.org, _REFERENCES.sandbox == scope.sandbox)
        query = select(_REFERENCES.id).where(*within, _REFERENCES.target == id).order_by(_REFERENCES.id)
        return [*connection.execute(query).scalars()]

    def dependencies(self, connection: Connection, scope: Scope, id: str) -> list[str]:
        """The ids of the definitions that this one refers to."""
        within = (_REFERENCES.org == scope.org, _REFERENCES.sandbox == scope.sandbox)
        query = select(_REFERENCES.target).where(*within, _REFERENCES.id == id).order_by(_REFERENCES.target)
        return [*connection.execute(query).scalars()]

    def check(self, scope: Scope, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The warnings about a definition that is not kept. Raises `Problem` (400) if it is wrong."""
        subject = {**body, "id": ""}
        with self._metadata.read() as connection:
            return self._expressions.check(subject, lambda wanted: self._segments(connection, scope, wanted, subject))[
                1
            ]

    def behind(self, scope: Scope, expression: Mapping[str, Any]) -> dict[str, Any]:
        """The expressions of the definitions that an expression refers to, and those refer to, by id."""
        found: dict[str, Any] = {}
        pending = self._expressions.references({"expression": expression})
        with self._metadata.read() as connection:
            while pending:
                rows = self._documents.several(connection, scope, pending[:500])
                new = {id: row["definition"]["expression"] for id, row in rows.items() if "definition" in row}
                found |= new
                more = [target for id in new for target in self.dependencies(connection, scope, id)]
                pending = [id for id in dict.fromkeys((*pending[500:], *more)) if id not in found]
        return found

    # Writing.

    def create(
        self, scope: Scope, body: Mapping[str, Any], audience: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Add a definition: what is stored, and its warnings as data."""
        self._policies.prepare(scope)
        now, id = self._clock.now(), str(uuid.uuid4())
        found = self._checked_alone(body)
        with self._metadata.write() as connection:
            new, references, warnings = self._checked(connection, scope, id, body, audience or {}, now, now, found)
            self._documents.add(connection, scope, id, new, **columns(new), created=now, updated=now)
            self._refer(connection, scope, id, references)
        return new, warnings

    def replace(
        self, scope: Scope, id: str, body: Mapping[str, Any], audience: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Put another content into a definition; what is only an audience's stays, unless `audience` is given."""
        if body.get("id") not in (None, id):
            help = "leave it out, or send the definition to its own address"
            raise invalid(f"`id` is not that of the address, {id}", path="$.id", help=help)
        self.stored(scope, id)
        found = self._checked_alone(body)
        with self._metadata.write() as connection:
            return self.put(connection, scope, id, body, audience, found)

    def put(
        self,
        connection: Connection,
        scope: Scope,
        id: str,
        body: Mapping[str, Any],
        audience: Mapping[str, Any] | None = None,
        found: Found | None = None,
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """`replace` within a transaction; `found` is what is known of the expression already."""
        old, now = self.one(connection, scope, id), self._clock.now()
        kept = old["audience"] if audience is None else audience
        new, references, warnings = self._checked(connection, scope, id, body, kept, old["created"], now, found)
        self._documents.replace(connection, scope, id, new, **columns(new), updated=now)
        self._refer(connection, scope, id, references)
        return new, warnings

    def delete(self, scope: Scope, id: str, *, external: bool = False) -> None:
        """Delete a definition, and soon the memberships of it; 400 if others refer to it."""
        with self._metadata.write() as connection:
            self.one(connection, scope, id, external=external)
            users = self.dependents(connection, scope, id)
            if others := [user for user in users if user != id]:
                details = [{"message": f"the segment definition {user} refers to it", "id": user} for user in others]
                raise Problem(400, "UPAPI-113631-403", "The audience cannot be deleted.", details)
            self._documents.remove(connection, scope, id)
            Documents(AUDIENCE_METRICS).remove(connection, scope, id)
            self._refer(connection, scope, id, ())
            drop_segment(connection, scope, id, self._clock.now())
        self.forget_deleted(scope)

    def start(self) -> None:
        """Make up for what a crash has left undone."""
        for scope in self._store.scopes():
            self.forget_deleted(scope)

    def existing(self, scope: Scope, ids: Iterable[str]) -> set[str]:
        """Which of the ids are those of definitions."""
        wanted, found = [*ids], set[str]()
        within = self._documents.within(scope)
        with self._metadata.read() as connection:
            for first in range(0, len(wanted), 500):
                some = _COLUMNS.id.in_(wanted[first : first + 500])
                found.update(connection.execute(select(_COLUMNS.id).where(within, some)).scalars())
        return found

    def forget_deleted(self, scope: Scope) -> None:
        """Remove the memberships of segments that were deleted. If the disk does not let us, they stay until later.

        For who has deleted a definition, and for who has stored memberships: of a segment that is deleted in between
        the former may not see any yet. Neither waits long for a large load: who stores that does it at its end.
        """
        with self._left_behind():
            if self._gone(scope):
                self._store.when_free(("deleted", scope), lambda: self._forget(scope))

    def _forget(self, scope: Scope) -> None:
        with self._left_behind():
            self._store.forget_segments(scope, self._gone(scope))

    def _gone(self, scope: Scope) -> set[str]:
        """The segments that have memberships, and were deleted."""
        # In this order: what has memberships had a definition before.
        evaluated = self._store.segments(scope)
        return {*evaluated} - self.existing(scope, evaluated)

    @contextmanager
    def _left_behind(self) -> Iterator[None]:
        try:
            yield
        except Problem as problem:
            _LOG.warning("memberships of deleted segments", extra={"data": {"problem": problem.title}})

    def _checked(
        self,
        connection: Connection,
        scope: Scope,
        id: str,
        body: Mapping[str, Any],
        audience: Mapping[str, Any],
        created: int,
        now: int,
        found: Found | None = None,
    ) -> tuple[dict[str, Any], tuple[str, ...], list[dict[str, Any]]]:
        """What is to be stored, the ids that it refers to, and its warnings."""
        policy = self._policies.resolve(connection, scope, body.get("mergePolicyId"))
        new = document(id, {**body, "mergePolicyId": policy}, audience, created, now)
        definition = new["definition"]
        if "duplicate-names" not in self._options.doc_era:
            self._check_name(connection, scope, id, definition["name"])
        subject = {**definition, "id": id, **new["audience"]}
        if found is None:
            found = self._expressions.check(subject, lambda wanted: self._segments(connection, scope, wanted, subject))
        references, warnings = found
        return new, references, [*warnings, *self._guardrails(connection, scope, new)]

    def _guardrails(self, connection: Connection, scope: Scope, new: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Warnings that the sandbox has more audiences with this one than the platform recommends."""
        info = new["definition"]["evaluationInfo"]
        streaming, edge = (bool(info[name]["enabled"]) for name in ("continuous", "synchronous"))
        limits, others = self._options.limits, _COLUMNS.id != new["id"]
        either = or_(_COLUMNS.continuous, _COLUMNS.synchronous)
        found = []
        for applies, most, kind, where in (
            (True, limits.audiences, "audiences", ()),
            (streaming or edge, limits.streaming_audiences, "streaming audiences", (either,)),
            (edge, limits.edge_audiences, "edge audiences", (_COLUMNS.synchronous,)),
        ):
            count = self._documents.count(connection, scope, others, *where) + 1 if applies else 0
            if count > most:
                message = f"the sandbox has {count:,} {kind}, the platform's guardrail is {most:,}"
                found.append({"severity": "warning", **detail(message, help="delete what is not used")})
        return found

    def _checked_alone(self, body: Mapping[str, Any]) -> Found | None:
        """What is found in an expression that refers to no others; None for one that does.

        Large ones take seconds, in which others may write; what depends on others is checked when they cannot change.
        """
        try:
            return self._expressions.check(body, _refuse)
        except _RefersToOthers:
            return None

    def _check_name(self, connection: Connection, scope: Scope, id: str, name: str) -> None:
        query = select(_COLUMNS.id).where(self._documents.within(scope), _COLUMNS.name == name, _COLUMNS.id != id)
        if (other := connection.execute(query.limit(1)).scalar()) is not None:
            raise exists("segment definition", name, f"it is {other}; use PATCH to change it, or choose another name")

    def _segments(
        self, connection: Connection, scope: Scope, wanted: Iterable[str], subject: Mapping[str, Any]
    ) -> dict[str, Segment]:
        """What the check of `subject` may ask for: definitions of these ids or names, and all that they lead to."""
        found: dict[str, Segment] = {subject["id"]: given_segment(subject)}
        queue = [*wanted]
        while missing := [word for word in dict.fromkeys(queue) if word not in found][:500]:
            named = or_(_COLUMNS.id.in_(missing), _COLUMNS.name.in_(missing))
            rows = self._documents.find(connection, scope, named)
            queue = [word for word in queue if word not in missing]
            for row in rows:
                whole = {**row.get("definition", {}), **row["audience"], "id": row["id"]}
                if row["id"] not in found:
                    found[row["id"]] = given_segment(whole)
                    queue += self.dependencies(connection, scope, row["id"])
        return found

    def _refer(self, connection: Connection, scope: Scope, id: str, targets: Iterable[str]) -> None:
        own = {"org": scope.org, "sandbox": scope.sandbox, "id": id}
        same = (_REFERENCES.org == scope.org, _REFERENCES.sandbox == scope.sandbox, _REFERENCES.id == id)
        connection.execute(delete(DEFINITION_REFERENCES).where(*same))
        rows = [{**own, "target": target} for target in targets]
        if rows:
            connection.execute(insert(DEFINITION_REFERENCES), rows)

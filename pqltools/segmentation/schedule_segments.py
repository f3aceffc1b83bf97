"""Which segments may a schedule run?  All of them, or batch segments that it names; and under which conditions.

Decisions where the documents are silent. A sandbox is streaming-enabled when one of its definitions is evaluated
continuously: its schedules cannot be turned off, as the platform refuses it, but deleted. The rule about merge policies
is kept when a schedule is turned on and again when it fires, as policies may have come since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from pqltools.segmentation.metadata.documents import Documents
from pqltools.segmentation.metadata.tables import DEFINITION_REFERENCES, DEFINITIONS, MERGE_POLICIES
from pqltools.segmentation.options import Options
from pqltools.segmentation.problems import invalid, suggestion
from pqltools.segmentation.scope import Scope

PATH = "$.properties.segments"
_COLUMNS = DEFINITIONS.c
_AT_ONCE = 500


def named_segments(properties: Mapping[str, Any]) -> list[str] | None:
    """The ids that a schedule names, each once; None for all segments. Raises `Problem` (400) for what is neither."""
    segments = properties.get("segments")
    help = 'write `["*"]` for all segments, or the ids of some'
    if not isinstance(segments, list) or not segments or not all(isinstance(each, str) for each in segments):
        raise invalid("a schedule of the type batch_segmentation needs `properties.segments`", path=PATH, help=help)
    if "*" not in segments:
        return [*dict.fromkeys(segments)]
    if segments != ["*"]:
        raise invalid("`*` stands for all segments, and alone", path=PATH, help=help)
    return None


def check_segments(connection: Connection, scope: Scope, properties: Mapping[str, Any], options: Options) -> None:
    """Raise `Problem` (400) for properties of which no segment job can be made."""
    if options.strict:
        for key in properties:
            if key != "segments":
                help = suggestion(key, ("segments",)) or "the only property is `segments`"
                raise invalid(f"`{key[:100]}` is not known here", path=f"$.properties.{key[:100]}", help=help)
    wanted = named_segments(properties)
    if wanted is None:
        return
    most = options.limits.scheduled_segments
    if len(wanted) > most:
        raise invalid(f"a schedule names {most} segments at most, not {len(wanted)}", path=PATH)
    known = batch_segments(connection, scope, wanted)
    for id in wanted:
        if id in known:
            continue
        if connection.execute(select(_COLUMNS.id).where(_here(scope), _COLUMNS.id == id)).scalar() is None:
            help = "GET /segment/definitions lists those of the sandbox"
            raise invalid(f"there is no segment definition {id[:100]}", path=PATH, help=help)
        help = 'segments that are not evaluated in batches stay on the schedule of all, `["*"]`'
        raise invalid(f"the segment {id} is no batch segment", path=PATH, help=help)


def batch_segments(connection: Connection, scope: Scope, ids: Sequence[str]) -> set[str]:
    """Those of the ids that are segments of this service which are evaluated in batches."""
    found: set[str] = set()
    for start in range(0, len(ids), _AT_ONCE):
        some = _COLUMNS.id.in_(ids[start : start + _AT_ONCE])
        query = select(_COLUMNS.id).where(_here(scope), some, _COLUMNS.external.is_(False), _COLUMNS.batch)
        found.update(connection.execute(query).scalars())
    return found


def to_evaluate(connection: Connection, scope: Scope, ids: Sequence[str]) -> list[str]:
    """What a run of these segments evaluates: the published ones, after all that they refer to.

    One that has been archived since does not keep the others from their run. Raises `Problem` (400) if none is left.
    """
    columns = DEFINITION_REFERENCES.c
    within = (columns.org == scope.org, columns.sandbox == scope.sandbox)
    found = _published(connection, scope, ids)
    if not found:
        raise invalid("none of the segments of the schedule is published any more", path=PATH)
    new = found
    while new:
        targets: list[str] = []
        for start in range(0, len(new), _AT_ONCE):
            query = select(columns.target).where(*within, columns.id.in_(new[start : start + _AT_ONCE])).distinct()
            targets += connection.execute(query.order_by(columns.target)).scalars()
        known = {*found}
        new = _published(connection, scope, [each for each in dict.fromkeys(targets) if each not in known])
        found = [*found, *new]
    return found


def _published(connection: Connection, scope: Scope, ids: Sequence[str]) -> list[str]:
    known: set[str] = set()
    for start in range(0, len(ids), _AT_ONCE):
        some = _COLUMNS.id.in_(ids[start : start + _AT_ONCE])
        is_published = (_COLUMNS.state == "published", _COLUMNS.external.is_(False))
        known.update(connection.execute(select(_COLUMNS.id).where(_here(scope), some, *is_published)).scalars())
    return [id for id in ids if id in known]


def check_policies(connection: Connection, scope: Scope, most: int) -> None:
    """Raise `Problem` (400) if profiles have more merge policies than scheduled evaluation takes."""
    profiles = MERGE_POLICIES.c.schema == "_xdm.context.profile"
    count = Documents(MERGE_POLICIES).count(connection, scope, profiles)
    if count > most:
        title = f"there are {count} merge policies of profiles, and scheduled evaluation takes {most}"
        raise invalid(title, path="$.state", help="delete those that are not needed")


def check_turning_off(connection: Connection, scope: Scope) -> None:
    """Raise `Problem` (400) if a definition is evaluated by streaming, which needs the schedule."""
    query = select(_COLUMNS.id).where(_here(scope), _COLUMNS.continuous).limit(1)
    if (id := connection.execute(query).scalar()) is not None:
        title = f"the schedule cannot be turned off: the segment definition {id} is evaluated by streaming"
        raise invalid(title, path="$.state", help="evaluate it in batches, or leave the schedule active")


def _here(scope: Scope) -> Any:
    return Documents(DEFINITIONS).within(scope)

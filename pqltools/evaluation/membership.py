"""What becomes of a profile's memberships?  `updated`: the new ``segmentMembership``, from the old one and the answers.

A membership has a status and the time of the last change (`lastQualificationTime`). In the present mode of the platform
a member is ``realized`` for as long as it qualifies; in the legacy mode it is ``realized`` when it enters, ``existing``
while it stays. Both read both. Who no longer qualifies is ``exited``, and is forgotten 30 days later. That the time of
an entry is kept while a member stays is our reading of Adobe's documents, which speak of the last entry or exit.
"""

from __future__ import annotations

from pqltools.evaluation.values import time_of
from pqltools.types.time import DAY, instant_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

#: The namespace of segments that are evaluated; namespaces are compared without case.
NAMESPACE = "ups"
_MEMBER = ("realized", "existing")
#: The name of `lastQualificationTime` in samples of 2018.
_FORMER_NAME = "timestamp"
#: How long an exit is remembered.
KEPT = 30 * DAY


def updated(
    memberships: Mapping[str, Any] | None,
    qualifies: Mapping[str, bool],
    *,
    now: int,
    legacy: bool = False,
    namespace: str = NAMESPACE,
) -> dict[str, Any]:
    """The new ``segmentMembership`` of a profile; the old one is not changed.

    >>> updated(None, {"6f3b": True, "77aa": False}, now=0)
    {'ups': {'6f3b': {'lastQualificationTime': '1970-01-01T00:00:00Z', 'status': 'realized'}}}

    `memberships` is the old one, a map of maps, or None; what it says of other segments and in other namespaces stays.
    If a namespace is there in several spellings, as ``UPS`` and ``ups``, a segment stays where it is first.
    `qualifies` has the answer for each segment that was evaluated, by id, `now` is the instant of evaluation in
    milliseconds since 1970 UTC. With `legacy` a member that stays is ``existing``. What else a membership holds, such
    as a payload, stays with it.
    """
    found = dict(memberships or {})
    names = [name for name in found if name.lower() == namespace.lower()] or [namespace]
    held = [dict(segments) if isinstance(segments := found.get(name), dict) else {} for name in names]
    for id, is_now in qualifies.items():
        olds = [segments[id] for segments in held if id in segments]
        membership = _next(next(filter(is_member, olds), olds[0] if olds else None), is_now, now, legacy)
        home = next((segments for segments in held if id in segments), held[0])
        for segments in held:
            if segments is not home or membership is None:
                segments.pop(id, None)
        if membership is not None:
            home[id] = membership
    for name, segments in zip(names, held, strict=True):
        if segments or isinstance(found.get(name), dict):
            found[name] = segments
    return found


def is_member(membership: Any) -> bool:
    """Whether a membership, an object with a status, says that the profile is in the segment."""
    return isinstance(membership, dict) and membership.get("status") in _MEMBER


def _next(old: Any, qualifies: bool, now: int, legacy: bool) -> dict[str, Any] | None:
    """The membership after an evaluation, None for one that there is no longer, or never was."""
    was_member = is_member(old)
    kept = dict(old) if isinstance(old, dict) else {}
    if qualifies and was_member:
        return {**_dated(kept, now), "status": "existing" if legacy else "realized"}
    if qualifies or was_member:
        changed = {**kept, "lastQualificationTime": instant_text(now), "status": "realized" if qualifies else "exited"}
        changed.pop(_FORMER_NAME, None)
        return changed
    return None if not kept or _is_forgotten(kept, now) else kept


def _dated(membership: dict[str, Any], now: int) -> dict[str, Any]:
    """A membership with the time of its entry, under its present name."""
    rest = {name: value for name, value in membership.items() if name not in ("lastQualificationTime", _FORMER_NAME)}
    time = _time(membership) or instant_text(now)
    return {"lastQualificationTime": time, **rest}


def _is_forgotten(membership: dict[str, Any], now: int) -> bool:
    """Whether this is an exit of long ago. What a status means that nobody knows is left to who wrote it."""
    time = time_of(_time(membership)) if membership.get("status") == "exited" else None
    return time is not None and time.ms < now - KEPT


def _time(membership: dict[str, Any]) -> Any:
    return membership.get("lastQualificationTime") or membership.get(_FORMER_NAME)

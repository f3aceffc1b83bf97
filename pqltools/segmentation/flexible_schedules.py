"""Which segments are on which schedules?  The calls of the platform's flexible schedules: add, remove, look up.

Decisions where the documents are silent: `existing` are the segments for which there was nothing to do, already on the
schedule or not on it; `invalid` are those that are no batch segments of the sandbox. A schedule of all segments, ``*``,
names none: nothing is added to it or removed, and no look-up finds it. The last segment is not removed, as a schedule
without any would be none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pqltools.segmentation.metadata.documents import Documents
from pqltools.segmentation.metadata.store import Metadata
from pqltools.segmentation.metadata.tables import SCHEDULES
from pqltools.segmentation.problems import invalid
from pqltools.segmentation.schedule_segments import batch_segments, named_segments
from pqltools.segmentation.schedules import Schedules
from pqltools.segmentation.scope import Scope

_TYPE = "batch_segmentation"


class FlexibleSchedules:
    """The segments that schedules name. Any number of threads may use it."""

    def __init__(self, metadata: Metadata, schedules: Schedules) -> None:
        self._metadata = metadata
        self._schedules = schedules
        self._documents = Documents(SCHEDULES)

    def add(self, scope: Scope, id: str, segments: Sequence[str]) -> dict[str, Any]:
        """Put segments on a schedule; what became of each. `Problem` (400) for a schedule that names none."""
        return self._edit(scope, id, segments, adding=True)

    def remove(self, scope: Scope, id: str, segments: Sequence[str]) -> dict[str, Any]:
        """Take segments off a schedule; what became of each. `Problem` (400) also if none would be left."""
        return self._edit(scope, id, segments, adding=False)

    def by_segment(self, scope: Scope, segments: Sequence[str]) -> dict[str, Any]:
        """The schedules that name each of the segments, and what those are."""
        found: dict[str, list[str]] = {segment: [] for segment in segments}
        shown = {}
        with self._metadata.read() as connection:
            for schedule in self._documents.find(connection, scope):
                named = named_segments(schedule["properties"]) if schedule["type"] == _TYPE else None
                on_it = [segment for segment in named or () if segment in found]
                for segment in on_it:
                    found[segment].append(schedule["id"])
                if on_it:
                    shown[schedule["id"]] = {key: schedule[key] for key in ("name", "schedule", "frequency")}
        return {"audienceMap": found, "schedules": shown}

    def _edit(self, scope: Scope, id: str, segments: Sequence[str], *, adding: bool) -> dict[str, Any]:
        asked = [*dict.fromkeys(segments)]
        done: list[str] = []
        existing: list[str] = []
        counts: list[int] = []
        with self._metadata.write() as connection:
            valid = batch_segments(connection, scope, asked)

            def edited(schedule: dict[str, Any]) -> dict[str, Any]:
                before = _named(schedule)
                on_it = {*before}
                # What is on it can be taken off in any case, also when it is no batch segment any more.
                known = valid if adding else valid | on_it
                for segment in asked:
                    if segment in known:
                        (done if adding != (segment in on_it) else existing).append(segment)
                after = [*before, *done] if adding else _without(before, done)
                if not after:
                    help = "delete the schedule, or set its `state` to `inactive`"
                    raise invalid("no segment would be left on the schedule", path="$.segments", help=help)
                counts.extend((len(before), len(after)))
                return {**schedule, "properties": {**schedule["properties"], "segments": after}}

            self._schedules.change_in(connection, scope, id, edited)
        left = {*done, *existing}
        return {
            "added" if adding else "removed": done,
            "existing": existing,
            "invalid": [each for each in asked if each not in left],
            "segmentCount": {"previous": counts[0], "current": counts[1], "diff": counts[1] - counts[0]},
        }


def _named(schedule: dict[str, Any]) -> list[str]:
    """The segments that a schedule names. Raises `Problem` (400) if it names none."""
    if schedule["type"] != _TYPE:
        raise invalid(f"a schedule of the type {schedule['type']} has no segments", path="$.id")
    named = named_segments(schedule["properties"])
    if named is None:
        raise invalid(
            "the schedule is one of all segments", path="$.id", help="make a schedule that names some, or PATCH it"
        )
    return named


def _without(segments: Sequence[str], gone: Sequence[str]) -> list[str]:
    out = frozenset(gone)
    return [each for each in segments if each not in out]

"""What does the store speak of?  Datasets, batches, merge policies, blocks of merged profiles, results of a job."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import Any

from pqltools.records import Record, record

#: How profiles of no namespace are counted: those with an `_id` or an xid alone.
NO_NAMESPACE = ""


@record
class Dataset(Record):
    """Where fragments and events come from; `created` is an instant in milliseconds, as all times here."""

    id: str
    name: str
    created: int


@record
class Batch(Record):
    """One load: what was read, when, and what came of it. `bad` records are in quarantine with their reasons."""

    id: str
    dataset: str
    ingested: int
    status: str
    profiles: int
    events: int
    bad: int
    size: int

    def data(self) -> dict[str, Any]:
        """The same as JSON."""
        return {name: getattr(self, name) for name in self.__compared__}


@record
class Quarantined(Record):
    """A record that was not taken, where it stands, and why."""

    file: str
    line: int
    reason: str


@record
class Policy(Record):
    """How the fragments of one identity become a profile.

    Without `order` the latest value of each field counts (``timestampOrdered``). With it only fragments of these
    datasets take part, and the value of the first of them that has one counts (``dataSetPrecedence``).
    """

    order: tuple[str, ...] | None = None


#: The merge policy that every sandbox begins with.
LATEST = Policy()


def policy_of(document: Mapping[str, Any]) -> Policy:
    """The policy of a merge policy's JSON. Whether its `identityGraph` can be served is for the caller to check."""
    merge = document.get("attributeMerge") or {}
    return Policy(tuple(merge.get("order") or ())) if merge.get("type") == "dataSetPrecedence" else LATEST


@record
class MergedBlock(Record):
    """Merged profiles, one JSON object a line, and the number of each in the same order."""

    data: bytes
    pids: array[int]


@record
class Applied(Record):
    """What a job did to the memberships: numbers by segment and status, and of members by segment and namespace."""

    by_status: dict[str, dict[str, int]]
    by_namespace: dict[str, dict[str, int]]


@record
class Filter(Record):
    """Which profiles are exported. All that is given must hold; bounds of times are inclusive unless said otherwise.

    `segments` are ids with the statuses that count: a profile needs one of them, changed between `qualified_from` and
    `qualified_until`. `ingested_after` (exclusive) is when the latest fragment or event came. `empty_profiles` says
    that profiles with events and no fragment come too.
    """

    segments: tuple[tuple[str, tuple[str, ...]], ...] | None = None
    qualified_from: int | None = None
    qualified_until: int | None = None
    ingested_after: int | None = None
    empty_profiles: bool = False
    events: bool = True
    events_after: int | None = None
    events_until: int | None = None

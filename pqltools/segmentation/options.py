"""What may be set about the service?  `Options`, with the documented limits as defaults."""

from __future__ import annotations

from pqltools.records import Record, record


@record
class Limits(Record):
    """Numbers that ``--limit NAME=NUMBER`` changes; the names are these, with hyphens."""

    #: Rows of one page of a list, and rows if the request does not say.
    page: int = 100
    #: Ids of one bulk-get.
    bulk_get: int = 100
    #: Merge policies of a sandbox.
    merge_policies: int = 5
    #: Jobs that run at the same time; others wait in QUEUED.
    running_jobs: int = 1
    #: Segment jobs of a sandbox that are not finished.
    pending_jobs: int = 100
    #: Definitions of one job before its `segments` shows as ``*``.
    listed_segments: int = 1500
    #: Definitions that one job names; flexible evaluation on the platform has 20. For more there is ``*``.
    job_segments: int = 10_000
    #: Guardrails of a sandbox that are soft on the platform: beyond them definitions are kept, with a warning. All
    #: audiences; those that are streaming or edge; those that are edge.
    audiences: int = 4000
    streaming_audiences: int = 500
    edge_audiences: int = 150
    #: Schedules of a sandbox; 4 with the platform's flexible schedules.
    schedules: int = 1
    #: Segments that one schedule names.
    scheduled_segments: int = 10_000
    #: Merge policies of profiles with which schedules evaluate.
    scheduled_merge_policies: int = 5
    #: Profiles that a preview reads where there are more; beyond twenty times as many it reads one in twenty.
    sample: int = 1_000_000


@record
class Options(Record):
    """How the service behaves: the switches of `doc_era` that are on, whether unknown members are refused, limits."""

    doc_era: frozenset[str] = frozenset()
    strict: bool = True
    limits: Limits = Limits()
    #: Files or folders of the union schema; without them the standard fields are known, and others are no errors.
    schema: tuple[str, ...] = ()
    tenant: str | None = None
    #: Who evaluates, one of `pqltools.segmentation.engines.choosing.NAMES`.
    engine: str = "auto"
    #: Where Spark is, as `pql job run --master` has it; None for this machine.
    master: str | None = None

"""Which rules of eligibility were in force on which day?  The published rule sets, as data.

A `Period` holds the rules of one method from one day on, until its next one begins. Ids are stable: S for streaming, E
for edge, B for batch; the same id in two periods is the same matter, judged as it was then. `since` is the day from
which the rule holds as it stands. For what is older than 2025 only the year of the documents is known: such a day is
the first of January, and `day_text` gives the year alone.

Adobe keeps the method of existing definitions until they are edited; an edit has to meet the rules of its day.
"""

from __future__ import annotations

import re

from pqltools.checks.eligibility import criteria
from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from pqltools.checks.eligibility.criteria import Verdict
    from pqltools.checks.eligibility.facts import Facts
    from pqltools.checks.eligibility.model import Method
    from pqltools.checks.surroundings import Surroundings

_DOCS = "AdobeDocs/experience-platform.en: help/segmentation/"
_STREAMING = f"{_DOCS}methods/streaming-segmentation.md@027b04f"
_EDGE = f"{_DOCS}methods/edge-segmentation.md@6ffcd3c"
_BATCH = f"{_DOCS}methods/batch-segmentation.md@0cc1cd6"
_STREAMING_2022 = f"{_DOCS}ui/streaming-segmentation.md@d4d27fa"
_STREAMING_2020 = f"{_DOCS}api/streaming-segmentation.md@054e8f8"
_EDGE_2022 = f"{_DOCS}ui/edge-segmentation.md@8394689"
_EDGE_2021 = f"{_DOCS}api/edge-segmentation.md@0085306"
_STREAMING_2019 = (
    "AdobeAtAdobe/kirby_docs: "
    "acpdr/api-specification/markdown/narrative/tutorials/segmentation/streaming_segmentation.md"
)
_TODAY = "2025-05-20"
_BATCH_INSTEAD = "or evaluate the audience in batch"


@record
class Criterion(Record):
    """One rule: what it says in a sentence, what to change where it is broken, and the function that decides it."""

    id: str
    test: Callable[[Facts, Surroundings], Verdict]
    since: str
    says: str
    change: str
    source: str
    environment: bool = False


@record
class Period(Record):
    """The rules of a method from the day `since` on."""

    method: Method
    since: str
    criteria: tuple[Criterion, ...]


def _one_entity(id: str, since: str, source: str) -> Criterion:
    return Criterion(
        id, criteria.one_entity, since,
        "it reads the profile and its events only, no other entity",
        f"copy the attribute into the profile, {_BATCH_INSTEAD}", source,
    )  # fmt: skip


def _no_audience_manager(id: str, since: str, source: str) -> Criterion:
    return Criterion(
        id, criteria.no_audience_manager, since,
        "it refers to no segment or trait of Audience Manager",
        f"leave the Audience Manager segment out, {_BATCH_INSTEAD}", source,
    )  # fmt: skip


def _profile_only(id: str, source: str) -> Criterion:
    return Criterion(
        id, criteria.profile_only_beside_events, "2022-01-01",
        "beside an event it refers only to audiences of profile attributes",
        "give the event an audience of its own, and join the two with `inSegment(…) and inSegment(…)`", source,
    )  # fmt: skip


_SCHEDULED = Criterion(
    "S1", criteria.scheduled, "2020-01-01",
    "scheduled segmentation is switched on for the organization",
    "switch scheduled segmentation on", _STREAMING, environment=True,
)  # fmt: skip


def _merge_policy(id: str, source: str) -> Criterion:
    return Criterion(
        id, criteria.merge_policy, _TODAY,
        "the merge policy is active on edge",
        "choose a merge policy that is active on edge", source, environment=True,
    )  # fmt: skip


def _ignored_year(id: str, source: str) -> Criterion:
    return Criterion(
        id, criteria.no_ignored_year, _TODAY,
        "no date is compared without its year",
        f"compare the whole date, {_BATCH_INSTEAD}", source,
    )  # fmt: skip


def _order(source: str) -> Criterion:
    return Criterion(
        "S6", criteria.strict_order, "2020-01-01",
        "several events are in a strict order of time",
        "put the events into one `chain`, in the order in which they happen", source,
    )  # fmt: skip


def _negation(source: str) -> Criterion:
    return Criterion(
        "S7", criteria.not_all_negated, "2022-01-01",
        "the event part is not a negation as a whole",
        f"ask for an event that does occur as well, {_BATCH_INSTEAD}", source,
    )  # fmt: skip


def _history(since: str, source: str) -> Criterion:
    return Criterion(
        "S5", criteria.short_windows_of_several, since,
        "several events look back 24 hours at the most; for a single one there is no limit",
        "limit each event to 24 hours, as `WHEN(<= 24 hours before now)` does", source,
    )  # fmt: skip


PERIODS: tuple[Period, ...] = (
    Period("batch", "", (
        Criterion("B1", criteria.nothing, "", "every expression can be evaluated in batch", "", _BATCH),
    )),
    Period("streaming", "", (
        Criterion("S12", criteria.not_yet, "", "the method exists", "evaluate the audience in batch", _STREAMING_2019),
    )),
    Period("streaming", "2019-01-01", (
        _one_entity("S2", "2019-01-01", _STREAMING_2019),
        Criterion(
            "S8", criteria.only_yes_or_no, "2019-01-01",
            "it uses no advanced functions, which shape a result",
            "ask only whether something is so", _STREAMING_2019,
        ),
    )),
    Period("streaming", "2020-01-01", (
        _SCHEDULED,
        _one_entity("S2", "2019-01-01", _STREAMING_2020),
        _no_audience_manager("S3", "2020-01-01", _STREAMING_2020),
        _history("2020-01-01", _STREAMING_2020),
        _order(_STREAMING_2020),
        Criterion(
            "S7", criteria.negated_as_a_whole, "2020-01-01",
            "of several events none is negated by itself; the whole may be",
            "leave the negated event out", _STREAMING_2020,
        ),
        Criterion(
            "S8", criteria.older_shape, "2020-01-01",
            "it is about attributes, an event, or events of the last 24 hours",
            _BATCH_INSTEAD.removeprefix("or "), _STREAMING_2020,
        ),
    )),
    Period("streaming", "2022-01-01", (
        _SCHEDULED,
        _one_entity("S2", "2019-01-01", _STREAMING_2022),
        _no_audience_manager("S3", "2020-01-01", _STREAMING_2022),
        _history("2020-01-01", _STREAMING_2022),
        _order(_STREAMING_2022),
        _negation(_STREAMING_2022),
        Criterion(
            "S8", criteria.older_shape, "2022-01-01",
            "it is about attributes, an event, events of the last 24 hours, or other audiences",
            _BATCH_INSTEAD.removeprefix("or "), _STREAMING_2022,
        ),
        _profile_only("S9", _STREAMING_2022),
    )),
    Period("streaming", _TODAY, (
        _merge_policy("S0", _STREAMING),
        _SCHEDULED,
        _one_entity("S2", "2019-01-01", _STREAMING),
        _no_audience_manager("S3", "2020-01-01", _STREAMING),
        _ignored_year("S4", _STREAMING),
        Criterion(
            "S5", criteria.short_windows, _TODAY,
            "every event has a window relative to now of 24 hours at the most",
            f"limit the event to 24 hours, as `WHEN(<= 24 hours before now)` does, {_BATCH_INSTEAD}", _STREAMING,
        ),
        _order(_STREAMING),
        _negation(_STREAMING),
        Criterion(
            "S8", criteria.shape, _TODAY,
            "it is about attributes, one event, events in a chain, or other audiences",
            f"split it into audiences of these shapes and join them with `inSegment`, {_BATCH_INSTEAD}", _STREAMING,
        ),
        _profile_only("S9", _STREAMING),
        Criterion(
            "S10", criteria.separate_audiences, _TODAY,
            "events of batch and of streaming sources stand in audiences of their own",
            "give each event an audience of its own, and join them with `inSegment(…) and inSegment(…)`",
            _STREAMING, environment=True,
        ),
        Criterion(
            "S11", criteria.one_kind_of_source, _TODAY,
            "data of batch and of streaming sources is not mixed",
            "put what comes from batch sources into an audience of its own, and refer to it with `inSegment`",
            f"{_DOCS}eligibility-criteria-update.md@027b04f", environment=True,
        ),
    )),
    Period("edge", "", (
        Criterion("E8", criteria.not_yet, "", "the method exists", "evaluate the audience in batch", _EDGE_2021),
    )),
    Period("edge", "2021-01-01", (
        Criterion(
            "E3", criteria.beta_edge_shape, "2021-01-01", "it is about an event, with or without attributes",
            f"ask for an event, {_BATCH_INSTEAD}", _EDGE_2021,
        ),
        Criterion(
            "E4", criteria.one_event, "2021-01-01", "it has one event condition",
            f"leave one event, {_BATCH_INSTEAD}", _EDGE_2021,
        ),
        Criterion(
            "E6", criteria.no_windows, "2021-01-01", "no event has a time window",
            f"leave the window out, {_BATCH_INSTEAD}", _EDGE_2021,
        ),
        Criterion(
            "E7", criteria.no_negation, "2021-01-01", "no event is negated",
            f"ask for the event, {_BATCH_INSTEAD}", _EDGE_2021,
        ),
    )),
    Period("edge", "2022-01-01", (
        _profile_only("E2", _EDGE_2022),
        Criterion(
            "E3", criteria.older_edge_shape, "2022-01-01",
            "several events, and events that are counted, look back 24 hours at the most",
            "limit each event to 24 hours, as `WHEN(<= 24 hours before now)` does", _EDGE_2022,
        ),
    )),
    Period("edge", _TODAY, (
        _merge_policy("E0", _EDGE),
        _ignored_year("E1", _EDGE),
        _profile_only("E2", _EDGE),
        Criterion(
            "E3", criteria.edge_shape, _TODAY,
            "it is about attributes, an event of the last 24 hours, or audiences in batch or on edge",
            f"limit the event to 24 hours, as `WHEN(<= 24 hours before now)` does, {_BATCH_INSTEAD}", _EDGE,
        ),
        # An earlier text of the page (@09a5cc1) allowed several events of the last 24 hours; the newest does not.
        Criterion(
            "E4", criteria.one_event, _TODAY, "it has one event condition",
            "give each event an audience of its own, and join them with `inSegment(…) and inSegment(…)`", _EDGE,
        ),
        # The pages of edge are silent about these two; streaming, which edge builds on, rules them out.
        _one_entity("E5", _TODAY, _STREAMING),
        _no_audience_manager("E5", _TODAY, _STREAMING),
    )),
)  # fmt: skip

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def period(method: Method, as_of: str | None = None) -> Period:
    """The rules of a method on the day `as_of` (``YYYY-MM-DD``), the newest ones without a day.

    Raises ValueError for a day that is written otherwise.
    """
    if as_of is not None and not _DAY.fullmatch(as_of):
        raise ValueError(f"a day is written as YYYY-MM-DD, not {as_of!r}")
    found = [one for one in PERIODS if one.method == method and (as_of is None or one.since <= as_of)]
    return found[-1]


def day_text(since: str) -> str:
    """The day for a message: the year alone where no more is known."""
    return since[:4] if since.endswith("-01-01") else since

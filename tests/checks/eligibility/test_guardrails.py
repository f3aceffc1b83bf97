"""Are definitions counted against the limits of a sandbox?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pqltools.checks.eligibility.guardrails import breaches, guardrails
from pqltools.checks.surroundings import Limits, Segment

if TYPE_CHECKING:
    from pqltools.checks.eligibility.model import Method


def segments(count: int, method: Method | None = None, state: str | None = None, start: int = 0) -> list[Segment]:
    return [Segment(f"s{start + index}", None, state, method) for index in range(count)]


def test_the_published_limits() -> None:
    limits = Limits()
    assert breaches(segments(4000), limits) == []
    assert [one.option for one in breaches(segments(4001), limits)] == ["audiences"]
    assert breaches(segments(500, "streaming"), limits) == []
    assert [one.option for one in breaches(segments(501, "streaming"), limits)] == ["streaming-audiences"]
    assert breaches(segments(150, "edge"), limits) == []
    assert [one.option for one in breaches(segments(151, "edge"), limits)] == ["edge-audiences"]


def test_edge_counts_as_streaming() -> None:
    given = segments(450, "streaming") + segments(100, "edge", start=450)
    (breach,) = breaches(given, Limits())
    assert (breach.option, breach.segment) == ("streaming-audiences", "s500")
    assert breach.message == "there are 550 audiences by streaming or on edge, 500 is the limit of a sandbox"


def test_deleted_ones_do_not_count() -> None:
    assert breaches(segments(3, state="deleted") + segments(2, start=3), Limits(audiences=2)) == []


def test_as_diagnostics() -> None:
    (found,) = guardrails(segments(3), Limits(audiences=2))
    assert (found.code, found.severity, found.span) == ("PQL507", "warning", None)
    assert "`audiences`" in (found.help or "")
    assert guardrails([], Limits()) == []

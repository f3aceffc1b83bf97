"""PQL507: is the first definition above a limit found, once?"""

from __future__ import annotations

from checking import check
from pqltools.checks.surroundings import Limits, Segment

TEXT = 'city = "Bern"'


def test_one_definition_speaks_for_all() -> None:
    segments = {f"s{i}": Segment(f"s{i}") for i in range(5)}
    limits = Limits(audiences=3)
    found = {
        id: check(TEXT, "PQL507", segments=segments, segment=segment, limits=limits) for id, segment in segments.items()
    }
    assert [id for id, diagnostics in found.items() if diagnostics] == ["s3"]
    assert found["s3"][0].message == "there are 5 audiences, 3 is the limit of a sandbox"


def test_other_definitions_or_limits_are_counted_anew() -> None:
    segment = Segment("a")
    few, many = {"b": Segment("b"), "a": segment}, {"b": Segment("b"), "c": Segment("c"), "a": segment}
    assert not check(TEXT, "PQL507", segments=few, segment=segment, limits=Limits(audiences=2))
    assert check(TEXT, "PQL507", segments=many, segment=segment, limits=Limits(audiences=2))
    assert not check(TEXT, "PQL507", segments=many, segment=segment, limits=Limits(audiences=3))


def test_a_bare_expression_counts_nothing() -> None:
    assert not check(TEXT, "PQL507", segments=None, limits=Limits(audiences=0))
    assert not check(TEXT, "PQL507", segments={}, segment=Segment("a"), limits=Limits(audiences=0))

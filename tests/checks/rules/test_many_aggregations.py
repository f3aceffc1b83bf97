"""PQL504: are aggregations counted, in all their forms?"""

from __future__ import annotations

import pytest

from checking import check
from pqltools.checks.surroundings import Limits

FORMS = ["xs.count() > 1", "xs.sum(a) > 1", "xs.average(a) > 1", "xs.min(a) > 1", "xs.max(a) > 1", "xs.distinct() = ys"]


@pytest.mark.parametrize("form", [*FORMS, "(sum X.a over X from xs) > 1", "count(xs) > 1"])
def test_four_are_too_many(form: str) -> None:
    assert not check(" and ".join([form] * 3), "PQL504")
    (found,) = check(" and ".join([form] * 4), "PQL504")
    assert found.message == "4 aggregations; the audience builder recommends 3 at the most"


def test_counts_in_a_chain_are_aggregations() -> None:
    elements = ", ".join(f"C{i}: WHAT(a = 1) COUNT({i})" for i in range(2, 6))
    text = f"chain(xEvent, timestamp, [{elements}])"
    (found,) = check(text, "PQL504")
    assert found.span is None or text[slice(*found.span)].startswith("COUNT(5")


def test_exists_is_none() -> None:
    assert not check(" and ".join(["xs.exists(a = 1)"] * 9), "PQL504")


def test_finding_is_at_the_first_above_the_limit() -> None:
    text = " and ".join(FORMS)
    (found,) = check(text, "PQL504", limits=Limits(aggregations=1))
    assert found.span is not None
    assert text[slice(*found.span)] == "xs.sum(a)"


def test_one_expression_does_not_count_for_the_next() -> None:
    for _ in range(3):
        assert not check(" and ".join(FORMS[:3]), "PQL504")

"""PQL506: is it said when the normal form of a condition gets large?"""

from __future__ import annotations

from checking import check
from pqltools.checks.surroundings import Limits

PAIR = "(a = 1 and b = 2)"


def test_the_limit_is_ours_and_can_be_set() -> None:
    assert not check(" or ".join([PAIR] * 9), "PQL506")
    text = " or ".join([PAIR] * 10)
    (found,) = check(text, "PQL506")
    assert found.severity == "warning"
    assert found.span == (0, len(text))
    assert found.message == (
        "this condition has 1,024 clauses in conjunctive normal form, by our count; the limit is 1,000"
    )
    assert not check(text, "PQL506", limits=Limits(logic_clauses=1024))


def test_huge_counts_are_capped() -> None:
    (found,) = check(" or ".join([PAIR] * 200), "PQL506")
    assert "more than 1,000,000,000 clauses" in found.message


def test_each_condition_is_counted_by_itself() -> None:
    inner = " or ".join([PAIR] * 10)
    text = f"c = 1 and xEvent.exists({inner})"
    (found,) = check(text, "PQL506")
    assert found.span is not None
    assert text[slice(*found.span)] == inner


def test_many_alternatives_are_one_clause() -> None:
    assert not check(" or ".join(f"a = {i}" for i in range(2000)), "PQL506")

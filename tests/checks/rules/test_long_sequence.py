"""PQL503: are the events of a chain counted?"""

from __future__ import annotations

import pytest

from checking import check
from pqltools.checks.surroundings import Limits


def chain(count: int) -> str:
    return f"chain(xEvent, timestamp, [{', '.join(f'C{i}: WHAT(a = {i})' for i in range(count))}])"


@pytest.mark.parametrize(("count", "fires"), [(1, False), (3, False), (4, True), (7, True)])
def test_three_are_allowed(count: int, fires: bool) -> None:
    assert bool(check(chain(count), "PQL503")) is fires


def test_finding_is_at_the_first_one_too_many() -> None:
    text = chain(5)
    (found,) = check(text, "PQL503")
    assert found.severity == "error"
    assert found.message == "a sequence of 5 events; the audience builder saves 3 at the most"
    assert found.span is not None
    assert text[slice(*found.span)] == "C3: WHAT(a = 3)"


def test_the_older_limit_can_be_set() -> None:
    assert not check(chain(6), "PQL503", limits=Limits(sequential_events=6))
    assert check(chain(7), "PQL503", limits=Limits(sequential_events=6))


def test_several_chains_are_counted_each_by_itself() -> None:
    assert not check(f"{chain(3)} and {chain(3)}", "PQL503")

"""Which lists are too long?"""

from __future__ import annotations

import pytest

from checking import check, codes_of
from pqltools.checks.surroundings import Limits


def listed(count: int) -> str:
    return ", ".join(map(str, range(count)))


@pytest.mark.parametrize("text", ["a in [{}]", "a.intersects([{}])", "a in ({})"])
def test_fires_above_the_limit(text: str) -> None:
    (found,) = check(text.format(listed(1001)), "PQL310")
    assert found.message == "a list of 1,001 items, more than 1,000"
    assert found.severity == "warning"
    assert codes_of(check(text.format(listed(1000)), "PQL310")) == []


def test_the_limit_can_be_configured() -> None:
    text = "a in [1, 2, 3, 4]"
    assert codes_of(check(text, "PQL310", limits=Limits(list_items=3))) == ["PQL310"]
    assert codes_of(check(text, "PQL310", limits=Limits(list_items=4))) == []


def test_an_empty_list_is_short() -> None:
    assert codes_of(check("a in []", "PQL310")) == []

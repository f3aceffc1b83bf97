"""Which prefixes are found, and which are needed?"""

from __future__ import annotations

import pytest

from checking import check, check_wire, fix
from pqltools import parse

CODE = "PQL405"


@pytest.mark.parametrize(
    ("text", "count", "fixed"),
    [
        ("xdm:person.xdm:gender = 1", 1, "person.gender = 1"),
        ("xdm:person.gender = 1", 1, "person.gender = 1"),
        ("xdm:notes.`xdm:a b` = 1", 1, "notes.`a b` = 1"),
        ("xEvent[xdm:eventType = 1]", 1, "xEvent[eventType = 1]"),
        ("xEvent[xdm:@id = 1]", 1, "xEvent[_id = 1]"),
        ("xdm:xEvent[xdm:eventType = 1].xdm:timestamp", 3, "xEvent[eventType = 1].timestamp"),
        # Without the prefix it would be something else.
        ("xdm:now.a = 1", 1, "`now`.a = 1"),
        ("select X from xEvent where $1.xdm:X = 1", 1, "select X from xEvent where `X` = 1"),
        ("$1.person.gender = $1.homeAddress.city", 2, "person.gender = homeAddress.city"),
        (
            "select X from xEvent where X.eventType = $1.person.gender",
            1,
            "select X from xEvent where X.eventType = person.gender",
        ),
    ],
)
def test_fix(text: str, count: int, fixed: str) -> None:
    assert len(check(text, CODE)) >= count
    assert fix(text, CODE, unsafe=False) == fixed


@pytest.mark.parametrize(
    "text",
    [
        "person.gender = 1",
        "repo:createDate = 1",
        "xEvent[eventType = $1.person.gender]",
        "$1.person.gender = $2.person.gender",
        "$1",
        "$1.`ds-id` = 1",
        "select person from xEvent where $1.person.gender = 1",
        "profile.person.gender = 1",
    ],
)
def test_not_found(text: str) -> None:
    assert not check(text, CODE)


def test_nothing_is_said_of_trees() -> None:
    assert not check_wire(parse("xdm:person.xdm:gender = $1.a"), CODE)

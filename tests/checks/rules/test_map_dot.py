"""Which steps into maps are found, and written with `get`?"""

from __future__ import annotations

import pytest

from checking import check, fix

CODE = "PQL104"


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("identityMap.ECID", 'identityMap.get("ECID")'),
        ('identityMap.`a"b`.id = 1', 'identityMap.get("a\\"b").id = 1'),
        ("segmentMembership.ups.x.status = 1", 'segmentMembership.get("ups").get("x").status = 1'),
        ('segmentMembership["ups"].x.status = 1', 'segmentMembership["ups"].get("x").status = 1'),
        ("xEvent[identityMap.ECID]", 'xEvent[identityMap.get("ECID")]'),
        # The maps of many events: `get` does not reach them.
        ("xEvent.identityMap.ECID", "xEvent.identityMap.ECID"),
    ],
)
def test_fix(text: str, fixed: str) -> None:
    (problem,) = check(text, CODE)
    assert problem.severity == "warning"
    assert fix(text, CODE, unsafe=False) == fixed


@pytest.mark.parametrize("text", ['identityMap.get("ECID")', "homeAddress.city", "identityMap", "identityMap.keys()"])
def test_not_found(text: str) -> None:
    assert not check(text, CODE)


def test_the_first_key_is_named() -> None:
    (problem,) = check("segmentMembership.ups.x.status = 1", CODE)
    assert problem.span == (18, 21)

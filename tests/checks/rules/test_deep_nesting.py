"""PQL505: are the arrays and maps on a path counted, however it is written?"""

from __future__ import annotations

import pytest

from checking import check
from pqltools.checks.surroundings import Limits

#: Expressions, and how many levels their deepest path has; with ``^`` there are two paths of that depth.
LEVELS = {
    'homeAddress.city = "Bern"': 0,
    'identityMap.get("ECID").isNotNull()': 1,
    'identityMap["ECID"].exists(id = "x")': 2,
    'exists I from identityMap["ECID"] where I.id = "x"': 2,
    'identityMap["ECID"][primary = true].exists(id = "x")': 2,
    'identityMap["ECID"].head().id = "x"': 2,
    'identityMap.get("ECID").id = "x"': 2,
    'let ids = identityMap["ECID"] in ids.exists(id = "x")': 2,
    'segmentMembership.get("ups").get("x").status = "realized"': 2,
    'segmentMembership["ups"]["x"]["status"] = "realized"': 2,
    "xEvent.exists(eventType = 'x')": 0,
    "xEvent.device.model = 'x'": 0,
    "xEvent.exists(productListItems.exists(SKU = 'x'))": 1,
    "select E from xEvent, P from E.productListItems where P.SKU = 'x'": 1,
    "chain(xEvent, timestamp, [A: WHAT(productListItems.exists(SKU = 'x'))])": 1,
    "xEvent.exists(productListItems.exists(selectedOptions.exists(attribute = 'x')))": 2,
    "xEvent.exists(productListItems.selectedOptions.attribute = 'x')": 2,
    "xEvent.productListItems.selectedOptions.attribute = 'x'": 2,
    "as.exists(bs.exists(cs.exists(d = 1)))": 3,
    "as.exists(^.bs.exists(c = 1))": 1,
    "as.exists(bs.exists(^.cs.exists(d = 1)))": 2,
    "exists A from as, B from A.bs, C from B.cs where C.d = 1": 3,
    'm["a"]["b"]["c"]["d"] = 1': 4,
    "as.map(bs.map(cs.map(d)))": 3,
    "as.count() > 1 and bs.count() > 1 and cs.count() > 1": 0,
}


def fires(text: str, levels: int) -> int:
    return len(check(text, "PQL505", limits=Limits(nested_levels=levels)))


@pytest.mark.parametrize("text", LEVELS)
def test_levels(text: str) -> None:
    deepest = LEVELS[text]
    assert not fires(text, deepest)
    if deepest:
        assert fires(text, deepest - 1) == (2 if "^" in text else 1)


def test_two_are_recommended() -> None:
    text = 'm["a"]["b"]["c"] = 1'
    (found,) = check(text, "PQL505")
    assert found.severity == "warning"
    assert found.message == '`m["a"]["b"]` is entered on level 3 of arrays and maps; 2 is recommended'


def test_long_paths_come_to_an_end() -> None:
    assert fires("x" + "[a = 1]" * 150 + ".exists(b = 1)", 0) == 1
    assert fires("x" + '["k"]' * 150, 2) == 1

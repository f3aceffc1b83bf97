"""Which conditions are no conditions?"""

from __future__ import annotations

import pytest

from checking import check, codes_of
from pqltools.checks.surroundings import Segment

#: What fires, with a word of its message and its severity.
FIRES = {
    "a and xEvent.count()": ("is an integer", "warning"),
    'a or "b"': ("is a string", "warning"),
    "if(1, a, b)": ("is an integer", "warning"),
    "not 0": ("is an integer", "warning"),
    'xEvent["a" and eventType]': ("is a string", "warning"),
    'xEvent.filter("x")': ("is a string", "warning"),
    "a and now": ("is a timestamp", "warning"),
    "exists X from xEvent where 5": ("is an integer", "warning"),
    'a and {"a": 1}': ("is an object", "warning"),
    "a and xEvent.sum(commerce.order.priceTotal)": ("is a number", "warning"),
}
SILENT = [
    "a and b",
    "a and xEvent",
    "a and person.birthYear",
    "a and xEvent.count() > 0",
    "1",
    "xEvent.count()",
    'if(a, 1, "b")',
    "let X = 1 in X",
    "a and true",
    "homeAddress.city",
    "if(a, 1, 2) = 1",
    "(P) => 5",
    "a and xEvent.average(commerce.order.priceTotal)",
    'm["k"] and a',
]


@pytest.mark.parametrize("text", FIRES)
def test_fires(text: str) -> None:
    found = check(text, "PQL210")
    word, severity = FIRES[text]
    assert len(found) == 1, found
    assert word in found[0].message
    assert found[0].severity == severity
    assert found[0].span is not None


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(text: str) -> None:
    assert codes_of(check(text, "PQL210")) == []


@pytest.mark.parametrize("text", ["xEvent.count()", '"a"', "if(a, 1, b)", "(P) => 5", "let X = a in 5"])
def test_the_whole_expression_of_a_segment_is_a_condition(text: str) -> None:
    assert codes_of(check(text, "PQL210", segment=Segment("s"))) == ["PQL210"]

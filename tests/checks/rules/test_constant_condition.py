"""Which conditions are always true or always false?"""

from __future__ import annotations

import pytest

from checking import check, codes_of, fix

#: What fires, with a word of its message and its severity.
FIRES = {
    "person.gender = null": ("always false", "warning"),
    "null != person.gender": ("always false", "warning"),
    "person.gender.equals(null)": ("always false", "warning"),
    "person.birthYear in null": ("always false", "warning"),
    "homeAddress.countryCode in []": ("always false", "warning"),
    "null.isNull()": ("always true", "warning"),
    "(a = b).isNull()": ("always false", "warning"),
    "xEvent.count().isNotNull()": ("always true", "warning"),
    "(select X from xEvent).isNull()": ("always false", "warning"),
    "1 = 1": ("always true", "warning"),
    "1 + 1 = 3": ("always false", "warning"),
    "(1 = 1) = true": ("always true", "warning"),
    '"a" < "b"': ("always true", "warning"),
    "2 in [1, 2]": ("always true", "warning"),
    "2 notIn [1, 2]": ("always false", "warning"),
    "a / 0 > 1": ("always false", "warning"),
    "a and true": ("`true` is always true", "warning"),
    "a or false": ("`false` is always false", "warning"),
    "a and null": ("`null` is always false", "warning"),
    "not null": ("`null` is always false", "warning"),
    "a or []": ("`[]` is always false", "warning"),
    "if(true, a, b)": ("`true` is always true", "warning"),
    "xEvent[false]": ("`false` is always false", "warning"),
    "a and not a": ("always false", "warning"),
    "a or not a": ("always true", "warning"),
    'a.contains("x") and a.doesNotContain("x")': ("never hold together", "warning"),
    "xEvent.count() >= 0": ("always true", "warning"),
    "xEvent.count() < 0": ("always false", "warning"),
    "currentMonth() = 0": ("always false", "warning"),
    "person.birthDate.getMonth() > 12": ("always false", "warning"),
    "person.birthDate.getMonth() <= 12": ("true for every value", "warning"),
    "person.birthDate.getDayOfMonth() in [32, 33]": ("always false", "warning"),
    'homeAddress.city < ""': ("always false", "warning"),
    'homeAddress.city.startsWith("")': ("true for every value", "warning"),
    'CHAIN(xEvent, timestamp, [A: WHAT(eventType = "a") COUNT(0)])': ("always holds", "warning"),
    'CHAIN(xEvent, timestamp, [A: WHAT(eventType = "a") COUNT(< 0)])': ("no number of events", "warning"),
}
SILENT = [
    "true",
    "false",
    "CHAIN(xEvent, timestamp, [A: WHAT(true)])",
    "xEvent.count(true)",
    "if(a, true, false)",
    "if(a, 1, null)",
    "personalEmail.primary = true",
    "a = b",
    "a.isNull()",
    "xEvent.head().isNull()",
    "xEvent.average(a).isNull()",
    "a in [null, 1]",
    "xEvent.count() > 0",
    "person.birthDate.getMonth() = 12",
    "person.birthDate.getMonth() in [1, 13]",
    "a and b or not c",
    'a.isNull() or a = "x"',
    '"2024-01-01" < "2024-01-01T00:00:00Z"',
    '1 = "1"',
    "a % 2 = 0",
    'homeAddress.city > ""',
    "true = a",
    "identityMap.keys().isNull()",
    "let X = true in a",
    "date(2024, 1, 1)",
]
#: What the fixes make of it, and whether they are safe.
FIXED = {
    "person.gender = null": ("person.gender.isNull()", False),
    "null != person.gender": ("person.gender.isNotNull()", False),
    "a = 1 and true and b": ("a = 1 and b", True),
    "a or false": ("a", True),
    "(a or b and true) and c": ("(a or b) and c", True),
}


@pytest.mark.parametrize("text", FIRES)
def test_fires(text: str) -> None:
    found = check(text, "PQL301")
    word, severity = FIRES[text]
    assert len(found) == 1, found
    assert word in found[0].message
    assert found[0].severity == severity
    assert found[0].span is not None


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(text: str) -> None:
    assert codes_of(check(text, "PQL301")) == []


@pytest.mark.parametrize("text", FIXED)
def test_fix(text: str) -> None:
    result, safe = FIXED[text]
    assert fix(text, "PQL301") == result
    assert fix(text, "PQL301", unsafe=False) == (result if safe else text)

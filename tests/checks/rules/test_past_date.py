"""Which dates have passed for good?"""

from __future__ import annotations

import pytest

from checking import check, codes_of

#: What fires, with a word of its message and its severity.
FIRES = {
    "currentYear() = 2019": ("never holds again", "warning"),
    "currentYear() in [2015, 2016]": ("never holds again", "warning"),
    "currentYear() < 2020": ("never holds again", "warning"),
    "currentYear() >= 2020": ("always holds by now", "warning"),
    "2019 = currentYear()": ("never holds again", "warning"),
    "currentYear() != 2019": ("always holds by now", "warning"),
    "now < date(2019, 6, 1)": ("never holds again", "warning"),
    "now > date(2019, 6, 1)": ("always holds by now", "warning"),
    "date(2019, 6, 1) > now": ("never holds again", "warning"),
    "today = date(2019, 6, 1)": ("never holds again", "warning"),
    "today != date(2019, 6, 1)": ("always holds by now", "warning"),
    'now < "2019-06-01T00:00:00Z"': ("never holds again", "warning"),
    "now occurs before date(2020, 1, 1)": ("never holds again", "warning"),
    "now occurs after date(2020, 1, 1)": ("always holds by now", "warning"),
    "xEvent[timestamp occurs between date(2017, 10, 1) and date(2017, 12, 31)]": ("ended on 2017-12-31", "information"),
    "xEvent[timestamp occurs on date(2017, 10, 1)]": ("ended on 2017-10-01", "information"),
    "exists X from xEvent where X.timestamp occurs before date(2019, 1, 1)": ("ended on 2018-12-31", "information"),
    "xEvent[timestamp < date(2019, 1, 1)]": ("ended on 2018-12-31", "information"),
    "CHAIN(xEvent, timestamp, [A: WHAT(a) WHEN(before date(2019, 1, 1))])": ("ended on 2018-12-31", "information"),
}
SILENT = [
    "person.birthDate occurs before date(2001, 1, 1)",
    "person.birthDate < date(2001, 1, 1)",
    "_acme.customerSince occurs before date(2015, 1, 1)",
    "currentYear() = 2026",
    "currentYear() > 2026",
    "currentYear() <= 2026",
    "currentYear() in [2025, 2026]",
    "now < date(2030, 1, 1)",
    "now occurs after date(2030, 1, 1)",
    "xEvent[timestamp occurs after date(2019, 1, 1)]",
    "xEvent[timestamp occurs between date(2019, 1, 1) and now]",
    "xEvent[timestamp occurs before date(2025, 12, 1)]",
    "xEvent[timestamp occurs on date(currentYear() - 1, 10, 1)]",
    "currentYear() - 1 = 2019",
    "person.birthYear = 1985",
    "xEvent[timestamp.getYear() = 2017]",
    "now occurs before person.birthDate",
    "today = date(2026, 1, 15)",
]


@pytest.mark.parametrize("text", FIRES)
def test_fires(text: str) -> None:
    found = check(text, "PQL309")
    word, severity = FIRES[text]
    assert len(found) == 1, found
    assert word in found[0].message
    assert found[0].severity == severity
    assert found[0].span is not None


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(text: str) -> None:
    assert codes_of(check(text, "PQL309")) == []

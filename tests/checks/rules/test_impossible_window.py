"""Which windows of time can no instant lie in?"""

from __future__ import annotations

import pytest

from checking import check, codes_of

#: What fires, with a word of its message and its severity.
FIRES = {
    "X.timestamp occurs between today and yesterday": ("no instant", "warning"),
    "X.timestamp occurs between date(2020, 1, 2) and date(2020, 1, 1)": ("no instant", "warning"),
    "X.timestamp occurs between this year and date(2020, 1, 1)": ("no instant", "warning"),
    "X.timestamp occurs < 0 days before now": ("nothing lies < 0 days before", "warning"),
    "X.timestamp occurs <= 0 centuries after today": ("<= 0 centuries after", "warning"),
    "xEvent[timestamp occurs last month and timestamp occurs this month]": ("never hold together", "warning"),
    "xEvent[timestamp occurs today and eventType and timestamp occurs before yesterday]": (
        "never hold together",
        "warning",
    ),
    "xEvent[timestamp occurs <= 3 days before now and timestamp occurs > 5 days before now]": (
        "never hold together",
        "warning",
    ),
    "person.birthDate occurs after date(2000, 1, 1) and person.birthDate < date(1990, 1, 1)": (
        "never hold together",
        "warning",
    ),
    "X.timestamp occurs today and X.timestamp occurs tomorrow": ("only for an array", "information"),
    "CHAIN(xEvent, timestamp, [A: WHAT(a) WHEN(today), B: WHAT(b) WHEN(yesterday)])": (
        "no event in the window of `B`",
        "warning",
    ),
    "CHAIN(xs, t, [A: WHAT(a) WHEN(after date(2024, 1, 1)), B: WHAT(c), C: WHAT(b) WHEN(before date(2023, 1, 1))])": (
        "no event in the window of `C`",
        "warning",
    ),
    "CHAIN(xEvent, timestamp, [A: WHAT(a), B: WHAT(b) WHEN(<= 2 days before A)])": ("`B` comes after `A`", "warning"),
}
SILENT = [
    "X.timestamp occurs between yesterday and today",
    "X.timestamp occurs between now and today",
    "X.timestamp occurs between last month and last week",
    "X.timestamp occurs between date(2020, 1, 1) and date(2020, 1, 1)",
    "X.timestamp occurs between this week and this month",
    "X.timestamp occurs between date(2020, 1, 1) and today",
    "X.timestamp occurs between A.timestamp and B.timestamp",
    "X.timestamp occurs = 0 days before today",
    "X.timestamp occurs > 0 days before today",
    "X.timestamp occurs < 1 day before now",
    "xEvent[timestamp occurs this week and timestamp occurs this month]",
    "xEvent[timestamp occurs this week and timestamp occurs last month]",
    "xEvent[timestamp occurs > 3 days before now and timestamp occurs <= 5 days before now]",
    "xEvent[timestamp occurs today or timestamp occurs yesterday]",
    "xEvent[timestamp occurs today] and xEvent[timestamp occurs yesterday]",
    "xEvent.timestamp occurs today and xEvent.timestamp occurs yesterday",
    "CHAIN(xEvent, timestamp, [A: WHAT(a) WHEN(yesterday), B: WHAT(b) WHEN(today)])",
    "CHAIN(xEvent, timestamp, [A: WHAT(a) WHEN(today), B: WHAT(b) WHEN(today)])",
    "CHAIN(xEvent, timestamp, [A: WHAT(a) WHEN(today), B: NOT WHAT(b) WHEN(yesterday)])",
    "CHAIN(xEvent, timestamp, [A: WHAT(a), B: WHAT(b) WHEN(<= 2 days after A)])",
    "CHAIN(xEvent, timestamp, [A: WHAT(a) WHEN(today), B: WHAT(b) WHEN(<= 24 hours before now)])",
    'X.timestamp occurs before "2024-01-01" and X.timestamp occurs after "2024-01-01"',
]


@pytest.mark.parametrize("text", FIRES)
def test_fires(text: str) -> None:
    found = check(text, "PQL307")
    word, severity = FIRES[text]
    assert len(found) == 1, found
    assert word in found[0].message
    assert found[0].severity == severity
    assert found[0].span is not None


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(text: str) -> None:
    assert codes_of(check(text, "PQL307")) == []

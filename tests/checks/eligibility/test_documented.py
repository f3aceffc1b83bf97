"""Do the shapes that Adobe's documents call eligible, or not, come out as documented, in each period?

The expressions are of the documented shapes, with fields and values of our own.
"""

from __future__ import annotations

from typing import Any

import pytest

from checking import around
from pqltools import parse
from pqltools.checks.eligibility.report import report
from pqltools.checks.surroundings import Segment

ORDER = 'eventType.equals("commerce.order", false)'
CLICK = 'eventType.equals("directMarketing.emailOpened", false)'
HOME = 'homeAddress.country.equals("CH", false)'


def chain(*windows: str) -> str:
    """A chain with an element for each of these windows, the element ``C0``, ``C1`` and so on."""
    whats = (ORDER, CLICK, ORDER, CLICK)
    parts = [f"C{i}: WHAT({what}) {window}" for i, (what, window) in enumerate(zip(whats, windows, strict=False))]
    return f"chain(xEvent, timestamp, [{', '.join(parts)}])"


TODAY = chain("WHEN(today)")
DAY = chain("WHEN(<= 24 hours before now)")
TWO_TODAY = chain("WHEN(today)", "WHEN(today)")
NO_WINDOW = chain("")
THREE_DAYS = chain("WHEN(<= 3 days before now)")
EIGHT_DAYS = chain("WHEN(< 8 days before now)")
FIVE_TIMES = chain("WHEN(< 24 hours before now) COUNT(5)")
MEMBERS = 'inSegment("profile") and inSegment("event")'
IGNORE_YEAR = "person.birthDate.getMonth() = currentMonth() and person.birthDate.getDayOfMonth() = currentDayOfMonth()"
AAM = 'segmentMembership.get("AAMSegments").get("4711").status = "realized"'
OTHER_ENTITY = '@{https://ns.example.com/tenant/schemas/product}.category = "shoes"'

#: The audiences that the expressions refer to.
SEGMENTS = {
    "profile": Segment("profile", "Swiss", "published", "batch", parse(HOME)),
    "event": Segment("event", "Buyers", "published", "streaming", parse(TODAY)),
    "edge": Segment("edge", "Visitors", "published", "edge", parse(TODAY)),
    "members": Segment("members", "Swiss again", "published", "batch", parse('inSegment("profile")')),
    "unreadable": Segment("unreadable", None, "published"),
}

#: Method, expression, answer, ids of the rules that are broken (for "no") or undecided (for "unknown").
NOW: list[tuple[str, str, str, str]] = [
    # Streaming: the table of eligible rulesets.
    ("streaming", TODAY, "yes", ""),
    ("streaming", HOME, "yes", ""),
    ("streaming", f"{HOME} and {TODAY}", "yes", ""),
    ("streaming", TWO_TODAY, "yes", ""),
    ("streaming", f"{HOME} and {TWO_TODAY}", "yes", ""),
    ("streaming", DAY, "yes", ""),
    # Streaming: what is named as not eligible.
    ("streaming", THREE_DAYS, "no", "S5"),
    ("streaming", NO_WINDOW, "no", "S5"),
    ("streaming", IGNORE_YEAR, "no", "S4"),
    ("streaming", f"{OTHER_ENTITY} and {TODAY}", "no", "S2"),
    ("streaming", AAM, "no", "S3"),
    ("streaming", f"{AAM} and {TODAY}", "no", "S3"),
    # Streaming: guidelines.
    ("streaming", chain("WHEN(<= 25 hours before now)"), "no", "S5"),
    ("streaming", chain("WHEN(today)", "WHEN(<= 2 days before now)"), "no", "S5"),
    ("streaming", chain("WHEN(between date(2025, 6, 1) and date(2025, 6, 2))"), "no", "S5"),
    ("streaming", f"{TODAY} and {DAY}", "no", "S6"),
    ("streaming", f"not {TODAY}", "no", "S7"),
    ("streaming", f"{HOME} and not {TODAY}", "no", "S7"),
    (
        "streaming",
        f"chain(xEvent, timestamp, [A: WHAT({CLICK}) WHEN(today), B: NOT WHAT({ORDER}) WHEN(today)])",
        "yes",
        "",
    ),
    # Streaming: audiences of audiences, and the combination about which the page contradicts itself.
    ("streaming", MEMBERS, "yes", ""),
    ("streaming", f'inSegment("profile") and {DAY}', "yes", ""),
    ("streaming", f'inSegment("members") and {DAY}', "yes", ""),
    ("streaming", f'inSegment("event") and {DAY}', "no", "S9"),
    ("streaming", f'inSegment("nobody") and {DAY}', "unknown", "S9"),
    ("streaming", f'inSegment("unreadable") and {DAY}', "unknown", "S9"),
    ("streaming", f"inSegment(homeAddress.city) and {DAY}", "unknown", "S9"),
    ("streaming", f'{HOME} and inSegment("profile")', "unknown", "S8"),
    # Edge: the newest table.
    ("edge", TODAY, "yes", ""),
    ("edge", HOME, "yes", ""),
    ("edge", f"{HOME} and {TODAY}", "yes", ""),
    ("edge", 'inSegment("profile") and inSegment("edge")', "yes", ""),
    ("edge", f'{HOME} and inSegment("edge")', "yes", ""),
    ("edge", MEMBERS, "no", "E3"),
    ("edge", 'inSegment("nobody")', "unknown", "E3"),
    ("edge", TWO_TODAY, "no", "E4"),
    ("edge", THREE_DAYS, "no", "E3"),
    ("edge", NO_WINDOW, "no", "E3"),
    ("edge", IGNORE_YEAR, "no", "E1"),
    ("edge", f"{HOME} and not {TODAY}", "unknown", "E3"),
    ("edge", FIVE_TIMES, "unknown", "E3"),
    ("edge", f'inSegment("profile") and {TODAY}', "yes", ""),
    ("edge", f'inSegment("event") and {TODAY}', "no", "E2"),
    ("edge", OTHER_ENTITY, "no", "E5"),
    ("edge", AAM, "no", "E5"),
    # Batch takes everything.
    ("batch", f"not {NO_WINDOW} and {AAM} and {OTHER_ENTITY}", "yes", ""),
]

BEFORE: list[tuple[str, str, str, str, str]] = [
    # 2022 until May 2025.
    ("2024-06-01", "streaming", HOME, "yes", ""),
    ("2024-06-01", "streaming", THREE_DAYS, "yes", ""),
    ("2024-06-01", "streaming", NO_WINDOW, "yes", ""),
    ("2024-06-01", "streaming", f"{HOME} and {NO_WINDOW}", "yes", ""),
    ("2024-06-01", "streaming", TWO_TODAY, "yes", ""),
    ("2024-06-01", "streaming", chain("", ""), "no", "S5"),
    ("2024-06-01", "streaming", f"{TODAY} and {DAY}", "no", "S6"),
    ("2024-06-01", "streaming", f"not {NO_WINDOW}", "no", "S7"),
    ("2024-06-01", "streaming", f'{HOME} and inSegment("event")', "yes", ""),
    ("2024-06-01", "streaming", f'inSegment("profile") and {NO_WINDOW}', "yes", ""),
    ("2024-06-01", "streaming", f'inSegment("event") and {NO_WINDOW}', "no", "S9"),
    ("2024-06-01", "streaming", AAM, "no", "S3"),
    ("2024-06-01", "streaming", OTHER_ENTITY, "no", "S2"),
    ("2025-05-19", "streaming", NO_WINDOW, "yes", ""),
    ("2025-05-20", "streaming", NO_WINDOW, "no", "S5"),
    # Edge, 2022 and 2023: all rows of the table.
    ("2023-01-01", "edge", NO_WINDOW, "yes", ""),
    ("2023-01-01", "edge", HOME, "yes", ""),
    ("2023-01-01", "edge", f"{HOME} and {NO_WINDOW}", "yes", ""),
    ("2023-01-01", "edge", f"not ({NO_WINDOW})", "yes", ""),
    ("2023-01-01", "edge", EIGHT_DAYS, "yes", ""),
    ("2023-01-01", "edge", f"{HOME} and {EIGHT_DAYS}", "yes", ""),
    ("2023-01-01", "edge", f"{HOME} and not({EIGHT_DAYS})", "yes", ""),
    ("2023-01-01", "edge", FIVE_TIMES, "yes", ""),
    ("2023-01-01", "edge", f"{HOME} and {FIVE_TIMES}", "yes", ""),
    ("2023-01-01", "edge", f"not({FIVE_TIMES})", "yes", ""),
    ("2023-01-01", "edge", f"{DAY} and {TODAY}", "yes", ""),
    ("2023-01-01", "edge", f"{HOME} and {DAY} and {TODAY}", "yes", ""),
    ("2023-01-01", "edge", f'{HOME} and inSegment("event")', "yes", ""),
    (
        "2023-01-01",
        "edge",
        f'chain(xEvent, timestamp, [A: WHAT({ORDER}) WHERE(states.values().exists(label = "on"))])',
        "yes",
        "",
    ),
    ("2023-01-01", "edge", f'inSegment("event") and {NO_WINDOW}', "no", "E2"),
    ("2023-01-01", "edge", f'inSegment("profile") and {NO_WINDOW}', "yes", ""),
    ("2023-01-01", "edge", f"{EIGHT_DAYS} and {TODAY}", "no", "E3"),
    ("2023-01-01", "edge", chain("WHEN(<= 2 days before now) COUNT(5)"), "no", "E3"),
    # Edge, the beta of 2021.
    ("2021-06-01", "edge", NO_WINDOW, "yes", ""),
    ("2021-06-01", "edge", f"{HOME} and {NO_WINDOW}", "yes", ""),
    ("2021-06-01", "edge", chain("COUNT(3)"), "yes", ""),
    ("2021-06-01", "edge", f"{HOME} and {chain('COUNT(3)')}", "yes", ""),
    ("2021-06-01", "edge", TODAY, "no", "E6"),
    ("2021-06-01", "edge", f"not {NO_WINDOW}", "no", "E7"),
    ("2021-06-01", "edge", chain("", ""), "no", "E4"),
    # Streaming, 2020 and 2021: single events without limit; negation the other way round.
    ("2020-06-01", "streaming", NO_WINDOW, "yes", ""),
    ("2020-06-01", "streaming", EIGHT_DAYS, "yes", ""),
    ("2020-06-01", "streaming", TWO_TODAY, "yes", ""),
    ("2020-06-01", "streaming", chain("", "WHEN(today)"), "no", "S5"),
    ("2020-06-01", "streaming", f"not {TWO_TODAY}", "yes", ""),
    (
        "2020-06-01",
        "streaming",
        f"chain(xEvent, timestamp, [A: WHAT({CLICK}) WHEN(today), B: NOT WHAT({ORDER}) WHEN(today)])",
        "no",
        "S7",
    ),
    ("2020-06-01", "streaming", AAM, "no", "S3"),
    ("2020-06-01", "streaming", OTHER_ENTITY, "no", "S2"),
    # Streaming, the beta of 2019.
    ("2019-10-01", "streaming", HOME, "yes", ""),
    ("2019-10-01", "streaming", NO_WINDOW, "yes", ""),
    ("2019-10-01", "streaming", f"{HOME} and {chain('WHEN(<= 30 days before now)')}", "yes", ""),
    ("2019-10-01", "streaming", f"not {NO_WINDOW}", "yes", ""),
    ("2019-10-01", "streaming", OTHER_ENTITY, "no", "S2"),
    ("2019-10-01", "streaming", "xEvent.map(productListItems.map(SKU))", "no", "S8"),
    # Before there was a method.
    ("2018-06-01", "streaming", HOME, "no", "S12"),
    ("2020-06-01", "edge", HOME, "no", "E8"),
    ("2018-06-01", "batch", HOME, "yes", ""),
]


@pytest.mark.parametrize(
    ("as_of", "method", "text", "eligible", "ids"),
    [*[(None, *row) for row in NOW], *BEFORE],
    ids=lambda value: str(value)[:60],
)
def test_documented(as_of: str | None, method: Any, text: str, eligible: str, ids: str) -> None:
    answer = report(parse(text), method, around(as_of=as_of, segments=SEGMENTS))
    assert answer.eligible == eligible, [*answer.broken, *answer.unsettled]
    found = answer.broken if eligible == "no" else answer.unsettled
    assert [rule.id for rule in found] == ids.split()


def test_there_are_documented_examples_of_every_kind() -> None:
    assert {(method, answer) for method, _, answer, _ in NOW} >= {
        (method, answer) for method in ("streaming", "edge") for answer in ("yes", "no", "unknown")
    }

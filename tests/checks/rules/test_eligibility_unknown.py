"""PQL502: is it said what cannot be decided, and only where nothing is broken?"""

from __future__ import annotations

from checking import check, codes_of
from pqltools import parse
from pqltools.checks.surroundings import Segment

EVENT = "chain(xEvent, timestamp, [C0: WHAT(a = 1) WHEN(today)])"
TEXT = f'inSegment("x") and {EVENT}'


def test_finding_stands_at_what_is_not_known() -> None:
    (found,) = check(TEXT, "PQL502", method="streaming")
    assert found.severity == "information"
    assert found.span == (0, len('inSegment("x")'))
    assert found.message == (
        "it cannot be told whether this is eligible for streaming: "
        "the definition of audience `x`, which it refers to, is not at hand (rule S9)"
    )


def test_the_definition_settles_it() -> None:
    about_profile = {"x": Segment("x", tree=parse('city = "Bern"'))}
    assert not check(TEXT, "PQL501", "PQL502", method="streaming", segments=about_profile)
    about_events = {"x": Segment("x", tree=parse(EVENT))}
    assert codes_of(check(TEXT, "PQL501", "PQL502", method="streaming", segments=about_events)) == ["PQL501"]


def test_a_broken_rule_silences_the_others() -> None:
    text = TEXT.replace("WHEN(today)", "")
    assert codes_of(check(text, "PQL501", "PQL502", method="streaming")) == ["PQL501"]


def test_the_environment_alone_is_no_finding() -> None:
    assert not check('city = "Bern"', "PQL502", method="streaming")

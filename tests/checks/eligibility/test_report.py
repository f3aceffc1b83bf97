"""Do reports keep their promises?  Laws over generated expressions, and the form for JSON."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checking import around
from pqltools import parse
from pqltools.checks.eligibility.model import METHODS
from pqltools.checks.eligibility.report import as_data, report
from pqltools.checks.eligibility.rules import PERIODS, day_text, period
from pqltools.checks.surroundings import Segment
from pqltools.source import Source
from pqltools.syntax.ast import FieldLookup, FunctionCall, Lambda, ParameterReference, StringLiteral
from strategies import expressions, json_only_expressions

if TYPE_CHECKING:
    from pqltools.checks.eligibility.model import Method
    from pqltools.syntax.ast import Expr

SURROUNDINGS = around()
DAYS = st.sampled_from([None, "2018-01-01", "2019-06-01", "2020-06-01", "2021-06-01", "2023-01-01", "2025-05-20"])
PROFILE = FunctionCall("=", (FieldLookup(ParameterReference(1), "city"), StringLiteral("Bern")))

#: Event conditions, by how far they look back; the last is without bound.
LADDER = [
    "now",
    "<= 3 hours before now",
    "today",
    "<= 24 hours before now",
    "<= 25 hours before now",
    "yesterday",
    "this week",
    "<= 3 months before now",
    "this year",
    "before today",
]

LEAVES = [
    'homeAddress.city = "Bern"',
    'inSegment("x")',
    'segmentMembership.get("AAMTraits").get("7").status = "realized"',
    "person.birthDate.getMonth() = 3",
    "@{model}.a = 1",
    "xEvent.count(a = 1 and timestamp occurs this week) > 2",
    "none X from xEvent where X.timestamp occurs today",
    "chain(xEvent, timestamp, [A: WHAT(a = 1) WHEN(today), B: NOT WHAT(b = 1) WHEN(<= 3 hours before now)])",
    "xEvent.exists(a = 1 and xEvent.exists(timestamp occurs yesterday))",
    *[f"exists X from xEvent where X.a = 1 and X.timestamp occurs {time}" for time in LADDER],
]
#: Conditions of the kind that rules of eligibility are about, in any combination.
CONDITIONS = st.recursive(
    st.sampled_from(LEAVES).map(parse),
    lambda inner: st.one_of(
        st.builds(
            lambda name, operands: FunctionCall(name, tuple(operands)),
            st.sampled_from(["and", "or"]),
            st.lists(inner, min_size=2, max_size=3),
        ),
        st.builds(lambda operand: FunctionCall("not", (operand,)), inner),
    ),
    max_leaves=6,
)


def both(tree: Expr, condition: Expr) -> Expr:
    """`tree` and a further condition; the parameters of an outermost lambda stay those of the expression."""
    if isinstance(tree, Lambda):
        return Lambda(tree.parameters, both(tree.body, condition))
    return FunctionCall("and", (tree, condition))


@given(expressions(), DAYS)
def test_batch_is_always_yes(tree: Expr, as_of: str | None) -> None:
    assert report(tree, "batch", around(as_of=as_of)).eligible == "yes"


@given(st.one_of(CONDITIONS, json_only_expressions()), st.sampled_from(METHODS), DAYS)
def test_every_tree_gets_an_answer(tree: Expr, method: Method, as_of: str | None) -> None:
    answer = report(tree, method, around(as_of=as_of))
    assert (answer.eligible == "no") == bool(answer.broken)
    assert (answer.eligible == "yes") == (not answer.broken and not answer.unsettled)
    for rule in answer.rules:
        assert (rule.why == "") == (rule.holds is True)
    json.dumps(as_data(answer))


@given(st.one_of(CONDITIONS, expressions()), st.sampled_from(METHODS), DAYS)
def test_a_profile_condition_turns_no_into_nothing_better(tree: Expr, method: Method, as_of: str | None) -> None:
    before = report(tree, method, around(as_of=as_of))
    after = report(both(tree, PROFILE), method, around(as_of=as_of))
    if before.eligible == "no":
        assert after.eligible == "no"


@given(st.integers(0, len(LADDER) - 1), st.integers(0, len(LADDER) - 1), st.booleans(), st.sampled_from(METHODS))
def test_a_wider_window_turns_no_into_nothing_better(one: int, other: int, negated: bool, method: Method) -> None:
    def answer(index: int) -> str:
        text = f'gender = "x" and {"not " if negated else ""}xEvent.exists(timestamp occurs {LADDER[index]})'
        return report(parse(text), method, SURROUNDINGS).eligible

    if answer(min(one, other)) == "no":
        assert answer(max(one, other)) == "no"


@given(st.lists(st.sampled_from(LADDER), min_size=1, max_size=3), st.sampled_from(LADDER))
def test_an_alternative_window_turns_no_into_nothing_better(times: list[str], more: str) -> None:
    def answer(times: list[str]) -> str:
        windows = " or ".join(f"timestamp occurs {time}" for time in times)
        return report(parse(f"xEvent.exists(a = 1 and ({windows}))"), "streaming", SURROUNDINGS).eligible

    if answer(times) == "no":
        assert answer([*times, more]) == "no"
    if answer([*times, more]) == "yes":
        assert answer(times) == "yes"


def test_the_merge_policy_counts_when_it_is_known() -> None:
    tree = parse('homeAddress.city = "Bern"')
    silent = report(tree, "streaming", SURROUNDINGS)
    assert (silent.eligible, [rule.id for rule in silent.depends_on]) == ("yes", ["S0", "S1"])
    active = report(tree, "streaming", around(active_on_edge=True))
    assert (active.eligible, [rule.id for rule in active.depends_on]) == ("yes", ["S1"])
    inactive = report(tree, "streaming", around(active_on_edge=False))
    assert (inactive.eligible, [rule.id for rule in inactive.broken]) == ("no", ["S0"])


def test_sources_of_data_are_what_an_answer_depends_on() -> None:
    text = 'city = "Bern" and chain(xEvent, timestamp, [A: WHAT(a = 1) WHEN(today), B: WHAT(b = 1) WHEN(today)])'
    answer = report(parse(text), "streaming", around(active_on_edge=True))
    assert (answer.eligible, [rule.id for rule in answer.depends_on]) == ("yes", ["S1", "S10", "S11"])


def test_alternatives_need_no_order_for_sure() -> None:
    text = "xEvent.exists(a = 1 and timestamp occurs today) {} xEvent.exists(b = 1 and timestamp occurs today)"
    assert report(parse(text.format("and")), "streaming", SURROUNDINGS).eligible == "no"
    assert report(parse(text.format("or")), "streaming", SURROUNDINGS).eligible == "unknown"
    negated = f"c = 1 and not ({text.format('and')})"
    assert [rule.id for rule in report(parse(negated), "streaming", SURROUNDINGS).unsettled] == ["S6"]


def test_order_may_be_written_without_a_chain() -> None:
    text = """select A from xEvent where A.timestamp occurs today,
              B from xEvent where B.timestamp occurs today and B.timestamp occurs after A.timestamp"""
    assert report(parse(text), "streaming", SURROUNDINGS).eligible == "yes"


def test_audiences_of_audiences_that_refer_to_each_other_come_to_an_end() -> None:
    links = {f"s{i}": f'inSegment("s{i + 1}") and inSegment("s{i + 2}")' for i in range(60)}
    links |= {"s60": 'inSegment("s0")', "s61": 'city = "Bern"'}
    segments = {id: Segment(id, tree=parse(text)) for id, text in links.items()}
    tree = parse('inSegment("s0") and xEvent.exists(timestamp occurs today)')
    assert report(tree, "streaming", around(segments=segments)).eligible == "yes"
    alone = {"s0": Segment("s0", tree=parse('inSegment("s0")'))}
    assert report(tree, "streaming", around(segments=alone)).eligible == "unknown"


def test_as_data_is_of_the_published_shape() -> None:
    text = 'city = "Bern" and\n  chain(xEvent, timestamp, [C0: WHAT(a = 1)])'
    data = as_data(report(parse(text), "streaming", SURROUNDINGS), Source(text))
    assert (data["method"], data["asOf"], data["eligible"]) == ("streaming", None, "no")
    (broken,) = [rule for rule in data["rules"] if rule["holds"] is False]
    assert broken["id"] == "S5"
    assert broken["at"] == {"line": 2, "col": 29}
    assert broken["why"] == "event `C0` has no look-back window"
    assert broken["since"] == "2025-05-20"
    assert "help/segmentation/" in broken["source"]
    assert data["fix"] == [
        "limit the event to 24 hours, as `WHEN(<= 24 hours before now)` does, or evaluate the audience in batch"
    ]
    assert [note["id"] for note in data["dependsOn"]] == ["S0", "S1", "S11"]


def test_as_data_of_a_tree_has_paths() -> None:
    answer = report(parse("xEvent.exists(a = 1)"), "streaming", SURROUNDINGS)
    (broken,) = answer.broken
    data = as_data(answer, places={id(broken.nodes[0]): "$.params[0]"})
    assert [rule["at"] for rule in data["rules"] if rule["id"] == "S5"] == [{"path": "$.params[0]"}]


def test_periods_are_in_order_and_tell_where_they_are_from() -> None:
    for method in METHODS:
        days = [one.since for one in PERIODS if one.method == method]
        assert days == sorted(days)
        assert days[0] == ""
    for one in PERIODS:
        for criterion in one.criteria:
            assert re.fullmatch(r"[SEB]\d+", criterion.id)
            assert criterion.since <= one.since
            assert criterion.source.count(": ") == 1
            assert criterion.says
            assert not criterion.says.endswith(".")
            assert criterion.change or one.method == "batch"
            assert (criterion.test.__doc__ or "").endswith(".") or "\n" in (criterion.test.__doc__ or "")


def test_the_newest_period_is_the_ordinary_one() -> None:
    assert period("streaming").since == period("edge").since == "2025-05-20"
    assert period("streaming", "2025-05-19").since == "2022-01-01"
    assert period("streaming", "2999-01-01") is period("streaming")
    assert (day_text("2022-01-01"), day_text("2025-05-20")) == ("2022", "2025-05-20")


@pytest.mark.parametrize("day", ["2024", "01.06.2024", "2024-6-1", "", "2024-06-01T00:00:00Z"])
def test_a_day_is_written_in_one_way(day: str) -> None:
    with pytest.raises(ValueError, match="YYYY-MM-DD"):
        period("streaming", day)

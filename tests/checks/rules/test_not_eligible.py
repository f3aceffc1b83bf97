"""PQL501: is it said why a method cannot evaluate an expression, at the right place and with the right day?"""

from __future__ import annotations

import pytest

from checking import check, check_wire, codes_of
from pqltools import parse

CHAIN = "chain(xEvent, timestamp, [C0: WHAT(a = 1), C1: WHAT(b = 1)])"


def test_finding_says_rule_day_and_cure_at_the_event() -> None:
    (found,) = check(CHAIN, "PQL501", method="streaming")
    assert found.message == "not eligible for streaming: event `C0` has no look-back window (rule S5, since 2025-05-20)"
    assert found.span == (CHAIN.index("C0"), CHAIN.index("C0") + len("C0: WHAT(a = 1)"))
    assert found.help is not None
    assert found.help.startswith("limit the event to 24 hours")
    (other,) = found.related
    assert CHAIN[slice(*other.span)] == "C1: WHAT(b = 1)"


def test_one_finding_for_each_rule() -> None:
    text = f'segmentMembership.get("AAMTraits").get("7").status = "x" and not ({CHAIN})'
    found = check(text, "PQL501", method="streaming")
    assert [rule for one in found for rule in ("S3", "S5", "S7") if f"rule {rule}" in one.message] == ["S3", "S5", "S7"]


@pytest.mark.parametrize("method", [None, "batch"])
def test_without_method_or_in_batch_nothing_is_said(method: str | None) -> None:
    assert not check(CHAIN, "PQL501", "PQL502", method=method)


def test_the_day_chooses_the_rules() -> None:
    text = "xEvent.exists(a = 1)"
    assert not check(text, "PQL501", method="streaming", as_of="2024-06-01")
    assert codes_of(check(text, "PQL501", method="streaming", as_of="2026-01-01")) == ["PQL501"]
    (early,) = check(text, "PQL501", method="edge", as_of="2019-01-01")
    assert early.message == ("not eligible for edge: there is no document about this method from that time (rule E8)")
    (year,) = check("@{model}.a = 1", "PQL501", method="streaming", as_of="2024-06-01")
    assert year.message.endswith("(rule S2, since 2019)")


def test_a_known_merge_policy_is_a_finding_about_the_whole() -> None:
    text = 'homeAddress.city = "Bern"'
    (found,) = check(text, "PQL501", method="edge", active_on_edge=False)
    assert found.span == (0, len(text))


def test_a_field_of_a_related_entity_is_recognized_by_the_schema() -> None:
    from pqltools.checks.eligibility.facts import facts

    tree = parse('_acme.product.category = "shoes"')
    lookup = tree.arguments[0].object  # type: ignore[union-attr]

    class Related:
        relationship = "the id of a product"

    assert not facts(tree).entities
    assert facts(tree, {id(lookup): Related()}).entities  # type: ignore[dict-item]


def test_a_tree_without_text_has_findings_too() -> None:
    (found,) = check_wire(parse(CHAIN), "PQL501", method="edge", places={})[:1]
    assert found.code == "PQL501"

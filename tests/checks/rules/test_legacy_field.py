"""Which old names and values are met, and what is written instead?"""

from __future__ import annotations

import pytest

from checking import check, fix

CODE = "PQL103"


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("homeAddress.countryISO = 1", "homeAddress.countryCode = 1"),
        ("xEvent[metrics.commerce.abandons.value > 0]", "xEvent[commerce.cartAbandons.value > 0]"),
        ("xEvent.metrics.commerce.purchases.value", "xEvent.commerce.purchases.value"),
        ("select X from xEvent where X.type = X.id", "select X from xEvent where X.eventType = X._id"),
        ("person.firstName/* a */ = 1", "person.name.firstName/* a */ = 1"),
        ("person.homeAddress.city = 1", "homeAddress.city = 1"),
        ("person.birthday occurs today", "person.birthDate occurs today"),
        ("person.birthDay in [1, 2]", "person.birthDate.getDayOfMonth() in [1, 2]"),
        ('homeAddress["countryISO"] = 1', "homeAddress.countryCode = 1"),
        # Regions: the name, and the values where they are known.
        ("homeAddress.stateProvinceISO = 'TX'", 'homeAddress.stateProvince = "US-TX"'),
        ("'TX' = homeAddress.stateProvinceISO", '"US-TX" = homeAddress.stateProvince'),
        ("homeAddress.stateProvinceISO in ('TX', 'X1')", "homeAddress.stateProvince in [\"US-TX\", 'X1']"),
        ("homeAddress.stateProvinceISO != city", "homeAddress.stateProvince != city"),
        ("homeAddress.stateProvince.equals('TX', false)", 'homeAddress.stateProvince.equals("US-TX", false)'),
        ("homeAddress.stateProvince notIn ['TX', 'QC']", 'homeAddress.stateProvince notIn ["US-TX", "CA-QC"]'),
    ],
)
def test_fix(text: str, fixed: str) -> None:
    assert fix(text, CODE) == fixed
    assert fix(text, CODE, unsafe=False) == text
    assert {problem.severity for problem in check(text, CODE)} == {"warning"}
    assert not check(fixed, CODE)
    assert not [problem for problem in check(text, "PQL101") if problem.message != "unknown field `city`"]


@pytest.mark.parametrize(
    "text",
    [
        "homeAddress.stateProvince = 'US-TX'",
        "homeAddress.stateProvince = 'Texas'",
        "homeAddress.stateProvince like 'TX'",
        "_acme.stateProvince = 'TX'",
        "homeAddress.city = 'TX'",
        "countryISO = 'US'",
        "identityMap.type = 1",
    ],
)
def test_not_found(text: str) -> None:
    assert not check(text, CODE)


def test_a_number_that_became_a_text_is_explained() -> None:
    (problem,) = check("person.birthMonth = 3", CODE)
    assert problem.message == "`person.birthMonth` is gone from XDM"
    assert problem.help == "use `getMonth()` of `birthDate`, or `birthDayAndMonth`, a text `MM-DD`"
    assert problem.span == (7, 17)

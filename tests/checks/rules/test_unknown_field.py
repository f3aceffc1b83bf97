"""Which paths lead nowhere, and what is proposed instead?"""

from __future__ import annotations

from typing import Any

import pytest

from checking import check, check_wire, fix
from pqltools import from_json, parse
from pqltools.checks.registry import Table
from pqltools.checks.rules import unknown_field
from pqltools.checks.runner import check_tree
from pqltools.checks.surroundings import Surroundings
from pqltools.types.model import STRING, ArrayType, ObjectType, PlainObject
from pqltools.xdm.schema import Schema

CODE = "PQL101"

#: A text, the place of the name that is unknown, the message, and the help.
FOUND = [
    ("homeAdress.city = 1", "homeAdress", "unknown field `homeAdress`", "did you mean `homeAddress`?"),
    ("homeAddress.citty = 1", "citty", "unknown field `citty`", "did you mean `city`?"),
    ("HomeAddress.city = 1", "HomeAddress", "unknown field `HomeAddress`", "did you mean `homeAddress`?"),
    ("homeAddress.`ci-ty`.x = 1", "`ci-ty`", "unknown field `ci-ty`", None),
    ("homeAddress. /* which? */ citty = 1", "citty", "unknown field `citty`", "did you mean `city`?"),
    ("homeAddress.city.name = 1", "name", "a string has no field `name`", None),
    ("person.birthYear.x = 1", "x", "an integer has no field `x`", None),
    ("xEvent[web.webPageDetail.URL = 1]", "webPageDetail", "unknown field `webPageDetail`", None),
    ("select X from xEvent where X.evntType = 1", "evntType", "unknown field `evntType`", "did you mean `eventType`?"),
    ("select X from xEvent where X.SKU = 1", "SKU", "unknown field `SKU`", "did you mean `X.productListItems.SKU`?"),
    # The head was forgotten, or the wrong one.
    (
        "select X from xEvent where eventType = 1",
        "eventType",
        "unknown field `eventType`",
        "did you mean `X.eventType`?",
    ),
    ("xEvent.filter((E) => eventType = 1)", "eventType", "unknown field `eventType`", "did you mean `E.eventType`?"),
    (
        "xEvent[workAddress.city = 1]",
        "workAddress",
        "unknown field `workAddress`",
        "did you mean `$1.workAddress.city`?",
    ),
    (
        "select person from xEvent where person.gender = 1",
        "gender",
        "unknown field `gender`",
        "did you mean `$1.person.gender`?",
    ),
]


@pytest.mark.parametrize(("text", "name", "message", "help"), FOUND)
def test_found(text: str, name: str, message: str, help: str | None) -> None:
    (problem,) = check(text, CODE)
    assert problem.span == (text.index(name), text.index(name) + len(name))
    assert (problem.message, problem.severity) == (message, "warning")
    assert help is None or problem.help == help


@pytest.mark.parametrize(
    "text",
    [
        "homeAddress.xdm:city = 1",
        "xdm:homeAddress.city = 1",
        "_acme.whatever = 1",
        "homeAddress._acme.whatever = 1",
        "xEvent[_experience.analytics.endUser.firstWeb.webPageDetails.isHomePage]",
        "@{model}.whatever = 1 and $2.whatever = 2",
        "offer.rank.priority = 1",
        "xEvent.map({'a': _id})[a = 1 and b.c = 2]",
        "identityMap.whatever.id = 1",
        "unknownFunction(1).whatever = 1",
        # Other rules say so.
        "X.timestamp occurs today",
        "homeAddress.countryISO = 1",
    ],
)
def test_not_found(text: str) -> None:
    found = check(text, CODE)
    assert not found or "xEvent.map" in text  # an object literal says what its fields are


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("homeAdress/* a */.city = 1", "homeAddress/* a */.city = 1"),
        ("homeAddress /* a */ .citty = 1", "homeAddress /* a */ .city = 1"),
        ('homeAddress["citty"] = 1', 'homeAddress["city"] = 1'),
        ("select X from xEvent where eventType = 1", "select X from xEvent where X.eventType = 1"),
        ("xEvent.filter((E) => eventType = 1)", "xEvent.filter((E) => E.eventType = 1)"),
        ("xEvent[workAddress.city = 1]", "xEvent[$1.workAddress.city = 1]"),
        # Too unlike, or several fields could be meant: a question, no fix.
        ("xEvent[destination = 1]", "xEvent[destination = 1]"),
        ("firstName = 1", "firstName = 1"),
    ],
)
def test_fix(text: str, fixed: str) -> None:
    assert fix(text, CODE) == fixed
    assert fix(text, CODE, unsafe=False) == text


def test_one_message_for_a_path() -> None:
    assert len(check("homeAdress.citty.nam.x = 1", CODE)) == 1


def own_schema(certain: bool) -> Schema:
    """A schema with one field, of the user's own or not."""

    class Own(PlainObject):
        pass

    Own.certain = certain
    profile: ObjectType = Own({"tier": STRING, "xEvent": ArrayType(Own({"kind": STRING}))})
    return Schema(profile, Own({}), "own")


@pytest.mark.parametrize(
    ("certain", "text", "severities"),
    [
        (True, "teir = 1", ["error"]),
        (False, "teir = 1", ["warning"]),
        (True, "_acme.x = 1 and offer.x = 2", ["error", "error"]),
        (False, "_acme.x = 1 and offer.x = 2", []),
        (True, "tier.x = 1", ["error"]),
        (False, "tier.x = 1", ["warning"]),
    ],
)
def test_the_users_own_schema_is_sure(certain: bool, text: str, severities: list[str]) -> None:
    around = Surroundings(own_schema(certain), 0)
    found = check_tree(parse(text), text, around, Table([unknown_field.RULE]))
    assert [problem.severity for problem in found] == severities


def test_without_text() -> None:
    tree: dict[str, Any] = {"nodeType": "fieldLookup", "fieldName": "homeAdress", "object": PROFILE}
    (problem,) = check_wire(from_json({"nodeType": "fieldLookup", "fieldName": "city", "object": tree}), CODE)
    assert problem.message == "unknown field `homeAdress`"
    ((old, new),) = problem.fixes[0].nodes
    assert (old.name, new.name) == ("homeAdress", "homeAddress")


PROFILE = {"nodeType": "parameterReference", "position": 1}

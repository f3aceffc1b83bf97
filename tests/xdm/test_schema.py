"""Are fields found, and the right ones suggested?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pqltools.types.model import ANY, BOOLEAN, DATE, DOUBLE, INTEGER, STRING, TIMESTAMP, ArrayType, MapType, ObjectType
from pqltools.xdm.legacy import LEGACY
from pqltools.xdm.load import Loaded
from pqltools.xdm.schema import Schema, resolve
from pqltools.xdm.standard import standard
from pqltools.xdm.suggestions import Suggestion
from xdm.trees import schema


def type_at(path: str) -> object:
    member = standard().find(path)
    return None if member is None else member.type


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("person.birthYear", INTEGER),
        ("person.birthDate", DATE),
        ("person.name.firstName", STRING),
        ("xEvent.timestamp", TIMESTAMP),
        ("timeSeriesEvents.timestamp", TIMESTAMP),
        ("xEvent.commerce.order.priceTotal", DOUBLE),
        ("xEvent.productListItems.SKU", STRING),
        ("identityMap.ECID.id", STRING),
        ("segmentMembership.ups.0b1c.lastQualificationTime", TIMESTAMP),
        ("optInOut.globalOptout", BOOLEAN),
        ("xdm:person.xdm:birthYear", INTEGER),
        ("/person/birthYear", INTEGER),
        ("@id", STRING),
        ("repo:modifyDate", TIMESTAMP),
        ("person.nothing", None),
        ("person.birthYear.more", None),
        ("nothing", None),
        ("", None),
    ],
)
def test_find(path: str, expected: object) -> None:
    assert type_at(path) is expected


def test_structures() -> None:
    events = type_at("xEvent")
    assert isinstance(events, ArrayType)
    assert events.item is standard().event
    identities = type_at("identityMap")
    assert isinstance(identities, MapType)
    assert isinstance(identities.value, ArrayType)
    person = type_at("person")
    assert isinstance(person, ObjectType)
    assert not person.open
    assert not person.certain
    assert person is type_at("person")
    assert resolve(ANY, ("a", "b")) is not None


def test_shared_types_are_one_object() -> None:
    assert type_at("homeAddress") is type_at("workAddress")


def test_the_standard_schema() -> None:
    assert standard() is standard()
    assert standard().name == "the standard XDM fields"
    assert (standard().profile.name, standard().event.name) == ("XDM Individual Profile", "XDM ExperienceEvent")
    deprecated = standard().find("segments")
    assert deprecated is not None
    assert deprecated.deprecated
    gender = standard().find("person.gender")
    assert gender is not None
    assert gender.enum == ("male", "female", "not_specified", "non_specific")
    assert (gender.title, gender.description, gender.suggested) == (None, None, ())


SUGGESTIONS = [
    # Old names.
    ("homeAddress.countryISO", ["homeAddress.countryCode"]),
    ("shippingAddress.stateProvinceISO", ["shippingAddress.stateProvince"]),
    ("person.firstName", ["person.name.firstName"]),
    ("person.homeAddress.city", ["homeAddress.city"]),
    ("xEvent.metrics.commerce.abandons.value", ["xEvent.commerce.cartAbandons.value"]),
    ("xEvent.type", ["xEvent.eventType"]),
    # Another case.
    ("HomeAddress.City", ["homeAddress.city"]),
    ("xEvent.web.webPageDetails.url", ["xEvent.web.webPageDetails.URL"]),
    ("segmentMembership.ups.x.Status", ["segmentMembership.ups.x.status"]),
    # A letter wrong, in one step or two.
    ("homeAdress.city", ["homeAddress.city"]),
    ("mailingAdress.cty", ["mailingAddress.city"]),
    ("xdm:homeAdress.city", ["homeAddress.city"]),
    # The tail is deeper, or elsewhere.
    ("xEvent.commerce.priceTotal", ["xEvent.commerce.order.priceTotal"]),
    ("commerce.order.priceTotal", ["xEvent.commerce.order.priceTotal"]),
    ("city", ["homeAddress.city", "workAddress.city", "otherAddress.city"]),
    # Nothing is like it.
    ("person.favoriteColors", []),
    ("zzz", []),
    ("zzz.yyy", []),
]


@pytest.mark.parametrize(("path", "expected"), SUGGESTIONS)
def test_suggestions(path: str, expected: list[str]) -> None:
    found = standard().suggest(standard().profile, tuple(path.split(".")))
    assert [one.path for one in found] == expected
    for one in found:
        assert standard().find(one.path) is not None


def test_suggestions_are_relative_to_the_object_that_was_asked_about() -> None:
    event, address = standard().event, type_at("homeAddress")
    assert isinstance(address, ObjectType)
    assert standard().suggest(event, ("metrics", "commerce", "purchases")) == (
        Suggestion(("commerce", "purchases"), legacy=True),
    )
    (state,) = standard().suggest(address, ("stateProvinceISO",))
    assert (state.path, state.legacy, state.note) == ("stateProvince", True, "values changed: `CA` is now `US-CA`")
    assert standard().suggest(address, ()) == ()
    assert standard().suggest(address, ("city",)) == ()


def test_every_old_name_leads_somewhere() -> None:
    reached: set[tuple[str, ...]] = set()
    for path in ("homeAddress", "person", "xEvent", "xEvent.commerce.order", ""):
        member = standard().find(path)
        type = standard().profile if member is None else member.type
        type = type.item if isinstance(type, ArrayType) else type
        assert isinstance(type, ObjectType)
        reached.update(entry.old for entry in LEGACY if resolve(type, entry.new) and not resolve(type, entry.old))
    assert reached == {entry.old for entry in LEGACY}


def test_an_old_name_that_a_schema_has_is_no_old_name(loaded: Callable[..., Loaded]) -> None:
    own: Schema = loaded(schema({"a": {"countryISO": "string", "countryCode": "string", "birthday": "date"}})).schema
    assert own.find("a.countryISO") is not None
    assert own.suggest(own.profile, ("a", "birthDay")) == (Suggestion(("a", "birthday")),)


def test_names_that_need_quotes(loaded: Callable[..., Loaded]) -> None:
    own = loaded(schema({"with-dash": {"from": "int"}})).schema
    (found,) = own.suggest(own.profile, ("With-dash", "from"))
    assert found.path == "`with-dash`.from"
    assert own.find(found.path) is not None

"""Do descriptors of all kinds reach their fields?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pqltools.xdm.fields import SchemaField
from pqltools.xdm.load import Loaded
from xdm.trees import EVENT, resolved, schema

Load = Callable[..., Loaded]
PERSON = schema(
    {"_acme": {"card": "string", "shops": ["array", {"code": "string"}]}, "loyalty": {"tier": "string"}}, title="Person"
)
VISIT = schema({"timestamp": "date-time", "loyalty": {"tier": "string"}, "only": "string"}, EVENT, "Visit")


def about(path: Any, kind: str, source: Any = PERSON, **more: Any) -> dict[str, Any]:
    return {
        "@id": "x",
        "@type": f"xdm:{kind}",
        "xdm:sourceSchema": source if isinstance(source, str) else source["$id"],
        "xdm:sourceVersion": 1,
        "xdm:sourceProperty": path,
        **{f"xdm:{key}" if ":" not in key else key: value for key, value in more.items()},
    }


def field(loaded: Loaded, path: str) -> SchemaField:
    assert loaded.diagnostics == ()
    member = loaded.schema.find(path)
    assert isinstance(member, SchemaField)
    return member


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("descriptorIdentity", {"namespace": "Email", "isPrimary": True}, "primary identity in namespace `Email`"),
        ("descriptorIdentity", {"namespace": 6, "isPrimary": False}, "identity in namespace `?`"),
        ("descriptorReferenceIdentity", {"identityNamespace": "Shop"}, "refers to an identity in namespace `Shop`"),
        ("descriptorPrimaryKey", {}, "primary key"),
        ("descriptorVersion", {}, "version of the record"),
        ("descriptorTimestamp", {}, "time of the record"),
    ],
)
def test_identities(loaded: Load, kind: str, more: dict[str, Any], expected: str) -> None:
    found = field(loaded(PERSON, about("/_acme/card", kind, **more)), "_acme.card")
    assert (found.identity, found.relationship, found.deprecated) == (expected, None, False)


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("descriptorOneToOne", {"destinationSchema": "s"}, "1:1 to `s`"),
        ("descriptorManyToOne", {"destinationSchema": "s", "destinationProperty": "/id"}, "M:1 to `s`, field `/id`"),
        ("descriptorRelationship", {"cardinality": "M:1", "destinationSchema": "s"}, "M:1 to `s`"),
    ],
)
def test_relationships(loaded: Load, kind: str, more: dict[str, Any], expected: str) -> None:
    assert field(loaded(PERSON, about("/_acme/card", kind, **more)), "_acme.card").relationship == expected


@pytest.mark.parametrize("path", ["/_acme/card", "/xdm:_acme/xdm:card", "_acme/card", ["/loyalty/tier", "/_acme/card"]])
def test_deprecated_fields_by_every_spelling(loaded: Load, path: Any) -> None:
    assert field(loaded(PERSON, about(path, "descriptorDeprecated")), "_acme.card").deprecated


def test_fields_in_arrays(loaded: Load) -> None:
    for path in ("/_acme/shops/code", "/_acme/shops[*]/code", "/_acme/shops/*/code"):
        assert field(loaded(PERSON, about(path, "descriptorDeprecated")), "_acme.shops.code").deprecated


def test_friendly_names_and_values(loaded: Load) -> None:
    person = schema({"a": "string", "b": "string"}, title="Person")
    person["properties"]["a"]["meta:enum"] = {"x": "X", "y": "Y"}
    person["properties"]["b"]["enum"] = ["x"]
    display = about(
        ["/a", "/b"],
        "alternateDisplayInfo",
        person,
        title={"de_de": "Feld", "en_us": "Field"},
        description={"en_us": "About it"},
        excludeMetaEnum={"y": "Y"},
        **{"meta:enum": {"z": {"en_us": "Z"}}},
    )
    result = loaded(person, display)
    a, b = field(result, "a"), field(result, "b")
    assert (a.title, a.description, a.suggested, a.labels) == ("Field", "About it", ("x", "z"), {"x": "X", "z": "Z"})
    assert (b.enum, b.suggested) == (("x",), ())


def test_lists_and_objects_of_descriptors(loaded: Load) -> None:
    deprecated, identity = about("/_acme/card", "descriptorDeprecated"), about("/loyalty/tier", "descriptorIdentity")
    for value in (
        [deprecated, identity],
        {"results": [deprecated, identity]},
        {"xdm:descriptorDeprecated": [deprecated], "xdm:descriptorIdentity": [identity]},
        [PERSON, deprecated, identity],
    ):
        result = loaded(PERSON, value)
        assert field(result, "_acme.card").deprecated
        assert field(result, "loyalty.tier").identity


def test_a_descriptor_counts_for_its_own_schema(loaded: Load) -> None:
    result = loaded(PERSON, VISIT, about("/loyalty/tier", "descriptorDeprecated", VISIT))
    assert not field(result, "loyalty.tier").deprecated
    assert field(result, "xEvent.loyalty.tier").deprecated


def test_a_descriptor_of_a_schema_that_is_not_at_hand(loaded: Load) -> None:
    result = loaded(
        PERSON,
        VISIT,
        about("/loyalty/tier", "descriptorDeprecated", "https://elsewhere"),
        about("/only", "descriptorDeprecated", "https://elsewhere"),
        about("/nowhere/at/all", "descriptorDeprecated", "https://elsewhere"),
    )
    assert field(result, "loyalty.tier").deprecated
    assert not field(result, "xEvent.loyalty.tier").deprecated
    assert field(result, "xEvent.only").deprecated
    assert result.schema.find("nowhere") is None


def test_a_descriptor_of_another_class_is_about_nothing_here(loaded: Load) -> None:
    product = schema({"_acme": {"card": "string"}}, "https://ns.adobe.com/xdm/context/product", "Products")
    result = loaded(PERSON, product, about("/_acme/card", "descriptorDeprecated", product))
    assert not field(result, "_acme.card").deprecated


def test_descriptors_alone_mark_the_standard_fields(loaded: Load) -> None:
    result = loaded(about("/person/gender", "descriptorDeprecated", "https://elsewhere"))
    assert field(result, "person.gender").deprecated
    assert not result.schema.profile.certain


def test_unknown_kinds_and_labels_do_no_harm(loaded: Load) -> None:
    values = [about("/_acme/card", "descriptorLabel", labels=["core/C2"]), about("/_acme/card", "descriptorNew")]
    found = field(loaded(PERSON, values), "_acme.card")
    assert (found.identity, found.relationship, found.deprecated) == (None, None, False)


def test_a_field_named_like_a_keyword(loaded: Load) -> None:
    person = {**schema({"x": "int"}), **resolved({"items": {"code": "string"}})}
    assert field(loaded(person, about("/items/code", "descriptorDeprecated", person)), "items.code").deprecated

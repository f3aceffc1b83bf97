"""Is every form recognised in which people have schemas?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pqltools.types.model import ANY, INTEGER, STRING, TIMESTAMP, ObjectType
from pqltools.xdm.load import Loaded, load
from pqltools.xdm.schema import Schema
from pqltools.xdm.standard import standard
from xdm.trees import EVENT, PROFILE, TENANT, raw, resolved, schema

Load = Callable[..., Loaded]
TREE: dict[str, Any] = {"_acme": {"card": "string", "points": "int"}, "person": {"age": "byte"}}
SCHEMA = schema(TREE, title="Members")
EXAMPLES = Path(__file__).parents[2] / "examples" / "schemas"


def types(schema: Schema, *paths: str) -> list[str | None]:
    found = [schema.find(path) for path in paths]
    return [None if member is None else str(member.type) for member in found]


def clean(loaded: Loaded) -> Schema:
    assert loaded.diagnostics == ()
    return loaded.schema


@pytest.mark.parametrize(
    "value",
    [
        SCHEMA,
        [SCHEMA],
        {"results": [SCHEMA], "_page": {"count": 1}, "_links": {}},
        raw(TREE),
        {"results": raw(TREE)},
        {"5f0": {"observableSchema": {**resolved(TREE)}}},
        {"name": "data set", "observableSchema": {**resolved(TREE)}},
        {**SCHEMA, "meta:class": "x", "$id": f"{PROFILE}__union"} | {"meta:class": PROFILE},
        {"$id": f"{PROFILE}__union", **resolved(TREE)},
        {"title": "by hand", **resolved(TREE)},
        {"properties": resolved(TREE)["properties"], "meta:extends": [PROFILE]},
        {"$ref ": "#/definitions/x", "definitions": {"x": resolved(TREE)}, "type": "object"},
    ],
    ids=range(12),
)
def test_forms_of_one_schema(loaded: Load, value: Any) -> None:
    schema = clean(loaded(value))
    assert types(schema, "_acme.card", "_acme.points", "person.age") == ["String", "Integer", "Integer"]
    assert schema.profile.member("nothing") is None
    assert schema.profile.certain


def test_no_files_are_the_standard_schema() -> None:
    assert load([]) == Loaded(standard(), ())


def test_both_parts(loaded: Load) -> None:
    schema_ = clean(loaded(SCHEMA, schema({"_acme": {"shop": "string"}, "timestamp": "date-time"}, EVENT, "Visits")))
    assert types(schema_, "xEvent._acme.shop", "timeSeriesEvents.timestamp") == ["String", "Timestamp"]
    assert schema_.find("xEvent.web") is None
    assert schema_.name == "the schemas given"
    assert (schema_.profile.name, schema_.event.name) == ("Members", "Visits")


def test_what_is_not_given_stays_standard(loaded: Load) -> None:
    profile_only = clean(loaded(SCHEMA))
    assert types(profile_only, "xEvent.commerce.order.priceTotal") == ["Double"]
    assert (profile_only.profile.certain, profile_only.event.certain) == (True, False)
    assert profile_only.name == "the schema `Members`"
    event_only = clean(loaded(schema({"timestamp": "date-time"}, EVENT)))
    assert types(event_only, "person.name.firstName", "xEvent.timestamp") == ["String", "Timestamp"]
    assert (event_only.profile.certain, event_only.event.certain) == (False, True)


def test_a_schema_without_class_is_judged_by_its_fields(loaded: Load) -> None:
    node = resolved({"_id": "string", "timestamp": "date-time", "eventType": "string", "x": "int"})
    assert types(clean(loaded(node)), "xEvent.x", "x") == ["Integer", None]


def test_what_the_platform_adds_to_profiles(loaded: Load) -> None:
    schema_ = clean(loaded(SCHEMA))
    assert types(
        schema_,
        "identityMap.ECID.id",
        "segmentMembership.ups.x.status",
        "_experience.profile.identityNamespaces.a.code",
    ) == ["String", "String", "String"]
    assert schema_.find("_experience.decisioning") is None
    own = clean(loaded(schema({"identityMap": "string", "_experience": {"mine": "int"}})))
    assert types(own, "identityMap", "_experience.mine") == ["String", "Integer"]
    assert own.find("_experience.profile") is not None


def test_field_groups_and_data_types_of_other_files(loaded: Load, tmp_path: Path) -> None:
    for index, component in enumerate(raw(TREE)):
        (tmp_path / f"part-{index}.json").write_text(json.dumps(component))
    assert types(clean(load([str(tmp_path)])), "_acme.card", "person.age") == ["String", "Integer"]


def test_a_field_group_that_nobody_includes_stands_for_itself(loaded: Load) -> None:
    group = {"$id": f"{TENANT}/mixins/vip", "meta:intendedToExtend": [PROFILE, EVENT], **resolved({"vip": "boolean"})}
    assert types(clean(loaded(SCHEMA, group)), "vip", "xEvent.vip", "_acme.card") == ["Boolean", "Boolean", "String"]


def test_exports_refer_to_standard_components_and_to_a_tenant(loaded: Load) -> None:
    placeholder = "<XDM_TENANTID_PLACEHOLDER>"
    home = f"https://ns.adobe.com/{placeholder}"
    export = [
        {
            "$id": f"{home}/schemas/1",
            "title": "Exported",
            "type": "object",
            "allOf": [
                {"$ref": "https://ns.adobe.com/xdm/context/profile"},
                {"$ref": "https://ns.adobe.com/xdm/context/profile-person-details"},
                {"$ref": f"{home}/mixins/2"},
            ],
        },
        {
            "$id": f"{home}/mixins/2",
            "type": "object",
            "meta:intendedToExtend": [PROFILE],
            "definitions": {
                "customFields": {
                    "properties": {
                        f"_{placeholder}": {
                            "type": "object",
                            "properties": {
                                "shop": {"$ref": f"{home}/datatypes/3"},
                                "address": {"title": "x", "$ref": "https://ns.adobe.com/xdm/common/address"},
                            },
                        }
                    }
                }
            },
            "allOf": [{"$ref": "#/definitions/customFields"}],
        },
        {"$id": f"{home}/datatypes/3", **resolved({"code": "string"})},
    ]
    schema_ = clean(loaded(export, tenant="_acme"))
    assert types(schema_, "_acme.shop.code", "_acme.address.city", "person.name.firstName", "_id") == ["String"] * 4
    assert schema_.find("homeAddress") is None
    assert schema_.find("_other") is None
    assert not schema_.profile.certain  # standard field groups may have grown
    assert schema_.find("identityMap.ECID.id") is not None
    empty = loaded(export[:1], tenant="acme")  # its own fields are in no file, and might be any
    assert [problem.code for problem in empty.diagnostics] == ["PQL051"]
    assert types(empty.schema, "_acme.shop", "identityMap.ECID.id") == ["Any", "String"]
    # Another file may know the tenant.
    tenant = {**schema({"x": "int"}), "meta:tenantNamespace": "_acme"}
    assert types(clean(loaded(export, tenant)), "_acme.shop.code") == ["String"]
    # And if nobody does, any such name is taken for it.
    unknown = loaded(export)
    (problem,) = unknown.diagnostics
    assert (problem.code, problem.severity) == ("PQL054", "warning")
    assert types(unknown.schema, "_acme.shop.code", "_zzz.address.city") == ["String", "String"]
    assert unknown.schema.find("_acme.nothing") is None


def test_only_some_fields_of_a_component(loaded: Load) -> None:
    base = {"$id": f"{TENANT}/base", **resolved({"_id": "string", "a": {"b": "int", "c": "int"}, "d": {"e": "int"}})}
    part = {
        "meta:class": PROFILE,
        "allOf": [{"$ref": base["$id"], "meta:refProperty": ["/_id", "/a/b", "/xdm:d"]}],
    }
    schema_ = clean(loaded(part, base))
    assert types(schema_, "_id", "a.b", "a.c", "d.e") == ["String", "Integer", None, "Integer"]


def test_names_of_several_steps_meet(loaded: Load) -> None:
    node = {
        "meta:class": PROFILE,
        "properties": {
            "repo:createDate": {"type": "string", "format": "date-time"},
            "repo:etag": {"type": "string"},
            "@id": {"type": "string"},
            "https://ns.adobe.com/experience/a/entities/campaign": {
                "type": "object",
                "properties": {"https://ns.adobe.com/experience/a/entities/campaignID": {"type": "string"}},
            },
            "https://ns.adobe.com/experience/a/count": {"type": "integer"},
        },
    }
    schema_ = clean(loaded(node))
    paths = [
        "_repo.createDate",
        "_repo.etag",
        "@id",
        "_experience.a.entities.campaign.campaignID",
        "_experience.a.count",
    ]
    assert types(schema_, *paths) == ["Timestamp", "String", "String", "String", "Integer"]


def test_what_stands_beside_a_reference_wins(loaded: Load) -> None:
    node = {
        "meta:class": PROFILE,
        "properties": {
            "a": {"title": "Own", "$ref": "#/definitions/type"},
            "b": {"$ref": "#/definitions/type", "meta:status": "deprecated"},
        },
        "definitions": {"type": {"title": "Type", "description": "D", "meta:status": "deprecated", "type": "integer"}},
    }
    schema_ = clean(loaded(node))
    a, b = schema_.find("a"), schema_.find("b")
    assert a is not None
    assert b is not None
    assert (a.title, a.description, a.type, a.deprecated) == ("Own", "D", INTEGER, False)
    assert (b.title, b.deprecated) == ("Type", True)


def test_recursive_types_end_nowhere_and_hang_nowhere(loaded: Load) -> None:
    node = {
        "$id": f"{TENANT}/tree",
        "meta:class": PROFILE,
        "properties": {"name": {"type": "string"}, "children": {"type": "array", "items": {"$ref": f"{TENANT}/tree"}}},
    }
    schema_ = clean(loaded(node))
    deep = schema_.find(".".join(["children"] * 100 + ["name"]))
    assert deep is not None
    assert deep.type is STRING
    one, two = schema_.find("children.children"), schema_.find("children.children.children")
    assert one is not None
    assert two is not None
    assert one.type == two.type  # one object for all levels
    assert [found.path for found in schema_.suggest(schema_.profile, ("children", "nam"))] == ["children.name"]


def test_values(loaded: Load) -> None:
    node = {
        "meta:class": PROFILE,
        "properties": {
            "closed": {"type": "string", "enum": ["a", "b"], "meta:enum": {"a": "A", "b": "B"}},
            "open": {"type": "string", "meta:enum": {"a": "A", "b": "B"}},
            "numbers": {"type": "integer", "enum": [1, 2.5, None, {}]},
            "list": {"type": "array", "items": {"type": "string", "enum": ["x"]}},
            "none": {"type": "string", "enum": []},
            "useless": {"type": "string", "enum": [None, True]},
        },
    }
    schema_ = clean(loaded(node))
    found = {name: member for name in node["properties"] if (member := schema_.profile.member(name))}
    assert {name: (member.enum, member.suggested) for name, member in found.items()} == {
        "closed": (("a", "b"), ()),
        "open": (None, ("a", "b")),
        "numbers": ((1, 2.5), ()),
        "list": (("x",), ()),
        "none": (None, ()),
        "useless": (None, ()),
    }


def test_objects_without_declared_fields_are_open(loaded: Load) -> None:
    properties = {
        "bare": {"type": "object"},
        "extra": {"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": True},
        "closed": {"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": False},
    }
    schema_ = clean(loaded({"meta:class": PROFILE, "properties": properties}))
    found = {name: type for name in properties if isinstance(type := schema_.profile.member(name).type, ObjectType)}  # type: ignore[union-attr]
    assert {name: type.open for name, type in found.items()} == {"bare": True, "extra": True, "closed": False}
    member = schema_.find("bare.anything.below")
    assert member is not None
    assert member.type is ANY


def test_the_tenant_of_the_standard_schema_may_be_told() -> None:
    schema_ = clean(load([], tenant="acme"))
    member = schema_.find("_acme.anything")
    assert member is not None
    assert member.type is ANY
    assert schema_.find("_other") is None
    assert schema_.find("timestamp") is None
    assert schema_.find("xEvent._acme.x") is not None
    assert schema_.name == standard().name


def test_example_files() -> None:
    schema_ = clean(load([str(EXAMPLES)]))
    assert schema_.profile.certain
    level, last_seen = schema_.find("_acme.membership.level"), schema_.find("_acme.membership.lastSeen")
    assert level is not None
    assert last_seen is not None
    assert (level.enum, last_seen.type) == (("basic", "silver", "gold"), TIMESTAMP)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.write_text("\ufeff" + json.dumps(SCHEMA), encoding="utf-8")
    assert types(clean(load([str(path)])), "_acme.card") == ["String"]


def test_twenty_megabytes_load(tmp_path: Path) -> None:
    fields = {f"field{number}": {"type": "string", "description": "d" * 1000} for number in range(20_000)}
    path = tmp_path / "s.json"
    path.write_text(json.dumps({"meta:class": PROFILE, "type": "object", "properties": fields}))
    assert path.stat().st_size > 20 * 2**20
    assert types(clean(load([str(path)])), "field19999", "field20000") == ["String", None]

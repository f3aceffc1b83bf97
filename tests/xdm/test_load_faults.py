"""Does every bad input get one clear diagnostic, with its place, and take nothing from the other files?"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pqltools.diagnostics import Diagnostic
from pqltools.xdm.load import Loaded, load
from xdm.trees import EVENT, PROFILE, TENANT, resolved, schema

Load = Callable[..., Loaded]
GOOD = schema({"good": "string"})


def excerpt(diagnostic: Diagnostic) -> str:
    """The text that the diagnostic points at."""
    assert diagnostic.source is not None
    assert diagnostic.span is not None
    return diagnostic.source.text[slice(*diagnostic.span)]


BYTES = [
    (b"", "PQL050", "the file is empty"),
    (b" \n\t", "PQL050", "the file is empty"),
    (b"\xef\xbb\xbf", "PQL050", "the file is empty"),
    (b"{", "PQL030", ""),
    (b'{"properties": {"a": {"type": "string",}}}', "PQL030", ""),
    (b"not json", "PQL030", ""),
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0", "PQL014", "byte 0x89 is not UTF-8"),
    ('{"title": "ä"}'.encode("utf-16"), "PQL014", ""),
    (b'{"a":' * 100_000, "PQL010", "the schema is nested deeper than 200 levels"),
    (b"[" * 100_000 + b"]" * 100_000, "PQL010", "the schema is nested deeper than 200 levels"),
    (b"42", "PQL050", "this is `42`, not a schema"),
    (b"null", "PQL050", "this is `null`, not a schema"),
    (b"true", "PQL050", "this is `true`, not a schema"),
    (b'"text"', "PQL050", "this is a text, not a schema"),
    (b"[]", "PQL050", "this list is empty"),
    (b"{}", "PQL050", "this object is empty"),
    (b'{"results": []}', "PQL050", "this list response has no results"),
]


@pytest.mark.parametrize(("data", "code", "message"), BYTES, ids=range(len(BYTES)))
def test_files_that_are_no_schema(tmp_path: Path, data: bytes, code: str, message: str) -> None:
    bad, good = tmp_path / "bad.json", tmp_path / "good.json"
    bad.write_bytes(data)
    good.write_text(json.dumps(GOOD))
    loaded = load([str(bad), str(good)])
    (problem,) = loaded.diagnostics
    assert (problem.code, problem.severity) == (code, "error")
    assert problem.message == message or not message
    assert problem.source is not None
    assert problem.source.name == str(bad)
    assert "expression" not in (problem.help or "")
    assert loaded.schema.find("good") is not None


OTHERS: list[tuple[Any, str]] = [
    (
        {"type": "https://ns.adobe.com/x", "title": "Resource not found", "status": 404, "detail": "There is none."},
        "this is an error message of the API, not a schema: 404 Resource not found",
    ),
    (
        {"error_code": "401013", "message": "Oauth token is not valid"},
        "this is an error message of the API, not a schema: 401013 Oauth token is not valid",
    ),
    (
        {"$id": "x", "meta:altId": "_x", "version": "1.0", "title": "T"},
        "this is only the name of a schema, without its fields",
    ),
    ({"expression": {"value": "a = 1"}}, "this is a segment definition or expression, not a schema"),
    ({"nodeType": "literal"}, "this is a segment definition or expression, not a schema"),
    ({"xdm:person": {"xdm:name": "x"}, "@id": "1"}, "this is sample data or another document, not a schema"),
    ({"properties": {"a": 1}, "_id": "x"}, "this is sample data or another document, not a schema"),
]


@pytest.mark.parametrize(("value", "message"), OTHERS, ids=range(len(OTHERS)))
def test_other_documents(loaded: Load, value: Any, message: str) -> None:
    (problem,) = loaded(value).diagnostics
    assert (problem.code, problem.severity, problem.message) == ("PQL050", "error", message)
    assert problem.help is not None
    (problem,) = loaded(GOOD, [GOOD, value]).diagnostics
    assert (problem.severity, excerpt(problem)) == ("warning", "{")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (problem,) = load([str(tmp_path / "none.json")]).diagnostics
    assert (problem.code, problem.message) == ("PQL044", "there is no such file")
    if os.getuid():
        secret = tmp_path / "secret.json"
        secret.write_text(json.dumps(GOOD))
        secret.chmod(0)
        assert load([str(secret)]).diagnostics[0].message == "the file may not be read"


def test_folders(tmp_path: Path) -> None:
    (problem,) = load([str(tmp_path)]).diagnostics
    assert (problem.code, problem.message) == ("PQL050", f"there is no schema in `{tmp_path}`")
    (tmp_path / "notes.txt").write_text("not looked at")
    (tmp_path / "sample.json").write_text('{"person": {"name": "x"}}')
    (problem,) = load([str(tmp_path)]).diagnostics
    assert problem.message == f"there is no schema in `{tmp_path}`"
    (tmp_path / "good.json").write_text(json.dumps(GOOD))
    assert load([str(tmp_path)]).diagnostics == ()
    (tmp_path / "error.json").write_text('{"title": "Not found", "status": 404}')
    (problem,) = load([str(tmp_path)]).diagnostics
    assert problem.message.startswith("this is an error message of the API")


def test_a_missing_component(loaded: Load) -> None:
    node = {
        "meta:class": PROFILE,
        "properties": {
            "shop": {"type": "object", "properties": {"address": {"$ref": f"{TENANT}/datatypes/gone"}}},
            "other": {"type": "array", "items": {"$ref": f"{TENANT}/datatypes/gone"}},
            "name": {"type": "string"},
            "local": {"$ref": "#/definitions/none"},
        },
    }
    result = loaded(node)
    first, second = result.diagnostics
    assert (first.code, first.severity) == ("PQL051", "warning")
    assert first.message == f"`{TENANT}/datatypes/gone` is not among the files, so `shop.address` may hold anything"
    assert excerpt(first) == '"$ref"'
    assert second.message == "there is no `#/definitions/none` in this component, so `local` may hold anything"
    found = [result.schema.find(path) for path in ("shop.address.city", "other.x", "local.x.y", "name")]
    assert all(found)
    assert result.schema.find("shop.none") is None
    assert result.schema.find("name.x") is None
    assert result.schema.profile.certain


def test_a_missing_part_of_the_schema_itself(loaded: Load) -> None:
    result = loaded({"meta:class": PROFILE, "allOf": [{"$ref": f"{TENANT}/mixins/gone"}, resolved({"a": "int"})]})
    (problem,) = result.diagnostics
    assert problem.message == f"`{TENANT}/mixins/gone` is not among the files, so any field may be added"
    assert result.schema.profile.open
    assert result.schema.find("a") is not None
    assert result.schema.find("whatever") is not None


@pytest.mark.parametrize(
    "nodes",
    [
        [{"$id": "a", "meta:class": PROFILE, "allOf": [{"$ref": "a"}, resolved({"x": "int"})]}],
        [
            {"$id": "a", "meta:class": PROFILE, "allOf": [{"$ref": "b"}, resolved({"x": "int"})]},
            {"$id": "b", "allOf": [{"$ref": "c"}]},
            {"$id": "c", "allOf": [{"$ref": "b"}]},
        ],
        [
            {
                "meta:class": PROFILE,
                "properties": {"x": {"type": "integer"}, "y": {"$ref": "#/definitions/d"}},
                "definitions": {"d": {"$ref": "#/definitions/d"}},
            }
        ],
        [{"$id": "a", "meta:class": PROFILE, "$ref": "#", "properties": {"x": {"type": "integer"}}}],
    ],
    ids=range(4),
)
def test_components_that_include_themselves(loaded: Load, nodes: Any) -> None:
    result = loaded(nodes)
    assert {(problem.code, problem.severity) for problem in result.diagnostics} == {("PQL053", "warning")}
    assert all(problem.message.endswith("includes itself") for problem in result.diagnostics)
    assert excerpt(result.diagnostics[0]) == '"$ref"'
    member = result.schema.find("x")
    assert member is not None
    assert str(member.type) == "Integer"


def test_arrays_of_themselves(loaded: Load) -> None:
    node = {"meta:class": PROFILE, "properties": {"x": {"$ref": "#/definitions/d"}}}
    node["definitions"] = {"d": {"type": "array", "items": {"$ref": "#/definitions/d"}}}
    result = loaded(node)
    assert result.schema.find("x.y.z") is not None


def test_conflicts_are_told_once_and_the_first_wins(loaded: Load) -> None:
    one = schema(
        {"a": {"x": "string", "y": "int"}, "b": ["array", "string"], "c": "int", "m": ["map", "int"]}, title="One"
    )
    two = schema(
        {"a": {"x": "int", "y": "long"}, "b": ["array", "int"], "c": {"d": "int"}, "m": ["map", "int"]}, title="Two"
    )
    three = schema({"a": {"x": "boolean"}}, title="Three")
    result = loaded(one, two, three)
    assert [(problem.code, problem.severity, problem.message) for problem in result.diagnostics] == [
        ("PQL052", "warning", "`b` is Array of Integer here, but Array of String in `One`"),
        ("PQL052", "warning", "`c` is Object here, but Integer in `One`"),
        ("PQL052", "warning", "`a.x` is Integer here, but String in `One`"),
    ]
    assert [excerpt(problem) for problem in result.diagnostics] == ['"b"', '"c"', '"x"']
    assert str(getattr(result.schema.find("a.x"), "type", None)) == "String"


def test_a_repeated_key(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    text = '{"type": "string"}'
    path.write_text(f'{{"meta:class": "{PROFILE}", "properties": {{"a": {text}, "a": {{"type": "integer"}}}}}}')
    result = load([str(path)])
    (problem,) = result.diagnostics
    assert (problem.code, problem.severity, problem.help) == ("PQL031", "warning", "the last one counts")
    assert str(getattr(result.schema.find("a"), "type", None)) == "Integer"


def test_schemas_of_other_classes_are_no_use_alone(loaded: Load) -> None:
    product = schema({"sku": "string"}, "https://ns.adobe.com/xdm/context/product", "Products")
    (problem,) = loaded(product).diagnostics
    assert problem.message == "`Products` is no schema of profiles or events, and no other one is given"
    result = loaded(product, GOOD)
    assert result.diagnostics == ()
    assert result.schema.find("sku") is None


def test_a_descriptor_without_field(loaded: Load) -> None:
    (problem,) = loaded(GOOD, {"@type": "xdm:descriptorIdentity"}).diagnostics
    assert (problem.severity, problem.message) == ("warning", "this descriptor does not say which field it is about")


def test_a_broken_event_schema_leaves_the_profile(loaded: Load) -> None:
    result = loaded(GOOD, {"meta:class": EVENT, "properties": []})
    assert result.schema.find("good") is not None
    assert result.schema.find("xEvent.anything") is not None  # nothing is declared, so anything may be there

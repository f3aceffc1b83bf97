"""What is a test file as a JSON Schema?  Made of the tables; ``python -m pqltools.testing.file_schema`` prints it.

Editors check test files by it while they are written. It cannot say what the reader checks besides: that files, names
and codes are there, and that a changed field fits into its profile.
"""

from __future__ import annotations

import json

from pqltools.testing.shapes import CASE, EXPECTED, FILE, OUTCOMES, PATH, SUBJECT, TEST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, TypeAlias

    from pqltools.testing.shapes import Key

    Schema: TypeAlias = dict[str, Any]

_TEXT: Schema = {"type": "string", "minLength": 1}
_TREE: Schema = {"type": "object", "required": ["nodeType"], "properties": {"nodeType": {"type": "string"}}}
_KINDS: dict[str, Schema] = {
    "text": _TEXT,
    "boolean": {"type": "boolean"},
    "any": {},
    "now": {**_TEXT, "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt].+)?$"},
    "texts": {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]},
    "codes": {"type": "array", "items": _TEXT},
    "profile": {"type": ["string", "object"]},
    "profiles": {"type": "object", "additionalProperties": {"type": "object"}},
    "models": {"type": "object"},
    "changes": {"type": "object", "propertyNames": {"pattern": PATH}},
    "expression": {"anyOf": [{"type": "string"}, _TREE]},
    "tests": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/test"}},
    "cases": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/case"}},
    "segments": {"type": "object", "additionalProperties": {"$ref": "#/$defs/segment"}},
    "definition": {"$ref": "#/$defs/definition"},
}


def schema() -> Schema:
    """The JSON Schema (2020-12) of one document of a test file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:pqltools:test-file",
        "title": "Tests of segments",
        "description": "Run them with `pql test`. Generated; do not edit.",
        **_mapping(FILE, required=["tests"], exclusive=[SUBJECT]),
        "anyOf": [
            *_each_required(SUBJECT),
            {"properties": {"tests": {"items": {"anyOf": _each_required(SUBJECT)}}}},
        ],
        "$defs": {
            "test": {**_mapping(TEST, exclusive=[SUBJECT, OUTCOMES]), "anyOf": _each_required(OUTCOMES)},
            "case": {**_mapping(CASE, exclusive=[EXPECTED]), "anyOf": _each_required(EXPECTED)},
            "definition": _definition(),
            "segment": _segment(),
        },
    }


def _mapping(keys: dict[str, Key], exclusive: Iterable[Iterable[str]], required: Iterable[str] = ()) -> Schema:
    pairs = [[a, b] for group in exclusive for a in group for b in group if a < b]
    found: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: {"description": key.meaning, **_KINDS[key.kind]} for name, key in keys.items()},
        "allOf": [{"not": {"required": pair}} for pair in pairs],
    }
    return {**found, "required": [*required]} if required else found


def _each_required(keys: Iterable[str]) -> list[Schema]:
    return [{"required": [key]} for key in keys]


def _definition() -> Schema:
    single = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "file": {"description": "the file, from the folder of the test file", **_TEXT},
            "name": {"description": "the name of the definition in it", **_TEXT},
            "id": {"description": "the id of the definition in it", **_TEXT},
        },
        "required": ["file"],
        "not": {"required": ["name", "id"]},
    }
    return {"anyOf": [_TEXT, single]}


def _segment() -> Schema:
    forms = [
        {"type": "object", "additionalProperties": False, "properties": {key: _KINDS[key]}, "required": [key]}
        for key in SUBJECT
    ]
    return {"anyOf": [{"type": "boolean"}, *forms]}


if __name__ == "__main__":
    print(json.dumps(schema(), indent=2))

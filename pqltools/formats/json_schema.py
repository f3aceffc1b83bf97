"""What is pql/json as a JSON Schema?  Made from the node table; ``python -m pqltools.formats.json_schema`` prints it.

A schema cannot say all that the reader checks: that binders bind, that a double holds a number exactly, how deep a tree
is. And it is stricter in one thing: a node with a part of unknown kind is opaque to the reader, whatever else is in it.
"""

from __future__ import annotations

import json

from pqltools.formats.json_nodes import (
    FN_APPLY,
    FN_APPLY_FUNCTION,
    FN_APPLY_QUANTIFIER,
    LITERAL_PARTS,
    LITERALS,
    NODE_TYPES,
    PARTS,
    SHAPES,
)
from pqltools.records import TYPE_CHECKING
from pqltools.syntax.operators import INTEGER_MAX, INTEGER_MIN

if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from pqltools.formats.json_nodes import Key, Shape

    Schema: TypeAlias = dict[str, Any]

_STATUS = {
    "attested": "Attested in Adobe's trees or documents.",
    "ours": "Not attested: an encoding of this project.",
    "old": "An old form.",
}


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a pql/json tree."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:pqltools:pql-json",
        "title": "pql/json",
        "description": (
            "The tree of an expression in Adobe's Profile Query Language. A node whose nodeType is not known is "
            "allowed with any keys. Generated; do not edit."
        ),
        "$ref": "#/$defs/expression",
        "$defs": {
            "expression": _expression(),
            "rawValue": _raw_value(),
            "unknownNode": _unknown_node(),
            "call": _call(),
            "literal": _literal(),
            "time": _time(),
            "function": _any_of("lambda", "fnCreate", "unknownNode"),
            "itemScope": _item_scope(),
            "declaration": _any_of("varDecl", "varDecl:range", "unknownNode"),
            "member": _any_of("varDecl", "varDecl:range", "expression"),
            **{name: _shape(shape) for name, shape in SHAPES.items()},
        },
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _any_of(*names: str) -> Schema:
    return {"anyOf": [_ref(name) for name in names]}


def _when(key: str, value: str, then: Schema | bool) -> Schema:
    """A rule for objects with that value under the key."""
    return {"if": {"properties": {key: {"const": value}}, "required": [key]}, "then": then}


def _expression() -> Schema:
    rules = []
    for kind in sorted(NODE_TYPES):
        if kind in PARTS:
            rules.append(_when("nodeType", kind, False))
        else:
            rules.append(_when("nodeType", kind, _ref({"fnApply": "call"}.get(kind, kind))))
    return {
        "description": "Any node that has a value.",
        "type": "object",
        "required": ["nodeType"],
        "properties": {"nodeType": {"type": "string"}},
        "allOf": rules,
    }


def _raw_value() -> Schema:
    return {
        "description": "A JSON value without objects.",
        "anyOf": [
            {"type": ["null", "boolean", "number", "string"]},
            {"type": "array", "items": _ref("rawValue")},
        ],
    }


def _unknown_node() -> Schema:
    return {
        "description": "A node, or a literal, of a kind that is not known. It is kept whole.",
        "type": "object",
        "required": ["nodeType"],
        "anyOf": [
            {"properties": {"nodeType": {"type": "string", "not": {"enum": sorted(NODE_TYPES)}}}},
            {
                "properties": {
                    "nodeType": {"const": "literal"},
                    "literalType": {"type": "string", "not": {"enum": sorted(filter(None, LITERALS))}},
                },
                "required": ["literalType"],
            },
        ],
    }


def _call() -> Schema:
    """The three forms of `fnApply`, told from each other as the reader does."""
    quantifier = {
        "properties": {"fnName": {"enum": ["some", "all"]}},
        "required": ["fnName"],
        "anyOf": [{"required": ["varName"]}, {"required": ["range"]}],
    }
    return {
        "description": "A call.",
        "if": {"required": ["function"], "not": {"required": ["fnName"]}},
        "then": _ref(FN_APPLY_FUNCTION.name),
        "else": {"if": quantifier, "then": _ref(FN_APPLY_QUANTIFIER.name), "else": _ref(FN_APPLY.name)},
    }


def _literal() -> Schema:
    """A literal that is an expression; of an unknown literalType, anything."""
    rules = [{"if": {"not": {"required": ["literalType"]}}, "then": _ref("literal:untyped")}]
    for kind, shape in LITERALS.items():
        if kind is not None:
            rules.append(_when("literalType", kind, kind not in LITERAL_PARTS and _ref(shape.name)))
    return {
        "description": "A literal.",
        "type": "object",
        "properties": {"literalType": {"type": "string"}},
        "allOf": rules,
    }


def _time() -> Schema:
    """What may stand under `timeinterval`."""
    interval = _ref("literal:TimeInterval")
    rules = [
        _when("nodeType", "timeRange", _ref("timeRange")),
        {
            "if": {"not": {"properties": {"nodeType": {"const": "timeRange"}}, "required": ["nodeType"]}},
            "then": {"anyOf": [interval, _ref("expression")]},
        },
    ]
    return {"description": "A time, or the two ends of a range.", "allOf": rules}


def _item_scope() -> Schema:
    one = {"varNames": {"maxItems": 1}, "params": {"maxItems": 1}}
    return {
        "description": "A lambda of one parameter.",
        "anyOf": [{"allOf": [_any_of("lambda", "fnCreate"), {"properties": one}]}, _ref("unknownNode")],
    }


def _shape(shape: Shape) -> Schema:
    tags = {key: {"const": value} for key, value in shape.tags.items()}
    description = f"{_STATUS[shape.status]} {shape.meaning}"
    return {
        "description": description,
        "type": "object",
        "properties": {**tags, **{key.name: _value(key) for key in shape.keys}},
        "required": [*tags, *(key.name for key in shape.keys if key.required)],
        "additionalProperties": False,
        **_RULES.get(shape.name, {}),
    }


_RANGE = {"minimum": INTEGER_MIN, "maximum": INTEGER_MAX}
_VALUES: dict[str, Schema] = {
    "text": {"type": "string"},
    "texts": {"type": "array", "items": {"type": "string"}, "minItems": 1},
    "boolean": {"type": "boolean"},
    "null": {"type": "null"},
    "integer": {"type": "integer", **_RANGE},
    "position": {"type": "integer", "minimum": 1, "maximum": INTEGER_MAX},
    "digits": {"anyOf": [{"type": "string", "pattern": "^(0|-?[1-9][0-9]*)$"}, {"type": "integer", **_RANGE}]},
    "number": {"type": "number"},
    "raw": _ref("rawValue"),
    "raws": {"type": "array", "items": _ref("rawValue")},
    "node": _ref("expression"),
    "nodes": {"type": "array", "items": _ref("expression")},
    "one": {"type": "array", "items": _ref("expression"), "minItems": 1, "maxItems": 1},
    "optional": {"type": "array", "items": _ref("expression"), "maxItems": 1},
    "lambda": _ref("function"),
    "scope": _ref("itemScope"),
    "time": _ref("time"),
}
#: Which relations take two times, and which a qualification.
_WINDOW_RULES: Schema = {
    "if": {"properties": {"relation": {"properties": {"value": {"const": "between"}}}}},
    "then": {"properties": {"timeinterval": {"properties": {"nodeType": {"const": "timeRange"}}}}},
    "else": {"properties": {"timeinterval": {"not": {"properties": {"nodeType": {"const": "timeRange"}}}}}},
    "dependentSchemas": {
        "qualification": {
            "properties": {"relation": {"properties": {"value": {"not": {"enum": ["within", "between"]}}}}}
        }
    },
}
_RULES: dict[str, Schema] = {
    "occurs": _WINDOW_RULES,
    "when": _WINDOW_RULES,
    "duration": {"allOf": [{"properties": {"count": {"properties": {"value": {"minimum": 0}}}}}]},
}


def _value(key: Key) -> Schema:
    if key.kind == "word":
        return {"enum": [*key.words]}
    if key.kind in _VALUES:
        return _VALUES[key.kind]
    if key.kind[-1] in "+*":
        least = {"minItems": 1} if key.kind[-1] == "+" else {}
        return {"type": "array", "items": _part(key.kind[:-1]), **least}
    return _part(key.kind)


def _part(name: str) -> Schema:
    """A node, or a literal, that its parent asks for; one of unknown kind makes the parent opaque."""
    known = SHAPES.get(name)
    return _any_of(name, "unknownNode") if known and "nodeType" in known.tags else _ref(name)


if __name__ == "__main__":
    print(json.dumps(schema(), indent=2))

"""Are nodes typed as the registry types them, with `meta:xdmType` and without?"""

from __future__ import annotations

from typing import Any

import pytest

from pqltools.xdm.xdm_types import SCALARS, xdm_type
from xdm.trees import KEYWORDS


@pytest.mark.parametrize("name", KEYWORDS)
def test_keywords_alone_tell_the_type(name: str) -> None:
    assert xdm_type(KEYWORDS[name]) == name
    assert name in SCALARS


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"meta:xdmType": "int", "type": "integer", "minimum": 0, "maximum": 20}, "int"),
        ({"meta:xdmType": "nonsense", "type": "boolean"}, "boolean"),
        ({"type": "integer", "minimum": 1, "maximum": 32767}, "short"),
        ({"type": "integer", "minimum": 0}, "int"),
        ({"type": "integer", "maximum": 2**40}, "long"),
        ({"type": "integer", "minimum": 0, "maximum": 128}, "byte"),
        ({"type": "integer", "minimum": 0, "maximum": 2**31}, "int"),
        ({"type": "integer", "minimum": True, "maximum": "x"}, "int"),
        ({"type": "string", "format": "uri"}, "string"),
        ({"type": "string", "format": ["date"]}, "string"),
        ({"type": ["null", "number"]}, "number"),
        ({"type": []}, None),
        ({"type": "object"}, "object"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "map"),
        ({"type": "object", "properties": {}, "additionalProperties": {"type": "string"}}, "map"),
        ({"type": "object", "additionalProperties": True}, "object"),
        ({"properties": {"a": {}}}, "object"),
        ({"items": {"type": "string"}}, "array"),
        ({"type": "array"}, "array"),
        ({"oneOf": [{"format": "ipv4"}, {"format": "ipv6"}]}, "string"),
        ({"anyOf": [{"type": "string"}, {"type": "number"}]}, "unknown"),
        ({"oneOf": "x"}, None),
        ({"title": "x"}, None),
        ({}, None),
    ],
)
def test_examples(node: dict[str, Any], expected: str | None) -> None:
    assert xdm_type(node) == expected

"""What does SARIF 2.1.0 ask of the parts that we write?  Sections 3.13 to 3.55 of the standard, as a JSON Schema.

Only members that the standard has are allowed, with its types and its constraints; members that we do not write are
left out, so that one which is written by mistake is noticed.
"""

from __future__ import annotations

from typing import Any


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": required.split(),
        "properties": properties,
        "additionalProperties": False,
    }


def _array(items: Any, **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


TEXT = {"type": "string"}
LINE = {"type": "integer", "minimum": 1}
INDEX = {"type": "integer", "minimum": 0}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
MESSAGE = _object("text", text=TEXT)
ARTIFACT_LOCATION = _object("uri", uri={"type": "string", "format": "uri-reference"}, uriBaseId=TEXT)
REGION = _object(
    "startLine startColumn endLine endColumn", startLine=LINE, startColumn=LINE, endLine=LINE, endColumn=LINE
)
PHYSICAL = _object("artifactLocation", artifactLocation=ARTIFACT_LOCATION, region=REGION)
LOGICAL = _array(_object("fullyQualifiedName kind", fullyQualifiedName=TEXT, kind=TEXT), minItems=1)
LOCATION = _object(
    "physicalLocation",
    id=INDEX,
    physicalLocation=PHYSICAL,
    logicalLocations=LOGICAL,
    message=MESSAGE,
)
REPLACEMENT = _object("deletedRegion insertedContent", deletedRegion=REGION, insertedContent=MESSAGE)
CHANGE = _object(
    "artifactLocation replacements",
    artifactLocation=ARTIFACT_LOCATION,
    replacements=_array(REPLACEMENT, minItems=1),
)
FIX = _object(
    "artifactChanges",
    description=MESSAGE,
    artifactChanges=_array(CHANGE, minItems=1, uniqueItems=True),
    properties={"type": "object"},
)
RESULT = _object(
    "message ruleId ruleIndex level partialFingerprints locations",
    ruleId=TEXT,
    ruleIndex=INDEX,
    level=LEVEL,
    message=MESSAGE,
    locations=_array(LOCATION),
    relatedLocations=_array(LOCATION, uniqueItems=True),
    partialFingerprints={"type": "object", "additionalProperties": TEXT},
    fixes=_array(FIX, uniqueItems=True),
)
RULE = _object(
    "id",
    id=TEXT,
    name=TEXT,
    shortDescription=MESSAGE,
    help=_object("text", text=TEXT, markdown=TEXT),
    defaultConfiguration=_object("", level=LEVEL, enabled={"type": "boolean"}),
)
DRIVER = _object("name", name=TEXT, version=TEXT, semanticVersion=TEXT, rules=_array(RULE, uniqueItems=True))
RUN = _object(
    "tool results columnKind",
    tool=_object("driver", driver=DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    newlineSequences=_array(TEXT, minItems=1, uniqueItems=True),
    artifacts=_array(_object("location", location=ARTIFACT_LOCATION), uniqueItems=True),
    results=_array(RESULT),
)
LOG = _object("version runs", **{"$schema": TEXT}, version={"const": "2.1.0"}, runs=_array(RUN))

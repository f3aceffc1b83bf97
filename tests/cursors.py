"""Where does the cursor stand?  Texts with a `|` for it, and a small schema that has one of everything."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

from pqltools.checks.surroundings import Segment
from pqltools.workspace.cursor.known import Known
from pqltools.xdm.load import load
from pqltools.xdm.schema import Schema

#: 2024-03-15T10:30:00Z.
NOW = 1_710_498_600_000


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "meta:xdmType": "object", "properties": properties}


def _array(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "meta:xdmType": "array", "items": items}


_TEXT = {"type": "string", "meta:xdmType": "string"}
_WHOLE = {"type": "integer", "meta:xdmType": "int"}
_FLAG = {"type": "boolean", "meta:xdmType": "boolean"}
_WHEN = {"type": "string", "format": "date-time", "meta:xdmType": "date-time"}
_TIER = {**_TEXT, "enum": ["gold", "silver"], "meta:enum": {"gold": "Gold tier", "silver": "Silver"}, "title": "Tier"}
_KIND = {**_TEXT, "meta:enum": {"web.visit": "Visit", "shop.order": "Order", 'odd "one"': "Odd"}}
_ADDRESS = _object(
    city={**_TEXT, "title": "City", "description": "The city, as people write it."},
    countryCode=_TEXT,
    zip={**_TEXT, "meta:status": "deprecated"},
)
_ADDRESS["properties"]["odd-name"] = _TEXT
PROFILE = {
    "title": "Members",
    "meta:class": "https://ns.adobe.com/xdm/context/profile",
    **_object(
        person=_object(name=_object(firstName=_TEXT, lastName=_TEXT), birthYear=_WHOLE),
        homeAddress=_ADDRESS,
        workAddress=_ADDRESS,
        vip=_FLAG,
        tier=_TIER,
        age=_WHOLE,
        joined=_WHEN,
        oldTier={**_TEXT, "meta:status": "deprecated"},
        tags=_array(_KIND),
        orders=_array(_object(total=_WHOLE, sku=_TEXT, placed=_WHEN, lines=_array(_object(price=_WHOLE)))),
        select=_TEXT,
        identityMap={
            "type": "object",
            "meta:xdmType": "map",
            "additionalProperties": _array(_object(id=_TEXT, primary=_FLAG)),
        },
        segmentMembership={
            "type": "object",
            "meta:xdmType": "map",
            "additionalProperties": {
                "type": "object",
                "meta:xdmType": "map",
                "additionalProperties": _object(status={**_TEXT, "enum": ["realized", "exited"]}),
            },
        },
    ),
}
EVENT = {
    "title": "Events",
    "meta:class": "https://ns.adobe.com/xdm/context/experienceevent",
    **_object(
        eventType=_KIND,
        timestamp=_WHEN,
        web=_object(page=_object(name=_TEXT, views=_WHOLE)),
        items=_array(_object(sku=_TEXT, quantity=_WHOLE)),
    ),
}
SEGMENTS = {
    "id-vips": Segment("id-vips", "Very important"),
    "id-lost": Segment("id-lost", "Lost customers"),
}


def _schema() -> Schema:
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for name, value in (("profile", PROFILE), ("event", EVENT)):
            path = Path(folder) / f"{name}.json"
            path.write_text(json.dumps(value), encoding="utf-8")
            names.append(str(path))
        loaded = load(names)
    assert not loaded.diagnostics
    return loaded.schema


SCHEMA = _schema()
KNOWN = Known(SCHEMA, NOW, SEGMENTS, ("ECID", "Email"))


def cursor(marked: str) -> tuple[str, int]:
    """The text without its `|`, and where that stood."""
    assert marked.count("|") == 1
    return marked.replace("|", ""), marked.index("|")


def expanded(snippet: str) -> str:
    """What an editor inserts for a snippet if nobody fills in anything but an `x` for what is empty."""
    return re.sub(r"\$\{\d+:([^}]*)\}|\$\d+", lambda found: found[1] or "x", snippet)

"""How is a definition kept and shown?  Built from a request, with defaults; shown with its scope and times.

The document has `definition`, the members that ``/segment/definitions`` shows, and `audience`, what only ``/audiences``
knows; an audience that was made elsewhere has no `definition`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pqltools.checks.surroundings import Segment
from pqltools.records import Record, record
from pqltools.segmentation.problems import invalid
from pqltools.segmentation.scope import Scope
from pqltools.workspace.given import GivenSegment

PROFILE = "_xdm.context.profile"
UNION = "https://ns.adobe.com/xdm/context/profile__union"
#: What the service sets, whatever a client sends.
SERVER_SET = frozenset(
    (
        "id",
        "imsOrgId",
        "sandbox",
        "creationTime",
        "updateTime",
        "updateEpoch",
        "createEpoch",
        "baselineTime",
        "diagnostics",
    )
)
#: The members that come first, in the order of the documents.
_FIRST = ("name", "description", "schema", "profileInstanceId")
_METHODS = ("batch", "continuous", "synchronous")


def document(id: str, body: Mapping[str, Any], audience: Mapping[str, Any], created: int, now: int) -> dict[str, Any]:
    """The document to keep for the body of a request. Raises `Problem` (400) for another schema than the profile's."""
    schema = body["schema"]
    if schema.get("name", PROFILE) != PROFILE:
        help = f"the schema of profiles is `{PROFILE}`"
        raise invalid(f"there are no segments of the schema `{schema['name']}`", path="$.schema.name", help=help)
    given = {key: value for key, value in body.items() if key not in SERVER_SET and value is not None}
    definition = {key: given[key] for key in _FIRST if key in given}
    definition.setdefault("profileInstanceId", "ups")
    definition |= {key: value for key, value in given.items() if key not in definition}
    definition["expression"] = {"type": "PQL", **definition["expression"]}
    definition["evaluationInfo"] = evaluation_info(given.get("evaluationInfo"))
    definition["dataGovernancePolicy"] = {"excludeOptOut": True, **(given.get("dataGovernancePolicy") or {})}
    return {"id": id, "definition": definition, "audience": dict(audience), "created": created, "updated": now}


def evaluation_info(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """All three methods, those that are not named being off; batch if none is on."""
    found = {method: {"enabled": bool(((given or {}).get(method) or {}).get("enabled"))} for method in _METHODS}
    if not any(each["enabled"] for each in found.values()):
        found["batch"] = {"enabled": True}
    return found


def columns(document: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that are searched."""
    definition, audience = document.get("definition", {}), document["audience"]
    info = definition.get("evaluationInfo", {})
    return {
        "name": definition.get("name", audience.get("name", "")),
        "external": "definition" not in document,
        "state": audience.get("lifecycleState", "published"),
        "merge_policy": definition.get("mergePolicyId"),
        **{method: bool(info.get(method, {}).get("enabled")) for method in _METHODS},
    }


def shown(scope: Scope, document: Mapping[str, Any]) -> dict[str, Any]:
    """The definition as the API shows it."""
    definition = document["definition"]
    first = {key: definition[key] for key in _FIRST if key in definition}
    return {"id": document["id"], **first, **scope.members(), **definition, **times(document)}


def listed(scope: Scope, document: Mapping[str, Any]) -> dict[str, Any]:
    """The definition as a row of a list, which has a `baselineTime` (seconds).

    No document says what that is the time of. Here it is when the definition became what it is, as `updateEpoch`.
    """
    return {**shown(scope, document), "baselineTime": document["updated"] // 1000}


def times(document: Mapping[str, Any]) -> dict[str, int]:
    """`creationTime` in milliseconds; `updateTime` is in whole seconds, as the service has it."""
    epoch = document["updated"] // 1000
    return {"creationTime": document["created"], "updateEpoch": epoch, "updateTime": epoch * 1000}


@record
class _Embedded(Record):
    format: str
    value: str


def given_segment(definition: Mapping[str, Any]) -> Segment:
    """What the rules may know of a definition, whose expression is read if they ask for it."""
    expression = definition.get("expression")
    embedded: Any = None if expression is None else _Embedded(expression["format"], expression["value"])
    return GivenSegment.of({"lifecycleState": "published", **definition}, embedded)

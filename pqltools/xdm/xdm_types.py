"""Of which type is this schema node?  `meta:xdmType` where the registry wrote it, else by JSON Schema keywords."""

from __future__ import annotations

from pqltools.types.model import BOOLEAN, DATE, DOUBLE, INTEGER, STRING, TIMESTAMP

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.types.model import Scalar

#: XDM types of values without parts, and what PQL calls them (xdm.md, section 2).
SCALARS: dict[str, Scalar] = {
    "string": STRING,
    "number": DOUBLE,
    "long": INTEGER,
    "int": INTEGER,
    "short": INTEGER,
    "byte": INTEGER,
    "boolean": BOOLEAN,
    "date": DATE,
    "date-time": TIMESTAMP,
}
#: XDM types of values with parts, and a type that says that nothing is known.
STRUCTURES = frozenset(("object", "array", "map", "unknown"))
_INTEGERS = (("byte", 2**7), ("short", 2**15), ("int", 2**31))
_VARIANTS = ("oneOf", "anyOf")


def xdm_type(node: dict[str, Any]) -> str | None:
    """The XDM type that the node itself declares, None if it leaves that to others.

    ``unknown`` is the type of a node with variants of several types. Types that nobody has heard of do not count.
    """
    explicit = node.get("meta:xdmType")
    if isinstance(explicit, str) and (explicit in SCALARS or explicit in STRUCTURES):
        return explicit
    declared = node.get("type")
    if isinstance(declared, list):
        declared = next((one for one in declared if one != "null"), None)
    if declared == "object" or (declared is None and isinstance(node.get("properties"), dict)):
        is_map = not node.get("properties") and isinstance(node.get("additionalProperties"), dict)
        return "map" if is_map else "object"
    if declared in ("array", "boolean", "number"):
        return str(declared)
    if declared == "integer":
        return _integer(node.get("minimum"), node.get("maximum"))
    if declared == "string":
        return node["format"] if node.get("format") in ("date", "date-time") else "string"
    return "array" if isinstance(node.get("items"), dict) else _variants(node)


def _variants(node: dict[str, Any]) -> str | None:
    """The type of a node with `oneOf` or `anyOf`, which matters only where one variant is no string."""
    variants = next((node[key] for key in _VARIANTS if isinstance(node.get(key), list)), None)
    if variants is None:
        return None
    types = {xdm_type(variant) or "string" for variant in variants if isinstance(variant, dict)}
    return types.pop() if len(types) == 1 else "unknown"


def _integer(low: Any, high: Any) -> str:
    """The smallest type that holds the range; documents give 2^k as well as 2^k - 1 as the upper bound."""
    known = [bound for bound in (low, high) if isinstance(bound, int | float) and not isinstance(bound, bool)]
    if len(known) < 2:
        return "long" if any(abs(bound) > 2**31 for bound in known) else "int"
    for name, limit in _INTEGERS:
        if known[0] >= -limit and known[1] <= limit:
            return name
    return "long"

"""What does an explanation look like as JSON?  Objects that say all that the record does, large values cut short."""

from __future__ import annotations

import math

from pqltools.evaluation.values import as_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.evaluation.explaining.model import Explanation

#: How much of a value is told: levels, items and fields of each, characters.
_LEVELS, _ITEMS, _CHARACTERS = 3, 10, 200


def explanation_data(explanation: Explanation) -> dict[str, Any]:
    """The explanation as JSON. What has no truth has no ``holds``, what was not evaluated says so."""
    data: dict[str, Any] = {"kind": explanation.kind, "text": explanation.text}
    if explanation.label:
        data["label"] = explanation.label
    if not explanation.evaluated:
        return {**data, "evaluated": False}
    if explanation.kind == "expression":
        data["value"] = shortened(explanation.value)
    if explanation.holds is not None:
        data |= {"holds": explanation.holds, "decidedByNull": explanation.unknown}
    if explanation.index is not None:
        data["index"] = explanation.index
    if explanation.notes:
        data["notes"] = [*explanation.notes]
    if explanation.children:
        data["children"] = [explanation_data(child) for child in explanation.children]
    return data


def shortened(value: Any, levels: int = _LEVELS) -> Any:
    """The value as JSON, with ``…`` for what is left out."""
    if isinstance(value, list | tuple):
        if not levels:
            return ["…"] if value else []
        more = ["…"] if len(value) > _ITEMS else []
        return [shortened(item, levels - 1) for item in value[:_ITEMS]] + more
    if isinstance(value, dict):
        if not levels:
            return {"…": "…"} if value else {}
        names = [name for _, name in zip(range(_ITEMS), value, strict=False)]
        fields = {name: shortened(value[name], levels - 1) for name in names}
        return {**fields, "…": "…"} if len(value) > _ITEMS else fields
    if isinstance(value, str) and len(value) > _CHARACTERS:
        return value[:_CHARACTERS] + "…"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and abs(value) >= 10**400:
        return "Infinity"
    return as_json(value)

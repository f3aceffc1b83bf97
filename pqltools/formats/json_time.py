"""When, and how often?  Reads `occurs` and `chain` and the parts that they alone have."""

from __future__ import annotations

from pqltools.formats import json_nodes as shapes
from pqltools.formats.json_checks import NOTHING
from pqltools.formats.json_literals import read_word
from pqltools.records import TYPE_CHECKING
from pqltools.syntax import ast
from pqltools.syntax.operators import UNIT_OF

if TYPE_CHECKING:
    from typing import Any

    from pqltools.formats.json_faults import Spot
    from pqltools.formats.json_reader import Reader
    from pqltools.syntax.ast import Expr, Time


def read_occurs(reader: Reader, node: dict[str, Any], at: Spot) -> Expr:
    """An `occurs`."""
    if not reader.fits(node, shapes.OCCURS, at):
        return reader.rest(node, shapes.OCCURS, at)
    timestamp = reader.expr(node["timestamp"], (at, "timestamp", -1, at[3] + 1))
    return ast.Occurs(timestamp, _window(reader, node, at, at[3] + 1))


def _window(reader: Reader, node: dict[str, Any], at: Spot, depth: int) -> ast.TimeWindow:
    """The window that the keys of `node` describe; it stands at `depth` in the AST."""
    relation = read_word(reader, node["relation"], (at, "relation", -1, 0), "TimeDirection")
    spot: Spot = (at, "timeinterval", -1, depth + 1)
    part = node["timeinterval"]
    end: Time | None = None
    if isinstance(part, dict) and part.get("nodeType") == "timeRange":
        time, end = _range(reader, part, spot)
        if relation not in (None, "between"):
            reader.fault("PQL034", f"`{relation}` takes one time, not a `timeRange`", spot)
    else:
        time = read_time(reader, part, spot)
        if relation == "between":
            reader.fault("PQL034", "`between` takes a `timeRange`, not one time", spot)
    qualification = None
    if "qualification" in node:
        spot = (at, "qualification", -1, depth + 1)
        qualification = read_qualification(reader, node["qualification"], spot)
        if relation in ("within", "between"):
            reader.fault("PQL034", f"`{relation}` takes no qualification", spot)
    return reader.placed(ast.TimeWindow(relation or "", time, end, qualification), at)


def _range(reader: Reader, node: dict[str, Any], at: Spot) -> tuple[Time, Time]:
    if not reader.fits(node, shapes.TIME_RANGE, at):
        return reader.rest(node, shapes.TIME_RANGE, at), NOTHING
    start = read_time(reader, node["start"], (at, "start", -1, at[3]))
    return start, read_time(reader, node["end"], (at, "end", -1, at[3]))


def read_time(reader: Reader, node: Any, at: Spot) -> Time:
    """A time interval, or an expression."""
    if isinstance(node, dict) and node.get("literalType") == "TimeInterval" and node.get("nodeType") == "literal":
        reader.check_depth(at)
        if reader.fits(node, shapes.LITERALS["TimeInterval"], at):
            return reader.placed(ast.TimeInterval(node["relation"], node["unit"]), at)
        return NOTHING
    return reader.expr(node, at)


def read_qualification(reader: Reader, node: Any, at: Spot) -> ast.TimeQualification | None:
    """A `timeQualification`; None if there was a fault."""
    if not reader.is_part(node, at, "timeQualification"):
        return None
    if not reader.fits(node, shapes.TIME_QUALIFICATION, at):
        reader.rest(node, shapes.TIME_QUALIFICATION, at)
        return None
    count, unit = read_duration(reader, node["duration"], (at, "duration", -1, 0))
    comparison = read_word(reader, node["comparison"], (at, "comparison", -1, 0), "Comparison")
    if count is None or unit is None or comparison is None:
        return None
    singular = UNIT_OF[unit]
    spelling = "singular" if unit == singular else None
    return reader.placed(ast.TimeQualification(comparison, count, singular, spelling=spelling), at)


def read_duration(reader: Reader, node: Any, at: Spot) -> tuple[int | None, str | None]:
    """The count and the unit, as written, of a `duration`; None for what is at fault."""
    if not reader.is_part(node, at, "duration"):
        return None, None
    if not reader.fits(node, shapes.DURATION, at):
        reader.rest(node, shapes.DURATION, at)
        return None, None
    spot: Spot = (at, "count", -1, 0)
    count = read_word(reader, node["count"], spot, "Integer")
    if count is not None:
        reader.check_integer(count, (spot, "value", -1, 0), least=0)
    return count, read_word(reader, node["unit"], (at, "unit", -1, 0), "TimeUnit")


def read_chain(reader: Reader, node: dict[str, Any], at: Spot) -> Expr:
    """A `chain`."""
    if not reader.fits(node, shapes.CHAIN, at):
        return reader.rest(node, shapes.CHAIN, at)
    depth = at[3] + 1
    array = reader.expr(node["array"], (at, "array", -1, depth))
    timestamp = reader.item_scope(node["timestampField"], (at, "timestampField", -1, depth))
    return ast.Chain(array, timestamp, read_elements(reader, node["elements"], (at, "elements", -1, depth)))


def read_elements(reader: Reader, nodes: list[Any], at: Spot) -> tuple[ast.ChainElement, ...]:
    """The elements in the list at `at`; each sees the names of those before it."""
    elements = []
    for index, node in enumerate(nodes):
        spot: Spot = (at, None, index, at[3])
        if not reader.is_part(node, spot, "element"):
            continue
        if reader.fits(node, shapes.ELEMENT, spot):
            elements.append(_element(reader, node, spot))
            reader.scope = {**reader.scope, node["name"]: 0}
        else:
            reader.rest(node, shapes.ELEMENT, spot)
    return tuple(elements)


def _element(reader: Reader, node: dict[str, Any], at: Spot) -> ast.ChainElement:
    depth = at[3] + 1
    element = ast.ChainElement(
        node["name"],
        node["negated"],
        reader.item_scope(node["what"], (at, "what", -1, depth)),
        reader.item_scope(node["where"], (at, "where", -1, depth)) if "where" in node else None,
        read_when(reader, node["when"], (at, "when", -1, depth)) if "when" in node else None,
        read_count(reader, node["count"], (at, "count", -1, depth)) if "count" in node else None,
    )
    return reader.placed(element, at)


def read_when(reader: Reader, node: Any, at: Spot) -> ast.TimeWindow | None:
    """The window of an element; None if there was a fault."""
    if not isinstance(node, dict):
        reader.wrong_type(node, "an object", at)
        return None
    if not reader.fits(node, shapes.WHEN, at):
        reader.rest(node, shapes.WHEN, at)
        return None
    return _window(reader, node, at, at[3])


def read_count(reader: Reader, node: Any, at: Spot) -> ast.ElementCount | None:
    """The `count` of an element; None if there was a fault."""
    if not isinstance(node, dict):
        reader.wrong_type(node, "an object", at)
        return None
    if not reader.fits(node, shapes.COUNT, at):
        reader.rest(node, shapes.COUNT, at)
        return None
    comparison = read_word(reader, node["comparison"], (at, "comparison", -1, 0), "Comparison")
    value = reader.expr(node["value"], (at, "value", -1, at[3] + 1))
    return reader.placed(ast.ElementCount(comparison or "", value), at)

"""How are time windows and event sequences printed?  What follows `occurs`, and ``CHAIN(…)``, for the printer."""

from __future__ import annotations

from pqltools.formats.layout import LINE, Group, Indent, bracketed
from pqltools.formats.pql_binders import bound_name
from pqltools.formats.pql_paths import behind_comma, item
from pqltools.syntax.ast import FunctionCall, TimeInterval, TimestampLiteral, TimeWindow
from pqltools.syntax.literals import shorten
from pqltools.syntax.operators import COMPARISONS, INTERVALS, SUM, UNITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.formats.layout import Doc
    from pqltools.formats.pql_printer import Printer
    from pqltools.formats.printed_scopes import Scope
    from pqltools.syntax.ast import Chain, ChainElement, ElementCount, Time, TimeQualification


def window(printer: Printer, node: TimeWindow, scope: Scope) -> Doc:
    """What follows `occurs`, or stands in ``WHEN(…)``."""
    doc: Doc = ""
    match node:
        case TimeWindow("within", time, None, None):
            names_a_time = isinstance(time, (TimestampLiteral, TimeInterval)) or _is_date(time)
            doc = ("" if names_a_time else "on ", _time(printer, time, scope))
        case TimeWindow("before" | "after" | "from" as relation, time, None, qualification):
            quantity = "" if qualification is None else _quantity(printer, qualification)
            doc = (f"{quantity}{relation} ", _time(printer, time, scope))
        case TimeWindow("between", start, end, None) if end is not None:
            doc = ("between ", _time(printer, start, scope), " and ", _time(printer, end, scope))
        case _:
            printer.unwritable(node, f"a time window `{shorten(node.relation)}` of these parts")
    return printer.commented(node, doc)


def _is_date(time: Time) -> bool:
    return isinstance(time, FunctionCall) and time.function == "date"


def _time(printer: Printer, node: Time, scope: Scope) -> Doc:
    if not isinstance(node, TimeInterval):
        return printer.doc(node, scope, SUM)
    text = f"{node.relation} {node.unit}"
    if node.relation not in INTERVALS or node.unit not in UNITS:
        printer.unwritable(node, f"the interval `{shorten(text)}`")
    return printer.commented(node, text)


def _quantity(printer: Printer, node: TimeQualification) -> str:
    """``<= 30 days``, with a space behind it."""
    comparison, count, unit = node.comparison, node.count, node.unit
    if comparison not in COMPARISONS or unit not in UNITS or not 0 <= count < 2**63:
        printer.unwritable(node, f"the time span `{shorten(f'{comparison} {count} {unit}')}`")
    return f"{comparison} {count} {unit if count == 1 else UNITS.get(unit, unit)} "


def chain(printer: Printer, node: Chain, scope: Scope) -> Doc:
    """``CHAIN(array, timestamp, [elements])``, one element a line if they do not fit on one."""
    array = printer.doc(node.array, scope)
    timestamp = behind_comma(node.timestamp_field.body, item(printer, node.timestamp_field, scope))
    elements: list[Doc] = []
    for element in node.elements:
        elements.append(printer.commented(element, _element(printer, element, scope)))
        scope = scope.bind(element.name)
    return ("CHAIN(", array, ", ", timestamp, ", ", bracketed("[", elements, "]"), ")")


def _element(printer: Printer, element: ChainElement, scope: Scope) -> Doc:
    name = bound_name(printer, element, element.name)
    what = bracketed("WHAT(", [item(printer, element.what, scope)], ")")
    parts: list[Doc] = []
    if element.where is not None:
        parts.append(bracketed("WHERE(", [item(printer, element.where, scope)], ")"))
    if element.when is not None:
        parts.append(bracketed("WHEN(", [window(printer, element.when, scope)], ")"))
    if element.count is not None:
        parts.append(("COUNT(", *_count(printer, element.count, scope), ")"))
    rest = [Indent(Group((LINE, part))) for part in parts]
    return (f"{name}: NOT " if element.negated else f"{name}: ", what, *rest)


def _count(printer: Printer, node: ElementCount, scope: Scope) -> tuple[Doc, ...]:
    value = printer.doc(node.value, scope, SUM)
    if node.comparison not in COMPARISONS:
        printer.unwritable(node, f"the comparison `{shorten(node.comparison)}`")
    return (value,) if node.comparison == ">=" else (f"{node.comparison} ", value)

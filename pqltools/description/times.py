"""How are windows of time said, with the exactness of their bounds?

Days, months and the like are whole: "before" one means before its start, "after" it after its end. A comparison counts
back from the start, or on from the end. ``= 3 days before`` is one day long.
"""

from __future__ import annotations

from pqltools.description.phrases import closed, say, subject
from pqltools.description.words import span
from pqltools.syntax.ast import TimeInterval, TimestampLiteral
from pqltools.types.model import DATE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.description.phrases import Phrase
    from pqltools.description.scopes import Scope
    from pqltools.description.writer import Writer
    from pqltools.syntax.ast import Expr, Time, TimeQualification, TimeWindow

_CALENDAR = {"this": "the current", "last": "the last", "next": "the next"}
_AMOUNTS = {"<": "less than", "<=": "at most", ">": "more than", ">=": "at least"}
_SIDES = {"before": "start", "after": "end"}


def occurs(writer: Writer, time: Expr, node: TimeWindow, scope: Scope, denied: bool = False) -> Phrase:
    """That a time lies in a window, or that it does not."""
    start = subject(writer.value(time, scope))
    found = window(writer, node, scope)
    return say(start, " is not ", found, " (or is missing)") if denied else say(start, " is ", found)


def window(writer: Writer, node: TimeWindow, scope: Scope) -> Phrase:
    """What follows "is"."""
    time = closed(_time(writer, node.time, scope))
    whole = is_whole(writer, node.time)
    match node.relation:
        case "within":
            return _within(node.time, time, whole)
        case "between" if node.end is not None:
            end = closed(_time(writer, node.end, scope))
            first = say("the start of ", time) if whole else time
            last = say("the end of ", end) if is_whole(writer, node.end) else end
            return say("between ", first, " and ", last, " (both included)")
        case "from":
            edge = " the start or after the end of " if whole else " or after "
            where = say("before", edge, time)
        case relation:
            edge = f" the {_SIDES.get(relation, 'start')} of " if whole else " "
            where = say(relation, edge, time)
    qualification = node.qualification
    if qualification is None:
        return where
    if qualification.comparison == "!=":
        return say(where, ", other than by ", _exact(qualification, node.relation == "after" and whole))
    return say(_quantity(qualification, node.relation == "after" and whole), " ", where)


def is_whole(writer: Writer, node: Time) -> bool:
    """Whether a time is a whole day, month …, and no instant."""
    match node:
        case TimeInterval():
            return True
        case TimestampLiteral(value):
            return value != "now"
        case _:
            return writer.typing.type(node) is DATE


def _time(writer: Writer, node: Time, scope: Scope) -> Phrase:
    if isinstance(node, TimeInterval):
        return say(f"{_CALENDAR.get(node.relation, node.relation)} calendar {node.unit}")
    return writer.value(node, scope)


def _within(node: Time, time: Phrase, whole: bool) -> Phrase:
    match node:
        case TimeInterval():
            return say("in ", time)
        case TimestampLiteral("now"):
            return say("exactly now")
        case TimestampLiteral():
            return time
        case _:
            return say("on ", time) if whole else say("exactly at ", time)


def _quantity(node: TimeQualification, from_end: bool) -> str:
    amount = _AMOUNTS.get(node.comparison)
    return _exact(node, from_end) if amount is None else f"{amount} {span(node.count, node.unit)}"


def _exact(node: TimeQualification, from_end: bool) -> str:
    """One unit of time, counted back from a start or an instant, or on from the end of a whole day, month …"""
    if from_end:
        return f"at least {node.count - 1} but less than {span(node.count, node.unit)}"
    return f"at most {node.count} but more than {span(node.count - 1, node.unit)}"

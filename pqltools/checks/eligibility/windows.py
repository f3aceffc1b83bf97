"""How far back may an event lie?  Conditions on its time as a look-back window, in hours before now.

`today` counts as 24 hours, as the published examples have it; `yesterday` begins up to 48 hours before now. Months have
31 days and years 366, since only the longest look-back matters. What has no lower bound, such as ``before today``, has
no window. Conditions that hold together narrow a window, alternatives widen it.
"""

from __future__ import annotations

from math import inf

from pqltools.checks.eligibility.names import MOST_HOPS, Event, Lazy, Scope
from pqltools.checks.field_paths import bare
from pqltools.records import Record, hint, record
from pqltools.syntax import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from pqltools.syntax.ast import Expr, Node, Time

    #: The windows of the events that a condition speaks of.
    Bounds: TypeAlias = "dict[Event, Window]"

HOURS = {
    "millisecond": 1 / 3_600_000,
    "second": 1 / 3600,
    "minute": 1 / 60,
    "hour": 1,
    "day": 24,
    "week": 7 * 24,
    "month": 31 * 24,
    "year": 366 * 24,
    "decade": 3_653 * 24,
    "century": 36_525 * 24,
    "millennium": 365_250 * 24,
}
#: How many hours before now a named time begins and ends at the most; what lies ahead counts as now.
_NAMED = {"now": (0.0, 0.0), "today": (24.0, 0.0), "yesterday": (48.0, 24.0), "tomorrow": (0.0, 0.0)}
#: The opposite of a comparison, and the comparison with its sides exchanged.
_OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MIRRORED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


@record
class Window(Record):
    """The look-back of an event in hours: at least `least`, at most `most`, which differ where it is unclear.

    `form` is "relative" to now, "fixed" by dates, "unclear" if measured from a value or another event, or "none".
    """

    least: float
    most: float
    form: str
    node: Node | None = hint(default=None)

    def within(self, hours: float) -> bool | None:
        """Whether the window is at most that long, None if that is unclear."""
        if self.most <= hours:
            return True
        return False if self.least > hours else None

    def narrowed(self, other: Window | None) -> Window:
        """Both windows at once. A window from now says more than one from an unclear time."""
        return self if other is None else min(self, other, key=_rank)

    def widened(self, other: Window) -> Window:
        """Either window."""
        worst = max(self, other, key=lambda window: (window.most, window.least, _RANKS[window.form]))
        return Window(max(self.least, other.least), worst.most, worst.form, worst.node)


NO_WINDOW = Window(inf, inf, "none")
_RANKS = {"relative": 0, "unclear": 1, "fixed": 2, "none": 3}


def _rank(window: Window) -> tuple[int, float]:
    return _RANKS[window.form], window.most


def bounds(node: Expr, scope: Scope, *, negated: bool = False, hops: int = 0) -> Bounds:
    """The windows that a condition, or its negation, puts on events; an event that is not in it has none."""
    match node:
        case ast.FunctionCall("not", (operand,)):
            return bounds(operand, scope, negated=not negated, hops=hops)
        case ast.FunctionCall("and" | "or" as name, operands):
            parts = [bounds(operand, scope, negated=negated, hops=hops) for operand in operands]
            return both(parts) if (name == "and") is not negated else either(parts)
        case ast.FunctionCall("if", (_, *results)):
            return either([bounds(result, scope, negated=negated, hops=hops) for result in results])
        case ast.FunctionCall(name, (left, right)) if name in _OPPOSITE:
            return _comparison(_OPPOSITE[name] if negated else name, left, right, scope)
        case ast.Occurs(time, window):
            event = _event_of_time(time, scope)
            return {} if event is None else _one(event, look_back(window, scope, negated=negated), node)
        case ast.Let(name, value, body):
            inner = scope.bind({name: Lazy(value, scope)})
            return bounds(body, inner, negated=negated, hops=hops)
        case ast.VariableReference():
            meaning = scope.meaning(node)
            if isinstance(meaning, Lazy) and hops < MOST_HOPS and not meaning.is_deep:
                if negated not in meaning.bounds:
                    found = bounds(meaning.value, meaning.scope, negated=negated, hops=hops + 1)
                    meaning.bounds[negated] = found
                return meaning.bounds[negated]
    return {}


def both(parts: Iterable[Bounds]) -> Bounds:
    """Conditions that hold together."""
    found: Bounds = {}
    for part in parts:
        for event, window in part.items():
            found[event] = window.narrowed(found.get(event))
    return found


def either(parts: Iterable[Bounds]) -> Bounds:
    """Conditions of which one holds: only what all of them bound is bounded."""
    found: Bounds | None = None
    for part in parts:
        if found is None:
            found = part
        else:
            found = {event: window.widened(part[event]) for event, window in found.items() if event in part}
    return found or {}


def look_back(window: ast.TimeWindow, scope: Scope, *, negated: bool = False) -> Window:
    """How far back a time may lie that is, or is not, in `window`."""
    begins, ends, form = _reference(window.time, scope)
    limit = window.qualification
    span = 0.0 if limit is None else limit.count * HOURS[limit.unit]
    reach = _reach(window.relation, None if limit is None else limit.comparison, begins, ends, span, negated)
    return _window(reach, form, window)


def _reach(relation: str, comparison: str | None, begins: float, ends: float, span: float, negated: bool) -> float:
    """The look-back in hours, infinite if there is no bound; `span` is the length in the qualification."""
    match relation, comparison, negated:
        case "within" | "between", _, False:
            return begins
        case "after", (">" | ">="), False:
            return max(0.0, ends - span)
        case "after", _, False:
            return ends
        case (("before" | "from"), ("<" | "<=" | "="), False):
            return begins + span
        case "before", None, True:
            return begins
        case (("before" | "from"), (">" | ">=" | "!="), True):
            return begins + span
    return inf


def _window(reach: float, form: str, node: Node) -> Window:
    if reach == inf:
        return Window(inf, inf, "none", node)
    if form == "relative":
        return Window(reach, reach, form, node)
    return Window(0.0 if form == "unclear" else inf, inf, form, node)


def _one(event: Event, window: Window, node: Node) -> Bounds:
    return {} if window.form == "none" else {event: Window(window.least, window.most, window.form, node)}


def _comparison(name: str, left: Expr, right: Expr, scope: Scope) -> Bounds:
    """``X.timestamp >= yesterday`` bounds as ``occurs`` does."""
    event = _event_of_time(left, scope)
    if event is None:
        event, name, right = _event_of_time(right, scope), _MIRRORED[name], left
    if event is None or name not in ("=", ">", ">="):
        return {}
    begins, _, form = _reference(right, scope)
    return _one(event, _window(begins, form, right), right)


def _event_of_time(node: Expr, scope: Scope) -> Event | None:
    """The event whose time this is."""
    if isinstance(node, ast.FieldLookup) and bare(node.name) == "timestamp":
        return scope.event(node.object)
    return None


def event_of(node: Time, scope: Scope) -> Event | None:
    """The event whose time this is, or that this is, as a chain's ``after C0`` has it."""
    if isinstance(node, ast.TimeInterval):
        return None
    return _event_of_time(node, scope) or scope.event(node)


def _reference(node: Time, scope: Scope) -> tuple[float, float, str]:
    """How many hours before now a time begins and ends at the most, and how that is known."""
    match node:
        case ast.TimestampLiteral(value):
            return (*_NAMED[value], "relative")
        case ast.TimeInterval(relation, unit):
            back = {"this": 1, "last": 2, "next": 0}[relation]
            return HOURS[unit] * back, HOURS[unit] * max(0, back - 1), "relative"
        case ast.StringLiteral() | ast.IntegerLiteral() | ast.DoubleLiteral():
            return 0.0, 0.0, "fixed"
        case ast.FunctionCall("date", parts) if all(isinstance(part, ast.IntegerLiteral) for part in parts):
            return 0.0, 0.0, "fixed"
    if not isinstance(node, ast.TimeInterval):
        meaning = scope.meaning(node)
        for _ in range(MOST_HOPS):
            if not isinstance(meaning, Lazy):
                break
            if not isinstance(meaning.value, ast.VariableReference):
                return _reference(meaning.value, Scope((), {}))
            meaning = meaning.scope.meaning(meaning.value)
    return 0.0, 0.0, "unclear"

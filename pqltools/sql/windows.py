"""Does an instant lie in this window of time?  Bounds are constants where they can be, else calendar arithmetic."""

from __future__ import annotations

from pqltools.sql import building
from pqltools.sql.building import all_of, any_of, binary
from pqltools.sql.refusal import refusal
from pqltools.sql.times import END, FIRST, as_instant, instant, times_of, within
from pqltools.sql.values import Value
from pqltools.syntax import ast
from pqltools.types.model import DATE, TIMESTAMP
from pqltools.types.time import DAY, LENGTHS, MONTHS
from pqltools.types.windows import reference, related

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlglot.expressions import Expression

    from pqltools.sql.translate import Translator
    from pqltools.syntax.ast import Time, TimeQualification, TimeWindow
    from pqltools.types.windows import Reference

#: The longest step from a time of the data; beyond it engines leave their calendars.
_LONGEST = 10_000


def lies_in(translator: Translator, time: Value, window: TimeWindow) -> Expression:
    """Whether a time lies in a window; of an array whether some item does. A date counts as its first instant."""
    if time.is_array:
        return time.items().exists(lambda item: lies_in(translator, item, window))
    starts = [_references(translator, window.time)]
    if window.end is not None:
        starts.append(_references(translator, window.end))
    found = []
    for one in times_of(time):
        for first in starts[0]:
            for last in starts[1] if len(starts) > 1 else [None]:
                found.append(_lies(translator, one, window, first, last))
    return any_of(found)


def _references(translator: Translator, node: Time) -> list[Value]:
    """What a TIME may stand for; constants of the type DATE have an end in `constant`, see `_Span`."""
    if isinstance(node, ast.TimeInterval):
        found = reference(node, translator.program.now)
        assert found is not None
        return [_Span(found, translator)]
    if isinstance(node, ast.VariableReference) and node.name in translator.scope.moments:
        return [translator.scope.moments[node.name]]
    value = translator.value(node)
    if value.is_array:
        # Only a single time is one.
        return []
    return [_Span(_bounds(time), translator) if time.is_constant else time for time in times_of(value)]


class _Span(Value):
    """A constant reference: its start and end in milliseconds, no end for an instant."""

    __slots__ = ("bounds",)

    def __init__(self, bounds: Reference, translator: Translator) -> None:
        super().__init__(TIMESTAMP if bounds[1] is None else DATE, None, translator.writing, constant=bounds[0])
        self.bounds = bounds


def _bounds(time: Value) -> Reference:
    return time.constant, None if time.type is TIMESTAMP else time.constant + DAY


def _lies(translator: Translator, time: Value, window: TimeWindow, first: Value, last: Value | None) -> Expression:
    is_now = isinstance(window.time, ast.TimestampLiteral) and window.time.value == "now"
    if isinstance(first, _Span) and (last is None or isinstance(last, _Span)):
        ranges = related(
            window.relation,
            first.bounds,
            is_now=is_now,
            by=window.qualification,
            last=None if last is None else last.bounds,
        )
        cuts = [(_ms(low), _ms(high)) for low, high in ranges]
        if time.is_constant:
            inside = any(
                (low is None or low <= time.constant) and (high is None or time.constant < high) for low, high in cuts
            )
            return building.true() if inside else building.false()
        return any_of([within(time, low, high) for low, high in cuts])
    return _Moving(time, is_now).lies(window, first, last)


def _ms(cut: tuple[object, ...]) -> int | None:
    return int(cut[1]) if len(cut) > 1 else None  # type: ignore[call-overload]


class _Moving:
    """A window whose bounds the profile decides about: the table of semantics.md, section 5, in SQL."""

    def __init__(self, time: Value, is_now: bool) -> None:
        self.time = time
        self.is_now = is_now

    def at(self, operator: str, bound: Expression) -> Expression:
        """Whether the time stands so to an instant."""
        return binary(operator, as_instant(self.time), bound)

    def lies(self, window: TimeWindow, first: Value, last: Value | None) -> Expression:
        if window.relation == "between":
            assert last is not None
            return all_of([self.at(">=", self._start(first)), self._until(last)])
        if window.relation == "within":
            return all_of([self.at(">=", self._start(first)), self._until(first)])
        parts = []
        if window.relation != "after":
            parts.append(self._before(first, window.qualification))
        if window.relation != "before":
            parts.append(self._after(first, window.qualification))
        return any_of(parts)

    def _until(self, last: Value) -> Expression:
        """Up to the end of a time: with it if that is an instant, before it if it is an interval."""
        return self.at("<=", self._start(last)) if self._is_instant(last) else self.at("<", self._end(last))

    def _is_instant(self, time: Value) -> bool:
        return time.type is TIMESTAMP

    def _start(self, time: Value) -> Expression:
        if time.is_constant and not FIRST <= time.constant < END:
            raise refusal("a time beyond the year 9999")
        return instant(time.constant, time.writing) if time.is_constant else as_instant(time)

    def _end(self, time: Value) -> Expression:
        """The end of an interval."""
        if isinstance(time, _Span):
            assert time.bounds[1] is not None
            if not FIRST <= time.bounds[1] < END:
                raise refusal("a time beyond the year 9999")
            return instant(time.bounds[1], time.writing)
        return self._stepped(as_instant(time), 1, "day")

    def _stepped(self, start: Expression, count: int, unit: str) -> Expression:
        dialect = self.time.writing.dialect
        if count == 0:
            return start
        if unit in MONTHS:
            months = count * MONTHS[unit]
            if abs(months) > _LONGEST * 12:
                raise refusal("a step of more than 10,000 years")
            return dialect.shift(start, months, "month")
        ms = count * LENGTHS[unit]
        if abs(ms) > _LONGEST * 365 * DAY:
            raise refusal("a step of more than 10,000 years")
        return dialect.shift(start, ms, "millisecond")

    def _before(self, first: Value, by: TimeQualification | None) -> Expression:
        if by is None:
            return self.at("<", self._start(first))
        bound = self._stepped(self._start(first), -by.count, by.unit)
        is_before = self.at("<=" if self.is_now else "<", self._start(first))
        match by.comparison:
            case "<=" | "<":
                return all_of([self.at(">=" if by.comparison == "<=" else ">", bound), is_before])
            case ">" | ">=":
                return self.at("<" if by.comparison == ">" else "<=", bound)
        near = self._stepped(self._start(first), 1 - by.count, by.unit)
        if by.comparison == "=":
            return all_of([self.at(">=", bound), self.at("<", near)])
        outside = any_of([self.at("<", bound), self.at(">=", near)])
        return all_of([self.at("<", self._start(first)), outside])

    def _after(self, first: Value, by: TimeQualification | None) -> Expression:
        is_instant = self._is_instant(first)

        def base() -> Expression:
            return self._start(first) if is_instant else self._end(first)

        later, up_to = (">", "<=") if is_instant else (">=", "<")
        if by is None:
            return self.at(later, base())
        bound = self._stepped(base(), by.count, by.unit)
        is_after = self.at(">=" if self.is_now else later, base())
        match by.comparison:
            case "<=":
                return all_of([is_after, self.at(up_to, bound)])
            case "<":
                return all_of([is_after, self.at("<", bound)])
            case ">":
                return self.at(later, bound)
            case ">=":
                return self.at(">=", bound)
        near = self._stepped(base(), by.count - 1, by.unit)
        if by.comparison == "=":
            return all_of([self.at(later, near), self.at(up_to, bound)])
        # What is not the n-th unit: not behind its start, or behind its end.
        outside = any_of([self.at("<=" if is_instant else "<", near), self.at(later, bound)])
        return all_of([is_after, outside])

"""For which values of a field does a condition hold?  Conditions on one and the same field, as sets of values.

``x > 5``, ``x in ["a", "b"]``, ``x.startsWith("a")``, ``x.isNull()``, ``x occurs last week`` and what `and`, `or` and
`not` make of them say for which values of ``x`` they hold, null included. Anything else has no answer here.
"""

from __future__ import annotations

from pqltools.records import Record, record
from pqltools.syntax import ast
from pqltools.syntax.operators import COMPARISONS
from pqltools.types import time
from pqltools.types import value_sets as sets
from pqltools.types.model import ANY, BOOLEAN, DOUBLE, INTEGER, STRING, TIMES, TIMESTAMP, Scalar
from pqltools.types.windows import date_literal, instants

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.checks.context import Context
    from pqltools.syntax.ast import Expr
    from pqltools.types.model import Type
    from pqltools.types.value_sets import Kind, Ranges

_FLIPPED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_EQUALITIES = {"equals": "=", "notEqualTo": "!="}
_MEMBERSHIPS = {"in": False, "notIn": True}
_PREFIXES = {"startsWith": False, "doesNotStartWith": True}
_LITERALS = (ast.StringLiteral, ast.IntegerLiteral, ast.DoubleLiteral, ast.BooleanLiteral)


@record
class Allowed(Record):
    """The values of `subject` for which a condition holds. `kind` is None if only null was asked for.

    `moving`: they depend on the clock, so they are those at one instant.
    """

    subject: Expr
    kind: Kind | None
    ranges: Ranges
    null: bool
    moving: bool = False

    @property
    def is_nothing(self) -> bool:
        """Whether the condition never holds."""
        return not self.ranges and not self.null

    @property
    def is_anything(self) -> bool:
        """Whether the condition holds for all values but perhaps null; if only null was asked for, for null too."""
        if self.kind is None:
            return self.null and self.ranges == sets.ALL
        return self.ranges == self.kind.universe


def allowed(node: Expr, context: Context, now: int | None = None) -> Allowed | None:
    """For which values of one subject the condition holds, None if there is no telling.

    `now` is the instant of the check unless another one is given; only answers about the former are remembered.
    """
    if now is not None:
        return _allowed(node, context, now)
    memo = context.typing.ranges
    found = memo.get(id(node), memo)
    if found is memo:
        found = memo[id(node)] = _allowed(node, context, None)
    return found  # type: ignore[no-any-return]


def _allowed(node: Expr, context: Context, now: int | None) -> Allowed | None:
    if isinstance(node, ast.Occurs):
        if not _is_value(node.timestamp, context):
            return None
        found = instants(node.window, context.around.now if now is None else now)
        return None if found is None else Allowed(node.timestamp, sets.INSTANTS, found, False, True)
    if not isinstance(node, ast.FunctionCall):
        return None
    name, arguments = node.function, node.arguments
    if name in ("and", "or"):
        return joined(name, [allowed(part, context, now) for part in arguments])
    if name == "not" and len(arguments) == 1:
        return _negated(allowed(arguments[0], context, now))
    if name in ("isNull", "isNotNull") and len(arguments) == 1 and _is_value(arguments[0], context):
        return Allowed(arguments[0], None, () if name == "isNull" else sets.ALL, name == "isNull")
    if len(arguments) < 2:
        return None
    if name in COMPARISONS and len(arguments) == 2:
        left, right = arguments
        if isinstance(left, _LITERALS) and not isinstance(right, _LITERALS):
            name, left, right = _FLIPPED[name], right, left
        return _test(left, right, context, lambda kind, value: sets.compared(name, value, kind))
    return _call(node, context)


def _call(node: ast.FunctionCall, context: Context) -> Allowed | None:
    name, (left, right, *rest) = node.function, node.arguments
    if name in _MEMBERSHIPS:
        return _membership(left, right, context, _MEMBERSHIPS[name])
    folded = bool(rest) and isinstance(rest[0], ast.BooleanLiteral) and not rest[0].value
    if rest and not isinstance(rest[0], ast.BooleanLiteral):
        return None
    if name in _EQUALITIES:
        return _test(left, right, context, lambda kind, v: sets.compared(_EQUALITIES[name], v, kind), folded)
    if name in _PREFIXES and isinstance(right, ast.StringLiteral):
        found = _test(left, right, context, lambda _, prefix: sets.prefixed(prefix), folded)
        return _others(found) if _PREFIXES[name] else found
    return None


def _membership(left: Expr, right: Expr, context: Context, negative: bool) -> Allowed | None:
    if not isinstance(right, ast.ListLiteral) or not right.items:
        return None
    parts = [_test(left, item, context, lambda kind, v: sets.compared("=", v, kind)) for item in right.items[:100]]
    found = joined("or", parts) if len(right.items) <= 100 else None
    return _others(found) if negative else found


def _others(found: Allowed | None) -> Allowed | None:
    """The values that a positive test leaves out; null is in neither."""
    if found is None or found.kind is None:
        return None
    return Allowed(found.subject, found.kind, sets.complement(found.ranges, found.kind), False)


def joined(name: str, parts: list[Allowed | None]) -> Allowed | None:
    """What `and` or `or` makes of conditions, if all are on the same subject."""
    result: Allowed | None = None
    for part in parts:
        if part is None:
            return None
        if result is None:
            result = part
        elif not comparable(result, part):
            return None
        else:
            result = _pair(name, result, part)
    return result


def comparable(first: Allowed, second: Allowed) -> bool:
    """Whether two conditions are on the same subject and the same kind of values."""
    kinds = first.kind is None or second.kind is None or first.kind == second.kind
    return kinds and first.subject == second.subject


def _pair(name: str, first: Allowed, second: Allowed) -> Allowed:
    kind = first.kind or second.kind
    left, right = _within(first.ranges, kind), _within(second.ranges, kind)
    if name == "and":
        ranges, null = sets.intersection(left, right), first.null and second.null
    else:
        ranges, null = sets.union(left, right), first.null or second.null
    return Allowed(first.subject, kind, ranges, null, first.moving or second.moving)


def _within(ranges: Ranges, kind: Kind | None) -> Ranges:
    """`isNotNull` allows everything, before it is known of which kind that is."""
    return kind.universe if kind is not None and ranges == sets.ALL else ranges


def _negated(found: Allowed | None) -> Allowed | None:
    if found is None:
        return None
    # Where only null was asked for there is all or nothing, of whatever kind.
    kind = found.kind or sets.Kind("any")
    ranges = sets.complement(found.ranges, kind)
    return Allowed(found.subject, found.kind, ranges, not found.null, found.moving)


def _is_value(node: Expr, context: Context) -> bool:
    """Whether the value is one that the profile decides, and no array, of which some item would count."""
    if isinstance(node, (*_LITERALS, ast.NullLiteral, ast.ListLiteral, ast.TimestampLiteral)):
        return False
    return context.type(node).__class__ is Scalar


def _test(left: Expr, right: Expr, context: Context, values: Any, folded: bool = False) -> Allowed | None:
    """The condition that the values of `left` are those that `values` makes of a literal."""
    if not _is_value(left, context):
        return None
    reading = _reading(left, right, context, folded)
    if reading is not None:
        kind, value = reading
        return Allowed(left, kind, values(kind, value), False)
    day = date_literal(right) if context.type(left) in TIMES else None
    return None if day is None else _on_day(left, values, time.first_instant(*day))


def _reading(left: Expr, right: Expr, context: Context, folded: bool) -> tuple[Kind, Any] | None:
    """The literal as a value of the left side's kind, None if it has to be converted or is no literal."""
    if not isinstance(right, _LITERALS):
        return None
    type = context.type(left)
    if isinstance(right, ast.StringLiteral):
        return _text_reading(right.value, type, folded)
    if isinstance(right, ast.BooleanLiteral):
        return (sets.BOOLEANS, int(right.value)) if type in (BOOLEAN, ANY) else None
    is_whole = isinstance(right, ast.IntegerLiteral)
    if isinstance(left, ast.FunctionCall) and left.function in sets.BOUNDED:
        return (sets.BOUNDED[left.function], right.value) if is_whole else None
    if type is INTEGER:
        return (sets.INTEGERS, right.value) if is_whole else None
    return (sets.NUMBERS, right.value) if type in (DOUBLE, ANY) else None


def _text_reading(text: str, type: Type, folded: bool) -> tuple[Kind, Any] | None:
    if type is TIMESTAMP:
        instant = None if time.is_iso_day(text) else time.iso_instant(text)
        return None if instant is None else (sets.INSTANTS, instant)
    # Texts that look like instants may be compared as such; beyond ASCII case has too many rules.
    if type not in (STRING, ANY) or text[:4].isdigit() or (folded and not text.isascii()):
        return None
    return (sets.FOLDED, text.lower()) if folded else (sets.STRINGS, text)


def _on_day(left: Expr, values: Any, start: int) -> Allowed:
    """A comparison with a date is one with its bounds: on the day, before its start, at or after its end."""
    # Days are compared as if each were one whole number, then widened to their instants.
    day = sets.Kind("day", True)
    number = start // time.DAY

    def widened(cut: Any) -> Any:
        return sets.before(cut[1] * time.DAY) if len(cut) == 3 else cut

    ranges = tuple([(widened(low), widened(high)) for low, high in values(day, number)])
    return Allowed(left, sets.INSTANTS, ranges, False)

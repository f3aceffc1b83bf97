"""What do the operators of numbers compute in SQL?  Integers of 64 bits, doubles, null for what does not fit."""

from __future__ import annotations

from sqlglot import exp

from pqltools.evaluation.naive.arrays import arithmetic, negated
from pqltools.sql import building
from pqltools.sql.building import FLIPPED, all_of, binary, case
from pqltools.sql.values import Value
from pqltools.types.conversion import NUMBER
from pqltools.types.model import DOUBLE, INTEGER, NULL, NUMBERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot.expressions import Expression

    from pqltools.sql.values import Writing

#: Up to here every integer is a double.
EXACT = 2**53


def constant(value: float | None, writing: Writing) -> Value:
    """A number that is known now."""
    if value is None:
        return Value(NULL, building.null(), writing, constant=None)
    if isinstance(value, int):
        return Value(INTEGER, building.integer(value), writing, constant=value, small=abs(value) <= EXACT)
    return Value(DOUBLE, building.double(value), writing, constant=value)


def computed(operator: str, left: Value, right: Value) -> Value:
    """The five operators of two sides."""
    writing = left.writing
    if left.type not in NUMBERS or right.type not in NUMBERS:
        return constant(None, writing)
    if left.is_constant and right.is_constant:
        return constant(arithmetic(operator, left.constant, right.constant), writing)
    if operator == "/":
        quotient = _quotient(left, right)
        # By an integer nothing becomes larger.
        return Value(DOUBLE, quotient if right.type is INTEGER else finite(quotient, writing), writing)
    if left.type is INTEGER and right.type is INTEGER:
        if operator == "%":
            return Value(INTEGER, _rest(left, right), writing)
        return Value(INTEGER, writing.dialect.add(operator, left.sql(), right.sql()), writing)
    if operator == "%":
        return Value(DOUBLE, binary("%", as_double(left), _divisor(right)), writing)
    return Value(DOUBLE, finite(binary(operator, as_double(left), as_double(right)), writing), writing)


def minus(value: Value) -> Value:
    """The number with the other sign."""
    if value.type not in NUMBERS:
        return constant(None, value.writing)
    if value.is_constant:
        return constant(negated(value.constant), value.writing)
    if value.type is INTEGER:
        return Value(INTEGER, value.writing.dialect.add("-", building.integer(0), value.sql()), value.writing)
    return Value(DOUBLE, exp.Neg(this=building.operand(value.sql())), value.writing)


def finite(number: Expression, writing: Writing) -> Expression:
    """A double that was computed from finite ones, null if it is beyond them."""
    for text in ("Infinity", "-Infinity"):
        number = exp.Nullif(this=number, expression=writing.dialect.cast(building.text(text), "DOUBLE"))
    return number


def as_double(value: Value) -> Expression:
    """A number as a double."""
    if value.type is DOUBLE:
        return value.sql()
    if value.is_constant:
        return building.double(float(value.constant))
    return value.writing.dialect.cast(value.sql(), "DOUBLE")


def _divisor(value: Value) -> Expression:
    """A number to divide by, null if it is 0."""
    number = as_double(value)
    return number if value.is_constant else exp.Nullif(this=number, expression=building.double(0.0))


def _quotient(left: Value, right: Value) -> Expression:
    if right.is_constant and right.constant == 0:
        return building.null()
    return binary("/", as_double(left), _divisor(right))


def _rest(left: Value, right: Value) -> Expression:
    """What remains of an integer. Nothing remains of a division by -1, which engines may find out of range."""
    if right.is_constant:
        if right.constant == 0:
            return building.null()
        if right.constant == -1:
            return case([(building.is_not_null(left.sql()), building.integer(0))])
        return binary("%", left.sql(), right.sql())
    divisor = exp.Nullif(this=right.sql(), expression=building.integer(0))
    none = case([(building.is_not_null(left.sql()), building.integer(0))])
    return case([(binary("=", right.sql(), building.integer(-1)), none)], binary("%", left.sql(), divisor))


def compare_numbers(operator: str, left: Value, right: Value) -> Expression:
    """A comparison of two numbers by value, not both constants."""
    if left.type is right.type:
        return binary(operator, left.sql(), right.sql())
    if left.type is DOUBLE:
        if right.small:
            return binary(operator, left.sql(), right.sql())
        return compare_numbers(FLIPPED[operator], right, left)
    # An integer on the left, a double on the right.
    if right.is_constant:
        return _with_constant(operator, left, right.constant)
    if left.small:
        return binary(operator, left.sql(), right.sql())
    dialect = left.writing.dialect
    return _exactly(operator, left, right, cast=lambda number: dialect.try_cast(number, "BIGINT"))


def _with_constant(operator: str, left: Value, number: float) -> Expression:
    if number.is_integer() and abs(number) < 2**63:
        return binary(operator, left.sql(), building.integer(int(number)))
    if abs(number) < EXACT:
        return binary(operator, as_double(left), building.double(number))
    less = operator in (("<", "<=", "!=") if number > 0 else (">", ">=", "!="))
    return building.is_not_null(left.sql()) if less else building.false()


def _exactly(
    operator: str, left: Value, right: Value, *, limit: float = 2.0**63, cast: Callable[[Expression], Expression]
) -> Expression:
    """Where doubles cannot tell all integers apart every double is an integer, or beyond all of them at the `limit`.

    `cast` makes an integer of a double within the limit.
    """
    near = binary("<", exp.Abs(this=right.sql()), building.double(float(EXACT)))
    high = binary(">=", right.sql(), building.double(limit))
    low = binary("<", right.sql(), building.double(-limit))
    known = building.is_not_null(left.sql())
    return case(
        [
            (near, binary(operator, as_double(left), right.sql())),
            (high, known if operator in ("<", "<=", "!=") else building.false()),
            (low, known.copy() if operator in (">", ">=", "!=") else building.false()),
        ],
        binary(operator, left.sql(), cast(right.sql())),
    )


def compare_with_text(operator: str, number: Value, text: Value) -> Expression:
    """A comparison of a number with a string that is not a constant, by the number that it is."""
    dialect = number.writing.dialect
    real = Value(DOUBLE, dialect.try_cast(text.sql(), "DOUBLE"), text.writing)
    digits = dialect.is_of_form(text.sql(), "[+-]?[0-9]{1,20}")
    is_short = binary("<=", building.call("LENGTH", text.sql()), building.integer(20))
    is_finite = binary("<", exp.Abs(this=real.sql()), dialect.cast(building.text("Infinity"), "DOUBLE"))
    wide = Value(INTEGER, dialect.try_wide(text.sql()), text.writing)
    if number.type is INTEGER:
        whole = binary(operator, number.sql(), wide.sql())
    else:
        whole = _exactly(FLIPPED[operator], wide, number, limit=1e20, cast=dialect.wide_of_double)
    return case(
        [
            (all_of([digits, is_short]), whole),
            (
                all_of([dialect.is_of_form(text.sql(), NUMBER.pattern), is_finite]),
                compare_numbers(operator, number, real),
            ),
        ]
    )

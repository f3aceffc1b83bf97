"""Which value of a type is this value of JSON?  Spark keeps it as a variant, which knows what it was.

The rules are those of the loader: a string is none of a number, an integer that no double holds exactly is none, an
instant is an ISO 8601 text (UTC without an offset) or a number of milliseconds.
"""

from __future__ import annotations

from sqlglot import exp

from pqltools.sql import building
from pqltools.sql.building import all_of, any_of, binary, call, case, is_not_null, is_not_true
from pqltools.sql.dialects.spark import Spark
from pqltools.sql.tables import column_type
from pqltools.types.model import BOOLEAN, DATE, DOUBLE, INTEGER, STRING, TIMESTAMP
from pqltools.types.time import YEARS_END, YEARS_START

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlglot.expressions import Expression

    from pqltools.types.model import Type

_INSTANT = (
    r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"[Tt][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:[Zz]|[+-][0-9]{2}:?(?:[0-9]{2})?)?\z"
)
#: What Spark reads as it is, which costs a tenth of taking a text apart.
_USUAL_INSTANT = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,3})?Z\z"
_DAY = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\z"
#: The greatest double.
GREATEST = 1.7976931348623157e308


def from_variant(column: Expression, wanted: Type) -> Expression:
    """The value, null for null; what it is if `is_other` does not matter."""
    text = _get(column, "string")
    if wanted is TIMESTAMP:
        number = _get(column, "bigint")
        # Beyond what fits, this function fails, whatever the settings are.
        ms = case([(_in_years(number), call("TIMESTAMP_MILLIS", number.copy()))])
        return case([(_is_kind(column, "STRING"), _instant(text))], ms)
    if wanted is DATE:
        return exp.TryCast(this=text, to=column_type(DATE, Spark()))
    if wanted is STRING:
        return case([(_is_kind(column, "STRING"), text)])
    return _get(column, {INTEGER: "bigint", DOUBLE: "double", BOOLEAN: "boolean"}[wanted])  # type: ignore[index]


def is_other(column: Expression, wanted: Type) -> Expression:
    """Whether a variant is there and does not fit the type."""
    there = all_of([is_not_null(column.copy()), binary("!=", _kind(column), building.text("VOID"))])
    return all_of([there, is_not_true(_fits(column, wanted))])


def _fits(column: Expression, wanted: Type) -> Expression:
    text, number = _get(column, "string"), _get(column, "bigint")
    is_integer, is_text = _is_kind(column, "BIGINT"), _is_kind(column, "STRING")
    is_decimal = call("STARTSWITH", _kind(column), building.text("DECIMAL"))
    if wanted is STRING:
        return is_text
    if wanted is BOOLEAN:
        return _is_kind(column, "BOOLEAN")
    if wanted is INTEGER:
        return any_of([is_integer, all_of([is_decimal, binary("=", _get(column, "decimal(38,10)"), number)])])
    if wanted is DOUBLE:
        is_finite = _between(call("ABS", _get(column, "double")), building.double(0.0), building.double(GREATEST))
        again = exp.Cast(this=_get(column, "double"), to=column_type(INTEGER, Spark()))
        # The greatest integer is what all doubles above it become.
        not_greatest = binary("!=", number.copy(), building.integer(2**63 - 1))
        is_exact = all_of([binary("=", number, again), not_greatest])
        is_real = any_of([is_decimal, _is_kind(column, "DOUBLE")])
        return any_of([all_of([is_integer, is_exact]), all_of([is_real, is_finite])])
    if wanted is TIMESTAMP:
        is_time = all_of([is_text, _is_of(text, _INSTANT), is_not_null(_instant(text.copy()))])
        return any_of([all_of([is_integer, _in_years(number)]), is_time])
    return all_of([is_text, _is_of(text, _DAY), is_not_null(from_variant(column, DATE))])


def _kind(column: Expression) -> Expression:
    return call("SCHEMA_OF_VARIANT", column.copy())


def _is_kind(column: Expression, kind: str) -> Expression:
    return binary("=", _kind(column), building.text(kind))


def _get(column: Expression, type: str) -> Expression:
    return call("TRY_VARIANT_GET", column.copy(), building.text("$"), building.text(type))


def _between(value: Expression, low: Expression, high: Expression) -> Expression:
    return exp.Between(this=value, low=low, high=high)


def _in_years(ms: Expression) -> Expression:
    return _between(ms, building.integer(YEARS_START), building.integer(YEARS_END - 1))


def _is_of(text: Expression, form: str) -> Expression:
    return call("REGEXP_LIKE", text.copy(), building.text(form))


def _instant(text: Expression) -> Expression:
    """The instant of an ISO 8601 text, to the millisecond."""
    usual = exp.TryCast(this=text.copy(), to=column_type(TIMESTAMP, Spark()))
    return case([(_is_of(text, _USUAL_INSTANT), usual)], Spark().read_instant(text))

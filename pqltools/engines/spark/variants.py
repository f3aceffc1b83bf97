"""Which value of a type is this value of JSON?  Spark keeps it as a variant, which knows what it was.

The rules are those of the loader: a string is none of a number, an integer beyond 53 bits is no double, an instant is
an ISO 8601 text (UTC without an offset) or a number of milliseconds.
"""

from __future__ import annotations

from pqltools.types.model import BOOLEAN, DATE, DOUBLE, INTEGER, STRING, TIMESTAMP

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pyspark.sql import Column

    from pqltools.types.model import Type

_INSTANT = (
    r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"[Tt][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:[Zz]|[+-][0-9]{2}:?(?:[0-9]{2})?)?\z"
)
_DAY = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\z"
#: Years 1 to 9999, in milliseconds.
_FIRST, _LAST = -62_135_596_800_000, 253_402_300_800_000


def from_variant(column: Column, wanted: Type) -> Column:
    """The value, null for null; what it is if `is_other` does not matter."""
    from pyspark.sql import functions as F

    if wanted is TIMESTAMP:
        return F.when(_kind(column).eqNullSafe("STRING"), _instant(F.try_variant_get(column, "$", "string"))).otherwise(
            F.timestamp_millis(F.try_variant_get(column, "$", "bigint"))
        )
    if wanted is DATE:
        return F.try_to_timestamp(F.try_variant_get(column, "$", "string"), F.lit("yyyy-MM-dd")).cast("date")
    if wanted is STRING:
        return F.when(_kind(column).eqNullSafe("STRING"), F.try_variant_get(column, "$", "string"))
    return F.try_variant_get(column, "$", {INTEGER: "bigint", DOUBLE: "double", BOOLEAN: "boolean"}[wanted])  # type: ignore[index]


def is_other(column: Column, wanted: Type) -> Column:
    """Whether a variant is there and does not fit the type."""
    from pyspark.sql import functions as F

    kind = _kind(column)
    there = column.isNotNull() & (kind != F.lit("VOID"))
    text = F.try_variant_get(column, "$", "string")
    number = F.try_variant_get(column, "$", "bigint")
    is_integer = kind == "BIGINT"
    is_whole = is_integer | (kind.startswith("DECIMAL") & (F.try_variant_get(column, "$", "decimal(38,10)") == number))
    if wanted is STRING:
        fits = kind == "STRING"
    elif wanted is BOOLEAN:
        fits = kind == "BOOLEAN"
    elif wanted is INTEGER:
        fits = is_whole
    elif wanted is DOUBLE:
        exact = number.between(-(2**53), 2**53)
        double = F.try_variant_get(column, "$", "double")
        is_finite = F.abs(double) <= 1.7976931348623157e308
        fits = (is_integer & exact) | ((kind.startswith("DECIMAL") | (kind == "DOUBLE")) & is_finite)
    elif wanted is TIMESTAMP:
        in_years = number.between(_FIRST, _LAST - 1)
        fits = (is_integer & in_years) | ((kind == "STRING") & text.rlike(_INSTANT) & _instant(text).isNotNull())
    else:
        fits = (kind == "STRING") & text.rlike(_DAY) & from_variant(column, DATE).isNotNull()
    return F.coalesce(there & ~F.coalesce(fits, F.lit(False)), F.lit(False))


def _kind(column: Column) -> Column:
    from pyspark.sql import functions as F

    return F.schema_of_variant(column)


def _instant(text: Column) -> Column:
    """The instant of an ISO 8601 text, to the millisecond."""
    from pyspark.sql import functions as F

    short = F.regexp_replace(text, r"[.,](\d{1,3})\d*", ".$1")
    return F.upper(F.rtrim(short, F.lit(":"))).try_cast("timestamp")

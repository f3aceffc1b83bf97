"""Does a column of Spark fit a type of PQL, and how does it become one?  Before the run, from the types alone.

Integers of every width are integers, floats and decimals are doubles, both kinds of timestamps are instants (those
without a zone in UTC). As in JSON, numbers that are none (NaN, infinity) are null, and instants have milliseconds.
Values of JSON are variants, of which each value shows what it is: `misfit` tells.
"""

from __future__ import annotations

from sqlglot import exp

from pqltools.checks.field_paths import path_text
from pqltools.engines.spark.variants import GREATEST, from_variant, is_other
from pqltools.records import Record, record
from pqltools.sql.building import any_of, binary, call, case, coalesce, double, false, is_not_null, lambda_, text
from pqltools.sql.dialects.spark import Spark
from pqltools.sql.tables import column_type
from pqltools.types.model import (
    BOOLEAN,
    DATE,
    DOUBLE,
    INTEGER,
    STRING,
    TIMESTAMP,
    ArrayType,
    MapType,
    ObjectType,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from pyspark.sql.types import DataType
    from sqlglot.expressions import Expression

    from pqltools.types.model import Type

#: What Spark calls the types of columns that fit a scalar: as it is, and by a cast.
_FITS = {
    STRING: (("string",), ("varchar", "char")),
    INTEGER: (("bigint",), ("tinyint", "smallint", "int", "decimal")),
    DOUBLE: (("double",), ("float", "tinyint", "smallint", "int", "bigint", "decimal")),
    BOOLEAN: (("boolean",), ()),
    DATE: (("date",), ()),
    TIMESTAMP: (("timestamp",), ("timestamp_ntz",)),
}
_CURES = {
    STRING: "CAST({0} AS STRING)",
    INTEGER: "CAST({0} AS BIGINT)",
    DOUBLE: "CAST({0} AS DOUBLE)",
    BOOLEAN: "CAST({0} AS BOOLEAN)",
    DATE: "TO_DATE({0})",
    TIMESTAMP: "TO_TIMESTAMP({0})",
}
VARIANT = "variant"
SPARK = Spark()


@record
class Misfit(Record):
    """A column that does not fit: its path, what it is, what the schema wants, and what helps."""

    path: tuple[str, ...]
    found: str
    wanted: str
    cure: str

    def __str__(self) -> str:
        return f"`{path_text(self.path)}` is {self.found}, and the schema wants {self.wanted}"


def misfits(found: DataType, wanted: Type, path: tuple[str, ...] = ()) -> Iterator[Misfit]:
    """All that does not fit, as far as it is used; fields that are not there are null, which fits.

    Of `variants` each value shows whether it fits.
    """
    from pyspark.sql import types as spark

    if found.typeName() in (VARIANT, "void") and not isinstance(wanted, ArrayType | MapType | ObjectType):
        return
    if isinstance(wanted, ObjectType):
        if not isinstance(found, spark.StructType):
            yield _misfit(found, wanted, path, "make it a struct, or leave the column out of the table")
            return
        yield from _field_misfits(found, wanted, path)
    elif isinstance(wanted, ArrayType):
        if isinstance(found, spark.ArrayType):
            yield from misfits(found.elementType, wanted.item, path)
        else:
            yield _misfit(found, wanted, path, f"make an array of it, such as ARRAY({path_text(path)})")
    elif isinstance(wanted, MapType):
        if not isinstance(found, spark.MapType) or not isinstance(found.keyType, spark.StringType):
            yield _misfit(found, wanted, path, _cure_of_map(found, path))
        else:
            yield from misfits(found.valueType, wanted.value, (*path, "*"))
    elif found.simpleString().split("(")[0] not in _kinds(wanted) or _is_fraction(found, wanted):
        cure = _CURES[wanted].format(path_text(path))  # type: ignore[index]
        yield _misfit(found, wanted, path, f"give the table a column with {cure}")


def _field_misfits(found: Any, wanted: ObjectType, path: tuple[str, ...]) -> Iterator[Misfit]:
    for name in wanted.names():
        member = wanted.member(name)
        names = [field.name for field in found.fields]
        if member is not None and name in names:
            if names.count(name) > 1:
                yield Misfit((*path, name), "there twice", str(member.type), "rename one of the two")
            else:
                yield from misfits(found[name].dataType, member.type, (*path, name))


def variants(found: DataType, wanted: Type | None, path: tuple[str, ...] = ()) -> Iterator[Misfit]:
    """All variants of a table, whose values could be anything; `wanted` is None where the schema has nothing."""
    from pyspark.sql import types as spark

    if isinstance(found, spark.ArrayType):
        yield from variants(found.elementType, wanted.item if isinstance(wanted, ArrayType) else None, path)
    elif isinstance(found, spark.MapType):
        yield from variants(found.valueType, wanted.value if isinstance(wanted, MapType) else None, (*path, "*"))
    elif isinstance(found, spark.StructType):
        for field in found.fields:
            member = wanted.member(field.name) if isinstance(wanted, ObjectType) else None
            yield from variants(field.dataType, None if member is None else member.type, (*path, field.name))
    elif found.typeName() == VARIANT:
        is_known = wanted in _FITS
        kind = spark_type(wanted).simpleString().upper() if is_known and wanted is not None else "STRING"
        such_as = "" if is_known else ", or whatever type it has"
        cure = f"give the table a column with CAST({path_text(path)} AS {kind}){such_as}"
        yield Misfit(path, VARIANT, "a type" if wanted is None else str(wanted), cure)


def _kinds(wanted: Type) -> tuple[str, ...]:
    exact, cast = _FITS[wanted]  # type: ignore[index]
    return (*exact, *cast)


def _is_fraction(found: DataType, wanted: Type) -> bool:
    return wanted is INTEGER and getattr(found, "scale", 0) != 0


def _misfit(found: DataType, wanted: Type, path: tuple[str, ...], cure: str) -> Misfit:
    return Misfit(path, found.simpleString()[:80], str(wanted), cure)


def _cure_of_map(found: DataType, path: tuple[str, ...]) -> str:
    from pyspark.sql import types as spark

    if not isinstance(found, spark.StructType):
        return "make it a map from strings"
    name = path_text(path)
    return f"give the table a column with a map from strings; FROM_JSON(TO_JSON({name}), 'MAP<STRING, …>') makes one"


def spark_type(wanted: Type, *, scalar: DataType | None = None) -> DataType:
    """The type of a column that fits exactly; with `scalar` in place of each scalar, to read JSON."""
    from pyspark.sql import types as spark

    if isinstance(wanted, ArrayType):
        return spark.ArrayType(spark_type(wanted.item, scalar=scalar))
    if isinstance(wanted, MapType):
        return spark.MapType(spark.StringType(), spark_type(wanted.value, scalar=scalar))
    if isinstance(wanted, ObjectType):
        members = [(name, wanted.member(name)) for name in wanted.names()]
        fields = [(name, member.type) for name, member in members if member is not None]
        return spark.StructType([spark.StructField(name, spark_type(type, scalar=scalar)) for name, type in fields])
    if scalar is not None:
        return scalar
    kinds: dict[Type, DataType] = {
        STRING: spark.StringType(),
        INTEGER: spark.LongType(),
        DOUBLE: spark.DoubleType(),
        BOOLEAN: spark.BooleanType(),
        DATE: spark.DateType(),
        TIMESTAMP: spark.TimestampType(),
    }
    return kinds[wanted]


def is_exact(found: DataType, wanted: Type) -> bool:
    """Whether a column is as wanted without any change; more fields than wanted do no harm."""
    from pyspark.sql import types as spark

    if isinstance(wanted, ObjectType):
        if not isinstance(found, spark.StructType):
            return False
        names = [field.name for field in found.fields]
        members = {name: wanted.member(name) for name in wanted.names()}
        return all(
            member is not None and names.count(name) == 1 and is_exact(found[name].dataType, member.type)
            for name, member in members.items()
        )
    if isinstance(wanted, ArrayType):
        return isinstance(found, spark.ArrayType) and is_exact(found.elementType, wanted.item)
    if isinstance(wanted, MapType):
        return isinstance(found, spark.MapType) and is_exact(found.valueType, wanted.value)
    if wanted in (DOUBLE, TIMESTAMP):
        # Values may be NaN, and have microseconds.
        return False
    return found.simpleString() in _FITS[wanted][0]  # type: ignore[index]


def fitted(column: Expression, found: DataType, wanted: Type, depth: int = 0) -> Expression:
    """The column as the type wants it, if there are no `misfits`. `depth` is the number of lambdas around."""
    from pyspark.sql import types as spark

    if is_exact(found, wanted):
        return column
    item = item_name(depth)
    if isinstance(wanted, ArrayType) and isinstance(found, spark.ArrayType):
        body = fitted(exp.column(item), found.elementType, wanted.item, depth + 1)
        return call("TRANSFORM", column, lambda_([item], body))
    if isinstance(wanted, MapType) and isinstance(found, spark.MapType):
        body = fitted(exp.column(item), found.valueType, wanted.value, depth + 1)
        return call("TRANSFORM_VALUES", column, lambda_([f"{item}_key", item], body))
    if isinstance(wanted, ObjectType) and isinstance(found, spark.StructType):
        struct = SPARK.struct(dict(_fields(column, found, wanted, depth)))
        return case([(is_not_null(column.copy()), struct)])
    if found.typeName() == VARIANT:
        return from_variant(column, wanted)
    is_same = found.simpleString() in _FITS[wanted][0]  # type: ignore[index]
    value = column if is_same else exp.Cast(this=column, to=column_type(wanted, SPARK))
    if wanted is DOUBLE and found.typeName() in ("float", "double"):
        # To Spark NaN is greater than all.
        return case([(binary("<=", call("ABS", column.copy()), double(GREATEST)), value)])
    return call("DATE_TRUNC", text("MILLISECOND"), value) if wanted is TIMESTAMP else value


def item_name(depth: int) -> str:
    """What the item of a lambda is called that stands in so many others."""
    return f"item{depth}"


def null_of(wanted: Type) -> Expression:
    """A null of a type."""
    return exp.Cast(this=exp.Null(), to=column_type(wanted, SPARK))


def _fields(column: Expression, found: Any, wanted: ObjectType, depth: int) -> Iterator[tuple[str, Expression]]:
    names = {field.name for field in found.fields}
    for name in wanted.names():
        member = wanted.member(name)
        if member is None:
            continue
        if name in names:
            inner = SPARK.field(column.copy(), name)
            yield name, fitted(inner, found[name].dataType, member.type, depth)
        else:
            yield name, null_of(member.type)


def misfit(column: Expression, found: DataType, wanted: Type, depth: int = 0) -> Expression | None:
    """The condition that a value shows itself not to fit; None if none can."""
    from pyspark.sql import types as spark

    if isinstance(wanted, ArrayType) and isinstance(found, spark.ArrayType):
        return _any_item(column, found.elementType, wanted.item, depth)
    if isinstance(wanted, MapType) and isinstance(found, spark.MapType):
        return _any_item(call("MAP_VALUES", column), found.valueType, wanted.value, depth)
    if isinstance(wanted, ObjectType) and isinstance(found, spark.StructType):
        parts = []
        for field in found.fields:
            member = wanted.member(field.name)
            inner = SPARK.field(column.copy(), field.name)
            part = None if member is None else misfit(inner, field.dataType, member.type, depth)
            parts += [] if part is None else [part]
        return any_of(parts) if parts else None
    return is_other(column, wanted) if found.typeName() == VARIANT else None


def _any_item(array: Expression, found: DataType, wanted: Type, depth: int) -> Expression | None:
    item = item_name(depth)
    test = misfit(exp.column(item), found, wanted, depth + 1)
    return None if test is None else coalesce(call("EXISTS", array, lambda_([item], test)), false())

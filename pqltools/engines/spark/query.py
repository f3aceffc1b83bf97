"""What does Spark compute?  One pass: columns as the schema wants them, conditions, the numbers of those that hold."""

from __future__ import annotations

from pqltools.checks.field_paths import path_text
from pqltools.engines.spark.fallback import DATA, EVENTS, FAILED, HOLDS, LINE, NAMESPACE, PROFILE, RESULT
from pqltools.engines.spark.fitting import any_of, fitted, misfit, spark_type
from pqltools.engines.spark.needs import cut, field_type
from pqltools.engines.spark.planning import ALSO_EVENTS
from pqltools.engines.spark.planning import EVENTS as EVENT_COLUMN
from pqltools.engines.spark.sources import BROKEN, STANDARD_NAME, json_type, quoted
from pqltools.types.model import ObjectType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from pyspark.sql import Column, DataFrame

    from pqltools.data.path_trees import Tree
    from pqltools.engines.spark.sources import Rows
    from pqltools.types.model import Type

#: Whether a line does not follow the schema.
BAD = "#bad"
_EVENT_NAMES = (EVENT_COLUMN, ALSO_EVENTS)


def typed(frame: DataFrame, type: ObjectType) -> list[Column]:
    """The columns of a type from those that are there, under their names."""
    found: Any = frame.schema
    columns = []
    for name in type.names():
        member = type.member(name)
        assert member is not None
        columns.append(_column(found, name, member.type).alias(name))
    return columns


def _column(found: Any, name: str, wanted: Type) -> Column:
    from pyspark.sql import functions as F

    names = _EVENT_NAMES if name in _EVENT_NAMES else (name,)
    held = [(each, field_type(found, each)) for each in names]
    parts = [fitted(F.col(quoted(each)), type, wanted) for each, type in held if type is not None]
    if not parts:
        return F.lit(None).cast(spark_type(wanted))
    if len(parts) == 1:
        return parts[0]
    # Events stand under either name, or under both.
    return F.coalesce(F.concat(*parts), *parts)


def bad(frame: DataFrame, type: ObjectType) -> Column:
    """Whether a line, parsed for a type, does not follow the schema."""
    from pyspark.sql import functions as F

    shape: Any = json_type(type)
    held = {name: type.member(name) for name in type.names()}
    parts = [F.col(quoted(BROKEN)).isNotNull(), F.col(quoted(LINE)).rlike(STANDARD_NAME)]
    for name, member in held.items():
        part = None if member is None else misfit(F.col(quoted(name)), shape[name].dataType, member.type)
        parts += [] if part is None else [part]
    together = any_of(parts)
    assert together is not None
    return F.coalesce(together, F.lit(False))


def why(type: ObjectType) -> Column:
    """The reason for which a line does not follow the schema."""
    from pyspark.sql import functions as F

    shape: Any = json_type(type)
    parts = [F.when(F.col(quoted(LINE)).rlike(STANDARD_NAME), "names of standard notation, which are not read here")]
    for path, condition in misfit_paths(shape, type, ()):
        parts.append(F.when(condition, f"`{path_text(path)}` does not fit the schema"))
    parts.append(F.when(F.get_json_object(quoted(LINE), "$").isNull(), "no JSON, or no object"))
    return F.coalesce(*parts, F.lit("a value of another kind than the schema has, such as a number for an object"))


def misfit_paths(found: Any, wanted: ObjectType, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Column]]:
    """Where a value does not fit, with the condition that it does not: fields of objects, or arrays with such items."""
    from pyspark.sql import functions as F

    for name in wanted.names():
        member, inner = wanted.member(name), field_type(found, name)
        if member is None or inner is None:
            continue
        if isinstance(member.type, ObjectType):
            yield from misfit_paths(inner, member.type, (*path, name))
            continue
        condition = misfit(F.col(".".join(map(quoted, (*path, name)))), inner, member.type)
        if condition is not None:
            yield (*path, name), condition


def further(frame: DataFrame, rows: Rows, tree: Tree) -> Column:
    """What the compiled evaluator is given of a row: its line, or a struct of the columns that are used."""
    from pyspark.sql import functions as F

    if rows.is_lines:
        return F.col(quoted(LINE))
    if tree.whole:
        return F.struct(*[F.col(quoted(name)) for name in frame.columns])
    shape: Any = frame.schema
    kept = cut(shape, tree)
    fields = [field for field in kept.fields if field.name in tree.children or "*" in tree.children]
    columns = [
        _narrow(F.col(quoted(each.name)), shape[each.name].dataType, each.dataType).alias(each.name) for each in fields
    ]
    return F.struct(*columns) if columns else F.struct(F.lit(None).alias("#none"))


def _narrow(column: Column, found: Any, kept: Any) -> Column:
    """The column with no more fields than are kept."""
    from pyspark.sql import functions as F
    from pyspark.sql import types as spark

    if found == kept:
        return F.to_json(column) if found.typeName() == "variant" else column
    if isinstance(kept, spark.ArrayType):
        return F.transform(column, lambda item: _narrow(item, found.elementType, kept.elementType))
    if isinstance(kept, spark.MapType):
        return F.transform_values(column, lambda _, held: _narrow(held, found.valueType, kept.valueType))
    fields = [
        _narrow(column.getField(each.name), found[each.name].dataType, each.dataType).alias(each.name)
        for each in kept.fields
    ]
    return F.when(column.isNotNull(), F.struct(*fields))


def holding(conditions: list[tuple[int, Column]]) -> Column:
    """The numbers of the conditions that hold, in order."""
    from pyspark.sql import functions as F

    if not conditions:
        return F.array().cast("array<int>")
    return F.array_compact(F.array(*[F.when(condition, F.lit(index)) for index, condition in conditions]))


def result_columns(frame: DataFrame) -> DataFrame:
    """The columns of the result, if nobody falls back."""
    from pyspark.sql import functions as F

    none = F.array().cast("array<int>").alias(FAILED)
    return frame.select(PROFILE, NAMESPACE, quoted(HOLDS), none)


def answered(frame: DataFrame, function: Any) -> DataFrame:
    """The same with the answers of the compiled evaluator."""
    kept = [name for name in (PROFILE, NAMESPACE, HOLDS, DATA, LINE, EVENTS) if name in frame.columns]
    return frame.select(*[quoted(name) for name in kept]).mapInArrow(function, RESULT)

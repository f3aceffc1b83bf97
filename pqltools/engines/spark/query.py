"""What does Spark compute?  One pass: columns as the schema wants them, conditions, the numbers of those that hold."""

from __future__ import annotations

from sqlglot import exp

from pqltools.checks.field_paths import path_text
from pqltools.data.path_trees import ANY_KEY
from pqltools.engines.spark.fallback import DATA, EVENTS, FAILED, HOLDS, LINE, NAMESPACE, PROFILE, RESULT
from pqltools.engines.spark.fitting import SPARK, fitted, item_name, misfit, null_of
from pqltools.engines.spark.needs import cut, field_type
from pqltools.engines.spark.sources import BROKEN, STANDARD_NAME, json_type, quoted
from pqltools.sql.building import any_of, call, case, coalesce, false, integer, is_not_null, is_null, lambda_, text
from pqltools.types.model import ObjectType
from pqltools.xdm.schema import EVENT_FIELDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from pyspark.sql import DataFrame
    from sqlglot.expressions import Expression

    from pqltools.data.path_trees import Tree
    from pqltools.engines.spark.sources import Rows
    from pqltools.types.model import Type

#: Whether a line does not follow the schema.
BAD = "#bad"


def selected(frame: DataFrame, columns: Mapping[str, Expression]) -> DataFrame:
    """The columns by name. One text each, for every call of a function of pyspark's is a question to Java."""
    return frame.selectExpr(*[exp.alias_(each, name, quoted=True).sql("spark") for name, each in columns.items()])


def typed(frame: DataFrame, type: ObjectType) -> dict[str, Expression]:
    """The columns of a type from those that are there, under their names."""
    found: Any = frame.schema
    columns = {}
    for name in type.names():
        member = type.member(name)
        assert member is not None
        columns[name] = _column(found, name, member.type)
    return columns


def _column(found: Any, name: str, wanted: Type) -> Expression:
    names = EVENT_FIELDS if name in EVENT_FIELDS else (name,)
    held = [(each, field_type(found, each)) for each in names]
    parts = [fitted(SPARK.column(each), type, wanted) for each, type in held if type is not None]
    if not parts:
        return null_of(wanted)
    if len(parts) == 1:
        return parts[0]
    # Events stand under either name, or under both.
    return call("COALESCE", call("CONCAT", *parts), *[part.copy() for part in parts])


def bad(type: ObjectType) -> Expression:
    """Whether a line, parsed for a type, does not follow the schema."""
    parts = [is_not_null(SPARK.column(BROKEN)), _has_standard_names()]
    parts += [condition for _, condition in _misfits(json_type(type), type, ())]
    return coalesce(any_of(parts), false())


def why(type: ObjectType) -> Expression:
    """The reason for which a line does not follow the schema."""
    reasons = [(_has_standard_names(), text("names of standard notation, which are not read here"))]
    for path, condition in _misfits(json_type(type), type, ()):
        reasons.append((condition, text(f"`{path_text(path)}` does not fit the schema")))
    reasons.append((is_null(call("GET_JSON_OBJECT", SPARK.column(LINE), text("$"))), text("no JSON")))
    return case(reasons, text("a value of another kind than the schema has, such as a number for an object"))


def _has_standard_names() -> Expression:
    return call("REGEXP_LIKE", SPARK.column(LINE), text(STANDARD_NAME))


def _misfits(found: Any, wanted: ObjectType, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Expression]]:
    """Where a value does not fit, with the condition that it does not: fields of objects, or arrays with such items."""
    for name in wanted.names():
        member, inner = wanted.member(name), field_type(found, name)
        if member is None or inner is None:
            continue
        whole = (*path, name)
        if isinstance(member.type, ObjectType):
            yield from _misfits(inner, member.type, whole)
            continue
        condition = misfit(at(whole), inner, member.type)
        if condition is not None:
            yield whole, condition


def at(path: tuple[str, ...]) -> Expression:
    """The value at a path of columns and fields."""
    found = SPARK.column(path[0])
    for name in path[1:]:
        found = SPARK.field(found, name)
    return found


def further(frame: DataFrame, rows: Rows, tree: Tree) -> Expression:
    """What the compiled evaluator is given of a row: its line, or a struct of the columns that are used."""
    if rows.is_lines:
        return SPARK.column(LINE)
    shape: Any = frame.schema
    kept = shape if tree.whole else cut(shape, tree)
    fields = [field for field in kept.fields if tree.whole or field.name in tree.children or ANY_KEY in tree.children]
    parts = {
        each.name: _narrow(SPARK.column(each.name), shape[each.name].dataType, each.dataType, 0) for each in fields
    }
    return SPARK.struct(parts or {"#none": exp.Null()})


def _narrow(column: Expression, found: Any, kept: Any, depth: int) -> Expression:
    """The column with no more fields than are kept."""
    from pyspark.sql import types as spark

    item = item_name(depth)
    if found == kept:
        return column
    if isinstance(kept, spark.ArrayType):
        body = _narrow(exp.column(item), found.elementType, kept.elementType, depth + 1)
        return call("TRANSFORM", column, lambda_([item], body))
    if isinstance(kept, spark.MapType):
        body = _narrow(exp.column(item), found.valueType, kept.valueType, depth + 1)
        return call("TRANSFORM_VALUES", column, lambda_([f"{item}_key", item], body))
    fields = {
        each.name: _narrow(SPARK.field(column.copy(), each.name), found[each.name].dataType, each.dataType, depth)
        for each in kept.fields
    }
    return case([(is_not_null(column.copy()), SPARK.struct(fields))])


def holding(conditions: Mapping[int, Expression]) -> Expression:
    """The numbers of the conditions that hold, in order."""
    numbers = [case([(condition, integer(index))]) for index, condition in conditions.items()]
    return call("ARRAY_COMPACT", call("ARRAY", *numbers)) if numbers else none()


def none() -> Expression:
    """No numbers."""
    return exp.Cast(this=call("ARRAY"), to=exp.DataType.build("ARRAY<INT>", dialect="spark"))


def result_columns(frame: DataFrame) -> DataFrame:
    """The columns of the result, if nobody falls back."""
    return selected(frame, {**{name: SPARK.column(name) for name in (PROFILE, NAMESPACE, HOLDS)}, FAILED: none()})


def answered(frame: DataFrame, function: Any) -> DataFrame:
    """The same with the answers of the compiled evaluator."""
    kept = [name for name in (PROFILE, NAMESPACE, HOLDS, DATA, LINE, EVENTS) if name in frame.columns]
    return frame.select(*[quoted(name) for name in kept]).mapInArrow(function, RESULT)

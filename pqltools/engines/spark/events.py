"""Which events of a table of their own belong to a profile?  Found by the identities that both have, once for all.

Events are gathered with the used columns alone, in the order in which Spark reads them: what depends on an order has
the one of the files. An event that has several identities of a profile comes once.
"""

from __future__ import annotations

from sqlglot import exp

from pqltools.engines.spark.fitting import SPARK
from pqltools.engines.spark.identities import EVENT_FIELDS, PROFILE_FIELDS, Identities
from pqltools.engines.spark.query import selected
from pqltools.sql.building import any_of, binary, call, case, integer, lambda_, true

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from sqlglot.expressions import Expression

IDENTITIES = "#identities"
_PID, _IDENTITY, _ROW, _POSITION, _FOUND = "#pid", "#identity", "#row", "#position", "#found"
_NUMBER, _EVENT, _RAW = "number", "event", "raw"


def event_rows(frame: DataFrame, event: Expression | None, raw: Expression | None) -> DataFrame:
    """The events with their identities: what the conditions use, and what the compiled evaluator is given."""
    parts = {_NUMBER: call("MONOTONICALLY_INCREASING_ID"), _EVENT: event, _RAW: raw}
    row = SPARK.struct({name: part for name, part in parts.items() if part is not None})
    return selected(frame, {IDENTITIES: Identities(frame.schema, EVENT_FIELDS).all(of_events=True), _EVENT: row})


def joined(profiles: DataFrame, events: DataFrame) -> DataFrame:
    """The profiles with their events in ``#found``; `profiles` has ``#identities``."""
    column = SPARK.column
    others = {name: column(name) for name in profiles.columns if name != IDENTITIES}
    number = call("MONOTONICALLY_INCREASING_ID")
    row = SPARK.struct(others)
    numbered = selected(profiles, {_PID: number, _ROW: row, IDENTITIES: column(IDENTITIES)})
    exploded = f"POSEXPLODE_OUTER(`{IDENTITIES}`) AS (`{_POSITION}`, `{_IDENTITY}`)"
    each = numbered.selectExpr(f"`{_PID}`", f"`{_ROW}`", exploded)
    # The row goes with its first identity alone.
    is_first = binary("=", call("COALESCE", column(_POSITION), integer(0)), integer(0))
    row = case([(is_first, column(_ROW))])
    left = selected(each, {_PID: column(_PID), _ROW: row, _IDENTITY: column(_IDENTITY)})
    of_identity = selected(events, {_IDENTITY: call("EXPLODE", column(IDENTITIES)), _EVENT: column(_EVENT)})
    gathered = _grouped(of_identity, _IDENTITY, {_FOUND: call("COLLECT_LIST", column(_EVENT))})
    both = left.join(gathered, _IDENTITY, "left")
    row, found = call("FIRST", column(_ROW), true()), call("FLATTEN", call("COLLECT_LIST", column(_FOUND)))
    together = _grouped(both, _PID, {_ROW: row, _FOUND: found})
    has_order = not any(kind in events.schema[_EVENT].dataType.simpleString() for kind in ("map<", "variant"))
    ordered = selected(together, {_ROW: column(_ROW), _FOUND: _in_order(column(_FOUND), has_order)})
    return ordered.selectExpr(f"`{_ROW}`.*", f"{_each_once().sql('spark')} AS `{_FOUND}`")


def _grouped(frame: DataFrame, key: str, columns: dict[str, Expression]) -> DataFrame:
    from pyspark.sql import functions as F

    return frame.groupBy(f"`{key}`").agg(*[F.expr(each.sql("spark")).alias(name) for name, each in columns.items()])


def _in_order(found: Expression, has_order: bool) -> Expression:
    """The events by their number; `has_order` says that Spark can sort them by itself, which is quicker."""
    if has_order:
        return call("ARRAY_SORT", found)
    one, other = (SPARK.field(exp.column(name), _NUMBER) for name in ("one", "other"))
    earlier = (binary("<", one, other), integer(-1))
    later = (binary(">", one.copy(), other.copy()), integer(1))
    return call("ARRAY_SORT", found, lambda_(["one", "other"], case([earlier, later], integer(0))))


def _each_once() -> Expression:
    """The events that were found, which are in order, without those that were found by another identity before."""
    before = call("GET", SPARK.column(_FOUND), binary("-", exp.column("place"), integer(1)))
    differs = binary("!=", SPARK.field(before, _NUMBER), SPARK.field(exp.column("each"), _NUMBER))
    test = any_of([binary("=", exp.column("place"), integer(0)), differs])
    return call("FILTER", SPARK.column(_FOUND), lambda_(["each", "place"], test))


def events_of(own: Expression) -> Expression:
    """The events of a row for the conditions: those it has itself, and those that were found."""
    found = _parts(_EVENT)
    is_some = binary(">", call("SIZE", SPARK.column(_FOUND)), integer(0))
    return case([(is_some, call("COALESCE", call("CONCAT", own, found), found.copy()))], own.copy())


def raw_events() -> Expression:
    """The events that were found, for the compiled evaluator."""
    return _parts(_RAW)


def _parts(name: str) -> Expression:
    return call("TRANSFORM", SPARK.column(_FOUND), lambda_(["each"], SPARK.field(exp.column("each"), name)))


def identities_of(frame: DataFrame) -> Expression:
    """The identities of profiles."""
    return Identities(frame.schema, PROFILE_FIELDS).all(of_events=False)

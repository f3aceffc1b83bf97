"""Which events of a table of their own belong to a profile?  Found by the identities that both have, once for all.

Events are gathered with the used columns alone, in the order in which Spark reads them: what depends on an order has
the one of the files. An event that has several identities of a profile comes once.
"""

from __future__ import annotations

from pqltools.engines.spark.identities import EVENT_FIELDS, PROFILE_FIELDS, Identities
from pqltools.engines.spark.sources import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_PID, _IDENTITIES, _IDENTITY, _ROW, _FIRST, _FOUND = "#pid", "#identities", "#identity", "#row", "#first", "#found"
_NUMBER, _EVENT, _RAW = "number", "event", "raw"


def event_rows(frame: DataFrame, event: Column | None, raw: Column | None, identities: DataFrame) -> DataFrame:
    """The events with their identities: what the conditions use, and what the compiled evaluator is given."""
    from pyspark.sql import functions as F

    parts = [F.monotonically_increasing_id().alias(_NUMBER)]
    parts += [] if event is None else [event.alias(_EVENT)]
    parts += [] if raw is None else [raw.alias(_RAW)]
    own = Identities(identities.schema, EVENT_FIELDS).all(of_events=True)
    return frame.select(own.alias(_IDENTITIES), F.struct(*parts).alias(_EVENT))


def joined(profiles: DataFrame, events: DataFrame) -> DataFrame:
    """The profiles with their events in ``#found``; `profiles` has ``#identities``."""
    from pyspark.sql import functions as F

    others = [name for name in profiles.columns if name != _IDENTITIES]
    numbered = profiles.select(
        F.monotonically_increasing_id().alias(_PID),
        F.struct(*[quoted(name) for name in others]).alias(_ROW),
        quoted(_IDENTITIES),
    )
    # The row goes with its first identity alone.
    each = numbered.select(quoted(_PID), quoted(_ROW), F.posexplode_outer(quoted(_IDENTITIES)).alias(_FIRST, _IDENTITY))
    row = F.when(F.coalesce(F.col(quoted(_FIRST)), F.lit(0)) == 0, F.col(quoted(_ROW)))
    left = each.select(quoted(_PID), row.alias(_ROW), quoted(_IDENTITY))
    of_identity = events.select(F.explode(quoted(_IDENTITIES)).alias(_IDENTITY), _EVENT)
    gathered = of_identity.groupBy(quoted(_IDENTITY)).agg(F.collect_list(_EVENT).alias(_FOUND))
    both = left.join(gathered, _IDENTITY, "left")
    together = both.groupBy(quoted(_PID)).agg(
        F.first(quoted(_ROW), ignorenulls=True).alias(_ROW), F.flatten(F.collect_list(quoted(_FOUND))).alias(_FOUND)
    )
    has_order = not any(kind in events.schema[_EVENT].dataType.simpleString() for kind in ("map<", "variant"))
    return together.select(f"{quoted(_ROW)}.*", _in_order(F.col(quoted(_FOUND)), has_order).alias(_FOUND))


def _in_order(found: Column, has_order: bool) -> Column:
    """The events by their number, each once; `has_order` says that Spark can sort them by itself, which is quicker."""
    from pyspark.sql import functions as F

    def compare(one: Column, other: Column) -> Column:
        return F.when(one[_NUMBER] < other[_NUMBER], -1).when(one[_NUMBER] > other[_NUMBER], 1).otherwise(0)

    ordered = F.array_sort(found) if has_order else F.array_sort(found, compare)

    def is_first(item: Column, index: Column) -> Column:
        before = F.get(ordered, index - 1)
        return (index == 0) | (before[_NUMBER] != item[_NUMBER])

    return F.filter(ordered, is_first)


def events_of(own: Column | None) -> Column:
    """The events of a row for the conditions: those it has itself, and those that were found."""
    from pyspark.sql import functions as F

    found = F.transform(F.col(quoted(_FOUND)), lambda each: each[_EVENT])
    if own is None:
        return found
    return F.when(F.size(found) > 0, F.coalesce(F.concat(own, found), found)).otherwise(own)


def raw_events() -> Column:
    """The events that were found, for the compiled evaluator."""
    from pyspark.sql import functions as F

    return F.transform(F.col(quoted(_FOUND)), lambda each: each[_RAW])


def identities_of(frame: DataFrame) -> Column:
    """The identities of profiles, as ``#identities``."""
    return Identities(frame.schema, PROFILE_FIELDS).all(of_events=False).alias(_IDENTITIES)


def has_identities(frame: DataFrame, *, of_events: bool) -> bool:
    """Whether there are columns that could hold an identity."""
    return bool(Identities(frame.schema, EVENT_FIELDS if of_events else PROFILE_FIELDS).fields)

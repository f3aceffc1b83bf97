"""Whose are these events?  Of all profiles that have one of their identities, in the load or in the store.

As in `pqltools.data.events`: where profiles share an identity each has the event, and the events that are joined come
behind those that a profile has, in the order of their files.
"""

from __future__ import annotations

from pqltools.data.decoding import EVENTS
from pqltools.engines.store.cleaning import IDS
from pqltools.engines.store.filling import EVENT_ROWS, JOINED, ROWS, STAGE, count
from pqltools.engines.store.shapes import Shape, quoted, sql_type
from pqltools.engines.store.store import GONE, IDENTITIES, LENGTH, NUMBER, PID
from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.engines.store.store import Store

#: How many events are joined to profiles.
_LENGTHS = f"{STAGE}.lengths"
_COLUMN = quoted(LENGTH + EVENTS)


@record
class Joined(Record):
    """How many events were joined to profiles, and how many belong to none."""

    events: int = 0
    orphans: int = 0


def of_events(shape: Shape) -> Shape:
    """The shape of a profile that has events of a shape, and nothing else."""
    return Shape("object", fields=((EVENTS, Shape("array", within=shape)),))


def join(store: Store, old: Shape, event: Shape) -> Joined:
    """Stage the rows of events, of the shape `event`, for the table of events; `old` is the shape that the store had.

    The profiles are staged, and those that they replace are in `GONE`.
    """
    run, pid = store.connection.execute, quoted(PID)
    who = f"SELECT {pid}, unnest({quoted(IDS)}) AS identity FROM {ROWS}"
    lengths = f"SELECT {pid}, coalesce(len({quoted(EVENTS)}), 0) AS length FROM {ROWS}"
    if not store.is_empty:
        stay = f"{pid} NOT IN (SELECT {pid} FROM {GONE})"
        who += f" UNION ALL SELECT {pid}, identity FROM {quoted(IDENTITIES)} WHERE {stay}"
        if old.field(EVENTS) is not None:
            lengths += f" UNION ALL SELECT {pid}, coalesce({_COLUMN}, 0) FROM profiles WHERE {stay}"
            lengths += f" UNION ALL SELECT new, length FROM {GONE} WHERE new IS NOT NULL"
    known = f"SELECT rowid AS event, unnest({quoted(IDS)}) AS identity FROM {EVENT_ROWS}"
    run(f"CREATE TABLE {STAGE}.belongs AS SELECT DISTINCT {pid}, event FROM ({who}) JOIN ({known}) USING (identity)")
    run(f"CREATE TABLE {_LENGTHS} AS SELECT {pid}, count(*) AS more FROM {STAGE}.belongs GROUP BY {pid}")
    fields = ", ".join(f"{quoted(name)} := e.{quoted(name)}" for name, _ in event.fields)
    item = f"CAST(struct_pack({fields or quoted('#') + ' := TRUE'}) AS {sql_type(event)})"
    place = f"row_number() OVER (PARTITION BY b.{pid} ORDER BY b.event)"
    run(
        f"CREATE TABLE {JOINED} AS SELECT b.{pid}, {item} AS item, "
        f"CAST(coalesce(l.length, 0) + {place} AS UINTEGER) AS {quoted(NUMBER)} FROM {STAGE}.belongs AS b "
        f"JOIN {EVENT_ROWS} AS e ON e.rowid = b.event "
        f"LEFT JOIN (SELECT {pid}, sum(length) AS length FROM ({lengths}) GROUP BY {pid}) AS l ON l.{pid} = b.{pid}"
    )
    joined = count(store, f"(SELECT DISTINCT event FROM {STAGE}.belongs)")
    return Joined(joined, count(store, EVENT_ROWS) - joined)


def lengthen(store: Store, *, joined: bool) -> None:
    """Tell the profiles in the store of the events that they have kept, and that were joined to them."""
    run, pid = store.connection.execute, quoted(PID)
    parts = [f"SELECT new AS {pid}, length AS more FROM {GONE} WHERE new IS NOT NULL"]
    if joined:
        parts.append(f"SELECT {pid}, more FROM {_LENGTHS}")
    more = f"SELECT {pid}, sum(more) AS more FROM ({' UNION ALL '.join(parts)}) GROUP BY {pid}"
    run(
        f"UPDATE profiles SET {_COLUMN} = CAST(coalesce({_COLUMN}, 0) + m.more AS UINTEGER) FROM ({more}) AS m "
        f"WHERE profiles.{pid} = m.{pid}"
    )

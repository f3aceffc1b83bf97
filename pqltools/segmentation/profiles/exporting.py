"""Which profiles are exported?  Those that a filter leaves, chosen by numbers before any of them is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from pqltools.segmentation.profiles.memberships import STATUSES
from pqltools.segmentation.profiles.model import Filter, Policy
from pqltools.segmentation.profiles.reading import Wanted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def chosen(cursor: DuckDBPyConnection, schema: str, policy: Policy, filter: Filter) -> Wanted:
    """What to read for a filter; the numbers are put into a table of the connection."""
    conditions: list[str] = []
    if filter.segments is not None:
        conditions.append(_qualifying(cursor, schema, filter))
    if filter.ingested_after is not None:
        late = f"SELECT number FROM {schema}.batches WHERE ingested > {int(filter.ingested_after)}"
        conditions.append(
            f"""pid IN (SELECT pid FROM {schema}.fragments WHERE batch IN ({late})
            UNION ALL SELECT pid FROM {schema}.events WHERE batch IN ({late}))"""
        )
    condition = " AND ".join(conditions) or "true"
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE chosen AS SELECT pid FROM {schema}.profiles WHERE {condition}")
    return Wanted(
        schema,
        policy,
        events=filter.events,
        memberships=True,
        empty_profiles=filter.empty_profiles,
        chosen="chosen",
        batches=_batches(schema, filter),
    )


def sampled(cursor: DuckDBPyConnection, schema: str, size: int) -> str:
    """The table with so many profiles, chosen by chance, but always the same as long as there are no others."""
    # By a hash, for samples of DuckDB depend on how its threads come to share the work.
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE chosen AS
            SELECT pid FROM {schema}.profiles ORDER BY hash(pid), pid LIMIT {int(size)}"""
    )
    return "chosen"


def _qualifying(cursor: DuckDBPyConnection, schema: str, filter: Filter) -> str:
    rows = [(id, STATUSES[status]) for id, statuses in filter.segments or () for status in statuses]
    ids, statuses = [id for id, _ in rows], [status for _, status in rows]
    cursor.register("asked", pa.table({"id": pa.array(ids, pa.string()), "status": pa.array(statuses, pa.uint8())}))
    bounds = ""
    if filter.qualified_from is not None:
        bounds += f" AND since >= {int(filter.qualified_from)}"
    if filter.qualified_until is not None:
        bounds += f" AND since <= {int(filter.qualified_until)}"
    return f"""pid IN (SELECT m.pid FROM {schema}.memberships m JOIN {schema}.segments s USING (seg)
        JOIN asked a ON a.id = s.id AND a.status = m.status WHERE true{bounds})"""


def _batches(schema: str, filter: Filter) -> str:
    """The condition on events by the time of their ingestion."""
    bounds = []
    if filter.events_after is not None:
        bounds.append(f"ingested > {int(filter.events_after)}")
    if filter.events_until is not None:
        bounds.append(f"ingested <= {int(filter.events_until)}")
    return f" AND batch IN (SELECT number FROM {schema}.batches WHERE {' AND '.join(bounds)})" if bounds else ""

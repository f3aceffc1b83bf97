"""Who is in which segment, and since when?  All memberships that a job changes, in one transaction and in bulk.

The rules are those of `pqltools.evaluation.membership`, for sets of profiles at once; a law compares the two. The store
keeps memberships of segments that were evaluated here; those that fragments bring along stay in the fragments.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pqltools.evaluation.membership import KEPT
from pqltools.segmentation.problems import Problem
from pqltools.segmentation.profiles.model import Applied
from pqltools.segmentation.profiles.tables import number_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: The numbers of the statuses, in the table.
STATUSES = {"realized": 1, "existing": 2, "exited": 3}
_NAMES = {number: name for name, number in STATUSES.items()}


def apply(
    cursor: DuckDBPyConnection,
    schema: str,
    job: str,
    now: int,
    results: Mapping[str, Iterable[int]],
    unknown: Mapping[str, Iterable[int]],
    *,
    legacy: bool,
) -> Applied:
    """Change the memberships in this transaction; see `ProfileStore.apply_memberships`."""
    if cursor.execute(f"SELECT 1 FROM {schema}.jobs WHERE id = ?", [job]).fetchall():
        raise Problem(409, "UPAPI-900409-409", f"The results of the job {job} are stored already.")
    cursor.execute(f"INSERT INTO {schema}.jobs VALUES (?, ?)", [job, now])
    numbers = _numbers(cursor, schema, results)
    cursor.register("qualifying", _pairs({numbers[id]: pids for id, pids in results.items()}))
    failed = {numbers[id]: pids for id, pids in unknown.items() if id in numbers}
    cursor.register("undecided", _pairs(failed))
    cursor.register("evaluated", pa.table({"seg": pa.array(numbers.values(), pa.int32())}))
    member = "old.status IN (1, 2)"
    undecided = "(SELECT seg, pid FROM undecided)" if any(True for pids in failed.values() for _ in pids) else None
    kept = f"OR (old.seg, old.pid) IN {undecided}" if undecided else ""
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE next AS
        SELECT coalesce(new.seg, old.seg) AS seg, coalesce(new.pid, old.pid) AS pid,
            CASE WHEN new.pid IS NULL THEN CASE WHEN false {kept} THEN old.status ELSE 3 END
                 WHEN {member} AND {legacy} THEN 2 ELSE 1 END::UTINYINT AS status,
            CASE WHEN (new.pid IS NULL) = coalesce({member}, false) AND NOT (new.pid IS NULL AND (false {kept}))
                THEN {int(now)} ELSE old.since END AS since
        FROM (SELECT DISTINCT seg, pid FROM qualifying) new
        FULL JOIN (SELECT * FROM {schema}.memberships WHERE seg IN (SELECT seg FROM evaluated)) old
            ON new.seg = old.seg AND new.pid = old.pid
        WHERE new.pid IS NOT NULL OR {member} {kept} OR old.since >= {int(now) - KEPT}"""
    )
    cursor.execute(f"DELETE FROM {schema}.memberships WHERE seg IN (SELECT seg FROM evaluated)")
    cursor.execute(f"INSERT INTO {schema}.memberships SELECT seg, pid, status, since FROM next ORDER BY pid, seg")
    return _counted(cursor, schema, numbers)


def forget(cursor: DuckDBPyConnection, schema: str, segments: Iterable[str]) -> None:
    """Remove the memberships of segments that there are no longer."""
    ids = list(segments)
    inside = "id IN (SELECT unnest(?::VARCHAR[]))"
    gone = f"SELECT seg FROM {schema}.segments WHERE {inside}"
    cursor.execute(f"DELETE FROM {schema}.memberships WHERE seg IN ({gone})", [ids])
    cursor.execute(f"DELETE FROM {schema}.segments WHERE {inside}", [ids])


def _numbers(cursor: DuckDBPyConnection, schema: str, ids: Iterable[str]) -> dict[str, int]:
    """The numbers of segments, given now to new ones."""
    known = dict(cursor.execute(f"SELECT id, seg FROM {schema}.segments").fetchall())
    free = number_of(cursor, f"SELECT coalesce(max(seg), 0) + 1 FROM {schema}.segments")
    found: dict[str, int] = {}
    for id in ids:
        if id not in known:
            known[id] = free
            cursor.execute(f"INSERT INTO {schema}.segments VALUES (?, ?)", [free, id])
            free += 1
        found[id] = known[id]
    return found


def _pairs(found: Mapping[int, Iterable[int]]) -> pa.Table:
    columns = [(number, _column(pids)) for number, pids in found.items()]
    if not columns:
        return pa.table({"seg": pa.array([], pa.int32()), "pid": pa.array([], pa.int64())})
    segs = [pa.repeat(pa.scalar(number, pa.int32()), len(pids)) for number, pids in columns]
    return pa.table({"seg": pa.chunked_array(segs), "pid": pa.chunked_array([pids for _, pids in columns])})


def _column(pids: Iterable[int]) -> Any:
    if isinstance(pids, array) and pids.typecode == "q":
        return pa.Array.from_buffers(pa.int64(), len(pids), [None, pa.py_buffer(pids)])
    return pa.array(pids, pa.int64())


def _counted(cursor: DuckDBPyConnection, schema: str, numbers: dict[str, int]) -> Applied:
    names = {number: id for id, number in numbers.items()}
    by_status: dict[str, dict[str, int]] = {id: {} for id in numbers}
    for seg, status, count in cursor.execute("SELECT seg, status, count(*) FROM next GROUP BY ALL").fetchall():
        by_status[names[seg]][_NAMES[status]] = count
    by_namespace: dict[str, dict[str, int]] = {id: {} for id in numbers}
    query = f"""SELECT seg, namespace, count(*) FROM next JOIN {schema}.profiles USING (pid)
        WHERE status IN (1, 2) GROUP BY ALL"""
    for seg, namespace, count in cursor.execute(query).fetchall():
        by_namespace[names[seg]][namespace] = count
    return Applied(by_status, by_namespace)

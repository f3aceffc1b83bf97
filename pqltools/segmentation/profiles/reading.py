"""How do merged profiles come out?  Range by range of their numbers, as blocks of lines of JSON.

DuckDB puts the lines together: a fragment, its events, its memberships. Python merges only profiles with several
fragments, or with events of several batches that overlap in time. The column of lines that Arrow hands over is one
piece of memory with line after line, which is the block.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pqltools.data.decoding import EVENTS
from pqltools.data.values import decode_object
from pqltools.evaluation.recursion import room_for_depth
from pqltools.records import Record, record
from pqltools.segmentation.profiles.memberships import STATUSES
from pqltools.segmentation.profiles.merging import merged_fragments
from pqltools.segmentation.profiles.model import MergedBlock, Policy
from pqltools.segmentation.profiles.records import MEMBERSHIPS, encoded, events_in, ordered
from pqltools.segmentation.profiles.tables import number_of
from pqltools.types.time import instant_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: Bytes of a range, about.
_RANGE = 32 * 2**20
_SMALLEST, _LARGEST = 256, 100_000
_ROWS = 2**11
_IN_SLOW = "pid IN (SELECT pid FROM slow)"
_STATUSES = tuple(STATUSES)
_STATUS = f"{list(_STATUSES)}[status]"
_TIME = """strftime(make_timestamp(since * 1000), '%Y-%m-%dT%H:%M:%S')
    || CASE WHEN since % 1000 = 0 THEN 'Z' ELSE printf('.%03dZ', ((since % 1000) + 1000) % 1000) END"""


@record
class Wanted(Record):
    """What is read of a sandbox (`schema`): how it is merged, and what stands in the lines.

    `chosen` is a table of the numbers of profiles, None for all. `batches` is a condition on the batches of events.
    `empty_profiles` says that profiles without a fragment come too.
    """

    schema: str
    policy: Policy
    events: bool = True
    memberships: bool = False
    empty_profiles: bool = True
    chosen: str | None = None
    batches: str = ""


def blocks(cursor: DuckDBPyConnection, wanted: Wanted) -> Iterator[MergedBlock]:
    """All profiles, in blocks of a few megabytes, in the snapshot of the transaction of the cursor."""
    first, behind = 1, number_of(cursor, f"SELECT max(pid) + 1 FROM {wanted.schema}.profiles")
    step = _step(cursor, wanted)
    while first < behind:
        yield from _Range(cursor, wanted, first, min(first + step, behind)).blocks()
        first += step


def one(cursor: DuckDBPyConnection, wanted: Wanted, pid: int) -> tuple[bytes | None, list[str]]:
    """The line of one profile, None if nothing of it is left under this policy; and where its fragments come from.

    Queries as plain as these take a third of the time of those that put many profiles together.
    """
    schema, order = wanted.schema, wanted.policy.order

    def rows(query: str) -> list[tuple[Any, ...]]:
        return cursor.execute(query.format(schema=schema), [pid]).fetchall()

    found = rows("SELECT ts, batch, seq, dataset, body FROM {schema}.fragments WHERE pid = ?")
    if order is not None:
        found = [row for row in found if row[3] in order]
    sources = list(dict.fromkeys(row[3] for row in sorted(found, key=lambda row: row[1:3])))
    rank = {dataset: -place for place, dataset in enumerate(order or ())}
    found.sort(key=lambda row: (rank.get(row[3], 0), *row[:3]))
    events = sorted(rows("SELECT batch, body FROM {schema}.events WHERE pid = ?"))
    if not found and not events:
        return None, []
    held = sorted(rows("SELECT seg, status, since FROM {schema}.memberships WHERE pid = ?"))
    ids = dict(cursor.execute(f"SELECT seg, id FROM {schema}.segments").fetchall()) if held else {}
    known = [(ids[seg], _STATUSES[status - 1], instant_text(since)) for seg, status, since in held if seg in ids]
    with room_for_depth():
        line = _Range(cursor, wanted, pid, pid + 1).line(
            pid, [(row[4],) for row in found], [(body,) for _, body in events], known
        )
    return line, sources


def _step(cursor: DuckDBPyConnection, wanted: Wanted) -> int:
    profiles = number_of(cursor, f"SELECT count(*) FROM {wanted.schema}.profiles")
    size = number_of(cursor, f"SELECT sum(size) FROM {wanted.schema}.batches")
    return max(_SMALLEST, min(_LARGEST, _RANGE * max(profiles, 1) // max(size, 1)))


class _Range:
    """The profiles with numbers of a range."""

    def __init__(self, cursor: DuckDBPyConnection, wanted: Wanted, first: int, behind: int) -> None:
        self.cursor = cursor
        self.wanted = wanted
        chosen = f" AND pid IN (SELECT pid FROM {wanted.chosen})" if wanted.chosen else ""
        inside = f"pid >= {first} AND pid < {behind}{chosen}" if behind > first + 1 else f"pid = {first}{chosen}"
        schema, order = wanted.schema, wanted.policy.order
        self.fragments = f"SELECT * FROM {schema}.fragments WHERE {inside}"
        if order is not None:
            self.fragments += f" AND dataset IN ({', '.join(map(_quoted, order)) or 'NULL'})"
        nothing = "" if wanted.events else " AND false"
        self.events = f"SELECT * FROM {schema}.events WHERE {inside}{nothing}{wanted.batches}"
        self.all_events = f"SELECT pid FROM {schema}.events WHERE {inside}"
        self.memberships = f"SELECT * FROM {schema}.memberships WHERE {inside}"

    def blocks(self) -> Iterator[MergedBlock]:
        """The blocks: first what DuckDB puts together, then what Python merges."""
        slow = [row[0] for row in self.cursor.execute(self._slow()).fetchall()]
        self.cursor.execute("CREATE OR REPLACE TEMP TABLE slow (pid BIGINT)")
        if slow:
            import pyarrow as pa

            self.cursor.register("slow_pids", pa.table({"pid": pa.array(slow, pa.int64())}))
            self.cursor.execute("INSERT INTO slow SELECT pid FROM slow_pids")
        relation = self.cursor.sql(self._fast())
        for batch in relation.to_arrow_reader(_ROWS):
            if batch.num_rows:
                yield _block(batch)
        if slow:
            yield from self.merged(_IN_SLOW)

    def _slow(self) -> str:
        """The profiles that Python has to merge: by queries that read nothing but numbers."""
        several = "count(*) > 1 OR NOT bool_and(plain)" if self.wanted.memberships else "count(*) > 1"
        return f"""
            SELECT pid FROM ({self.fragments}) GROUP BY pid HAVING {several}
            UNION SELECT pid FROM (
                SELECT pid, first, max(last) OVER (
                    PARTITION BY pid ORDER BY first ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
                FROM ({self.events}) WHERE pid IN (SELECT pid FROM ({self.events}) GROUP BY pid HAVING count(*) > 1)
            ) WHERE first <= before"""

    def _fast(self) -> str:
        """The number and the line of each profile of which DuckDB can make one."""
        not_slow = "pid NOT IN (SELECT pid FROM slow)"
        ((count, profiles),) = self._rows(f"SELECT count(*), count(DISTINCT pid) FROM ({self.events})")
        events = f"SELECT pid, body FROM ({self.events}) WHERE {not_slow}"
        if count != profiles:
            events = f"""SELECT pid, string_agg(body, ',' ORDER BY first) AS body
                FROM ({self.events}) WHERE {not_slow} GROUP BY pid"""
        tail = "'}' || chr(10)"
        memberships = ""
        if self.wanted.memberships:
            memberships = f"LEFT JOIN ({self._membership_texts()}) m ON m.pid = f.pid"
            tail = f"coalesce(m.text, '') || {tail}"
        listed = f"""coalesce(',"{EVENTS}":[' || e.body || ']', '')"""
        query = f"""
            SELECT f.pid, f.body || {listed} || {tail} AS line
            FROM (SELECT pid, body FROM ({self.fragments}) WHERE {not_slow}) f
            LEFT JOIN ({events}) e ON e.pid = f.pid {memberships}"""
        if not self.wanted.empty_profiles:
            return query
        own = f"SELECT pid FROM ({self.fragments})"
        return f"""{query}
            UNION ALL
            SELECT f.pid, {_IDENTITY} || {listed} || {tail}
            FROM (SELECT * FROM {self.wanted.schema}.profiles
                WHERE pid IN ({self.all_events}) AND pid NOT IN ({own}) AND {not_slow}) f
            LEFT JOIN ({events}) e ON e.pid = f.pid {memberships}"""

    def _membership_texts(self) -> str:
        entry = f"""to_json(id)::VARCHAR || ':{{"lastQualificationTime":"' || {_TIME}
            || '","status":"' || {_STATUS} || '"}}'"""
        return f"""
            SELECT pid, ',"{MEMBERSHIPS}":{{"ups":{{' || string_agg({entry}, ',') || '}}}}' AS text
            FROM ({self.memberships}) JOIN {self.wanted.schema}.segments USING (seg) GROUP BY pid"""

    def merged(self, condition: str) -> Iterator[MergedBlock]:
        """The lines of the profiles that Python merges: those that fulfil a condition."""
        fragments = _by_pid(self._rows(self._ordered_fragments(condition)))
        events = _by_pid(self._rows(f"SELECT pid, body FROM ({self.events}) WHERE {condition} ORDER BY pid, batch"))
        known: dict[int, list[Any]] = {}
        if self.wanted.memberships:
            query = f"""SELECT pid, id, {_STATUS}, {_TIME} FROM ({self.memberships})
                JOIN {self.wanted.schema}.segments USING (seg) WHERE {condition} ORDER BY pid, seg"""
            known = _by_pid(self._rows(query))
        lines: list[bytes] = []
        pids = array("q")
        with room_for_depth():
            for pid in sorted({*fragments, *events}):
                line = self.line(pid, fragments.get(pid, []), events.get(pid, []), known.get(pid, []))
                if line is not None:
                    lines.append(line)
                    pids.append(pid)
        if lines:
            yield MergedBlock(b"".join(lines), pids)

    def _ordered_fragments(self, condition: str) -> str:
        """The fragments that Python merges, the least important first."""
        order = self.wanted.policy.order
        rank = ""
        if order is not None:
            rank = f"list_position([{', '.join(map(_quoted, order))}], dataset) DESC, "
        return f"""SELECT pid, body FROM ({self.fragments}) WHERE {condition}
            ORDER BY pid, {rank}ts, batch, seq"""

    def line(self, pid: int, fragments: list[Any], events: list[Any], known: list[Any]) -> bytes | None:
        """The line of one profile that Python merges, the least important fragment first."""
        if fragments:
            parts = [f"{body}}}".encode() for (body,) in fragments]
            profile = decode_object(parts[0]) if len(parts) == 1 else merged_fragments(map(decode_object, parts))
        elif self.wanted.empty_profiles:
            ((namespace, id),) = self._rows(
                f"SELECT namespace, id FROM {self.wanted.schema}.profiles WHERE pid = {pid}"
            )
            profile = {"identityMap": {namespace: [{"id": id, "primary": True}]}} if namespace else {"_id": id}
        else:
            return None
        if known:
            _add_memberships(profile, known)
        line = encoded(profile)
        listed = [event.body for event in ordered([event for (body,) in events for event in events_in(body.encode())])]
        if listed:
            line = b'%b,"%b":[%b]}' % (line[:-1], EVENTS.encode(), b",".join(listed))
        return line + b"\n"

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.cursor.execute(query).fetchall()


#: What is known of who has events only, as the beginning of an object.
_IDENTITY = """CASE WHEN f.namespace = '' THEN '{"_id":' || to_json(f.id)::VARCHAR
    ELSE '{"identityMap":{' || to_json(f.namespace)::VARCHAR || ':[{"id":' || to_json(f.id)::VARCHAR
        || ',"primary":true}]}' END"""


def _add_memberships(profile: dict[str, Any], known: list[Any]) -> None:
    """Put the memberships of segments that were evaluated here over those that the fragments brought."""
    held = profile.get(MEMBERSHIPS)
    own = {id: {"lastQualificationTime": time, "status": status} for id, status, time in known}
    others: dict[str, Any] = {}
    for namespace, segments in held.items() if held.__class__ is dict else ():
        if namespace.lower() != "ups" or segments.__class__ is not dict:
            others[namespace] = segments
        else:
            own = {**segments, **own}
    profile[MEMBERSHIPS] = {**others, "ups": own}


def _by_pid(rows: list[tuple[Any, ...]]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for pid, *rest in rows:
        found.setdefault(pid, []).append(rest)
    return found


def _block(batch: Any) -> MergedBlock:
    """The block that a batch of numbers and lines is."""
    numbers, lines = batch.column(0), batch.column(1)
    count = len(lines)
    pids = array("q")
    pids.frombytes(memoryview(numbers.buffers()[1])[numbers.offset * 8 : (numbers.offset + count) * 8])
    offsets = memoryview(lines.buffers()[1]).cast("i")
    text = memoryview(lines.buffers()[2])[offsets[lines.offset] : offsets[lines.offset + count]]
    return MergedBlock(bytes(text), pids)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

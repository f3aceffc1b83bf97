"""How do nested profiles become rows?  SQL that goes over staged profiles once for each table, parents first.

Rows of a table that has timestamps are written in their order, so that a window of time is found in few places.
"""

from __future__ import annotations

from pqltools.data.decoding import EVENTS
from pqltools.engines.store.cleaning import IDS
from pqltools.engines.store.projecting import projected_fields
from pqltools.engines.store.shapes import Shape, Table, quoted, sql_type, tables_of, without_tables
from pqltools.engines.store.store import ABOVE, CARRIED, IDENTITIES, IS_NULL, LENGTH, NUMBER, PARENT, PID, ROW

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.engines.store.store import Store

#: The database of what is staged, and the table of the profiles in it, which have a column for each field.
STAGE = "stage"
RAW = f"{STAGE}.raw"
#: The same with their numbers.
ROWS = f"{STAGE}.rows"
#: Events that come apart from their profiles, and the rows of them once these are known.
EVENT_ROWS = f"{STAGE}.events"
JOINED = f"{STAGE}.joined"


def columns_of(table: Table) -> dict[str, str]:
    """The columns of a table and their types."""
    found = {PID: "UINTEGER"}
    if table.parent is None:
        found["#id"] = "VARCHAR"
    else:
        found |= {NUMBER: "UINTEGER", IS_NULL: "BOOLEAN"}
        if table.inner():
            found[ROW] = "BIGINT"
        if table.parent.parent is not None:
            found[PARENT] = "BIGINT"
            for name, field in carried(table.parent):
                found[ABOVE + name] = sql_type(field)
    for inner in table.inner():
        found[LENGTH + ".".join(inner.own_path)] = "UINTEGER"
    for name, field in without_tables(table).fields:
        found[name] = sql_type(field)
    return found


def carried(table: Table) -> list[tuple[str, Shape]]:
    """The fields that the items of a table's rows have, too."""
    fields = dict(table.shape.fields)
    return [(name, fields[name]) for name in CARRIED if name in fields and fields[name].kind == "scalar"]


def is_ordered(table: Table) -> bool:
    """Whether the rows of a table are in the order of their timestamps."""
    return dict(table.shape.fields).get(CARRIED[0]) == Shape("scalar", "Timestamp")


def create(store: Store) -> None:
    """Make the tables of the store that are not there."""
    for table in tables_of(store.shape):
        columns = ", ".join(f"{quoted(name)} {type}" for name, type in columns_of(table).items())
        store.connection.execute(f"CREATE TABLE IF NOT EXISTS {quoted(table.name)} ({columns})")
    store.connection.execute(
        f"CREATE TABLE IF NOT EXISTS {quoted(IDENTITIES)} (identity VARCHAR, {quoted(PID)} UINTEGER)"
    )


def reshape(store: Store, old: Shape) -> None:
    """Give the tables of a store, which were made for the `old` shape, the columns of its shape."""
    run = store.connection.execute
    before = {table.path: table for table in tables_of(old)}
    for table in tables_of(store.shape):
        known = before.get(table.path)
        if known is None or columns_of(known) == columns_of(table):
            continue
        fields = dict(projected_fields("", without_tables(known), without_tables(table)))
        there = columns_of(known)
        parts = [
            f"{fields.get(name) or (quoted(name) if name in there else f'CAST(NULL AS {type})')} AS {quoted(name)}"
            for name, type in columns_of(table).items()
        ]
        run(f'CREATE TABLE "#new" AS SELECT {", ".join(parts)} FROM {quoted(table.name)}')
        run(f"DROP TABLE {quoted(table.name)}")
        run(f'ALTER TABLE "#new" RENAME TO {quoted(table.name)}')


def number(store: Store, *, merge: bool, keep_events: bool) -> int:
    """Give the staged profiles numbers, from the end of the store on; how many of them others replace.

    With `merge` the last one counts of those with the same id, with `keep_events` and the last events of these.
    """
    run, pid = store.connection.execute, quoted(PID)
    numbered = f"SELECT *, CAST(rowid + {store.end} AS UINTEGER) AS {pid} FROM {RAW}"
    run(f"CREATE VIEW {ROWS} AS {numbered}")
    store.end += count(store, RAW)
    if not merge:
        return 0
    known = f'SELECT {pid}, max({pid}) OVER (PARTITION BY "#id") AS last FROM {ROWS} WHERE "#id" IS NOT NULL'
    run(f"CREATE TABLE {STAGE}.gone AS SELECT {pid}, last FROM ({known}) WHERE {pid} < last")
    gone = count(store, f"{STAGE}.gone")
    if not gone:
        return 0
    stays = f"{pid} NOT IN (SELECT {pid} FROM {STAGE}.gone)"
    if keep_events and store.shape.field(EVENTS) is not None:
        events, held = quoted(EVENTS), f"{STAGE}.held"
        before = f"SELECT last, {pid}, {events} FROM {STAGE}.gone JOIN {ROWS} USING ({pid}) WHERE {events} IS NOT NULL"
        run(f"CREATE TABLE {held} AS SELECT last, arg_max({events}, {pid}) AS events FROM ({before}) GROUP BY last")
        numbered = (
            f"SELECT r.* REPLACE (coalesce(r.{events}, h.events) AS {events}) FROM ({numbered}) AS r "
            f"LEFT JOIN {held} AS h ON h.last = r.{pid}"
        )
    run(f"CREATE OR REPLACE VIEW {ROWS} AS SELECT * FROM ({numbered}) WHERE {stays}")
    return gone


def count(store: Store, table: str) -> int:
    """The number of rows of a table."""
    row = store.connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row is not None
    return int(row[0])


def stage(store: Store, *, joined: bool) -> None:
    """Take the arrays of the staged profiles apart, in the database of what is staged, with events that were `joined`.

    A transaction writes to one database only, so this is done before that of the store begins.
    """
    for table in store.tables():
        if table.parent is not None and table.inner():
            held = f"{STAGE}.{quoted(table.name + ' raw')}"
            store.connection.execute(f"CREATE TABLE {held} AS {_items(table, joined)}")
            end = store.ends.get(table.name, 0)
            numbered = f"SELECT *, rowid + {end} AS {quoted(ROW)} FROM {held}"
            store.connection.execute(f"CREATE VIEW {_staged(table)} AS {numbered}")
            store.ends[table.name] = end + count(store, held)


def fill(store: Store, *, joined: bool) -> None:
    """Write the staged profiles into the tables; they have the shape of the store, and numbers in `PID`."""
    for table in store.tables():
        if table.parent is None:
            _insert(store, table, ROWS, "")
        else:
            _insert(store, table, _staged(table) if table.inner() else f"({_items(table, joined)})", "item.")
    identities = f"SELECT unnest({quoted(IDS)}), {quoted(PID)} FROM {ROWS}"
    store.connection.execute(f"INSERT INTO {quoted(IDENTITIES)} {identities}")


def _staged(table: Table) -> str:
    """Where rows are staged, with their arrays."""
    return f"{STAGE}.{quoted(table.name)}" if table.parent is not None else ROWS


def _prefix(table: Table) -> str:
    """What stands in front of the fields of staged rows."""
    return "item." if table.parent is not None else ""


def _items(table: Table, joined: bool) -> str:
    """The rows of a table from those of its parent that are staged."""
    parent = table.parent
    assert parent is not None
    array = _path(_prefix(parent), table.own_path)
    given = [quoted(PID)]
    if parent.parent is not None:
        given.append(f"{quoted(ROW)} AS {quoted(PARENT)}")
        given += [f"item.{quoted(name)} AS {quoted(ABOVE + name)}" for name, _ in carried(parent)]
    numbers = f"unnest({array}) AS item, generate_subscripts({array}, 1) AS {quoted(NUMBER)}"
    rows = f"SELECT {', '.join(given)}, {numbers} FROM {_staged(parent)}"
    if joined and table.path == (EVENTS,):
        rows += f" UNION ALL SELECT {quoted(PID)}, item, {quoted(NUMBER)} FROM {JOINED}"
    if not is_ordered(table):
        return rows
    return f"SELECT * FROM ({rows}) ORDER BY item.{quoted(CARRIED[0])}, {quoted(PID)}, {quoted(NUMBER)}"


def _insert(store: Store, table: Table, source: str, prefix: str) -> None:
    """Insert rows from a source, in which the names of fields have a prefix."""
    own = set(dict(without_tables(table).fields))
    parts = [quoted(name) for name in columns_of(table) if name not in own and not name.startswith((LENGTH, IS_NULL))]
    if table.parent is not None:
        parts.append(f"item IS NULL AS {quoted(IS_NULL)}")
    for inner in table.inner():
        length = f"CAST(len({_path(prefix, inner.own_path)}) AS UINTEGER)"
        parts.append(f"{length} AS {quoted(LENGTH + '.'.join(inner.own_path))}")
    fields = projected_fields(prefix, table.shape, without_tables(table))
    parts += [f"{sql} AS {quoted(name)}" for name, sql in fields]
    store.connection.execute(f"INSERT INTO {quoted(table.name)} BY NAME SELECT {', '.join(parts)} FROM {source}")


def _path(prefix: str, names: tuple[str, ...]) -> str:
    return prefix + ".".join(map(quoted, names))

"""What is the SQL of a pass over a table?  Rows with a bit for each slot, put together by profile."""

from __future__ import annotations

from sqlglot import exp

from pqltools.engines.duckdb.slots import ABOVE_ROW, OWN, PROFILE, SLOTS, columns_of, slot_index
from pqltools.engines.store.shapes import quoted
from pqltools.engines.store.store import ABOVE, CARRIED, NUMBER, PARENT, PID, ROW

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.expressions import Expression

    from pqltools.engines.duckdb.slots import Slot, Slots

#: So many bits has the number of a row.
BITS = 63
#: With so many slots it pays to look for the rows of some before all are put together.
_FEW = 6
_NEUTRAL = {"exists": "FALSE", "count": "0", "whole": "0", "sum": "0e0", "min": "NULL", "max": "NULL", "first": "NULL"}
_LOW, _HIGH = (exp.GT, exp.GTE), (exp.LT, exp.LTE)


def grouped(slots: Slots, wanted: Sequence[Slot], *, exact: bool, among: str | None = None, masks: bool = False) -> str:
    """The values of slots of one table, a row for each profile (or row of the parent) that has rows for some.

    The columns are ``id`` and the names of the slots; with `masks` a number ``m`` with a bit for each slot in place of
    those that are ``exists``. With `exact` doubles are added up in the order of their array, otherwise in any, and
    there are sums of their absolute values (``a…``), too. `among` is a table of the only profiles that matter.
    """
    of_row = wanted[0].of_row
    key = PARENT if of_row else PID
    bits = {slot.index: 1 << position for position, slot in enumerate(wanted)}
    mask = " | ".join(f"CASE WHEN {_condition(slots, slot)} THEN {bits[slot.index]} ELSE 0 END" for slot in wanted)
    values = [f"{_sql(slots, slot.value)} AS v{slot.index}" for slot in wanted if slot.value is not None]
    uses_order = any(slot.kind == "first" or (slot.kind == "sum" and exact) for slot in wanted)
    order = [f"{OWN}.{quoted(NUMBER)} AS no"] if uses_order else []
    if exact and any(slot.is_ordered_above for slot in wanted):
        order.append(f"{ABOVE_ROW}.{quoted(NUMBER)} AS above")
    parts = ", ".join([f"{OWN}.{quoted(key)} AS id", f"CAST({mask} AS BIGINT) AS m", *values, *order])
    rows = f"SELECT {parts} FROM {_source(slots, wanted, exact=exact)}"
    limits = [
        *_window(wanted),
        *_any_of(slots, wanted),
        *([] if among is None else [f"{OWN}.{quoted(PID)} IN (SELECT pid FROM {among})"]),
    ]
    if limits:
        rows += f" WHERE {' AND '.join(limits)}"
    found = ["id"]
    if masks:
        found.append("bit_or(m) AS m")
    for slot in wanted:
        if slot.kind != "exists" or not masks:
            found.append(f"{_aggregate(slot, bits[slot.index], exact)} AS {slot.name}")
        if slot.kind == "sum" and not exact:
            found.append(f"sum(abs(v{slot.index})) FILTER (m & {bits[slot.index]} <> 0) AS a{slot.index}")
    return f"SELECT {', '.join(found)} FROM ({rows}) GROUP BY id"


def _any_of(slots: Slots, wanted: Sequence[Slot]) -> list[str]:
    """Some condition holds: worth the work where there are few, most of them for few rows."""
    if len(wanted) > _FEW:
        return []
    return [f"({' OR '.join(f'({_condition(slots, slot)})' for slot in wanted)})"]


def _condition(slots: Slots, slot: Slot) -> str:
    """The condition of a slot; of one that leaves out nulls also that there is a value."""
    condition = _sql(slots, slot.condition)
    if slot.value is None or slot.kind == "first":
        return condition
    has_value = f"({_sql(slots, slot.value)}) IS NOT NULL"
    return has_value if condition == "TRUE" else f"({condition}) AND {has_value}"


def _aggregate(slot: Slot, bit: int, exact: bool) -> str:
    holds, value = f"FILTER (m & {bit} <> 0)", f"v{slot.index}"
    match slot.kind:
        case "exists":
            return f"(bit_or(m) & {bit}) <> 0"
        case "count":
            return f"count(*) {holds}"
        case "whole":
            return f"TRY_CAST(coalesce(sum({value}) {holds}, 0) AS BIGINT)"
        case "sum":
            places = "above, no" if slot.is_ordered_above else "no"
            total = f"list_sum(list({value} ORDER BY {places}) {holds})" if exact else f"sum({value}) {holds}"
            return f"coalesce({total}, 0e0)"
        case "first":
            return f"arg_min_null({value}, no) {holds}"
    return f"{slot.kind}({value}) {holds}"


def neutral(slot: Slot) -> str:
    """The value of a slot where there are no rows."""
    return _NEUTRAL[slot.kind]


def value_of(slot: Slot, column: str) -> str:
    """The value of a slot from its column, which is null where there were no rows, or is not a number."""
    if slot.kind == "sum":
        return f"(CASE WHEN {column} IS NULL THEN 0e0 WHEN isfinite({column}) THEN {column} END)"
    if slot.kind == "whole":
        # Null says that it is too large where there were rows.
        return column
    return column if neutral(slot) == "NULL" else f"coalesce({column}, {neutral(slot)})"


def _source(slots: Slots, wanted: Sequence[Slot], *, exact: bool) -> str:
    """The table, joined with what the expressions look at beside it, and an `exact` order."""
    table = wanted[0].table
    used = {column.table for slot in wanted for part in slot.parts() for column in columns_of(part)}
    source = f"{quoted(table.name)} AS {OWN}"
    if ABOVE_ROW in used or (exact and any(slot.is_ordered_above for slot in wanted)):
        assert table.parent is not None
        source += f" JOIN {quoted(table.parent.name)} AS {ABOVE_ROW}"
        source += f" ON {ABOVE_ROW}.{quoted(ROW)} = {OWN}.{quoted(PARENT)}"
    if PROFILE in used:
        source += f" JOIN profiles AS {PROFILE} ON {PROFILE}.{quoted(PID)} = {OWN}.{quoted(PID)}"
    inner: dict[str, dict[int, Slot]] = {}
    for slot in wanted:
        for index in slot.inner():
            below = slots.all[index]
            inner.setdefault(below.table.name, {})[index] = below
    for name, below_slots in inner.items():
        rows = grouped(slots, list(below_slots.values()), exact=True)
        alias = quoted(f"{SLOTS}:{name}")
        source += f" LEFT JOIN ({rows}) AS {alias} ON {alias}.id = {OWN}.{quoted(ROW)}"
    return source


def _sql(slots: Slots, part: Expression | None) -> str:
    """The SQL of a condition or a value, with the values of inner slots."""
    assert part is not None
    if not any(column.table == SLOTS for column in columns_of(part)):
        return part.sql("duckdb")
    copy = exp.Paren(this=part.copy())
    for column in [*columns_of(copy)]:
        if column.table == SLOTS:
            slot = slots.all[slot_index(column)]
            place = f"{quoted(f'{SLOTS}:{slot.table.name}')}.{slot.name}"
            column.replace(exp.Var(this=joined_value(slot, place, f"{quoted(f'{SLOTS}:{slot.table.name}')}.id")))
    return copy.sql("duckdb")


def joined_value(slot: Slot, column: str, id: str) -> str:
    """The value of a slot from a column of an outer join, whose `id` is null where there were no rows."""
    if slot.kind == "whole":
        return f"(CASE WHEN {id} IS NULL THEN 0 ELSE {column} END)"
    return value_of(slot, column)


def _window(wanted: Sequence[Slot]) -> list[str]:
    """Limits on the times of rows, so that few places of a table are read; none if some slot looks at all times."""
    lows: list[str] = []
    highs: list[str] = []
    for slot in wanted:
        low, high = bounds(slot)
        lows.append(low or "")
        highs.append(high or "")
    column = f"{OWN}.{quoted(time_column(wanted[0]))}"
    limits = []
    if all(lows):
        limits.append(f"{column} >= CAST('{min(lows)}' AS TIMESTAMP)")
    if all(highs):
        limits.append(f"{column} <= CAST('{max(highs)}' AS TIMESTAMP)")
    return limits


def time_column(slot: Slot) -> str:
    """The column by which the rows of a slot's table are ordered."""
    depth = len(list(slot.table.parents()))
    return CARRIED[0] if depth == 2 else ABOVE + CARRIED[0]


def bounds(slot: Slot) -> tuple[str | None, str | None]:
    """The first and the last time that a slot looks at, as text; None if that is not known."""
    condition = slot.condition
    low = high = None
    for part in condition.flatten() if isinstance(condition, exp.And) else [condition]:
        part = part.unnest() if isinstance(part, exp.Paren) else part
        if not isinstance(part, (*_LOW, *_HIGH, exp.EQ)) or not _is_time(part.this, time_column(slot)):
            continue
        text = _constant(part.expression)
        if text is None:
            continue
        if not isinstance(part, _HIGH):
            low = text if low is None else max(low, text)
        if not isinstance(part, _LOW):
            high = text if high is None else min(high, text)
    return low, high


def _is_time(node: Expression, name: str) -> bool:
    return isinstance(node, exp.Column) and node.table == OWN and node.name == name


def _constant(node: Expression) -> str | None:
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal) and node.this.is_string:
        text = str(node.this.this)
        return text if len(text) >= 19 and text[4] == "-" else None
    return None

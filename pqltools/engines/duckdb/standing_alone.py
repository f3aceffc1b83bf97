"""What is a definition as one query over the tables of a store?  Its profiles, with a query inside for each slot.

Jobs go through the tables in passes that serve many definitions; this is for people, who read and run it alone.
"""

from __future__ import annotations

from sqlglot import exp

from pqltools.engines.duckdb.layout import StoreLayout
from pqltools.engines.duckdb.missing import check_fields
from pqltools.engines.duckdb.slots import ABOVE_ROW, OWN, PROFILE, Slots, columns_of
from pqltools.engines.store.cleaning import ID
from pqltools.engines.store.store import NUMBER, PARENT, PID, ROW
from pqltools.sql.building import all_of, binary, call, case, coalesce, double, integer, is_not_null
from pqltools.sql.dialects.duckdb import DuckDB
from pqltools.sql.refusal import refusal
from pqltools.sql.translate import condition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlglot.expressions import Expression

    from pqltools.engines.duckdb.slots import Slot
    from pqltools.engines.store.store import Store
    from pqltools.workspace.definitions import Definition
    from pqltools.xdm.schema import Schema

#: Queries inside a query. DuckDB plans 100 in 1.5 seconds, 200 in 12, 500 in 230.
_MOST = 100


def store_query(store: Store, schema: Schema, definition: Definition) -> exp.Select:
    """``SELECT`` the ids of the profiles of a store for which a definition holds.

    Raises `NotInSQL`, and `PQLError` for a definition that asks for fields which were left out of the store.
    """
    import duckdb

    check_fields(store, schema, [definition])
    slots = Slots()
    layout = StoreLayout(store.tables(), schema.profile, slots)
    test = condition(definition.program, layout, DuckDB())
    found = _Queries(slots, definition).put_into(test, PROFILE, "")
    select = exp.select(exp.alias_(_column(PROFILE, ID), "id"))
    select = select.from_(_table("profiles", PROFILE)).where(found, copy=False)
    try:
        store.connection.execute(f"EXPLAIN {select.sql('duckdb')}").fetchall()
    except RecursionError:
        raise refusal("an expression that is nested so deep", definition.program.tree) from None
    except duckdb.Error as problem:
        reason = str(problem).splitlines()[0]
        raise refusal(f"an expression that DuckDB does not take ({reason})", definition.program.tree) from None
    return select


class _Queries:
    """Puts queries in the places of slots. Every row has an alias of its own."""

    def __init__(self, slots: Slots, definition: Definition) -> None:
        self._slots = slots
        self._definition = definition
        self._rows = 0

    def put_into(self, part: Expression, row: str, above: str) -> Expression:
        """An expression about a row, and the one above it, by their aliases."""
        copy = exp.Paren(this=part.copy())
        for column in [*columns_of(copy)]:
            if "slot" in column.meta:
                column.replace(self._query(self._slots.all[column.meta["slot"]], row))
            elif column.table in (OWN, ABOVE_ROW):
                column.set("table", exp.to_identifier(row if column.table == OWN else above))
        found: Expression = copy.this
        return found

    def _query(self, slot: Slot, row: str) -> Expression:
        """The value of a slot of a row."""
        self._rows += 1
        if self._rows > _MOST:
            help = "`pql job run` finds its members in few passes"
            construct = f"a definition with more than {_MOST} conditions on items"
            raise refusal(construct, self._definition.program.tree, help)
        own, above = f"r{self._rows}", f"r{self._rows}_above"
        parts = [self.put_into(part, own, above) for part in slot.parts()]
        tests = [parts[0]]
        if len(parts) > 1 and slot.kind != "first":
            tests.append(is_not_null(parts[1].copy()))
        if slot.of_row:
            tests.insert(0, binary("=", _column(own, PARENT), _column(row, ROW)))
        else:
            tests.insert(0, binary("=", _column(own, PID), _column(PROFILE, PID)))
        what = integer(1) if slot.kind == "exists" else _aggregate(slot, own, *parts[1:])
        select = exp.select(what).from_(_table(slot.table.name, own))
        looks_above = any(column.table == ABOVE_ROW for part in slot.parts() for column in columns_of(part))
        if looks_above or slot.is_ordered_above:
            assert slot.table.parent is not None
            on = binary("=", _column(above, ROW), _column(own, PARENT))
            select = select.join(_table(slot.table.parent.name, above), on=on)
        select = select.where(all_of(tests), copy=False)
        return exp.Exists(this=select) if slot.kind == "exists" else exp.Subquery(this=select)


def _aggregate(slot: Slot, row: str, *values: Expression) -> Expression:
    if slot.kind == "count":
        return call("COUNT", exp.Star())
    (value,) = values
    number = _column(row, NUMBER)
    if not any(column.table in (row, f"{row}_above") for column in columns_of(value)):
        # An aggregate of nothing but columns of the query around would be one of that query.
        value = case([(is_not_null(_column(row, PID)), value)])
    match slot.kind:
        case "whole":
            return exp.TryCast(this=coalesce(call("SUM", value), integer(0)), to=exp.DataType.build("BIGINT"))
        case "sum":
            # In the order of the array, as sums of doubles depend on it.
            numbers = [_column(f"{row}_above", NUMBER), number] if slot.is_ordered_above else [number]
            ordered = [exp.Ordered(this=each, nulls_first=False) for each in numbers]
            order = exp.Order(this=value, expressions=ordered)
            total = coalesce(call("LIST_SUM", exp.ArrayAgg(this=order)), double(0.0))
            return case([(call("ISFINITE", total), total.copy())])
        case "first":
            return call("ARG_MIN_NULL", value, number)
    return call(slot.kind.upper(), value)


def _table(name: str, alias: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True), alias=exp.TableAlias(this=exp.to_identifier(alias)))


def _column(row: str, name: str) -> Expression:
    return exp.column(exp.to_identifier(name, quoted=True), table=exp.to_identifier(row))

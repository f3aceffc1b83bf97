"""What is asked of the items of a profile?  Slots: aggregates of the rows of a table, equal ones once.

A slot of items of items belongs to a row of the parent's table, and is put together for that row first. Expressions
call the columns of a slot's own row by the alias `OWN`, those of the row above by `ABOVE_ROW`, of the profile by
`PROFILE`, and the values of slots by `SLOTS`.
"""

from __future__ import annotations

from sqlglot import exp

from pqltools.engines.store.filling import carried
from pqltools.engines.store.store import ABOVE
from pqltools.sql.building import all_of
from pqltools.sql.refusal import refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from sqlglot.expressions import Expression

    from pqltools.engines.store.shapes import Table

PROFILE, SLOTS, OWN, ABOVE_ROW = "p", "s", "t", "u"
_PREFIX = "s"


class Slot:
    """An aggregate over the rows for which a condition holds.

    `kind` is ``exists``, ``count``, ``sum``, ``whole`` (a sum of integers), ``min``, ``max`` or ``first``, and `value`
    what is added up or compared. `of_row` says that it is one for a row of the parent's table, not for a profile.
    """

    __slots__ = ("condition", "index", "kind", "of_row", "table", "value")

    def __init__(
        self, index: int, table: Table, kind: str, condition: Expression, value: Expression | None, *, of_row: bool
    ) -> None:
        self.index = index
        self.table = table
        self.kind = kind
        self.condition = condition
        self.value = value
        self.of_row = of_row

    @property
    def name(self) -> str:
        """The name of its column."""
        return f"{_PREFIX}{self.index}"

    def parts(self) -> list[Expression]:
        """Its expressions."""
        return [self.condition] if self.value is None else [self.condition, self.value]

    @property
    def is_ordered_above(self) -> bool:
        """Whether its rows are items of several rows above, which stand in the order of these, when it is a sum."""
        parent = self.table.parent
        return self.kind == "sum" and not self.of_row and parent is not None and parent.parent is not None

    def inner(self) -> list[int]:
        """The slots of its row that it uses."""
        found = (column for part in self.parts() for column in columns_of(part) if column.table == SLOTS)
        return list(dict.fromkeys(slot_index(column) for column in found))


class Slots:
    """The slots of a job, equal ones once."""

    def __init__(self) -> None:
        self.all: list[Slot] = []
        self._known: dict[tuple[str, ...], Slot] = {}
        self._aliases = 0
        #: The row above a row, by their aliases, where both are looked at together.
        self.above: dict[str, str] = {}

    def alias(self) -> str:
        """A name for a row that nothing else has."""
        self._aliases += 1
        return f"r{self._aliases}"

    def add(
        self,
        table: Table,
        kind: str,
        own: str,
        above: str,
        condition: Expression,
        value: Expression | None = None,
    ) -> Expression:
        """The value of a slot over the rows that expressions call `own`, in arrays of the row `above`.

        Raises `NotInSQL` if the expressions look at other rows.
        """
        pushed = self._pushed(table, kind, own, condition)
        if pushed is not None:
            table, condition = pushed
        else:
            condition = self._renamed(condition, table, own, above)
        condition = _cheap_first(condition)
        value = None if value is None else self._renamed(value, table, own, above)
        of_row = above != PROFILE
        key = (table.name, kind, str(of_row), condition.sql("duckdb"), "" if value is None else value.sql("duckdb"))
        slot = self._known.get(key)
        if slot is None:
            slot = self._known[key] = Slot(len(self.all), table, kind, condition, value, of_row=of_row)
            self.all.append(slot)
        # The alias of the row that the slot belongs to, so that it can be told who looks at whom.
        column = exp.Column(this=exp.to_identifier(slot.name, quoted=True), table=exp.to_identifier(above))
        column.meta["slot"] = slot.index
        return column

    def _pushed(self, table: Table, kind: str, own: str, condition: Expression) -> tuple[Table, Expression] | None:
        """``exists`` of rows one of whose items passes a test is ``exists`` of items, with the row's own conditions.

        The rows of items know some fields of the row above; for others the rows are joined.
        """
        if kind != "exists":
            return None
        conjuncts = conjuncts_of(condition)
        inner = [
            part for part in conjuncts if isinstance(part, exp.Column) and "slot" in part.meta and part.table == own
        ]
        if len(inner) != 1:
            return None
        slot = self.all[inner[0].meta["slot"]]
        others = [part for part in conjuncts if part is not inner[0]]
        if slot.kind != "exists" or any("slot" in column.meta for part in others for column in columns_of(part)):
            return None
        moved = [self._renamed(part, slot.table, "", own) for part in others]
        return slot.table, all_of([*moved, slot.condition.copy()])

    def _renamed(self, part: Expression, table: Table, own: str, above: str) -> Expression:
        """The expression with the names that slots have for rows. Raises `NotInSQL`."""
        part = part.copy()
        rows = (self.above.get(own), above if above != PROFILE else None)
        known = {name for name, _ in carried(table.parent)} if table.parent is not None else set()
        for column in [*columns_of(part)]:
            alias = column.table
            if alias == own and "slot" in column.meta:
                _call(column, SLOTS, column.name)
            elif alias == own:
                _call(column, OWN, column.name)
            elif alias in rows and "slot" not in column.meta:
                if column.name in known:
                    _call(column, OWN, ABOVE + column.name)
                else:
                    _call(column, ABOVE_ROW, column.name)
            elif alias == PROFILE and "slot" not in column.meta:
                continue
            else:
                raise refusal("a condition on items that looks at other items")
        return part


def _cheap_first(condition: Expression) -> Expression:
    """The same conjunction with comparisons in front of what calls functions."""
    parts = sorted(conjuncts_of(condition), key=_calls)
    return all_of([part.copy() for part in parts])


def _calls(part: Expression) -> bool:
    return part.find(exp.Func) is not None and part.find(exp.Cast) is None


def conjuncts_of(condition: Expression) -> list[Expression]:
    """What must all hold."""
    found: list[Any] = list(condition.flatten()) if isinstance(condition, exp.And) else [condition]
    return found


def _call(column: exp.Column, table: str, name: str) -> None:
    column.set("table", exp.to_identifier(table))
    column.set("this", exp.to_identifier(name, quoted=True))


def columns_of(part: Expression) -> Iterator[exp.Column]:
    """The columns that an expression uses, not the parameters of lambdas."""
    return (column for column in part.find_all(exp.Column) if column.table)


def slot_index(column: exp.Column) -> int:
    """Which slot a column of `SLOTS` is."""
    return int(column.name.removeprefix(_PREFIX))

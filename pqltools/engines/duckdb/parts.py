"""Into which conditions does a definition fall apart?  A tree of and, or and not over leaves."""

from __future__ import annotations

from sqlglot import exp

from pqltools.engines.duckdb.slots import columns_of
from pqltools.records import Record, hint, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from sqlglot.expressions import Expression

    from pqltools.engines.duckdb.slots import Slots


@record
class Leaf(Record):
    """A condition: its SQL, which stands for it, and whether it looks at columns of the profile.

    `slots` are those that it looks at itself.
    """

    sql: str
    uses_profile: bool
    slots: tuple[int, ...]
    condition: Expression = hint(default=None)

    def tables(self, slots: Slots) -> set[str]:
        """The names of the tables over which its slots go."""
        return {slots.all[index].table.name for index in self.slots}


@record
class Part(Record):
    """``and``, ``or`` or ``not`` of parts, a ``leaf``, or ``true`` and ``false``."""

    kind: str
    parts: tuple[Part, ...] = ()
    leaf: Leaf | None = None

    def leaves(self) -> Iterator[Leaf]:
        """All leaves."""
        if self.leaf is not None:
            yield self.leaf
        for part in self.parts:
            yield from part.leaves()


def part_of(condition: Expression) -> Part:
    """The parts of a condition of which null is as good as false."""
    match condition:
        case exp.Paren():
            return part_of(condition.this)
        case exp.Boolean():
            return Part("true" if condition.this else "false")
        case exp.Null():
            return Part("false")
        case exp.And() | exp.Or():
            operands: list[Any] = list(condition.flatten())
            return Part("and" if isinstance(condition, exp.And) else "or", tuple(map(part_of, operands)))
        case exp.Is() if isinstance(condition.expression, exp.Not) and condition.expression.this == exp.true():
            return Part("not", (part_of(condition.this),))
    columns = list(columns_of(condition))
    slots = dict.fromkeys(column.meta["slot"] for column in columns if "slot" in column.meta)
    uses_profile = any("slot" not in column.meta for column in columns)
    return Part("leaf", leaf=Leaf(condition.sql("duckdb"), uses_profile, tuple(slots), condition))

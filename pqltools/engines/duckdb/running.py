"""How does a job go through a store?  Leaf by leaf into sets of profiles, in passes that serve many leaves each."""

from __future__ import annotations

from sqlglot import exp

from pqltools.engines.duckdb.bits import Universe
from pqltools.engines.duckdb.dictionaries import Dictionaries
from pqltools.engines.duckdb.scans import BITS, bounds, grouped, joined_value, neutral, value_of
from pqltools.engines.duckdb.slots import PROFILE, columns_of
from pqltools.engines.store.shapes import quoted
from pqltools.engines.store.store import PID

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from pqltools.engines.duckdb.bits import Array
    from pqltools.engines.duckdb.parts import Leaf, Part
    from pqltools.engines.duckdb.slots import Slot, Slots
    from pqltools.engines.store.store import Store

#: Aggregates of one pass that are no bits. Each needs room for every profile: 50 definitions over ten million profiles
#: take 22 s with 24 of them and 5 GB, 12 s with 2; over a million it makes no difference.
_MOST_VALUES = 2
#: Bytes of Booleans that a pass over the profiles brings.
_ROOM = 256 * 2**20
#: What DuckDB takes at most, and if nobody says otherwise.
_MOST_BITS, _USUAL_BITS = 32, 12
#: Conditions that look at profiles and items together, in one query.
_MOST_MIXED = 24
#: Sums in any order are that close to those in order, as a share of the sum of the absolute values.
_CLOSE = "1e-9"


class Passes:
    """The passes for leaves over a store. `sets` has the profiles for which each leaf holds, by its SQL."""

    def __init__(self, store: Store, slots: Slots) -> None:
        self.store = store
        self.slots = slots
        self.run = store.connection.execute
        pids = self.run(f"SELECT {quoted(PID)} AS pid FROM profiles").fetchnumpy()["pid"]
        self.universe = Universe(pids, store.end)
        self.sets: dict[str, Array] = {}
        self._dictionaries = Dictionaries(store)
        self._simplified: set[int] = set()

    def find(self, leaves: Iterable[Leaf]) -> None:
        """Find the sets of leaves."""
        fresh = {leaf.sql: leaf for leaf in leaves if leaf.sql not in self.sets}
        self._simplify(index for leaf in fresh.values() for index in leaf.slots)
        attributes: list[Leaf] = []
        mixed: list[Leaf] = []
        by_table: dict[str, list[Leaf]] = {}
        for leaf in fresh.values():
            tables = leaf.tables(self.slots)
            if not leaf.slots:
                attributes.append(leaf)
            elif leaf.uses_profile or len(tables) > 1 or len(leaf.slots) > BITS // 2:
                mixed.append(leaf)
            else:
                by_table.setdefault(min(tables), []).append(leaf)
        self._attributes(attributes)
        for found in by_table.values():
            for some in self._packed(found):
                self._scan(some)
        for start in range(0, len(mixed), _MOST_MIXED):
            self._mixed(mixed[start : start + _MOST_MIXED])

    def _simplify(self, indices: Iterable[int]) -> None:
        """Make conditions of slots cheaper, where the values of columns are few."""
        pending = list(indices)
        while pending:
            index = pending.pop()
            if index not in self._simplified:
                self._simplified.add(index)
                slot = self.slots.all[index]
                slot.condition = self._dictionaries.simplified(slot.condition, slot.table.name)
                pending += slot.inner()

    def _attributes(self, leaves: list[Leaf]) -> None:
        """Leaves that look at columns of the profile alone."""
        import numpy

        step = max(8, min(64, _ROOM // max(self.store.end, 1)))
        for start in range(0, len(leaves), step):
            some = leaves[start : start + step]
            tests = [self._dictionaries.simplified(leaf.condition, "profiles").sql("duckdb") for leaf in some]
            columns = ", ".join(f"coalesce({test}, FALSE) AS c{index}" for index, test in enumerate(tests))
            found = self.run(f"SELECT {quoted(PID)} AS pid, {columns} FROM profiles AS {PROFILE}").fetchnumpy()
            for index, leaf in enumerate(some):
                held = numpy.zeros(self.store.end, dtype=bool)
                held[found["pid"]] = found[f"c{index}"]
                self.sets[leaf.sql] = numpy.packbits(held)

    def _packed(self, leaves: list[Leaf]) -> Iterator[list[Leaf]]:
        """Leaves for one pass each: those that look at about the same times, and not too many."""
        some: list[Leaf] = []
        held: set[int] = set()
        for leaf in sorted(leaves, key=lambda leaf: (self._needs_order(leaf), self._start(leaf))):
            more = held | set(leaf.slots)
            values = sum(self.slots.all[index].value is not None for index in more)
            is_other = bool(some) and self._needs_order(leaf) != self._needs_order(some[0])
            if some and (is_other or len(more) > BITS or values > _MOST_VALUES or len(some) >= BITS):
                yield some
                some, more = [], set(leaf.slots)
            some.append(leaf)
            held = more
        if some:
            yield some

    def _start(self, leaf: Leaf) -> str:
        return min(bounds(self.slots.all[index])[0] or "" for index in leaf.slots)

    def _needs_order(self, leaf: Leaf) -> bool:
        """Whether sums of doubles must be in order, because not all that is asked is how they compare with a number."""
        has_sum = any(self.slots.all[index].kind == "sum" for index in leaf.slots)
        return has_sum and self._limit(leaf) is None

    def _limit(self, leaf: Leaf) -> str | None:
        """The number with which a leaf compares a sum, if that is all that it does."""
        condition = leaf.condition
        if not isinstance(condition, exp.GT | exp.GTE | exp.LT | exp.LTE | exp.EQ | exp.NEQ) or len(leaf.slots) != 1:
            return None
        left, right = condition.this, condition.expression
        number = right.this if isinstance(right, exp.Neg) else right
        is_plain = isinstance(left, exp.Column) and isinstance(number, exp.Literal) and not number.is_string
        return str(right.sql("duckdb")) if is_plain else None

    def _scan(self, leaves: list[Leaf]) -> None:
        """Leaves that look at slots of one table."""
        wanted = self._wanted(leaves)
        exact = self._needs_order(leaves[0])
        bits = {slot.index: 1 << position for position, slot in enumerate(wanted)}
        found = self._query(leaves, wanted, bits, exact=exact)
        close = found.get("close")
        self._keep(leaves, wanted, found)
        if close is not None and close.any():
            self._again(leaves, wanted, bits, found["id"][close])

    def _again(self, leaves: list[Leaf], wanted: list[Slot], bits: dict[int, int], pids: Array) -> None:
        """Where a sum is so close to its limit that the order decides, add up in order."""
        import pyarrow

        self.store.connection.register("#close", pyarrow.table({"pid": pids}))
        try:
            found = self._query(leaves, wanted, bits, exact=True, among='"#close"')
        finally:
            self.store.connection.unregister("#close")
        close = self.universe.of(pids)
        for position, leaf in enumerate(leaves):
            held = self.universe.of(found["id"][(found["leaves"] & (1 << position)) != 0])
            self.sets[leaf.sql] = (self.sets[leaf.sql] & ~close) | held

    def _query(
        self, leaves: list[Leaf], wanted: list[Slot], bits: dict[int, int], *, exact: bool, among: str | None = None
    ) -> dict[str, Any]:
        """Rows of profiles that have some: with a bit for each leaf, and whether a sum is close to its limit."""
        inner = grouped(self.slots, wanted, exact=exact, among=among, masks=True)
        self.run(f"SET perfect_ht_threshold = {self._table_bits(wanted)}")
        holds = [
            f"CASE WHEN {self._leaf(leaf, bits)} THEN {1 << index} ELSE 0 END" for index, leaf in enumerate(leaves)
        ]
        close = [] if exact else [self._close(leaf) for leaf in leaves]
        known = [text for text in close if text]
        more = f", ({' OR '.join(known)}) AS close" if known else ""
        found: dict[str, Any] = self.run(
            f"SELECT id, CAST({' | '.join(holds)} AS BIGINT) AS leaves{more} FROM ({inner})"
        ).fetchnumpy()
        return found

    def _table_bits(self, wanted: list[Slot]) -> int:
        """How many bits the numbers of profiles may have for a plain table in place of one that hashes them."""
        bits = max(self.store.end, 1).bit_length() + 1
        values = 1 + sum(2 * (slot.value is not None) + (slot.kind == "count") for slot in wanted)
        return bits if (values * 16) << bits <= _ROOM and bits <= _MOST_BITS else _USUAL_BITS

    def _close(self, leaf: Leaf) -> str | None:
        slot = self.slots.all[leaf.slots[0]]
        if slot.kind != "sum":
            return None
        return f"coalesce(abs({slot.name} - ({self._limit(leaf)})) <= {_CLOSE} * a{slot.index}, FALSE)"

    def _keep(self, leaves: list[Leaf], wanted: list[Slot], found: dict[str, Any]) -> None:
        import numpy

        ids, held = found["id"], found["leaves"]
        defaults = self._defaults(leaves)
        for position, leaf in enumerate(leaves):
            chosen = numpy.full(self.store.end, defaults[position], dtype=bool)
            if defaults[position]:
                chosen[ids] = (held & (1 << position)) != 0
            else:
                chosen[ids[(held & (1 << position)) != 0]] = True
            self.sets[leaf.sql] = numpy.packbits(chosen) & self.universe.all

    def _defaults(self, leaves: list[Leaf]) -> list[bool]:
        """Whether leaves hold for profiles without any row."""
        answers: list[bool | None] = [False if isinstance(leaf.condition, exp.Column) else None for leaf in leaves]
        asked = [index for index, answer in enumerate(answers) if answer is None]
        if asked:
            tests = ", ".join(f"coalesce({self._substituted(leaves[index], neutral)}, FALSE)" for index in asked)
            (row,) = self.run(f"SELECT {tests}").fetchall()
            for index, answer in zip(asked, row, strict=True):
                answers[index] = bool(answer)
        return [bool(answer) for answer in answers]

    def _leaf(self, leaf: Leaf, bits: dict[int, int]) -> str:
        def value(slot: Slot) -> str:
            return f"(m & {bits[slot.index]}) <> 0" if slot.kind == "exists" else value_of(slot, slot.name)

        return self._substituted(leaf, value)

    def _substituted(self, leaf: Leaf, value: Any) -> str:
        """The SQL of a leaf with other expressions for its slots."""
        copy = exp.Paren(this=leaf.condition.copy())
        for column in [*columns_of(copy)]:
            if "slot" in column.meta:
                column.replace(exp.Var(this=f"({value(self.slots.all[column.meta['slot']])})"))
        return str(copy.sql("duckdb"))

    def _wanted(self, leaves: Sequence[Leaf]) -> list[Slot]:
        indices = dict.fromkeys(index for leaf in leaves for index in leaf.slots)
        return [self.slots.all[index] for index in indices]

    def _mixed(self, leaves: list[Leaf]) -> None:
        """Leaves that look at the profile and its items together, or at items of several tables."""
        import numpy

        by_table: dict[str, list[Slot]] = {}
        for slot in self._wanted(leaves):
            by_table.setdefault(slot.table.name, []).append(slot)
        source = f"profiles AS {PROFILE}"
        places: dict[int, str] = {}
        for name, all_of_table in by_table.items():
            for start in range(0, len(all_of_table), BITS):
                some = all_of_table[start : start + BITS]
                alias = quoted(f"{name} {start}")
                source += f" LEFT JOIN ({grouped(self.slots, some, exact=True)}) AS {alias}"
                source += f" ON {alias}.id = {PROFILE}.{quoted(PID)}"
                places.update((slot.index, alias) for slot in some)

        def value(slot: Slot) -> str:
            return joined_value(slot, f"{places[slot.index]}.{slot.name}", f"{places[slot.index]}.id")

        tests = ", ".join(
            f"coalesce({self._substituted(leaf, value)}, FALSE) AS c{index}" for index, leaf in enumerate(leaves)
        )
        found = self.run(f"SELECT {PROFILE}.{quoted(PID)} AS pid, {tests} FROM {source}").fetchnumpy()
        for index, leaf in enumerate(leaves):
            held = numpy.zeros(self.store.end, dtype=bool)
            held[found["pid"]] = found[f"c{index}"]
            self.sets[leaf.sql] = numpy.packbits(held)

    # Definitions.

    def set_of(self, part: Part) -> Array:
        """The profiles for which a definition holds, once its leaves have been found."""
        match part.kind:
            case "leaf":
                assert part.leaf is not None
                return self.sets[part.leaf.sql]
            case "true":
                return self.universe.all
            case "false":
                return self.universe.none()
            case "not":
                return ~self.set_of(part.parts[0]) & self.universe.all
        found = self.set_of(part.parts[0])
        for other in part.parts[1:]:
            found = found & self.set_of(other) if part.kind == "and" else found | self.set_of(other)
        return found

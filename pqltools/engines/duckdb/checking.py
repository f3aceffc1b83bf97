"""Which definitions would DuckDB refuse after all?  It is asked beforehand, about many at once."""

from __future__ import annotations

from pqltools.engines.duckdb.scans import grouped
from pqltools.engines.duckdb.slots import PROFILE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.engines.duckdb.parts import Leaf, Part
    from pqltools.engines.duckdb.slots import Slots
    from pqltools.engines.store.store import Store


def unusable(store: Store, slots: Slots, parts: dict[int, Part]) -> dict[int, str]:
    """The indices of definitions that DuckDB does not take, and why."""
    leaves = {leaf.sql: leaf for part in parts.values() for leaf in part.leaves()}
    checking = _Checking(store, slots)
    bad = checking.bad(list(leaves.values()))
    found: dict[int, str] = {}
    for index, part in parts.items():
        reasons = [bad[leaf.sql] for leaf in part.leaves() if leaf.sql in bad]
        if reasons:
            found[index] = reasons[0]
    return found


class _Checking:
    def __init__(self, store: Store, slots: Slots) -> None:
        self.store = store
        self.slots = slots

    def bad(self, leaves: list[Leaf]) -> dict[str, str]:
        """What is wrong with leaves, by their SQL; halves of those in which something is are looked at apart."""
        if not leaves:
            return {}
        problem = self._problem(leaves)
        if problem is None:
            return {}
        if len(leaves) == 1:
            return {leaves[0].sql: problem}
        middle = len(leaves) // 2
        return {**self.bad(leaves[:middle]), **self.bad(leaves[middle:])}

    def _problem(self, leaves: list[Leaf]) -> str | None:
        import duckdb

        try:
            for sql in self._queries(leaves):
                self.store.connection.execute(f"EXPLAIN {sql}").fetchall()
        except duckdb.Error as problem:
            return f"DuckDB does not take it: {str(problem).splitlines()[0]}"
        return None

    def _queries(self, leaves: list[Leaf]) -> list[str]:
        plain = [leaf.sql for leaf in leaves if not leaf.slots]
        found = (
            [f"SELECT {', '.join(f'({sql})::BOOLEAN' for sql in plain)} FROM profiles AS {PROFILE}"] if plain else []
        )
        by_table: dict[str, list[int]] = {}
        for index in dict.fromkeys(index for leaf in leaves for index in leaf.slots):
            by_table.setdefault(self.slots.all[index].table.name, []).append(index)
        for indices in by_table.values():
            for start in range(0, len(indices), 40):
                some = [self.slots.all[index] for index in indices[start : start + 40]]
                found.append(grouped(self.slots, some, exact=True))
        return found

"""What does a plan say?  Which tables are read, with which columns and times, and what definitions have in common."""

from __future__ import annotations

from pqltools.engines.duckdb.scans import bounds
from pqltools.engines.duckdb.slots import ABOVE_ROW, OWN, PROFILE, columns_of
from pqltools.engines.engine import Pass, Shared
from pqltools.engines.store.store import ABOVE, LENGTH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.expressions import Expression

    from pqltools.engines.duckdb.parts import Part
    from pqltools.engines.duckdb.slots import Slot, Slots


def passes_of(parts: dict[int, Part], slots: Slots) -> Iterator[Pass]:
    """What is read, one entry a table."""
    columns: dict[str, dict[str, None]] = {}
    conditions: dict[str, set[str]] = {}
    users: dict[str, set[int]] = {}
    windows: dict[str, list[tuple[str | None, str | None]]] = {}
    for index, part in parts.items():
        for leaf in part.leaves():
            if leaf.uses_profile:
                _note(columns, "profiles", leaf.condition, PROFILE)
                conditions.setdefault("profiles", set()).add(leaf.sql)
                users.setdefault("profiles", set()).add(index)
            for slot in _with_inner(leaf.slots, slots):
                name = slot.table.name
                above = slot.table.parent
                for each in slot.parts():
                    _note(columns, name, each, OWN)
                    if above is not None:
                        _note(columns, above.name, each, ABOVE_ROW)
                    _note(columns, "profiles", each, PROFILE)
                conditions.setdefault(name, set()).add(slot.name)
                users.setdefault(name, set()).add(index)
                windows.setdefault(name, []).append(bounds(slot))
    for name, used in columns.items():
        yield Pass(
            name,
            tuple(sorted(used)),
            len(conditions.get(name, ())),
            len(users.get(name, ())),
            _window(windows.get(name, [])),
        )


def _with_inner(indices: tuple[int, ...], slots: Slots) -> list[Slot]:
    pending, found = list(indices), []
    while pending:
        slot = slots.all[pending.pop()]
        found.append(slot)
        pending += slot.inner()
    return found


def _note(columns: dict[str, dict[str, None]], table: str, part: Expression, alias: str) -> None:
    from sqlglot import exp

    for column in columns_of(part):
        if column.table != alias or "slot" in column.meta:
            continue
        names = [column.name]
        node: Expression = column
        while isinstance(node.parent, exp.Dot) and node.parent.this is node:
            node = node.parent
            names.append(node.expression.name)
        text = ".".join(names).removeprefix(ABOVE)
        if text.startswith(LENGTH):
            text = f"{text.removeprefix(LENGTH)} (its length)"
        columns.setdefault(table, {})[text] = None


def _window(limits: list[tuple[str | None, str | None]]) -> str:
    lows = [low for low, _ in limits]
    highs = [high for _, high in limits]
    low = min(filter(None, lows)) if lows and all(lows) else None
    high = max(filter(None, highs)) if highs and all(highs) else None
    if low is None and high is None:
        return ""
    return f"{low or 'the beginning'} to {high or 'the end'}"


def shared_of(parts: dict[int, Part], slots: Slots, titles: Sequence[str]) -> Iterator[Shared]:
    """The conditions and aggregates that several definitions ask for, those of most definitions first."""
    found: dict[str, dict[int, None]] = {}
    for index, part in parts.items():
        for leaf in part.leaves():
            if leaf.uses_profile and not leaf.slots:
                found.setdefault(leaf.sql, {})[index] = None
            for slot in leaf.slots:
                found.setdefault(_text(slots.all[slot]), {})[index] = None
    several = [(text, users) for text, users in found.items() if len(users) > 1]
    for text, users in sorted(several, key=lambda entry: -len(entry[1])):
        yield Shared(text, tuple(titles[index] for index in users))


def _text(slot: Slot) -> str:
    value = "" if slot.value is None else f" of {slot.value.sql('duckdb')}"
    return f"{slot.kind}{value} in {slot.table.name} where {slot.condition.sql('duckdb')}"

"""How many profiles qualify?  The numbers of a run as a table for people, and as data."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from pqltools.data.events import Counts
    from pqltools.workspace.definitions import Definition
    from pqltools.workspace.runs import Tally


def table(definitions: Sequence[Definition], tally: Tally, counts: Counts | None, *, nulls: bool) -> str:
    """The table, without a line end."""
    rows = [["definition", "profiles", "qualified", "share", *(["null-decided"] if nulls else []), "errors"]]
    for index, definition in enumerate(definitions):
        qualified = tally.qualified[index]
        evaluated = tally.profiles - tally.failed[index]
        row = [definition.title, f"{evaluated:,}", f"{qualified:,}", _share(qualified, evaluated)]
        row += [f"{tally.unknown[index]:,}"] if nulls else []
        rows.append([*row, f"{tally.failed[index]:,}"])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        first, *rest = row
        cells = [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        lines.append("  ".join([first.ljust(widths[0]), *cells]))
    return "\n".join([*lines, *_notes(tally, counts)])


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def _notes(tally: Tally, counts: Counts | None) -> list[str]:
    """What else is to be known: bad lines, and where the events went."""
    notes = []
    if tally.bad_lines:
        notes.append(f"{_lines(tally.bad_lines)} no profile")
    if counts is not None:
        text = f"events: {counts.joined:,} joined"
        text += f" ({counts.shared:,} to several profiles)" if counts.shared else ""
        text += f", {counts.orphans:,} without a profile" if counts.orphans else ""
        text += f" ({counts.nameless:,} of them without an identity)" if counts.nameless else ""
        notes.append(text)
        if counts.bad:
            notes.append(f"{_lines(counts.bad)} no event")
    return notes


def _lines(count: int) -> str:
    return "1 line holds" if count == 1 else f"{count:,} lines hold"


def data(definitions: Sequence[Definition], tally: Tally, counts: Counts | None, *, nulls: bool) -> dict[str, Any]:
    """The same as JSON. `nullDecided` is missing where it was not found out, `events` where none were joined."""
    rows = []
    for index, definition in enumerate(definitions):
        row: dict[str, Any] = {
            "definition": definition.title,
            "id": definition.id,
            "profiles": tally.profiles - tally.failed[index],
            "qualified": tally.qualified[index],
        }
        if nulls:
            row["nullDecided"] = tally.unknown[index]
        rows.append({**row, "errors": tally.failed[index]})
    found: dict[str, Any] = {"profiles": tally.profiles, "badLines": tally.bad_lines, "definitions": rows}
    if counts is not None:
        found["events"] = {name: getattr(counts, name) for name in ("joined", "shared", "orphans", "nameless", "bad")}
    return found

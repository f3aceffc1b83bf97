"""What does ``pql deps --json`` print?  The dependencies of all definitions, or the users of one field, as JSON."""

from __future__ import annotations

import json

from pqltools.checks.field_paths import path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.checks.field_paths import Path
    from pqltools.workspace.catalogue import Catalogue, Entry


def listing_data(catalogue: Catalogue) -> str:
    """All definitions, each with a `key` by which the others refer to it."""
    definitions = [
        {
            **_entry(entry),
            "fields": [path_text(path) for path in entry.uses.fields],
            "event_types": [*entry.uses.event_types],
            "segments": [*entry.uses.segments],
            "all_segments": [*catalogue.segments_below(entry)],
            "unknown_segments": [id for id in entry.uses.segments if id not in catalogue.by_id],
            "used_by": [user.key for user in catalogue.used_by(entry)],
        }
        for entry in catalogue.entries
    ]
    duplicates = [[entry.key for entry in group] for group in catalogue.duplicates()]
    return _written({"definitions": definitions, "duplicates": duplicates})


def field_data(catalogue: Catalogue, field: Path) -> str:
    """Who uses a field; `by_way_of_segments` are the keys of those that depend on one of them."""
    found = catalogue.users_of_field(field)
    users = []
    for entry, used, span in found:
        _, line, column = entry.place(span)
        users.append({**_entry(entry), "line": line, "column": column, "field": path_text(used)})
    further = [entry.key for entry in catalogue.dependents(entry for entry, _, _ in found)]
    return _written({"field": path_text(field), "uses": users, "by_way_of_segments": further})


def _entry(entry: Entry) -> dict[str, Any]:
    file, line, column = entry.place()
    return {
        "key": entry.key,
        "id": entry.id,
        "name": entry.name,
        "file": file,
        "path": entry.embedded.path,
        "line": line,
        "column": column,
    }


def _written(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"

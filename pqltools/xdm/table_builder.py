"""How is `standard.txt`, the embedded table of standard XDM fields, made?  From compact lists of names and types.

The input is derived from the public repository ``adobe/xdm`` (Adobe Systems Incorporated, CC BY 4.0), commit
4a4fc5f8dd175cd81f2419b85130a6fc25053890, and is no part of this repository:

* two *compact* files, for XDM Individual Profile and XDM ExperienceEvent with their common field groups: an object with
  ``types``, the data types by name, and ``root``. A node is a letter for a scalar, ``$name`` for a data type, an object
  of nodes, ``{"[": node}`` for an array and ``{"{": node}`` for a map;
* the two *unions* that they were made from, in the form of a Schema Registry response; only closed lists of values, the
  event types that are suggested and the deprecated flag are taken from them;
* a list of field groups, tab-separated: which fields each adds to the top level.

Names, types, values and flags go into the table; titles and descriptions do not. Run while developing only::

    python -m pqltools.xdm.table_builder FOLDER

where FOLDER holds ``compact/profile.json``, ``compact/event.json``, ``profile_union.json``,
``experienceevent_union.json`` and ``fieldgroups.tsv``. The form of the table is described in `pqltools.xdm.table`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pqltools.xdm.table import PATH

COMMIT = "4a4fc5f8dd175cd81f2419b85130a6fc25053890"
_ABOUT = f"""\
# Names and types of standard XDM fields, written by pqltools/xdm/table_builder.py; do not edit.
# From adobe/xdm, commit {COMMIT}.
# (c) Adobe Systems Incorporated, CC BY 4.0, modified: names, types, values and deprecated flags only."""

#: Components that are no field groups, and the fields that they add to the top level.
_OTHER_COMPONENTS = {
    "xdm/common/auditable": ("repositoryCreatedBy", "repositoryLastModifiedBy", "createdByBatchID",
                             "modifiedByBatchID", "_repo"),
    "xdm/common/external-source-system-audit-details": ("extSourceSystemAudit",),
    "xdm/context/identitymap": ("identityMap",),
    "xdm/context/profile": ("_id", "_repo", "repositoryCreatedBy", "repositoryLastModifiedBy", "createdByBatchID",
                            "modifiedByBatchID", "personID"),
    "xdm/context/experienceevent": ("_id", "timestamp", "eventType", "eventMergeId", "producedBy", "identityMap"),
    "xdm/data/record": ("_id",),
}  # fmt: skip
_ROOTS = {"xdm/context/profile": "P", "xdm/context/experienceevent": "E"}
_HOST = "https://ns.adobe.com/"
#: The field whose open list of values is taken: nobody knows those by heart, and few conditions on events do without.
_SUGGESTING = "eventType"


class _Table:
    """The blocks of the table: name to lines."""

    def __init__(self) -> None:
        self.blocks: dict[str, list[str]] = {}

    def add(self, name: str, compact: dict[str, Any], union: dict[str, Any]) -> None:
        """The block of a root with all that it refers to."""
        self.types = compact["types"]
        self.block(name, compact["root"], union)

    def block(self, name: str, members: dict[str, Any], raw: dict[str, Any]) -> None:
        """The block of an object; a data type may come again, and must be the same then."""
        lines = []
        for member, node in members.items():
            field = raw["properties"][member]
            flags = "!" if field.get("meta:status") == "deprecated" else ""
            inner = f"{name if name.startswith('.') else '.' + name}/{member}"
            text, leaf = self.type(node, field, inner)
            values = leaf.get("enum", []) if isinstance(leaf, dict) else []
            if member == _SUGGESTING and text == "s" and not values and leaf.get("meta:enum"):
                values, flags = [*leaf["meta:enum"]], f"{flags}~"
            if not all(isinstance(value, str) and value.isprintable() for value in values):
                raise ValueError(f"{inner}: a value that the table cannot hold: {values}")
            lines.append("\t".join([member, flags + text, *values]))
        if self.blocks.setdefault(name, lines) != lines:
            raise ValueError(f"{name} is not the same everywhere")

    def type(self, node: Any, raw: dict[str, Any], inner: str) -> tuple[str, dict[str, Any]]:
        """The type of a field as text, and the schema node that its values have; objects become blocks."""
        if isinstance(node, str):
            if node.startswith("$"):
                self.block(node[1:], self.types[node[1:]], raw)
            return node, raw
        if "[" in node:
            text, leaf = self.type(node["["], raw["items"], inner)
            return "[" + text, leaf
        if "{" in node:
            text, leaf = self.type(node["{"], raw["additionalProperties"], inner)
            return "{" + text, leaf
        self.block(inner, node, raw)
        return f"${inner}", raw


def build(folder: Path) -> str:
    """The text of the table, from the files in `folder`."""
    table = _Table()
    for name, union in (("profile", "profile_union"), ("event", "experienceevent_union")):
        table.add(name, _json(folder / "compact" / f"{name}.json"), _json(folder / f"{union}.json"))
    parts = [_ABOUT, *("\n".join([name, *lines]) for name, lines in table.blocks.items())]
    parts.append("\n".join(["components", *_components(folder / "fieldgroups.tsv")]))
    return "\n\n".join(parts) + "\n"


def _json(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def _components(path: Path) -> list[str]:
    """A line for each component that is part of one of the roots: name, the roots, its top-level fields."""
    found = {name: (_ROOTS.get(name, "PE"), names) for name, names in _OTHER_COMPONENTS.items()}
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        kind, _, uri, _, _, names, ours = line.split("\t")
        if ours:
            found[uri.removeprefix(_HOST)] = (kind, tuple(names.split(",")))
    return ["\t".join([name, kind, *names]) for name, (kind, names) in sorted(found.items())]


def main() -> None:
    """Write the table next to this module."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m pqltools.xdm.table_builder FOLDER")
    Path(PATH).write_text(build(Path(sys.argv[1])), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

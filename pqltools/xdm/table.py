"""What does the embedded table of standard XDM fields say?  Blocks of lines, each turned into schema nodes on demand.

`standard.txt` consists of blocks with an empty line between two. The first line of a block is its name: ``profile`` and
``event`` are the roots, others are data types by their ``$id`` (without ``https://ns.adobe.com/``), or, with a dot in
front, objects that have no name of their own. Each further line is a field: name, type and values, separated by tabs.
A type is a letter (`TYPES`), ``$block``, ``[`` and the type of the items, or ``{`` and the type of a map's values;
``!`` in front marks a deprecated field, ``~`` one whose values are suggestions and not all there are. The block
``components`` says which of the roots' fields a component has. Reading it takes a tenth of a millisecond, because
nothing is looked at before somebody asks.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PATH = os.path.join(os.path.dirname(__file__), "standard.txt")  # noqa: PTH118, PTH120 - pathlib is slow to import

#: The letters of the table and the XDM types that they stand for.
TYPES = {
    "s": "string",
    "t": "date-time",
    "d": "date",
    "B": "boolean",
    "n": "number",
    "l": "long",
    "i": "int",
    "h": "short",
    "b": "byte",
}
HOST = "https://ns.adobe.com/"
#: What the identifiers of the roots and of nameless objects begin with; no `$id` does.
SCHEME = "standard:"
_COMPONENTS = "components"
PROFILE, EVENT = f"{SCHEME}profile", f"{SCHEME}event"


class Table:
    """The blocks, and the schema nodes that have been made of them."""

    def __init__(self, text: str) -> None:
        self.blocks: dict[str, str] = {}
        for block in text.split("\n\n")[1:]:
            name, _, lines = block.partition("\n")
            self.blocks[name] = lines
        self._nodes: dict[str, dict[str, Any] | None] = {}

    def node(self, identifier: str) -> dict[str, Any] | None:
        """The schema node of a component with this `$id`, None if it is not in the table.

        It has only one level: data types and nameless objects in it are references.
        """
        if identifier not in self._nodes:
            self._nodes[identifier] = self._read(identifier)
        return self._nodes[identifier]

    def _read(self, identifier: str) -> dict[str, Any] | None:
        if identifier.startswith(SCHEME):
            name = identifier[len(SCHEME) :]
        elif identifier.startswith(HOST):
            name = identifier[len(HOST) :]
        else:
            name = identifier
        lines = self.blocks.get(name) if name != _COMPONENTS else None
        roots, fields = self._component(name)
        if lines is None and not roots:
            return None
        node: dict[str, Any] = {"$id": identifier, "type": "object"}
        if roots:
            node["meta:roots"] = roots
        if lines is not None:
            node["properties"] = dict(map(_field, lines.splitlines()))
        else:
            whole = PROFILE if "P" in roots else EVENT
            node["allOf"] = [{"$ref": whole, "meta:refProperty": [f"/{field}" for field in fields]}]
        return node

    def _component(self, name: str) -> tuple[str, list[str]]:
        """Of which roots a field group or class is a part, and with which of their fields; nothing for others."""
        lines = f"\n{self.blocks[_COMPONENTS]}\n"
        at = lines.find(f"\n{name}\t")
        if at < 0:
            return "", []
        _, roots, *fields = lines[at + 1 : lines.index("\n", at + 1)].split("\t")
        return roots, fields


def _field(line: str) -> tuple[str, dict[str, Any]]:
    name, text, *values = line.split("\t")
    node: dict[str, Any] = {}
    if text[0] == "!":
        text = text[1:]
        node["meta:status"] = "deprecated"
    if text[0] == "~":
        text = text[1:]
        node["meta:enum"] = dict.fromkeys(values, "")
        values = []
    return name, _type(text, values, node)


def _type(text: str, values: list[str], node: dict[str, Any]) -> dict[str, Any]:
    """`node` with the keywords of the type `text`, whose values, or those inside, are `values` if there are any."""
    first = text[0]
    if first == "$":
        name = text[1:]
        node["$ref"] = f"{SCHEME}{name}" if name[0] == "." else name if "://" in name else f"{HOST}{name}"
    elif first == "[":
        node["meta:xdmType"] = "array"
        node["items"] = _type(text[1:], values, {})
    elif first == "{":
        node["meta:xdmType"] = "map"
        node["additionalProperties"] = _type(text[1:], values, {})
    else:
        node["meta:xdmType"] = TYPES[first]
        if values:
            node["enum"] = values
    return node


_table: Table | None = None


def table() -> Table:
    """The embedded table, read once."""
    global _table
    if _table is None:
        with open(PATH, encoding="utf-8") as file:  # noqa: PTH123 - pathlib is slow to import
            _table = Table(file.read())
    return _table

"""What does ``pql deps --dot`` print?  A graph in the language of Graphviz.

Definitions are boxes, segments that are not among the files dashed ones, fields ellipses and event types notes. Nodes
are numbered; what users wrote stands in labels only, where a quote and a backslash are all that needs care.
"""

from __future__ import annotations

from pqltools.checks.field_paths import path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.workspace.catalogue import Catalogue

_HEAD = """\
digraph dependencies {
  rankdir=LR;
  node [fontname="sans-serif"];
"""


def graph(catalogue: Catalogue) -> str:
    """The graph."""
    numbers: dict[tuple[str, object], int] = {}
    nodes: list[str] = []
    edges: list[str] = []

    def node(kind: str, value: object, label: str, style: str) -> int:
        if (kind, value) not in numbers:
            numbers[kind, value] = len(numbers)
            nodes.append(f"  n{numbers[kind, value]} [label={_quoted(label)}, {style}];\n")
        return numbers[kind, value]

    for entry in catalogue.entries:
        node("entry", entry.key, entry.title, "shape=box")
    for entry in catalogue.entries:
        source = numbers["entry", entry.key]
        for id in entry.uses.segments:
            known = catalogue.by_id.get(id)
            target = numbers["entry", known.key] if known else node("unknown", id, id, "shape=box, style=dashed")
            edges.append(f"  n{source} -> n{target};\n")
        for path in entry.uses.fields:
            edges.append(f"  n{source} -> n{node('field', path, path_text(path), 'shape=ellipse')};\n")
        for event in entry.uses.event_types:
            edges.append(f"  n{source} -> n{node('event', event, event, 'shape=note')};\n")
    return f"{_HEAD}{''.join(nodes)}{''.join(edges)}}}\n"


def _quoted(label: str) -> str:
    """A label as a quoted string. A backslash would begin an escape of Graphviz; control characters have no place."""
    text = "".join([char if char.isprintable() else " " for char in label])
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

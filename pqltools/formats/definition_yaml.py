"""How are definitions read from YAML?  The parser's events to nodes with their places, without recursion.

Aliases are kept as references and never expanded, so that a file of a few lines cannot grow to gigabytes. Plain scalars
mean what they do in the core schema of YAML 1.2: `yes` and `2024-01-31` are strings. Merge keys are not followed.
"""

from __future__ import annotations

import re

from pqltools.diagnostics import Diagnostic, PQLError, Related, error
from pqltools.formats.definition_places import Spelling
from pqltools.formats.json_checks import bracket_limit
from pqltools.formats.json_locations import excerpt
from pqltools.formats.yaml_faults import invalid_yaml
from pqltools.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from pqltools.formats.json_locations import Path
    from pqltools.source import Source, Span

_PROPERTIES = re.compile(r"(?:[&!][^\s]*[ \t]*(?:#[^\r\n]*)?(?:(?:\r\n|\n|\r)[ \t]*)*)*")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= dict.fromkeys(("true", "True", "TRUE"), True) | dict.fromkeys(("false", "False", "FALSE"), False)
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_NO_NUMBER = re.compile(r"\.([inIN])")
#: How much deeper than an expression the definition file around it may go.
_AROUND = 16


class Node:
    """A scalar, a list or a mapping; or an alias, whose `target` is one of them."""

    __slots__ = (
        "anchor",
        "by_key",
        "end",
        "flow",
        "items",
        "keys",
        "kind",
        "plain",
        "start",
        "style",
        "tag",
        "target",
        "text",
    )

    def __init__(self, kind: str, start: int, end: int) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.text = ""
        self.style = ""
        self.plain = False
        self.flow = False
        self.tag: str | None = None
        self.anchor: str | None = None
        self.target: Node = self
        self.items: list[Node] = []
        self.keys: list[Node] = []
        #: The values of a complete mapping.
        self.by_key: dict[object, Node] = {}

    def scalar(self) -> str | int | float | bool | None:
        """What the scalar means."""
        if self.plain and self.tag is None:
            return plain_value(self.text)
        return self.text


def plain_value(text: str) -> str | int | float | bool | None:
    """What a plain scalar means in the core schema."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _INTEGER.fullmatch(text):
        digits = text[:30]
        return int(digits, {"0o": 8, "0x": 16}.get(text[:2], 10))
    if _FLOAT.fullmatch(text):
        return float(_NO_NUMBER.sub(r"\1", text))
    return text


class YamlDocument:
    """One YAML document in a file: its nodes, and the same as plain data in which aliases share their objects."""

    #: YAML forbids keys that are there twice, wherever they are.
    repeated: tuple[Diagnostic, ...] = ()

    def __init__(self, source: Source, root: Node, used: set[Node]) -> None:
        self.source = source
        self.root = root
        #: The nodes that aliases refer to.
        self.used = used
        self.data = data(root)

    def look_up(self, paths: set[Path]) -> None:
        """Nothing to do: nodes know their places."""

    def value(self, path: Path) -> Any:
        """The decoded value at `path`, None if there is none."""
        found = self._way(path)
        return data(found[-1]) if found else None

    def place(self, path: Path) -> Span | None:
        """Where the value at `path` stands in the file."""
        found = self._way(path)
        return (found[-1].start, found[-1].end) if found else None

    def _way(self, path: Path) -> list[Node] | None:
        """The nodes from the root to `path`, aliases among them, the last one not an alias."""
        node = self.root
        way = [node]
        for step in path:
            below = child(node.target, step)
            if below is None:
                return None
            if node is not node.target:
                way.append(node.target)
            node = below
            way.append(node)
        if node is not node.target:
            way.append(node.target)
        return way

    def spelling(self, path: Path) -> Spelling | None:
        """How the value at `path` is written."""
        way = self._way(path)
        if way is None:
            return None
        node = way[-1]
        text = self.source.text
        start = node.start
        properties = _PROPERTIES.match(text, start, node.end) if node.tag or node.anchor else None
        if properties is not None:
            start = properties.end()
        value = data(node)
        style = node.style if node.kind == "scalar" else "node"
        raw = text[start : node.end]
        if style == "node":
            raw = raw.rstrip()  # a block scalar at its end takes its line end with it
        return Spelling(style, start, raw, value, _key_column(text, way), any(above.flow for above in way[:-1]))

    def shared(self, path: Path) -> str | None:
        """The anchor or alias that would make a change at `path` change another place as well."""
        for node in self._way(path) or ():
            if node.kind == "alias" or node in self.used:
                return f"*{node.text}" if node.kind == "alias" else f"&{node.anchor}"
        return None

    def alias_below(self, path: Path) -> Node | None:
        """An alias somewhere in the value at `path`."""
        way = self._way(path)
        pending = [way[-1]] if way else []
        while pending:
            node = pending.pop()
            if node.kind == "alias":
                return node
            pending += [*node.keys, *node.items]
        return None


def _key_column(text: str, way: list[Node]) -> int:
    """The column of the line's key that leads to the last node."""
    parent = next((node for node in reversed(way[:-1]) if node.kind == "mapping"), None)
    if parent is None or not parent.keys:
        return 0
    start = parent.keys[0].start
    line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    return start - line - (text[line : line + 1] == "\ufeff")


def child(node: Node, step: str | int) -> Node | None:
    """The value under a key, or the item at an index."""
    if node.kind == "mapping":
        return node.by_key.get(step)
    if node.kind == "sequence" and isinstance(step, int) and step < len(node.items):
        return node.items[step]
    return None


def key_of(node: Node) -> object:
    """What a key means; None for one that is no scalar."""
    node = node.target
    if node.kind != "scalar":
        return None
    value = node.scalar()
    return value if isinstance(value, str) else node.text


def data(root: Node) -> Any:
    """Plain data. An alias is the very object that its anchor is."""
    made: dict[int, Any] = {}
    pending = [root.target]
    order: list[Node] = []
    while pending:
        node = pending.pop()
        if id(node) in made:
            continue
        made[id(node)] = node.scalar() if node.kind == "scalar" else {} if node.kind == "mapping" else []
        if node.kind != "scalar":
            order.append(node)
            pending += [item.target for item in node.items]
    for node in order:
        if node.kind == "sequence":
            made[id(node)].extend(made[id(item.target)] for item in node.items)
        else:
            made[id(node)].update((key, made[id(item.target)]) for key, item in node.by_key.items())
    return made[id(root.target)]


def read_yaml(source: Source, max_depth: int) -> list[YamlDocument]:
    """The documents of a YAML file. Raises `PQLError`: PQL010 too deep, PQL031 a key twice, PQL043 not YAML."""
    documents = []
    for root, used in _compose(source, max_depth):
        if root.kind == "scalar" and not root.text and root.plain:
            continue  # nothing between two `---`
        documents.append(YamlDocument(source, root, used))
    return documents


def _compose(source: Source, max_depth: int) -> Iterator[tuple[Node, set[Node]]]:
    open_nodes: list[Node] = []
    anchors: dict[str, Node] = {}
    used: set[Node] = set()
    root: Node | None = None
    limit = bracket_limit(max_depth) + _AROUND
    _check_brackets(source, limit, max_depth)
    for kind, event in _events(source):
        if kind == "DocumentStart":
            anchors, used, root = {}, set(), None
        elif kind == "DocumentEnd":
            if root is not None:
                yield root, used
        elif kind in ("SequenceEnd", "MappingEnd"):
            _close(open_nodes.pop(), event.end_mark.index, source)
        elif kind in ("Scalar", "Alias", "SequenceStart", "MappingStart"):
            node = _node(kind, event)
            if kind == "Alias":
                if node.text not in anchors:
                    message = f"the alias {excerpt('*' + node.text)} has no anchor before it"
                    raise error("PQL043", message, (node.start, node.end), source=source)
                node.target = anchors[node.text]
                used.add(node.target)
            elif node.anchor is not None:
                anchors[node.anchor] = node
            if open_nodes:
                parent = open_nodes[-1]
                into = (
                    parent.keys if parent.kind == "mapping" and len(parent.keys) == len(parent.items) else parent.items
                )
                into.append(node)
            else:
                root = node
            if kind.endswith("Start"):
                open_nodes.append(node)
                if len(open_nodes) > limit:
                    raise _too_deep(source, node.start, max_depth)


def _check_brackets(source: Source, limit: int, max_depth: int) -> None:
    """Raise PQL010 if so many brackets open at once that the library would take seconds to find out."""
    if source.text.count("[") + source.text.count("{") > limit:
        run = re.search(rf"(?:[\[{{]\s*){{{limit + 1}}}", source.text)
        if run is not None:
            raise _too_deep(source, run.start() + limit, max_depth)


def _too_deep(source: Source, at: int, max_depth: int) -> PQLError:
    message = f"the document is nested deeper than {max_depth} levels"
    return error("PQL010", message, (at, at + 1), help="raise `max_depth` if that is meant", source=source)


def _node(kind: str, event: Any) -> Node:
    start, end = event.start_mark.index, event.end_mark.index
    if kind == "Alias":
        node = Node("alias", start, end)
        node.text = str(event.anchor)
        return node
    node = Node({"Scalar": "scalar", "SequenceStart": "sequence"}.get(kind, "mapping"), start, end)
    node.anchor = None if event.anchor is None else str(event.anchor)
    node.tag = None if event.tag is None else str(event.tag)
    if kind == "Scalar":
        node.text = str(event.value)
        node.plain = not event.style
        node.style = event.style or "plain"
    else:
        node.flow = bool(event.flow_style)
    return node


def _close(node: Node, end: int, source: Source) -> None:
    """A list or mapping is complete: find its end, and check that no key is there twice."""
    # A block collection ends, for the parser, where the next token begins: behind blank lines and comments.
    node.end = end if node.flow or not node.items else node.items[-1].end
    if node.kind != "mapping":
        return
    first: dict[object, Node] = {}
    for key, value in zip(node.keys, node.items, strict=True):
        name = key_of(key)
        if name is None or (name == "<<" and name in first):
            continue
        if name in first:
            related = (Related("the first one", (first[name].start, first[name].end)),)
            message = f"the key {excerpt(str(name))} stands twice in one mapping"
            raise PQLError([Diagnostic("PQL031", message, (key.start, key.end), related=related, source=source)])
        first[name] = key
        node.by_key[name] = value


def _events(source: Source) -> Iterator[tuple[str, Any]]:
    from ruamel.yaml import YAML

    try:
        for event in YAML(typ="safe", pure=True).parse(source.text):
            yield type(event).__name__.removesuffix("Event"), event
    except PQLError:
        raise
    except Exception as problem:
        # Besides its own errors, the library lets ValueError, OverflowError and more escape for odd escapes.
        raise invalid_yaml(source, problem) from None

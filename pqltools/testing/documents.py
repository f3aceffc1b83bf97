"""What stands in this file of tests or data, and where?  JSON or YAML to plain data that knows its places.

YAML is the dialect of definition files: dates are strings, a key stands once. Anchors and aliases may be used; what
would be infinite when they are followed, or beyond all measure, is refused, and so are merge keys and tags.
"""

from __future__ import annotations

from pqltools.diagnostics import PQLError, error
from pqltools.files import read_source
from pqltools.formats.definition_json import read_json
from pqltools.formats.json_locations import excerpt, locate
from pqltools.limits import MAX_DEPTH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from pqltools.formats.definition_json import JsonDocument
    from pqltools.formats.definition_places import Spelling
    from pqltools.formats.definition_yaml import Node, YamlDocument
    from pqltools.formats.json_locations import Path, Place
    from pqltools.source import Source, Span

#: Bytes of one file.
MAX_SIZE = 16 * 2**20
#: How many values a document may have when all aliases are followed.
MAX_VALUES = 1_000_000
_TAG = "tag:yaml.org,2002:"
_HARMLESS = (_TAG + "str", _TAG + "map", _TAG + "seq")


class Document:
    """One document of a file, decoded."""

    def __init__(self, source: Source, document: JsonDocument | YamlDocument) -> None:
        self.source = source
        self.data: Any = document.data
        self._document = document
        self._places: dict[Path, Place] | None = None

    def span(self, path: Path, *, key: bool = False) -> Span:
        """Where the value at `path` stands, or its key; what is missing has the place of what it is missing from."""
        while True:
            found = self._span(path, key)
            if found is not None:
                return found
            if not path:
                return 0, 0
            path, key = path[:-1], False

    def _span(self, path: Path, key: bool) -> Span | None:
        from pqltools.formats.definition_json import JsonDocument

        if isinstance(self._document, JsonDocument):
            if self._places is None:
                self._places = locate(self._document.text, _paths(self.data))
            place = self._places.get(path)
            return None if place is None else (place.key or place.value) if key else place.value
        node = _node(self._document.root, path, key)
        return None if node is None else (node.start, node.end)

    def spelling(self, path: Path) -> Spelling | None:
        """How the value at `path` is written."""
        self._document.look_up({path})
        return self._document.spelling(path)


def read_documents(name: str) -> list[Document]:
    """The documents of the file `name`: JSON if it is called so, else YAML, which may hold several.

    Raises `PQLError`: PQL044 for a file that cannot be read, PQL014, PQL011, PQL010, PQL030, PQL031, PQL043.
    """
    return decoded(read_source(name, max_size=MAX_SIZE))


def decoded(source: Source) -> list[Document]:
    """The documents in a text; see `read_documents`."""
    if source.name.lower().endswith(".json"):
        (document,) = read_json(source, MAX_DEPTH)
        if document.repeated:
            raise PQLError(document.repeated)
        return [Document(source, document)]
    from pqltools.formats.definition_yaml import read_yaml

    documents = read_yaml(source, MAX_DEPTH)
    for each in documents:
        _check(each.root, source)
    return [Document(source, each) for each in documents]


def _paths(data: Any) -> Iterator[Path]:
    """The path of every value."""
    pending: list[tuple[Path, Any]] = [((), data)]
    while pending:
        path, value = pending.pop()
        yield path
        if isinstance(value, dict):
            pending += [((*path, key), item) for key, item in value.items()]
        elif isinstance(value, list):
            pending += [((*path, index), item) for index, item in enumerate(value)]


def _node(root: Node, path: Path, key: bool) -> Node | None:
    """The node at a path, or the key that it stands under."""
    from pqltools.formats.definition_yaml import child, key_of

    node: Node | None = root
    above = root
    for step in path:
        if node is None:
            return None
        above = node.target
        node = child(above, step)
    if node is None or not key or above.kind != "mapping":
        return node
    return next((each for each in above.keys if key_of(each) == path[-1]), node)


# What YAML can say and a test file cannot.


def _check(root: Node, source: Source) -> None:
    """Raise PQL043 for tags, merge keys, keys that are no scalars, and aliases that lead too far."""
    pending = [root]
    while pending:
        node = pending.pop()
        problem = _problem(node)
        if problem is not None:
            message, help, at = problem
            raise error("PQL043", message, (at.start, at.end), help=help, source=source)
        pending += [*node.keys, *node.items]
    _check_size(root, source)


def _problem(node: Node) -> tuple[str, str, Node] | None:
    from pqltools.formats.definition_yaml import key_of

    if node.tag is not None and node.tag not in _HARMLESS:
        shown = node.tag.replace(_TAG, "!!")
        return f"the tag {excerpt(shown)} means nothing here", "leave it out; a file is named as `{file: …}`", node
    for key in node.keys:
        name = key_of(key)
        if name is None:
            return "a key is a list or a mapping", "keys are strings", key
        if name == "<<" and key.target.plain:
            return "merge keys (`<<`) are not followed", "change single fields of a profile with `with`", key
    return None


def _check_size(root: Node, source: Source) -> None:
    sizes: dict[int, int] = {}
    open_nodes = {id(root.target)}
    stack = [(root.target, iter(root.target.items))]
    counts = [1]
    while stack:
        node, rest = stack[-1]
        below = next(rest, None)
        if below is None:
            stack.pop()
            open_nodes.discard(id(node))
            sizes[id(node)] = size = counts.pop()
            if size > MAX_VALUES:
                message = f"with all aliases followed, this has more than {MAX_VALUES:,} values"
                raise error("PQL043", message, (node.start, node.start + 1), source=source)
            if counts:
                counts[-1] += size
        elif id(below.target) in open_nodes:
            message = f"the alias {excerpt('*' + below.text)} stands inside of what it stands for"
            raise error("PQL043", message, (below.start, below.end), source=source)
        elif id(below.target) in sizes:
            counts[-1] += sizes[id(below.target)]
        else:
            open_nodes.add(id(below.target))
            stack.append((below.target, iter(below.target.items)))
            counts.append(1)

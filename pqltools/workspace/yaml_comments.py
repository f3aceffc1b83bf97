"""Which ``# noqa`` comments of a YAML file hold for this expression?  Those behind its keys.

A comment counts on the line of the key `expression`, `format` or `value`, and on the line on which its value ends; in
front of a block scalar it follows the ``|`` or ``>``.
"""

from __future__ import annotations

import re

from pqltools.formats.definition_yaml import YamlDocument, key_of
from pqltools.workspace.suppression import read_directive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pqltools.formats.definition_files import DefinitionFile, Embedded
    from pqltools.formats.definition_yaml import Node
    from pqltools.source import Span
    from pqltools.workspace.suppression import Directive

_REST = re.compile(r"[^\r\n]*")
#: A comment behind what is surely no string that holds a `#`.
_COMMENT = re.compile(r"[^\"'#]*(?<=[ \t])(#[^\r\n]*)")


def directives(file: DefinitionFile, embedded: Embedded) -> list[Directive]:
    """The directives for one expression, with places in the file."""
    site = embedded.site
    if site is None or "noqa" not in file.source.text.lower():
        return []
    document = file.documents[site.document]
    if not isinstance(document, YamlDocument):
        return []
    text = file.source.text
    found: dict[Span, Directive] = {}
    for span in _comments(text, document.root, site.path):
        directive = read_directive(text, span, file.source)
        if directive is not None:
            found.setdefault(span, directive)
    return list(found.values())


def _comments(text: str, root: Node, path: tuple[str | int, ...]) -> Iterator[Span]:
    node = root.target
    for step in path:
        node = (node.by_key[step] if isinstance(step, str) else node.items[step]).target
    for name in ("expression", "format", "value"):
        pair = next(
            ((key, value) for key, value in zip(node.keys, node.items, strict=True) if key_of(key) == name), None
        )
        if pair is None:
            return
        key, value = pair
        for start, end in _gaps(text, key, value):
            comment = _COMMENT.match(text, start, end)
            if comment is not None:
                yield comment.span(1)
        if name == "expression":
            node = value.target


def _gaps(text: str, key: Node, value: Node) -> Iterator[Span]:
    """Where comments about a key and its value can stand."""
    end_of_line = _end_of_line(text, key.end)
    if value.start > key.end:
        yield key.end, min(end_of_line, value.start)
    if value.kind == "scalar" and value.style in ("|", ">"):
        yield value.start, _end_of_line(text, value.start)
    elif value.kind != "mapping" or value.flow:
        yield value.end, _end_of_line(text, value.end)


def _end_of_line(text: str, at: int) -> int:
    match = _REST.match(text, at)
    assert match is not None
    return match.end()

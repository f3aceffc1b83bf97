"""How do I read and write pql/json?  The public functions of the wire form; the `json_*` modules do the work.

What only one of them needs is imported by it: `pql convert` starts on every commit, and most often writes one tree.
"""

from __future__ import annotations

from pqltools.formats.json_values import too_deep
from pqltools.formats.json_writer import Writer
from pqltools.limits import MAX_DEPTH, MAX_SIZE
from pqltools.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from pqltools.formats.json_places import Places
    from pqltools.formats.json_writer import Dialect
    from pqltools.syntax.ast import Expr

__all__ = ["from_json", "from_json_with_places", "to_json", "to_json_bytes"]


def from_json(tree: dict[str, Any] | str | bytes, *, max_depth: int = MAX_DEPTH, max_size: int = MAX_SIZE) -> Expr:
    """The expression that `tree` holds: a decoded pql/json tree, or its JSON text (bytes are UTF-8).

    `max_depth` counts nodes as `walk.depth` does; `max_size` counts characters, or bytes.

    >>> from_json('{"nodeType": "varRef", "varName": "X"}')
    VariableReference(name='X')

    Raises `PQLError` with every fault of the tree. Each diagnostic has a JSON `path` and, if text was given, a `span`
    in `source`. Codes: PQL010 too deep, PQL011 too large, PQL012 a number out of range, PQL014 not UTF-8, PQL030 not
    JSON, PQL031 to PQL034 a key or value that a node cannot have.
    """
    from pqltools.formats.json_reader import read_tree

    return read_tree(tree, max_depth, max_size)[0]


def from_json_with_places(
    tree: dict[str, Any] | str | bytes, *, max_depth: int = MAX_DEPTH, max_size: int = MAX_SIZE
) -> tuple[Expr, Places]:
    """The expression that `tree` holds, and the JSON path of each of its nodes, by identity; else as `from_json`.

    >>> expr, places = from_json_with_places('{"nodeType": "varRef", "varName": "X"}')
    >>> places.get(id(expr))
    '$'
    """
    from pqltools.formats.json_places import PlacingReader
    from pqltools.formats.json_reader import read_tree

    expr, reader = read_tree(tree, max_depth, max_size, PlacingReader)
    return expr, reader.places  # type: ignore[attr-defined]


def to_json(expr: Expr, *, dialect: Dialect | None = None) -> dict[str, Any]:
    """The pql/json tree of `expr`, its keys in the order in which Adobe's services write them.

    Without `dialect` every node is written as it was read, so that reading and writing a tree gives the same tree;
    nodes that come from text are written as the conversion service does (dialect B). With ``"B"`` everything is
    written so, older spellings of a tree that was read included. ``"A"`` is the same but for the profile, which is
    the literal that the segment builder writes. Bound names are kept in any case, as far as they mean the same, and
    so are opaque nodes.

    Raises `PQLError`: PQL010 if the tree is nested deeper than any tree that can be read, PQL012 for numbers that JSON
    or PQL cannot hold, PQL036 for what the wire form cannot express. ValueError for another `dialect`.
    """
    import json

    text = _text(expr, dialect)
    try:
        tree: dict[str, Any] = json.loads(text)
    except RecursionError:
        raise too_deep() from None
    return tree


def to_json_bytes(expr: Expr, *, dialect: Dialect | None = None, pretty: bool = False) -> bytes:
    """The JSON text of `to_json` in UTF-8: in one line without white space or, if `pretty`, indented by two spaces.

    Non-ASCII characters are written as they are; only a lone surrogate, which UTF-8 cannot hold, is escaped. There is
    no line end after the last line.

    >>> to_json_bytes(from_json('{"varName": "X", "nodeType": "varRef"}'))
    b'{"nodeType":"varRef","varName":"X"}'
    """
    text = _text(expr, dialect)
    if pretty:
        from pqltools.formats.json_layout import indented

        text = indented(text)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return "".join([f"\\u{ord(char):04x}" if "\ud800" <= char <= "\udfff" else char for char in text]).encode()


def _text(expr: Expr, dialect: Dialect | None) -> str:
    if dialect not in (None, "A", "B"):
        raise ValueError(f'dialect must be "A", "B" or None, not {dialect!r}')
    try:
        return Writer(expr, dialect).expr(expr, 1)
    except RecursionError:
        raise too_deep() from None

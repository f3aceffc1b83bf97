"""How do I read and write pql/json?  The public functions of the wire form; the `json_*` modules do the work."""

from __future__ import annotations

import json
import re

from pqltools.formats.json_locations import TOKEN
from pqltools.formats.json_reader import from_json
from pqltools.formats.json_values import too_deep
from pqltools.formats.json_writer import Writer
from pqltools.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from pqltools.formats.json_writer import Dialect
    from pqltools.syntax.ast import Expr

__all__ = ["from_json", "to_json", "to_json_bytes"]

_SURROGATE = re.compile("[\ud800-\udfff]")


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
        text = _indented(text)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub(lambda match: f"\\u{ord(match.group()):04x}", text).encode()


def _text(expr: Expr, dialect: Dialect | None) -> str:
    if dialect not in (None, "A", "B"):
        raise ValueError(f'dialect must be "A", "B" or None, not {dialect!r}')
    try:
        return Writer(expr, dialect).expr(expr, 1)
    except RecursionError:
        raise too_deep() from None


def _indented(text: str) -> str:
    """Compact JSON text, indented. Iterative, unlike the encoder of `json` when it indents."""
    parts: list[str] = []
    line = "\n"
    for match in TOKEN.finditer(text):
        token = match.group()
        if token in ("{", "["):
            line += "  "
            parts += (token, line)
        elif token in ("}", "]"):
            line = line[:-2]
            if parts[-1].isspace():
                parts[-1] = token  # nothing inside
            else:
                parts += (line, token)
        elif token == ",":
            parts += (token, line)
        else:
            parts.append(": " if token == ":" else token)
    return "".join(parts)

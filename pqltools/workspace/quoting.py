"""How is this string, this name written with other quotes?  ``'…'`` and ``"…"``, and back-quotes around names.

Only the words of the text are read, so that strings can be turned in texts that are broken elsewhere.
"""

from __future__ import annotations

import re

from pqltools.diagnostics import Edit, PQLError, apply_edits
from pqltools.formats.pql_words import back_quoted
from pqltools.syntax.driver import machine
from pqltools.syntax.literals import field_gap, unquote
from pqltools.syntax.parser import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pqltools.source import Span

_ESCAPE_OR_QUOTE = re.compile(r"\\.|[\"']", re.DOTALL)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?::@?[A-Za-z_][A-Za-z0-9_]*)?")


def turned(text: str, offset: int) -> Edit | None:
    """The edit that writes the string at `offset` with the other quotes, None if there is no string.

    >>> turned("name = 'it\\\\'s \\"x\\"'", 8)
    Edit(span=(7, 19), text='"it\\'s \\\\"x\\\\""')
    """
    for kind, (start, end) in _words(text, offset):
        if kind == "STRING":
            return Edit((start, end), _turned(text[start:end]))
    return None


def _turned(string: str) -> str:
    old = string[0]
    new = "'" if old == '"' else '"'

    def respelled(found: re.Match[str]) -> str:
        if found[0] == new:
            return "\\" + new
        return old if found[0] == "\\" + old else found[0]

    return new + _ESCAPE_OR_QUOTE.sub(respelled, string[1:-1]) + new


def back_quotes(text: str, offset: int) -> tuple[bool, Edit] | None:
    """The edit that puts the name at `offset` into back-quotes (True), or takes those away (False).

    None if there is no name, or if it would mean something else then.
    """
    for kind, (start, end) in _words(text, offset):
        if kind in ("FIELD", "METHOD"):
            start += 1 + field_gap(text[start:end])
        elif kind not in ("NAME", "PREFIXED", "QUOTED"):
            continue
        word = text[start:end]
        adds = word[0] != "`"
        if offset < start or not (adds or _PLAIN.fullmatch(unquote(word))):
            return None
        edit = Edit((start, end), back_quoted(word) if adds else unquote(word))
        return (adds, edit) if _is_same(text, apply_edits(text, [edit])) else None
    return None


def _words(text: str, offset: int) -> Iterator[tuple[str, Span]]:
    """The words at an offset, or with an end there."""
    engine = machine()
    for match in engine.scan(text):
        kind = match.lastindex or 0
        start, end = match.span(kind)
        if start > offset:
            return
        if offset <= end:
            yield engine.tables.terminals[kind], (start, end)


def _is_same(text: str, other: str) -> bool:
    try:
        return parse(text) == parse(other)
    except PQLError:
        return False
